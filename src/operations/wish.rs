//! What somebody wants of an incident: a button and its answers become a verb, with every problem at once.

use domain::clock::Moment;
use domain::facts::{Currency, FactsDraft, GoodsDraft, Money, Patch, UNIT_VALUE_MAX, price, within};
use domain::incident::Incident;
use domain::incident::verb::Verb;
use domain::place::SiteId;
use domain::problems::{Fault, Problems};
use domain::text::{NOTE_MAX, WHAT_HAPPENED_MAX, required};
use domain::words::{Category, DeclineReason, Outcome};

use crate::chat::inbound::Answers;
use crate::chat::press::{Button, Press, Tap};

/// A step that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// One incident takes one step.
    Step(Verb),
    /// It becomes part of the one that people call so.
    Merge { into: String },
    /// It is taken out of the one it was merged into.
    Unmerge,
}

/// Reads a wish; `facts` are the structured ones, where the door has them.
pub fn read(
    press: &Press,
    answers: &Answers,
    facts: Option<&FactsDraft>,
    incident: &Incident,
    currency: Currency,
    now: Moment,
) -> Result<Option<Wish>, Problems> {
    let verb = match press.button {
        Button::Claim => Verb::Claim,
        Button::Release => Verb::Release,
        Button::Confirm => Verb::Confirm,
        Button::Reopen => Verb::Reopen,
        Button::Withdraw => Verb::Withdraw,
        Button::Unmerge => return Ok(Some(Wish::Unmerge)),
        Button::Merge => {
            let into = answers.given("into").ok_or_else(|| Problems::one("into", Fault::Missing))?;
            return Ok(Some(Wish::Merge { into }));
        }
        Button::Ask => Verb::Ask { text: text(answers, NOTE_MAX)? },
        Button::Answer => Verb::Answer { text: text(answers, NOTE_MAX)?, photos: Vec::new() },
        Button::Note => Verb::Note { text: text(answers, NOTE_MAX)? },
        Button::Correct => Verb::Correct { text: text(answers, WHAT_HAPPENED_MAX)? },
        Button::Recategorise => Verb::Recategorise { to: word(answers, "category", Category::WORDS)? },
        Button::Decline => Verb::Decline { reason: word::<DeclineReason>(answers, "reason", DeclineReason::WORDS)? },
        Button::Resolve => resolve(answers, currency)?,
        Button::Facts => Verb::CompleteFacts { patch: patch(answers, facts, incident, currency, now)? },
        Button::Details => Verb::AddDetails { patch: patch(answers, facts, incident, currency, now)? },
        Button::Site => Verb::SaySite { site: site(answers.given("site").as_deref(), incident)? },
        Button::Tap => match &press.tap {
            Some(Tap::Site(name)) => Verb::SaySite { site: site(Some(name.as_str()), incident)? },
            Some(tap) => Verb::AddDetails { patch: tapped(tap) },
            None => return Ok(None),
        },
        Button::Preview | Button::Look | Button::Open => return Ok(None),
    };
    Ok(Some(Wish::Step(verb)))
}

fn tapped(tap: &Tap) -> Patch {
    match tap {
        Tap::StaffSafe(word) => Patch { staff_safe: Some(*word), ..Patch::default() },
        Tap::StillPresent(word) => Patch { still_present: Some(*word), ..Patch::default() },
        Tap::Weapon(word) => Patch { weapon: Some(*word), ..Patch::default() },
        // It is no fact but where the incident stands.
        Tap::Site(_) => Patch::default(),
    }
}

/// One of the sites that it can have been at. Once that is known, whichever is named: it is said that it is known.
fn site(name: Option<&str>, incident: &Incident) -> Result<SiteId, Problems> {
    let name = name.ok_or_else(|| Problems::one("site", Fault::Missing))?;
    let known = incident.site_open.is_none().then_some(&incident.site);
    let site = known.or_else(|| incident.possible_sites().iter().find(|site| site.as_str() == name.trim()));
    site.cloned().ok_or_else(|| Problems::one("site", Fault::UnknownSite))
}

