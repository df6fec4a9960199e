//! Who may: asked of Slack at the press, and nothing assumed in anybody's favour.

use chrono::TimeDelta;
use domain::words::State;
use serde_json::json;

use super::{Shop, button};

/// Presses claim as somebody, and gives what they alone were told.
async fn told_on_claim(shop: &Shop, who: &str) -> String {
    assert!(shop.press(who, "claim").await.on_time);
    shop.slack
        .until(|workspace| {
            workspace
                .channels
                .values()
                .flat_map(|channel| &channel.messages)
                .any(|message| message.only_for.as_deref() == Some(who) && !message.looked_at)
        })
        .await;
    shop.slack.ephemerals_for(who).remove(0).text
}

#[tokio::test]
async fn who_may_not_press_is_told_kindly_and_nothing_changes() {
    let shop = Shop::open().await;
    let stranger = shop.slack.person("Stranger").stranger("T0OTHER").joins();
    let incident = shop.report("gin").await;
    shop.settle().await;
    // A manager's button: for staff it is not theirs, for everybody else the incident does not exist.
    assert!(told_on_claim(&shop, &shop.amal).await.contains("manager"));
    for nobody in [&shop.finn, &stranger] {
        let said = told_on_claim(&shop, nobody).await;
        assert!(said.contains("not") && !said.contains("manager"), "{said}");
    }
    assert_eq!(shop.now(&incident).await.status.state(), State::New);
    shop.look_away();
}

#[tokio::test]
async fn guests_and_people_who_left_report_nothing() {
    let shop = Shop::open().await;
    let left = shop.slack.person("Left").deactivated().joins();
    for nobody in [&shop.finn, &left] {
        assert!(shop.command(nobody, "gin").await.on_time);
        assert_eq!(shop.slack.ephemerals_for(nobody).len(), 1);
    }
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
}

#[tokio::test]
async fn who_leaves_the_group_is_no_manager_from_then_on() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    shop.settle().await;
    assert!(shop.press(&shop.omar, "claim").await.on_time);
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    shop.settle().await;
    assert!(shop.slack.changes_group(&shop.managers, &[], &[&shop.omar]).await.on_time);
    assert!(shop.press(&shop.omar, "release").await.on_time);
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    shop.look_away();
}

#[tokio::test]
async fn without_an_event_a_group_is_believed_for_a_minute_and_no_longer() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    shop.settle().await;
    assert!(shop.press(&shop.omar, "claim").await.on_time);
    shop.settle().await;
    shop.slack.change(|workspace| workspace.groups.get_mut(&shop.managers).unwrap().users.clear());
    shop.world.clock.advance(TimeDelta::seconds(61));
    assert!(shop.press(&shop.omar, "release").await.on_time);
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    shop.look_away();
}

#[tokio::test]
async fn when_slack_does_not_say_who_it_is_nobody_is_refused_and_nothing_is_done() {
    let shop = Shop::open().await;
    shop.slack.server_error("users.info");
    assert!(shop.command(&shop.amal, "gin at the till").await.on_time);
    let said = shop.slack.ephemerals_for(&shop.amal).remove(0).text;
    assert!(said.starts_with("NOT saved") && said.contains("gin at the till"), "{said}");
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
}

#[tokio::test]
async fn when_slack_does_not_say_who_is_in_a_group_nobody_is_refused_and_the_next_press_counts() {
    let words =
        ["internal_error", "fatal_error", "ratelimited", "request_timeout", "service_unavailable", "made_up_later"];
    for word in words {
        let shop = Shop::open().await;
        let incident = shop.report("gin").await;
        shop.settle().await;
        // What was learned of the group is out of date by now.
        shop.world.clock.advance(TimeDelta::seconds(61));
        shop.slack.says_next("usergroups.users.list", word);
        assert!(shop.press(&shop.omar, "claim").await.on_time, "{word}");
        shop.slack.until(|workspace| workspace.describe().contains("NOT saved")).await;
        let said = shop.slack.ephemerals_for(&shop.omar).remove(0).text;
        assert!(said.starts_with("NOT saved"), "{word}: {said}");
        assert_eq!(shop.now(&incident).await.version, 1, "{word}");
        // As soon as Slack takes calls again, and long before what was learned would be out of date.
        shop.world.clock.advance(TimeDelta::seconds(31));
        assert!(shop.press(&shop.omar, "claim").await.on_time, "{word}");
        assert_eq!(shop.now(&incident).await.status.state(), State::Claimed, "{word}");
        shop.settle().await;
        shop.look_away();
    }
}

#[tokio::test]
async fn a_group_that_is_gone_or_not_ours_to_see_makes_nobody_anything() {
    for word in ["no_such_subteam", "missing_scope", "plan_upgrade_required"] {
        let shop = Shop::open().await;
        let incident = shop.report("gin").await;
        shop.settle().await;
        shop.world.clock.advance(TimeDelta::seconds(61));
        shop.slack.says_next("usergroups.users.list", word);
        assert!(shop.press(&shop.omar, "claim").await.on_time, "{word}");
        shop.slack.until(|workspace| workspace.describe().contains("or it is not for you")).await;
        assert_eq!(shop.slack.ephemerals_for(&shop.omar).len(), 1, "{word}: a refusal, which is certain");
        assert_eq!(shop.now(&incident).await.version, 1, "{word}");
        shop.look_away();
    }
}

#[tokio::test]
async fn without_the_scope_for_people_only_who_is_named_is_anybody() {
    let shop = Shop::closed(crate::world::database::Base::Sqlite).await;
    shop.slack.missing_scope("users:read");
    let mut shop = shop;
    shop.world.connect();
    shop.slack.connected(1).await;
    assert!(shop.command(&shop.amal, "gin").await.on_time);
    assert_eq!(shop.slack.ephemerals_for(&shop.amal).len(), 1);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0, "Amal is only one of everyone");
    assert!(shop.command(&shop.noor, "gin").await.on_time);
    shop.slack.ephemerals_for(&shop.noor);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1, "Noor is named by her account");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn buttons_edited_by_hand_and_workspaces_that_are_not_ours_do_nothing() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    shop.settle().await;
    let card = shop.card();
    let claim = button(&card.blocks, "claim");
    let edits = [
        ("/actions/0/value", json!(claim.replace("claim", "decline"))),
        ("/actions/0/action_id", json!(format!("{claim}:1"))),
        ("/user/team_id", json!("T0OTHER")),
    ];
    for (pointer, value) in edits {
        let mut payload = shop.slack.press_payload(&shop.noor, &card, &claim, &[]);
        *payload.pointer_mut(pointer).unwrap() = value;
        let before = shop.slack.see(crate::world::slack::workspace::Workspace::describe);
        assert!(shop.slack.interacts(payload).await.on_time, "{pointer}");
        shop.slack.until(|workspace| workspace.describe() != before).await;
        assert_eq!(shop.slack.ephemerals_for(&shop.noor).len(), 1, "{pointer}");
        assert_eq!(shop.now(&incident).await.version, 1, "{pointer}");
    }
    shop.look_away();
}
