//! Ways in which a Slack may differ within what its documentation says.

use std::collections::BTreeSet;

use super::FakeSlack;

/// How this Slack is.
#[derive(Debug, Default)]
pub struct Ways {
    /// What envelopes say of answers in their acknowledgement.
    pub accepts: Accepts,
    /// Methods that it does not know.
    pub lacking: BTreeSet<String>,
    /// The organisation that the workspace belongs to.
    /// <https://docs.slack.dev/enterprise/>
    pub organisation: Option<String>,
}

/// What envelopes say of answers in their acknowledgement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Accepts {
    /// Of commands and forms, that they take one.
    #[default]
    AsUsual,
    Unsaid,
    Never,
}

impl FakeSlack {
    /// From now on envelopes say this of answers in their acknowledgement.
    pub fn accepts_answers(&self, accepts: Accepts) {
        self.change(|workspace| workspace.ways.accepts = accepts);
    }

    /// From now on it does not know this method.
    pub fn lacks(&self, method: &str) {
        self.change(|workspace| workspace.ways.lacking.insert(method.to_owned()));
    }

    /// From now on the addresses that it gives have this name for its host.
    pub fn is_called(&self, host: &str) {
        self.change(|workspace| workspace.address = format!("{host}:{}", self.address.port()));
    }

    /// The workspace belongs to an organisation, and so do the people who join from now on.
    pub fn belongs_to(&self, organisation: &str) {
        self.change(|workspace| workspace.ways.organisation = Some(organisation.to_owned()));
    }
}
