//! Every caller and every way in, as one table.

use serde_json::Value;

use super::{Shop, find_button, verbs, words};
use crate::world::slack::workspace::{Message, Workspace};

/// What came of it, for one person.
async fn outcome(shop: &Shop, before: u64, who: &str, modal: bool) -> &'static str {
    if shop.world.store().count_incidents().await.unwrap() > before {
        return "kept";
    }
    if modal && shop.slack.modal_of(who).is_some_and(|view| view.content.get("submit").is_some()) {
        return "form";
    }
    "refused"
}

async fn row(name: &str, who: &str, shop: &Shop) -> String {
    let mut cells = vec![format!("{name:12}")];
    let count = || async { shop.world.store().count_incidents().await.unwrap() };
    let before = count().await;
    assert!(shop.command(who, "gin").await.on_time);
    cells.push(outcome(shop, before, who, false).await.to_owned());
    let before = count().await;
    let photo = shop.slack.file(who, "a.jpg", "image/jpeg", b"jpeg");
    let (_, acked) = shop.slack.posts(who, &shop.floor, "", &[&photo], None).await;
    assert!(acked.on_time);
    cells.push(outcome(shop, before, who, false).await.to_owned());
    let before = count().await;
    assert!(shop.slack.global_shortcut(who, "report").await.on_time);
    let form = shop.slack.modal_of(who).unwrap();
    let sent = shop.slack.submits(who, &form.id, &[("what_happened", &["gin"])]).await;
    assert!(sent.on_time);
    cells.push(outcome(shop, before, who, false).await.to_owned());
    if let Some(view) = shop.slack.modal_of(who) {
        drop(shop.slack.closes(who, &view.id).await);
    }
    shop.settle().await;
    for verb in ["note", "claim", "decline", "release"] {
        let card = shop.first_card();
        let Some(id) = find_button(&card.blocks, verb) else {
            cells.push("no button".to_owned());
            continue;
        };
        let version = shop.called_first().await.version;
        assert!(shop.slack.presses(who, &card, &id).await.on_time);
        let done = shop.called_first().await.version > version;
        cells.push(if done { "done" } else { outcome(shop, u64::MAX, who, true).await }.to_owned());
        if let Some(view) = shop.slack.modal_of(who) {
            drop(shop.slack.closes(who, &view.id).await);
        }
        shop.settle().await;
    }
    let published = |workspace: &Workspace| workspace.calls.get("views.publish").copied().unwrap_or_default();
    let before = shop.slack.see(published);
    assert!(shop.slack.opens_home(who).await.on_time);
    shop.slack.until(|workspace| published(workspace) > before).await;
    let Some(home) = shop.slack.home_of(who) else {
        cells.push("Slack shows none".to_owned());
        return cells.join(" | ");
    };
    let blocks: &[Value] = home.content["blocks"].as_array().unwrap();
    let queue = words(blocks).contains(shop.called_first().await.reference.as_str());
    cells.push(if queue { "sees the queue" } else { "own only" }.to_owned());
    assert!(queue || !verbs(blocks).contains(&"claim".to_owned()));
    cells.join(" | ")
}

impl Shop {
    fn first_card(&self) -> Message {
        self.slack.messages(&self.triage).remove(0)
    }

    /// The incident whose card is pressed on: Amal's, reported before anybody else did anything.
    async fn called_first(&self) -> domain::incident::Incident {
        let text = self.first_card().text;
        let called = text.split(' ').next().unwrap().parse().unwrap();
        self.world.incident(&called).await
    }
}

#[tokio::test]
async fn every_caller_and_every_way_in() {
    let mut table =
        vec!["caller       | command | photo drop | form | note | claim | decline | release | home".to_owned()];
    for name in ["staff", "manager", "by group", "guest", "stranger", "deactivated", "unknown"] {
        let shop = Shop::open().await;
        let stranger = shop.slack.person("Stranger").stranger("T0OTHER").joins();
        let left = shop.slack.person("Left").deactivated().joins();
        shop.report("the charity box").await;
        shop.settle().await;
        let who = match name {
            "staff" => shop.slack.person("Vera").joins(),
            "manager" => shop.noor.clone(),
            "by group" => shop.omar.clone(),
            "guest" => shop.finn.clone(),
            "stranger" => stranger,
            "deactivated" => left,
            _ => {
                // Slack does not say who it is: nothing is done, nothing is seen.
                shop.slack.missing_scope("users:read");
                shop.slack.missing_scope("usergroups:read");
                shop.slack.person("Unknown").joins()
            }
        };
        table.push(row(name, &who, &shop).await);
        shop.settle().await;
        shop.slack.dms_for(&who);
        shop.slack.ephemerals_for(&who);
        shop.look_away();
    }
    insta::assert_snapshot!(table.join("\n"));
}
