//! Who may do what: one table, one pure function, one proof.
//!
//! [`clear`] is the only way to a [`Cleared`], and every step of an incident wants one, so nobody can forget the
//! check. The table [`cells`] is what a reviewer reads; its snapshot stands in `snapshots/`. Default is no.

mod reach;

use std::collections::BTreeSet;

use crate::actor::{Actor, Pseudonym};
use crate::place::SiteId;
use crate::words::Role;

pub use reach::{Reach, reach, sites_in_sight, sites_to_report};

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $text:literal: [$($cell:ident),+] $($two:ident)?;)+) => {
        /// Something a person asks to do. Actions whose operations come later are here from the start.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $action),+ }

        impl Action {
            /// Every action, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$action),+];

            /// The action as the audit trail names it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$action => $text),+ }
            }
        }

        /// One row of the table: staff, reviewer, publisher, escalator, liaison, admin, auditor.
        const fn cells(action: Action) -> [Cell; 7] {
            match action { $(Action::$action => [$(Cell::$cell),+]),+ }
        }

        const fn pairing(action: Action) -> Pairing {
            match action { $(Action::$action => pairing_of!($($two)?)),+ }
        }
    };
}

macro_rules! pairing_of {
    () => {
        Pairing::Alone
    };
    ($two:ident) => {
        Pairing::$two
    };
}

/// What one role may do with one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Not at all.
    No,
    /// At the sites where the role is held.
    Yes,
    /// Only with what this person reported.
    Own,
    /// Only with what was referred to them.
    Referred,
    /// With either.
    OwnOrReferred,
}

/// Whether an action takes two different people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pairing {
    /// One person is enough.
    Alone,
    /// Somebody began it elsewhere (proposed, masked, placed); whoever completes it is somebody else.
    NotTheFirst,
    /// As `NotTheFirst`, nor the reporter; off altogether in a shop with fewer than two entitled people.
    NotTheFirstNorReporter,
    /// The same action by two people, one after the other.
    Both,
}

actions! {
    // action                 staff     reviewer   publisher  escalator  liaison    admin      auditor
    Report         = "report":          [Yes, Yes, Yes, Yes, Yes, No, No];
    AddPhoto       = "add_photo":       [Own, Yes, Yes, Yes, OwnOrReferred, No, No];
    AddDetails     = "add_details":     [Own, Own, Own, Own, Own, No, No];
    Withdraw       = "withdraw":        [Own, Own, Own, Own, Own, No, No];
    Answer         = "answer":          [Own, Own, Own, Own, Own, No, No];
    SaySite        = "say_site":        [Own, Yes, Own, Own, Own, No, No];
    Read           = "read":            [Own, Yes, Yes, Yes, OwnOrReferred, No, Yes];
    Claim          = "claim":           [No, Yes, No, No, No, No, No];
    Release        = "release":         [No, Yes, No, No, No, No, No];
    Ask            = "ask":             [No, Yes, No, No, No, No, No];
    Recategorise   = "recategorise":    [No, Yes, No, No, No, No, No];
    CompleteFacts  = "complete_facts":  [No, Yes, No, No, No, No, No];
    Confirm        = "confirm":         [No, Yes, No, No, No, No, No];
    Decline        = "decline":         [No, Yes, No, No, No, No, No];
    Merge          = "merge":           [No, Yes, No, No, No, No, No];
    Unmerge        = "unmerge":         [No, Yes, No, No, No, No, No];
    Resolve        = "resolve":         [No, Yes, No, No, No, No, No];
    Reopen         = "reopen":          [No, Yes, No, No, No, No, No];
    Note           = "note":            [No, Yes, No, No, No, No, No];
    Correct        = "correct":         [No, Yes, No, No, No, No, No];
    ViewReviewCopy = "view_review_copy":[Own, Yes, Yes, Yes, Referred, No, No];
    ViewOriginal   = "view_original":   [No, Yes, No, No, Referred, No, No];
    ConfirmMask    = "confirm_mask":    [No, Yes, Yes, No, No, No, No] NotTheFirst;
    ProposeAlert   = "propose_alert":   [No, Yes, Yes, No, No, No, No];
    ApproveAlert   = "approve_alert":   [No, No, Yes, No, No, No, No] NotTheFirstNorReporter;
    RetractAlert   = "retract_alert":   [No, Yes, Yes, Yes, No, No, No];
    AllClear       = "all_clear":       [No, Yes, Yes, Yes, No, No, No];
    FlagAlert      = "flag_alert":      [Yes, Yes, Yes, Yes, Yes, Yes, Yes];
    Refer          = "refer":           [No, Yes, No, Yes, No, No, No];
    AcknowledgePage= "acknowledge_page":[No, Yes, No, Yes, No, No, No];
    CreateShare    = "create_share":    [No, No, No, Yes, Yes, No, No];
    RevokeShare    = "revoke_share":    [No, Yes, No, Yes, Yes, Yes, No];
    PlaceHold      = "place_hold":      [No, No, No, No, Yes, No, No];
    LiftHold       = "lift_hold":       [No, No, No, No, No, Yes, No] NotTheFirst;
    UnsealReporter = "unseal_reporter": [No, Yes, No, No, Yes, No, No] Both;
    PullStop       = "pull_stop":       [No, Yes, Yes, Yes, Yes, Yes, No];
    RestoreStop    = "restore_stop":    [No, No, No, No, No, Yes, No] Both;
    ChangePartners = "change_partners": [No, No, No, No, No, Yes, No] Both;
    ChangeFlags    = "change_flags":    [No, No, No, No, No, Yes, No] Both;
    Erase          = "erase":           [No, No, No, No, No, Yes, No] Both;
    ReadAudit      = "read_audit":      [No, No, No, No, No, No, Yes];
    VerifyAudit    = "verify_audit":    [No, No, No, No, No, Yes, Yes];
}

