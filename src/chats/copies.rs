//! What the copies of an incident have in common wherever they stand: their order, their patience, their reader.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::TimeDelta;
use domain::actor::{Actor, Roles};
use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::incident::Incident;
use domain::place::Place;
use domain::report::Address;
use domain::words::{NotTaken, Platform, Role, State};

use crate::app::App;
use crate::chat::card::{self, Card, Reader, draw};
use crate::chat::voice::Voice;
use crate::failure::Failure;
use crate::operations::{likeness, photo};
use crate::rules::{Rules, Site};
use crate::store::outbox::{Leased, Settled};
use crate::texts::keys;

/// How many incidents are shown at the same time.
pub const AT_ONCE: usize = 8;
/// After this nothing new is begun in a batch: with a look and a call still to come it ends within its lease.
pub const BATCH: Duration = Duration::from_secs(5);
/// How long a task waits whose chat, or whose incident, could not be asked for.
pub const UNREACHED: TimeDelta = TimeDelta::seconds(3);
/// How long a task waits that fails for a reason of ours, which time alone seldom mends.
const BROKEN: TimeDelta = TimeDelta::minutes(10);
/// How long what depends on another copy waits for it.
pub const AFTER_THE_OTHER: TimeDelta = TimeDelta::milliseconds(500);
/// How long a post settles before its absence means anything (PROMISES.md, design rule 5).
pub const SETTLE: TimeDelta = TimeDelta::seconds(60);
/// Between the two looks that have to find nothing.
const BETWEEN_LOOKS: TimeDelta = TimeDelta::seconds(5);
/// Looks that count: one at once, which can only find it, then two after it has settled.
pub const LOOKS: u32 = 2;
/// After a failed attempt of ours, 1, 2, 4 … seconds, and no more than this.
const AGAIN_MAX: TimeDelta = TimeDelta::minutes(5);

/// A batch by incident; what concerns one incident is shown in the order of its tasks.
pub fn by_incident(tasks: Vec<Leased>) -> impl Iterator<Item = Vec<Leased>> {
    let mut by_incident: BTreeMap<IncidentId, Vec<Leased>> = BTreeMap::new();
    for task in tasks {
        by_incident.entry(task.incident).or_default().push(task);
    }
    by_incident.into_values()
}

/// It is not there. Only two such looks after it has settled mean that it never will be: then it is posted like new.
pub fn look_again(now: Moment, looks: u32) -> Settled {
    match looks {
        0 => Settled::Doubt { at: now + SETTLE, looks: 1 },
        looks if looks < LOOKS => Settled::Doubt { at: now + BETWEEN_LOOKS, looks: looks + 1 },
        _ => Settled::Held { at: now },
    }
}

/// What may have arrived of an incident that is erased since: once it has settled, it is taken away with the rest.
pub fn left_over(now: Moment, looks: u32) -> Settled {
    if looks < LOOKS { look_again(now, looks) } else { Settled::Dropped }
}

/// Not now. What is in doubt stays in doubt, however often it could not be looked for.
pub fn not_now(at: Moment, doubt: Option<u32>) -> Settled {
    doubt.map_or(Settled::Held { at }, |looks| Settled::Doubt { at, looks })
}

/// What could not be shown because something of ours failed, in doubt or not; what is broken is said, each time.
pub fn unshown(app: &App, doubt: Option<u32>, failure: &Failure) -> Settled {
    let wait = match failure {
        Failure::Broken(why) => {
            metrics::counter!("shopwatch_failures_total", "kind" => "broken").increment(1);
            tracing::error!(target: "shopwatch::chats", error = %why, "a copy cannot be drawn; it is tried again in ten minutes");
            BROKEN
        }
        Failure::Refused(_) | Failure::Conflict | Failure::Unavailable(_) => UNREACHED,
    };
    not_now(app.desk.now() + wait, doubt)
}

/// After how many looks a task is in doubt, if it is.
pub fn doubt_of(task: &Leased) -> Option<u32> {
    task.in_doubt.then_some(task.looks)
}

/// When something of ours that failed is tried again.
pub fn again(attempts: u32) -> TimeDelta {
    let seconds = 1_i64.checked_shl(attempts.saturating_sub(1).min(16)).unwrap_or(i64::MAX);
    TimeDelta::try_seconds(seconds).unwrap_or(AGAIN_MAX).min(AGAIN_MAX)
}

/// Whether an incident stands in a channel, and not only in those of other sites: where it was at became known later.
pub fn stands(incident: &Incident, place: &Place, rules: &Rules) -> bool {
    let shows = |site: &Site| site.triage.contains(place);
    let is_at = |site: &Site| site.id == incident.site || incident.possible_sites().contains(&site.id);
    let mut there = rules.sites.iter().filter(|site| shows(site)).peekable();
    there.peek().is_none() || there.any(is_at)
}

