//! What has to be shown somewhere: written with the change that causes it, carried out by `jobs`, under a lease.
//!
//! ```text
//! ready ─lease─▶ sending ─settle─▶ shown      (ready again if a newer version is wanted meanwhile)
//!   ▲               │ lease ran out: nobody knows whether it arrived
//!   └──not there──  doubt ─lease─▶ settling ─▶ shown | ready | needs_operator
//! ```
//! Every write after the lease carries its token, so that a worker that was too slow changes nothing.

use chrono::{NaiveDate, TimeDelta};
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::place::{Place, SiteId};
use domain::report::Attached;
use domain::words::{NotTaken, Platform};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, Statement,
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use uuid::Uuid;

use super::connect::LOOK_DEADLINE;
use super::entity::{notice, outbox};
use super::sealing::signed;
use super::{Store, unavailable};
use crate::failure::Failure;

/// How long a worker may take before its work is in doubt: the chat clients' deadline (10 s) and room to record it.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);
/// The most rows one worker takes at a time.
pub const LEASE_MAX: u64 = 256;
/// How long a photo may take until its work is in doubt: its fetch (60 s), its reading (at most 40 s), and room to
/// keep it.
pub const PHOTO_LEASE: TimeDelta = TimeDelta::seconds(120);

/// The states of what is not done yet.
pub(super) const UNDER_WAY: [&str; 4] = ["ready", "doubt", "sending", "settling"];

/// What stands in the row of something that is about no incident.
const NO_INCIDENT: IncidentId = IncidentId(Uuid::nil());

/// What a person is told about their own report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    Claimed,
    Asked,
    Confirmed,
    Declined,
    Merged,
    Resolved,
    Reopened,
    /// What theirs was joined with was decided, or opened again.
    Followed,
    /// A photo could not be taken.
    Photo(NotTaken),
}

impl Told {
    /// The word that is stored and named in locales.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Asked => "asked",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Merged => "merged",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::Followed => "followed",
            Self::Photo(NotTaken::Gone) => "photo_gone",
            Self::Photo(NotTaken::TooLarge) => "photo_too_large",
            Self::Photo(NotTaken::NotAPhoto) => "photo_not_a_photo",
            Self::Photo(NotTaken::Heic) => "photo_heic",
            Self::Photo(NotTaken::Unreadable) => "photo_unreadable",
            Self::Photo(NotTaken::NoAccess) => "photo_no_access",
            Self::Photo(NotTaken::TooMany) => "photo_too_many",
            Self::Photo(NotTaken::Known) => "photo_known",
        }
    }
}

/// A thing to do, mostly to show; ids only, loaded fresh when it is carried out. Removed variants stay as `Retired`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "v1", rename_all = "snake_case")]
pub enum What {
    /// The incident's card at a place: posted if it is not there yet, else edited.
    DrawCard { place: Place },
    /// The lines of the incident's timeline, in the thread under its card at a place: those that are not there yet.
    DrawThread { place: Place },
    /// Their own report, for whoever sent it, in a direct message that changes with it.
    FollowReport,
    /// A line to whoever reported it.
    TellReporter { told: Told },
    /// A line to a colleague whose photo for somebody else's report could not be taken; what the chat calls the photo.
    TellSender { id: String, why: NotTaken },
    /// A photo that was sent in a chat is fetched from there and kept; what the chat calls it.
    KeepPhoto { platform: Platform, id: String },
    /// The bucket keeps an incident's photos beyond their locks while a hold does, and no longer.
    HoldPhotos,
    /// What was said in a chat of an incident that is erased, beside its copies, is taken away.
    Unsay,
    /// A line to those who are called when nobody looks at it in time.
    CallNextLevel { place: Place },
    /// What waits for a first look at a site and hurries nobody, in one message a day; it is about no incident.
    Digest { site: SiteId, day: NaiveDate, place: Place },
    /// A kind of task that this version no longer has.
    #[serde(other)]
    Retired,
}

/// What to do when nobody knows whether a task arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDoubt {
    /// Look, and show it again if it is not there; showing it twice would be no harm beyond noise.
    Repost,
    /// Never show it again by itself: somebody has to look.
    Operator,
}

impl What {
    /// What its doubt calls for.
    pub const fn on_doubt(&self) -> OnDoubt {
        match self {
            Self::DrawCard { .. }
            | Self::DrawThread { .. }
            | Self::FollowReport
            | Self::TellReporter { .. }
            | Self::TellSender { .. }
            | Self::KeepPhoto { .. }
            | Self::HoldPhotos
            | Self::CallNextLevel { .. }
            | Self::Digest { .. }
            // Taking away twice is taking away once.
            | Self::Unsay => OnDoubt::Repost,
            Self::Retired => OnDoubt::Operator,
        }
    }
}

