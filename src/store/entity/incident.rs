//! An incident: what lists and timers need, and the sealed rest.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub reference: String,
    pub version: i32,
    pub site: String,
    pub category: String,
    pub state: String,
    pub open: bool,
    pub reporter: String,
    pub reported_at: DateTimeUtc,
    pub retain_until: DateTimeUtc,
    pub wake_at: Option<DateTimeUtc>,
    pub merged_into: Option<Uuid>,
    pub drill: bool,
    pub held: bool,
    pub plan: Option<Uuid>,
    pub erased_at: Option<DateTimeUtc>,
    pub head: Vec<u8>,
    pub data_key: Vec<u8>,
    pub sealed: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
