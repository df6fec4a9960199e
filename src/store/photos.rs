//! Photos: their rows. A row is added, and its mask confirmed, only in the commit of the step that says so.

use std::collections::HashMap;

use domain::audit::Hash;
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::look::{Counted, origin};
use domain::photo::{About, Kept, Photo, PhotoId};
use sea_orm::ExprTrait as _;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::counted::anchor;
use super::entity::{incident, photo};
use super::rows::Rows;
use super::{Store, unavailable};
use crate::failure::Failure;
use crate::keys::{DataKey, Keys};

/// On the spool of the replica that took it in.
const NEW: &str = "new";
/// In the vault, and read back from there.
const SEALED: &str = "sealed";
/// Its incident is erased; its bytes go as soon as where they lie lets them.
pub(super) const GOING: &str = "going";
/// Nobody has looked at what is covered.
const UNCHECKED: &str = "unchecked";
/// Somebody who did not upload it has.
const CONFIRMED: &str = "confirmed";

/// What becomes of a photo with a step.
#[derive(Debug, Clone)]
pub enum PhotoChange {
    Added(Box<Photo>),
    MaskConfirmed(PhotoId),
    /// Something else is covered, and nobody has confirmed that.
    MaskChanged(Box<Photo>),
}

/// A photo about which something is to be done with the vault.
#[derive(Debug, Clone, Copy)]
pub struct Outside {
    pub id: PhotoId,
    /// Until when its incident is kept.
    pub retain_until: Moment,
}

/// A photo's id, its incident's end, its versions, and its lock's end.
type Locked = (Uuid, Moment, Option<String>, Option<String>, Option<Moment>);

/// A photo's change as a row.
#[derive(Debug, Clone)]
pub(super) enum PhotoRow {
    Added(Box<photo::Model>),
    MaskConfirmed(Uuid),
    /// With what is sealed of it.
    MaskChanged(Uuid, Vec<u8>),
}

impl PhotoChange {
    pub(super) fn row(&self, keys: &Keys, key: &DataKey) -> Result<PhotoRow, Failure> {
        match self {
            Self::Added(added) => Ok(PhotoRow::Added(Box::new(photo::Model {
                looks: 0,
                looks_head: Some(origin(added.id).0.to_vec()),
                looks_anchor: Some(anchor(keys, &Counted::none(added.id)).0.to_vec()),
                id: added.id.0,
                incident: added.incident.0,
                uploaded_by: added.uploaded_by.0.clone(),
                at: added.at,
                state: if added.in_vault { SEALED } else { NEW }.to_owned(),
                mask: if added.checked { CONFIRMED } else { UNCHECKED }.to_owned(),
                sealed: sealed(keys, key, added)?,
                original_version: added.kept.original.clone(),
                review_version: added.kept.review.clone(),
                locked_until: added.kept.locked_until,
            }))),
            Self::MaskConfirmed(id) => Ok(PhotoRow::MaskConfirmed(id.0)),
            Self::MaskChanged(changed) => Ok(PhotoRow::MaskChanged(changed.id.0, sealed(keys, key, changed)?)),
        }
    }
}

fn sealed(keys: &Keys, key: &DataKey, photo: &Photo) -> Result<Vec<u8>, Failure> {
    let about = serde_json::to_vec(&photo.about).map_err(Failure::broken)?;
    keys.seal(key, &purpose(photo.id), &about).map_err(Failure::broken)
}

/// What a photo's facts are sealed for: their own row.
fn purpose(id: PhotoId) -> Vec<u8> {
    [b"photo".as_slice(), id.0.as_bytes()].concat()
}

/// Writes what becomes of photos with steps that are taken.
pub(super) async fn write(txn: &DatabaseTransaction, going: &[&Rows]) -> Result<(), DbErr> {
    for change in going.iter().flat_map(|rows| &rows.photos) {
        match change {
            PhotoRow::Added(row) => {
                photo::Entity::insert((**row).clone().into_active_model()).exec_without_returning(txn).await?;
            }
            PhotoRow::MaskConfirmed(id) => {
                photo::Entity::update_many()
                    .col_expr(photo::Column::Mask, Expr::val(CONFIRMED))
                    .filter(photo::Column::Id.eq(*id))
                    .exec(txn)
                    .await?;
            }
            PhotoRow::MaskChanged(id, sealed) => {
                photo::Entity::update_many()
                    .col_expr(photo::Column::Mask, Expr::val(UNCHECKED))
                    .col_expr(photo::Column::Sealed, Expr::val(sealed.clone()))
                    .filter(photo::Column::Id.eq(*id))
                    .exec(txn)
                    .await?;
            }
        }
    }
    Ok(())
}

