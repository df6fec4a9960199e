//! New reports, as many as wait, in one round trip to the database.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::id::{Ids, Reference};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, Value};
use uuid::Uuid;

use super::entity::{delivery, incident, outbox};
use super::kept::BEGIN;
use super::rows::Rows;
use super::tables::{self, DELIVERY, ENTRY, INCIDENT, OUTBOX, Script};

/// How often a taken reference is drawn again; at a million incidents one draw in thirty is taken.
const DRAWS_MAX: usize = 16;
/// The most rows in one statement.
const ROWS_MAX: usize = 128;

/// How many rows this connection has changed so far.
/// <https://www.sqlite.org/lang_corefunc.html#total_changes>
const CHANGES: &str = "SELECT total_changes()";

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opened {
    /// It is an incident of this name, which need not be the one that was drawn first.
    As(Reference),
    /// It had arrived before.
    Before,
}

/// A report that is not written yet.
struct Waiting<'a> {
    rows: &'a Rows,
    incident: &'a incident::Model,
    reference: Reference,
    /// Whether its delivery is noted, or it has none.
    noted: bool,
    became: Option<Opened>,
}

/// The incidents that a go did not add, and of each whether its delivery is noted as its own: then its reference was taken.
/// What was added came with its line of the record and what has to be shown.
#[derive(Default)]
struct Left(HashMap<Uuid, bool>);

/// Writes new reports; whose delivery was noted before is left out, and whose reference is taken gets another one. On
/// SQLite it is what begins the transaction.
pub(super) async fn open(txn: &DatabaseTransaction, ids: &dyn Ids, reports: &[&Rows]) -> Result<Vec<Opened>, DbErr> {
    let mut begins = true;
    let reports: Option<Vec<Waiting>> = reports.iter().map(|rows| Waiting::of(rows)).collect();
    let mut reports = reports.ok_or_else(|| DbErr::Custom("a report without an incident".to_owned()))?;
    for _ in 0..DRAWS_MAX {
        let mut left: Vec<&mut Waiting> = reports.iter_mut().filter(|report| report.became.is_none()).collect();
        if left.is_empty() {
            break;
        }
        let not_added = write(txn, &left, std::mem::take(&mut begins)).await?;
        for report in &mut left {
            report.learn(&not_added, ids);
        }
    }
    let became = reports.into_iter().map(|report| report.became).collect::<Option<_>>();
    became.ok_or_else(|| DbErr::Custom("every drawn reference was taken".to_owned()))
}

impl<'a> Waiting<'a> {
    fn of(rows: &'a Rows) -> Option<Self> {
        let incident = &rows.incidents.first()?.row;
        let reference = incident.reference.parse().ok()?;
        Some(Self { rows, incident, reference, noted: rows.delivery.is_none(), became: None })
    }

    fn learn(&mut self, left: &Left, ids: &dyn Ids) {
        match left.0.get(&self.incident.id) {
            None => self.became = Some(Opened::As(self.reference.clone())),
            Some(true) => {
                self.noted = true;
                self.reference = Reference::from_draw(ids.draw());
            }
            Some(false) => self.became = Some(Opened::Before),
        }
    }

    /// The values of its incident's row, under the reference that was drawn last.
    fn values(&self) -> [Value; 15] {
        tables::incident(self.incident, self.reference.as_str())
    }

    /// Under which key it arrived.
    fn key(&self) -> Value {
        self.rows.delivery.as_ref().map(|delivery| delivery.key.clone()).into()
    }

    /// What is still to be noted of how it arrived.
    fn delivery(&self) -> Option<&delivery::Model> {
        self.rows.delivery.as_ref().filter(|_| !self.noted)
    }
}

async fn write(txn: &DatabaseTransaction, reports: &[&mut Waiting<'_>], mut begins: bool) -> Result<Left, DbErr> {
    if txn.get_database_backend() == DbBackend::Postgres {
        return txn.query_all_raw(one_statement(reports)).await.and_then(Left::read);
    }
    let mut left = Left::default();
    for part in reports.chunks(ROWS_MAX) {
        let (script, rows) = one_script(part, std::mem::take(&mut begins));
        // All rows were added, hence nothing is left; each one that is told of costs as much as one that is written.
        if changes(&txn.query_all_raw(script).await?)? < rows {
            left.0.extend(txn.query_all_raw(not_there(part)).await.and_then(Left::read)?.0);
        }
    }
    Ok(left)
}

/// How many rows a script has changed: the difference of what it counts first and last. The driver adds up what each
/// statement changed, and takes one that changes nothing, as what begins a transaction, for the one before it.
fn changes(counts: &[QueryResult]) -> Result<i64, DbErr> {
    let count = |row: Option<&QueryResult>| row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0));
    Ok(count(counts.last())? - count(counts.first())?)
}

impl Left {
    fn read(rows: Vec<QueryResult>) -> Result<Self, DbErr> {
        let read = |row: QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "noted")?));
        rows.into_iter().map(read).collect::<Result<_, DbErr>>().map(Self)
    }
}

