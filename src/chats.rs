//! The chats that are connected. A closed set: an enum, not a trait; only `jobs` uses it to show things.

use domain::words::Platform;

use crate::console;
use crate::failure::Failure;
use crate::operations::Desk;
use crate::store::entity::notice;
use crate::store::outbox::{Leased, Settled};

/// A connected chat, as the jobs see it.
#[derive(Debug, Clone)]
pub enum ChatClient {
    /// The built-in one in the browser.
    Console,
}

/// What became of a batch of tasks.
#[derive(Debug, Default)]
pub struct CarriedOut {
    pub outcomes: Vec<(String, Settled)>,
    /// What the console's own people are told.
    pub notices: Vec<notice::Model>,
}

impl ChatClient {
    /// The chat it speaks to.
    pub const fn platform(&self) -> Platform {
        match self {
            Self::Console => Platform::Console,
        }
    }

    /// Shows things; what cannot be shown now is said to be shown later.
    pub async fn carry_out(&self, desk: &Desk, tasks: Vec<Leased>) -> Result<CarriedOut, Failure> {
        match self {
            Self::Console => console::client::carry_out(desk, tasks).await,
        }
    }

    /// Whether it can show things now.
    pub const fn is_ready(&self) -> bool {
        match self {
            Self::Console => true,
        }
    }
}
