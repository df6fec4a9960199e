use std::fmt::Write as _;

use super::*;
use crate::actor::{Account, Roles};
use crate::words::Platform;

fn site(id: &str) -> SiteId {
    id.parse().unwrap_or_else(|_| unreachable!("{id} is a site"))
}

fn somebody(name: &str, roles: &[Role]) -> Actor {
    Actor {
        account: Account::new(Platform::Console, name),
        member: Pseudonym(name.to_owned()),
        also: Vec::new(),
        name: name.to_owned(),
        roles: Roles { everywhere: roles.iter().copied().collect(), ..Roles::default() },
    }
}

struct Case {
    own: bool,
    referred: bool,
    first: Option<&'static str>,
}

fn answer(actor: &Actor, action: Action, case: &Case) -> &'static str {
    let home = site("kings-cross");
    let reporter = if case.own { actor.member.clone() } else { Pseudonym("amal".into()) };
    let first = case.first.map(|name| Pseudonym(name.to_owned()));
    let subject = Subject {
        site: &home,
        among: &[],
        draft: false,
        reporter: &reporter,
        referred: case.referred,
        first: first.as_ref(),
        two_person: TwoPerson::default(),
    };
    match clear(actor, action, &subject) {
        Ok(cleared) if cleared.completes() => "yes",
        Ok(_) => "first of two",
        Err(Denied::Hidden) => ".",
        Err(Denied::Needs(_)) => "no",
        Err(Denied::SamePerson) => "same person",
        Err(Denied::SwitchedOff) => "off",
    }
}

/// What somebody reported at a site.
fn others<'a>(site: &'a SiteId, reporter: &'a Pseudonym) -> Subject<'a> {
    let two_person = TwoPerson::default();
    Subject { site, among: &[], draft: false, reporter, referred: false, first: None, two_person }
}

#[test]
fn nothing_of_others_is_in_sight_that_is_out_of_reach() {
    let (here, elsewhere) = (site("kings-cross"), site("paddington"));
    for role in Role::ALL {
        let mut at_home = somebody("somebody", &[]);
        at_home.roles.at.insert(here.clone(), [*role].into());
        for (actor, places) in [(somebody("somebody", &[*role]), vec![&here, &elsewhere]), (at_home, vec![&here])] {
            for place in [&here, &elsewhere] {
                let reporter = Pseudonym("amal".into());
                let subject = others(place, &reporter);
                let reached = match reach(&actor) {
                    Reach::Everywhere => true,
                    Reach::At(sites) => sites.contains(place),
                };
                assert_eq!(sight(&actor, &subject).is_some(), reached, "{role} {place}");
                assert!(!reached || places.contains(&place), "{role} {place}");
            }
        }
    }
}

