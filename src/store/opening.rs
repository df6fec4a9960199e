//! New reports, as many as wait, in one round trip to the database.

use std::collections::HashSet;
use std::sync::LazyLock;

use domain::id::{Ids, Reference};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement};
use uuid::Uuid;

use super::entity::{delivery, incident};
use super::rows::Rows;
use super::tables::{self, DELIVERY, ENTRY, INCIDENT, OUTBOX, Script};

/// How often a taken reference is drawn again; at a million incidents one draw in thirty is taken.
const DRAWS_MAX: usize = 16;
/// The most rows in one statement.
const ROWS_MAX: usize = 128;

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
    incident: incident::Model,
    reference: Reference,
    /// Whether its delivery is noted, or it has none.
    noted: bool,
    became: Option<Opened>,
}

/// What one go has written.
#[derive(Default)]
struct Written {
    /// Incidents whose delivery was the first of its key.
    arrived: HashSet<Uuid>,
    /// Incidents that were added, with their line of the record and what has to be shown; the rest found their
    /// reference taken.
    added: HashSet<Uuid>,
}

/// Writes new reports; whose delivery was noted before is left out, and whose reference is taken gets another one.
pub(super) async fn open(txn: &DatabaseTransaction, ids: &dyn Ids, reports: &[&Rows]) -> Result<Vec<Opened>, DbErr> {
    let mut reports: Vec<Waiting> = reports.iter().filter_map(|rows| Waiting::of(rows)).collect();
    for _ in 0..DRAWS_MAX {
        let mut left: Vec<&mut Waiting> = reports.iter_mut().filter(|report| report.became.is_none()).collect();
        if left.is_empty() {
            break;
        }
        let written = write(txn, &left).await?;
        for report in &mut left {
            report.learn(&written, ids);
        }
    }
    let became = reports.into_iter().map(|report| report.became).collect::<Option<_>>();
    became.ok_or_else(|| DbErr::Custom("every drawn reference was taken".to_owned()))
}

impl<'a> Waiting<'a> {
    fn of(rows: &'a Rows) -> Option<Self> {
        let incident = rows.incidents.first()?.row.clone();
        let reference = incident.reference.parse().ok()?;
        Some(Self { rows, incident, reference, noted: rows.delivery.is_none(), became: None })
    }

    fn learn(&mut self, written: &Written, ids: &dyn Ids) {
        self.noted |= written.arrived.contains(&self.incident.id);
        if written.added.contains(&self.incident.id) {
            self.became = Some(Opened::As(self.reference.clone()));
        } else if self.noted {
            self.reference = Reference::from_draw(ids.draw());
            self.incident.reference = self.reference.to_string();
        } else {
            self.became = Some(Opened::Before);
        }
    }

    fn delivery(&self) -> Option<&delivery::Model> {
        self.rows.delivery.as_ref().filter(|_| !self.noted)
    }
}

async fn write(txn: &DatabaseTransaction, reports: &[&mut Waiting<'_>]) -> Result<Written, DbErr> {
    if txn.get_database_backend() == DbBackend::Postgres {
        return txn.query_all_raw(one_statement(reports)).await.and_then(Written::read);
    }
    let mut written = Written::default();
    for part in chunks(reports) {
        let of_part = txn.query_all_raw(one_script(part)).await.and_then(Written::read)?;
        written.arrived.extend(of_part.arrived);
        written.added.extend(of_part.added);
    }
    Ok(written)
}

impl Written {
    fn read(rows: Vec<QueryResult>) -> Result<Self, DbErr> {
        let mut written = Self::default();
        for row in rows {
            let kept = if row.try_get("", "added")? { &mut written.added } else { &mut written.arrived };
            kept.insert(row.try_get("", "id")?);
        }
        Ok(written)
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
         SELECT incident AS id, FALSE AS added FROM arrived UNION ALL SELECT id, TRUE FROM added",
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
    values.extend(INCIDENT.columns(reports.iter().map(|report| tables::incident(&report.incident))));
    values.push(reports.iter().map(|report| report.noted).collect::<Vec<bool>>().into());
    values.extend(ENTRY.columns(reports.iter().flat_map(|report| &report.rows.entries).map(tables::entry)));
    values.extend(OUTBOX.columns(reports.iter().flat_map(|report| &report.rows.outbox).map(tables::outbox)));
    Statement::from_sql_and_values(DbBackend::Postgres, ALL_AT_ONCE.as_str(), values)
}

/// On SQLite the same as a script: statements that are sent apart each wake the connection's thread and ours. A report
/// goes if its delivery is noted as its own, and so does what belongs to an incident that is there.
fn one_script(reports: &[&mut Waiting<'_>]) -> Statement {
    let with_key = |report: &&mut Waiting| {
        let key = report.rows.delivery.as_ref().map(|delivery| delivery.key.clone());
        tables::incident(&report.incident).into_iter().chain([key.into()])
    };
    let mut script = Script::default();
    script.add(
        &DELIVERY,
        reports.iter().filter_map(|report| report.delivery()).map(tables::delivery),
        "WHERE TRUE ON CONFLICT (key) DO NOTHING RETURNING incident AS id, FALSE AS added",
    );
    script.add(
        &INCIDENT,
        reports.iter().map(with_key),
        "WHERE column16 IS NULL OR EXISTS (SELECT 1 FROM delivery WHERE key = column16 AND incident = column1) \
         ON CONFLICT (reference) DO NOTHING RETURNING id, TRUE AS added",
    );
    script.add(
        &ENTRY,
        reports.iter().flat_map(|report| &report.rows.entries).map(tables::entry),
        "WHERE EXISTS (SELECT 1 FROM incident WHERE id = column1)",
    );
    script.add(
        &OUTBOX,
        reports.iter().flat_map(|report| &report.rows.outbox).map(tables::outbox),
        "WHERE EXISTS (SELECT 1 FROM incident WHERE id = column4)",
    );
    script.statement()
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