/// Erases what is known of an incident's photos; the rows stay until their bytes are gone.
pub(super) async fn let_go(txn: &DatabaseTransaction, incident: Uuid) -> Result<(), DbErr> {
    photo::Entity::update_many()
        .col_expr(photo::Column::State, Expr::val(GOING))
        .col_expr(photo::Column::Sealed, Expr::val(Vec::<u8>::new()))
        .col_expr(photo::Column::UploadedBy, Expr::val(""))
        .filter(photo::Column::Incident.eq(incident))
        .exec(txn)
        .await?;
    Ok(())
}

impl Store {
    /// How many photos an incident has.
    pub async fn count_photos(&self, incident: IncidentId) -> Result<u64, Failure> {
        let count = photo::Entity::find().filter(photo::Column::Incident.eq(incident.0)).count(&self.db);
        count.await.map_err(|why| unavailable(&why))
    }

    /// How many photos there are, without those that are going.
    pub async fn count_all_photos(&self) -> Result<u64, Failure> {
        let count = photo::Entity::find().filter(photo::Column::State.ne(GOING)).count(&self.db);
        count.await.map_err(|why| unavailable(&why))
    }

    /// How many erased photos are not gone yet.
    pub async fn count_going(&self) -> Result<u64, Failure> {
        let count = photo::Entity::find().filter(photo::Column::State.eq(GOING)).count(&self.db);
        count.await.map_err(|why| unavailable(&why))
    }

    /// Whether there is a photo of this id.
    pub async fn knows_photo(&self, id: PhotoId) -> Result<bool, Failure> {
        let count = photo::Entity::find_by_id(id.0).count(&self.db);
        count.await.map(|count| count > 0).map_err(|why| unavailable(&why))
    }

    /// Photos in this state after this one, in their order.
    async fn photos_in(&self, state: &str, after: Uuid, most: u64) -> Result<Vec<photo::Model>, Failure> {
        let rows = photo::Entity::find()
            .filter(photo::Column::State.eq(state))
            .filter(photo::Column::Id.gt(after))
            .order_by_asc(photo::Column::Id)
            .limit(most);
        rows.all(&self.db).await.map_err(|why| unavailable(&why))
    }

    /// Photos after this one whose incidents are erased and whose bytes are not gone yet.
    pub async fn photos_going(&self, after: Uuid, most: u64) -> Result<Vec<PhotoId>, Failure> {
        let rows = self.photos_in(GOING, after, most).await?;
        Ok(rows.into_iter().map(|row| PhotoId(row.id)).collect())
    }

    /// Forgets a photo whose bytes are gone.
    pub async fn forget_photo(&self, id: PhotoId) -> Result<(), Failure> {
        let gone = photo::Entity::delete_many()
            .filter(photo::Column::Id.eq(id.0))
            .filter(photo::Column::State.eq(GOING))
            .exec(&self.db);
        gone.await.map(drop).map_err(|why| unavailable(&why))
    }

    /// The photos of an incident, in the order of their arrival.
    pub async fn photos_of(&self, incident: &Incident) -> Result<Vec<Photo>, Failure> {
        let rows = photo::Entity::find()
            .filter(photo::Column::Incident.eq(incident.id.0))
            .order_by_asc(photo::Column::Id)
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.data_key_of(incident)?;
        let checked = |row: photo::Model| {
            let photo = open(&key, row)?;
            // Whoever can write to the table alone shows no face to anybody.
            Ok(Photo { checked: photo.checked && incident.has_checked(photo.id), ..photo })
        };
        rows.into_iter().map(checked).collect()
    }

    /// Photos of an incident whose rows say that somebody has checked them, though the incident does not.
    pub async fn checked_by_nobody(&self, incident: &Incident) -> Result<Vec<PhotoId>, Failure> {
        let ids: Vec<Uuid> = photo::Entity::find()
            .select_only()
            .column(photo::Column::Id)
            .filter(photo::Column::Incident.eq(incident.id.0))
            .filter(photo::Column::Mask.eq(CONFIRMED))
            .order_by_asc(photo::Column::Id)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(ids.into_iter().map(PhotoId).filter(|id| !incident.has_checked(*id)).collect())
    }

    /// The key under which an incident's words and photos are kept.
    pub fn data_key_of(&self, incident: &Incident) -> Result<DataKey, Failure> {
        let wrapped = incident.wrapped_key.as_deref().ok_or(Failure::NOT_FOUND)?;
        self.keys.unwrap_data_key(incident.id.0.as_bytes(), wrapped).map_err(Failure::broken)
    }

