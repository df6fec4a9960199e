//! What photos look like, as it is compared: those that came lately, opened once and not each time somebody asks.

use std::collections::BTreeMap;

use domain::clock::Moment;
use domain::id::IncidentId;
use domain::photo::{Photo, PhotoId};
use domain::place::SiteId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::entity::{incident, photo};
use super::incidents::kept;
use super::photos::{GOING, open};
use super::unreadable::readable;
use super::{Store, unavailable};
use crate::failure::Failure;
use crate::keys::DataKey;

impl Store {
    /// The photos that came last, newest first, since then; no more than so many, and none that is going.
    pub async fn newest_photos(&self, since: Moment, most: u64) -> Result<Vec<PhotoId>, Failure> {
        let ids: Vec<Uuid> = photo::Entity::find()
            .select_only()
            .column(photo::Column::Id)
            .filter(photo::Column::At.gte(since))
            .filter(photo::Column::State.ne(GOING))
            .order_by_desc(photo::Column::Id)
            .limit(most)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(ids.into_iter().map(PhotoId).collect())
    }

    /// These photos, as far as their incidents are there and they can be read.
    pub async fn photos_called(&self, ids: &[PhotoId]) -> Result<Vec<Photo>, Failure> {
        let rows = photo::Entity::find()
            .filter(photo::Column::Id.is_in(ids.iter().map(|id| id.0)))
            .filter(photo::Column::State.ne(GOING))
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let of: Vec<Uuid> = rows.iter().map(|row| row.incident).collect();
        let wrapped: Vec<(Uuid, Vec<u8>)> = kept()
            .select_only()
            .columns([incident::Column::Id, incident::Column::DataKey])
            .filter(incident::Column::Id.is_in(of))
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let unwrapped = wrapped.into_iter().map(|(id, wrapped)| {
            let key = self.keys.unwrap_data_key(id.as_bytes(), &wrapped).map_err(Failure::broken);
            (id, key.map(|key| (id, key)))
        });
        let keys: BTreeMap<Uuid, DataKey> = readable(unwrapped).into_iter().collect();
        let opened = rows.into_iter().filter_map(|row| Some((row.id, open(keys.get(&row.incident)?, row))));
        Ok(readable(opened))
    }

    /// Of these incidents those of a site, newest first, and no more than so many.
    pub async fn those_of_site(
        &self,
        ids: impl IntoIterator<Item = IncidentId>,
        site: &SiteId,
        most: u64,
    ) -> Result<Vec<IncidentId>, Failure> {
        let those: Vec<Uuid> = kept()
            .select_only()
            .column(incident::Column::Id)
            .filter(incident::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .filter(incident::Column::Site.eq(site.as_str()))
            .order_by_desc(incident::Column::Id)
            .limit(most)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(those.into_iter().map(IncidentId).collect())
    }
}
