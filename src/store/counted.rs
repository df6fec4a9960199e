//! How many looks at a photo there were. The number stands in the photo's own row, under a keyed hash that only the house
//! can make, and again in the incident's record at its next step: no row is touched by all commits, a look is no step of
//! the incident, and who deletes the newest looks, or puts an older number back, is found.

use std::collections::BTreeMap;

use domain::audit::{Broken, Hash, LOOKS};
use domain::id::IncidentId;
use domain::look::{self, Counted, Look};
use domain::photo::PhotoId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::commit::Commit;
use super::entity::{self, entry, photo};
use super::sealing::hash;
use super::{Store, unavailable};
use crate::failure::Failure;
use crate::keys::Keys;

/// The keyed hash of a count.
pub(super) fn anchor(keys: &Keys, counted: &Counted) -> Hash {
    keys.content(&[b"looks", counted.photo.0.as_bytes(), &counted.looks.to_be_bytes(), &counted.head.0])
}

/// A photo's count, and whether this house wrote it. One that somebody else wrote never becomes sound again.
pub(super) fn counted(keys: &Keys, row: &photo::Model) -> (Counted, bool) {
    let none = Counted::none(PhotoId(row.id));
    let head = row.looks_head.as_deref().and_then(|head| hash(head).ok());
    let looks = u32::try_from(row.looks).ok();
    let read = looks.zip(head).map(|(looks, head)| Counted { looks, head, ..none });
    let sound = read.is_some_and(|read| row.looks_anchor.as_deref() == Some(&anchor(keys, &read).0));
    (read.unwrap_or(none), sound)
}

/// The rows of photos in the order of their ids.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    of: impl sea_orm::sea_query::IntoCondition,
) -> Result<Vec<photo::Model>, DbErr> {
    photo::Entity::find().filter(of).order_by_asc(photo::Column::Id).all(db).await
}

/// The counts that an incident's record holds, oldest first.
pub(super) fn recorded(entries: &[&entry::Model]) -> Vec<Counted> {
    let details = entries.iter().filter_map(|entry| serde_json::from_str(&entry.detail).ok());
    details
        .filter_map(|mut detail: BTreeMap<String, String>| detail.remove(LOOKS))
        .flat_map(|said| said.split(' ').filter_map(|counted| counted.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// Checks the looks at a photo. Of one that is gone with its incident the certificate is the last that was counted; who
/// looked in the moment before it is no mistake.
pub(super) fn check(
    photo: PhotoId,
    now: Option<Counted>,
    meanwhile: &[Counted],
    looks: &[(Look, Hash)],
) -> Result<(), Broken> {
    let there = || Counted {
        photo,
        looks: u32::try_from(looks.len()).unwrap_or(u32::MAX),
        head: looks.last().map_or_else(|| look::origin(photo), |(_, stored)| *stored),
    };
    look::check(&now.unwrap_or_else(there), meanwhile, looks)
}

impl Store {
    /// Counts the looks that are there, of photos that nobody has counted for: only for whoever has just made room for the
    /// counts. Later, one that is missing was taken away.
    pub(super) async fn count_earlier_looks(&self) -> Result<(), DbErr> {
        for row in rows(&self.db, photo::Column::LooksAnchor.is_null()).await? {
            let id = PhotoId(row.id);
            let last = entity::look::Entity::find().filter(entity::look::Column::Photo.eq(row.id));
            let last = last.order_by_desc(entity::look::Column::Seq).one(&self.db).await?;
            let looks = last.as_ref().and_then(|last| u32::try_from(last.seq).ok()).unwrap_or_default();
            let head = last.and_then(|last| hash(&last.hash).ok()).unwrap_or_else(|| look::origin(id));
            let now = Counted { photo: id, looks, head };
            photo::Entity::update_many()
                .col_expr(photo::Column::Looks, Expr::val(i32::try_from(looks).unwrap_or(i32::MAX)))
                .col_expr(photo::Column::LooksHead, Expr::val(head.0.to_vec()))
                .col_expr(photo::Column::LooksAnchor, Expr::val(anchor(&self.keys, &now).0.to_vec()))
                .filter(photo::Column::Id.eq(row.id))
                .filter(photo::Column::LooksAnchor.is_null())
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }

    /// What the lines of this commit say of looks, by incident: of those that have photos somebody has looked at.
    pub(super) async fn looks_so_far(&self, commit: &Commit) -> Result<BTreeMap<IncidentId, String>, Failure> {
        let with_photos = commit.changes.iter().map(|(change, _)| change.after());
        let ids: Vec<Uuid> = with_photos.filter(|after| !after.album.is_empty()).map(|after| after.id.0).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let looked_at = photo::Column::Incident.is_in(ids).and(photo::Column::Looks.gt(0));
        let rows = rows(&self.db, looked_at).await.map_err(|why| unavailable(&why))?;
        let mut said: BTreeMap<IncidentId, Vec<String>> = BTreeMap::new();
        for row in &rows {
            said.entry(IncidentId(row.incident)).or_default().push(counted(&self.keys, row).0.to_string());
        }
        Ok(said.into_iter().map(|(id, counts)| (id, counts.join(" "))).collect())
    }
}
