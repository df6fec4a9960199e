//! Slacks that differ from the usual one within what Slack's documentation says.

use domain::words::State;
use serde_json::json;

use super::Shop;
use super::photos::{drop_in, kept};
use crate::evidence::ASTRONAUT;
use crate::world::database::Base;
use crate::world::slack::ways::Accepts;

#[tokio::test]
async fn an_envelope_that_does_not_say_whether_it_takes_an_answer_is_given_one() {
    let shop = Shop::open().await;
    shop.slack.accepts_answers(Accepts::Unsaid);
    assert!(shop.command(&shop.amal, "gin").await.payload.is_some());
    assert!(shop.slack.ephemerals_for(&shop.amal)[0].text.contains("SW-"));
    assert!(shop.slack.event(json!({ "type": "brand_new" })).await.payload.is_none(), "events take none");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn where_no_acknowledgement_takes_an_answer_a_command_is_answered_after_it() {
    let shop = Shop::open().await;
    shop.slack.accepts_answers(Accepts::Never);
    let acked = shop.command(&shop.amal, "gin").await;
    assert!(acked.on_time && acked.payload.is_none());
    shop.slack
        .until(|workspace| {
            let all = workspace.channels.values().flat_map(|channel| &channel.messages);
            all.into_iter().any(|message| message.only_for.as_deref() == Some(&shop.amal))
        })
        .await;
    assert!(shop.slack.ephemerals_for(&shop.amal)[0].text.contains("SW-"));
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn where_nobody_can_be_asked_about_who_is_named_is_somebody_all_the_same() {
    let mut shop = Shop::closed(Base::Sqlite).await;
    shop.slack.lacks("users.info");
    shop.slack.lacks("usergroups.users.list");
    shop.world.connect();
    shop.slack.connected(1).await;
    assert!(shop.command(&shop.noor, "gin").await.on_time);
    assert!(shop.slack.ephemerals_for(&shop.noor)[0].text.contains("SW-"));
    assert!(shop.command(&shop.omar, "gin").await.on_time);
    let said = shop.slack.ephemerals_for(&shop.omar).remove(0).text;
    assert!(!said.contains("SW-") && !said.starts_with("NOT saved"), "asking again would help nobody: {said}");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn this_computer_may_be_called_by_another_of_its_names() {
    let shop = Shop::open().await;
    shop.slack.is_called("localhost");
    let socket = shop.slack.sockets()[0];
    shop.slack.disconnect(socket, "refresh_requested");
    shop.slack.until(|_| shop.slack.sockets().iter().any(|other| *other != socket)).await;
    let incident = shop.report("gin").await;
    shop.settle().await;
    // A refusal goes to the address that came with the press.
    assert!(shop.press(&shop.amal, "claim").await.on_time);
    shop.slack.until(|workspace| workspace.response_urls.values().any(|address| address.uses > 0)).await;
    assert_eq!(shop.now(&incident).await.status.state(), State::New);
    // … and a photo is fetched from where it lies.
    let photo = shop.slack.file(&shop.amal, "till.jpg", "image/jpeg", &ASTRONAUT);
    let incident = drop_in(&shop, &[&photo]).await;
    shop.settle().await;
    assert_eq!(kept(&shop, &incident).await.len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn in_an_organisation_people_of_its_other_workspaces_are_colleagues_and_nobody_else_is() {
    let mut shop = Shop::closed(Base::Sqlite).await;
    shop.slack.belongs_to("E0SHOPS01");
    let colleague = shop.slack.person("Mara").colleague("T0SHOP002").joins();
    let stranger = shop.slack.person("Sam").stranger("T0OTHER").joins();
    shop.slack.change(|workspace| {
        workspace.people.get_mut(&stranger).unwrap().organisation = Some("E0OTHERS1".to_owned());
        workspace.groups.get_mut(&shop.managers).unwrap().users.extend([colleague.clone(), stranger.clone()]);
    });
    shop.world.connect();
    shop.slack.connected(1).await;
    let incident = shop.report("gin").await;
    shop.settle().await;
    assert!(shop.press(&stranger, "claim").await.on_time);
    assert_eq!(shop.now(&incident).await.status.state(), State::New);
    assert!(shop.press(&colleague, "claim").await.on_time);
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    shop.slack.ephemerals_for(&stranger);
    shop.slack.dms_for(&stranger);
    shop.settle().await;
    shop.look_away();
}
