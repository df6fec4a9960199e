//! Somebody presses a button of an incident's card.

use domain::actor::Actor;
use domain::audit::StepWord;
use domain::facts::FactsDraft;
use domain::id::Reference;
use domain::incident::verb::{Verb, WrongMoment, fits};
use domain::incident::{Change, Incident, Status};
use domain::policy::{self, Action, TwoPerson};
use domain::problems::{Fault, Problems};
use domain::report::Attached;
use domain::words::Platform;

use super::merged::followers;
use super::wish::{self, Wish};
use super::{Desk, Outcome, sent};
use crate::chat::inbound::Answers;
use crate::chat::press::{Button, Press, Tap};
use crate::failure::{Failure, Refusal};
use crate::rules::Rules;
use crate::store::outbox::{Task, Told};
use crate::store::{Commit, Committed, Delivery};

/// How often a step that does not depend on what was seen is tried again after it lost a race: each time somebody else
/// got ahead, and no incident has so many people at the same moment.
const TRIES: u32 = 16;

/// What came with a press.
#[derive(Debug, Clone, Default)]
pub struct Enclosed {
    pub answers: Answers,
    /// Structured facts, where the door has them.
    pub facts: Option<FactsDraft>,
    /// Photos that came with it; an answer takes them.
    pub photos: Vec<Attached>,
    /// False when a button was pressed that opens a form; true when its answers have come.
    pub answered: bool,
}

/// Does what a press asks for, or says what it asks for first.
#[tracing::instrument(skip_all, fields(incident = %press.incident, button = press.button.as_str()), err(Debug, level = "debug"))]
pub async fn press(
    desk: &Desk,
    actor: &Actor,
    press: &Press,
    enclosed: &Enclosed,
    delivery: Option<Delivery>,
) -> Result<Outcome, Failure> {
    if let Some(outcome) = arrived_before(desk, actor, delivery.as_ref()).await? {
        return Ok(outcome);
    }
    let pressed = press_first(desk, actor, press, enclosed, delivery.clone()).await;
    if matches!(pressed, Err(Failure::Refused(Refusal::Moment(_)) | Failure::Conflict)) {
        // What stands in its way may be its own effect: it arrived twice at the same moment.
        return arrived_before(desk, actor, delivery.as_ref()).await?.map_or(pressed, Ok);
    }
    pressed
}

/// What a delivery did when it arrived for the first time.
pub(super) async fn arrived_before(
    desk: &Desk,
    actor: &Actor,
    delivery: Option<&Delivery>,
) -> Result<Option<Outcome>, Failure> {
    let Some(delivery) = delivery else { return Ok(None) };
    let Some(arrived) = desk.store.delivered(delivery).await? else { return Ok(None) };
    if !arrived.same {
        return Err(Failure::Refused(Refusal::KeyReused));
    }
    let incident = desk.store.incident(arrived.incident).await?.ok_or(Failure::NOT_FOUND)?;
    clear(desk, actor, Action::Read, &incident)?;
    Ok(Some(Outcome::Stepped { incident }))
}

async fn press_first(
    desk: &Desk,
    actor: &Actor,
    press: &Press,
    enclosed: &Enclosed,
    delivery: Option<Delivery>,
) -> Result<Outcome, Failure> {
    let mut tries = 0;
    loop {
        let incident = desk.store.incident(press.incident).await?.ok_or(Failure::NOT_FOUND)?;
        if press.button == Button::Look {
            return super::look::offered(desk, actor, incident).await;
        }
        if let Some(outcome) = look(desk, actor, press, &incident, enclosed)? {
            return Ok(outcome);
        }
        // As it was seen, it is another one that changed: one that was merged into it, or that it was to be merged into.
        let as_seen = incident.version == press.version;
        match take(desk, actor, press, enclosed, incident, delivery.clone()).await {
            Err(Failure::Conflict) if tries < TRIES && (as_seen || bears_change(press.button)) => tries += 1,
            Err(Failure::Conflict) => return Err(after_race(desk, actor, press, enclosed).await),
            other => return other,
        }
    }
}

/// Steps that mean the same whatever happened since the card was drawn; decisions do not.
const fn bears_change(button: Button) -> bool {
    matches!(
        button,
        Button::Claim | Button::Note | Button::Answer | Button::Details | Button::Tap | Button::Withdraw | Button::Site
    )
}

/// What changes nothing: opening, previewing, asking for a form's answers.
fn look(
    desk: &Desk,
    actor: &Actor,
    press: &Press,
    incident: &Incident,
    enclosed: &Enclosed,
) -> Result<Option<Outcome>, Failure> {
    let only_asks = press.button.opens_a_form() && !enclosed.answered;
    if !only_asks && !matches!(press.button, Button::Open | Button::Preview) {
        return Ok(None);
    }
    let action = action_of(press.button);
    clear(desk, actor, action, incident)?;
    let (state, incident) = (incident.status.state(), incident.clone());
    if press.button == Button::Open {
        return Ok(Some(Outcome::Opened { incident }));
    }
    if press.button == Button::Preview {
        return Ok(Some(Outcome::Previewed { incident }));
    }
    if !fits(action, state) {
        return Err(WrongMoment::State(state).into());
    }
    if press.button == Button::Site && incident.site_open.is_none() {
        return Err(WrongMoment::SiteKnown.into());
    }
    Ok(Some(Outcome::Asks { press: Press { version: incident.version, ..press.clone() }, incident }))
}

