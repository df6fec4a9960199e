//! Posting: never faster than Slack allows, never twice, never lost.

use chrono::TimeDelta;
use domain::place::Place;
use domain::words::Platform;
use shopwatch::chat::inbound::What;
use shopwatch::slack::api::Trouble;
use shopwatch::store::outbox::{ALONE_AFTER, LEASE, LeaseRequest, Whereabouts, card_key};

use super::Shop;
use crate::world::people::AMAL;
use crate::world::slack::faults::RetryAfter;

#[tokio::test]
async fn in_one_channel_nothing_is_posted_faster_than_once_a_second() {
    let shop = Shop::open().await;
    shop.slack.enforce_rates();
    for line in 0..6 {
        shop.report(&format!("gin {line}")).await;
    }
    shop.step().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1, "one at once");
    shop.world.clock.advance(TimeDelta::milliseconds(900));
    shop.step().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1, "the next one after a second");
    shop.world.clock.advance(TimeDelta::milliseconds(101));
    shop.step().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 2);
    shop.look_away();
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_however_it_is_worded() {
    for after in
        [RetryAfter::Seconds(3), RetryAfter::Date(TimeDelta::seconds(5)), RetryAfter::Absent, RetryAfter::Absurd]
    {
        let shop = Shop::open().await;
        let incident = shop.report("gin").await;
        shop.slack.rate_limit_next("chat.postMessage", after);
        shop.slack.rate_limit_next("chat.postMessage", after);
        let before = shop.world.now();
        shop.settle().await;
        assert!(shop.card().text.contains(incident.reference.as_str()), "{after:?}");
        assert_eq!(shop.slack.messages(&shop.triage).len(), 1, "{after:?}");
        assert!(shop.world.now() - before >= TimeDelta::seconds(1), "{after:?}");
        shop.look_away();
    }
}

#[tokio::test]
async fn a_card_whose_answer_was_lost_is_found_again_and_not_posted_twice() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.slack.answer_lost("chat.postMessage");
    shop.slack.answer_lost("chat.postMessage");
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1);
    assert_eq!(shop.slack.dms_for(&shop.amal).len(), 1);
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert!(shop.card().text.contains("Claimed"), "it is the one that is edited");
    shop.look_away();
}

#[tokio::test]
async fn a_card_that_never_arrived_is_posted_after_two_looks_that_found_nothing() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.slack.hang_up("chat.postMessage");
    shop.slack.hang_up("chat.postMessage");
    let before = shop.world.now();
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1);
    assert!(shop.world.now() - before >= TimeDelta::seconds(65), "settled for a minute first");
    let looks = shop.slack.see(|workspace| workspace.calls["conversations.history"]);
    assert!(looks >= 2, "{looks}");
    shop.look_away();
}

#[tokio::test]
async fn a_card_that_may_be_there_is_not_posted_where_nobody_may_look() {
    let shop = Shop::open().await;
    shop.slack.missing_scope("groups:history");
    shop.report("gin").await;
    shop.slack.answer_lost("chat.postMessage");
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 1);
    shop.look_away();
}

#[tokio::test]
async fn what_keeps_slack_from_letting_us_look_for_a_while_gives_no_card_up() {
    for (word, is_shown) in [("team_added_to_org", true), ("token_revoked", false)] {
        let shop = Shop::open().await;
        shop.report("gin").await;
        shop.slack.answer_lost("chat.postMessage");
        shop.step().await;
        shop.slack.says_next("conversations.history", word);
        shop.world.clock.advance(TimeDelta::seconds(60));
        shop.step().await;
        let depth = shop.world.store().outbox_depth().await.unwrap();
        assert_eq!((depth.waiting > 0, depth.needs_operator), (true, 0), "{word}");
        if is_shown {
            shop.settle().await;
            assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
        }
        assert_eq!(shop.slack.messages(&shop.triage).len(), 1, "{word}");
        shop.look_away();
    }
}

