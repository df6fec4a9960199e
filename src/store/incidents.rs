//! Reading incidents, their timelines and lists of them.

use std::cmp::Reverse;

use chrono::TimeDelta;
use domain::actor::Actor;
use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::incident::Incident;
use domain::place::SiteId;
use domain::policy::{self, Reach, Sight};
use domain::words::State;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::commit::Delivery;
use super::entity::{delivery, entry, incident};
use super::rows::{delivery_fingerprint, delivery_key};
use super::sealing::{TimelineLine, data_key, open_incident, open_line, plain, signed};
use super::unreadable::{readable, say};
use super::{Store, unavailable};
use crate::failure::Failure;

/// The most incidents on one page of a list.
pub const PAGE_MAX: u64 = 50;
/// The most lines of a timeline that are shown at once; the newest ones.
pub const TIMELINE_MAX: u64 = 500;

/// When an incident that cannot be read is looked at again: its keys may have been put back, and once an hour is said loud
/// enough.
const UNREADABLE_AGAIN: TimeDelta = TimeDelta::hours(1);

/// Which incidents a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// At these sites.
    pub sites: Vec<SiteId>,
    /// In this state.
    pub state: Option<State>,
    /// Older than this one.
    pub before: Option<IncidentId>,
}

/// A page of a list, newest first.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Those of it that can be read.
    pub incidents: Vec<Incident>,
    /// The last one on it if there are older ones, be it one that cannot be read.
    pub older: Option<IncidentId>,
}

/// A delivery that has arrived before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// What it was for.
    pub incident: IncidentId,
    /// Whether the same was in it.
    pub same: bool,
}

/// What an actor may see, or has reported. The database leaves out the rest, so that looking for what is hidden is the same
/// work as looking for what does not exist: nothing of it is read or opened. How much they see is the policy's to say.
fn in_reach(actor: &Actor) -> Select<incident::Entity> {
    let own = reported_by(actor);
    match policy::reach(actor) {
        Reach::Everywhere => incident::Entity::find(),
        Reach::At(sites) => {
            let of_others = incident::Column::Site.is_in(sites.iter().map(SiteId::as_str));
            incident::Entity::find().filter(Condition::any().add(of_others).add(own))
        }
    }
}

/// Under whichever of their accounts it was.
fn reported_by(actor: &Actor) -> SimpleExpr {
    incident::Column::Reporter.is_in(actor.pseudonyms().map(plain))
}

/// Lists of incidents that are not erased: what is gone is nowhere to be found.
pub(super) fn kept() -> Select<incident::Entity> {
    incident::Entity::find().filter(incident::Column::ErasedAt.is_null())
}

/// One incident, erased or not. `kept` would offer the lists' indexes to Postgres, which plans a statement while the table is
/// small and keeps the plan: every look-up would then go through one of them from end to end.
fn of_id(id: IncidentId) -> Select<incident::Entity> {
    incident::Entity::find_by_id(id.0)
}

/// Incidents that a list found, erased meanwhile or not, as for one.
pub(super) fn of_ids(ids: impl IntoIterator<Item = Uuid>) -> Select<incident::Entity> {
    incident::Entity::find().filter(incident::Column::Id.is_in(ids))
}

/// The newest of these before this one, and one more than fits a page.
fn page(query: Select<incident::Entity>, before: Option<IncidentId>) -> Select<incident::Entity> {
    let query = match before {
        Some(IncidentId(id)) => query.filter(incident::Column::Id.lt(id)),
        None => query,
    };
    query.order_by_desc(incident::Column::Id).limit(PAGE_MAX + 1)
}

/// Leaves one page of these; the last one on it if there were more.
fn cut<T>(newest: &mut Vec<T>, id: impl Fn(&T) -> Uuid) -> Option<IncidentId> {
    let most = usize::try_from(PAGE_MAX).unwrap_or(usize::MAX);
    let more = newest.len() > most;
    newest.truncate(most);
    newest.last().filter(|_| more).map(|last| IncidentId(id(last)))
}

impl Store {
    /// An incident.
    pub async fn incident(&self, id: IncidentId) -> Result<Option<Incident>, Failure> {
        self.read(of_id(id)).await
    }

    /// An incident, for work that goes through many: one that cannot be read is said, and keeps nothing from the others.
    pub async fn incident_if_readable(&self, id: IncidentId) -> Result<Option<Incident>, Failure> {
        match self.incident(id).await {
            Err(Failure::Broken(_)) => {
                say(id.0);
                Ok(None)
            }
            read => read,
        }
    }

