//! The Web API: who may call what with which arguments, and how Slack says no.

use serde_json::{Value, json};
use slack_morphism::prelude::*;

use super::app::{ask, bot, bot_token, call, card, client, word};
use crate::world::slack::FakeSlack;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN, BOT_USER, TEAM};

async fn error(slack: &FakeSlack, method: &str, body: Value) -> Value {
    let answer = bot(slack, method, body).await;
    assert_eq!(answer["ok"], false);
    answer["error"].clone()
}

#[tokio::test]
async fn the_real_client_posts_a_message_and_it_is_there() {
    let slack = FakeSlack::start().await;
    let shop = slack.channel("shop").with(&[]);
    let (client, token) = (client(&slack), bot_token());
    let session = client.open_session(&token);
    assert_eq!(session.auth_test().await.unwrap().user_id.0, BOT_USER);
    let content = SlackMessageContent::new().with_text("Hello".to_owned());
    let posted = session.chat_post_message(&SlackApiChatPostMessageRequest::new(shop.clone().into(), content)).await;
    let posted = posted.unwrap();
    let seen = slack.look(&shop);
    assert_eq!((seen.len(), &seen[0].text, &seen[0].ts), (1, &"Hello".to_owned(), &posted.ts.0));
    assert!(slack.look(&shop).is_empty(), "it was looked at");
    let content = SlackMessageContent::new().with_text("Hello".to_owned());
    let lost = session.chat_post_message(&SlackApiChatPostMessageRequest::new("C0NOWHERE".into(), content)).await;
    assert_eq!(word(lost), "channel_not_found");
    slack.finish();
}

#[tokio::test]
async fn tokens_are_told_apart() {
    let slack = FakeSlack::start().await;
    for (token, error) in [
        (None, "not_authed"),
        (Some("xoxb-someone-elses"), "invalid_auth"),
        (Some(APP_TOKEN), "not_allowed_token_type"),
    ] {
        let answer: Value = call(&slack, "auth.test", token, &json!({})).await.json().await.unwrap();
        assert_eq!(answer, json!({ "ok": false, "error": error }));
    }
    assert_eq!(error(&slack, "apps.connections.open", json!({})).await, "not_allowed_token_type");
    let echo: Value = call(&slack, "api.test", None, &json!({ "foo": "bar" })).await.json().await.unwrap();
    assert_eq!(echo, json!({ "ok": true, "args": { "foo": "bar" } }));
    slack.revoke();
    assert_eq!(error(&slack, "auth.test", json!({})).await, "token_revoked");
    slack.finish();
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let slack = FakeSlack::start().await;
    slack.missing_scope("users:read");
    let answer = ask(&slack, "users.info", &[("user", "U1")]).await;
    assert_eq!((&answer["error"], &answer["needed"]), (&json!("missing_scope"), &json!("users:read")));
    assert!(answer["provided"].as_str().unwrap().contains("chat:write"));
    assert_eq!(ask(&slack, "team.info", &[]).await["needed"], "team:read");
    slack.grant_scope("team:read");
    let response = call(&slack, "auth.test", Some(BOT_TOKEN), &json!({})).await;
    let scopes = response.headers()["x-oauth-scopes"].to_str().unwrap();
    assert!(scopes.contains("team:read") && !scopes.contains("users:read"), "{scopes}");
    assert_eq!(ask(&slack, "team.info", &[("team", TEAM)]).await["team"]["domain"], "corner-shop");
    slack.finish();
}

#[tokio::test]
async fn arguments_are_read_as_each_method_reads_them() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let missing = bot(&slack, "chat.postMessage", json!({ "text": "Where to?" })).await;
    assert_eq!(missing["error"], "invalid_arguments");
    assert_eq!(missing["response_metadata"]["messages"], json!(["[ERROR] missing required field: channel"]));
    let shop = slack.channel("shop").with(&[]);
    assert_eq!(
        bot(&slack, "chat.postMessage", json!({ "channel": shop, "text": "a", "colour": "red" })).await["ok"],
        true
    );
    assert_eq!(error(&slack, "chat.fly", json!({})).await, "unknown_method");
    let complaints = slack.complaints().join("\n");
    for part in ["missing required field: channel", "no argument is called colour", "no such method"] {
        assert!(complaints.contains(part), "{part} in {complaints}");
    }
    assert_eq!(error(&slack, "users.info", json!({ "user": amal })).await, "invalid_arguments", "it reads no JSON");
    let http = crate::world::http().build().unwrap();
    let to = |method: &str| http.post(format!("{}/{method}", slack.api_url()));
    let form = to("users.info").form(&[("token", BOT_TOKEN), ("user", &amal)]).send().await.unwrap();
    assert_eq!(form.json::<Value>().await.unwrap()["user"]["name"], "amal");
    for (body, media, error) in [
        ("{", "application/json", "invalid_json"),
        ("[]", "application/json", "json_not_object"),
        ("a", "text/plain", "invalid_post_type"),
    ] {
        let request = to("chat.postMessage").bearer_auth(BOT_TOKEN).header("content-type", media).body(body);
        assert_eq!(request.send().await.unwrap().json::<Value>().await.unwrap()["error"], error);
    }
    let wordless = to("auth.test").bearer_auth(BOT_TOKEN).body("a").send().await.unwrap();
    assert_eq!(wordless.json::<Value>().await.unwrap()["error"], "missing_post_type");
    assert_eq!(slack.look(&shop).len(), 1);
    slack.finish();
}