/// What those hear who are called when nobody looks at an incident in time; nothing once somebody has. What may stand there
/// already is looked for all the same, so that it can be taken away one day.
pub fn for_next_level(app: &App, task: &Leased, incident: &Incident) -> Option<Vec<String>> {
    let (rules, now) = (app.desk.rules(), app.desk.now());
    let voice = app.voice(&rules, None).lasting();
    let card = draw(incident, Reader::Channel, &voice, &rules, now)?;
    if incident.status.state() == State::New {
        return Some(vec![card.summary, voice.say(&keys::next_level((now - incident.since).num_minutes()))]);
    }
    (task.in_doubt || task.remote_id.is_some()).then(|| vec![card.summary])
}

/// The card that a channel sees; none if none is to stand there.
pub async fn for_channel(
    app: &App,
    task: &Leased,
    incident: &Incident,
    place: &Place,
) -> Result<Option<Card>, Failure> {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, None).lasting();
    if !stands(incident, place, &rules) {
        // What was never posted there is not posted any more.
        let is_there = task.remote_id.is_some() || task.in_doubt;
        return Ok(is_there.then(|| card::moved(incident, &voice)));
    }
    let Some(mut card) = draw(incident, Reader::Channel, &voice, &rules, app.desk.now()) else { return Ok(None) };
    card.remarks.extend(alike(&likeness::beside(&app.desk, incident, place).await?, &voice));
    Ok(Some(card))
}

/// The same card without what has to be looked up for it, for a place where one stands.
pub fn standing(app: &App, incident: &Incident, place: &Place) -> Option<Card> {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, None).lasting();
    if !stands(incident, place, &rules) {
        return Some(card::moved(incident, &voice));
    }
    draw(incident, Reader::Channel, &voice, &rules, app.desk.now())
}

/// What a card says of incidents with photos that look like its own.
pub fn alike(others: &[Reference], voice: &Voice<'_>) -> Option<String> {
    let named = others.iter().map(Reference::as_str).collect::<Vec<_>>().join(", ");
    (!others.is_empty()).then(|| format!("{} {named}", voice.say(&keys::photo_alike())))
}

/// Other incidents that whoever reported this one sees, with a photo that looks like one of theirs.
pub async fn alike_for_reporter(app: &App, incident: &Incident) -> Result<Vec<Reference>, Failure> {
    if incident.album.is_empty() {
        return Ok(Vec::new());
    }
    let reporter = reporter(incident);
    let photos = photo::in_sight(&app.desk, &reporter, incident).await?;
    likeness::alike(&app.desk, &reporter, incident, &photos).await
}

/// Whoever reported it: as staff, whatever else they may be.
fn reporter(incident: &Incident) -> Actor {
    Actor {
        account: incident.reporter.account.clone(),
        member: incident.reporter.member.clone(),
        also: Vec::new(),
        name: String::new(),
        roles: Roles { everywhere: BTreeSet::from([Role::Staff]), ..Roles::default() },
    }
}

/// What the reporter sees of their incident, in their language.
pub fn for_reporter<M>(app: &App, incident: &Incident, say: impl FnOnce(&Card, &Voice<'_>) -> M) -> Option<M> {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, Some(&incident.reporter.locale)).lasting();
    let actor = reporter(incident);
    let card = draw(incident, Reader::Person(&actor), &voice, &rules, app.desk.now())?;
    Some(say(&card, &voice))
}

/// The account of whoever sent this photo for somebody else's report, and what they are told if it could not be taken.
pub fn for_sender(
    app: &App,
    incident: &Incident,
    (platform, id): (Platform, &str),
    why: NotTaken,
) -> Option<(String, Vec<String>)> {
    let Address { account, locale } = incident.photos.iter().find(|sent| sent.is(platform, id))?.tells.as_ref()?;
    let rules = app.desk.rules();
    let voice = app.voice(&rules, Some(locale)).lasting();
    let not_taken = keys::photo_not_taken(incident.reference.as_str(), voice.word("not_taken", why.as_str()));
    let mut lines = vec![voice.say(&not_taken)];
    if !matches!(why, NotTaken::TooMany | NotTaken::NoAccess | NotTaken::Known) {
        lines.push(voice.say(&keys::photo_send_again()));
    }
    Some((account.id.clone(), lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment::UNIX_EPOCH;

    #[test]
    fn what_is_in_doubt_stays_in_doubt_until_two_looks_found_nothing() {
        assert_eq!(not_now(NOON, None), Settled::Held { at: NOON });
        assert_eq!(not_now(NOON, Some(2)), Settled::Doubt { at: NOON, looks: 2 });
        assert_eq!(look_again(NOON, 0), Settled::Doubt { at: NOON + SETTLE, looks: 1 });
        assert_eq!(look_again(NOON, 1), Settled::Doubt { at: NOON + BETWEEN_LOOKS, looks: 2 });
        assert_eq!(look_again(NOON, LOOKS), Settled::Held { at: NOON });
        assert_eq!(left_over(NOON, 1), look_again(NOON, 1));
        assert_eq!(left_over(NOON, LOOKS), Settled::Dropped);
    }

    #[test]
    fn what_fails_is_tried_again_later_and_later() {
        assert_eq!([1, 2, 3].map(again), [1, 2, 4].map(TimeDelta::seconds));
        assert_eq!([10, 64, u32::MAX].map(again), [AGAIN_MAX; 3]);
    }
}
