//! What arrived from a chat and could not be read: kept as it came, sealed, so that nothing is lost; an alarm says so.

use domain::clock::Moment;
use domain::words::Platform;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::entity::unread;
use super::{Store, unavailable};
use crate::failure::Failure;

impl Store {
    /// Keeps the bytes of something that could not be read.
    pub async fn keep_unread(&self, id: Uuid, platform: Platform, bytes: &[u8], at: Moment) -> Result<(), Failure> {
        let key = self.keys.new_data_key(id.as_bytes()).map_err(Failure::broken)?;
        let sealed = self.keys.seal(&key, b"unread", bytes).map_err(Failure::broken)?;
        let row = unread::Model { id, platform: platform.to_string(), at, data_key: key.wrapped, sealed };
        unread::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// How many of them are kept.
    pub async fn unread(&self, platform: Platform) -> Result<u64, Failure> {
        unread::Entity::find()
            .filter(unread::Column::Platform.eq(platform.as_str()))
            .count(&self.db)
            .await
            .map_err(|why| unavailable(&why))
    }

    /// Forgets those that arrived before.
    pub async fn forget_unread(&self, before: Moment) -> Result<u64, Failure> {
        let swept = unread::Entity::delete_many().filter(unread::Column::At.lt(before)).exec(&self.db).await;
        Ok(swept.map_err(|why| unavailable(&why))?.rows_affected)
    }
}
