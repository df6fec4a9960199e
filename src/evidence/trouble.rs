//! Why a vault did not do what it was asked.

use std::borrow::Cow;
use std::io;

use domain::clock::Moment;

use crate::failure::Failure;

/// What went wrong with the vault, or with one thing in it. None of it names a bucket, a key or a photo.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is nothing under that name.
    #[error("there is nothing under that name")]
    Missing,
    /// Something else lies under that name: somebody else writes there.
    #[error("other bytes lie under that name already")]
    Taken,
    /// What lies there is not as it was put there.
    #[error("what lies there is not what was put there: {0}")]
    Differs(&'static str),
    /// The server takes nothing of this size, or something on the way to it does not.
    #[error(
        "the server takes no file of this size; raise its limit, or that of a proxy before it (nginx: client_max_body_size)"
    )]
    TooLarge,
    /// It may not be taken away yet.
    #[error("it is locked")]
    Locked(Option<Moment>),
    /// The vault cannot be used now.
    #[error("{0}")]
    Unusable(Cow<'static, str>),
    /// The disk did not do what it should.
    #[error("a file cannot be used ({})", .0.kind())]
    Disk(#[from] io::Error),
}

impl Trouble {
    /// Whether other things in the vault would fare as this one.
    pub fn concerns_all(&self) -> bool {
        matches!(self, Self::Unusable(_) | Self::Disk(_))
    }

    /// Which kind, in a word for figures.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Taken => "taken",
            Self::Differs(_) => "differs",
            Self::TooLarge => "too_large",
            Self::Locked(_) => "locked",
            Self::Unusable(_) => "unusable",
            Self::Disk(_) => "disk",
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        tracing::error!(target: "shopwatch::evidence", error = %trouble, "evidence cannot be read or written");
        Self::Unavailable("evidence")
    }
}
