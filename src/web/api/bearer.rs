//! Who calls: a program with a bearer key (RFC 6750). Missing, wrong and revoked keys are answered alike.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::TimeDelta;
use domain::actor::{Account, Actor, Principal};
use domain::clock::Moment;
use domain::words::Platform;
use ring::digest;
use tracing::Span;

use super::Api;
use crate::chat::inbound::Origin;
use crate::chat::voice::Voice;
use crate::failure::Failure;
use crate::operations::people;
use crate::rules::Rules;
use crate::store::people::ApiKey;
use crate::texts::keys;
use crate::web::problem::{Kind, Problem};

/// How long a key is taken without asking the database again: a revoked one stops within this, and a busy till does
/// not cost a query a report.
const KNOWN_FOR: TimeDelta = TimeDelta::seconds(2);
/// The most keys remembered; a shop has a handful, and forgetting one costs a query.
const KNOWN_MAX: usize = 256;
/// The longest secret that is looked at, in bytes; ours have 46.
const SECRET_MAX: usize = 128;

/// A program that calls with a good key.
#[derive(Debug, Clone)]
pub struct Caller {
    origin: Arc<Origin>,
    /// Its `Accept-Language`.
    pub locale: Option<String>,
    /// Under which the log speaks of this call.
    pub reference: String,
}

impl Caller {
    /// The name of its key.
    pub fn name(&self) -> &str {
        &self.origin.name
    }

    /// Where what it sends comes from.
    pub fn origin(&self) -> Origin {
        Origin { locale: self.locale.clone(), ..Origin::clone(&self.origin) }
    }

    /// Who it is and what it may do, as of now.
    pub fn actor(&self, api: &Api) -> Actor {
        people::actor(&api.app.desk, &self.origin)
    }

    /// How things are said to it.
    pub fn voice<'a>(&self, api: &'a Api, rules: &Rules) -> Voice<'a> {
        api.app.voice(rules, self.locale.as_deref())
    }

    /// What everything logged on the way carries.
    pub fn span(&self) -> Span {
        tracing::info_span!(target: "shopwatch::api", "call", reference = %self.reference)
    }
}

impl FromRequestParts<Arc<Api>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Problem> {
        let locale = language(&parts.headers);
        let reference = api.app.desk.ids.uuid().simple().to_string();
        let refuse = |kind, text| {
            let voice = api.app.voice(&api.app.desk.rules(), locale.as_deref());
            Problem::new(kind, &voice, voice.say(&text))
        };
        let known = match secret(&parts.headers) {
            Some(secret) => api.known_keys.origin_of(api, secret).await,
            None => Ok(None),
        };
        match known {
            Ok(Some(origin)) => Ok(Self { origin, locale, reference }),
            Ok(None) => Err(refuse(Kind::Unauthorised, keys::api_unauthorised())),
            Err(_) if parts.method.is_safe() => Err(refuse(Kind::Unavailable, keys::api_unavailable())),
            Err(_) => Err(refuse(Kind::Unavailable, keys::api_not_saved())),
        }
    }
}

/// The `Accept-Language` of a request.
pub fn language(headers: &HeaderMap) -> Option<String> {
    headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().map(ToOwned::to_owned)
}

fn secret(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && (1..=SECRET_MAX).contains(&secret.len())).then_some(secret)
}

/// Good keys that were seen a moment ago, by the SHA-256 of their secret. Bad ones are not remembered.
#[derive(Debug, Default)]
pub struct KnownKeys(Mutex<HashMap<[u8; 32], Known>>);

#[derive(Debug)]
struct Known {
    origin: Arc<Origin>,
    asked_at: Moment,
}

impl KnownKeys {
    async fn origin_of(&self, api: &Api, secret: &str) -> Result<Option<Arc<Origin>>, Failure> {
        let now = api.app.desk.now();
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref());
        if let Some(origin) = self.fresh(&hash, now) {
            return Ok(Some(origin));
        }
        let Some(key) = api.app.desk.store.key_of(secret).await? else { return Ok(None) };
        let origin = Arc::new(origin(key));
        self.remember(hash, Known { origin: origin.clone(), asked_at: now });
        Ok(Some(origin))
    }

    fn fresh(&self, hash: &[u8; 32], now: Moment) -> Option<Arc<Origin>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(hash).filter(|known| known.is_fresh(now)).map(|known| known.origin.clone())
    }

    fn remember(&self, hash: [u8; 32], key: Known) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_MAX {
            known.retain(|_, other| other.is_fresh(key.asked_at));
        }
        if known.len() < KNOWN_MAX || known.contains_key(&hash) {
            known.insert(hash, key);
        }
    }
}

impl Known {
    /// A clock that was set back makes nothing fresh for longer.
    fn is_fresh(&self, now: Moment) -> bool {
        (TimeDelta::zero()..KNOWN_FOR).contains(&(now - self.asked_at))
    }
}

fn origin(key: ApiKey) -> Origin {
    Origin {
        account: Account::new(Platform::Api, key.name.clone()),
        name: key.name.clone(),
        principals: [Principal::Api(key.name.clone())].into(),
        key: Some(key),
        locale: None,
        place: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::words::Role;

    fn known(asked_at: Moment) -> Known {
        let key = ApiKey { name: "till".to_owned(), role: Role::Staff, site: None, revoked: false };
        Known { origin: Arc::new(origin(key)), asked_at }
    }

    #[test]
    fn a_key_is_asked_for_again_after_two_seconds_and_when_the_clock_was_set_back() {
        let (keys, now) = (KnownKeys::default(), Moment::default());
        keys.remember([1; 32], known(now));
        assert!(keys.fresh(&[1; 32], now + TimeDelta::milliseconds(1_999)).is_some());
        assert!(keys.fresh(&[1; 32], now + TimeDelta::seconds(2)).is_none());
        assert!(keys.fresh(&[1; 32], now - TimeDelta::seconds(1)).is_none());
        assert!(keys.fresh(&[2; 32], now).is_none());
    }

    #[test]
    fn no_more_keys_are_remembered_than_a_shop_has_use_for() {
        let (keys, now) = (KnownKeys::default(), Moment::default());
        let hash = |count: usize| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&count.to_be_bytes());
            hash
        };
        (0..KNOWN_MAX + 10).for_each(|count| keys.remember(hash(count), known(now)));
        assert_eq!(keys.0.lock().unwrap().len(), KNOWN_MAX);
        keys.remember(hash(9_999), known(now + KNOWN_FOR));
        assert_eq!(keys.0.lock().unwrap().len(), 1, "stale keys make room");
    }

    #[test]
    fn only_a_bearer_key_is_a_key() {
        let of = |value: &str| {
            let headers: HeaderMap = [(header::AUTHORIZATION, value.parse().unwrap())].into_iter().collect();
            secret(&headers).map(ToOwned::to_owned)
        };
        assert_eq!(of("Bearer sw_x"), Some("sw_x".to_owned()));
        assert_eq!(of("bearer  sw_x"), Some("sw_x".to_owned()));
        for wrong in ["Basic sw_x", "sw_x", "Bearer ", "Bearer"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        assert_eq!(of(&format!("Bearer {}", "x".repeat(SECRET_MAX + 1))), None);
    }
}