/// Parameters in order: the columns of `delivery`, of `incident`, whether its delivery is noted, then those of `entry`
/// and `outbox`.
static ALL_AT_ONCE: LazyLock<String> = LazyLock::new(|| {
    let noted = 1 + 4 + 15;
    format!(
        "WITH arrived AS ({} {} ON CONFLICT (key) DO NOTHING RETURNING incident), \
         report AS (SELECT * FROM ROWS FROM ({}, UNNEST(${noted}::boolean[])) AS report ({}, noted)), \
         added AS ({} SELECT {} FROM report WHERE noted OR id IN (SELECT incident FROM arrived) \
         ON CONFLICT (reference) DO NOTHING RETURNING id), \
         entries AS ({} {} WHERE incident IN (SELECT id FROM added)), \
         tasks AS ({} {} WHERE incident IN (SELECT id FROM added)) \
         SELECT id, noted OR id IN (SELECT incident FROM arrived) AS noted FROM report \
         WHERE id NOT IN (SELECT id FROM added)",
        DELIVERY.insert(),
        DELIVERY.rows_of_arrays(1),
        INCIDENT.arrays(1 + 4),
        INCIDENT.names(),
        INCIDENT.insert(),
        INCIDENT.names().replace("wake_at", "NULLIF(wake_at, 'epoch')"),
        ENTRY.insert(),
        ENTRY.rows_of_arrays(noted + 1),
        OUTBOX.insert(),
        OUTBOX.rows_of_arrays(noted + 1 + 11),
    )
});

fn one_statement(reports: &[&mut Waiting<'_>]) -> Statement {
    // In one order everywhere, so that two replicas never wait for each other.
    let mut deliveries: Vec<&delivery::Model> = reports.iter().filter_map(|report| report.delivery()).collect();
    deliveries.sort_by(|a, b| a.key.cmp(&b.key));
    let mut values = DELIVERY.columns(deliveries.into_iter().map(tables::delivery));
    values.extend(INCIDENT.columns(reports.iter().map(|report| report.values())));
    values.push(reports.iter().map(|report| report.noted).collect::<Vec<bool>>().into());
    values.extend(ENTRY.columns(reports.iter().flat_map(|report| &report.rows.entries).map(tables::entry)));
    values.extend(OUTBOX.columns(reports.iter().flat_map(|report| &report.rows.outbox).map(tables::outbox)));
    Statement::from_sql_and_values(DbBackend::Postgres, ALL_AT_ONCE.as_str(), values)
}

/// On SQLite the same as a script, and how many rows it adds: statements that are sent apart each wake the connection's
/// thread and ours. A report goes if its delivery is noted as its own, and so does what belongs to an incident that is there.
fn one_script(reports: &[&mut Waiting<'_>], begins: bool) -> (Statement, i64) {
    let with_key = |report: &&mut Waiting| report.values().into_iter().chain([report.key()]);
    let mut script = Script::default();
    if begins {
        script.say(BEGIN);
    }
    script.say(CHANGES);
    script.add(
        &DELIVERY,
        reports.iter().filter_map(|report| report.delivery()).map(tables::delivery),
        "TRUE ON CONFLICT (key) DO NOTHING",
    );
    script.add(
        &INCIDENT,
        reports.iter().map(with_key),
        "(column16 IS NULL OR EXISTS (SELECT 1 FROM delivery WHERE key = column16 AND incident = column1)) \
         ON CONFLICT (reference) DO NOTHING",
    );
    script.add(
        &ENTRY,
        reports.iter().flat_map(|report| &report.rows.entries).map(tables::entry),
        "EXISTS (SELECT 1 FROM incident WHERE id = column1)",
    );
    // A report may have to be shown in many places.
    let tasks: Vec<&outbox::Model> = reports.iter().flat_map(|report| &report.rows.outbox).collect();
    for part in tasks.chunks(ROWS_MAX) {
        let there = "EXISTS (SELECT 1 FROM incident WHERE id = column4)";
        script.add(&OUTBOX, part.iter().copied().map(tables::outbox), there);
    }
    script.say(CHANGES);
    script.statement()
}

/// On SQLite: which of them the script did not add.
fn not_there(reports: &[&mut Waiting<'_>]) -> Statement {
    let rows = vec!["(?, ?)"; reports.len()].join(", ");
    let query = format!(
        "SELECT column1 AS id, column2 IS NULL OR EXISTS \
         (SELECT 1 FROM delivery WHERE key = column2 AND incident = column1) AS noted \
         FROM (VALUES {rows}) WHERE NOT EXISTS (SELECT 1 FROM incident WHERE id = column1)"
    );
    let values = reports.iter().flat_map(|report| [report.incident.id.into(), report.key()]);
    Statement::from_sql_and_values(DbBackend::Sqlite, query, values)
}

/// Parts of few different lengths, so that the database keeps the statements prepared: 128, 64, … 1 rows.
pub(super) fn chunks<T>(rows: &[T]) -> Vec<&[T]> {
    let mut chunks = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let size = std::cmp::min(1 << rest.len().ilog2(), ROWS_MAX);
        let (chunk, tail) = rest.split_at(size);
        chunks.push(chunk);
        rest = tail;
    }
    chunks
}
