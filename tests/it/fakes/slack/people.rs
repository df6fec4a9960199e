//! People, channels, groups and files, as Slack shows them.

use serde_json::{Value, json};
use slack_morphism::prelude::*;

use super::app::{ask, bot, bot_token, client, word};
use crate::world::slack::FakeSlack;
use crate::world::slack::workspace::{BOT, BOT_TOKEN, BOT_USER, TEAM};

#[tokio::test]
async fn people_are_shown_with_what_decides_their_rights() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").locale("pl-PL").tz("Europe/Warsaw").joins();
    let ada = slack.person("Ada").admin().joins();
    let guest = slack.person("Guest").guest().joins();
    let single = slack.person("Single").single_channel_guest().joins();
    let stranger = slack.person("Stranger").stranger("T0OTHER01").joins();
    let gone = slack.person("Gone").deactivated().joins();
    let (client, token) = (client(&slack), bot_token());
    let session = client.open_session(&token);
    let request = SlackApiUsersInfoRequest::new(amal.clone().into()).with_include_locale(true);
    let user = session.users_info(&request).await.unwrap().user;
    assert_eq!((user.locale.unwrap().0, user.tz.unwrap()), ("pl-PL".to_owned(), "Europe/Warsaw".to_owned()));
    let lost = session.users_info(&SlackApiUsersInfoRequest::new("U0NOBODY".into())).await;
    assert_eq!(word(lost), "user_not_found");
    let flags = async |id: &str| {
        let user = ask(&slack, "users.info", &[("user", id)]).await["user"].clone();
        assert!(user.get("locale").is_none(), "the locale comes on request only");
        ["is_admin", "is_restricted", "is_ultra_restricted", "is_stranger", "deleted"].map(|flag| user[flag] == true)
    };
    assert_eq!(flags(&amal).await, [false; 5]);
    assert_eq!(flags(&ada).await, [true, false, false, false, false]);
    assert_eq!(flags(&guest).await, [false, true, false, false, false]);
    assert_eq!(flags(&single).await, [false, true, true, false, false]);
    assert_eq!(flags(&stranger).await, [false, false, false, true, false]);
    assert_eq!(flags(&gone).await, [false, false, false, false, true]);
    let page = ask(&slack, "users.list", &[("limit", "4")]).await;
    let cursor = page["response_metadata"]["next_cursor"].as_str().unwrap();
    let rest = ask(&slack, "users.list", &[("limit", "4"), ("cursor", cursor)]).await;
    assert_eq!((page["members"].as_array().unwrap().len(), rest["members"].as_array().unwrap().len()), (4, 2));
    assert_eq!(rest["response_metadata"]["next_cursor"], "");
    assert_eq!(ask(&slack, "bots.info", &[("bot", BOT)]).await["bot"]["user_id"], BOT_USER);
    assert_eq!(ask(&slack, "bots.info", &[("bot", "B0NOBODY")]).await["error"], "bot_not_found");
    assert_eq!(ask(&slack, "bots.info", &[]).await["error"], "invalid_arguments");
    slack.finish();
}

#[tokio::test]
async fn channels_are_shown_by_their_kind_and_scope() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let gone = slack.person("Gone").deactivated().joins();
    let open = slack.channel("open").without_bot().with(&[&amal]);
    let shared = slack.channel("shared").shared_with("T0OTHER01").with(&[]);
    let secret = slack.channel("secret").private().with(&[&amal]);
    let hidden = slack.channel("hidden").private().without_bot().with(&[&amal]);
    assert_eq!(ask(&slack, "conversations.info", &[("channel", &open)]).await["needed"], "channels:read");
    for scope in ["channels:read", "groups:read", "im:read", "channels:join"] {
        slack.grant_scope(scope);
    }
    let info = async |id: &str| ask(&slack, "conversations.info", &[("channel", id)]).await;
    assert_eq!(info(&open).await["channel"]["is_member"], false);
    assert_eq!(info(&shared).await["channel"]["is_ext_shared"], true);
    assert_eq!(info(&secret).await["channel"]["is_private"], true);
    assert_eq!(info(&hidden).await["error"], "channel_not_found");
    let joined = bot(&slack, "conversations.join", json!({ "channel": open })).await;
    assert_eq!((&joined["channel"]["is_member"], joined.get("warning")), (&json!(true), None));
    assert_eq!(bot(&slack, "conversations.join", json!({ "channel": open })).await["warning"], "already_in_channel");
    assert_eq!(ask(&slack, "conversations.members", &[("channel", &secret)]).await["members"], json!([amal, BOT_USER]));
    let opened = bot(&slack, "conversations.open", json!({ "users": amal, "return_im": true })).await;
    assert_eq!((&opened["channel"]["is_im"], &opened["channel"]["user"]), (&json!(true), &json!(amal)));
    let again = bot(&slack, "conversations.open", json!({ "channel": opened["channel"]["id"] })).await;
    assert_eq!(again["channel"]["id"], opened["channel"]["id"]);
    for (body, error) in [
        (json!({}), "users_list_not_supplied"),
        (json!({ "users": "U0NOBODY" }), "user_not_found"),
        (json!({ "users": gone }), "user_disabled"),
        (json!({ "users": "U1,U2" }), "invalid_user_combination"),
        (json!({ "channel": open }), "channel_not_found"),
    ] {
        assert_eq!(bot(&slack, "conversations.open", body).await["error"], error);
    }
    let types = ("types", "public_channel,private_channel,im");
    let list = ask(&slack, "conversations.list", &[types, ("exclude_archived", "true")]).await;
    assert_eq!(list["channels"].as_array().unwrap().len(), 4, "all but the hidden one");
    assert_eq!(ask(&slack, "conversations.list", &[("types", "attic")]).await["error"], "invalid_types");
    slack.finish();
}

