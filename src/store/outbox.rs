//! What has to be shown somewhere: written with the change that causes it, carried out by `jobs`, under a lease.
//!
//! ```text
//! ready ─lease─▶ sending ─settle─▶ shown      (ready again if a newer version is wanted meanwhile)
//!   ▲               │ lease ran out: nobody knows whether it arrived
//!   └──not there──  doubt ─lease─▶ settling ─▶ shown | ready | needs_operator
//! ```
//! Every write after the lease carries its token, so that a worker that was too slow changes nothing.

mod task;

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::place::Place;
use domain::words::Platform;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, Statement,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::connect::LOOK_DEADLINE;
use super::entity::{notice, outbox};
use super::{Store, unavailable};
use crate::failure::Failure;
pub(super) use task::CARDS;
use task::NO_INCIDENT;

pub use task::{OnDoubt, Task, Told, What, card_key, follow_key, unsay_key};

/// How long a worker may take before its work is in doubt: the chat clients' deadline (10 s) and room to record it.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);
/// The most rows one worker takes at a time.
pub const LEASE_MAX: u64 = 256;
/// After so many leases that led to nothing a task is taken alone.
pub const ALONE_AFTER: u32 = 20;
/// How long a photo may take until its work is in doubt: its fetch (60 s), its reading (at most 40 s), and room to
/// keep it.
pub const PHOTO_LEASE: TimeDelta = TimeDelta::seconds(120);

/// The states of what is not done yet.
pub(super) const UNDER_WAY: [&str; 4] = ["ready", "doubt", "sending", "settling"];

/// A task under a lease.
#[derive(Debug, Clone)]
pub struct Leased {
    pub key: String,
    pub what: What,
    pub platform: Platform,
    pub incident: IncidentId,
    /// The version to show.
    pub version: u32,
    /// Where it already stands, if it does.
    pub remote_id: Option<String>,
    /// The version that was shown last, if one was.
    pub shown: Option<u32>,
    pub attempts: u32,
    /// Whether an earlier attempt may have arrived.
    pub in_doubt: bool,
    /// How often it was looked for since, in vain.
    pub looks: u32,
}

/// What of a row has to be known to carry out its task.
#[derive(FromQueryResult)]
pub(super) struct LeasedRow {
    key: String,
    task: String,
    platform: String,
    incident: Uuid,
    state: String,
    attempts: i32,
    wanted: i32,
    sending: Option<i32>,
    shown: Option<i32>,
    remote_id: Option<String>,
    looks: i32,
}

impl Leased {
    pub(super) fn from_row(row: LeasedRow) -> Option<Self> {
        Some(Self {
            what: serde_json::from_str(&row.task).unwrap_or(What::Retired),
            platform: row.platform.parse().ok()?,
            incident: IncidentId(row.incident),
            version: u32::try_from(row.sending.unwrap_or(row.wanted)).ok()?,
            remote_id: row.remote_id,
            shown: row.shown.and_then(|shown| u32::try_from(shown).ok()),
            attempts: u32::try_from(row.attempts).ok()?,
            looks: u32::try_from(row.looks).ok()?,
            in_doubt: row.state == "settling",
            key: row.key,
        })
    }
}

/// What became of a leased task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It shows; with the id it has there, where the chat gives one.
    Shown { remote_id: Option<String> },
    /// Not now; it is certain that it did not arrive.
    Later { at: Moment },
    /// Not before then, through no fault of the task: it does not count as an attempt.
    Held { at: Moment },
    /// Nobody knows whether it arrived: look again then, having looked so often in vain.
    Doubt { at: Moment, looks: u32 },
    /// It is shown up to this version, in messages of these names; the rest goes next.
    Reached { version: u32, said: Vec<String> },
    /// It is there, under this id, as of which version nobody knows: it is edited next.
    Found { remote_id: String, at: Moment },
    /// It will never work, or nobody may repeat it: a person has to look.
    NeedsOperator,
    /// Nothing of it stands there any more, and where it stood is forgotten.
    Cleared,
    /// There is nothing to do any more.
    Dropped,
}

/// Where a copy stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// Under this id of its chat.
    There(String),
    /// It is on its way, and due then.
    UnderWay(Moment),
    /// There is none, and none is coming.
    Nowhere,
}

/// A request for due work.
#[derive(Debug, Clone)]
pub struct LeaseRequest {
    pub now: Moment,
    pub token: Uuid,
    /// Each chat has its own worker, so that one that is down delays no other, and neither does what takes long.
    pub platform: Platform,
}

/// A request to note that due cards are shown, where people see them as soon as they look: nothing is sent there, so nothing
/// can be in doubt.
#[derive(Debug, Clone, Copy)]
pub struct ShowRequest {
    pub now: Moment,
    pub platform: Platform,
}

impl LeaseRequest {
    /// Until when the work is held, and how much of it: of what may take long, one at a time.
    pub(super) fn terms(&self) -> (Moment, u64) {
        match self.platform {
            Platform::System => (self.now + PHOTO_LEASE, 1),
            Platform::Slack | Platform::Discord | Platform::Console | Platform::Api => (self.now + LEASE, LEASE_MAX),
        }
    }
}

/// Outcomes under a lease, with what the console tells people because of them.
#[derive(Debug, Clone)]
pub struct Settlement {
    pub now: Moment,
    pub token: Uuid,
    pub outcomes: Vec<(String, Settled)>,
    pub notices: Vec<notice::Model>,
}

