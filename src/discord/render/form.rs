//! Forms. Discord's modals take text alone: what is chosen is chosen in selects that only one person sees, and text is asked
//! for in a modal. <https://discord.com/developers/docs/interactions/receiving-and-responding>

use domain::text::WHAT_HAPPENED_MAX;
use domain::words::{Fate, Outcome};
use serde_json::Value;

use super::super::ids::{CHOSEN, CustomId, Pointed};
use super::super::markdown::Markdown;
use super::super::parts::{
    Button as Drawn, CONTENT_MAX, Input as TextInput, Message, OPTIONS_MAX, ROWS_MAX, Style, buttons, modal, select,
};
use crate::chat::form::{Form, FormField, Input};
use crate::chat::press::{Button, Press};
use crate::chat::voice::Voice;
use crate::texts::keys;

/// Selects on one page of a panel; the last row has buttons.
const ON_PAGE: usize = 4;
/// Characters of a number or a price.
const NUMBER_MAX: usize = 12;
/// What the form of a report asks for, in its order: as many as a modal has inputs.
const REPORT_INPUTS: [&str; 5] = ["what_happened", "site", "goods_what", "goods_price", "happened"];

/// How a button's form is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// In a modal.
    Modal(Value),
    /// In a message that only one person sees.
    Panel(Message),
}

/// The form that a button opens.
pub fn step(form: &Form, press: &Press, page: u8, voice: &Voice<'_>) -> Asked {
    match press.button {
        Button::Facts | Button::Details => Asked::Panel(panel(form, press, page, voice)),
        Button::Site if !chosen_from(form) => Asked::Modal(typed(form, press)),
        Button::Decline | Button::Recategorise | Button::Resolve | Button::Site => {
            Asked::Panel(choice(form, press, voice))
        }
        Button::Claim
        | Button::Release
        | Button::Confirm
        | Button::Unmerge
        | Button::Reopen
        | Button::Withdraw
        | Button::Tap
        | Button::Ask
        | Button::Answer
        | Button::Merge
        | Button::Note
        | Button::Correct
        | Button::Preview
        | Button::Look
        | Button::Open => Asked::Modal(typed(form, press)),
    }
}

fn typed(form: &Form, press: &Press) -> Value {
    let inputs: Vec<TextInput> = form.fields.iter().filter_map(text_input).collect();
    modal(&CustomId::Press(press.clone()).to_string(), &form.title, &inputs)
}

/// Whether all that can be chosen stands in the selects of one message.
fn chosen_from(form: &Form) -> bool {
    let fits = |field: &FormField| match &field.input {
        Input::Choice(options) => options.len() <= OPTIONS_MAX * ROWS_MAX,
        Input::Text { .. } | Input::Number | Input::Time | Input::Choices(_) | Input::Photos { .. } => true,
    };
    form.fields.iter().all(fits)
}

/// One choice, and for what cannot be taken back lightly the question whether it is meant.
fn choice(form: &Form, press: &Press, voice: &Voice<'_>) -> Message {
    let sure = (press.button == Button::Decline).then(|| voice.word("sure", press.button.as_str()));
    let lines: Vec<String> = [Some(form.title.clone()), form.intro.clone(), sure].into_iter().flatten().collect();
    let rows = form.fields.iter().flat_map(|field| choosers(field, press)).collect();
    Message { text: Markdown::fitted(&lines.join("\n"), CONTENT_MAX), embed: None, rows }
}

/// The facts of an incident: what is chosen is kept at once, and the next choice goes on from there.
fn panel(form: &Form, press: &Press, page: u8, voice: &Voice<'_>) -> Message {
    let field = |name: &str| form.fields.iter().find(|field| field.name == name);
    let chosen: Vec<&FormField> = CHOSEN.iter().filter_map(|name| field(name)).collect();
    let pages: Vec<&[&FormField]> = chosen.chunks(ON_PAGE).collect();
    let page = if usize::from(page) < pages.len() { page } else { 0 };
    let here = pages.get(usize::from(page)).copied().unwrap_or_default();
    let mut rows: Vec<Value> = here.iter().filter_map(|field| chooser(field, page, press)).collect();
    let mut offered = Vec::new();
    let mut offer = |id: CustomId, label: String| {
        offered.push(Drawn { id: id.to_string(), label, style: Style::Plain });
    };
    if page == 0 {
        for fate in Fate::ALL {
            let label = format!("{}: {}", voice.word("field", "goods"), voice.word("fate", fate.as_str()));
            offer(CustomId::Goods { fate: *fate, page, press: press.clone() }, label);
        }
    } else if field("what_happened").is_some() {
        offer(CustomId::Words { page, press: press.clone() }, voice.word("field", "what_happened"));
    }
    let next = if usize::from(page) + 1 < pages.len() { page + 1 } else { 0 };
    offer(CustomId::Page { page: next, press: press.clone() }, voice.say(&keys::discord_more()));
    rows.extend(buttons(&offered));
    let lines: Vec<String> = std::iter::once(form.title.clone()).chain(form.intro.clone()).collect();
    Message { text: Markdown::fitted(&lines.join("\n"), CONTENT_MAX), embed: None, rows }
}

