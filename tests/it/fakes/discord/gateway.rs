//! The gateway: who is let in, what they hear, and how they come back.

use std::time::Duration;

use serde_json::{Value, json};

use super::Town;
use super::line::{Heard, Line};
use crate::world::discord::{DIRECT_MESSAGES, GUILD_MEMBERS, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT, Upload};

#[tokio::test]
async fn who_identifies_wrongly_is_closed_with_the_documented_code() {
    let town = Town::new().await;
    let token = town.discord.token();
    for (token, intents, code) in
        [("wrong", 1, 4004), (&*token, 1 << 30, 4013), (&*token, MESSAGE_CONTENT, 4014), (&*token, GUILD_MEMBERS, 4014)]
    {
        let mut line = Line::open(&town).await;
        line.identify(token, intents).await;
        assert_eq!(line.hear().await, Heard::Closed(code));
    }
    for (frame, code) in [
        (json!({ "op": 99 }), 4001),
        (json!({ "op": 3, "d": {} }), 4003),
        (json!({ "op": 2, "d": { "token": token, "intents": 1, "shard": [1, 1] } }), 4010),
        (json!({ "op": 6, "d": { "token": "wrong", "session_id": "x", "seq": 0 } }), 4004),
    ] {
        let mut line = Line::open(&town).await;
        line.say(&frame).await;
        assert_eq!(line.hear().await, Heard::Closed(code), "{frame}");
    }
    let mut old = Line::knock(&town, "v=6&encoding=json").await.unwrap();
    assert_eq!(old.hear().await, Heard::Closed(4012));
    assert_eq!(Line::knock(&town, "v=10&encoding=json&compress=zlib-stream").await.err(), Some(400));
    assert_eq!(town.discord.take_complaints().len(), 1, "this fake compresses nothing");
    let (mut line, _) = Line::ready(&town, 0).await;
    line.identify(&token, 0).await;
    assert_eq!(line.hear().await, Heard::Closed(4005));
}

#[tokio::test]
async fn identifying_is_counted_by_the_five_seconds_and_by_the_day() {
    let town = Town::new().await;
    town.discord.limit_identifies(2, 1);
    town.discord.recommend_shards(3);
    let (_first, _) = Line::ready(&town, 0).await;
    let mut second = Line::open(&town).await;
    second.identify(&town.discord.token(), 0).await;
    assert_eq!(second.frame().await, json!({ "op": 9, "d": false }), "one in five seconds");
    town.discord.time_passes(Duration::from_secs(5));
    second.identify(&town.discord.token(), 0).await;
    second.event("READY").await;
    town.discord.forget_identifies();
    let (_again, _) = Line::ready(&town, 0).await;
    town.discord.time_passes(Duration::from_secs(5));
    let (_last, _) = Line::ready(&town, 0).await;
    let limits = town.get("/gateway/bot").await;
    let limit = &limits["session_start_limit"];
    assert_eq!((&limits["shards"], &limit["total"], &limit["remaining"]), (&json!(3), &json!(2), &json!(0)));
    let mut third = Line::open(&town).await;
    town.discord.time_passes(Duration::from_secs(5));
    let token = town.discord.token();
    third.identify(&token, 0).await;
    assert_eq!(third.hear().await, Heard::Closed(4004));
    assert_eq!(second.hear().await, Heard::Closed(4004), "everybody is out");
    assert_ne!(town.discord.token(), token, "the token is reset");
}