    /// The incident people call by this name, if it is in reach of this actor.
    pub async fn incident_called(&self, reference: &Reference, actor: &Actor) -> Result<Option<Incident>, Failure> {
        self.read(in_reach(actor).filter(incident::Column::Reference.eq(reference.as_str()))).await
    }

    /// The incident people call by this name, for those whose business it is without their reading it.
    pub async fn incident_named(&self, reference: &Reference) -> Result<Option<Incident>, Failure> {
        self.read(incident::Entity::find().filter(incident::Column::Reference.eq(reference.as_str()))).await
    }

    /// An incident, if it is in reach of this actor.
    pub async fn incident_in_reach(&self, id: IncidentId, actor: &Actor) -> Result<Option<Incident>, Failure> {
        self.read(in_reach(actor).filter(incident::Column::Id.eq(id.0))).await
    }

    async fn read(&self, query: Select<incident::Entity>) -> Result<Option<Incident>, Failure> {
        let row = query.one(&self.db).await.map_err(|why| unavailable(&why))?;
        let row = row.filter(|row| row.erased_at.is_none());
        row.map(|row| open_incident(&self.keys, &row)).transpose()
    }

    /// A page of incidents. One query a site keeps each of them on its index, however many there are; what is read whole is
    /// this page alone.
    pub async fn incidents(&self, filter: &Filter) -> Result<Listed, Failure> {
        let mut ids: Vec<Uuid> = Vec::new();
        for site in &filter.sites {
            let mut query = kept().filter(incident::Column::Site.eq(site.as_str()));
            if let Some(state) = filter.state {
                query = query.filter(incident::Column::State.eq(state.as_str()));
            }
            let newest = page(query, filter.before).select_only().column(incident::Column::Id);
            ids.extend(newest.into_tuple::<Uuid>().all(&self.db).await.map_err(|why| unavailable(&why))?);
        }
        ids.sort_unstable_by_key(|id| Reverse(*id));
        let older = cut(&mut ids, |id| *id);
        let rows = of_ids(ids).order_by_desc(incident::Column::Id).all(&self.db).await;
        let mut rows = rows.map_err(|why| unavailable(&why))?;
        rows.retain(|row| row.erased_at.is_none());
        Ok(Listed { incidents: self.opened(&rows), older })
    }

    /// A page of what somebody reported.
    pub async fn reported_by(&self, actor: &Actor, before: Option<IncidentId>) -> Result<Listed, Failure> {
        let rows = page(kept().filter(reported_by(actor)), before).all(&self.db).await;
        let mut rows = rows.map_err(|why| unavailable(&why))?;
        let older = cut(&mut rows, |row| row.id);
        Ok(Listed { incidents: self.opened(&rows), older })
    }

    /// Those that can be read.
    fn opened(&self, rows: &[incident::Model]) -> Vec<Incident> {
        readable(rows.iter().map(|row| (row.id, open_incident(&self.keys, row))))
    }

    /// The incidents whose timer has been due for longest. One that cannot be read is put off, since it would be due for
    /// ever and keep the others from their turn.
    pub async fn due_timers(&self, now: Moment, most: u64) -> Result<Vec<Incident>, Failure> {
        let rows = incident::Entity::find()
            .filter(incident::Column::WakeAt.lte(now))
            .order_by_asc(incident::Column::WakeAt)
            .limit(most)
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let due = self.opened(&rows);
        let read: Vec<Uuid> = due.iter().map(|incident| incident.id.0).collect();
        let unread: Vec<Uuid> = rows.iter().map(|row| row.id).filter(|id| !read.contains(id)).collect();
        if !unread.is_empty() {
            incident::Entity::update_many()
                .col_expr(incident::Column::WakeAt, Expr::val(now + UNREADABLE_AGAIN))
                .filter(incident::Column::Id.is_in(unread))
                .exec(&self.db)
                .await
                .map_err(|why| unavailable(&why))?;
        }
        Ok(due)
    }

