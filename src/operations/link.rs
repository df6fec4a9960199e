//! Links to photos, for chats in which nobody can be shown a photo privately: each is for one person and one photo, for a
//! short time, and works once.
//!
//! A link is sealed with the shop's own keys and kept nowhere. It is spent by the look itself: the look's row has its id,
//! and no two looks have the same.

use chrono::TimeDelta;
use domain::actor::{Account, Actor};
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::photo::PhotoId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Desk, photo};
use crate::evidence::keep::Evidence;
use crate::failure::Failure;

/// How long a link works: long enough to be pressed, too short to be found later. Ours; no platform has a say in it.
pub const LIFE: TimeDelta = TimeDelta::minutes(10);
/// What the address of every link begins with, under the one of this server.
pub const UNDER: &str = "/look/";
/// What links are sealed for.
const PURPOSE: &[u8] = b"shopwatch/look/v1";

/// What a link says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    /// Its own.
    id: Uuid,
    pub incident: IncidentId,
    pub photo: PhotoId,
    /// For whom it is.
    pub account: Account,
    /// Where that account is at home, if its chat has several such places.
    pub team: Option<String>,
    /// In which language they read.
    pub locale: Option<String>,
    until: Moment,
}

/// For whom links are made.
#[derive(Debug, Clone)]
pub struct Reader {
    pub account: Account,
    pub team: Option<String>,
    pub locale: Option<String>,
}

/// A link to a photo, for its reader: what stands in an address.
pub fn make(desk: &Desk, reader: &Reader, incident: IncidentId, photo: PhotoId) -> Result<String, Failure> {
    let Reader { account, team, locale } = reader.clone();
    let link = Link { id: desk.ids.uuid(), incident, photo, account, team, locale, until: desk.now() + LIFE };
    let plain = serde_json::to_vec(&link).map_err(Failure::broken)?;
    desk.store.keys().token(PURPOSE, &plain).map_err(Failure::broken)
}

/// What a link says, and whether it still works; none if it is none of ours. Asking spends nothing.
pub async fn read(desk: &Desk, token: &str) -> Result<Option<(Link, bool)>, Failure> {
    let plain = desk.store.keys().open_token(PURPOSE, token);
    let Some(link) = plain.ok().and_then(|plain| serde_json::from_slice::<Link>(&plain).ok()) else { return Ok(None) };
    let works = desk.now() < link.until && !desk.store.link_spent(link.id).await?;
    Ok(Some((link, works)))
}

/// The review copy behind a link, for whoever it is for, as they are now. The look is on record and the link spent before
/// anybody has the first byte; of two at the same moment one gets it.
#[tracing::instrument(skip_all, fields(incident = %link.incident, photo = %link.photo), err(Debug, level = "debug"))]
pub async fn spend(desk: &Desk, evidence: &Evidence, actor: &Actor, link: &Link) -> Result<Vec<u8>, Failure> {
    let incident = desk.store.incident(link.incident).await?.ok_or(Failure::NOT_FOUND)?;
    photo::review_by(desk, evidence, actor, &incident, link.photo, Some(link.id)).await
}