    /// What a certificate says of an incident's key: a keyed hash of it as it is wrapped.
    pub fn mark_of_key(&self, incident: &Incident) -> Hash {
        self.keys.content(&[b"data key", incident.wrapped_key.as_deref().unwrap_or_default()])
    }

    /// Photos after this one that are not in the vault yet.
    pub async fn photos_outside(&self, after: Uuid, most: u64) -> Result<Vec<Outside>, Failure> {
        let rows = self.photos_in(NEW, after, most).await?;
        let incidents: Vec<Uuid> = rows.iter().map(|row| row.incident).collect();
        let ends: HashMap<Uuid, Moment> = incident::Entity::find()
            .select_only()
            .columns([incident::Column::Id, incident::Column::RetainUntil])
            .filter(incident::Column::Id.is_in(incidents))
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?
            .into_iter()
            .collect();
        let outside = |row: photo::Model| {
            let retain_until = *ends.get(&row.incident)?;
            Some(Outside { id: PhotoId(row.id), retain_until })
        };
        Ok(rows.into_iter().filter_map(outside).collect())
    }

    /// How many photos are not in the vault yet.
    pub async fn count_photos_outside(&self) -> Result<u64, Failure> {
        let outside = photo::Entity::find().filter(photo::Column::State.eq(NEW));
        outside.count(&self.db).await.map_err(|why| unavailable(&why))
    }

    /// Notes that a photo is in the vault, and what the vault said of it.
    pub async fn photo_in_vault(&self, id: PhotoId, kept: &Kept) -> Result<(), Failure> {
        photo::Entity::update_many()
            .col_expr(photo::Column::State, Expr::val(SEALED))
            .col_expr(photo::Column::OriginalVersion, Expr::val(kept.original.clone()))
            .col_expr(photo::Column::ReviewVersion, Expr::val(kept.review.clone()))
            .col_expr(photo::Column::LockedUntil, Expr::val(kept.locked_until))
            .filter(photo::Column::Id.eq(id.0))
            .filter(photo::Column::State.ne(GOING))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// Photos after this one that are locked for less long than their incident is kept, and what the vault said of them.
    pub async fn photos_locked_too_short(&self, after: Uuid, most: u64) -> Result<Vec<(Outside, Kept)>, Failure> {
        let to_incident =
            photo::Entity::belongs_to(incident::Entity).from(photo::Column::Incident).to(incident::Column::Id).into();
        let (locked, kept) = (
            Expr::col((photo::Entity, photo::Column::LockedUntil)),
            Expr::col((incident::Entity, incident::Column::RetainUntil)),
        );
        let rows: Vec<Locked> = photo::Entity::find()
            .select_only()
            .column(photo::Column::Id)
            .column(incident::Column::RetainUntil)
            .columns([photo::Column::OriginalVersion, photo::Column::ReviewVersion, photo::Column::LockedUntil])
            .join(JoinType::InnerJoin, to_incident)
            .filter(locked.lt(kept))
            .filter(photo::Column::Id.gt(after))
            .order_by_asc(photo::Column::Id)
            .limit(most)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let short = |(id, retain_until, original, review, locked_until): Locked| {
            (Outside { id: PhotoId(id), retain_until }, Kept { original, review, locked_until })
        };
        Ok(rows.into_iter().map(short).collect())
    }

    /// Those of these photos that are in the vault.
    pub async fn photos_inside(&self, ids: &[PhotoId]) -> Result<Vec<PhotoId>, Failure> {
        let inside: Vec<Uuid> = photo::Entity::find()
            .select_only()
            .column(photo::Column::Id)
            .filter(photo::Column::State.eq(SEALED))
            .filter(photo::Column::Id.is_in(ids.iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(inside.into_iter().map(PhotoId).collect())
    }
}

pub(super) fn open(key: &DataKey, row: photo::Model) -> Result<Photo, Failure> {
    let id = PhotoId(row.id);
    let about = key.open(&purpose(id), &row.sealed).map_err(Failure::broken)?;
    let about: About = serde_json::from_slice(&about).map_err(Failure::broken)?;
    Ok(Photo {
        id,
        incident: IncidentId(row.incident),
        uploaded_by: domain::actor::Pseudonym(row.uploaded_by),
        at: row.at,
        in_vault: row.state == SEALED,
        kept: Kept { original: row.original_version, review: row.review_version, locked_until: row.locked_until },
        checked: row.mask == CONFIRMED,
        about,
    })
}