#[tokio::test]
async fn groups_have_members_that_change() {
    let slack = FakeSlack::start().await;
    let (noor, omar) = (slack.person("Noor").joins(), slack.person("Omar").joins());
    let reviewers = slack.group("reviewers", &[&noor]);
    let list = ask(&slack, "usergroups.list", &[("include_users", "true"), ("include_count", "true")]).await;
    let shown = &list["usergroups"][0];
    assert_eq!(
        (&shown["handle"], &shown["users"], &shown["user_count"]),
        (&json!("reviewers"), &json!([noor]), &json!(1))
    );
    drop(slack.changes_group(&reviewers, &[&omar], &[&noor]).await);
    let members = ask(&slack, "usergroups.users.list", &[("usergroup", &reviewers)]).await;
    assert_eq!(members["users"], json!([omar]));
    slack.change(|workspace| workspace.groups.get_mut(&reviewers).unwrap().disabled = true);
    let members = ask(&slack, "usergroups.users.list", &[("usergroup", &reviewers)]).await;
    assert_eq!(members["error"], "no_such_subteam");
    slack.finish();
}

#[tokio::test]
async fn a_file_is_for_the_token_with_the_scope_and_a_page_for_everybody_else() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let photo = slack.file(&amal, "shelf.jpg", "image/jpeg", b"jpeg");
    let info = ask(&slack, "files.info", &[("file", &photo)]).await["file"].clone();
    assert_eq!((&info["size"], &info["filetype"], info["thumb_360"].is_string()), (&json!(4), &json!("jpg"), true));
    let http = crate::world::http().build().unwrap();
    let url = info["url_private_download"].as_str().unwrap();
    let fetch = async |token: &str| {
        let response = http.get(url).bearer_auth(token).send().await.unwrap();
        let media = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), media, response.bytes().await.unwrap())
    };
    let (status, media, bytes) = fetch(BOT_TOKEN).await;
    assert_eq!((status, media.as_str(), &bytes[..]), (200, "image/jpeg", &b"jpeg"[..]));
    let (status, media, _) = fetch("xoxb-wrong").await;
    assert_eq!((status, media.as_str()), (200, "text/html; charset=utf-8"));
    slack.change(|workspace| workspace.files.get_mut(&photo).unwrap().deleted = true);
    assert_eq!(fetch(BOT_TOKEN).await.0, 404);
    assert_eq!(ask(&slack, "files.info", &[("file", &photo)]).await["error"], "file_deleted");
    slack.missing_scope("files:read");
    assert_eq!(fetch(BOT_TOKEN).await.1, "text/html; charset=utf-8");
    slack.finish();
}

#[tokio::test]
async fn an_upload_takes_three_steps() {
    let slack = FakeSlack::start().await;
    let shop = slack.channel("shop").with(&[]);
    let ticket = ask(&slack, "files.getUploadURLExternal", &[("filename", "a.pdf"), ("length", "3")]).await;
    let (url, id) = (ticket["upload_url"].as_str().unwrap(), &ticket["file_id"]);
    let early = bot(&slack, "files.completeUploadExternal", json!({ "files": [{ "id": id }] })).await;
    assert_eq!(early["error"], "file_not_found");
    let http = crate::world::http().build().unwrap();
    assert_eq!(http.post(url).body("pdf").send().await.unwrap().text().await.unwrap(), "OK - 3");
    assert_eq!(http.post(url).body("pdf").send().await.unwrap().status(), 404, "once is enough");
    let body = json!({ "files": [{ "id": id, "title": "a" }], "channel_id": shop, "initial_comment": "Here" });
    let done: Value = bot(&slack, "files.completeUploadExternal", body).await;
    assert_eq!((&done["ok"], &done["files"][0]["id"]), (&json!(true), id));
    let seen = slack.look(&shop);
    assert_eq!((seen[0].text.as_str(), seen[0].files.len()), ("Here", 1));
    let ticket = ask(&slack, "files.getUploadURLExternal", &[("filename", "b.pdf"), ("length", "9")]).await;
    let short = http.post(ticket["upload_url"].as_str().unwrap()).body("pdf").send().await.unwrap();
    assert_eq!(short.status(), 400);
    assert_eq!(slack.complaints().len(), 1);
    assert_eq!(TEAM, bot(&slack, "auth.test", json!({})).await["team_id"].as_str().unwrap());
    slack.finish();
}
