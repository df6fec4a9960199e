//! How fast chats are spoken to, counted for every process of a database and over restarts. A row has the moment at which a
//! budget is full again, and until when its chat asked for a pause. What is taken is taken by one statement, so that of
//! many who ask at the same moment no more are let through than may.

use domain::clock::Moment;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

use super::{Store, unavailable};
use crate::failure::Failure;

/// What is asked of one budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// As [`Store::budget_name`] has it.
    pub name: String,
    /// When it is full again if nothing was taken before; now if it costs nothing and is held back by pauses alone.
    pub full_at: Moment,
    /// It gives nothing while it is full later than this …
    pub latest: Moment,
    /// … and earlier than this: what is farther ahead is from before the clock was set back.
    pub far: Moment,
}

/// What the row of a budget says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    pub name: String,
    pub full_at: Moment,
    pub held_until: Moment,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub granted: bool,
    /// The budgets as they are now.
    pub budgets: Vec<Budget>,
}

/// Numbers the values of a statement while it is written.
#[derive(Default)]
struct Values(Vec<Value>);

impl Values {
    fn put(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }

    fn moment(&mut self, at: Moment) -> String {
        self.put(at.timestamp_micros())
    }
}

impl Store {
    /// What the row of a budget is called: nothing personal is in it.
    pub fn budget_name(&self, name: &str) -> String {
        self.keys.content(&[b"budget", name.as_bytes()]).to_string()
    }

    /// Takes one from every budget, or from none. A pause that ends after `believed` is none.
    pub async fn take_budgets(&self, asks: &[Ask], now: Moment, believed: Moment) -> Result<Taken, Failure> {
        let costly: Vec<&Ask> = asks.iter().filter(|ask| ask.full_at > now).collect();
        let mut values = Values::default();
        let text = taking(&costly, asks, now, believed, &mut values);
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), text, values.0);
        let taken = self.db.query_all_raw(statement).await.map_err(|why| unavailable(&why))?;
        // Two who ask at the same moment may each get a part: then nothing was asked of the chat, and a part is wasted.
        if taken.len() == costly.len() {
            return Ok(Taken { granted: true, budgets: read(&taken)? });
        }
        let mut values = Values::default();
        let names = names(asks, &mut values);
        let text = format!("SELECT name, full_at, held_until FROM budget WHERE name IN ({names})");
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), text, values.0);
        let rows = self.db.query_all_raw(statement).await.map_err(|why| unavailable(&why))?;
        Ok(Taken { granted: false, budgets: read(&rows)? })
    }

    /// The chat asked for a pause; the longest one counts, unless it ends after `believed`.
    pub async fn hold_budget(&self, name: &str, until: Moment, believed: Moment) -> Result<(), Failure> {
        let mut values = Values::default();
        let (name, until, believed) = (values.put(name), values.moment(until), values.moment(believed));
        let text = format!(
            "INSERT INTO budget (name, full_at, held_until) VALUES ({name}, 0, {until}) ON CONFLICT (name) DO UPDATE \
             SET held_until = excluded.held_until \
             WHERE budget.held_until < excluded.held_until OR budget.held_until > {believed}"
        );
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), text, values.0);
        self.db.execute_raw(statement).await.map_err(|why| unavailable(&why)).map(drop)
    }

    /// The budgets for which a pause lasts.
    pub async fn held_budgets(&self, now: Moment) -> Result<Vec<Budget>, Failure> {
        let mut values = Values::default();
        let now = values.moment(now);
        let text = format!("SELECT name, full_at, held_until FROM budget WHERE held_until > {now}");
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), text, values.0);
        read(&self.db.query_all_raw(statement).await.map_err(|why| unavailable(&why))?)
    }

    /// Forgets budgets that are full and not held back. How many.
    pub async fn forget_budgets(&self, now: Moment) -> Result<u64, Failure> {
        let mut values = Values::default();
        let now = values.moment(now);
        let text = format!("DELETE FROM budget WHERE full_at < {now} AND held_until < {now}");
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), text, values.0);
        Ok(self.db.execute_raw(statement).await.map_err(|why| unavailable(&why))?.rows_affected())
    }
}

/// The one statement. The rows are written in the order of their names, so that no two wait for each other.
fn taking(costly: &[&Ask], all: &[Ask], now: Moment, believed: Moment, values: &mut Values) -> String {
    let mut costly = costly.to_vec();
    costly.sort_by(|one, other| one.name.cmp(&other.name));
    let (now, believed) = (values.moment(now), values.moment(believed));
    let (mut rows, mut empty, mut far) = (Vec::new(), Vec::new(), Vec::new());
    for ask in costly {
        let (name, full_at) = (values.put(ask.name.as_str()), values.moment(ask.full_at));
        let (latest, beyond) = (values.moment(ask.latest), values.moment(ask.far));
        rows.push(format!("({name}, {full_at})"));
        empty.push(format!("(budget.name = {name} AND budget.full_at > {latest} AND budget.full_at < {beyond})"));
        far.push(format!("(budget.name = {name} AND budget.full_at >= {beyond})"));
    }
    let (rows, empty, far, names) = (rows.join(", "), empty.join(" OR "), far.join(" OR "), names(all, values));
    let held = format!("(budget.name IN ({names}) AND budget.held_until > {now} AND budget.held_until <= {believed})");
    format!(
        "INSERT INTO budget (name, full_at, held_until) SELECT asked.column1, asked.column2, 0 \
         FROM (VALUES {rows}) AS asked WHERE NOT EXISTS (SELECT 1 FROM budget WHERE {empty} OR {held}) \
         ON CONFLICT (name) DO UPDATE SET full_at = excluded.full_at + \
         CASE WHEN budget.full_at > {now} AND NOT ({far}) THEN budget.full_at - {now} ELSE 0 END \
         WHERE NOT ({empty} OR {held}) RETURNING name, full_at, held_until"
    )
}

fn names(asks: &[Ask], values: &mut Values) -> String {
    asks.iter().map(|ask| values.put(ask.name.as_str())).collect::<Vec<_>>().join(", ")
}

fn read(rows: &[QueryResult]) -> Result<Vec<Budget>, Failure> {
    let budget = |row: &QueryResult| -> Result<Budget, DbErr> {
        let moment = |name: &str| -> Result<Moment, DbErr> {
            Ok(Moment::from_timestamp_micros(row.try_get("", name)?).unwrap_or_default())
        };
        Ok(Budget { name: row.try_get("", "name")?, full_at: moment("full_at")?, held_until: moment("held_until")? })
    };
    rows.iter().map(budget).collect::<Result<_, _>>().map_err(|why| unavailable(&why))
}
