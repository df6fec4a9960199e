//! Leases: of all processes one leads, for as long as it says so in time. A lease has a term that grows whenever it
//! changes hands (PROMISES.md, design rule 6).

use chrono::TimeDelta;
use domain::clock::Moment;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::entity::lease;
use super::{Store, unavailable};
use crate::failure::Failure;

/// How long a lease holds without being renewed.
pub const HELD: TimeDelta = TimeDelta::seconds(30);

/// A lease that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub holder: Uuid,
    pub term: i64,
}

impl Store {
    /// Takes the lease of this name if nobody holds it; none if somebody does.
    pub async fn take_lease(&self, name: &str, holder: Uuid, now: Moment) -> Result<Option<Held>, Failure> {
        use lease::Column;
        let row = lease::Model { name: name.to_owned(), holder, term: 1, until: now + HELD };
        let mut free = OnConflict::column(Column::Name);
        free.value(Column::Holder, holder)
            .value(Column::Term, Expr::col((lease::Entity, Column::Term)).add(1))
            .value(Column::Until, now + HELD)
            .action_and_where(Expr::col((lease::Entity, Column::Until)).lte(now));
        let taken = lease::Entity::insert(row.into_active_model()).on_conflict(free).exec_without_returning(&self.db);
        if taken.await.map_err(|why| unavailable(&why))? == 0 {
            return Ok(None);
        }
        let row = lease::Entity::find_by_id(name).one(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(row.filter(|row| row.holder == holder).map(|row| Held { holder, term: row.term }))
    }

    /// Renews a lease; false if somebody else has it by now.
    pub async fn renew_lease(&self, name: &str, held: Held, now: Moment) -> Result<bool, Failure> {
        self.set_until(name, held, now + HELD).await
    }

    /// Gives a lease back before its time.
    pub async fn give_lease_back(&self, name: &str, held: Held, now: Moment) -> Result<(), Failure> {
        self.set_until(name, held, now).await.map(drop)
    }

    /// Ends a lease, whoever holds it: only for the one process of its database, when it starts.
    pub async fn end_lease(&self, name: &str, now: Moment) -> Result<(), Failure> {
        use lease::Column;
        lease::Entity::update_many()
            .col_expr(Column::Until, Expr::val(now))
            .filter(Column::Name.eq(name))
            .filter(Column::Until.gt(now))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    async fn set_until(&self, name: &str, held: Held, until: Moment) -> Result<bool, Failure> {
        use lease::Column;
        let renewed = lease::Entity::update_many()
            .col_expr(Column::Until, Expr::val(until))
            .filter(Column::Name.eq(name))
            .filter(Column::Holder.eq(held.holder))
            .filter(Column::Term.eq(held.term))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(renewed.rows_affected == 1)
    }
}
