//! From what went wrong to a problem document, in the caller's language.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::actor::Actor;
use domain::clock::Moment;
use domain::incident::Incident;
use domain::incident::verb::WrongMoment;
use domain::policy::{Sight, TwoPerson, sight};
use domain::words::Fact;
use std::sync::Arc;

use super::Api;
use super::bearer::{Caller, language};
use super::bodies::{BODY_MAX, Unreadable};
use super::findings::{Findings, Wrong};
use crate::chat::reply::Reading;
use crate::evidence::header::Unfit;
use crate::failure::{Failure, Refusal};
use crate::rules::Rules;
use crate::texts::keys;
use crate::web::problem::{Current, FieldProblem, Kind, Problem};
use crate::web::upload::NoPhoto;

/// Whether something was to be kept, so that its failure is told as "not saved".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    ToRead,
    ToWrite,
}

/// One call that is not answered as it was asked.
pub struct Refusing<'a> {
    pub api: &'a Api,
    pub caller: &'a Caller,
    pub actor: &'a Actor,
    pub rules: Arc<Rules>,
}

impl<'a> Refusing<'a> {
    /// A refusal of this call.
    pub fn new(api: &'a Api, caller: &'a Caller, actor: &'a Actor) -> Self {
        Self { api, caller, actor, rules: api.app.desk.rules() }
    }

