//! What somebody is answered: what came of it, and what they read.

use domain::actor::Actor;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::incident::verb::WrongMoment;
use shopwatch::chat::inbound::Origin;
use shopwatch::chat::reply::{Reading, Reply};
use shopwatch::failure::{Failure, Refusal};
use shopwatch::operations::Outcome;

use super::World;

/// An answer to one person.
#[derive(Debug)]
pub struct Answer {
    pub actor: Actor,
    pub result: Result<Outcome, Failure>,
    pub reply: Reply,
}

impl Answer {
    /// As a chat would say it: a lost race is answered with the card as it is now.
    pub async fn to(
        world: &World,
        origin: &Origin,
        actor: Actor,
        result: Result<Outcome, Failure>,
        pressed: Option<IncidentId>,
    ) -> Self {
        let rules = world.app.desk.rules();
        let voice = world.app.voice(&rules, origin.locale.as_deref());
        let site = origin.place.as_ref().and_then(|place| rules.report_site(place));
        let reading = Reading { voice: &voice, rules: &rules, actor: &actor, now: world.now(), site };
        let reply = match (&result, pressed) {
            (Err(Failure::Conflict), Some(id)) => match world.store().incident(id).await.unwrap() {
                Some(incident) => reading.changed(&incident),
                None => reading.reply(&result),
            },
            _ => reading.reply(&result),
        };
        Self { actor, result, reply }
    }

    /// The incident as it is after something was done.
    #[track_caller]
    pub fn incident(self) -> Incident {
        match self.result {
            Ok(Outcome::Reported { incident, .. } | Outcome::Stepped { incident }) => incident,
            other => panic!("nothing was done: {other:?}; they read {:?}", self.reply),
        }
    }

    /// Whether something was done.
    pub fn is_done(&self) -> bool {
        matches!(self.result, Ok(Outcome::Reported { .. } | Outcome::Stepped { .. }))
    }

    /// Why it was refused.
    #[track_caller]
    pub fn refusal(&self) -> &Refusal {
        match &self.result {
            Err(Failure::Refused(refusal)) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    /// Why it was not the moment for it.
    #[track_caller]
    pub fn moment(&self) -> &WrongMoment {
        match self.refusal() {
            Refusal::Moment(moment) => moment,
            other => panic!("refused for another reason: {other:?}"),
        }
    }

    /// The fields at fault.
    #[track_caller]
    pub fn faulty_fields(&self) -> Vec<&str> {
        match self.refusal() {
            Refusal::Problems(problems) => problems.0.iter().map(|problem| problem.field.as_str()).collect(),
            other => panic!("refused for another reason: {other:?}"),
        }
    }

    /// The lines they read.
    pub fn lines(&self) -> String {
        self.reply.lines.join("\n")
    }
}
