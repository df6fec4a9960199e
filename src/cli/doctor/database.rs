//! The database, the keys that it was sealed with, and the clock that its record was written by.

use chrono::TimeDelta;
use domain::clock::Moment;

use super::line::Line;
use crate::failure::Failure;
use crate::keys::files::{self, KeyFiles};
use crate::keys::{KeyProblem, Keys};
use crate::settings::{Secret, Settings};
use crate::store::Store;
use crate::store::connect::{Location, Unfit};
use crate::store::examine::{self, Seen};

/// How far clocks may be from one another before that is said: as with a bucket's.
const SKEW_MAX: TimeDelta = TimeDelta::minutes(1);
/// The cron table has something every hour: where nothing began for longer, no server runs.
const QUIET: TimeDelta = TimeDelta::minutes(70);

/// What was found.
#[derive(Default)]
pub struct Kept {
    pub lines: Vec<Line>,
    /// For reading, if it opens with these keys.
    pub store: Option<Store>,
    /// Whether a server, here or elsewhere, has used this Postgres within the last hour.
    pub serves_elsewhere: bool,
}

/// Looks at keys, database and clock.
pub async fn look(settings: &Settings, now: Moment) -> Kept {
    let mut kept = Kept::default();
    let seen = match examine::see(&settings.database).await {
        Ok(seen) => seen,
        Err(unfit) => {
            kept.lines.extend(master(settings, None).1);
            kept.lines.push(refused(&unfit));
            return kept;
        }
    };
    let (keys, lines) = master(settings, Some(seen.is_some()));
    kept.lines.extend(lines);
    let Some(seen) = seen else {
        kept.lines.push(Line::note("database.opens", "there is no database yet: the first start makes it"));
        kept.lines.push(Line::ok("clock.record", clock_says(now)));
        return kept;
    };
    kept.lines.extend(of_schema(settings, &seen));
    if inside(settings, &seen, keys.as_ref(), now, &mut kept).await.is_err() {
        kept.lines.push(Line::problem("database.answers", "the database stopped answering").so("try again"));
    }
    kept
}

fn clock_says(now: Moment) -> String {
    format!("this computer's clock says {}", now.format("%Y-%m-%d %H:%M UTC"))
}

fn refused(unfit: &Unfit) -> Line {
    let id = match unfit {
        Unfit::Careless { .. } => "database.durability",
        Unfit::Newer { .. } => "database.schema",
        Unfit::OtherKeys => "keys.fit",
        Unfit::Unreachable { .. } | Unfit::File(_) => "database.opens",
    };
    Line::told(id, &unfit.to_string())
}

fn of_schema(settings: &Settings, seen: &Seen) -> [Line; 3] {
    let name = match &settings.database {
        Location::Sqlite(path) => format!("SQLite, {}", path.display()),
        Location::Postgres(_) => "Postgres".to_owned(),
    };
    let schema = if seen.behind == 0 {
        Line::ok("database.schema", "its schema is this version's")
    } else {
        Line::note("database.schema", format!("its schema is {} step(s) older than this version", seen.behind))
            .because("the next start brings it up to date; earlier versions do not open it any more then")
            .so("back the database up, then: shopwatch migrate")
    };
    [
        Line::ok("database.opens", format!("the database answers ({name})")),
        Line::ok("database.durability", "it keeps what it acknowledges through a power cut"),
        schema,
    ]
}

/// What only what is in it can tell.
async fn inside(
    settings: &Settings,
    seen: &Seen,
    keys: Option<&Keys>,
    now: Moment,
    kept: &mut Kept,
) -> Result<(), Failure> {
    if let Some(keys) = keys {
        kept.store = seen.opens_with(keys).await?;
        kept.lines.push(match &kept.store {
            Some(_) => Line::ok("keys.fit", "the database was sealed with this master key"),
            None => refused(&Unfit::OtherKeys),
        });
    }
    kept.lines.push(of_clock(seen.last_line().await?, now));
    if let Some(ahead) = seen.time().await?.map(|theirs| theirs - now).filter(|ahead| ahead.abs() > SKEW_MAX) {
        let what = format!("the database's clock and this computer's are {} s apart", ahead.num_seconds().abs());
        kept.lines.push(Line::note("clock.database", what).so("set both by NTP"));
    }
    let shared = matches!(settings.database, Location::Postgres(_));
    kept.serves_elsewhere = shared && seen.last_job().await?.is_some_and(|at| now - at < QUIET);
    Ok(())
}

