//! What is true: the database, read by a connection that the program knows nothing of.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement};

use crate::database::{connect, is_postgres, number};
use crate::{Result, said};

/// An incident as its tables say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub version: i64,
    /// Lines of the record, and their first and last number.
    pub lines: i64,
    pub first: i64,
    pub last: i64,
    /// Cards in the outbox that want this very version.
    pub cards: i64,
    /// Deliveries that were kept for it.
    pub arrived: i64,
}

impl Kept {
    /// Why it is half written, if it is; `keyed` if every step of it came with a key of its own.
    fn half(&self, keyed: bool) -> Option<String> {
        let whole = self.version >= 1
            && (self.lines, self.first, self.last) == (self.version, 1, self.version)
            && self.cards == 1
            && (!keyed || self.arrived == self.version);
        (!whole).then(|| format!("{self:?}"))
    }
}

/// A connection of ours.
pub struct Oracle(DatabaseConnection);

impl Oracle {
    /// Opens one.
    pub async fn open(url: &str) -> Result<Self> {
        Ok(Self(connect(url).await?))
    }

    /// Runs a statement.
    pub async fn run(&self, sql: &str) -> Result<()> {
        crate::database::run(&self.0, sql).await
    }

    /// The one number of a query.
    pub async fn number(&self, sql: &str) -> Result<i64> {
        number(&self.0, sql).await
    }

    /// The only column of a query.
    pub async fn texts(&self, sql: &str) -> Result<Vec<String>> {
        self.rows(sql).await?.iter().map(|row| row.try_get_by_index(0).map_err(said)).collect()
    }

    /// How many incidents there are.
    pub async fn incidents(&self) -> Result<i64> {
        self.number("SELECT COUNT(*) FROM incident").await
    }

    /// The newest incident's id, so that the next look begins there.
    pub async fn newest(&self) -> Result<Option<String>> {
        let text = if is_postgres(&self.0) { "REPLACE(CAST(id AS text), '-', '')" } else { "LOWER(HEX(id))" };
        Ok(self.texts(&format!("SELECT {text} FROM incident ORDER BY id DESC LIMIT 1")).await?.pop())
    }

    /// Every incident after this one, by reference.
    pub async fn kept(&self, after: Option<&str>) -> Result<HashMap<String, Kept>> {
        let zero = "0".repeat(32);
        let hex = after.unwrap_or(&zero);
        let id = if is_postgres(&self.0) { format!("CAST('{hex}' AS uuid)") } else { format!("x'{hex}'") };
        let entry = |what: &str| format!("(SELECT {what} FROM entry e WHERE e.incident = i.id)");
        let sql = format!(
            "SELECT i.reference, CAST(i.version AS bigint), {}, {}, {}, \
             (SELECT COUNT(*) FROM outbox o WHERE o.incident = i.id AND o.key LIKE 'card/%' AND o.wanted = i.version), \
             COALESCE(d.arrived, 0) FROM incident i LEFT JOIN (SELECT incident, COUNT(*) AS arrived FROM delivery \
             WHERE incident > {id} GROUP BY incident) d ON d.incident = i.id WHERE i.id > {id}",
            entry("COUNT(*)"),
            entry("CAST(COALESCE(MIN(e.seq), 0) AS bigint)"),
            entry("CAST(COALESCE(MAX(e.seq), 0) AS bigint)"),
        );
        self.rows(&sql).await?.iter().map(kept).collect::<std::result::Result<_, _>>().map_err(said)
    }

    /// Complains of every incident after this one that is half written, and of rows that belong to none.
    pub async fn all_whole(&self, after: Option<&str>, keyed: bool) -> Result<HashMap<String, Kept>> {
        let kept = self.kept(after).await?;
        let half: Vec<String> =
            kept.iter().filter_map(|(reference, row)| Some(format!("{reference} {}", row.half(keyed)?))).collect();
        if half.is_empty() { Ok(kept) } else { Err(format!("half written: {}", half.join(", "))) }
    }

    /// How many rows belong to no incident.
    pub async fn orphans(&self) -> Result<i64> {
        let mut orphans = 0;
        for table in ["entry", "outbox", "delivery"] {
            orphans += self
                .number(&format!("SELECT COUNT(*) FROM {table} WHERE incident NOT IN (SELECT id FROM incident)"))
                .await?;
        }
        Ok(orphans)
    }

    /// The numbers and words of an incident's record, in order.
    pub async fn record(&self, reference: &str) -> Result<Vec<(i64, String)>> {
        let sql = format!(
            "SELECT CAST(e.seq AS bigint), e.word FROM entry e JOIN incident i ON i.id = e.incident \
             WHERE i.reference = '{reference}' ORDER BY e.seq"
        );
        let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        self.rows(&sql).await?.iter().map(read).collect::<std::result::Result<_, sea_orm::DbErr>>().map_err(said)
    }

    async fn rows(&self, sql: &str) -> Result<Vec<QueryResult>> {
        self.0.query_all_raw(Statement::from_string(self.0.get_database_backend(), sql)).await.map_err(said)
    }
}

fn kept(row: &QueryResult) -> std::result::Result<(String, Kept), sea_orm::DbErr> {
    let number = |at| row.try_get_by_index::<i64>(at);
    let kept = Kept {
        version: number(1)?,
        lines: number(2)?,
        first: number(3)?,
        last: number(4)?,
        cards: number(5)?,
        arrived: number(6)?,
    };
    Ok((row.try_get_by_index(0)?, kept))
}
