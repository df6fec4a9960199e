//! What waits for somebody: the open incidents, the most urgent and the longest waiting first, in pages that follow
//! each other whatever happens meanwhile.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use domain::id::IncidentId;
use domain::incident::Incident;
use domain::place::SiteId;
use domain::words::{Category, State};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

use super::incidents::{PAGE_MAX, of_ids};
use super::sealing::open_incident;
use super::unreadable::readable;
use super::{Store, unavailable};
use crate::failure::Failure;

/// Where an open incident stands among those that wait: how urgent it is, then how long it has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    urgency: i32,
    id: IncidentId,
}

/// A page of those that wait, in their order.
#[derive(Debug, Default)]
pub struct Waiting {
    pub incidents: Vec<Incident>,
    /// Behind which the next page begins.
    pub next: Option<Place>,
}

/// How urgent it is that somebody looks, 0 first: what is happening now, before what has happened, before what is decided
/// and only has to be closed; what nobody has claimed before what somebody has. None if it waits for nobody.
pub const fn urgency(state: State, category: Category) -> Option<i32> {
    match (state, category) {
        (State::New, Category::InProgress) => Some(0),
        (State::Claimed, Category::InProgress) => Some(1),
        (State::New, Category::PotentialTheft | Category::Info) => Some(2),
        (State::Claimed, Category::PotentialTheft | Category::Info) => Some(3),
        (State::Confirmed, _) => Some(4),
        (State::Resolved | State::Declined | State::Merged | State::Withdrawn, _) => None,
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.urgency, self.id)
    }
}

/// The text names no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAPlace;

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (urgency, id) = text.split_once('.').ok_or(NotAPlace)?;
        let urgency = urgency.parse().map_err(|_why| NotAPlace)?;
        let id = id.parse().map_err(|_why| NotAPlace)?;
        Ok(Self { urgency, id })
    }
}

impl Store {
    /// A page of the open incidents of these sites, behind this place.
    pub async fn waiting(&self, sites: &[SiteId], after: Option<Place>) -> Result<Waiting, Failure> {
        let most = usize::try_from(PAGE_MAX).unwrap_or(usize::MAX);
        let mut places = Vec::new();
        for site in sites {
            places.extend(self.places(site, after).await.map_err(|why| unavailable(&why))?);
        }
        places.sort_unstable();
        let more = places.len() > most;
        places.truncate(most);
        let ids = places.iter().map(|place| place.id.0);
        let rows = of_ids(ids).all(&self.db).await.map_err(|why| unavailable(&why))?;
        let rows = rows.into_iter().filter(|row| row.erased_at.is_none());
        let mut rows: HashMap<_, _> = rows.map(|row| (row.id, row)).collect();
        let found = places.iter().filter_map(|place| rows.remove(&place.id.0));
        let incidents = readable(found.map(|row| (row.id, open_incident(&self.keys, &row))));
        Ok(Waiting { incidents, next: places.last().copied().filter(|_| more) })
    }

    /// The first places of a site behind this one, and one more than fits a page: each part of the query reads so many
    /// rows of an index and no more, however many incidents are open.
    async fn places(&self, site: &SiteId, after: Option<Place>) -> Result<Vec<Place>, DbErr> {
        let Some(sql) = first_places(after) else { return Ok(Vec::new()) };
        let values = std::iter::once(Value::from(site.as_str())).chain(after.map(|place| Value::from(place.id.0)));
        let query = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        let place = |row: &QueryResult| {
            Ok(Place { urgency: row.try_get("", "urgency")?, id: IncidentId(row.try_get("", "id")?) })
        };
        self.db.query_all_raw(query).await?.iter().map(place).collect()
    }
}

/// The query, with the site as its first parameter and the id of the place as its second; none if nothing comes behind it.
fn first_places(after: Option<Place>) -> Option<String> {
    let limit = PAGE_MAX + 1;
    let kinds = State::ALL.iter().flat_map(|state| Category::ALL.iter().map(move |category| (*state, *category)));
    let part = |(state, category)| {
        let urgency = urgency(state, category)?;
        let behind = match after {
            Some(place) if place.urgency > urgency => return None,
            Some(place) if place.urgency == urgency => "AND id > $2",
            _ => "",
        };
        Some(format!(
            "SELECT * FROM (SELECT {urgency} AS urgency, id FROM incident WHERE site = $1 AND state = '{state}' AND \
             category = '{category}' {behind} AND erased_at IS NULL ORDER BY id LIMIT {limit}) AS part"
        ))
    };
    let parts: Vec<String> = kinds.filter_map(part).collect();
    let all = parts.join(" UNION ALL ");
    (!parts.is_empty()).then(|| format!("SELECT * FROM ({all}) AS waiting ORDER BY urgency, id LIMIT {limit}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn whatever_is_open_has_its_urgency_and_nothing_else_has() {
        for state in State::ALL {
            for category in Category::ALL {
                assert_eq!(urgency(*state, *category).is_some(), state.is_open(), "{state} {category}");
            }
        }
    }

    #[test]
    fn a_place_can_stand_in_an_address() {
        let place = Place { urgency: 3, id: IncidentId(Uuid::from_u128(7)) };
        assert_eq!(place.to_string().parse(), Ok(place));
        for forged in ["", "3", "3.", ".inc_0", "x.inc_00000000000000000000000000000007", "3.SW-7K3QF-X"] {
            assert_eq!(forged.parse::<Place>(), Err(NotAPlace), "{forged}");
        }
    }
}