/// How much waits, for `/metrics` and `/health/ready`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    pub waiting: u64,
    pub needs_operator: u64,
    pub oldest: Option<Moment>,
}

/// A card's copy at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    pub place: Place,
    pub wanted: u32,
    pub shown: Option<u32>,
}

impl Store {
    /// Notes of due cards that they are shown, up to [`LEASE_MAX`] of them; how many there were.
    pub async fn show(&self, request: ShowRequest) -> Result<u64, Failure> {
        self.writer.show(request).await
    }

    /// Takes due work under a lease.
    pub async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, Failure> {
        self.writer.lease(request).await
    }

    /// Records what became of leased work.
    pub async fn settle(&self, settlement: Settlement) -> Result<(), Failure> {
        self.writer.settle(settlement).await
    }

    /// When the next task of a chat is due.
    pub async fn next_due(&self, platform: Platform) -> Result<Option<Moment>, Failure> {
        // One look at the index for each state, in one round trip.
        let soonest =
            |state| format!("SELECT MIN(due_at) AS due_at FROM outbox WHERE platform = $1 AND state = '{state}'");
        let sql = format!("SELECT MIN(due_at) AS due_at FROM ({}) AS due", UNDER_WAY.map(soonest).join(" UNION ALL "));
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, [platform.as_str().into()]);
        let row = self.db.query_one_raw(statement).await.map_err(|why| unavailable(&why))?;
        row.map_or(Ok(None), |row| row.try_get("", "due_at")).map_err(|why| unavailable(&why))
    }

    /// How much waits.
    pub async fn outbox_depth(&self) -> Result<Depth, Failure> {
        let waiting = || outbox::Entity::find().filter(outbox::Column::State.is_in(UNDER_WAY));
        let oldest = waiting().order_by_asc(outbox::Column::DueAt).one(&self.db);
        let stuck = outbox::Entity::find().filter(outbox::Column::State.eq("needs_operator")).count(&self.db);
        let looks = async { tokio::try_join!(waiting().count(&self.db), oldest, stuck) };
        let looked = timeout(LOOK_DEADLINE, looks).await.map_err(|_late| Failure::Unavailable("outbox"))?;
        let (count, oldest, stuck) = looked.map_err(|why| unavailable(&why))?;
        Ok(Depth { waiting: count, needs_operator: stuck, oldest: oldest.map(|row| row.due_at) })
    }

    /// Where a copy stands at its chat.
    pub async fn whereabouts(&self, key: &str) -> Result<Whereabouts, Failure> {
        let row = outbox::Entity::find_by_id(key).one(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(match row {
            Some(outbox::Model { remote_id: Some(remote_id), .. }) => Whereabouts::There(remote_id),
            Some(row) if UNDER_WAY.contains(&row.state.as_str()) => Whereabouts::UnderWay(row.due_at),
            Some(_) | None => Whereabouts::Nowhere,
        })
    }

    /// The incident whose copy stands there.
    pub async fn incident_at(&self, platform: Platform, remote_id: &str) -> Result<Option<IncidentId>, Failure> {
        let row = outbox::Entity::find()
            .filter(outbox::Column::RemoteId.eq(remote_id))
            .filter(outbox::Column::Platform.eq(platform.as_str()))
            .filter(outbox::Column::Incident.ne(NO_INCIDENT.0))
            .one(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(row.map(|row| IncidentId(row.incident)))
    }

    /// Ends every lease: for the only process that serves this database, at its start. What was under way when the
    /// last one ended is in doubt now rather than when its lease would have run out.
    pub async fn end_leases(&self, now: Moment) -> Result<(), Failure> {
        outbox::Entity::update_many()
            .col_expr(outbox::Column::State, Expr::val("doubt"))
            .col_expr(outbox::Column::Lease, Expr::val(None::<Uuid>))
            .col_expr(outbox::Column::LeasedUntil, Expr::val(None::<Moment>))
            .col_expr(outbox::Column::DueAt, Expr::val(now))
            .filter(outbox::Column::State.is_in(["sending", "settling"]))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// Every copy of an incident's card.
    pub async fn copies(&self, incident: IncidentId) -> Result<Vec<Copy>, Failure> {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::Incident.eq(incident.0))
            .order_by_asc(outbox::Column::Key)
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(rows.iter().filter_map(copy).collect())
    }

    /// When something last became visible; changes whenever a copy or a notice does, on any replica.
    pub async fn last_settled(&self) -> Result<Option<Moment>, Failure> {
        let row = outbox::Entity::find()
            .filter(outbox::Column::SettledAt.is_not_null())
            .order_by_desc(outbox::Column::SettledAt)
            .one(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(row.and_then(|row| row.settled_at))
    }
}

fn copy(row: &outbox::Model) -> Option<Copy> {
    match serde_json::from_str(&row.task).ok()? {
        What::DrawCard { place } => Some(Copy {
            place,
            wanted: u32::try_from(row.wanted).ok()?,
            shown: row.shown.and_then(|shown| u32::try_from(shown).ok()),
        }),
        What::DrawThread { .. }
        | What::FollowReport
        | What::TellReporter { .. }
        | What::TellSender { .. }
        | What::KeepPhoto { .. }
        | What::HoldPhotos
        | What::CallNextLevel { .. }
        | What::Digest { .. }
        | What::Unsay
        | What::Retired => None,
    }
}
