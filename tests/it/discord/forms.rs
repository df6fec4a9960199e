//! Forms that are filled in wrongly, or not as anybody could.

use serde_json::json;

use super::Shop;

#[tokio::test]
async fn a_form_with_inputs_missing_or_doubled_is_refused_and_nothing_typed_is_lost() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    let input = |text: &str| json!({ "type": 1, "components": [{ "type": 4, "custom_id": "text", "value": text }] });
    for components in [json!([]), json!([input("one"), input("two")]), json!("none"), json!([{ "type": 77 }])] {
        let form = shop.press(shop.noor, "note").await.modal().clone();
        let data = json!({ "custom_id": form.custom_id, "components": components });
        let refused = shop.discord.submits_forged(shop.noor, &form, data).await;
        assert!(refused.ephemeral(), "{components}: {refused:?}");
    }
    let form = shop.press(shop.noor, "note").await.modal().clone();
    let long = "x".repeat(1_500);
    let data = json!({ "custom_id": form.custom_id, "components": [input(&long)] });
    let refused = shop.discord.submits_forged(shop.noor, &form, data).await;
    assert!(refused.message().content.contains("xxxx"), "{refused:?}");
    assert_eq!(shop.now(&incident).await.version, 1);
    shop.look_away();
}

#[tokio::test]
async fn a_panel_goes_on_from_what_others_changed_meanwhile() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    shop.press(shop.noor, "claim").await;
    shop.settle().await;
    let panel = shop.press(shop.noor, "facts").await.message().clone();
    shop.world
        .submit(
            crate::world::people::NOOR,
            &incident.reference,
            shopwatch::chat::press::Button::Note,
            &[("text", "meanwhile")],
        )
        .await;
    let id = panel.component("choose/kind/").unwrap();
    let redrawn = shop.discord.chooses(shop.noor, panel.id, &id, &["shop_theft"]).await;
    assert_eq!(redrawn.kind, 7);
    assert_eq!(shop.now(&incident).await.facts.kind, None, "nobody decides on what they have not seen");
    let panel = redrawn.message().clone();
    let id = panel.component("choose/kind/").unwrap();
    shop.discord.chooses(shop.noor, panel.id, &id, &["shop_theft"]).await;
    assert!(shop.now(&incident).await.facts.kind.is_some());
    let panel = shop.discord.message(panel.id).unwrap();
    let next = shop.discord.presses(shop.noor, panel.id, &panel.component("page/").unwrap()).await;
    assert!(next.message().component("choose/weapon/").is_some(), "{next:?}");
    shop.settle().await;
    shop.look_away();
}
