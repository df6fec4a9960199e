//! Block Kit: what Slack refuses, with the place of every problem.

use serde_json::{Value, json};

use super::app::{bot, card, form};
use crate::world::slack::FakeSlack;

fn text(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

fn option(value: &str) -> Value {
    json!({ "text": text(value), "value": value })
}

fn section(more: &Value) -> Value {
    let mut block = json!({ "type": "section", "text": text("a") });
    block.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    block
}

fn actions(element: &Value) -> Value {
    json!([{ "type": "actions", "elements": [element] }])
}

fn button(more: &Value) -> Value {
    let mut button = json!({ "type": "button", "action_id": "a", "text": text("Go") });
    button.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    actions(&button)
}

fn menu(more: &Value) -> Value {
    let mut menu = json!({ "type": "static_select", "action_id": "a", "options": [option("one")] });
    menu.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    actions(&menu)
}

/// Blocks, and everything that is wrong with them.
type Case<'a> = (Value, Vec<&'a str>);

fn long(length: usize) -> String {
    "a".repeat(length)
}

/// Each message is refused, with the place of each problem.
async fn refuse(cases: &[Case<'_>]) {
    let slack = FakeSlack::start().await;
    let shop = slack.channel("shop").with(&[]);
    for (blocks, problems) in cases {
        let answer = bot(&slack, "chat.postMessage", json!({ "channel": shop, "text": "a", "blocks": blocks })).await;
        assert_eq!((&answer["error"], &answer["errors"]), (&json!("invalid_blocks"), &json!(problems)), "{blocks}");
        let messages: Vec<String> = problems.iter().map(|problem| format!("[ERROR] {problem}")).collect();
        assert_eq!(answer["response_metadata"]["messages"], json!(messages));
    }
    let posted = bot(&slack, "chat.postMessage", json!({ "channel": shop, "text": "a", "blocks": card("a") })).await;
    assert_eq!(posted["message"]["blocks"][0]["text"]["verbatim"], false, "what Slack adds");
    assert_eq!(slack.look(&shop).len(), 1, "of all only the good one was posted");
    slack.finish();
}

#[tokio::test]
async fn a_message_with_bad_blocks_is_refused() {
    refuse(&[
        (json!(vec![json!({ "type": "divider" }); 51]), vec!["no more than 50 items allowed [json-pointer:/blocks]"]),
        (
            json!([section(&json!({ "text": text(&long(3_001)) }))]),
            vec!["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
        ),
        (
            json!([section(&json!({ "text": text("") }))]),
            vec!["must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
        ),
        (
            json!([section(&json!({ "fields": vec![text("a"); 11] }))]),
            vec!["no more than 10 items allowed [json-pointer:/blocks/0/fields]"],
        ),
        (
            json!([section(&json!({ "fields": [text(&long(2_001))] }))]),
            vec!["must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"],
        ),
        (
            json!([section(&json!({ "colour": "red" }))]),
            vec!["invalid additional property: colour [json-pointer:/blocks/0]"],
        ),
        (json!([section(&json!({ "expand": "yes" }))]), vec!["must be a boolean [json-pointer:/blocks/0/expand]"]),
        (json!([{ "type": "section" }]), vec!["missing required field: text or fields [json-pointer:/blocks/0]"]),
        (
            json!([{ "type": "header", "text": text(&long(151)) }]),
            vec!["must be less than 151 characters [json-pointer:/blocks/0/text/text]"],
        ),
        (
            json!([{ "type": "header", "text": { "type": "mrkdwn", "text": "a" } }]),
            vec!["must be a plain_text object [json-pointer:/blocks/0/text]"],
        ),
        (
            json!([{ "type": "context", "elements": vec![text("a"); 11] }]),
            vec!["no more than 10 items allowed [json-pointer:/blocks/0/elements]"],
        ),
        (
            json!([{ "type": "actions", "elements": [] }]),
            vec!["no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"],
        ),
        (
            json!([{ "type": "image", "alt_text": long(2_001), "image_url": "https://shop.example/a.png" }]),
            vec!["must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"],
        ),
        (
            json!([{ "type": "image", "alt_text": "a" }]),
            vec!["exactly one of image_url and slack_file [json-pointer:/blocks/0]"],
        ),
        (json!([form()["blocks"][0]]), vec!["unsupported type: input [json-pointer:/blocks/0/type]"]),
        (
            json!([{ "type": "rich_text", "elements": [{ "type": "poem" }] }]),
            vec!["must be a valid enum value [json-pointer:/blocks/0/elements/0/type]"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_message_with_bad_ids_and_buttons_is_refused() {
    let twice = json!([section(&json!({ "block_id": "b" })), section(&json!({ "block_id": "b" }))]);
    let same = json!([{ "type": "actions", "elements": [button(&json!({}))[0]["elements"][0], button(&json!({}))[0]["elements"][0]] }]);
    let confirm =
        json!({ "title": text(&long(101)), "text": text(&long(301)), "confirm": text(&long(31)), "deny": text("No") });
    refuse(&[
        (twice, vec!["`block_id` already exists: b [json-pointer:/blocks/1/block_id]"]),
        (same, vec!["`action_id` already exists: a [json-pointer:/blocks/0/elements/1/action_id]"]),
        (
            button(&json!({ "text": text(&long(76)) })),
            vec!["must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"],
        ),
        (
            button(&json!({ "value": long(2_001) })),
            vec!["must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"],
        ),
        (
            button(&json!({ "action_id": long(256) })),
            vec!["must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"],
        ),
        (
            button(&json!({ "style": "pink" })),
            vec!["must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"],
        ),
        (
            button(&json!({ "confirm": confirm })),
            vec![
                "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
                "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]",
                "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]",
            ],
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_message_with_bad_menus_is_refused() {
    refuse(&[
        (
            menu(&json!({ "options": [] })),
            vec!["no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]"],
        ),
        (
            menu(&json!({ "options": (0..101).map(|n| option(&n.to_string())).collect::<Vec<_>>() })),
            vec!["no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"],
        ),
        (
            menu(&json!({ "options": [option(&long(76))] })),
            vec![
                "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
                "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
            ],
        ),
        (
            menu(&json!({ "options": [option("a"), option("a")] })),
            vec!["option values must be unique [json-pointer:/blocks/0/elements/0/options/1/value]"],
        ),
        (
            menu(&json!({ "initial_option": option("two") })),
            vec!["initial option must be one of the options [json-pointer:/blocks/0/elements/0]"],
        ),
        (
            menu(&json!({ "option_groups": [{ "label": text("g"), "options": [option("one")] }] })),
            vec!["options and option_groups exclude each other [json-pointer:/blocks/0/elements/0]"],
        ),
        (
            menu(&json!({ "type": "overflow", "options": (0..6).map(|n| option(&n.to_string())).collect::<Vec<_>>() })),
            vec!["no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"],
        ),
        (
            actions(&json!({ "type": "datepicker", "initial_date": "tomorrow" })),
            vec!["must match the format ####-##-## [json-pointer:/blocks/0/elements/0/initial_date]"],
        ),
        (
            actions(&json!({ "type": "plain_text_input" })),
            vec!["unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_bad_view_is_refused_before_its_trigger_is_used() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let trigger = slack.change(|workspace| workspace.trigger(&amal, None));
    let with = |path: &str, value: Value| {
        let mut view = form();
        *view.pointer_mut(path).expect("a place in the form") = value;
        view
    };
    let mut no_submit = form();
    no_submit.as_object_mut().unwrap().remove("submit");
    let mut extra = form();
    extra["hash"] = json!("x");
    let mut focused = form();
    for index in 0..2 {
        focused["blocks"][index]["element"]["focus_on_load"] = json!(true);
    }
    let mut crossed = form();
    crossed["blocks"][0]["element"]["min_length"] = json!(11);
    for (view, problem) in [
        (with("/title/text", json!("a".repeat(25))), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            with("/submit/text", json!("a".repeat(25))),
            "must be less than 25 characters [json-pointer:/view/submit/text]",
        ),
        (with("/close/text", json!("a".repeat(25))), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (
            with("/callback_id", json!("a".repeat(256))),
            "must be less than 256 characters [json-pointer:/view/callback_id]",
        ),
        (
            with("/private_metadata", json!("a".repeat(3_001))),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (with("/type", json!("window")), "must be a valid enum value [json-pointer:/view/type]"),
        (
            with("/blocks", json!(vec![json!({ "type": "divider" }); 101])),
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        (
            with("/blocks/2/element/max_files", json!(11)),
            "must be a number from 1 to 10 [json-pointer:/view/blocks/2/element/max_files]",
        ),
        (
            with("/blocks/0/element/max_length", json!(3_001)),
            "must be a number from 1 to 3000 [json-pointer:/view/blocks/0/element/max_length]",
        ),
        (
            with("/blocks/0/element", button(&json!({}))[0]["elements"][0].clone()),
            "unsupported type: button [json-pointer:/view/blocks/0/element/type]",
        ),
        (no_submit, "missing required field: submit [json-pointer:/view]"),
        (extra, "invalid additional property: hash [json-pointer:/view]"),
        (focused, "only one element may be focused on load [json-pointer:/view/blocks/1/element/focus_on_load]"),
        (crossed, "must not be more than `max_length` [json-pointer:/view/blocks/0/element/min_length]"),
    ] {
        let answer = bot(&slack, "views.open", json!({ "trigger_id": trigger, "view": view })).await;
        assert_eq!(answer["error"], "invalid_arguments");
        assert_eq!(answer["response_metadata"]["messages"], json!([format!("[ERROR] {problem}")]));
    }
    let large = with("/blocks/0/label/text", json!("a".repeat(250_001)));
    assert_eq!(
        bot(&slack, "views.open", json!({ "trigger_id": trigger, "view": large })).await["error"],
        "view_too_large"
    );
    assert_eq!(bot(&slack, "views.open", json!({ "trigger_id": trigger, "view": form() })).await["ok"], true);
    let home = json!({ "type": "home", "blocks": [form()["blocks"][2]] });
    let answer = bot(&slack, "views.publish", json!({ "user_id": amal, "view": home })).await;
    let problem = "[ERROR] unsupported type: file_input [json-pointer:/view/blocks/0/element/type]";
    assert_eq!(answer["response_metadata"]["messages"], json!([problem]));
    slack.finish();
}