/// The table a reviewer reads: each cell is somebody else's incident / one's own / one referred to them.
#[test]
fn the_whole_policy_as_a_table() {
    let mut table = String::new();
    let _ = write!(table, "{:<17}", "others/own/referred");
    for role in Role::ALL {
        let _ = write!(table, "| {:<16}", role.as_str());
    }
    for action in Action::ALL {
        let _ = write!(table, "\n{:<19}", action.as_str());
        for role in Role::ALL {
            let actor = somebody("me", &[*role]);
            let cases = [(false, false), (true, false), (false, true)];
            let cells: Vec<&str> = cases
                .iter()
                .map(|(own, referred)| answer(&actor, *action, &Case { own: *own, referred: *referred, first: None }))
                .map(|cell| {
                    if cell == "first of two" {
                        "1st"
                    } else if cell == "same person" {
                        "same"
                    } else {
                        cell
                    }
                })
                .collect();
            let _ = write!(table, "| {:<16}", cells.join(" / "));
        }
    }
    insta::assert_snapshot!(table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
}

#[test]
fn nobody_is_both_sides_of_a_two_person_rule() {
    let everyone: Vec<Role> = Role::ALL.to_vec();
    let me = somebody("me", &everyone);
    for action in [Action::ConfirmMask, Action::ApproveAlert, Action::LiftHold, Action::UnsealReporter, Action::Erase] {
        let same = Case { own: false, referred: true, first: Some("me") };
        assert_eq!(answer(&me, action, &same), "same person", "{}", action.as_str());
        let other = Case { own: false, referred: true, first: Some("noor") };
        assert_eq!(answer(&me, action, &other), "yes", "{}", action.as_str());
    }
    let mine = Case { own: true, referred: false, first: Some("noor") };
    assert_eq!(answer(&me, Action::ApproveAlert, &mine), "same person");
}

#[test]
fn a_shop_with_one_publisher_does_not_publish_unless_it_says_so_openly() {
    let ines = somebody("ines", &[Role::Publisher]);
    let (home, amal, noor) = (site("kings-cross"), Pseudonym("amal".into()), Pseudonym("noor".into()));
    let mut subject =
        Subject { first: Some(&noor), two_person: TwoPerson { on: true, entitled: 1 }, ..others(&home, &amal) };
    assert_eq!(clear(&ines, Action::ApproveAlert, &subject).err(), Some(Denied::SwitchedOff));
    subject.two_person.on = false;
    assert!(clear(&ines, Action::ApproveAlert, &subject).is_ok());
}

#[test]
fn a_shop_turns_off_two_people_for_alerts_and_for_nothing_else() {
    let me = somebody("me", Role::ALL);
    let (home, amal) = (site("kings-cross"), Pseudonym("amal".into()));
    let off = TwoPerson { on: false, entitled: 1 };
    let subject = |first| Subject { first, two_person: off, referred: true, ..others(&home, &amal) };
    assert!(clear(&me, Action::ApproveAlert, &subject(Some(&me.member))).is_ok());
    for action in Action::ALL.iter().filter(|action| pairing(**action) != Pairing::Alone) {
        if *action != Action::ApproveAlert {
            let alone = clear(&me, *action, &subject(Some(&me.member)));
            assert_eq!(alone.err(), Some(Denied::SamePerson), "{}", action.as_str());
        }
    }
    assert!(clear(&me, Action::Erase, &subject(None)).is_ok_and(|cleared| !cleared.completes()));
}

/// Each cell: a mask that a machine found / that a person drew / that was checked.
#[test]
fn who_looks_at_a_photo_of_others_by_who_went_over_its_mask() {
    let (home, amal) = (site("kings-cross"), Pseudonym("amal".into()));
    let looks = |role: Role, mask| clear_to_look(&somebody("me", &[role]), mask, &amal, &others(&home, &amal)).is_ok();
    let table: Vec<(Role, [bool; 3])> = Role::ALL
        .iter()
        .map(|role| (*role, [Mask::Found, Mask::Drawn, Mask::Checked].map(|mask| looks(*role, mask))))
        .filter(|(_, row)| row.contains(&true))
        .collect();
    let expected = [
        (Role::Reviewer, [true, true, true]),
        (Role::Publisher, [false, true, true]),
        (Role::Escalator, [false, false, true]),
    ];
    assert_eq!(table, expected);
}

#[test]
fn a_role_at_one_site_is_nothing_at_another() {
    let mut noor = somebody("noor", &[]);
    noor.roles.at.insert(site("angel"), BTreeSet::from([Role::Reviewer]));
    let case = Case { own: false, referred: false, first: None };
    assert_eq!(answer(&noor, Action::Claim, &case), ".");
    assert_eq!(sites_in_sight(&noor, &[site("kings-cross"), site("angel")]), [site("angel"), SiteId::unknown()]);
}

#[test]
fn somebody_without_a_role_sees_nothing_even_of_their_own() {
    let finn = somebody("finn", &[]);
    for action in Action::ALL {
        let case = Case { own: true, referred: true, first: None };
        let expected = if *action == Action::FlagAlert { "no" } else { "." };
        assert_eq!(answer(&finn, *action, &case), expected, "{}", action.as_str());
    }
}

#[test]
fn shop_wide_actions_take_a_shop_wide_role_and_two_admins() {
    let ada = somebody("ada", &[Role::Admin]);
    assert!(clear_for_shop(&ada, Action::RestoreStop, None).is_ok_and(|cleared| !cleared.completes()));
    assert_eq!(clear_for_shop(&ada, Action::RestoreStop, Some(&ada.member)).err(), Some(Denied::SamePerson));
    let noor = Pseudonym("noor".into());
    assert!(clear_for_shop(&ada, Action::RestoreStop, Some(&noor)).is_ok_and(|cleared| cleared.completes()));
    let linked = Actor { also: vec![noor.clone()], ..ada.clone() };
    let twice = clear_for_shop(&linked, Action::RestoreStop, Some(&noor));
    assert_eq!(twice.err(), Some(Denied::SamePerson), "nor under another account");
    let mut local = somebody("ada", &[]);
    local.roles.at.insert(site("angel"), BTreeSet::from([Role::Admin]));
    assert!(clear_for_shop(&local, Action::PullStop, None).is_err());
}

#[test]
fn sight_follows_the_read_row() {
    let (home, amal) = (site("kings-cross"), Pseudonym("amal".into()));
    let subject = |referred| Subject { referred, ..others(&home, &amal) };
    let seen = |role, referred| sight(&somebody("me", &[role]), &subject(referred));
    assert_eq!(seen(Role::Staff, false), None);
    assert_eq!(seen(Role::Reviewer, false), Some(Sight::Full));
    assert_eq!(seen(Role::Publisher, false), Some(Sight::NoSealed));
    assert_eq!(seen(Role::Liaison, false), None);
    assert_eq!(seen(Role::Liaison, true), Some(Sight::Full));
    assert_eq!(seen(Role::Admin, true), None);
    let own = |role| sight(&somebody("amal", &[role]), &subject(false));
    assert_eq!((own(Role::Liaison), own(Role::Admin)), (Some(Sight::Own), None), "who may withdraw it sees it");
    assert_eq!(seen(Role::Auditor, false), Some(Sight::Metadata));
    assert_eq!(sight(&somebody("amal", &[Role::Staff]), &subject(false)), Some(Sight::Own));
}

#[test]
fn what_is_at_no_site_yet_is_its_reporters_alone_and_then_of_every_site_it_can_be_at() {
    let (unknown, amal) = (SiteId::unknown(), Pseudonym("amal".into()));
    let among = [site("kings-cross"), site("angel")];
    let at = |place: &str, role| {
        let mut actor = somebody("noor", &[]);
        actor.roles.at.insert(site(place), BTreeSet::from([role]));
        actor
    };
    for role in Role::ALL {
        let draft = Subject { among: &among, draft: true, ..others(&unknown, &amal) };
        for actor in [somebody("noor", &[*role]), at("angel", *role)] {
            assert_eq!(sight(&actor, &draft), None, "{role}");
            for action in Action::ALL.iter().filter(|action| **action != Action::FlagAlert) {
                assert_eq!(clear(&actor, *action, &draft).err(), Some(Denied::Hidden), "{role} {}", action.as_str());
            }
        }
        let unsaid = Subject { draft: false, ..draft };
        let known = others(&among[1], &amal);
        assert_eq!(sight(&at("angel", *role), &unsaid), sight(&at("angel", *role), &known), "{role}");
        assert_eq!(sight(&at("paddington", *role), &unsaid), None, "{role}");
    }
    let draft = Subject { among: &among, draft: true, ..others(&unknown, &amal) };
    let mut reporter = at("angel", Role::Staff);
    reporter.member = amal.clone();
    assert_eq!(sight(&reporter, &draft), Some(Sight::Own));
    assert!(clear(&reporter, Action::SaySite, &draft).is_ok());
    assert!(clear(&reporter, Action::Withdraw, &draft).is_ok());
    assert!(clear(&at("angel", Role::Reviewer), Action::SaySite, &Subject { draft: false, ..draft }).is_ok());
}
