//! Nobody's flood is anybody else's wait: how many requests one person or program may have under way, and how many
//! connections one address may hold.
//!
//! What is limited is the share, not the rate: somebody who waits for answers may ask as fast as they come. Whoever asks
//! for more waits for their own turn, which keeps a program that does not wait from keeping us busy with refusals.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::asked::Asked;
use super::problem::Kind;
use super::upload;
use crate::app::App;
use crate::console::render::pages;
use crate::texts::keys;

/// The most requests that one key or session has under way: as many as share one transaction. One alone can fill every
/// transaction, and a report of anybody else is in the next but one.
pub const UNDER_WAY_MAX: usize = 128;
/// How long more of them wait for their turn; with what an answer may take then, nobody waits longer than 3 s
/// (PROMISES.md, P6).
const TURN_WITHIN: Duration = Duration::from_millis(500);
/// The most requests with photos that one key or session has under way: half of those that can come in at once, since each
/// may take its time.
const WITH_PHOTOS_MAX: usize = 4;
/// How long more of them wait for their turn: nobody looks at a watch while their photos are sent.
const TURN_WITH_PHOTOS_WITHIN: Duration = Duration::from_mins(1);
/// The most connections of one address: half of all, so that one computer alone keeps nobody out. A proxy in front
/// is one address too; half of all is enough for a shop.
pub const CONNECTIONS_OF_ONE_MAX: usize = 512;

/// Counts what is held, by holder; who holds nothing takes no room.
#[derive(Debug)]
pub struct Shares<K> {
    held: Arc<Mutex<HashMap<K, usize>>>,
    most: usize,
}

/// One thing that is held, until this is dropped.
#[derive(Debug)]
pub struct Share<K: Eq + Hash> {
    held: Arc<Mutex<HashMap<K, usize>>>,
    holder: K,
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self { held: self.held.clone(), most: self.most }
    }
}

impl<K: Eq + Hash + Clone> Shares<K> {
    /// At most so many for each.
    pub fn of(most: usize) -> Self {
        Self { held: Arc::default(), most }
    }

    /// One more for this holder, unless they hold their share already.
    pub fn take(&self, holder: K) -> Option<Share<K>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(holder.clone()).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Share { held: self.held.clone(), holder })
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = held.get_mut(&self.holder) else { return };
        *count -= 1;
        if *count == 0 {
            held.remove(&self.holder);
        }
    }
}

/// Whose connection it is. Of IPv6 one customer has a whole /64 (RFC 6177), and could be a new address each time.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

/// What each key and session has under way.
pub struct UnderWay {
    pub app: App,
    turns: Turns,
    with_photos: Turns,
    random: RandomState,
}

/// The turns of everybody who has something under way or waits.
#[derive(Debug, Clone, Default)]
struct Turns(Arc<Mutex<HashMap<u64, Arc<Semaphore>>>>);

/// Somebody's turn, or their waiting for it.
struct Turn {
    turns: Turns,
    holder: u64,
    queue: Option<Arc<Semaphore>>,
    place: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits for a turn; none if it does not come in time.
    async fn wait(&self, holder: u64, most: usize, within: Duration) -> Option<Turn> {
        let queue = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            queues.entry(holder).or_insert_with(|| Arc::new(Semaphore::new(most))).clone()
        };
        let mut turn = Turn { turns: self.clone(), holder, queue: Some(queue.clone()), place: None };
        turn.place = timeout(within, queue.acquire_owned()).await.ok()?.ok();
        Some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queues = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        (self.place, self.queue) = (None, None);
        // Whoever has nothing under way and does not wait takes no room.
        if queues.get(&self.holder).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.holder);
        }
    }
}

impl UnderWay {
    /// Nothing yet.
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), turns: Turns::default(), with_photos: Turns::default(), random: RandomState::new() }
    }

    /// Lets a request wait for its turn, and says how many may be under way if it does not come.
    async fn turn(&self, holder: u64, with_photos: bool) -> Result<(Turn, Option<Turn>), usize> {
        let sending = if with_photos {
            let turn = self.with_photos.wait(holder, WITH_PHOTOS_MAX, TURN_WITH_PHOTOS_WITHIN).await;
            Some(turn.ok_or(WITH_PHOTOS_MAX)?)
        } else {
            None
        };
        let turn = self.turns.wait(holder, UNDER_WAY_MAX, TURN_WITHIN).await;
        Ok((turn.ok_or(UNDER_WAY_MAX)?, sending))
    }
}

/// Lets a request through when whoever sends it has less under way than one may have. Who shows neither key nor session
/// is not counted: they are answered without much work, and there is nothing to tell them apart by.
pub async fn fair(
    under_way: &UnderWay,
    asked: &Asked,
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let Some(holder) = credentials(request.headers()).map(|shown| under_way.random.hash_one(shown)) else {
        return answer(request).await;
    };
    let with_photos = upload::brings_photos(request.method(), request.uri().path(), request.headers());
    match under_way.turn(holder, with_photos).await {
        Ok(_turn) => answer(request).await,
        Err(most) => {
            metrics::counter!("shopwatch_failures_total", "kind" => "too_many").increment(1);
            let text = keys::api_too_many_requests(most);
            asked.refused(&under_way.app, Kind::TooManyRequests, &text, pages::too_many)
        }
    }
}

/// What tells people and programs apart before anybody has looked whether it is worth anything.
fn credentials(headers: &HeaderMap) -> Option<&[u8]> {
    headers.get(header::AUTHORIZATION).or_else(|| headers.get(header::COOKIE)).map(HeaderValue::as_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_share_of_their_own_and_what_is_given_back_can_be_taken_again() {
        let shares = Shares::of(2);
        let (first, second) = (shares.take("amal"), shares.take("amal"));
        assert!(first.is_some() && second.is_some());
        assert!(shares.take("amal").is_none());
        assert!(shares.take("noor").is_some());
        drop(first);
        assert!(shares.take("amal").is_some());
        drop(second);
        assert!(shares.held.lock().unwrap().is_empty(), "who holds nothing takes no room");
    }

    #[tokio::test]
    async fn who_has_their_share_under_way_waits_for_their_own_turn_alone() {
        let (turns, soon) = (Turns::default(), Duration::from_millis(5));
        let first = turns.wait(1, 1, soon).await;
        assert!(first.is_some());
        assert!(turns.wait(1, 1, soon).await.is_none());
        assert!(turns.wait(2, 1, soon).await.is_some());
        let (next, ()) = tokio::join!(turns.wait(1, 1, soon * 1_000), async { drop(first) });
        assert!(next.is_some());
        drop(next);
        assert!(turns.0.lock().unwrap().is_empty(), "who waits for nothing takes no room");
    }

    #[test]
    fn a_customer_is_one_neighbour_however_many_addresses_they_have() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:1:3::9"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    #[test]
    fn a_key_counts_before_a_session() {
        let headers = |pairs: &[(header::HeaderName, &str)]| {
            pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect::<HeaderMap>()
        };
        let both = headers(&[(header::COOKIE, "shopwatch=x"), (header::AUTHORIZATION, "Bearer y")]);
        assert_eq!(credentials(&both), Some(b"Bearer y".as_slice()));
        assert_eq!(credentials(&headers(&[(header::COOKIE, "shopwatch=x")])), Some(b"shopwatch=x".as_slice()));
        assert_eq!(credentials(&HeaderMap::new()), None);
    }
}
