//! A photo of an incident; see `store/photos.rs`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub incident: Uuid,
    pub uploaded_by: String,
    pub at: DateTimeUtc,
    pub state: String,
    pub mask: String,
    pub sealed: Vec<u8>,
    pub original_version: Option<String>,
    pub review_version: Option<String>,
    pub locked_until: Option<DateTimeUtc>,
    pub looks: i32,
    pub looks_head: Option<Vec<u8>>,
    pub looks_anchor: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
