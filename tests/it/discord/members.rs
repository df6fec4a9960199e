//! One person with several accounts is one member.

use domain::words::State;

use super::{Plan, Shop, button};
use crate::world::database::Base;
use crate::world::people::AMAL;

#[tokio::test]
async fn who_reported_in_the_console_withdraws_in_discord() {
    let rules = "[[member]]\nname = \"Amal\"\naccounts = [\"console:amal\", \"discord:user:{amal}\"]\n";
    let shop = Shop::with(Base::Sqlite, Plan { rules, ..Plan::default() }).await;
    let incident = shop.world.report("gin").await;
    let here = shop.reports("rum").await.message().clone();
    let theirs = shop.newest().await;
    assert_eq!(incident.reporter.member, theirs.reporter.member, "one member, whichever account");
    let asked = shop.discord.presses(shop.amal, here.id, &button(&here, "withdraw")).await;
    let sure = asked.message().component("sure/").unwrap();
    shop.discord.presses(shop.amal, asked.message().id, &sure).await;
    assert_eq!(shop.newest().await.status.state(), State::Withdrawn);
    let withdrawn = shop.world.press(AMAL, &incident.reference, shopwatch::chat::press::Button::Withdraw).await;
    assert_eq!(withdrawn.incident().status.state(), State::Withdrawn);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn two_accounts_of_one_publisher_are_not_two_publishers() {
    let site = "kings-cross".parse().unwrap();
    let text = shopwatch::rules::Rules::EXAMPLE
        .replace("[\"console:ines\", \"console:vera\"]", "[\"console:ines\", \"discord:user:445\"]");
    let apart = shopwatch::rules::Rules::parse(&text).unwrap();
    assert!(!apart.publishing_off(&site));
    let member = "\n[[member]]\nname = \"Ines\"\naccounts = [\"console:ines\", \"discord:user:445\"]\n";
    let together = shopwatch::rules::Rules::parse(&format!("{text}{member}")).unwrap();
    assert!(together.publishing_off(&site));
}
