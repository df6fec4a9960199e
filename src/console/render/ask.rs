//! A form as controls of a page, with what was typed and what is wrong beside it.

use super::card::Easel;
use crate::chat::form::{FormField, Input};
use crate::console::answer::Asked;
use crate::texts::{Msg, keys};

/// Up to so many answers stand side by side; more go into a list that opens.
const SIDE_BY_SIDE: usize = 5;

/// A form on a page.
pub struct FormView {
    pub title: String,
    pub intro: Option<String>,
    /// The intro is a person's own words.
    pub quoted: bool,
    pub lead: Vec<String>,
    pub problems: Vec<ProblemView>,
    pub what: &'static str,
    pub press: Option<String>,
    pub delivery: String,
    pub groups: Vec<Group>,
    pub submit: String,
}

/// A problem, and the control it is about.
pub struct ProblemView {
    pub href: String,
    pub label: String,
    pub text: String,
}

/// Controls that belong together; those with a name can be folded.
pub struct Group {
    pub name: Option<String>,
    pub open: bool,
    pub fields: Vec<Ask>,
}

/// One question.
pub struct Ask {
    pub name: String,
    pub id: String,
    pub label: String,
    pub hint: Option<String>,
    pub problem: Option<String>,
    pub required: bool,
    /// The ids of hint and problem.
    pub described_by: String,
    pub control: Control,
    /// Its one control has the keyboard at first.
    pub focus: bool,
}

/// How it is answered.
pub enum Control {
    Line {
        value: String,
        mode: &'static str,
    },
    Lines {
        value: String,
    },
    Time {
        value: String,
    },
    /// One of a few.
    Radios(Vec<Choice>),
    /// One of many.
    Select(Vec<Choice>),
    /// Any of these.
    Checks(Vec<Choice>),
    /// There is only one answer.
    Fixed(Choice),
    /// Files.
    Photos,
}

/// An answer to choose.
pub struct Choice {
    pub id: String,
    pub value: String,
    pub label: String,
    pub chosen: bool,
    /// It has the keyboard at first.
    pub focus: bool,
}

/// A part of the long forms.
struct Part {
    name: fn() -> Msg<'static>,
    fields: &'static [&'static str],
}

/// The parts, in order.
const PARTS: [Part; 4] = [
    Part { name: keys::web_group_what, fields: &["kind", "method", "zone"] },
    Part { name: keys::web_group_goods, fields: &["goods_what", "goods_quantity", "goods_price", "goods_fate"] },
    Part { name: keys::web_group_people, fields: &["staff_safe", "still_present", "weapon", "injury", "persons"] },
    Part { name: keys::web_group_time, fields: &["cctv", "camera", "happened", "precision"] },
];