#[tokio::test]
async fn while_slack_cannot_be_reached_one_try_answers_for_everything_that_waits() {
    let shop = Shop::open().await;
    shop.settle().await;
    let noon = shop.world.now();
    shop.slack.unplug().await;
    let slack = shop.world.app.slack().unwrap();
    // A connection that was open before is noticed to be closed by whoever uses it.
    while !matches!(slack.api.read("conversations.info", &[]).await, Err(Trouble::Unsent)) {}
    let then = |seconds| Whereabouts::UnderWay(noon + TimeDelta::seconds(seconds));
    in_the_console(&shop, "gin").await;
    assert_eq!(card_is(&shop).await, then(3));
    shop.world.clock.advance(TimeDelta::seconds(1));
    in_the_console(&shop, "rum").await;
    assert_eq!(card_is(&shop).await, then(3), "both wait for the same moment");
    shop.slack.plug_in();
    shop.world.clock.advance(TimeDelta::seconds(1));
    in_the_console(&shop, "vodka").await;
    assert!(shop.slack.messages(&shop.triage).is_empty(), "nothing is tried before");
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 3);
    shop.look_away();
}

#[tokio::test]
async fn a_lost_answer_to_an_edit_is_an_edit_again() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.settle().await;
    shop.slack.answer_lost("chat.update");
    shop.slack.server_error("chat.update");
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert!(shop.card().text.contains("Claimed"));
    assert_eq!(shop.slack.messages(&shop.triage).iter().filter(|message| message.thread_ts.is_none()).count(), 1);
    shop.look_away();
}

#[tokio::test]
async fn a_thread_line_whose_answer_was_lost_is_found_again() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.settle().await;
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    for _ in 0..2 {
        shop.slack.answer_lost("chat.postMessage");
    }
    shop.settle().await;
    assert_eq!(shop.thread(&shop.card()).len(), 1);
    assert_eq!(shop.slack.dms_for(&shop.amal).len(), 2);
    assert!(shop.press(&shop.noor, "release").await.on_time);
    shop.settle().await;
    assert_eq!(shop.thread(&shop.card()).len(), 2);
    shop.look_away();
}

#[tokio::test]
async fn a_card_that_was_deleted_is_posted_once_more_and_only_once() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.settle().await;
    assert!(shop.slack.deletes(&shop.card()).await.on_time);
    assert!(press_at_home(&shop, "claim").await);
    shop.settle().await;
    let again = shop.card();
    assert!(again.text.contains("Claimed"));
    assert!(shop.slack.deletes(&again).await.on_time);
    assert!(release_in_the_console(&shop).await);
    shop.settle().await;
    let there = shop.slack.messages(&shop.triage).into_iter().filter(|message| message.thread_ts.is_none()).count();
    assert_eq!(there, 0, "somebody does not want it there");
    shop.look_away();
}

#[tokio::test]
async fn a_channel_that_was_archived_alarms_the_admin_channel_and_is_caught_up_with() {
    let shop = Shop::open().await;
    assert!(shop.slack.archives(&shop.noor, &shop.triage).await.on_time);
    let incident = shop.report("gin and a name").await;
    shop.step().await;
    let alarm = shop.slack.messages(&shop.admin);
    assert_eq!(alarm.len(), 1);
    assert!(alarm[0].text.contains(incident.reference.as_str()) && alarm[0].text.contains("shop.toml"));
    assert!(!alarm[0].text.contains("gin"), "admins see no evidence: {}", alarm[0].text);
    shop.slack.change(|workspace| workspace.channels.get_mut(&shop.triage).unwrap().archived = false);
    shop.settle().await;
    assert!(shop.card().text.contains(incident.reference.as_str()));
    assert_eq!(shop.slack.messages(&shop.admin).len(), 1, "said once");
    shop.look_away();
}

#[tokio::test]
async fn a_process_that_dies_while_posting_posts_nothing_twice() {
    let mut shop = Shop::open().await;
    shop.report("gin").await;
    shop.slack.delay("chat.postMessage", std::time::Duration::from_secs(2));
    let app = shop.world.app.clone();
    let mut posting = tokio::task::JoinSet::new();
    posting.spawn(async move { shopwatch::jobs::outbox::step(&app, &app.chats[1]).await.map(drop) });
    shop.slack.until(|workspace| workspace.calls.contains_key("chat.postMessage")).await;
    posting.shutdown().await;
    shop.world.crash().await;
    let mut next = shop.world.replica_with_slack(7).await;
    next.connect();
    std::mem::swap(&mut shop.world, &mut next);
    shop.slack.connected(1).await;
    shop.world.clock.advance(TimeDelta::seconds(31));
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn processes_that_die_one_after_the_other_give_up_nothing_that_was_on_its_way() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.report("rum").await;
    for _ in 0..ALONE_AFTER {
        let now = shop.world.now();
        let request = LeaseRequest { now, token: shop.world.app.desk.ids.uuid(), platform: Platform::Slack };
        assert!(!shop.world.store().lease(request).await.unwrap().is_empty());
        shop.world.clock.advance(LEASE);
    }
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 2);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
    shop.look_away();
}