/// A select takes a few options: what is more goes on in another one.
fn choosers(field: &FormField, press: &Press) -> Vec<Value> {
    let Input::Choice(options) = &field.input else { return chooser(field, 0, press).into_iter().collect() };
    let part = |(page, options): (u8, &[(String, String)])| {
        let input = Input::Choice(options.to_vec());
        chooser(&FormField { input, ..field.clone() }, page, press)
    };
    (0..).zip(options.chunks(OPTIONS_MAX)).filter_map(part).collect()
}

fn chooser(field: &FormField, page: u8, press: &Press) -> Option<Value> {
    let id = CustomId::choose(&field.name, page, press)?.to_string();
    match &field.input {
        Input::Choice(options) => Some(select(&id, &field.label, options, &field.values, false)),
        Input::Choices(options) => Some(select(&id, &field.label, options, &field.values, true)),
        Input::Text { .. } | Input::Number | Input::Time | Input::Photos { .. } => None,
    }
}

fn text_input(field: &FormField) -> Option<TextInput> {
    let (most, lines) = match field.input {
        Input::Text { most, lines } => (most, lines),
        Input::Number => (NUMBER_MAX, false),
        Input::Time => (25, false),
        // A site by its id, where nobody can choose.
        Input::Choice(_) if field.name == "site" => (domain::place::SITE_ID_MAX, false),
        Input::Choice(_) | Input::Choices(_) | Input::Photos { .. } => return None,
    };
    Some(TextInput {
        id: field.name.clone(),
        label: field.label.clone(),
        hint: field.hint.clone(),
        lines,
        most,
        required: field.required,
        value: field.values.first().cloned().unwrap_or_default(),
    })
}

/// The form of a report; `text` is what stands in it already. The site is asked for where the channel does not say it.
pub fn report_modal(form: &Form, pointed: Option<Pointed>, text: &str, with_site: bool) -> Value {
    let named = |name: &&str| form.fields.iter().find(|field| field.name == *name);
    let asked = REPORT_INPUTS.iter().filter(|name| with_site || **name != "site").filter_map(named);
    let inputs: Vec<TextInput> = asked
        .filter_map(text_input)
        .map(|input| match input.id.as_str() {
            "what_happened" => TextInput { required: true, value: text.to_owned(), ..input },
            _ => input,
        })
        .collect();
    modal(&CustomId::Report(pointed).to_string(), &form.title, &inputs)
}

/// One line of goods, of which is known what became of them.
pub fn goods_modal(form: &Form, fate: Fate, page: u8, press: &Press, voice: &Voice<'_>) -> Value {
    let asked = form.fields.iter().filter(|field| field.name.starts_with("goods_"));
    let inputs: Vec<TextInput> = asked.filter_map(text_input).collect();
    let title = format!("{}: {}", voice.word("field", "goods"), voice.word("fate", fate.as_str()));
    modal(&CustomId::Goods { fate, page, press: press.clone() }.to_string(), &title, &inputs)
}

/// What happened, in their own words.
pub fn words_modal(form: &Form, page: u8, press: &Press) -> Value {
    let asked = form.fields.iter().find(|field| field.name == "what_happened");
    let inputs: Vec<TextInput> =
        asked.and_then(text_input).map(|input| TextInput { most: WHAT_HAPPENED_MAX, ..input }).into_iter().collect();
    modal(&CustomId::Words { page, press: press.clone() }.to_string(), &form.title, &inputs)
}

/// The loss, after its outcome was chosen.
pub fn loss_modal(form: &Form, outcome: Outcome, press: &Press) -> Value {
    let asked = form.fields.iter().find(|field| field.name == "loss");
    let inputs: Vec<TextInput> = asked.and_then(text_input).into_iter().collect();
    modal(&CustomId::Loss { outcome, press: press.clone() }.to_string(), &form.title, &inputs)
}
