//! One look at a photo; see `store/looks.rs`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_look")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    pub incident: Uuid,
    pub at: DateTimeUtc,
    pub member: String,
    pub platform: String,
    pub version: i32,
    pub content: Vec<u8>,
    pub prev: Vec<u8>,
    pub hash: Vec<u8>,
    pub sealed: Vec<u8>,
    pub link: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
