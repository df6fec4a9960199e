//! What waits for a first look and hurries nobody, once a day and site: when it is due, and what has to be shown for it.

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use domain::clock::Moment;

use super::Desk;
use crate::failure::Failure;
use crate::store::outbox::Task;

/// The longest gap that a clock has left when it was set forward, in quarters of an hour: an hour nearly everywhere, and
/// three where a zone was changed. <https://data.iana.org/time-zones/tz-link.html>
const GAP_MAX: i32 = 12;

/// When a day's digest is due: at that time by the shop's clocks. A time that they skip is the first one after it, and of
/// one that they show twice it is the first.
pub fn due_on(day: NaiveDate, at: NaiveTime, zone: Tz) -> Moment {
    let wanted = day.and_time(at);
    let shown = (0..=GAP_MAX)
        .find_map(|quarters| zone.from_local_datetime(&(wanted + TimeDelta::minutes(15) * quarters)).earliest());
    shown.map_or_else(|| wanted.and_utc(), |shown| shown.to_utc())
}

/// The last day whose digest is due by now, and since when.
pub fn last_due(at: NaiveTime, zone: Tz, now: Moment) -> (NaiveDate, Moment) {
    let today = now.with_timezone(&zone).date_naive();
    let due = due_on(today, at, zone);
    if due <= now {
        return (today, due);
    }
    let yesterday = today.pred_opt().unwrap_or(today);
    (yesterday, due_on(yesterday, at, zone))
}

/// Has a day's digests be shown, at every site where something waits that was there when they were due; with them go those
/// of earlier days. Done twice, it changes nothing more.
pub async fn put(desk: &Desk, day: NaiveDate, due: Moment) -> Result<usize, Failure> {
    let rules = desk.rules();
    let mut tasks = Vec::new();
    for site in rules.sites.iter().filter(|_| rules.shop.digest_at.is_some()) {
        let (_, all) = desk.store.unlooked_at(&site.id, due, 0).await?;
        if all > 0 {
            // The console's own page has the same list at any time.
            let places = site.triage.iter().filter(|place| place.platform.keeps_copies());
            let places = places.filter(|place| desk.platforms.contains(&place.platform));
            tasks.extend(places.map(|place| Task::digest(&site.id, day, place)));
        }
    }
    desk.store.put_digests(&tasks, day, desk.now()).await?;
    Ok(tasks.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    const LONDON: Tz = Tz::Europe__London;

    #[test]
    fn it_is_due_at_the_shops_own_time_in_summer_and_in_winter() {
        let (day, due) = last_due(time(8, 0), LONDON, at("2026-07-01T07:00:00Z"));
        assert_eq!((day.to_string(), due), ("2026-07-01".to_owned(), at("2026-07-01T07:00:00Z")));
        let (day, due) = last_due(time(8, 0), LONDON, at("2026-12-01T07:59:59Z"));
        assert_eq!((day.to_string(), due), ("2026-11-30".to_owned(), at("2026-11-30T08:00:00Z")));
    }

    #[test]
    fn a_time_that_the_clocks_skip_or_show_twice_is_due_once() {
        // London's clocks go from 01:00 to 02:00 on 29 March 2026, and from 02:00 back to 01:00 on 25 October.
        let on = |day: &str| due_on(day.parse().unwrap(), time(1, 30), LONDON);
        assert_eq!(on("2026-03-29"), at("2026-03-29T01:00:00Z"), "02:00, the first time after the gap");
        assert_eq!(on("2026-10-25"), at("2026-10-25T00:30:00Z"), "the first of the two");
        let (day, _) = last_due(time(1, 30), LONDON, at("2026-10-25T01:45:00Z"));
        assert_eq!(day.to_string(), "2026-10-25", "the second one is the same day's");
    }

    proptest! {
        /// Whatever the time, the zone and the moment, each day has one due time, later than the day before's, and the last
        /// one is never more than a day and a gap ago.
        #[test]
        fn each_day_has_one_due_time(days in 0i64..20_000, minute in 0u32..1_440, ahead in 0i64..86_400, zone in 0usize..600) {
            let zones = chrono_tz::TZ_VARIANTS;
            let (zone, at) = (zones[zone % zones.len()], time(minute / 60, minute % 60));
            let now = Moment::UNIX_EPOCH + TimeDelta::days(days) + TimeDelta::seconds(ahead);
            let (day, due) = last_due(at, zone, now);
            prop_assert!(due <= now);
            let next = due_on(day.succ_opt().unwrap(), at, zone);
            prop_assert!(next > now || next <= due, "{day} {at} {zone}: {due} {next} {now}");
        }
    }
}