#[tokio::test]
async fn posting_is_refused_as_slack_refuses_it() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let (shop, old) = (slack.channel("shop").with(&[&amal]), slack.channel("old").with(&[]));
    let (public, secret) =
        (slack.channel("public").without_bot().with(&[]), slack.channel("s").private().without_bot().with(&[]));
    assert!(!slack.archives(&amal, &old).await.on_time, "there is no socket");
    let say = |channel: &str, more: Value| {
        let mut body = json!({ "channel": channel, "text": "a" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (body, wanted) in [
        (say(&old, json!({})), "is_archived"),
        (say(&secret, json!({})), "channel_not_found"),
        (say(&shop, json!({ "text": " " })), "no_text"),
        (say(&shop, json!({ "text": "a".repeat(40_001) })), "msg_too_long"),
        (say(&shop, json!({ "blocks": "nonsense" })), "invalid_blocks_format"),
        (say(&shop, json!({ "blocks": [{ "type": "input" }] })), "invalid_blocks"),
        (say(&shop, json!({ "metadata": { "id": 1 } })), "invalid_metadata_format"),
        (say(&shop, json!({ "username": "Somebody else" })), "missing_scope"),
        (say(&shop, json!({ "thread_ts": "1.000001" })), "cannot_reply_to_message"),
    ] {
        assert_eq!(error(&slack, "chat.postMessage", body).await, wanted);
    }
    let long = json!({ "type": "section", "text": { "type": "mrkdwn", "text": "a".repeat(3_000) } });
    assert_eq!(
        error(&slack, "chat.postMessage", say(&shop, json!({ "blocks": [long, long, long, long, long] }))).await,
        "msg_blocks_too_long"
    );
    assert_eq!(bot(&slack, "chat.postMessage", say(&public, json!({}))).await["ok"], true);
    slack.missing_scope("chat:write.public");
    assert_eq!(error(&slack, "chat.postMessage", say(&public, json!({}))).await, "not_in_channel");
    assert_eq!(bot(&slack, "chat.postMessage", say(&amal, json!({}))).await["channel"], slack.im(&amal).as_str());
    assert_eq!((slack.dms_for(&amal).len(), slack.look(&public).len()), (1, 1));
    slack.finish();
}

#[tokio::test]
async fn an_ephemeral_message_is_for_one_person_who_is_there() {
    let slack = FakeSlack::start().await;
    let (amal, noor) = (slack.person("Amal").joins(), slack.person("Noor").joins());
    let shop = slack.channel("shop").with(&[&amal]);
    let to = |user: &str| json!({ "channel": shop, "user": user, "text": "Only you" });
    assert_eq!(error(&slack, "chat.postEphemeral", to(&noor)).await, "user_not_in_channel");
    assert!(bot(&slack, "chat.postEphemeral", to(&amal)).await["message_ts"].is_string());
    let public = slack.channel("public").without_bot().with(&[&amal]);
    let there = json!({ "channel": public, "user": amal, "text": "a" });
    assert_eq!(error(&slack, "chat.postEphemeral", there).await, "not_in_channel");
    let seen = slack.ephemerals_for(&amal);
    assert_eq!((seen.len(), slack.look(&shop).len(), slack.ephemerals_for(&amal).len()), (1, 0, 0));
    let late = json!({ "channel": shop, "ts": seen[0].ts, "text": "b" });
    assert_eq!(error(&slack, "chat.update", late).await, "message_not_found");
    slack.finish();
}

#[tokio::test]
async fn only_the_bots_own_messages_change() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let shop = slack.channel("shop").with(&[&amal]);
    let metadata = json!({ "event_type": "card", "event_payload": { "id": "x" } });
    let body = json!({ "channel": shop, "text": "New", "blocks": card("New"), "metadata": metadata });
    let ts = bot(&slack, "chat.postMessage", body).await["ts"].clone();
    let updated = bot(&slack, "chat.update", json!({ "channel": shop, "ts": ts, "text": "Claimed" })).await;
    assert_eq!((&updated["text"], &updated["message"]["metadata"]), (&json!("Claimed"), &metadata));
    assert!(updated["message"].get("blocks").is_none() && updated["message"]["edited"]["user"] == BOT_USER);
    let bare = bot(&slack, "chat.update", json!({ "channel": shop, "ts": ts, "text": "a", "metadata": {} })).await;
    assert!(bare["message"].get("metadata").is_none());
    let (theirs, _) = slack.posts(&amal, &shop, "Hello", &[], None).await;
    let theirs = json!({ "channel": shop, "ts": theirs.ts, "text": "b" });
    assert_eq!(error(&slack, "chat.update", theirs).await, "cant_update_message");
    let nothing = json!({ "channel": shop, "ts": "1.000001", "text": "b" });
    assert_eq!(error(&slack, "chat.update", nothing).await, "message_not_found");
    let long = json!({ "channel": shop, "ts": ts, "text": "a".repeat(4_001) });
    assert_eq!(error(&slack, "chat.update", long).await, "msg_too_long");
    assert_eq!(bot(&slack, "chat.delete", json!({ "channel": shop, "ts": ts })).await["ok"], true);
    assert_eq!(error(&slack, "chat.delete", json!({ "channel": shop, "ts": ts })).await, "message_not_found");
    assert_eq!(slack.look(&shop)[0].edits, 2);
    assert_eq!(slack.messages(&shop).len(), 1, "what is deleted is not there");
    slack.finish();
}

#[tokio::test]
async fn history_comes_in_pages_newest_first_with_metadata_on_request() {
    let slack = FakeSlack::start().await;
    let shop = slack.channel("shop").with(&[]);
    let mut all = Vec::new();
    for number in 0..5 {
        let metadata = json!({ "event_type": "card", "event_payload": { "number": number } });
        let body = json!({ "channel": shop, "text": number.to_string(), "metadata": metadata });
        all.push(bot(&slack, "chat.postMessage", body).await["ts"].as_str().unwrap().to_owned());
    }
    let reply = json!({ "channel": shop, "text": "reply", "thread_ts": all[0] });
    assert_eq!(bot(&slack, "chat.postMessage", reply).await["message"]["parent_user_id"], BOT_USER);
    let first =
        bot(&slack, "conversations.history", json!({ "channel": shop, "limit": 3, "include_all_metadata": true }))
            .await;
    let texts = |answer: &Value| -> Vec<String> {
        answer["messages"].as_array().unwrap().iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((texts(&first), &first["has_more"]), (["4", "3", "2"].map(str::to_owned).to_vec(), &json!(true)));
    assert_eq!(first["messages"][0]["metadata"]["event_payload"]["number"], 4);
    let cursor = first["response_metadata"]["next_cursor"].as_str().unwrap();
    let second = ask(&slack, "conversations.history", &[("channel", &shop), ("cursor", cursor)]).await;
    assert_eq!((texts(&second), &second["has_more"]), (["1", "0"].map(str::to_owned).to_vec(), &json!(false)));
    assert!(second["messages"][0].get("metadata").is_none());
    assert_eq!(
        (&second["messages"][1]["reply_count"], &second["messages"][1]["thread_ts"]),
        (&json!(1), &json!(all[0]))
    );
    let range = [("channel", shop.as_str()), ("oldest", &all[1]), ("latest", &all[3])];
    assert_eq!(texts(&ask(&slack, "conversations.history", &range).await), ["2"]);
    let range = [range[0], range[1], range[2], ("inclusive", "true")];
    assert_eq!(texts(&ask(&slack, "conversations.history", &range).await), ["3", "2", "1"]);
    let thread = ask(&slack, "conversations.replies", &[("channel", &shop), ("ts", &all[0])]).await;
    assert_eq!(texts(&thread), ["0", "reply"]);
    for (query, wanted) in [
        (("cursor", "made-up"), "invalid_cursor"),
        (("oldest", "noon"), "invalid_ts_oldest"),
        (("limit", "0"), "invalid_limit"),
    ] {
        assert_eq!(ask(&slack, "conversations.history", &[("channel", &shop), query]).await["error"], wanted);
    }
    assert_eq!(
        ask(&slack, "conversations.replies", &[("channel", &shop), ("ts", "1.0")]).await["error"],
        "thread_not_found"
    );
    let elsewhere = slack.channel("elsewhere").without_bot().with(&[]);
    assert_eq!(ask(&slack, "conversations.history", &[("channel", &elsewhere)]).await["error"], "not_in_channel");
    slack.missing_scope("channels:history");
    assert_eq!(ask(&slack, "conversations.history", &[("channel", &shop)]).await["needed"], "channels:history");
    assert_eq!(slack.look(&shop).len(), 6);
    slack.finish();
}

#[tokio::test]
#[should_panic(expected = "nobody looked at in shop")]
async fn a_message_that_nobody_looked_at_fails_the_test() {
    let slack = FakeSlack::start().await;
    let shop = slack.channel("shop").with(&[]);
    bot(&slack, "chat.postMessage", json!({ "channel": shop, "text": "Hello" })).await;
}

#[tokio::test]
#[should_panic(expected = "no argument is called colour")]
async fn a_complaint_fails_the_test() {
    let slack = FakeSlack::start().await;
    bot(&slack, "auth.test", json!({ "colour": "red" })).await;
    slack.finish();
}
