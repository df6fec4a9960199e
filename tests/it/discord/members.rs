//! One person with several accounts is one member.

use domain::audit::By;
use domain::words::State;
use shopwatch::chat::press::Button;
use shopwatch::operations::people;
use shopwatch::rules::Rules;

use super::{Plan, Shop, button};
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR};

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

#[tokio::test]
async fn who_is_linked_later_is_the_same_person_in_what_they_did_before() {
    let shop = Shop::with(Base::Sqlite, Plan::default()).await;
    shop.reports("rum").await;
    let theirs = shop.newest().await;
    let anybody = shop.world.report("gin").await;
    for accounts in ["\"console:amal\", \"discord:user:{amal}\"", "\"discord:user:{amal}\", \"console:amal\""] {
        let accounts = accounts.replace("{amal}", &shop.amal.user.to_string());
        let linked = format!("{}\n[[member]]\nname = \"Amal\"\naccounts = [{accounts}]\n", shop.text);
        shop.world.app.desk.change_rules(Rules::parse(&linked).unwrap());
        let amal = people::actor(&shop.world.app.desk, &AMAL.origin());
        assert!(amal.is(&theirs.reporter.member) && amal.is(&anybody.reporter.member), "{accounts}");
        let reported = shop.world.store().reported_by(&amal, None).await.unwrap().incidents;
        assert_eq!(reported.len(), 2, "their list has both, {accounts}");
    }
    let noor = people::actor(&shop.world.app.desk, &NOOR.origin());
    assert!(!noor.is(&theirs.reporter.member));
    let withdrawn = shop.world.press(AMAL, &theirs.reference, Button::Withdraw).await;
    assert_eq!(withdrawn.incident().status.state(), State::Withdrawn, "their own, from the account that they have now");
    let lines = shop.world.store().own_lines(theirs.id).await.unwrap();
    let by = &lines.last().unwrap().by;
    assert!(matches!(by, By::Reporter { .. }), "and their name stays sealed: {by:?}");
    shop.settle().await;
    shop.look_away();
}