    fn reading<T>(&self, read: impl FnOnce(&Reading<'_>) -> T) -> T {
        let voice = self.caller.voice(self.api, &self.rules);
        let now = self.api.app.desk.now();
        read(&Reading { voice: &voice, rules: &self.rules, actor: self.actor, now, site: None })
    }

    /// Every problem of what was sent.
    pub fn findings(&self, findings: Findings) -> Problem {
        metrics::counter!("shopwatch_failures_total", "kind" => "refused").increment(1);
        self.reading(|reading| invalid(reading, findings.told(reading)))
    }

    /// What an operation said.
    pub fn failure(&self, failure: &Failure, asked: Asked) -> Problem {
        self.reading(|reading| {
            let detail = reading.failure(failure).lines.join(" ");
            let say = |kind, text| Problem::new(kind, reading.voice, reading.voice.say(&text));
            match failure {
                Failure::Refused(Refusal::Problems(problems)) => {
                    let mut findings = Findings::default();
                    findings.join(problems.clone());
                    invalid(reading, findings.told(reading))
                }
                Failure::Refused(Refusal::Moment(WrongMoment::Itself)) => {
                    invalid(reading, vec![FieldProblem { field: "into".to_owned(), code: Wrong::ITSELF, detail }])
                }
                Failure::Unavailable(_) if asked == Asked::ToWrite => say(Kind::Unavailable, keys::api_not_saved()),
                Failure::Unavailable(_) => say(Kind::Unavailable, keys::api_unavailable()),
                Failure::Broken(_) => {
                    let reference = self.caller.reference.clone();
                    say(Kind::Broken, keys::broken(reference.as_str())).logged_as(reference)
                }
                Failure::Refused(_) | Failure::Conflict => {
                    Problem::new(kind(failure), reading.voice, detail).missing(missing(failure))
                }
            }
        })
    }

    /// What an operation on an incident said, with where the incident stands now.
    pub fn failure_about(&self, failure: &Failure, incident: &Incident) -> Problem {
        let Some(sight) = self.api.sight(self.actor, incident, Asked::ToWrite) else {
            return self.failure(&Failure::NOT_FOUND, Asked::ToWrite);
        };
        let current = Current {
            state: incident.status.state(),
            version: incident.version,
            owner: incident.status.owner().filter(|_| sight == Sight::Full).map(|owner| owner.name.clone()),
            since: since(incident),
        };
        let problem = match failure {
            Failure::Conflict => self.reading(|reading| {
                Problem::new(Kind::Changed, reading.voice, reading.changed(incident).lines.join(" "))
            }),
            Failure::Refused(_) | Failure::Unavailable(_) | Failure::Broken(_) => self.failure(failure, Asked::ToWrite),
        };
        let conflicts = problem.kind().status() == axum::http::StatusCode::CONFLICT;
        problem.standing(conflicts.then_some(current))
    }

    /// Why a body holds no photo.
    pub fn no_photo(&self, why: NoPhoto) -> Problem {
        self.reading(|reading| {
            let say = |kind, text| Problem::new(kind, reading.voice, reading.voice.say(&text));
            match why {
                NoPhoto::TooLarge => {
                    let detail = reading.voice.word("unfit", Unfit::TooLarge.as_str());
                    Problem::new(Kind::TooLarge, reading.voice, detail)
                }
                NoPhoto::BrokeOff => say(Kind::BrokeOff, keys::api_broke_off()),
                NoPhoto::MediaType | NoPhoto::Missing | NoPhoto::Twice(_) => {
                    say(Kind::UnsupportedMediaType, keys::api_photo_media_type())
                }
            }
        })
    }

    /// Why a body could not be read.
    pub fn unreadable(&self, why: Unreadable) -> Problem {
        self.reading(|reading| {
            let say = |kind, text| Problem::new(kind, reading.voice, reading.voice.say(&text));
            match why {
                Unreadable::MediaType => say(Kind::UnsupportedMediaType, keys::api_media_type()),
                Unreadable::TooLarge => say(Kind::TooLarge, keys::api_too_large(BODY_MAX)),
                Unreadable::BrokeOff => say(Kind::BrokeOff, keys::api_broke_off()),
                Unreadable::Malformed { line, column } => {
                    say(Kind::MalformedJson, keys::api_malformed_json(line, column)).at(line, column)
                }
            }
        })
    }
}

impl Api {
    /// How much of an incident somebody sees, or nothing. A liaison reads no reports, not even its own, but may still
    /// add to them and take them back: it is told where they stand.
    pub fn sight(&self, actor: &Actor, incident: &Incident, asked: Asked) -> Option<Sight> {
        let own = asked == Asked::ToWrite && actor.is(&incident.reporter.member);
        sight(actor, &incident.subject(TwoPerson::default())).or(own.then_some(Sight::Metadata))
    }
}

fn invalid(reading: &Reading<'_>, problems: Vec<FieldProblem>) -> Problem {
    let detail = reading.voice.say(&keys::problems_intro(problems.len()));
    Problem::new(Kind::Invalid, reading.voice, detail).with_fields(problems)
}

fn since(incident: &Incident) -> Moment {
    incident.status.at().unwrap_or(incident.since)
}

fn missing(failure: &Failure) -> Vec<Fact> {
    match failure {
        Failure::Refused(Refusal::Moment(WrongMoment::Missing(facts))) => facts.clone(),
        Failure::Refused(_) | Failure::Conflict | Failure::Unavailable(_) | Failure::Broken(_) => Vec::new(),
    }
}

fn kind(failure: &Failure) -> Kind {
    match failure {
        Failure::Conflict => Kind::Changed,
        Failure::Unavailable(_) => Kind::Unavailable,
        Failure::Broken(_) => Kind::Broken,
        Failure::Refused(refusal) => match refusal {
            Refusal::Problems(_) | Refusal::UnknownPress => Kind::Invalid,
            Refusal::Denied(_) => Kind::Forbidden,
            Refusal::NotFound => Kind::NotFound,
            Refusal::KeyReused => Kind::KeyReused,
            Refusal::Moment(moment) => kind_of_moment(moment),
        },
    }
}

const fn kind_of_moment(moment: &WrongMoment) -> Kind {
    match moment {
        WrongMoment::State(_) | WrongMoment::InUse => Kind::WrongState,
        WrongMoment::Taken { .. } => Kind::Taken,
        WrongMoment::AlreadyYours => Kind::AlreadyYours,
        WrongMoment::Missing(_) => Kind::MissingFacts,
        WrongMoment::QuestionOpen => Kind::QuestionOpen,
        WrongMoment::NoQuestion => Kind::NoQuestion,
        WrongMoment::TooLate { .. } => Kind::TooLate,
        WrongMoment::Itself => Kind::Invalid,
        WrongMoment::HasMerged => Kind::HasMerged,
        WrongMoment::OtherNotOpen => Kind::OtherNotOpen,
        WrongMoment::NotCleared => Kind::NotFound,
        WrongMoment::Nothing | WrongMoment::SiteKnown => Kind::NothingChanges,
        WrongMoment::Held => Kind::OnHold,
    }
}

/// An address of the API that does not exist.
pub async fn no_such_address(State(api): State<Arc<Api>>, headers: HeaderMap) -> Problem {
    plain(&api, &headers, Kind::NotFound, &keys::not_found())
}

/// An address of the API that does not take this method.
pub async fn no_such_method(State(api): State<Arc<Api>>, headers: HeaderMap) -> Problem {
    plain(&api, &headers, Kind::MethodNotAllowed, &keys::api_method())
}

fn plain(api: &Api, headers: &HeaderMap, kind: Kind, text: &crate::texts::Msg<'_>) -> Problem {
    let voice = api.app.voice(&api.app.desk.rules(), language(headers).as_deref());
    Problem::new(kind, &voice, voice.say(text))
}