#[tokio::test]
async fn a_session_hears_only_what_its_intents_ask_for() {
    let town = Town::new().await;
    town.discord.allow_intents(GUILD_MEMBERS | MESSAGE_CONTENT);
    town.discord.limit_identifies(9, 9);
    let (mut deaf, ready) = Line::ready(&town, GUILD_MESSAGES).await;
    assert_eq!(ready["d"]["guilds"], json!([{ "id": town.guild.to_string(), "unavailable": true }]));
    assert_eq!(ready["d"]["application"]["id"], town.discord.application().to_string());
    town.discord.time_passes(Duration::from_secs(5));
    let all = GUILDS | GUILD_MEMBERS | GUILD_MESSAGES | DIRECT_MESSAGES | MESSAGE_CONTENT;
    let (mut hearing, _) = Line::ready(&town, all).await;
    let guild = hearing.event("GUILD_CREATE").await;
    assert_eq!(guild["d"]["channels"][0]["id"], town.triage.to_string());
    let photo = Upload::of("till.png", "image/png", b"png");
    let posted = town.discord.posts(town.amal, town.triage, "two people", vec![photo]);
    let (bare, full) = (deaf.event("MESSAGE_CREATE").await, hearing.event("MESSAGE_CREATE").await);
    assert_eq!((&bare["d"]["content"], &bare["d"]["attachments"]), (&json!(""), &json!([])));
    assert_eq!((&full["d"]["content"], &full["d"]["attachments"][0]["size"]), (&json!("two people"), &json!(3)));
    assert_eq!(bare["d"]["guild_id"], town.guild.to_string());
    assert_eq!(bare["d"]["member"]["roles"], json!([]));
    town.discord.posts(town.amal, town.triage, &format!("<@{}> look", town.discord.application()), Vec::new());
    assert!(deaf.event("MESSAGE_CREATE").await["d"]["content"].as_str().unwrap().ends_with("look"), "it is mentioned");
    hearing.event("MESSAGE_CREATE").await;
    town.discord.direct_message(town.amal, "in private", Vec::new());
    assert_eq!(hearing.event("MESSAGE_CREATE").await["d"].get("guild_id"), None);
    town.discord.gives_role(town.amal, town.reviewers);
    assert_eq!(hearing.event("GUILD_MEMBER_UPDATE").await["d"]["roles"], json!([town.reviewers.to_string()]));
    town.discord.takes_role(town.amal, town.reviewers);
    hearing.event("GUILD_MEMBER_UPDATE").await;
    town.discord.removes_member(town.amal);
    assert_eq!(hearing.event("GUILD_MEMBER_REMOVE").await["d"]["user"]["id"], town.amal.user.to_string());
    town.discord.edits(posted, "three people");
    town.discord.deletes(posted);
    for line in [&mut deaf, &mut hearing] {
        line.event("MESSAGE_UPDATE").await;
        assert_eq!(line.event("MESSAGE_DELETE").await["d"]["id"], posted.to_string());
    }
    let gone = town.discord.add_channel(town.guild, "gone");
    hearing.event("CHANNEL_CREATE").await;
    town.discord.deletes_channel(gone);
    assert_eq!(hearing.event("CHANNEL_DELETE").await["d"]["id"], gone.to_string());
    town.discord.removes_member(town.discord.bot_in(town.guild));
    assert_eq!(hearing.event("GUILD_DELETE").await["d"], json!({ "id": town.guild.to_string() }));
    town.discord.raw_dispatch("SOMETHING_NEW", None, json!({ "kind": 99 }));
    assert_eq!(deaf.event("SOMETHING_NEW").await["d"]["kind"], 99);
}

#[tokio::test]
async fn a_shard_hears_of_its_own_guilds_alone() {
    let town = Town::new().await;
    town.discord.limit_identifies(9, 2);
    let own = (town.guild >> 22) % 2;
    let mut lines = Vec::new();
    for shard in [own, 1 - own] {
        let mut line = Line::open(&town).await;
        let properties = json!({ "os": "linux", "browser": "line", "device": "line" });
        let token = town.discord.token();
        let asked = json!({ "token": token, "intents": GUILD_MESSAGES, "properties": properties, "shard": [shard, 2] });
        line.say(&json!({ "op": 2, "d": asked })).await;
        let ready = line.event("READY").await;
        assert_eq!(ready["d"]["guilds"].as_array().unwrap().len(), usize::from(shard == own));
        lines.push(line);
    }
    town.discord.posts(town.amal, town.triage, "two people", Vec::new());
    lines[0].event("MESSAGE_CREATE").await;
    town.discord.ask_for_heartbeat();
    assert_eq!(lines[1].frame().await["op"], 1, "and nothing before it");
}

