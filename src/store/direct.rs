//! Where people write to the shop alone, in a chat that does not list its direct messages: noted for a while, so that what
//! they send while nobody listens can be read afterwards. The note has a person's pseudonym for a name, and says the
//! channel and until when it may be there.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::actor::Account;
use domain::clock::Moment;
use domain::words::Platform;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::entity::{incident, meta};
use super::{Store, unavailable};
use crate::failure::Failure;
use crate::keys::Keys;

/// What the names of the notes begin with.
const DIRECT: &str = "direct/";
/// So long after somebody wrote there last: nobody is to be noted for ever who wrote once, and whoever works in a shop writes
/// again within a quarter.
const KEPT: TimeDelta = TimeDelta::days(90);
/// A note that ends so much earlier than it could stays as it is: not every message has to be a write.
const NEAR: TimeDelta = TimeDelta::days(1);

/// Under a pseudonym: names of notes hold nothing personal.
pub(super) fn name(keys: &Keys, account: &Account) -> String {
    format!("{DIRECT}{}/{}", account.platform, keys.pseudonym(&account.to_string()).0)
}

/// Until when and where. All moments are written in one way, so that their texts stand in their order.
fn written(until: Moment, channel: &str) -> String {
    format!("{} {channel}", moment(until))
}

fn moment(at: Moment) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn read(value: &str) -> Option<(Moment, &str)> {
    let (until, channel) = value.split_once(' ')?;
    Some((DateTime::parse_from_rfc3339(until).ok()?.with_timezone(&Utc), channel))
}

impl Store {
    /// Somebody wrote to the shop alone, in this channel.
    pub async fn note_direct(&self, account: &Account, channel: &str, at: Moment) -> Result<(), Failure> {
        let (name, until) = (name(&self.keys, account), at + KEPT);
        let noted = self.noted(&name).await?;
        let is_known = |(ends, there): (Moment, &str)| there == channel && ends >= until - NEAR;
        if noted.as_deref().and_then(read).is_some_and(is_known) {
            return Ok(());
        }
        self.note(&name, &written(until, channel)).await
    }

    /// The channels of direct messages in which somebody wrote, whoever wrote last first.
    pub async fn direct(&self, platform: Platform, now: Moment) -> Result<Vec<String>, Failure> {
        let notes = self.noted_under(&format!("{DIRECT}{platform}/")).await?;
        let mut known: Vec<(Moment, &str)> = notes.iter().filter_map(|(_, value)| read(value)).collect();
        known.retain(|(until, _)| *until > now);
        known.sort_by(|one, other| other.cmp(one));
        Ok(known.into_iter().map(|(_, channel)| channel.to_owned()).collect())
    }

    /// Forgets where nobody has written for so long.
    pub async fn forget_direct(&self, now: Moment) -> Result<u64, Failure> {
        let over = meta::Entity::delete_many()
            .filter(meta::Column::Name.starts_with(DIRECT))
            .filter(meta::Column::Value.lt(moment(now)))
            .exec(&self.db)
            .await;
        Ok(over.map_err(|why| unavailable(&why))?.rows_affected)
    }
}

/// Forgets where somebody writes of whom no incident is left.
pub(super) async fn forget(txn: &DatabaseTransaction, name: &str, member: &str) -> Result<(), DbErr> {
    let theirs = Query::select()
        .column(incident::Column::Id)
        .from(incident::Entity)
        .and_where(incident::Column::Reporter.eq(member))
        .take();
    let note = meta::Entity::delete_many().filter(meta::Column::Name.eq(name));
    note.filter(Expr::exists(theirs).not()).exec(txn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_earlier_stands_before_what_ends_later() {
        let at = |text: &str| text.parse::<Moment>().unwrap();
        let (early, late) = (at("2026-11-22T14:05:00.9Z"), at("2026-11-22T14:05:01Z"));
        assert!(written(early, "9") < moment(late) && moment(late) < written(late, "1"));
        assert_eq!(read(&written(late, "445")), Some((late, "445")));
        assert_eq!(read("on"), None);
    }
}
