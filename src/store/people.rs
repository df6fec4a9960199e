//! How people and programs come in: one-time links, sessions, keys; and what the console tells them.

use domain::actor::Actor;
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::place::SiteId;
use domain::words::Role;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, SqlErr};

use super::entity::{api_key, enter_link, meta, notice, session};
use super::{Store, unavailable};
use crate::failure::Failure;
use crate::keys::fingerprint;

/// Where a database keeps a pseudonym that only its own keys make, and whose.
pub(super) const KEY_CHECK_NOTE: &str = "key_check";
pub(super) const KEY_CHECK: &str = "shopwatch/key-check";

/// The most notices the console shows one person.
pub const NOTICES_MAX: u64 = 20;

/// A program that may call the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub name: String,
    pub role: Role,
    /// Only at this site; everywhere if none.
    pub site: Option<SiteId>,
    pub revoked: bool,
}

/// Something the console tells one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub incident: IncidentId,
    pub word: String,
    pub at: Moment,
}

/// That name is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTaken;

impl Store {
    /// Keeps a one-time link for this person.
    pub async fn add_link(&self, token: &str, name: &str, expires_at: Moment) -> Result<(), Failure> {
        let link =
            enter_link::Model { token_hash: fingerprint(token), name: name.to_owned(), expires_at, spent_at: None };
        enter_link::Entity::insert(link.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// For whom a link is that can still be spent.
    pub async fn link_for(&self, token: &str, now: Moment) -> Result<Option<String>, Failure> {
        let link = enter_link::Entity::find_by_id(fingerprint(token))
            .filter(enter_link::Column::SpentAt.is_null())
            .filter(enter_link::Column::ExpiresAt.gt(now))
            .one(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(link.map(|link| link.name))
    }

    /// Spends a link; of two at the same moment one wins.
    pub async fn spend_link(&self, token: &str, now: Moment) -> Result<Option<String>, Failure> {
        let Some(name) = self.link_for(token, now).await? else { return Ok(None) };
        let spent = enter_link::Entity::update_many()
            .col_expr(enter_link::Column::SpentAt, Expr::val(now))
            .filter(enter_link::Column::TokenHash.eq(fingerprint(token)))
            .filter(enter_link::Column::SpentAt.is_null())
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok((spent.rows_affected == 1).then_some(name))
    }

    /// Keeps a program's key; only its SHA-256 is stored.
    pub async fn add_key(&self, key: &ApiKey, secret: &str, now: Moment) -> Result<Result<(), NameTaken>, Failure> {
        let row = api_key::Model {
            name: key.name.clone(),
            key_hash: fingerprint(secret),
            role: key.role.to_string(),
            site: key.site.as_ref().map(ToString::to_string),
            made_at: now,
            revoked_at: None,
        };
        match api_key::Entity::insert(row.into_active_model()).exec_without_returning(&self.db).await {
            Ok(_) => Ok(Ok(())),
            Err(why) if matches!(why.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(Err(NameTaken)),
            Err(why) => Err(unavailable(&why)),
        }
    }

    /// The key that this secret belongs to, if it is still good.
    pub async fn key_of(&self, secret: &str) -> Result<Option<ApiKey>, Failure> {
        let row = api_key::Entity::find()
            .filter(api_key::Column::KeyHash.eq(fingerprint(secret)))
            .filter(api_key::Column::RevokedAt.is_null())
            .one(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(row.and_then(read_key))
    }

    /// Every key that was made, by name.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, Failure> {
        let rows = api_key::Entity::find().order_by_asc(api_key::Column::Name).all(&self.db).await;
        Ok(rows.map_err(|why| unavailable(&why))?.into_iter().filter_map(read_key).collect())
    }

    /// Takes a key back; false if there is none of that name.
    pub async fn revoke_key(&self, name: &str, now: Moment) -> Result<bool, Failure> {
        let revoked = api_key::Entity::update_many()
            .col_expr(api_key::Column::RevokedAt, Expr::val(now))
            .filter(api_key::Column::Name.eq(name))
            .filter(api_key::Column::RevokedAt.is_null())
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(revoked.rows_affected == 1)
    }

    /// A session's data, if it has not expired.
    pub async fn session(&self, id: &str, now: Moment) -> Result<Option<String>, Failure> {
        let row = session::Entity::find_by_id(fingerprint(id))
            .filter(session::Column::ExpiresAt.gt(now))
            .one(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(row.map(|row| row.data))
    }

    /// Keeps a session.
    pub async fn save_session(&self, id: &str, data: String, expires_at: Moment) -> Result<(), Failure> {
        let row = session::Model { id_hash: fingerprint(id), data, expires_at };
        let newer = OnConflict::column(session::Column::IdHash)
            .update_columns([session::Column::Data, session::Column::ExpiresAt])
            .to_owned();
        session::Entity::insert(row.into_active_model())
            .on_conflict(newer)
            .exec_without_returning(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// Ends a session.
    pub async fn end_session(&self, id: &str) -> Result<(), Failure> {
        session::Entity::delete_by_id(fingerprint(id)).exec(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// What the console has told somebody lately, newest first.
    pub async fn notices(&self, actor: &Actor) -> Result<Vec<Notice>, Failure> {
        let rows = notice::Entity::find()
            .filter(notice::Column::Member.is_in(actor.pseudonyms().map(|member| &member.0)))
            .order_by_desc(notice::Column::At)
            .limit(NOTICES_MAX)
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let read = |row: notice::Model| Notice { incident: IncidentId(row.incident), word: row.word, at: row.at };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Checks that this database was sealed with these keys; a fresh database takes them.
    pub async fn fits_keys(&self) -> Result<bool, Failure> {
        let ours = self.keys.pseudonym(KEY_CHECK).0;
        let row = meta::Model { name: KEY_CHECK_NOTE.to_owned(), value: ours.clone() };
        meta::Entity::insert(row.into_active_model())
            .on_conflict(OnConflict::column(meta::Column::Name).do_nothing().to_owned())
            .exec_without_returning(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let kept = meta::Entity::find_by_id(KEY_CHECK_NOTE).one(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(kept.is_some_and(|row| row.value == ours))
    }
}

fn read_key(row: api_key::Model) -> Option<ApiKey> {
    Some(ApiKey {
        role: row.role.parse().ok()?,
        site: row.site.map(|site| site.parse()).transpose().ok()?,
        revoked: row.revoked_at.is_some(),
        name: row.name,
    })
}
