use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::actor::{Account, Actor, Pseudonym, Roles};
use crate::facts::{Facts, FactsDraft, GoodsDraft};
use crate::id::{IncidentId, Reference};
use crate::incident::{Change, Reporter};
use crate::policy::{self, Action, TwoPerson};
use crate::problems::Problems;
use crate::report::Report;
use crate::timers::Overdue;
use crate::words::{Category, DeclineReason, Fact, Outcome, Platform, Role};

fn minute(count: i64) -> Moment {
    Moment::from_timestamp(1_795_000_000 + count * 60, 0).unwrap_or_default()
}

fn person(name: &str, role: Role) -> Actor {
    Actor {
        account: Account::new(Platform::Console, name),
        member: Pseudonym(name.to_owned()),
        also: Vec::new(),
        name: name.to_owned(),
        roles: Roles { everywhere: [role].into(), ..Roles::default() },
    }
}

pub(in crate::incident) fn opened(id: u128, category: Category) -> Incident {
    let report = Report {
        site: "kings-cross".parse().unwrap_or_else(|_| unreachable!("a site")),
        among: Vec::new(),
        category,
        facts: Facts { what_happened: Some("two people, spirits".into()), ..Facts::at(minute(0)) },
        photos: Vec::new(),
    };
    let reporter = Reporter {
        member: Pseudonym("amal".into()),
        account: Account::new(Platform::Console, "amal"),
        locale: "en".into(),
    };
    let id = IncidentId(Uuid::from_u128(id));
    let change = Incident::open(id, Reference::from_draw(7), report, reporter, &Terms::default(), minute(0));
    change.after().clone()
}

fn full_facts() -> Patch {
    let draft = FactsDraft {
        kind: Some("shop_theft".into()),
        method: vec!["concealment".into()],
        zone: Some("aisle".into()),
        cctv: Some("captured".into()),
        goods: vec![GoodsDraft {
            what: "gin".into(),
            unit_value_minor: Some("2150".into()),
            currency: Some("GBP".into()),
            ..GoodsDraft::default()
        }],
        ..FactsDraft::default()
    };
    let mut problems = Problems::default();
    let patch = draft.parse(minute(0), &mut problems);
    assert_eq!(problems, Problems::default());
    patch
}

pub(in crate::incident) fn go(incident: &Incident, actor: &Actor, verb: Verb, at: i64) -> Result<Change, WrongMoment> {
    let subject = incident.subject(TwoPerson::default());
    let cleared = policy::clear(actor, verb.action(), &subject).map_err(|_why| WrongMoment::NotCleared)?;
    incident.apply(&cleared, verb, &Terms::default(), minute(at))
}

pub(in crate::incident) fn then(incident: &Incident, actor: &Actor, verb: Verb, at: i64) -> Incident {
    go(incident, actor, verb, at).map_or_else(|wrong| unreachable!("{wrong:?}"), |change| change.after().clone())
}

pub(in crate::incident) fn noor() -> Actor {
    person("noor", Role::Reviewer)
}

pub(in crate::incident) fn amal() -> Actor {
    person("amal", Role::Staff)
}

/// An incident in each state, and one verb of each kind.
fn in_state(state: State) -> Incident {
    let new = opened(1, Category::Info);
    let claimed = then(&new, &noor(), Verb::Claim, 1);
    match state {
        State::New => new,
        State::Claimed => claimed,
        State::Confirmed => then(&claimed, &noor(), Verb::Confirm, 2),
        State::Resolved => {
            let confirmed = then(&claimed, &noor(), Verb::Confirm, 2);
            then(&confirmed, &noor(), Verb::Resolve { outcome: Outcome::NoAction, loss: None }, 3)
        }
        State::Declined => then(&claimed, &noor(), Verb::Decline { reason: DeclineReason::Benign }, 2),
        State::Merged => {
            then(&claimed, &noor(), Verb::MergeInto { into: IncidentId(Uuid::from_u128(2)), lead: new.lead() }, 2)
        }
        State::Withdrawn => then(&new, &amal(), Verb::Withdraw, 1),
    }
}