/// Nothing was written in the future.
fn of_clock(last: Option<Moment>, now: Moment) -> Line {
    match last.map(|last| last - now).filter(|ahead| *ahead > SKEW_MAX) {
        Some(ahead) => {
            let what =
                format!("{}, and the record was last written {} minute(s) later", clock_says(now), ahead.num_minutes());
            Line::problem("clock.record", what)
                .because("deadlines and the ends of what is kept go by this clock")
                .so("set this computer's clock by NTP; if it is right, it was wrong before")
        }
        None => Line::ok("clock.record", clock_says(now)),
    }
}

/// The master key, and how it lies there; `sealed` says whether there is something that only it opens, where that is known.
fn master(settings: &Settings, sealed: Option<bool>) -> (Option<Keys>, Vec<Line>) {
    const ID: &str = "keys.master";
    if let Some(key) = &settings.master_key {
        let keys = files::given(key.reveal(), settings.old_master_key.as_ref().map(Secret::reveal));
        return told(keys, "EVIDENCE_MASTER_KEY", usize::from(settings.old_master_key.is_some()));
    }
    let files = KeyFiles::below(&settings.data);
    match files.has_master() {
        Err(why) => (None, vec![Line::told(ID, &why.to_string())]),
        Ok(false) if sealed == Some(true) => {
            let path = settings.data.join("keys/master.key");
            let line = Line::problem(ID, format!("there is no master key: {} is missing", path.display()))
                .because("nothing in the database can be read without the one that it was sealed with")
                .so("restore it from your backup, or set EVIDENCE_MASTER_KEY to the right one");
            (None, vec![line])
        }
        Ok(false) if sealed.is_none() => {
            let line = Line::note(ID, "there is no master key here, and what the database holds is not known");
            (None, vec![line.so("if there were reports before, restore keys/master.key from your backup")])
        }
        Ok(false) => (None, vec![Line::note(ID, "there is no master key yet: the first start makes it")]),
        Ok(true) => told(files.open(), "keys/master.key", files.count_old().unwrap_or_default()),
    }
}

fn told(keys: Result<Keys, KeyProblem>, whence: &str, older: usize) -> (Option<Keys>, Vec<Line>) {
    let keys = match keys {
        Ok(keys) => keys,
        Err(why) => return (None, vec![Line::told("keys.master", &why.to_string())]),
    };
    let mut lines =
        vec![Line::ok("keys.master", format!("the master key {} can be read ({whence}): back it up", keys.id()))];
    if older > 0 {
        lines.push(
            Line::note("keys.older", "an older master key is still there")
                .because("whoever has it and an old backup can read what was reported then")
                .so("once every server runs with the new key: shopwatch key rotate --finish"),
        );
    }
    (Some(keys), lines)
}

#[cfg(test)]
mod tests {
    use super::super::line::State;
    use super::*;

    #[test]
    fn a_record_from_the_future_means_that_a_clock_is_wrong() {
        let now: Moment = "2026-11-22T14:05:00Z".parse().unwrap();
        let state = |last: Option<TimeDelta>| of_clock(last.map(|ahead| now + ahead), now).state;
        assert_eq!(state(None), State::Ok);
        assert_eq!(state(Some(-TimeDelta::days(400))), State::Ok, "a shop may have been quiet");
        assert_eq!([state(Some(SKEW_MAX)), state(Some(TimeDelta::hours(2)))], [State::Ok, State::Problem]);
    }
}