/// The action that a button asks for.
pub const fn action_of(button: Button) -> Action {
    match button {
        Button::Claim => Action::Claim,
        Button::Release => Action::Release,
        Button::Confirm => Action::Confirm,
        Button::Unmerge => Action::Unmerge,
        Button::Reopen => Action::Reopen,
        Button::Withdraw => Action::Withdraw,
        Button::Site => Action::SaySite,
        Button::Tap | Button::Details => Action::AddDetails,
        Button::Ask => Action::Ask,
        Button::Answer => Action::Answer,
        Button::Recategorise => Action::Recategorise,
        Button::Facts => Action::CompleteFacts,
        Button::Decline => Action::Decline,
        Button::Merge => Action::Merge,
        Button::Resolve => Action::Resolve,
        Button::Note => Action::Note,
        Button::Correct => Action::Correct,
        Button::Preview => Action::ProposeAlert,
        Button::Look => Action::ViewReviewCopy,
        Button::Open => Action::Read,
    }
}

/// A tap asks for what it answers.
fn action_of_press(press: &Press) -> Action {
    if matches!(press.tap, Some(Tap::Site(_))) { Action::SaySite } else { action_of(press.button) }
}

/// Whether somebody says once more which site it was at: a second click is no mistake.
fn says_again(press: &Press, enclosed: &Enclosed, incident: &Incident) -> bool {
    let said = match &press.tap {
        Some(Tap::Site(site)) => Some(site.to_string()),
        _ if press.button == Button::Site => enclosed.answers.given("site"),
        _ => None,
    };
    incident.site_open.is_none() && said.is_some_and(|said| said == incident.site.as_str())
}

pub(super) fn clear<'a>(
    desk: &Desk,
    actor: &'a Actor,
    action: Action,
    incident: &Incident,
) -> Result<policy::Cleared<'a>, Failure> {
    let rules = desk.rules();
    let two_person = TwoPerson {
        on: rules.shop.two_person,
        entitled: rules.entitled(domain::words::Role::Publisher, &incident.site),
    };
    Ok(policy::clear(actor, action, &incident.subject(two_person))?)
}

async fn take(
    desk: &Desk,
    actor: &Actor,
    press: &Press,
    enclosed: &Enclosed,
    incident: Incident,
    delivery: Option<Delivery>,
) -> Result<Outcome, Failure> {
    let (now, rules) = (desk.now(), desk.rules());
    // Whether they may comes before whether they wrote it well.
    clear(desk, actor, action_of_press(press), &incident)?;
    if says_again(press, enclosed, &incident) {
        return Ok(Outcome::Stepped { incident });
    }
    let wish = wish::read(press, &enclosed.answers, enclosed.facts.as_ref(), &incident, rules.shop.currency, now)?;
    let changes = match wish.ok_or(Failure::Refused(Refusal::UnknownPress))? {
        Wish::Step(verb) => {
            let verb = if let Verb::Answer { text, .. } = verb {
                Verb::Answer { text, photos: enclosed.photos.clone() }
            } else {
                verb
            };
            let change = step(desk, actor, &incident, verb, &rules)?;
            let followed = followers(desk, &incident, change.after()).await?;
            std::iter::once(change).chain(followed).collect()
        }
        Wish::Merge { into } => {
            let target = target(desk, actor, &into).await?;
            let merged =
                step(desk, actor, &incident, Verb::MergeInto { into: target.id, lead: target.lead() }, &rules)?;
            let absorbing = step(desk, actor, &target, Verb::Absorb { other: incident.id }, &rules)?;
            vec![merged, absorbing]
        }
        Wish::Unmerge => {
            let mut changes = vec![step(desk, actor, &incident, Verb::Unmerge, &rules)?];
            if let Status::Merged { into, .. } = &incident.status
                && let Some(target) = desk.store.incident(*into).await?
            {
                changes.push(step(desk, actor, &target, Verb::LetGo { other: incident.id }, &rules)?);
            }
            changes
        }
    };
    if incident.version != press.version && !bears_change(press.button) {
        return Err(Failure::Conflict);
    }
    let after = changes.first().map(|change| change.after().clone()).ok_or(Failure::Conflict)?;
    let moved = desk.moves(&incident, &after, &rules);
    let commit = commit_of(desk, actor, changes, &rules).ok_or(Failure::Conflict)?.showing(moved);
    finish(desk, commit, delivery, after).await
}

