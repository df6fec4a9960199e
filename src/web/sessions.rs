//! Sessions of signed-in browsers, kept in the shop's own database so that they survive a restart. Only a session's
//! hash is stored: who reads the table cannot come in.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

use crate::app::App;
use crate::failure::Failure;
use crate::operations::Desk;

/// After how long without anything done a browser has to sign in again: a shift and a half.
pub const IDLE: TimeDelta = TimeDelta::hours(12);
/// The cookie's name.
const COOKIE: &str = "shopwatch";

/// Keeps sessions in the store, by the shop's own clock.
#[derive(Clone)]
pub struct Sessions(Arc<Desk>);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// The layer that gives a request its session. Nothing is stored for a browser that has not signed in.
pub fn layer(app: &App) -> SessionManagerLayer<Sessions> {
    let secure = app.settings.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    SessionManagerLayer::new(Sessions(app.desk.clone()))
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(Duration::seconds(IDLE.num_seconds())))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits do not meet each other.
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_string(&record.data).map_err(|why| Error::Encode(why.to_string()))?;
        let saved = self.0.store.save_session(&record.id.to_string(), data, self.0.now() + IDLE).await;
        saved.map_err(|why| lost(&why))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.0.now();
        let data = self.0.store.session(&id.to_string(), now).await;
        let Some(data) = data.map_err(|why| lost(&why))? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&data).map_err(|why| Error::Decode(why.to_string()))?;
        let until = OffsetDateTime::from_unix_timestamp((now + IDLE).timestamp());
        Ok(Some(Record { id: *id, data, expiry_date: until.map_err(|why| Error::Decode(why.to_string()))? }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let ended = self.0.store.end_session(&id.to_string()).await;
        ended.map_err(|why| lost(&why))
    }
}

/// The store has logged why already.
fn lost(why: &Failure) -> Error {
    let kind = match why {
        Failure::Unavailable(kind) => kind,
        Failure::Refused(_) | Failure::Conflict | Failure::Broken(_) => "broken",
    };
    Error::Backend(kind.to_owned())
}
