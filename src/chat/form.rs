//! A form: what we ask, before it is a modal or HTML. It is already in words.

use domain::incident::Incident;
use domain::report::PHOTOS_MAX;
use domain::text::{NAME_MAX, NOTE_MAX, WHAT_HAPPENED_MAX};
use domain::words::{
    Category, Cctv, DeclineReason, Fate, Injury, Kind, Method, Outcome, Persons, StaffSafe, StillPresent, Weapon, Zone,
};

use super::press::{Button, Press};
use super::voice::Voice;
use crate::rules::{Rules, Site};
use crate::texts::keys;

/// The longest text that can be an incident's name: `SW-7K3QF-X`, with room for how people write it.
pub const REFERENCE_MAX: usize = 16;
/// The longest text that can be a price: nine digits ([`domain::facts::UNIT_VALUE_MAX`]), a point, a sign and a space.
const PRICE_MAX: usize = 12;

/// A form, to be filled in by one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The button that opened it; none for a new report.
    pub press: Option<Press>,
    pub title: String,
    pub intro: Option<String>,
    pub fields: Vec<FormField>,
    pub submit: String,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    /// As the API names it.
    pub name: String,
    pub label: String,
    pub hint: Option<String>,
    pub input: Input,
    pub required: bool,
    /// What stands in it already.
    pub values: Vec<String>,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Text of at most so many characters, on one line or several.
    Text { most: usize, lines: bool },
    /// A number.
    Number,
    /// A moment, in the shop's own time.
    Time,
    /// One of these, each a value and its words.
    Choice(Vec<(String, String)>),
    /// Any of these.
    Choices(Vec<(String, String)>),
    /// Photos, where the chat's forms take them.
    Photos { most: usize },
}

/// Makes the fields of forms in one language.
pub struct Asking<'a> {
    pub voice: &'a Voice<'a>,
    pub rules: &'a Rules,
}

