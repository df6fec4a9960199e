//! A step before it becomes a line of the record: what was done, by whom, when and where.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Pseudonym};
use crate::clock::Moment;
use crate::words::Platform;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepWord {
    Reported,
    Claimed,
    Released,
    SilentlyReleased,
    Reminded,
    Asked,
    Answered,
    Recategorised,
    FactsCompleted,
    Confirmed,
    Declined,
    Merged,
    Absorbed,
    Unmerged,
    LetGo,
    /// What it was merged into was decided, or is kept until another day.
    Followed,
    Resolved,
    Reopened,
    Withdrawn,
    /// Which site it was at.
    SiteSaid,
    /// Nobody said that in time.
    SiteUnanswered,
    Noted,
    Corrected,
    PhotosSent,
    PhotoAdded,
    PhotoNotTaken,
    MaskConfirmed,
    MaskChanged,
    OriginalViewed,
    HoldPlaced,
    HoldLifted,
    /// Managers were told that it goes soon, and that nobody has decided it.
    EndNear,
    /// Managers were told that it is not decided in time.
    Undecided,
    /// It is kept until another day, since the shop's rules changed.
    EndMoved,
    /// Somebody asked for its end before its time.
    ErasureAsked,
    /// The last line there can be: its words and photos are gone, this one says so.
    Erased,
}

impl StepWord {
    /// Every word.
    pub const ALL: &'static [Self] = &[
        Self::Reported,
        Self::Claimed,
        Self::Released,
        Self::SilentlyReleased,
        Self::Reminded,
        Self::Asked,
        Self::Answered,
        Self::Recategorised,
        Self::FactsCompleted,
        Self::Confirmed,
        Self::Declined,
        Self::Merged,
        Self::Absorbed,
        Self::Unmerged,
        Self::LetGo,
        Self::Followed,
        Self::Resolved,
        Self::Reopened,
        Self::Withdrawn,
        Self::SiteSaid,
        Self::SiteUnanswered,
        Self::Noted,
        Self::Corrected,
        Self::PhotosSent,
        Self::PhotoAdded,
        Self::PhotoNotTaken,
        Self::MaskConfirmed,
        Self::MaskChanged,
        Self::OriginalViewed,
        Self::HoldPlaced,
        Self::HoldLifted,
        Self::EndNear,
        Self::Undecided,
        Self::EndMoved,
        Self::ErasureAsked,
        Self::Erased,
    ];

    /// The word as it is stored, hashed and named in locales.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Claimed => "claimed",
            Self::Released => "released",
            Self::SilentlyReleased => "silently_released",
            Self::Reminded => "reminded",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::Recategorised => "recategorised",
            Self::FactsCompleted => "facts_completed",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Merged => "merged",
            Self::Absorbed => "absorbed",
            Self::Unmerged => "unmerged",
            Self::LetGo => "let_go",
            Self::Followed => "followed",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::Withdrawn => "withdrawn",
            Self::SiteSaid => "site_said",
            Self::SiteUnanswered => "site_unanswered",
            Self::Noted => "noted",
            Self::Corrected => "corrected",
            Self::PhotosSent => "photos_sent",
            Self::PhotoAdded => "photo_added",
            Self::PhotoNotTaken => "photo_not_taken",
            Self::MaskConfirmed => "mask_confirmed",
            Self::MaskChanged => "mask_changed",
            Self::OriginalViewed => "original_viewed",
            Self::HoldPlaced => "hold_placed",
            Self::HoldLifted => "hold_lifted",
            Self::EndNear => "end_near",
            Self::Undecided => "undecided",
            Self::EndMoved => "end_moved",
            Self::ErasureAsked => "erasure_asked",
            Self::Erased => "erased",
        }
    }

    /// The word that was stored.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.as_str() == text)
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum By {
    /// Whoever reported it; never by name.
    Reporter { member: Pseudonym },
    /// A colleague.
    Member { member: Pseudonym, name: String },
    /// The software, when a timer ran out.
    System,
}

impl By {
    /// What the record's plain part holds.
    pub fn pseudonym(&self) -> &str {
        match self {
            Self::Reporter { member } | Self::Member { member, .. } => &member.0,
            Self::System => "system",
        }
    }
}

/// One step, before it becomes a line of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub word: StepWord,
    pub by: By,
    pub at: Moment,
    /// The chat on which it was taken.
    pub platform: Platform,
    /// Ids and enumerations.
    pub detail: BTreeMap<String, String>,
    /// What the person wrote, if they wrote something.
    pub text: Option<String>,
}

impl Step {
    /// A step of a person; the reporter stays nameless, under whichever of their accounts they take it.
    pub fn by(actor: &Actor, reporter: &Pseudonym, word: StepWord, at: Moment) -> Self {
        let member = actor.member.clone();
        let own = matches!(
            word,
            StepWord::Answered
                | StepWord::Withdrawn
                | StepWord::FactsCompleted
                | StepWord::Reported
                | StepWord::SiteSaid
                | StepWord::PhotosSent
                | StepWord::PhotoAdded
        );
        let by = if own && actor.is(reporter) {
            By::Reporter { member }
        } else {
            By::Member { member, name: actor.name.clone() }
        };
        Self { word, by, at, platform: actor.account.platform, detail: BTreeMap::new(), text: None }
    }

    /// A step that a timer takes.
    pub fn by_the_system(word: StepWord, at: Moment) -> Self {
        Self { word, by: By::System, at, platform: Platform::System, detail: BTreeMap::new(), text: None }
    }

    /// With one id, number or enumeration more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.detail.insert(name.to_owned(), value.to_string());
        self
    }

    /// With what the person wrote.
    #[must_use]
    pub fn saying(mut self, text: &str) -> Self {
        self.text = Some(text.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Account, Roles};

    #[test]
    fn whoever_reported_stays_nameless_under_each_of_their_accounts() {
        let (old, new) = (Pseudonym("old".to_owned()), Pseudonym("new".to_owned()));
        let amal = Actor {
            account: Account::new(Platform::Console, "amal"),
            member: new.clone(),
            also: vec![old.clone()],
            name: "Amal".to_owned(),
            roles: Roles::default(),
        };
        for word in [StepWord::Withdrawn, StepWord::Answered, StepWord::FactsCompleted, StepWord::PhotoAdded] {
            for reporter in [&old, &new] {
                let step = Step::by(&amal, reporter, word, Moment::default());
                assert_eq!(step.by, By::Reporter { member: new.clone() }, "{word:?}");
            }
            let step = Step::by(&amal, &Pseudonym("noor".to_owned()), word, Moment::default());
            assert!(matches!(step.by, By::Member { .. }), "a colleague has a name: {word:?}");
        }
    }
}
