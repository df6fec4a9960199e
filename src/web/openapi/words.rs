//! Schemas of words, ids and amounts: what they may be comes from the domain's own lists and limits.

use std::borrow::Cow;

use domain::audit::StepWord;
use domain::facts::{GOODS_MAX, QUANTITY_MAX, UNIT_VALUE_MAX};
use domain::text::{NAME_MAX, NOTE_MAX, WHAT_HAPPENED_MAX};
use domain::words as list;
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::web::api::actions::ACTIONS;
use crate::web::api::findings::Wrong;
use crate::web::api::idempotency::KEY_MAX;

macro_rules! schemas {
    ($($(#[$doc:meta])* $name:ident = $schema:expr;)+) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    RefOr::T(Schema::from($schema))
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }
            }
        )+
    };
}

fn of(words: &[&str], about: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .description(Some(about))
        .build()
}

fn pattern(pattern: &str, example: &str, about: &str) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).examples([example]);
    text.description(Some(about)).build()
}

fn text(most: usize, about: &str) -> Object {
    ObjectBuilder::new().schema_type(Type::String).max_length(Some(most)).description(Some(about)).build()
}

/// A whole number, or the same as text.
fn number(least: i64, most: i64, about: &str) -> Object {
    let either = SchemaType::Array(vec![Type::Integer, Type::String]);
    let number = ObjectBuilder::new().schema_type(either).minimum(Some(least)).maximum(Some(most));
    number.pattern(Some("^[0-9]+$")).description(Some(about)).build()
}

fn steps() -> Vec<&'static str> {
    StepWord::ALL.iter().map(|word| word.as_str()).collect()
}

schemas! {
    Category = of(list::Category::WORDS, "How fast a human must look.");
    Kind = of(list::Kind::WORDS, "What happened.");
    Method = of(list::Method::WORDS, "How it was done.");
    Zone = of(list::Zone::WORDS, "A part of a site.");
    Weapon = of(list::Weapon::WORDS, "Whether a weapon was part of it.");
    Injury = of(list::Injury::WORDS, "How badly somebody was hurt; no names, no diagnosis.");
    StaffSafe = of(list::StaffSafe::WORDS, "Whether the staff are safe now.");
    StillPresent = of(list::StillPresent::WORDS, "Whether the people it is about are still there.");
    Persons = of(list::Persons::WORDS, "How many people it is about; `1`, `2` and `3` may be sent as numbers.");
    Cctv = of(list::Cctv::WORDS, "Whether a camera saw it.");
    Fate = of(list::Fate::WORDS, "What became of the goods.");
    Precision = of(list::Precision::WORDS, "How exactly the time is known.");
    DeclineReason = of(list::DeclineReason::WORDS, "Why an incident was declined.");
    Outcome = of(list::Outcome::WORDS, "How a confirmed incident ended.");
    State = of(list::State::WORDS, "Where an incident stands.");
    Platform = of(list::Platform::WORDS, "Where something was done; `api` is a program with a key, `system` the software itself.");
    Fact = of(list::Fact::WORDS, "A fact that may be missing.");
    Step = of(&steps(), "What was done.");
    By = of(&["reporter", "member", "system"], "Who did it: whoever reported it, a colleague, or a timer.");
    Overdue = of(&["look", "decide"], "What is overdue: that somebody looks at it, or that somebody decides.");
    FieldCode = of(Wrong::CODES, "What is wrong with a field.");
    Action = of(ACTIONS, "A step of triage, or about how long it is kept.");
    Currency = pattern("^[A-Z]{3}$", "GBP", "An ISO 4217 code.");
    Reference = pattern("^SW-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]$", "SW-7K3QF-X", "What people call an incident: five random characters of Crockford's base 32 and a check character.");
    IdempotencyKey = pattern(&format!("^[!-~]{{1,{KEY_MAX}}}$"), "8e03978e-40d5-43dd-bc93-6894a57f9324", "Visible ASCII characters, new for every request that is not a repetition.");
    IncidentId = pattern("^inc_[0-9a-f]{32}$", "inc_0192f3c0b1a07c3e8d5a4f6e7b8c9d0e", "An incident's id; sorts by the time of its report.");
    PhotoId = pattern("^pho_[0-9a-f]{32}$", "pho_0192f3c0b1a07c3e8d5a4f6e7b8c9d0e", "A photo's id; sorts by the time of its arrival.");
    Picture = ObjectBuilder::new().schema_type(Type::String).content_media_type("image/jpeg").build();
    WhatHappened = text(WHAT_HAPPENED_MAX, "What happened, in people's own words. Sealed from every outside view; leave out names of people.");
    Said = text(WHAT_HAPPENED_MAX, &format!("What somebody writes, of at most {NOTE_MAX} characters; a correction, of at most {WHAT_HAPPENED_MAX}."));
    Name = text(NAME_MAX, "The name of a thing.");
    Quantity = number(1, QUANTITY_MAX, "How many; 1 if left out.");
    MinorUnits = number(0, UNIT_VALUE_MAX, "An amount in minor units of its currency.");
    Version = number(1, i64::from(i32::MAX), "The version of the incident that the decision is about; left out, what is there now.");
    GoodsList = ArrayBuilder::new()
        .items(Ref::from_schema_name("GoodsRequest"))
        .max_items(Some(GOODS_MAX))
        .description(Some("The goods it is about. A list replaces the one that is known."))
        .build();
}
