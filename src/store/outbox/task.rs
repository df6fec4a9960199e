//! What there is to do or to show, and the one row of each.

use chrono::NaiveDate;
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::place::{Place, SiteId};
use domain::report::Attached;
use domain::words::{NotTaken, Platform};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::failure::Failure;
use crate::store::entity::outbox;
use crate::store::sealing::signed;

/// What stands in the row of something that is about no incident.
pub(super) const NO_INCIDENT: IncidentId = IncidentId(Uuid::nil());

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

    pub(in crate::store) fn row(&self, now: Moment) -> Result<outbox::Model, Failure> {
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

/// What the keys of cards begin with.
pub(in crate::store) const CARDS: &str = "card/";

/// The row of a card at a place.
pub fn card_key(incident: IncidentId, place: &Place) -> String {
    format!("{CARDS}{}/{place}", incident.0.simple())
}

/// The row of the reporter's own copy.
pub fn follow_key(incident: IncidentId) -> String {
    format!("follow/{}", incident.0.simple())
}

/// The row of what takes away what was said in a chat. It comes after all others of its incident.
pub fn unsay_key(incident: IncidentId, platform: Platform) -> String {
    format!("unsay/{}/{platform}", incident.0.simple())
}