#[tokio::test]
async fn taken_back_tokens_make_slack_and_only_slack_not_ready() {
    let shop = Shop::open().await;
    shop.slack.revoke();
    shop.world.receive(crate::world::people::AMAL, shopwatch::chat::inbound::What::Command("gin".into())).await;
    shop.world.settle().await;
    let standing: Vec<Result<(), String>> =
        shop.world.app.chats.iter().map(shopwatch::chats::ChatClient::standing).collect();
    assert_eq!(standing[0], Ok(()));
    assert!(standing[1].as_ref().is_err_and(|why| why.contains("token_revoked")), "{standing:?}");
}

/// Noor presses a button in her home.
async fn press_at_home(shop: &Shop, verb: &str) -> bool {
    assert!(shop.slack.opens_home(&shop.noor).await.on_time);
    shop.slack.until(|workspace| workspace.home_of(&shop.noor).is_some()).await;
    let home = shop.slack.home_of(&shop.noor).unwrap();
    let id = super::button(home.content["blocks"].as_array().unwrap(), verb);
    shop.slack.presses(&shop.noor, &home, &id).await.on_time
}

/// Noor of the console gives the incident back.
async fn release_in_the_console(shop: &Shop) -> bool {
    let incident = shop.newest().await;
    shop.world.press(crate::world::people::NOOR, &incident.reference, shopwatch::chat::press::Button::Release).await;
    shop.newest().await.version > incident.version
}

/// A number from a seed, so that a run can be repeated.
fn draw(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_faulty_sends_none_is_there_twice_and_none_is_missing() {
    let mut seed = 20_261_122;
    let shop = Shop::open().await;
    for line in 0..24 {
        for method in ["chat.postMessage", "chat.update", "conversations.history", "conversations.replies"] {
            match draw(&mut seed) % 8 {
                0 => shop.slack.answer_lost(method),
                1 => shop.slack.hang_up(method),
                2 => shop.slack.server_error(method),
                3 => shop.slack.rate_limit_next(method, RetryAfter::Seconds(2)),
                _ => {}
            }
        }
        shop.report(&format!("gin {line}")).await;
        if line % 3 == 0 {
            shop.settle().await;
        }
    }
    shop.settle().await;
    let cards: Vec<String> = shop.slack.messages(&shop.triage).into_iter().map(|card| card.text).collect();
    let sites = shop.world.app.desk.rules().site_ids();
    let filter = shopwatch::store::incidents::Filter { sites, ..Default::default() };
    let incidents = shop.world.store().incidents(&filter).await.unwrap().incidents;
    assert_eq!(incidents.len(), 24, "seed 20261122");
    for incident in incidents {
        let there = cards.iter().filter(|card| card.contains(incident.reference.as_str())).count();
        assert_eq!(there, 1, "{} stands there {there} times", incident.reference);
    }
    assert_eq!(shop.slack.dms_for(&shop.amal).len(), 24);
    shop.look_away();
}

#[tokio::test]
async fn a_card_posted_again_whose_answer_was_lost_is_looked_for_like_any_other() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.settle().await;
    assert!(shop.slack.deletes(&shop.card()).await.on_time);
    shop.slack.answer_lost("chat.postMessage");
    assert!(press_at_home(&shop, "claim").await);
    shop.settle().await;
    let cards = shop.slack.messages(&shop.triage).into_iter().filter(|message| message.thread_ts.is_none());
    let cards: Vec<String> = cards.map(|card| card.text).collect();
    assert_eq!(cards.len(), 1, "{cards:?}");
    assert!(cards[0].contains("Claimed"), "{cards:?}");
    shop.look_away();
}

