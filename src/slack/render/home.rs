//! App Home: my reports, and for reviewers what is open.

use serde_json::{Value, json};

use super::super::blocks::{Button as Drawn, SECTION_MAX, VIEW_BLOCKS_MAX, actions, header, section};
use super::super::mrkdwn::Mrkdwn;
use super::{REPORT_BUTTON, buttons};
use crate::chat::card::{Card, CardButton};
use crate::chat::press::Button;
use crate::chat::voice::Voice;
use crate::texts::keys;

/// How many incidents a list of App Home shows.
pub const LISTED_MAX: usize = 20;

/// What somebody's App Home shows.
pub struct Home {
    /// What they reported, newest first.
    pub mine: Vec<Card>,
    /// What is open at their sites; none for who does not review.
    pub open: Option<Vec<Card>>,
    /// Whether there is more than is shown.
    pub more: bool,
}

/// App Home as a view.
pub fn home(home: &Home, shop: &str, voice: &Voice<'_>) -> Value {
    let mut blocks = vec![header(shop), section(&Mrkdwn::of(&voice.say(&keys::help_first())))];
    blocks.extend(actions(&[Drawn {
        id: REPORT_BUTTON.to_owned(),
        label: voice.say(&keys::form_report_title()),
        style: Some("primary"),
        confirm: None,
    }]));
    if let Some(open) = &home.open {
        blocks.push(header(&voice.say(&keys::web_open_list())));
        list(&mut blocks, open, &voice.say(&keys::web_triage_empty()), voice);
    }
    blocks.push(header(&voice.say(&keys::web_my_reports())));
    list(&mut blocks, &home.mine, &voice.say(&keys::web_my_reports_empty()), voice);
    if home.more {
        blocks.push(section(&Mrkdwn::of(&voice.say(&keys::slack_home_more()))));
    }
    blocks.truncate(VIEW_BLOCKS_MAX);
    json!({ "type": "home", "blocks": blocks })
}

fn list(blocks: &mut Vec<Value>, cards: &[Card], empty: &str, voice: &Voice<'_>) {
    if cards.is_empty() {
        blocks.push(section(&Mrkdwn::of(empty)));
    }
    for card in cards.iter().take(LISTED_MAX) {
        let mut text = Mrkdwn::bold(&card.headline).line(&Mrkdwn::of(&card.standing));
        for line in card.urgent.iter().chain(&card.remarks) {
            text = text.line(&Mrkdwn::fitted(line, SECTION_MAX / 8));
        }
        blocks.push(section(&text));
        blocks.extend(actions(&buttons(&chosen(&card.buttons), voice)));
    }
}

/// The buttons that make sense without the card: one decides on the card.
fn chosen(all: &[CardButton]) -> Vec<CardButton> {
    let here = |button: &&CardButton| {
        matches!(
            button.press.button,
            Button::Claim | Button::Answer | Button::Look | Button::Details | Button::Withdraw
        )
    };
    all.iter().filter(here).cloned().collect()
}
