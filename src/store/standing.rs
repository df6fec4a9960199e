//! Where copies of incidents stand in a chat: what people write under them is read there when nobody listened.

use domain::words::Platform;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{incident, outbox};
use super::outbox::What;
use super::{Store, unavailable};
use crate::failure::Failure;

/// A copy of an incident, and what its chat calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    pub what: What,
    pub remote_id: String,
}

/// What stands in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Card,
    Thread,
    /// The reporter's own copy.
    Follow,
}

impl Sort {
    /// What the keys of its rows begin with.
    const fn key(self) -> &'static str {
        match self {
            Self::Card => "card/",
            Self::Thread => "thread/",
            Self::Follow => "follow/",
        }
    }
}

impl Store {
    /// The copies of these sorts that changed last, the newest first; of incidents that are open, or of all.
    pub async fn stands(
        &self,
        platform: Platform,
        sorts: &[Sort],
        open: bool,
        most: u64,
    ) -> Result<Vec<Stands>, Failure> {
        let of_sort =
            sorts.iter().fold(Condition::any(), |any, sort| any.add(outbox::Column::Key.starts_with(sort.key())));
        let mut rows = outbox::Entity::find()
            .filter(outbox::Column::Platform.eq(platform.as_str()))
            .filter(outbox::Column::RemoteId.is_not_null())
            .filter(outbox::Column::SettledAt.is_not_null())
            .filter(of_sort);
        if open {
            let opened = Query::select()
                .column(incident::Column::Id)
                .from(incident::Entity)
                .and_where(incident::Column::Open.eq(true))
                .take();
            rows = rows.filter(outbox::Column::Incident.in_subquery(opened));
        }
        let rows = rows.order_by_desc(outbox::Column::SettledAt).limit(most).all(&self.db).await;
        let rows = rows.map_err(|why| unavailable(&why))?.into_iter();
        let stands = |row: outbox::Model| {
            let what = serde_json::from_str(&row.task).ok()?;
            Some(Stands { what, remote_id: row.remote_id? })
        };
        Ok(rows.filter_map(stands).collect())
    }
}