    /// Sets an incident's timer anew, if it is still as it was seen; what is known of it does not change.
    pub async fn move_timer(&self, incident: &Incident, wake_at: Option<Moment>) -> Result<(), Failure> {
        incident::Entity::update_many()
            .col_expr(incident::Column::WakeAt, Expr::val(wake_at))
            .filter(incident::Column::Id.eq(incident.id.0))
            .filter(incident::Column::Version.eq(signed(incident.version)))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// When the next timer of any incident is due.
    pub async fn next_timer(&self) -> Result<Option<Moment>, Failure> {
        let row = incident::Entity::find()
            .select_only()
            .column(incident::Column::WakeAt)
            .filter(incident::Column::WakeAt.is_not_null())
            .order_by_asc(incident::Column::WakeAt)
            .into_tuple::<Option<Moment>>()
            .one(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(row.flatten())
    }

    /// The timeline of an incident: its own lines and, while they are merged into it, those of others; in order of time.
    /// Who sees it as its reporter sees its own lines alone: the others quote other reporters.
    pub async fn timeline(&self, incident: &Incident, sight: Sight) -> Result<Vec<TimelineLine>, Failure> {
        let absorbed = incident.absorbed.iter().copied().filter(|_| sight != Sight::Own);
        let mut lines = Vec::new();
        for id in std::iter::once(incident.id).chain(absorbed) {
            // No line comes before the one it follows, whatever the clock said meanwhile.
            let mut not_before = Moment::MIN_UTC;
            for line in self.own_lines(id).await? {
                not_before = not_before.max(line.at);
                lines.push((not_before, line));
            }
        }
        lines.sort_by_key(|(not_before, line)| (*not_before, line.incident, line.seq));
        Ok(lines.into_iter().map(|(_, line)| line).collect())
    }

    /// The lines of one incident alone, oldest first.
    pub async fn own_lines(&self, id: IncidentId) -> Result<Vec<TimelineLine>, Failure> {
        let row = of_id(id).one(&self.db).await.map_err(|why| unavailable(&why))?;
        let Some(row) = row.filter(|row| row.erased_at.is_none()) else { return Ok(Vec::new()) };
        let key = data_key(&self.keys, &row)?;
        let mut rows = entry::Entity::find()
            .filter(entry::Column::Incident.eq(id.0))
            .order_by_desc(entry::Column::Seq)
            .limit(TIMELINE_MAX)
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        rows.reverse();
        rows.iter().map(|row| open_line(&key, row)).collect()
    }

    /// What a delivery did when it arrived for the first time, if it has arrived before.
    pub async fn delivered(&self, delivery: &Delivery) -> Result<Option<Arrived>, Failure> {
        let row = delivery::Entity::find_by_id(delivery_key(&self.keys, &delivery.key))
            .one(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let fingerprint = delivery_fingerprint(&self.keys, &delivery.fingerprint);
        Ok(row.map(|row| Arrived { incident: IncidentId(row.incident), same: row.fingerprint == fingerprint }))
    }

    /// How many incidents there are, for the load command and checks.
    pub async fn count_incidents(&self) -> Result<u64, Failure> {
        kept().count(&self.db).await.map_err(|why| unavailable(&why))
    }

    /// The newest incident, erased or not: where going through all of them ends, however many come meanwhile.
    pub async fn newest_id(&self) -> Result<Option<Uuid>, Failure> {
        let newest = ids().order_by_desc(incident::Column::Id).into_tuple().one(&self.db).await;
        newest.map_err(|why| unavailable(&why))
    }

    /// The ids after this one and up to that one, in order, erased or not: for going through all of them.
    pub async fn ids_between(&self, after: Uuid, until: Uuid, most: u64) -> Result<Vec<Uuid>, Failure> {
        ids()
            .filter(incident::Column::Id.gt(after))
            .filter(incident::Column::Id.lte(until))
            .order_by_asc(incident::Column::Id)
            .limit(most)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))
    }
}

fn ids() -> Select<incident::Entity> {
    incident::Entity::find().select_only().column(incident::Column::Id)
}

#[cfg(test)]
mod tests {
    use domain::actor::{Account, Pseudonym, Roles};
    use domain::words::Platform;
    use sea_orm::{DbBackend, QueryTrait as _};

    use super::*;

    #[test]
    fn no_look_up_offers_postgres_an_index_of_lists() {
        let id = IncidentId(Uuid::from_u128(7));
        let actor = Actor {
            account: Account::new(Platform::Console, "amal"),
            member: Pseudonym("amal".to_owned()),
            also: Vec::new(),
            name: "Amal".to_owned(),
            roles: Roles::default(),
        };
        for query in [of_id(id), of_ids([id.0]), in_reach(&actor).filter(incident::Column::Id.eq(id.0))] {
            let sql = query.build(DbBackend::Postgres).sql;
            assert!(!sql.contains(r#""erased_at" IS NULL"#), "{sql}");
        }
        assert!(kept().build(DbBackend::Postgres).sql.contains(r#""erased_at" IS NULL"#));
    }
}
