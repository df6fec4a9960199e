//! The one error type of operations: four kinds of failure, two messages each (one for the person, one for the log).

use domain::incident::verb::WrongMoment;
use domain::policy::Denied;
use domain::problems::Problems;

/// Why an operation did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// The person can do something about it: say what.
    Refused(Refusal),
    /// Somebody else was faster: show the new state.
    Conflict,
    /// Not now; nothing was saved.
    Unavailable(&'static str),
    /// Our mistake: apologise, give a reference, log the cause once.
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

/// Why something is not done, in a form that becomes words for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What was sent has these problems.
    Problems(Problems),
    /// It is not theirs to do.
    Denied(Denied),
    /// It cannot be done now.
    Moment(WrongMoment),
    /// It does not exist, or not for this person; the two are answered alike.
    NotFound,
    /// The same idempotency key came with something else in it.
    KeyReused,
    /// A button or form that this version does not know.
    UnknownPress,
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Refused(Refusal::Problems(problems))
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::Refused(Refusal::NotFound),
            Denied::Needs(_) | Denied::SamePerson | Denied::SwitchedOff => Self::Refused(Refusal::Denied(denied)),
        }
    }
}

impl From<WrongMoment> for Failure {
    fn from(moment: WrongMoment) -> Self {
        Self::Refused(Refusal::Moment(moment))
    }
}

impl Failure {
    /// A failure of ours, with its cause.
    pub fn broken(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Broken(Box::new(cause))
    }

    /// What does not exist, or not for this person.
    pub const NOT_FOUND: Self = Self::Refused(Refusal::NotFound);
}