fn every_verb() -> Vec<Verb> {
    let text = || "x".to_owned();
    let other = IncidentId(Uuid::from_u128(9));
    vec![
        Verb::Claim,
        Verb::Release,
        Verb::Ask { text: text() },
        Verb::Answer { text: text(), photos: Vec::new() },
        Verb::Recategorise { to: Category::InProgress },
        Verb::CompleteFacts { patch: full_facts() },
        Verb::AddDetails { patch: full_facts() },
        Verb::Confirm,
        Verb::Decline { reason: DeclineReason::Test },
        Verb::MergeInto { into: other, lead: opened(1, Category::Info).lead() },
        Verb::Absorb { other },
        Verb::Unmerge,
        Verb::LetGo { other },
        Verb::Resolve { outcome: Outcome::Loss, loss: None },
        Verb::Reopen,
        Verb::Withdraw,
        Verb::Note { text: text() },
        Verb::Correct { text: text() },
    ]
}

/// Status × verb: where each step leads, or why it cannot be taken.
#[test]
fn every_state_and_every_verb_as_a_table() {
    let mut table = String::new();
    for verb in every_verb() {
        let name = format!("{verb:?}");
        let name = name.split([' ', '{']).next().unwrap_or_default().to_owned();
        let _ = write!(table, "{name:<14}");
        for state in State::ALL {
            let mut incident = in_state(*state);
            if matches!(verb, Verb::Answer { .. }) && state.is_open() {
                incident.question = Some(Question { by: Person::of(&noor()), at: minute(1), text: "?".into() });
            }
            let own = matches!(verb, Verb::Answer { .. } | Verb::AddDetails { .. } | Verb::Withdraw);
            let actor = if own { amal() } else { person("omar", Role::Reviewer) };
            let cell = match go(&incident, &actor, verb.clone(), 5) {
                Ok(change) => change.after().status.state().to_string(),
                Err(WrongMoment::State(_)) => "-".into(),
                Err(WrongMoment::Taken { .. }) => "taken".into(),
                Err(other) => format!("{other:?}"),
            };
            let _ = write!(table, "| {state:>9} → {cell:<12}");
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_theft_is_confirmed_only_with_its_facts() {
    let claimed = then(&opened(1, Category::PotentialTheft), &noor(), Verb::Claim, 1);
    let missing = vec![Fact::Kind, Fact::Method, Fact::Zone, Fact::Goods, Fact::Cctv];
    assert_eq!(go(&claimed, &noor(), Verb::Confirm, 2).err(), Some(WrongMoment::Missing(missing)));
    let full = then(&claimed, &noor(), Verb::CompleteFacts { patch: full_facts() }, 3);
    assert_eq!(then(&full, &noor(), Verb::Confirm, 4).status.state(), State::Confirmed);
}

#[test]
fn changing_the_category_loses_nothing() {
    let claimed = then(&opened(1, Category::PotentialTheft), &noor(), Verb::Claim, 1);
    let full = then(&claimed, &noor(), Verb::CompleteFacts { patch: full_facts() }, 2);
    let info = then(&full, &noor(), Verb::Recategorise { to: Category::Info }, 3);
    let back = then(&info, &noor(), Verb::Recategorise { to: Category::PotentialTheft }, 4);
    assert_eq!(back.facts, full.facts);
}

#[test]
fn the_loser_of_a_claim_is_told_who_won_and_when() {
    let claimed = then(&opened(1, Category::Info), &noor(), Verb::Claim, 1);
    let omar = person("omar", Role::Reviewer);
    let taken = WrongMoment::Taken { by: "noor".into(), at: minute(1) };
    assert_eq!(go(&claimed, &omar, Verb::Claim, 2).err(), Some(taken));
    assert_eq!(go(&claimed, &noor(), Verb::Claim, 2).err(), Some(WrongMoment::AlreadyYours));
}

#[test]
fn the_first_text_stays_when_it_is_corrected() {
    let claimed = then(&opened(1, Category::Info), &noor(), Verb::Claim, 1);
    let corrected = then(&claimed, &noor(), Verb::Correct { text: "one person".into() }, 2);
    assert_eq!(corrected.facts.what_happened.as_deref(), Some("two people, spirits"));
    assert_eq!(corrected.what_happened(), Some("one person"));
}

#[test]
fn seven_days_and_no_longer() {
    let declined = in_state(State::Declined);
    let week = 2 + 7 * 24 * 60;
    assert!(go(&declined, &noor(), Verb::Reopen, week).is_ok());
    assert_eq!(go(&declined, &noor(), Verb::Reopen, week + 1).err(), Some(WrongMoment::TooLate { days: 7 }));
}

#[test]
fn merging_needs_another_open_incident() {
    let claimed = in_state(State::Claimed);
    let itself = Verb::MergeInto { into: claimed.id, lead: claimed.lead() };
    assert_eq!(go(&claimed, &noor(), itself, 2).err(), Some(WrongMoment::Itself));
    let absorbing = then(&claimed, &noor(), Verb::Absorb { other: IncidentId(Uuid::from_u128(5)) }, 2);
    let onward = Verb::MergeInto { into: IncidentId(Uuid::from_u128(6)), lead: claimed.lead() };
    assert_eq!(go(&absorbing, &noor(), onward, 3).err(), Some(WrongMoment::HasMerged));
}

#[test]
fn what_others_were_merged_into_is_not_withdrawn() {
    let new = in_state(State::New);
    let absorbing = then(&new, &noor(), Verb::Absorb { other: IncidentId(Uuid::from_u128(5)) }, 2);
    assert_eq!(go(&absorbing, &amal(), Verb::Withdraw, 3).err(), Some(WrongMoment::InUse));
    let alone = then(&absorbing, &noor(), Verb::LetGo { other: IncidentId(Uuid::from_u128(5)) }, 3);
    assert_eq!(then(&alone, &amal(), Verb::Withdraw, 4).status.state(), State::Withdrawn);
}

#[test]
fn a_claim_stops_the_reminders_and_silence_gives_it_back() {
    let terms = Terms::default();
    let deadlines = terms.deadlines(Category::InProgress);
    let new = opened(1, Category::InProgress);
    assert_eq!(new.wake_at(deadlines), Some(minute(3)));
    assert!(new.wake(deadlines, minute(2)).is_none());
    let reminded = new.wake(deadlines, minute(31)).map(|change| change.after().clone());
    let Some(reminded) = reminded else { unreachable!("due") };
    assert_eq!(reminded.wake_at(deadlines), Some(minute(35)), "the missed ones are one reminder");
    let claimed = then(&reminded, &noor(), Verb::Claim, 32);
    assert_eq!(claimed.wake_at(deadlines), Some(minute(37)));
    let noted = then(&claimed, &noor(), Verb::Note { text: "calling".into() }, 36);
    assert_eq!(noted.wake_at(deadlines), Some(minute(41)), "a step is not silence");
    let released = noted.wake(deadlines, minute(41)).map(|change| change.after().clone());
    assert_eq!(released.map(|incident| incident.status.state()), Some(State::New));
}

#[test]
fn the_next_level_is_called_after_the_last_page_and_never_where_there_is_none() {
    let terms = Terms::default();
    let calls = |category, minutes: &[i64]| {
        let deadlines = terms.deadlines(category);
        let mut incident = opened(1, category);
        let mut called = Vec::new();
        for now in minutes {
            let Some(change) = incident.wake(deadlines, minute(*now)) else { continue };
            incident = change.after().clone();
            called.extend(incident.calls_next_level(deadlines).then_some(*now));
        }
        called
    };
    assert_eq!(calls(Category::InProgress, &[3, 5, 9, 10, 15, 16]), [10, 15]);
    assert_eq!(calls(Category::InProgress, &[33, 34, 35]), [33, 35], "missed ones are one");
    assert_eq!(calls(Category::PotentialTheft, &[20, 30, 40, 600]), [0; 0]);
    assert_eq!(calls(Category::Info, &[1_440, 2_880]), [0; 0]);
}

#[test]
fn that_it_is_not_decided_in_time_is_said_once_and_at_its_minute() {
    let terms = Terms::default();
    let deadlines = terms.deadlines(Category::InProgress);
    let claimed = then(&opened(1, Category::InProgress), &noor(), Verb::Claim, 12);
    assert_eq!(claimed.wake_at(deadlines), Some(minute(15)));
    assert_eq!(claimed.overdue(deadlines, minute(14)), None);
    let Some(change) = claimed.wake(deadlines, minute(15)) else { unreachable!("due") };
    let told = change.after();
    assert_eq!((change.step().word, told.status.state()), (StepWord::Undecided, State::Claimed));
    assert_eq!(told.overdue(deadlines, minute(15)), Some(Overdue::Decide), "its card says so from then on");
    assert_eq!(told.wake_at(deadlines), Some(minute(17)), "and silence still gives it back");
    let late = then(&opened(2, Category::InProgress), &noor(), Verb::Claim, 20);
    assert_eq!(late.wake_at(deadlines), Some(minute(25)), "who claims it late sees so when they do");
}

#[test]
fn a_proof_for_one_thing_is_no_proof_for_another() {
    let incident = in_state(State::Claimed);
    let noor = noor();
    let subject = incident.subject(TwoPerson::default());
    let Ok(cleared) = policy::clear(&noor, Action::Note, &subject) else { unreachable!("noor may") };
    let wrong = incident.apply(&cleared, Verb::Confirm, &Terms::default(), minute(9));
    assert_eq!(wrong.err(), Some(WrongMoment::NotCleared));
}

proptest! {
    /// However late the software wakes: the next level is called after the pages alone, once a wake, so often at most, and
    /// not at all once somebody has claimed.
    #[test]
    fn the_next_level_is_called_as_long_as_nobody_has_claimed(
        gaps in proptest::collection::vec(0i64..12, 1..120), claimed_at in 0usize..120
    ) {
        let terms = Terms::default();
        let deadlines = terms.deadlines(Category::InProgress);
        let (mut incident, mut now, mut calls) = (opened(1, Category::InProgress), 0, 0);
        for (count, gap) in gaps.into_iter().enumerate() {
            now += gap;
            if count == claimed_at {
                incident = then(&incident, &noor(), Verb::Claim, now);
            }
            if count >= claimed_at {
                prop_assert!(!incident.calls_next_level(deadlines));
                continue;
            }
            let Some(change) = incident.wake(deadlines, minute(now)) else { continue };
            incident = change.after().clone();
            prop_assert!(incident.wake(deadlines, minute(now)).is_none(), "one reminder a wake");
            let called = incident.calls_next_level(deadlines);
            prop_assert_eq!(called, now >= 10, "{} minutes", now);
            calls += u32::from(called);
        }
        prop_assert!(calls <= crate::timers::REMINDERS_MAX - 3);
    }

    /// Whatever people press in whatever order: every step adds exactly one, the first text stays, an end date is set.
    #[test]
    fn any_order_of_steps_keeps_the_invariants(order in proptest::collection::vec(0usize..18, 1..40)) {
        let mut incident = opened(1, Category::PotentialTheft);
        let verbs = every_verb();
        for (at, index) in (1i64..).zip(order) {
            let Some(verb) = verbs.get(index).cloned() else { continue };
            let own = matches!(verb, Verb::Answer { .. } | Verb::AddDetails { .. } | Verb::Withdraw);
            let actor = if own { amal() } else { noor() };
            if let Ok(change) = go(&incident, &actor, verb, at) {
                prop_assert_eq!(change.after().version, incident.version + 1);
                prop_assert_eq!(change.after().facts.what_happened.as_deref(), Some("two people, spirits"));
                prop_assert!(change.after().retain_until > incident.reported_at);
                prop_assert!(change.after().question.is_none() || change.after().status.state().is_open());
                incident = change.after().clone();
            }
        }
    }
}
