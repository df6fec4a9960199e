//! Small notes that a restart needs: a name and a text, nothing personal.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::entity::meta;
use super::{Store, unavailable};
use crate::failure::Failure;

impl Store {
    /// Notes a text under a name, in the place of an earlier one.
    pub async fn note(&self, name: &str, value: &str) -> Result<(), Failure> {
        let row = meta::Model { name: name.to_owned(), value: value.to_owned() };
        let newer = OnConflict::column(meta::Column::Name).update_column(meta::Column::Value).to_owned();
        meta::Entity::insert(row.into_active_model())
            .on_conflict(newer)
            .exec_without_returning(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// What was noted under a name.
    pub async fn noted(&self, name: &str) -> Result<Option<String>, Failure> {
        let row = meta::Entity::find_by_id(name).one(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(row.map(|row| row.value))
    }

    /// Everything noted under names that begin so.
    pub async fn noted_under(&self, beginning: &str) -> Result<Vec<(String, String)>, Failure> {
        let rows = meta::Entity::find().filter(meta::Column::Name.starts_with(beginning)).all(&self.db).await;
        Ok(rows.map_err(|why| unavailable(&why))?.into_iter().map(|row| (row.name, row.value)).collect())
    }
}
