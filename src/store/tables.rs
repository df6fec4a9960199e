//! The columns of what a new report adds, and statements that add many rows at once. Their text depends on little or
//! nothing, so that databases keep them prepared.

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbBackend, Statement, Value};

use super::entity::{delivery, entry, incident, outbox};

/// What a column holds, for arrays of it.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Moment,
    Id,
    Bytes,
    Number,
    Flag,
}

/// A table's columns that are not always null in a new row.
pub(super) struct Table<const N: usize> {
    name: &'static str,
    columns: [(&'static str, Holds); N],
}

pub(super) const DELIVERY: Table<4> = Table {
    name: "delivery",
    columns: [("key", Holds::Text), ("at", Holds::Moment), ("incident", Holds::Id), ("fingerprint", Holds::Bytes)],
};

pub(super) const INCIDENT: Table<15> = Table {
    name: "incident",
    columns: [
        ("id", Holds::Id),
        ("reference", Holds::Text),
        ("version", Holds::Number),
        ("site", Holds::Text),
        ("category", Holds::Text),
        ("state", Holds::Text),
        ("open", Holds::Flag),
        ("reporter", Holds::Text),
        ("reported_at", Holds::Moment),
        ("retain_until", Holds::Moment),
        ("wake_at", Holds::Moment),
        ("drill", Holds::Flag),
        ("head", Holds::Bytes),
        ("data_key", Holds::Bytes),
        ("sealed", Holds::Bytes),
    ],
};

pub(super) const ENTRY: Table<11> = Table {
    name: "entry",
    columns: [
        ("incident", Holds::Id),
        ("seq", Holds::Number),
        ("at", Holds::Moment),
        ("actor", Holds::Text),
        ("platform", Holds::Text),
        ("word", Holds::Text),
        ("detail", Holds::Text),
        ("content", Holds::Bytes),
        ("prev", Holds::Bytes),
        ("hash", Holds::Bytes),
        ("sealed", Holds::Bytes),
    ],
};

pub(super) const OUTBOX: Table<8> = Table {
    name: "outbox",
    columns: [
        ("key", Holds::Text),
        ("task", Holds::Text),
        ("platform", Holds::Text),
        ("incident", Holds::Id),
        ("state", Holds::Text),
        ("due_at", Holds::Moment),
        ("attempts", Holds::Number),
        ("wanted", Holds::Number),
    ],
};

/// A row's values, in the order of its table's columns.
pub(super) fn delivery(row: &delivery::Model) -> [Value; 4] {
    [row.key.as_str().into(), row.at.into(), row.incident.into(), row.fingerprint.clone().into()]
}

/// A row's values under this reference, in the order of its table's columns.
pub(super) fn incident(row: &incident::Model, reference: &str) -> [Value; 15] {
    [
        row.id.into(),
        reference.into(),
        row.version.into(),
        row.site.as_str().into(),
        row.category.as_str().into(),
        row.state.as_str().into(),
        row.open.into(),
        row.reporter.as_str().into(),
        row.reported_at.into(),
        row.retain_until.into(),
        row.wake_at.into(),
        row.drill.into(),
        row.head.clone().into(),
        row.data_key.clone().into(),
        row.sealed.clone().into(),
    ]
}

/// A row's values, in the order of its table's columns.
pub(super) fn entry(row: &entry::Model) -> [Value; 11] {
    [
        row.incident.into(),
        row.seq.into(),
        row.at.into(),
        row.actor.as_str().into(),
        row.platform.as_str().into(),
        row.word.as_str().into(),
        row.detail.as_str().into(),
        row.content.clone().into(),
        row.prev.clone().into(),
        row.hash.clone().into(),
        row.sealed.clone().into(),
    ]
}

/// A row's values, in the order of its table's columns.
pub(super) fn outbox(row: &outbox::Model) -> [Value; 8] {
    [
        row.key.as_str().into(),
        row.task.as_str().into(),
        row.platform.as_str().into(),
        row.incident.into(),
        row.state.as_str().into(),
        row.due_at.into(),
        row.attempts.into(),
        row.wanted.into(),
    ]
}

impl<const N: usize> Table<N> {
    /// `INSERT INTO` this table, up to where the rows come from.
    pub(super) fn insert(&self) -> String {
        format!("INSERT INTO {} ({})", self.name, self.names())
    }

    /// The columns, with commas between them.
    pub(super) fn names(&self) -> String {
        self.columns.map(|(name, _)| name).join(", ")
    }

    /// For Postgres: one array a column, which are the parameters from this one on.
    pub(super) fn arrays(&self, first: usize) -> String {
        let array = |(at, (_, holds)): (usize, &(&str, Holds))| format!("${}::{}[]", first + at, holds.in_postgres());
        let arrays: Vec<String> = self.columns.iter().enumerate().map(array).collect();
        format!("UNNEST({})", arrays.join(", "))
    }

    /// For Postgres: the rows of those arrays.
    pub(super) fn rows_of_arrays(&self, first: usize) -> String {
        format!("SELECT * FROM {} AS each ({})", self.arrays(first), self.names())
    }

    /// The arrays themselves. They hold no nulls: a moment that is none becomes 1970.
    pub(super) fn columns(&self, rows: impl Iterator<Item = [Value; N]>) -> Vec<Value> {
        let mut columns: Vec<Vec<Value>> = vec![Vec::new(); N];
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(if value == Value::ChronoDateTimeUtc(None) {
                    chrono::DateTime::UNIX_EPOCH.into()
                } else {
                    value
                });
            }
        }
        let array =
            |(column, (_, holds)): (Vec<Value>, (&str, Holds))| Value::Array(holds.as_array(), Some(Box::new(column)));
        columns.into_iter().zip(self.columns).map(array).collect()
    }
}