/// What the policy needs to know of the thing acted on.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The site it belongs to.
    pub site: &'a SiteId,
    /// While nobody has said which site that is: those it can be. A role at any of them counts.
    pub among: &'a [SiteId],
    /// Whether its reporter is still asked for the site: to everybody else it does not exist yet.
    pub draft: bool,
    /// Who reported it.
    pub reporter: &'a Pseudonym,
    /// Whether it was referred to the acting liaison.
    pub referred: bool,
    /// Who took the first half of a step that takes two people.
    pub first: Option<&'a Pseudonym>,
    /// The shop's two-person rule.
    pub two_person: TwoPerson,
}

impl Subject<'_> {
    /// Whether this role is held where the thing is, or may be.
    fn held_by(&self, actor: &Actor, role: Role) -> bool {
        if self.among.is_empty() {
            actor.roles.holds(role, self.site)
        } else {
            self.among.iter().any(|site| actor.roles.holds(role, site))
        }
    }
}

/// The shop's two-person rule, and how many people could satisfy it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoPerson {
    /// `two_person` of `shop.toml`: whether an alert takes two people. What evidence, holds, erasure and the reporter's name
    /// take two people for is no shop's to turn off.
    pub on: bool,
    /// How many members hold a role that allows the action at this site.
    pub entitled: usize,
}

impl Default for TwoPerson {
    fn default() -> Self {
        Self { on: true, entitled: 2 }
    }
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// To this actor it does not exist; answer exactly as if it did not.
    Hidden,
    /// It takes one of these roles.
    Needs(Vec<Role>),
    /// Somebody else has to do the second half.
    SamePerson,
    /// Fewer than two people could check each other, so it is switched off.
    SwitchedOff,
}

/// How much of an incident somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Everything but the reporter's identity.
    Full,
    /// What they reported themselves, with what concerns them; not the managers' notes.
    Own,
    /// Everything but free text.
    NoSealed,
    /// States and times alone.
    Metadata,
}

/// The proof that an actor may take an action; only [`clear`] makes one.
#[derive(Debug, Clone)]
pub struct Cleared<'a> {
    actor: &'a Actor,
    action: Action,
    completes: bool,
}

impl Cleared<'_> {
    /// Who was cleared.
    pub fn actor(&self) -> &Actor {
        self.actor
    }

    /// For what.
    pub fn action(&self) -> Action {
        self.action
    }

    /// False for the first half of an action that takes two people.
    pub fn completes(&self) -> bool {
        self.completes
    }
}

/// Clears an actor for an action on a subject, or says why not.
pub fn clear<'a>(actor: &'a Actor, action: Action, subject: &Subject<'_>) -> Result<Cleared<'a>, Denied> {
    if !allows(actor, action, subject) {
        let readable = action == Action::FlagAlert || allows(actor, Action::Read, subject);
        return Err(if readable { Denied::Needs(roles_for(action)) } else { Denied::Hidden });
    }
    let completes = paired(actor, action, subject)?;
    Ok(Cleared { actor, action, completes })
}

