//! Tills and their manager: they report, and decide what they reported. What was not acknowledged is sent again under
//! the same key until it is; what was is remembered, and has to be there for ever.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::requests::{act, json, report, text};
use crate::Result;
use crate::client::Connection;
use crate::reports::Dice;

/// How many steps an incident takes here: reported, claimed, noted, released.
const STEPS: u32 = 4;

/// One till and its manager, who use one connection.
pub struct Till {
    name: String,
    reporter: String,
    reviewer: String,
    dice: Dice,
    sent: u64,
    /// Sent and not acknowledged.
    pending: Option<Sent>,
    /// The incident that takes its steps.
    current: Option<String>,
    /// Every reference that was acknowledged, with the last version that was.
    pub kept: HashMap<String, u32>,
    /// The references that were acknowledged or moved since this was last emptied.
    pub fresh: Vec<String>,
}

struct Sent {
    request: Vec<u8>,
    /// The incident it is a step of; none for a report.
    of: Option<String>,
}

/// What a till was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// 201 or 200: it is kept.
    Kept,
    /// 503: it is not saved.
    NotSaved,
    /// 429: not now.
    NotNow,
    /// Nothing: the connection broke.
    Gone,
}

impl Till {
    /// A till with its keys.
    pub fn new(name: String, reporter: &str, reviewer: &str, dice: Dice) -> Self {
        let (reporter, reviewer) = (reporter.to_owned(), reviewer.to_owned());
        let (kept, fresh) = (HashMap::new(), Vec::new());
        Self { name, reporter, reviewer, dice, sent: 0, pending: None, current: None, kept, fresh }
    }

    /// Whether something was sent that nobody acknowledged.
    pub fn waits(&self) -> bool {
        self.pending.is_some()
    }

    /// Sends what is pending, or the next thing; an error if the answer is one that breaks a promise.
    pub async fn step(&mut self, connection: &mut Connection) -> Result<Told> {
        let sent = match self.pending.take() {
            Some(sent) => sent,
            None => self.next(),
        };
        let answered = connection.ask(&sent.request).await.map(|answer| (answer.status, json(answer.body)));
        let told = match &answered {
            Ok((200 | 201, body)) => {
                self.keep(sent.of.as_deref(), body)?;
                return Ok(Told::Kept);
            }
            Ok((503, _)) => Told::NotSaved,
            Ok((429, _)) => Told::NotNow,
            Ok((status, body)) => return Err(format!("{} was answered {status}: {body}", self.name)),
            Err(_) => Told::Gone,
        };
        self.pending = Some(sent);
        Ok(told)
    }

    fn next(&mut self) -> Sent {
        self.sent += 1;
        let delivery = format!("{}-{}", self.name, self.sent);
        let at = self.current.as_ref().and_then(|reference| Some((reference.clone(), *self.kept.get(reference)?)));
        match at.filter(|(_, version)| *version < STEPS && self.dice.below(3) > 0) {
            Some((reference, version)) => {
                let request = act(&self.reviewer, &reference, &delivery, &decision(version));
                Sent { request, of: Some(reference) }
            }
            None => Sent { request: report(&self.reporter, &delivery), of: None },
        }
    }

    fn keep(&mut self, of: Option<&str>, body: &Value) -> Result<()> {
        let reference = text(body, "reference").to_owned();
        let version = body.get("version").and_then(Value::as_u64).and_then(|version| u32::try_from(version).ok());
        let expected = of.map_or(1, |of| self.kept.get(of).copied().unwrap_or(0) + 1);
        if version != Some(expected) || of.is_some_and(|of| of != reference) {
            return Err(format!("{} expected version {expected} and was answered {body}", self.name));
        }
        if of.is_none() && self.kept.contains_key(&reference) {
            return Err(format!("{} reported twice and was answered {reference} both times", self.name));
        }
        self.kept.insert(reference.clone(), expected);
        self.fresh.push(reference.clone());
        self.current = Some(reference);
        Ok(())
    }
}

/// What the manager does with an incident of this version.
fn decision(version: u32) -> Value {
    match version {
        1 => json!({"action": "claim", "version": version}),
        2 => json!({"action": "note", "version": version, "text": "looked at the camera"}),
        _ => json!({"action": "release", "version": version}),
    }
}