/// A thing to show, for which incident, as of which version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub incident: IncidentId,
    pub version: u32,
    /// Whose worker does it; the system's own does what may take long.
    pub platform: Platform,
    pub what: What,
}

impl Task {
    /// The incident's card at a place.
    pub fn draw_card(incident: IncidentId, version: u32, place: Place) -> Self {
        Self { incident, version, platform: place.platform, what: What::DrawCard { place } }
    }

    /// The thread under the card at a place.
    pub fn draw_thread(incident: IncidentId, version: u32, place: Place) -> Self {
        Self { incident, version, platform: place.platform, what: What::DrawThread { place } }
    }

    /// The reporter's own copy.
    pub fn follow_report(incident: IncidentId, version: u32, platform: Platform) -> Self {
        Self { incident, version, platform, what: What::FollowReport }
    }

    /// A line to the reporter.
    pub fn tell_reporter(incident: IncidentId, version: u32, platform: Platform, told: Told) -> Self {
        Self { incident, version, platform, what: What::TellReporter { told } }
    }

    /// A line to whoever sent a photo for somebody else's report.
    pub fn tell_sender(incident: IncidentId, version: u32, sent: &Attached, why: NotTaken) -> Self {
        let what = What::TellSender { id: sent.id.clone(), why };
        Self { incident, version, platform: sent.platform, what }
    }

    /// The bytes of a photo that was sent.
    pub fn keep_photo(incident: IncidentId, version: u32, sent: &Attached) -> Self {
        let what = What::KeepPhoto { platform: sent.platform, id: sent.id.clone() };
        Self { incident, version, platform: Platform::System, what }
    }

    /// That the bucket knows of its hold, or that there is none.
    pub fn hold_photos(incident: IncidentId, version: u32) -> Self {
        Self { incident, version, platform: Platform::System, what: What::HoldPhotos }
    }

    /// A line to the next level, each time.
    pub fn call_next_level(incident: IncidentId, version: u32, place: Place) -> Self {
        Self { incident, version, platform: place.platform, what: What::CallNextLevel { place } }
    }

    /// A site's digest of a day at a place.
    pub fn digest(site: &SiteId, day: NaiveDate, place: &Place) -> Self {
        let what = What::Digest { site: site.clone(), day, place: place.clone() };
        Self { incident: NO_INCIDENT, version: 1, platform: place.platform, what }
    }

    /// That nothing stays of what was said in a chat about an incident that is erased.
    pub fn unsay(incident: IncidentId, version: u32, platform: Platform) -> Self {
        Self { incident, version, platform, what: What::Unsay }
    }

    /// One row per card and place, so that two workers never draw the same card; one per line told.
    fn key(&self) -> String {
        match &self.what {
            What::DrawCard { place } => card_key(self.incident, place),
            What::DrawThread { place } => format!("thread/{}/{place}", self.incident.0.simple()),
            What::FollowReport => follow_key(self.incident),
            What::TellReporter { told } => {
                format!("tell/{}/{}/{}", self.incident.0.simple(), self.version, told.as_str())
            }
            What::TellSender { .. } => format!("tell/{}/{}/sender", self.incident.0.simple(), self.version),
            What::KeepPhoto { platform, id } => format!("photo/{}/{platform}/{id}", self.incident.0.simple()),
            What::HoldPhotos => format!("hold/{}", self.incident.0.simple()),
            What::Unsay => unsay_key(self.incident, self.platform),
            What::CallNextLevel { place } => format!("level/{}/{}/{place}", self.incident.0.simple(), self.version),
            What::Digest { site, day, place } => format!("digest/{day}/{site}/{place}"),
            What::Retired => format!("retired/{}", self.incident.0.simple()),
        }
    }

    pub(super) fn row(&self, now: Moment) -> Result<outbox::Model, Failure> {
        Ok(outbox::Model {
            key: self.key(),
            task: serde_json::to_string(&self.what).map_err(Failure::broken)?,
            platform: self.platform.to_string(),
            incident: self.incident.0,
            state: "ready".to_owned(),
            due_at: now,
            attempts: 0,
            wanted: signed(self.version),
            sending: None,
            shown: None,
            remote_id: None,
            lease: None,
            leased_until: None,
            settled_at: None,
            looks: 0,
        })
    }
}

/// The row of a card at a place.
pub fn card_key(incident: IncidentId, place: &Place) -> String {
    format!("card/{}/{place}", incident.0.simple())
}

/// The row of the reporter's own copy.
pub fn follow_key(incident: IncidentId) -> String {
    format!("follow/{}", incident.0.simple())
}

/// The row of what takes away what was said in a chat. It comes after all others of its incident.
pub fn unsay_key(incident: IncidentId, platform: Platform) -> String {
    format!("unsay/{}/{platform}", incident.0.simple())
}

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
