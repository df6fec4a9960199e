//! A digest in words, wherever it is shown: references and how long they wait; nothing of what people wrote.

use chrono::{NaiveDate, TimeDelta};
use domain::clock::Moment;
use domain::incident::Incident;
use domain::place::SiteId;

use crate::app::App;
use crate::chat::voice::Voice;
use crate::failure::Failure;
use crate::operations::digest::due_on;
use crate::store::outbox::Leased;
use crate::texts::keys;

/// So many are listed, the oldest: with about 100 characters each they fit into one message of Discord's, which has 2,000.
/// <https://discord.com/developers/docs/resources/message#create-message>
const LISTED_MAX: u64 = 15;
/// A day begins earlier by so much at most where clocks are farthest ahead of UTC, and a digest is never due before it.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(14);
/// The version of a digest while its day lasts.
const FIRST: u32 = 1;

/// What a digest says now; none if there is nothing to say.
pub async fn lines(app: &App, task: &Leased, site: &SiteId, day: NaiveDate) -> Result<Option<Vec<String>>, Failure> {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, None);
    // What stands there, or may, says that its day is over; what was never posted is not posted any more.
    let over = || {
        let stands = task.remote_id.is_some() || task.in_doubt;
        Ok(stands.then(|| vec![voice.say(&keys::digest_over(day.to_string()))]))
    };
    let (Some(site), Some(at), FIRST) = (rules.site(site), rules.shop.digest_at, task.version) else { return over() };
    let due = due_on(day, at, rules.shop.timezone);
    let (waiting, all) = app.desk.store.unlooked_at(&site.id, due, LISTED_MAX).await?;
    if all == 0 {
        return over();
    }
    let mut lines = vec![voice.say(&keys::digest_head(site.name.as_str(), voice.exact(due), all))];
    lines.extend(waiting.iter().map(|incident| line(incident, &voice, due)));
    let more = all - u64::try_from(waiting.len()).unwrap_or(all);
    lines.extend((more > 0).then(|| voice.say(&keys::digest_more(more))));
    lines.push(voice.say(&keys::digest_next()));
    Ok(Some(lines))
}

fn line(incident: &Incident, voice: &Voice<'_>, due: Moment) -> String {
    let zone = incident.facts.zone.map(|zone| voice.word("zone", zone.as_str()));
    let known = [
        incident.reference.to_string(),
        voice.word("category", incident.category.as_str()),
        voice.ago(incident.reported_at, due),
    ];
    known.into_iter().chain(zone).collect::<Vec<_>>().join(" · ")
}

/// A day's digest cannot have been posted before.
pub fn not_before(day: NaiveDate) -> Moment {
    day.and_time(chrono::NaiveTime::MIN).and_utc() - AHEAD_MAX
}
