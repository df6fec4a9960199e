//! Secrets that change while the program runs, such as tokens that a chat exchanges: sealed, each under its name and its
//! number. A newer one takes the place of the one that whoever writes it has read, and of no other, so that nobody who was
//! slower puts an older one back.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::entity::meta;
use super::rewrap::Rewrapped;
use super::{Store, unavailable};
use crate::failure::Failure;

/// What the names of their notes begin with.
const SEALED: &str = "sealed/";

/// A secret as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// How many there were, with this one.
    pub number: u64,
    pub plain: Vec<u8>,
}

/// A note that does not say what such notes say.
#[derive(Debug, thiserror::Error)]
#[error("a sealed note cannot be read")]
struct Unreadable;

/// Where it may be opened: under this name, as the one of this number.
fn purpose(name: &str, number: u64) -> Vec<u8> {
    format!("{name}/{number}").into_bytes()
}

/// The number of a note, and what is sealed.
fn parts(value: &str) -> Option<(u64, &str)> {
    let (number, sealed) = value.split_once(' ')?;
    Some((number.parse().ok()?, sealed))
}

impl Store {
    /// The secret of this name.
    pub async fn sealed(&self, name: &str) -> Result<Option<Kept>, Failure> {
        let Some(value) = self.noted(&format!("{SEALED}{name}")).await? else { return Ok(None) };
        let (number, sealed) = parts(&value).ok_or_else(|| Failure::broken(Unreadable))?;
        let plain = self.keys.open_token(&purpose(name, number), sealed).map_err(Failure::broken)?;
        Ok(Some(Kept { number, plain }))
    }

    /// Keeps the secret that follows the one of this number, which is 0 if there was none; false if another one follows it
    /// already.
    pub async fn seal_after(&self, name: &str, number: u64, plain: &[u8]) -> Result<bool, Failure> {
        use meta::Column;
        let next = number + 1;
        let sealed = self.keys.token(&purpose(name, next), plain).map_err(Failure::broken)?;
        let note = meta::Model { name: format!("{SEALED}{name}"), value: format!("{next} {sealed}") };
        let written = if number == 0 {
            let first = OnConflict::column(Column::Name).do_nothing().to_owned();
            let insert = meta::Entity::insert(note.into_active_model()).on_conflict(first);
            insert.exec_without_returning(&self.db).await.map_err(|why| unavailable(&why))?
        } else {
            meta::Entity::update_many()
                .col_expr(Column::Value, Expr::val(note.value))
                .filter(Column::Name.eq(note.name))
                .filter(Column::Value.starts_with(format!("{number} ")))
                .exec(&self.db)
                .await
                .map_err(|why| unavailable(&why))?
                .rows_affected
        };
        Ok(written == 1)
    }

    /// Wraps them anew, like everything else, after the master key was replaced.
    pub(super) async fn rewrap_sealed(&self, done: &mut Rewrapped) -> Result<(), Failure> {
        use meta::Column;
        for (name, was) in self.noted_under(SEALED).await? {
            let (number, sealed) = parts(&was).ok_or_else(|| Failure::broken(Unreadable))?;
            let purpose = purpose(name.strip_prefix(SEALED).unwrap_or(&name), number);
            let Some(anew) = self.keys.rewrap_token(&purpose, sealed).map_err(Failure::broken)? else {
                done.before += 1;
                continue;
            };
            let changed = meta::Entity::update_many()
                .col_expr(Column::Value, Expr::val(format!("{number} {anew}")))
                .filter(Column::Name.eq(name))
                .filter(Column::Value.eq(was))
                .exec(&self.db)
                .await
                .map_err(|why| unavailable(&why))?;
            done.now += changed.rows_affected;
        }
        Ok(())
    }
}