/// For SQLite: statements that are sent together.
#[derive(Default)]
pub(super) struct Script {
    text: String,
    values: Vec<Value>,
    rows: i64,
}

impl Script {
    /// Adds a statement without values.
    pub(super) fn say(&mut self, statement: &str) {
        self.text.push_str(statement);
        self.text.push_str("; ");
    }

    /// Adds rows to a table, as far as `condition` lets them; its `column1`, `column2` … are their values, of which
    /// there may be more than the table has columns. The first is never null: rows of nulls fill up to one of few lengths,
    /// so that the database keeps the statements prepared. A row that cannot be undoes the transaction: to undo the
    /// statement alone, the database would keep a copy of every page that it changes.
    pub(super) fn add<const N: usize, R: IntoIterator<Item = Value>>(
        &mut self,
        table: &Table<N>,
        rows: impl Iterator<Item = R>,
        condition: &str,
    ) {
        let (before, mut count) = (self.values.len(), 0_usize);
        for row in rows {
            self.values.extend(row);
            count += 1;
        }
        let Some(width) = (self.values.len() - before).checked_div(count) else { return };
        let filled = count.next_power_of_two();
        self.values.extend(std::iter::repeat_n(Value::String(None), (filled - count) * width));
        self.rows += i64::try_from(count).unwrap_or(i64::MAX);
        let row = format!("({})", vec!["?"; width].join(", "));
        let rows = vec![row.as_str(); filled].join(", ");
        let columns: Vec<String> = (1..=N).map(|column| format!("column{column}")).collect();
        let (name, names, columns) = (table.name, table.names(), columns.join(", "));
        self.text.push_str(&format!(
            "INSERT OR ROLLBACK INTO {name} ({names}) SELECT {columns} FROM (VALUES {rows}) \
             WHERE column1 IS NOT NULL AND {condition}; "
        ));
    }

    /// All of it, and how many rows it adds if every condition is met.
    pub(super) fn statement(self) -> (Statement, i64) {
        (Statement::from_sql_and_values(DbBackend::Sqlite, self.text, self.values), self.rows)
    }
}

impl Holds {
    const fn in_postgres(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Moment => "timestamptz",
            Self::Id => "uuid",
            Self::Bytes => "bytea",
            Self::Number => "integer",
            Self::Flag => "boolean",
        }
    }

    const fn as_array(self) -> ArrayType {
        match self {
            Self::Text => ArrayType::String,
            Self::Moment => ArrayType::ChronoDateTimeUtc,
            Self::Id => ArrayType::Uuid,
            Self::Bytes => ArrayType::Bytes,
            Self::Number => ArrayType::Int,
            Self::Flag => ArrayType::Bool,
        }
    }
}