fn step(desk: &Desk, actor: &Actor, incident: &Incident, verb: Verb, rules: &Rules) -> Result<Change, Failure> {
    let cleared = clear(desk, actor, verb.action(), incident)?;
    Ok(incident.apply(&cleared, verb, &rules.terms, desk.now())?)
}

/// The other incident of a merge. One that this person may not see is as good as none.
async fn target(desk: &Desk, actor: &Actor, called: &str) -> Result<Incident, Failure> {
    let unknown = || Failure::from(Problems::one("into", Fault::UnknownReference));
    let reference: Reference = called.parse().map_err(|_why| unknown())?;
    let target = desk.store.incident_called(&reference, actor).await?.ok_or_else(unknown)?;
    match clear(desk, actor, Action::Merge, &target) {
        Ok(_) => Ok(target),
        Err(Failure::Refused(Refusal::NotFound)) => Err(unknown()),
        Err(other) => Err(other),
    }
}

fn commit_of(desk: &Desk, actor: &Actor, changes: Vec<Change>, rules: &Rules) -> Option<Commit> {
    let mut tasks = Vec::new();
    let mut commit: Option<Commit> = None;
    for change in changes {
        tasks.extend(desk.shows_change(&change, rules));
        tasks.extend(tell_reporter(desk, actor, &change));
        if change.step().word == StepWord::Answered {
            tasks.extend(sent::tasks(change.after()));
        }
        commit = Some(match commit {
            None => Commit::of(change, &rules.terms, desk.now()),
            Some(commit) => commit.and(change, &rules.terms),
        });
    }
    commit.map(|commit| commit.showing(tasks))
}

/// A line to the reporter when a step concerns them, unless they took it themselves or are a program.
fn tell_reporter(desk: &Desk, actor: &Actor, change: &Change) -> Option<Task> {
    let told = match change.step().word {
        StepWord::Claimed => Told::Claimed,
        StepWord::Asked => Told::Asked,
        StepWord::Confirmed => Told::Confirmed,
        StepWord::Declined => Told::Declined,
        StepWord::Merged => Told::Merged,
        StepWord::Resolved => Told::Resolved,
        StepWord::Reopened => Told::Reopened,
        StepWord::Followed if change.step().detail.contains_key("state") => Told::Followed,
        StepWord::Reported
        | StepWord::Released
        | StepWord::SilentlyReleased
        | StepWord::Reminded
        | StepWord::Answered
        | StepWord::Recategorised
        | StepWord::FactsCompleted
        | StepWord::Absorbed
        | StepWord::Unmerged
        | StepWord::LetGo
        | StepWord::Followed
        | StepWord::Withdrawn
        | StepWord::SiteSaid
        | StepWord::SiteUnanswered
        | StepWord::Noted
        | StepWord::Corrected
        | StepWord::PhotosSent
        | StepWord::PhotoAdded
        | StepWord::PhotoNotTaken
        | StepWord::MaskConfirmed
        | StepWord::MaskChanged
        | StepWord::OriginalViewed
        | StepWord::HoldPlaced
        | StepWord::HoldLifted
        | StepWord::EndNear
        | StepWord::Undecided
        | StepWord::EndMoved
        | StepWord::ErasureAsked
        | StepWord::Erased => return None,
    };
    let incident = change.after();
    let platform = incident.reporter_platform();
    let reachable = platform != Platform::Api && desk.platforms.contains(&platform);
    let themselves = actor.is(&incident.reporter.member);
    (reachable && !themselves).then(|| Task::tell_reporter(incident.id, incident.version, platform, told))
}

/// Commits, and answers with what was committed: it is not read again, so that nothing can fail any more.
async fn finish(desk: &Desk, commit: Commit, delivery: Option<Delivery>, after: Incident) -> Result<Outcome, Failure> {
    let incident = match desk.store.commit(commit.delivered_as(delivery)).await? {
        Committed::Done { .. } => after,
        Committed::Seen { same: false, .. } => return Err(Failure::Refused(Refusal::KeyReused)),
        Committed::Seen { incident, same: true } => desk.store.incident(incident).await?.ok_or(Failure::NOT_FOUND)?,
    };
    Ok(Outcome::Stepped { incident })
}

/// What to say to somebody who lost a race: who won, if the new state says so, else that it has changed.
async fn after_race(desk: &Desk, actor: &Actor, press: &Press, enclosed: &Enclosed) -> Failure {
    let now_is = match desk.store.incident(press.incident).await {
        Ok(Some(incident)) => incident,
        Ok(None) => return Failure::NOT_FOUND,
        Err(failure) => return failure,
    };
    let rules = desk.rules();
    let wish = wish::read(press, &enclosed.answers, enclosed.facts.as_ref(), &now_is, rules.shop.currency, desk.now());
    match wish {
        Ok(Some(Wish::Step(verb))) => match step(desk, actor, &now_is, verb, &rules) {
            Err(failure @ Failure::Refused(Refusal::Moment(WrongMoment::Taken { .. }))) => failure,
            _ => Failure::Conflict,
        },
        _ => Failure::Conflict,
    }
}
