//! What goes wrong when a test says so.

use super::State;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Put,
    Get,
    Head,
    Delete,
    Retain,
    Hold,
    Versioning,
    Locking,
    List,
    Versions,
}

/// How one request fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Well: a later one fares otherwise.
    Fine,
    /// The connection ends, and nothing was done.
    HangUp,
    /// It is done, and the connection ends before anybody hears of it.
    AnswerLost,
    /// It is not done, and never answered; the test is told.
    HeldBefore,
    /// It is done, and never answered; the test is told.
    HeldAfter,
    /// The server asks for fewer requests.
    SlowDown,
    /// The server says that it is elsewhere.
    Elsewhere,
    /// The answer has another heading than S3 gives it.
    OtherHeading,
    /// What was asked about is passed over, and the bucket listed.
    Listed,
    /// There is nothing of the kind at this address.
    NotS3,
    /// The server denies it.
    Denied,
    /// The answer has other bytes than the object.
    OtherBytes,
    /// The answer names no version.
    NoVersion,
    /// Somebody else wrote other bytes there just before.
    TakenByOthers,
}

impl State {
    /// What is to go wrong with this request.
    pub(super) fn fault(&mut self, op: Op) -> Option<Fault> {
        let at = self.faults.iter().position(|(of, _)| *of == op)?;
        Some(self.faults.remove(at).1)
    }
}