/// Who has gone over what is covered on a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    /// Nobody: a machine found faces.
    Found,
    /// A person drew it, and somebody else has to confirm it.
    Drawn,
    /// It was confirmed.
    Checked,
}

/// Clears an actor for looking at a review copy. Until somebody has checked what is covered on it, only whoever uploaded it
/// and the site's managers see it, and whoever else may confirm what a manager drew; to all others it does not exist.
pub fn clear_to_look<'a>(
    actor: &'a Actor,
    mask: Mask,
    uploaded_by: &Pseudonym,
    subject: &Subject<'_>,
) -> Result<Cleared<'a>, Denied> {
    let cleared = clear(actor, Action::ViewReviewCopy, subject)?;
    let near = || actor.is(uploaded_by) || subject.held_by(actor, Role::Reviewer);
    let sees = match mask {
        Mask::Checked => true,
        Mask::Drawn => near() || allows(actor, Action::ConfirmMask, subject),
        Mask::Found => near(),
    };
    if sees { Ok(cleared) } else { Err(Denied::Hidden) }
}

/// Clears an actor for an action on the shop as a whole; the role must be held at every site.
pub fn clear_for_shop<'a>(actor: &'a Actor, action: Action, first: Option<&Pseudonym>) -> Result<Cleared<'a>, Denied> {
    let held = |role: &Role| actor.roles.everywhere.contains(role);
    if !Role::ALL.iter().zip(cells(action)).any(|(role, cell)| cell == Cell::Yes && held(role)) {
        return Err(Denied::Needs(roles_for(action)));
    }
    let completes = match (pairing(action), first) {
        (Pairing::Alone, _) => true,
        (_, Some(first)) if actor.is(first) => return Err(Denied::SamePerson),
        (_, first) => first.is_some(),
    };
    Ok(Cleared { actor, action, completes })
}

/// How much the actor sees, or nothing.
pub fn sight(actor: &Actor, subject: &Subject<'_>) -> Option<Sight> {
    let holds = |role| subject.held_by(actor, role);
    if subject.draft && !actor.is(subject.reporter) {
        None
    } else if holds(Role::Reviewer) || (holds(Role::Liaison) && subject.referred) {
        Some(Sight::Full)
    } else if actor.is(subject.reporter) && allows(actor, Action::Read, subject) {
        Some(Sight::Own)
    } else if holds(Role::Publisher) || holds(Role::Escalator) {
        Some(Sight::NoSealed)
    } else if holds(Role::Auditor) {
        Some(Sight::Metadata)
    } else {
        None
    }
}

fn allows(actor: &Actor, action: Action, subject: &Subject<'_>) -> bool {
    if subject.draft && !actor.is(subject.reporter) {
        return false;
    }
    Role::ALL.iter().zip(cells(action)).any(|(role, cell)| {
        subject.held_by(actor, *role)
            && match cell {
                Cell::No => false,
                Cell::Yes => true,
                Cell::Own => actor.is(subject.reporter),
                Cell::Referred => subject.referred,
                Cell::OwnOrReferred => subject.referred || actor.is(subject.reporter),
            }
    })
}

/// Whether this step completes the action; an error if the same person may not.
fn paired(actor: &Actor, action: Action, subject: &Subject<'_>) -> Result<bool, Denied> {
    let pairing = pairing(action);
    if pairing == Pairing::Alone {
        return Ok(true);
    }
    if pairing == Pairing::NotTheFirstNorReporter {
        if !subject.two_person.on {
            return Ok(true);
        }
        if subject.two_person.entitled < 2 {
            return Err(Denied::SwitchedOff);
        }
        if actor.is(subject.reporter) {
            return Err(Denied::SamePerson);
        }
    }
    match subject.first {
        Some(first) if actor.is(first) => Err(Denied::SamePerson),
        Some(_) => Ok(true),
        None => Ok(pairing != Pairing::Both),
    }
}

/// The roles to which an action is open at all.
pub fn roles_for(action: Action) -> Vec<Role> {
    let open: BTreeSet<Role> =
        Role::ALL.iter().zip(cells(action)).filter(|(_, cell)| *cell != Cell::No).map(|(role, _)| *role).collect();
    open.into_iter().collect()
}

#[cfg(test)]
mod tests;