#[tokio::test]
async fn what_was_given_up_in_doubt_is_looked_for_before_it_is_posted_again() {
    let shop = Shop::open().await;
    shop.slack.missing_scope("groups:history");
    let incident = shop.report("gin").await;
    shop.slack.answer_lost("chat.postMessage");
    shop.settle().await;
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 1);
    shop.slack.grant_scope("groups:history");
    assert!(press_at_home(&shop, "claim").await);
    shop.settle().await;
    let there = shop.slack.messages(&shop.triage);
    let cards = there.iter().filter(|message| message.text.contains(incident.reference.as_str()));
    assert_eq!(cards.filter(|message| message.thread_ts.is_none()).count(), 1);
    assert!(shop.card().text.contains("Claimed"));
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
    shop.look_away();
}

#[tokio::test]
async fn a_thread_that_has_much_to_catch_up_with_does_so_in_messages_that_slack_takes() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.settle().await;
    let called = shop.newest().await.reference;
    for note in 0..30 {
        let text = format!("{note} {}", "and then ".repeat(100));
        shop.world
            .submit(crate::world::people::NOOR, &called, shopwatch::chat::press::Button::Note, &[("text", &text)])
            .await;
    }
    shop.settle().await;
    let thread = shop.thread(&shop.card());
    assert!((2..=15).contains(&thread.len()), "{} messages", thread.len());
    let said: String = thread.iter().map(|message| super::words(&message.blocks)).collect();
    for note in 0..30 {
        assert!(said.contains(&format!("{note} and then")), "note {note} is missing");
    }
    shop.look_away();
}

#[tokio::test]
async fn a_channel_with_another_id_is_posted_to_and_reported_from_as_before() {
    let shop = Shop::open().await;
    let other = shop.slack.channel("triage-2").private().with(&[&shop.noor]);
    let moved = serde_json::json!({
        "type": "channel_id_changed", "old_channel_id": shop.triage, "new_channel_id": other, "event_ts": "1.1",
    });
    assert!(shop.slack.event(moved).await.on_time);
    let incident = shop.report("gin").await;
    shop.settle().await;
    assert!(shop.slack.messages(&other)[0].text.contains(incident.reference.as_str()));
    assert!(shop.slack.messages(&shop.triage).is_empty());
    shop.look_away();
}

#[tokio::test]
async fn what_was_erased_is_gone_from_its_card_and_from_its_reporters_copy() {
    let shop = Shop::open().await;
    let incident = shop.report("info a bottle of gin fell down").await;
    shop.settle().await;
    shop.world.decline(&incident.reference).await;
    shop.settle().await;
    assert!(shop.card().text.contains("Declined"));
    for _ in 0..9 {
        shop.world.clock.advance(TimeDelta::days(1));
        shop.settle().await;
    }
    assert!(shop.world.store().incident(incident.id).await.unwrap().is_none());
    let mut copies = vec![shop.card()];
    copies.extend(shop.slack.dms_for(&shop.amal));
    for copy in copies {
        let read = format!("{} {}", copy.text, super::words(&copy.blocks));
        assert!(read.contains(incident.reference.as_str()) && read.contains("Deleted on 2026-"), "{read}");
        assert!(!read.contains("gin") && !read.contains("Noor"), "{read}");
        assert_eq!(super::verbs(&copy.blocks), [] as [String; 0]);
    }
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().waiting, 0);
    let told: Vec<String> = shop.slack.messages(&shop.admin).into_iter().map(|message| message.text).collect();
    assert!(
        told.iter().any(|line| line.contains("incidents 1, photos 0")),
        "a day before, the admins heard of it: {told:?}"
    );
    shop.look_away();
}

/// Amal reports a line in the console, and it is shown wherever it can be.
async fn in_the_console(shop: &Shop, line: &str) {
    shop.world.receive(AMAL, What::Command(line.into())).await;
    shop.step().await;
}

/// Where the newest card is.
async fn card_is(shop: &Shop) -> Whereabouts {
    let incident = shop.newest().await.id;
    let place = Place { platform: Platform::Slack, channel: shop.triage.clone() };
    shop.world.store().whereabouts(&card_key(incident, &place)).await.unwrap()
}
