//! What is drawn for Discord, snapshotted beside what the other chats draw.

use std::sync::Arc;

use domain::actor::{Account, Pseudonym};
use domain::facts::FactsDraft;
use domain::id::IncidentId;
use domain::incident::SiteOpen;
use domain::incident::{Incident, Reporter};
use domain::report::Draft;
use domain::words::Platform;
use uuid::Uuid;

use super::*;
use crate::chat::card::{Reader, draw};
use crate::chat::form::Asking;
use crate::chat::press::{Button, Press};
use crate::discord::parts::{CONTENT_MAX, EMBED_MAX, ROWS_MAX};
use crate::rules::Rules;
use crate::texts::Texts;

fn incident(what_happened: &str) -> Incident {
    let rules = Rules::example();
    let now = "2026-11-22T14:05:00Z".parse().unwrap();
    let facts = FactsDraft { what_happened: Some(what_happened.to_owned()), ..FactsDraft::default() };
    let draft = Draft { category: Some("in_progress".to_owned()), facts, ..Draft::default() };
    let report = draft.parse(&rules.site_ids(), now).unwrap();
    let account = Account::new(Platform::Discord, "44");
    let reporter = Reporter { member: Pseudonym("p".to_owned()), account, locale: "en".to_owned() };
    let reference = domain::id::Reference::from_draw(7);
    Incident::open(IncidentId(Uuid::from_u128(7)), reference, report, reporter, &rules.terms, now).after().clone()
}

fn drawn(what_happened: &str) -> Message {
    let (rules, texts) = (Rules::example(), Arc::new(Texts::load().unwrap()));
    let voice = Voice::new(&texts, &rules, None);
    let incident = incident(what_happened);
    card(&draw(&incident, Reader::Channel, &voice, &rules, incident.reported_at).unwrap())
}

#[test]
fn a_card_is_drawn_like_this() {
    let body = drawn("two people, *spirits* @everyone discord.gg/abc").body();
    insta::assert_snapshot!(serde_json::to_string_pretty(&body).unwrap());
}

#[test]
fn the_longest_card_keeps_to_the_limits() {
    let message = drawn(&"*_".repeat(2_000));
    let embed = message.embed.clone().unwrap();
    assert!(embed.length() <= EMBED_MAX, "{}", embed.length());
    assert!(embed.text.length() <= crate::discord::parts::DESCRIPTION_MAX);
    assert!(message.text.length() <= CONTENT_MAX && message.rows.len() <= ROWS_MAX);
    assert_eq!(message.body()["allowed_mentions"], serde_json::json!({ "parse": [] }));
}

#[test]
fn every_form_has_a_modal_or_a_panel() {
    let (rules, texts) = (Rules::example(), Arc::new(Texts::load().unwrap()));
    let mut incident = incident("gin");
    let among = ["kings-cross", "angel"].map(|site| site.parse().unwrap()).to_vec();
    incident.site_open = Some(SiteOpen { among, asked_until: None });
    let mut forms = Vec::new();
    for lang in ["en", "es", "pl", "ur"] {
        let voice = Voice::new(&texts, &rules, Some(lang));
        for button in Button::ALL.iter().filter(|button| button.opens_a_form()) {
            let press = Press { button: *button, incident: incident.id, version: 1, tap: None };
            let form = Asking { voice: &voice, rules: &rules }.of(&press, &incident).unwrap();
            let asked = match step(&form, &press, 0, &voice) {
                Asked::Modal(modal) => modal,
                Asked::Panel(message) => message.whispered(),
            };
            assert!(!asked["components"].as_array().unwrap().is_empty(), "{button:?}");
            forms.extend((lang == "en").then_some(asked));
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&forms).unwrap());
}
