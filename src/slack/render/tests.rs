//! What is drawn, beside what Slack takes.

use domain::actor::Account;
use domain::id::{IncidentId, Reference};
use domain::incident::{Incident, Reporter, Terms};
use domain::report::Draft;
use domain::words::Platform;
use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::super::blocks::{BLOCKS_TEXT_MAX, MESSAGE_BLOCKS_MAX, SECTION_MAX};
use super::{card, text_length};
use crate::chat::card::{Reader, draw};
use crate::chat::voice::Voice;
use crate::rules::Rules;
use crate::texts::Texts;

fn incident(what_happened: &str, category: &str) -> Incident {
    let now = "2026-11-22T14:05:00Z".parse().unwrap();
    let mut draft = Draft { category: Some(category.to_owned()), ..Draft::default() };
    draft.facts.what_happened = Some(what_happened.to_owned());
    let report = draft.parse(&["kings-cross".parse().unwrap()], now).unwrap();
    let account = Account::new(Platform::Slack, "U1");
    let reporter = Reporter { member: domain::actor::Pseudonym("p".into()), account, locale: "en".into() };
    let change = Incident::open(
        IncidentId(Uuid::from_u128(7)),
        Reference::from_draw(7),
        report,
        reporter,
        &Terms::default(),
        now,
    );
    change.into_parts().0
}

fn drawn(incident: &Incident, locale: &str) -> super::Message {
    let (texts, rules) = (Texts::load().unwrap(), Rules::example());
    let voice = Voice::new(&texts, &rules, Some(locale)).lasting();
    let now = incident.reported_at;
    card(&draw(incident, Reader::Channel, &voice, &rules, now).unwrap(), &voice)
}

#[test]
fn a_card_as_slack_gets_it() {
    let message = drawn(&incident("two people <!channel> & a knife", "in_progress"), "en");
    insta::assert_snapshot!(message.text.as_str());
    insta::assert_snapshot!(serde_json::to_string_pretty(&message.blocks).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_people_write_fits_and_notifies_nobody(text in "[ -~<>&*_`\\n🙂é]{1,4000}") {
        prop_assume!(!text.trim().is_empty());
        let message = drawn(&incident(&text, "potential_theft"), "ur");
        prop_assert!(message.blocks.len() <= MESSAGE_BLOCKS_MAX);
        for block in &message.blocks {
            let section = block.pointer("/text/text").and_then(Value::as_str).unwrap_or_default();
            prop_assert!(section.chars().count() <= SECTION_MAX);
            prop_assert!(!section.contains('<'));
        }
        let all: usize = message.blocks.iter().map(text_length).sum();
        prop_assert!(all <= BLOCKS_TEXT_MAX);
    }
}