#[tokio::test]
async fn a_cut_session_resumes_and_hears_what_it_missed() {
    let town = Town::new().await;
    let (mut line, ready) = Line::ready(&town, GUILD_MESSAGES).await;
    town.discord.cut_gateway();
    assert_eq!(line.hear().await, Heard::Cut);
    assert!(!town.discord.is_connected());
    town.discord.posts(town.amal, town.triage, "missed", Vec::new());
    let resume = |seq: u64| {
        let session = &ready["d"]["session_id"];
        json!({ "op": 6, "d": { "token": town.discord.token(), "session_id": session, "seq": seq } })
    };
    let mut ahead = Line::open(&town).await;
    ahead.say(&resume(9)).await;
    assert_eq!(ahead.hear().await, Heard::Closed(4007));
    let mut line = Line::open(&town).await;
    line.say(&resume(1)).await;
    assert_eq!(line.event("MESSAGE_CREATE").await["s"], 2);
    assert_eq!(line.event("RESUMED").await["s"], 3);
    town.discord.posts(town.amal, town.triage, "live", Vec::new());
    assert_eq!(line.event("MESSAGE_CREATE").await["s"], 4);
    assert_eq!(town.discord.read(|state| (state.gateway.resumed, state.gateway.identified.len())), (1, 1));
    line.close(1000).await;
    let mut line = Line::open(&town).await;
    line.say(&resume(4)).await;
    assert_eq!(line.frame().await, json!({ "op": 9, "d": false }), "with 1000 the session ended");
}

#[tokio::test]
async fn the_gateway_asks_closes_freezes_and_falls_silent_on_demand() {
    let town = Town::new().await;
    town.discord.limit_identifies(99, 1);
    town.discord.heartbeat_every(Duration::from_secs(45));
    let session = async || {
        town.discord.time_passes(Duration::from_secs(5));
        Line::ready(&town, 0).await.0
    };
    let mut line = session().await;
    line.say(&json!({ "op": 1, "d": null })).await;
    assert_eq!(line.frame().await, json!({ "op": 11 }));
    town.discord.ask_for_heartbeat();
    assert_eq!(line.frame().await["op"], 1);
    town.discord.acknowledge_heartbeats(false);
    line.say(&json!({ "op": 1, "d": 1 })).await;
    town.discord.until("two heartbeats", |state| (state.gateway.beats == 2).then_some(())).await;
    town.discord.ask_to_reconnect();
    assert_eq!(line.frame().await["op"], 7, "and no acknowledgement before it");
    town.discord.close_gateway(4000);
    assert_eq!(line.hear().await, Heard::Closed(4000));
    let mut line = session().await;
    town.discord.invalidate_sessions(true);
    assert_eq!(line.frame().await, json!({ "op": 9, "d": true }));
    town.discord.forget_sessions();
    assert_eq!(line.hear().await, Heard::Cut);
    let mut line = session().await;
    town.discord.freeze_gateway();
    line.say(&json!({ "op": 1, "d": null })).await;
    assert!(!town.discord.is_connected());
    town.discord.cut_next_connection();
    let mut cut = Line::knock(&town, "v=10&encoding=json").await.unwrap();
    assert_eq!(cut.hear().await, Heard::Cut);
    let mut loud = session().await;
    for _ in 0..120 {
        loud.say(&json!({ "op": 3, "d": Value::Null })).await;
    }
    assert_eq!(loud.hear().await, Heard::Closed(4008), "120 frames in a minute");
}

#[tokio::test]
async fn who_sends_no_heartbeat_is_closed() {
    let town = Town::new().await;
    town.discord.heartbeat_every(Duration::from_millis(10));
    let mut line = Line::open(&town).await;
    assert_eq!(line.hear().await, Heard::Closed(4009));
}