impl Asking<'_> {
    fn field(&self, name: &str, input: Input) -> FormField {
        FormField {
            name: name.to_owned(),
            label: self.voice.word("field", name),
            hint: None,
            input,
            required: false,
            values: Vec::new(),
        }
    }

    fn choice(&self, name: &str, words: &[&str]) -> FormField {
        self.field(name, Input::Choice(self.options(name, words)))
    }

    fn options(&self, family: &str, words: &[&str]) -> Vec<(String, String)> {
        words.iter().map(|word| ((*word).to_owned(), self.voice.word(family, word))).collect()
    }

    /// The form of a new report, with what its category needs and nothing else; another category asks other things.
    pub fn report_of(&self, category: Category, sites: &[&Site], site: Option<&Site>) -> Form {
        let mut form = self.report(sites, site);
        form.fields.retain(|field| asked_for(category, &field.name));
        if let Some(field) = form.fields.iter_mut().find(|field| field.name == "category") {
            field.values = vec![category.to_string()];
        }
        form.fields.push(self.field("photos", Input::Photos { most: PHOTOS_MAX }));
        form
    }

    /// The form of a new report; `site` is the one the channel stands for.
    pub fn report(&self, sites: &[&Site], site: Option<&Site>) -> Form {
        let mut fields = vec![
            FormField {
                required: true,
                values: vec![Category::PotentialTheft.to_string()],
                ..self.choice("category", Category::WORDS)
            },
            FormField {
                required: true,
                values: site.or(sites.first().copied()).map(|site| site.id.to_string()).into_iter().collect(),
                ..self.field(
                    "site",
                    Input::Choice(sites.iter().map(|site| (site.id.to_string(), site.name.clone())).collect()),
                )
            },
            FormField {
                hint: Some(self.voice.say(&keys::hint_what_happened())),
                ..self.field("what_happened", Input::Text { most: WHAT_HAPPENED_MAX, lines: true })
            },
        ];
        fields.extend(self.facts(None));
        fields.push(FormField {
            hint: Some(self.voice.say(&keys::hint_happened())),
            ..self.field("happened", Input::Time)
        });
        fields.push(FormField {
            hint: Some(self.voice.say(&keys::hint_photos(PHOTOS_MAX))),
            ..self.field("photos", Input::Photos { most: PHOTOS_MAX })
        });
        Form {
            press: None,
            title: self.voice.say(&keys::form_report_title()),
            intro: Some(self.voice.say(&keys::form_report_intro())),
            fields,
            submit: self.voice.say(&keys::form_send()),
        }
    }

    /// The facts, filled with what is known of an incident.
    fn facts(&self, incident: Option<&Incident>) -> Vec<FormField> {
        let facts = incident.map(|incident| &incident.facts);
        let mut fields = vec![
            self.choice("kind", Kind::WORDS).filled(facts.and_then(|facts| facts.kind).map(Kind::as_str)),
            self.field("method", Input::Choices(self.options("method", Method::WORDS)))
                .filled(facts.iter().flat_map(|facts| &facts.method).map(|method| method.as_str())),
            self.choice("zone", Zone::WORDS).filled(facts.and_then(|facts| facts.zone).map(Zone::as_str)),
        ];
        fields.extend(self.goods());
        fields.extend([
            self.choice("staff_safe", StaffSafe::WORDS)
                .filled(facts.and_then(|facts| facts.staff_safe).map(StaffSafe::as_str)),
            self.choice("still_present", StillPresent::WORDS)
                .filled(facts.and_then(|facts| facts.still_present).map(StillPresent::as_str)),
            self.choice("weapon", Weapon::WORDS).filled(facts.and_then(|facts| facts.weapon).map(Weapon::as_str)),
            self.choice("injury", Injury::WORDS).filled(facts.and_then(|facts| facts.injury).map(Injury::as_str)),
            self.choice("persons", Persons::WORDS).filled(facts.and_then(|facts| facts.persons).map(Persons::as_str)),
            self.choice("cctv", Cctv::WORDS).filled(facts.and_then(|facts| facts.cctv).map(Cctv::as_str)),
        ]);
        fields
    }

    /// One more line of goods; earlier lines stay.
    fn goods(&self) -> [FormField; 4] {
        [
            self.field("goods_what", Input::Text { most: NAME_MAX, lines: false }),
            self.field("goods_quantity", Input::Number),
            FormField {
                hint: Some(self.voice.say(&keys::hint_price(self.voice.currency.code()))),
                ..self.field("goods_price", Input::Text { most: PRICE_MAX, lines: false })
            },
            FormField {
                label: self.voice.word("field", "goods_fate"),
                ..self.choice_of("goods_fate", "fate", Fate::WORDS)
            },
        ]
    }

    fn choice_of(&self, name: &str, family: &str, words: &[&str]) -> FormField {
        self.field(name, Input::Choice(self.options(family, words)))
    }

    fn text(&self, name: &str) -> FormField {
        FormField { required: true, ..self.field(name, Input::Text { most: NOTE_MAX, lines: true }) }
    }

    /// The form that a button opens; none if it opens none.
    pub fn of(&self, press: &Press, incident: &Incident) -> Option<Form> {
        let fields = match press.button {
            Button::Ask | Button::Note | Button::Answer => vec![self.text("text")],
            Button::Correct => vec![FormField {
                values: incident.what_happened().map(ToOwned::to_owned).into_iter().collect(),
                required: true,
                ..self.field("text", Input::Text { most: WHAT_HAPPENED_MAX, lines: true })
            }],
            Button::Recategorise => {
                let others: Vec<&str> =
                    Category::WORDS.iter().copied().filter(|word| *word != incident.category.as_str()).collect();
                vec![FormField { required: true, ..self.choice("category", &others) }]
            }
            Button::Facts => self.facts(Some(incident)),
            Button::Details => {
                let mut fields = vec![
                    self.field("what_happened", Input::Text { most: WHAT_HAPPENED_MAX, lines: true })
                        .filled(incident.what_happened()),
                ];
                fields.extend(self.facts(Some(incident)));
                fields
            }
            Button::Decline => vec![FormField { required: true, ..self.choice("reason", DeclineReason::WORDS) }],
            Button::Merge => vec![FormField {
                required: true,
                hint: Some(self.voice.say(&keys::hint_merge())),
                ..self.field("into", Input::Text { most: REFERENCE_MAX, lines: false })
            }],
            Button::Resolve => vec![
                FormField { required: true, ..self.choice("outcome", Outcome::WORDS) },
                FormField {
                    hint: Some(self.voice.say(&keys::hint_price(self.voice.currency.code()))),
                    ..self.field("loss", Input::Text { most: PRICE_MAX, lines: false })
                },
            ],
            Button::Site => {
                let sites = incident.possible_sites().iter();
                let named = sites.map(|site| (site.to_string(), self.voice.site(self.rules, site))).collect();
                vec![FormField { required: true, ..self.field("site", Input::Choice(named)) }]
            }
            Button::Claim
            | Button::Release
            | Button::Confirm
            | Button::Unmerge
            | Button::Reopen
            | Button::Withdraw
            | Button::Tap
            | Button::Preview
            | Button::Look
            | Button::Open => return None,
        };
        let question = incident.question.as_ref().filter(|_| press.button == Button::Answer);
        Some(Form {
            press: Some(press.clone()),
            title: format!("{} · {}", self.voice.word("button", press.button.as_str()), incident.reference),
            intro: match question {
                Some(question) => Some(question.text.clone()),
                None => Some(self.voice.word("intro", press.button.as_str())),
            },
            fields,
            submit: self.voice.word("submit", press.button.as_str()),
        })
    }
}

/// Whether a report of this category asks for a fact: what it takes to confirm it, and what helps while it happens.
fn asked_for(category: Category, field: &str) -> bool {
    let always = ["category", "site", "what_happened", "kind", "zone", "happened"];
    let theft = [
        "method",
        "goods_what",
        "goods_quantity",
        "goods_price",
        "goods_fate",
        "cctv",
        "staff_safe",
        "still_present",
        "weapon",
    ];
    let happening = ["staff_safe", "still_present", "weapon", "injury", "persons", "cctv"];
    always.contains(&field)
        || match category {
            Category::Info => false,
            Category::PotentialTheft => theft.contains(&field),
            Category::InProgress => happening.contains(&field),
        }
}

impl FormField {
    fn filled<'a>(mut self, values: impl IntoIterator<Item = &'a str>) -> Self {
        self.values = values.into_iter().map(ToOwned::to_owned).collect();
        self
    }
}