fn text(answers: &Answers, most: usize) -> Result<String, Problems> {
    required(answers.one("text").unwrap_or_default(), most).map_err(|fault| Problems::one("text", fault))
}

fn word<T: std::str::FromStr>(answers: &Answers, field: &str, allowed: &'static [&'static str]) -> Result<T, Problems> {
    let word = answers.given(field).ok_or_else(|| Problems::one(field, Fault::Missing))?;
    word.trim().parse().map_err(|_why| Problems::one(field, Fault::UnknownWord { allowed }))
}

/// Outcome and loss, both problems at once; the loss as people write it (`loss`) or in minor units (`loss_minor`).
fn resolve(answers: &Answers, shop: Currency) -> Result<Verb, Problems> {
    let mut problems = Problems::default();
    let outcome =
        word::<Outcome>(answers, "outcome", Outcome::WORDS).map_err(|mut found| problems.0.append(&mut found.0)).ok();
    let currency = match answers.given("currency") {
        Some(code) => problems.keep("currency", code.parse()),
        None => Some(shop),
    };
    let minor = match (answers.given("loss"), answers.given("loss_minor")) {
        (Some(text), _) => problems.keep("loss", price(&text, currency.unwrap_or(shop))),
        (None, Some(text)) => problems.keep("loss_minor", within(&text, 0, UNIT_VALUE_MAX)),
        (None, None) => None,
    };
    match (outcome, currency) {
        (Some(outcome), Some(currency)) if problems.0.is_empty() => {
            Ok(Verb::Resolve { outcome, loss: minor.map(|minor| Money { minor, currency }) })
        }
        _ => Err(problems),
    }
}

/// Checked facts. A form adds one line of goods to those known; a program sends the whole list.
fn patch(
    answers: &Answers,
    facts: Option<&FactsDraft>,
    incident: &Incident,
    currency: Currency,
    now: Moment,
) -> Result<Patch, Problems> {
    let mut problems = Problems::default();
    let patch = if let Some(draft) = facts {
        draft.parse(now, &mut problems)
    } else {
        let mut patch = facts_of(answers, currency, &mut problems).parse(now, &mut problems);
        if let Some(added) = patch.goods.take() {
            patch.goods = Some(incident.facts.goods.iter().cloned().chain(added).collect());
        }
        let same = patch.what_happened.as_deref() == incident.what_happened();
        patch.what_happened = patch.what_happened.filter(|_| !same);
        patch
    };
    if problems.0.is_empty() { Ok(patch) } else { Err(problems) }
}

/// The facts in a form's answers; a price as people write it becomes minor units.
pub fn facts_of(answers: &Answers, currency: Currency, problems: &mut Problems) -> FactsDraft {
    let goods = answers.given("goods_what").is_some() || answers.given("goods_price").is_some();
    let minor = answers
        .given("goods_price")
        .and_then(|text| problems.keep("goods_price", price(&text, currency)))
        .map(|minor| minor.to_string());
    let line = GoodsDraft {
        what: answers.given("goods_what").unwrap_or_default(),
        quantity: answers.given("goods_quantity"),
        unit_value_minor: minor,
        currency: Some(currency.code()),
        fate: answers.given("goods_fate"),
    };
    FactsDraft {
        what_happened: answers.one("what_happened").filter(|text| !text.trim().is_empty()).map(ToOwned::to_owned),
        happened: answers.given("happened"),
        precision: answers.given("precision"),
        kind: answers.given("kind"),
        method: answers.all("method"),
        zone: answers.given("zone"),
        goods: if goods { vec![line] } else { Vec::new() },
        weapon: answers.given("weapon"),
        injury: answers.given("injury"),
        staff_safe: answers.given("staff_safe"),
        still_present: answers.given("still_present"),
        persons: answers.given("persons"),
        cctv: answers.given("cctv"),
        camera: answers.given("camera"),
    }
}
