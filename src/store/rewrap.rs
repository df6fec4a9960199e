//! Everything that the master key wraps, wrapped anew after it was replaced. Each row is changed only if it is still as it
//! was read, so that this can be interrupted and done again at any moment.

use domain::id::IncidentId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::entity::{incident, unread};
use super::people::{KEY_CHECK, KEY_CHECK_NOTE};
use super::{Store, unavailable};
use crate::failure::Failure;
use crate::keys::{self, KeyProblem, Keys};

/// How many rows are read at a time.
const STRIDE: u64 = 500;
/// Where a database keeps what pseudonyms follow from, once the master key was replaced.
const NAMES: &str = "names";

/// What was wrapped anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// Data keys that the newest master key wraps now.
    pub now: u64,
    /// Those that it had wrapped before.
    pub before: u64,
}

impl Store {
    /// The keys of this database: pseudonyms stay as they were under its first master key. None if they do not fit it.
    pub(super) async fn adopt(&self, keys: &Keys) -> Result<Option<Keys>, Failure> {
        let Some(sealed) = self.noted(NAMES).await? else { return self.named(keys).await };
        let Some(sealed) = keys::unhex_any(&sealed) else { return Ok(None) };
        Ok(keys.with_names(&sealed).ok())
    }

    /// Nothing is kept yet: the names are those of the key that the database was made with, or of none it knows.
    async fn named(&self, keys: &Keys) -> Result<Option<Keys>, Failure> {
        let Some(made_with) = self.noted(KEY_CHECK_NOTE).await? else { return Ok(Some(keys.clone())) };
        let mut all = std::iter::once(keys.clone()).chain(keys.named_as_older());
        Ok(all.find(|keys| keys.pseudonym(KEY_CHECK).0 == made_with))
    }

    /// Keeps what pseudonyms follow from, under the newest master key: before it is replaced, and after.
    pub async fn keep_names(&self) -> Result<(), Failure> {
        let sealed = self.keys.seal_names().map_err(|why: KeyProblem| Failure::broken(why))?;
        self.note(NAMES, &keys::hex(&sealed)).await
    }

    /// Wraps everything anew that is not wrapped by the newest master key. `progress` hears how many were looked at.
    pub async fn rewrap(&self, mut progress: impl FnMut(u64)) -> Result<Rewrapped, Failure> {
        let mut done = Rewrapped::default();
        let mut after = Uuid::nil();
        loop {
            let rows: Vec<(Uuid, Vec<u8>)> = incident::Entity::find()
                .select_only()
                .columns([incident::Column::Id, incident::Column::DataKey])
                .filter(incident::Column::Id.gt(after))
                .filter(incident::Column::ErasedAt.is_null())
                .order_by_asc(incident::Column::Id)
                .limit(STRIDE)
                .into_tuple()
                .all(&self.db)
                .await
                .map_err(|why| unavailable(&why))?;
            let Some((last, _)) = rows.last() else { break };
            after = *last;
            for (id, wrapped) in rows {
                self.rewrap_incident(IncidentId(id), wrapped, &mut done).await?;
            }
            progress(done.now + done.before);
        }
        self.rewrap_unread(&mut done).await?;
        self.rewrap_sealed(&mut done).await?;
        self.keep_names().await?;
        Ok(done)
    }

    async fn rewrap_incident(&self, id: IncidentId, was: Vec<u8>, done: &mut Rewrapped) -> Result<(), Failure> {
        let Some(anew) = self.keys.rewrap(id.0.as_bytes(), &was).map_err(Failure::broken)? else {
            done.before += 1;
            return Ok(());
        };
        let changed = incident::Entity::update_many()
            .col_expr(incident::Column::DataKey, Expr::val(anew))
            .filter(incident::Column::Id.eq(id.0))
            .filter(incident::Column::DataKey.eq(was))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        done.now += changed.rows_affected;
        Ok(())
    }

    async fn rewrap_unread(&self, done: &mut Rewrapped) -> Result<(), Failure> {
        let rows = unread::Entity::find().all(&self.db).await.map_err(|why| unavailable(&why))?;
        for row in rows {
            let Some(anew) = self.keys.rewrap(row.id.as_bytes(), &row.data_key).map_err(Failure::broken)? else {
                done.before += 1;
                continue;
            };
            let changed = unread::Entity::update_many()
                .col_expr(unread::Column::DataKey, Expr::val(anew))
                .filter(unread::Column::Id.eq(row.id))
                .exec(&self.db)
                .await
                .map_err(|why| unavailable(&why))?;
            done.now += changed.rows_affected;
        }
        Ok(())
    }
}
