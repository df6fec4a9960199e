//! Who may do what, as of the press: roles, other guilds, people who left, people who are silenced.

use chrono::TimeDelta;
use domain::words::State;

use super::{Plan, Shop, button};
use crate::world::database::Base;
use crate::world::discord::Given;

#[tokio::test]
async fn a_role_counts_as_of_the_press() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    let refused = shop.press(shop.amal, "claim").await;
    assert!(refused.ephemeral() && refused.message().content.contains("manager"), "{refused:?}");
    shop.discord.takes_role(shop.omar, shop.managers);
    assert!(shop.press(shop.omar, "claim").await.ephemeral());
    assert_eq!(shop.now(&incident).await.status.state(), State::New);
    shop.discord.gives_role(shop.omar, shop.managers);
    assert_eq!(shop.press(shop.omar, "claim").await.kind, 6);
    shop.settle().await;
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    shop.look_away();
}

#[tokio::test]
async fn who_left_who_is_silenced_and_who_is_elsewhere_is_nobody() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    let card = shop.card();
    let claim = button(&card, "claim");
    shop.discord.silences(shop.noor, TimeDelta::minutes(10));
    let silenced = shop.discord.presses_forged(shop.noor, card.id, &claim).await;
    assert!(silenced.ephemeral(), "{silenced:?}");
    shop.discord.removes_member(shop.omar);
    let left = shop.discord.presses_forged(shop.omar, card.id, &claim).await;
    assert!(left.ephemeral() && !left.message().content.contains("Noor"), "{left:?}");
    // In another guild the bot is a guest: nobody there is anybody.
    let elsewhere = shop.discord.add_channel(shop.finn.guild, "general");
    let given: &[(&str, Given)] = &[("what_happened", "gin".into())];
    let refused = shop.discord.runs_command(shop.finn, elsewhere, "report", given).await;
    assert!(refused.ephemeral() && !refused.message().content.contains("SW-"), "{refused:?}");
    assert_eq!(shop.now(&incident).await.status.state(), State::New);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    shop.look_away();
}

#[tokio::test]
async fn edited_ids_and_buttons_that_do_not_stand_there_are_refused() {
    let shop = Shop::open().await;
    let first = shop.report("gin").await;
    let card = shop.card();
    let claim = button(&card, "claim");
    let second = shop.report("rum").await;
    let other = button(&shop.card(), "claim");
    for id in [
        claim.replace("v1", "v2"),
        claim.replace("claim", "explode"),
        claim.replace(":1", ":+1"),
        format!("{claim}/x"),
        format!("sure/{claim}"),
        other.clone(),
    ] {
        let refused = shop.discord.presses_forged(shop.noor, card.id, &id).await;
        assert!(refused.ephemeral(), "{id}: {refused:?}");
    }
    for incident in [&first, &second] {
        assert_eq!(shop.now(incident).await.status.state(), State::New);
    }
    // A message of the bot in another channel is no card.
    let receipt = shop.reports("vodka").await.message().clone();
    assert!(receipt.ephemeral);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn withdrawing_asks_first_and_only_whom_it_may() {
    let shop = Shop::open().await;
    let receipt = shop.reports("gin").await.message().clone();
    let asked = shop.discord.presses(shop.amal, receipt.id, &button(&receipt, "withdraw")).await;
    assert!(asked.ephemeral(), "{asked:?}");
    assert_eq!(shop.newest().await.status.state(), State::New);
    let sure = asked.message().component("sure/").unwrap();
    assert_eq!(shop.discord.presses(shop.amal, asked.message().id, &sure).await.kind, 7);
    assert_eq!(shop.newest().await.status.state(), State::Withdrawn);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn nobody_is_told_in_direct_messages_who_did_not_ask_and_stopping_is_one_tap() {
    let shop = Shop::with(Base::Sqlite, Plan::default()).await;
    let receipt = shop.reports("gin").await.message().clone();
    shop.settle().await;
    shop.press(shop.noor, "claim").await;
    shop.settle().await;
    assert!(shop.discord.dms_of(shop.amal).is_empty());
    shop.discord.presses(shop.amal, receipt.id, "v1:tell:on").await;
    shop.press(shop.noor, "ask").await;
    let form = shop.discord.modal_of(shop.noor).unwrap();
    shop.discord.submits_modal(shop.noor, &form, &[("text", "Which till?".into())]).await;
    shop.settle().await;
    let asked = shop.discord.dms_of(shop.amal).pop().unwrap();
    assert!(asked.text().contains("Which till?"), "{}", asked.text());
    // Answered in the message, as people do.
    shop.discord.direct_message(shop.amal, "the one by the door", Vec::new());
    let added = |state: &crate::world::discord::State| {
        state.messages.values().any(|message| message.content.contains("Your answer was added")).then_some(())
    };
    shop.discord.until("a word of thanks", added).await;
    shop.settle().await;
    assert_eq!(shop.newest().await.question, None);
    let stopped = shop.discord.presses(shop.amal, asked.id, "v1:tell:off").await;
    assert!(stopped.message().content.contains("nothing more"), "{stopped:?}");
    let before = shop.discord.dms_of(shop.amal).len();
    shop.press(shop.noor, "release").await;
    let sure =
        shop.discord.ephemerals_for(shop.noor).into_iter().find_map(|seen| Some((seen.id, seen.component("sure/")?)));
    let (question, sure) = sure.unwrap();
    shop.discord.presses(shop.noor, question, &sure).await;
    shop.settle().await;
    assert_eq!(shop.discord.dms_of(shop.amal).len(), before);
    shop.look_away();
}