impl Easel<'_> {
    /// A form, as it was asked.
    pub fn form(&self, asked: &Asked) -> FormView {
        let voice = self.reading.voice;
        let mut asks: Vec<Ask> = asked.form.fields.iter().map(|field| self.ask(field, asked)).collect();
        // With problems the keyboard goes to their summary.
        if asked.problems.is_empty()
            && let Some(first) = asks.iter_mut().find(|ask| !matches!(ask.control, Control::Fixed(_)))
        {
            first.take_focus();
        }
        // In the order in which one comes to their fields.
        let place = |field: &str| asks.iter().position(|ask| ask.name == field);
        let mut in_order: Vec<_> = asked.problems.iter().map(|problem| (place(&problem.field), problem)).collect();
        in_order.sort_by_key(|(place, _)| *place);
        let problems = in_order.into_iter().map(|(place, problem)| {
            let ask = place.and_then(|place| asks.get(place));
            ProblemView {
                href: ask.map(Ask::first_id).unwrap_or_default(),
                label: ask.map(|ask| ask.label.clone()).unwrap_or_default(),
                text: super::isolate(&problem.text, voice.direction()).into_owned(),
            }
        });
        let problems = problems.collect();
        FormView {
            title: super::isolate(&asked.form.title, voice.direction()).into_owned(),
            intro: asked.form.intro.clone(),
            quoted: asked.form.press.as_ref().is_some_and(|press| press.button == crate::chat::press::Button::Answer),
            lead: asked.lead.clone(),
            problems,
            what: if asked.form.press.is_some() { "submit" } else { "report" },
            press: asked.form.press.as_ref().map(ToString::to_string),
            delivery: self.nonce(),
            groups: self.groups(asks, asked.form.press.is_some()),
            submit: asked.form.submit.clone(),
        }
    }

    /// What is asked first stands open; the rest in parts that open when something is in them.
    fn groups(&self, asks: Vec<Ask>, open: bool) -> Vec<Group> {
        let mut groups = vec![Group { name: None, open: true, fields: Vec::new() }];
        groups.extend(PARTS.iter().map(|part| {
            let name = self.reading.voice.say(&(part.name)());
            Group { name: Some(name), open, fields: Vec::new() }
        }));
        // Files come last: a report is read in the order of its form, and its words are wanted before its photos.
        let (files, asks): (Vec<Ask>, Vec<Ask>) =
            asks.into_iter().partition(|ask| matches!(ask.control, Control::Photos));
        for ask in asks {
            let part = PARTS.iter().position(|part| part.fields.contains(&ask.name.as_str()));
            if let Some(group) = groups.get_mut(part.map_or(0, |part| part + 1)) {
                group.open |= ask.problem.is_some() || ask.is_answered();
                group.fields.push(ask);
            }
        }
        groups.push(Group { name: None, open: true, fields: files });
        groups.retain(|group| !group.fields.is_empty());
        groups
    }

    fn ask(&self, field: &FormField, asked: &Asked) -> Ask {
        let values = match &asked.typed {
            Some(typed) => typed.all(&field.name),
            None => field.values.clone(),
        };
        let id = format!("f-{}", field.name);
        let problem = asked.problems.iter().find(|problem| problem.field == field.name);
        let problem = problem.map(|problem| super::isolate(&problem.text, self.reading.voice.direction()).into_owned());
        let mut described_by = Vec::new();
        if field.hint.is_some() {
            described_by.push(format!("{id}-hint"));
        }
        if problem.is_some() {
            described_by.push(format!("{id}-problem"));
        }
        Ask {
            name: field.name.clone(),
            label: field.label.clone(),
            hint: field.hint.as_deref().map(|hint| super::isolate(hint, self.reading.voice.direction()).into_owned()),
            problem,
            required: field.required,
            described_by: described_by.join(" "),
            control: self.control(&id, field, &values),
            focus: false,
            id,
        }
    }

    fn control(&self, id: &str, field: &FormField, values: &[String]) -> Control {
        let value = || values.first().cloned().unwrap_or_default();
        let choice = |at: usize, value: &str, label: &str| Choice {
            id: format!("{id}-{at}"),
            value: value.to_owned(),
            label: label.to_owned(),
            chosen: values.iter().any(|chosen| chosen == value),
            focus: false,
        };
        let choices = |options: &[(String, String)]| -> Vec<Choice> {
            options.iter().enumerate().map(|(at, (value, label))| choice(at, value, label)).collect()
        };
        match &field.input {
            Input::Text { lines: true, .. } => Control::Lines { value: value() },
            Input::Text { lines: false, .. } if field.name == "goods_price" || field.name == "loss" => {
                Control::Line { value: value(), mode: "decimal" }
            }
            Input::Text { lines: false, .. } => Control::Line { value: value(), mode: "text" },
            Input::Photos { .. } => Control::Photos,
            // Not a number field: browsers send nothing at all for a number they cannot read, and it would be lost.
            Input::Number => Control::Line { value: value(), mode: "numeric" },
            Input::Time => Control::Time { value: value() },
            Input::Choices(options) => Control::Checks(choices(options)),
            Input::Choice(options) => {
                let mut choices = choices(options);
                match (choices.len(), field.required) {
                    (1, true) => Control::Fixed(choices.remove(0)),
                    (count, required) => {
                        if !required {
                            let none = !choices.iter().any(|choice| choice.chosen);
                            let label = self.reading.voice.say(&keys::web_choose());
                            let id = format!("{id}-none");
                            choices.insert(0, Choice { id, value: String::new(), label, chosen: none, focus: false });
                        }
                        if count <= SIDE_BY_SIDE { Control::Radios(choices) } else { Control::Select(choices) }
                    }
                }
            }
        }
    }
}

impl Ask {
    /// Has the keyboard at first: of some answers to choose from, the chosen one has it, else the first.
    fn take_focus(&mut self) {
        match &mut self.control {
            Control::Radios(choices) | Control::Checks(choices) => {
                let chosen = choices.iter().position(|choice| choice.chosen).unwrap_or_default();
                if let Some(choice) = choices.get_mut(chosen) {
                    choice.focus = true;
                }
            }
            Control::Line { .. }
            | Control::Lines { .. }
            | Control::Time { .. }
            | Control::Select(_)
            | Control::Photos
            | Control::Fixed(_) => {
                self.focus = true;
            }
        }
    }

    /// The control a link to this question leads to.
    fn first_id(&self) -> String {
        let choices = match &self.control {
            Control::Radios(choices) | Control::Checks(choices) => choices,
            Control::Line { .. }
            | Control::Lines { .. }
            | Control::Time { .. }
            | Control::Select(_)
            | Control::Photos
            | Control::Fixed(_) => {
                return self.id.clone();
            }
        };
        choices.first().map_or_else(|| self.id.clone(), |choice| choice.id.clone())
    }

    fn is_answered(&self) -> bool {
        match &self.control {
            Control::Line { value, .. } | Control::Lines { value } | Control::Time { value } => !value.is_empty(),
            Control::Radios(choices) | Control::Select(choices) | Control::Checks(choices) => {
                choices.iter().any(|choice| choice.chosen && !choice.value.is_empty())
            }
            Control::Fixed(_) | Control::Photos => false,
        }
    }
}
