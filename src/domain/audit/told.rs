//! What of a line of the record is told to whom: said once, for every page, every copy in a chat and every program.

use super::StepWord;
use crate::policy::Sight;

/// What is told of a line.
#[expect(clippy::struct_excessive_bools, reason = "each is a part of the line that is told or is not")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The names of colleagues; nobody's who reported.
    pub names: bool,
    /// What was written.
    pub text: bool,
    /// Enumerations and numbers of the step.
    pub details: bool,
    /// Which other incidents it speaks of.
    pub others: bool,
}

impl StepWord {
    /// What somebody with this sight is told of such a line; none if it is not for them.
    pub const fn told(self, sight: Sight) -> Option<Told> {
        match sight {
            Sight::Full => Some(Told { names: true, text: true, details: true, others: true }),
            Sight::Own if self.concerns_reporter() => {
                Some(Told { names: false, text: true, details: true, others: false })
            }
            Sight::Own => None,
            Sight::NoSealed => Some(Told { names: false, text: false, details: true, others: false }),
            Sight::Metadata => Some(Told { names: false, text: false, details: false, others: false }),
        }
    }

    /// What becomes of their report, what they are asked and what they said themselves. Why managers look, hold, erase and
    /// what they note is not written for them; whatever a step is called that comes later, it is not before somebody says so
    /// here.
    const fn concerns_reporter(self) -> bool {
        match self {
            Self::Reported
            | Self::Claimed
            | Self::Released
            | Self::SilentlyReleased
            | Self::Asked
            | Self::Answered
            | Self::Recategorised
            | Self::FactsCompleted
            | Self::Confirmed
            | Self::Declined
            | Self::Merged
            | Self::Unmerged
            | Self::Followed
            | Self::EndMoved
            | Self::Resolved
            | Self::Reopened
            | Self::Withdrawn
            | Self::SiteSaid
            | Self::SiteUnanswered
            | Self::Corrected
            | Self::PhotosSent
            | Self::PhotoAdded
            | Self::PhotoNotTaken => true,
            Self::Reminded
            | Self::Absorbed
            | Self::LetGo
            | Self::Noted
            | Self::MaskConfirmed
            | Self::MaskChanged
            | Self::OriginalViewed
            | Self::HoldPlaced
            | Self::HoldLifted
            | Self::EndNear
            | Self::Undecided
            | Self::ErasureAsked
            | Self::Erased => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn cell(told: Option<Told>) -> String {
        let Some(told) = told else { return "-".to_owned() };
        let parts =
            [(told.details, "details"), (told.text, "text"), (told.names, "names"), (told.others, "other incidents")];
        let said: Vec<&str> = parts.iter().filter(|(is, _)| *is).map(|(_, part)| *part).collect();
        if said.is_empty() { "the line".to_owned() } else { said.join(", ") }
    }

    #[test]
    fn what_is_told_of_every_step_as_a_table() {
        let mut table = format!("{:18}| {:39}| {:14}| {:10}| metadata\n", "", "full", "own", "no sealed");
        for word in StepWord::ALL {
            let of = |sight| cell(word.told(sight));
            let [full, own, sealed, metadata] = [Sight::Full, Sight::Own, Sight::NoSealed, Sight::Metadata].map(of);
            let _ = writeln!(table, "{:18}| {full:39}| {own:14}| {sealed:10}| {metadata}", word.as_str());
        }
        insta::assert_snapshot!(table);
    }
}
