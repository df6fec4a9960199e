//! `FakeS3`: a bucket at the wire with a memory, for what a real server cannot be told to do: answers that are lost,
//! clocks that are wrong, bytes that change. It refuses every header and parameter that it does not know, and complains
//! about them when it is dropped. What a server really does with locks is tested against a real one ([`super::rgw`]).

mod door;
mod faults;
mod objects;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::{Clock as _, Moment};
use shopwatch::settings::Secret;
use shopwatch::settings::bucket::{AccessKey, BucketSettings, Encryption, LockMode};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::clock::TestClock;
pub use faults::{Fault, Op};

/// The bucket that is there.
pub const BUCKET: &str = "shop-evidence";
/// The access key that is known.
pub const KEY_ID: &str = "AKIA-TEST";
/// … and its secret.
pub const SECRET: &str = "CANARY-SECRET";
const REGION: &str = "eu-west-2";
/// How long a test waits for a server that does not answer: long beside a step on this machine, short beside a test.
const PATIENCE: Duration = Duration::from_secs(6);

/// What a bucket can do.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that a bucket can do or not, by itself")]
pub struct Can {
    pub versions: bool,
    pub locks: bool,
    pub write_once: bool,
    /// Whether it takes a condition at all, or refuses every request that has one.
    pub conditions: bool,
    /// Whether it lists versions.
    pub lists_versions: bool,
    pub encrypt: bool,
    pub remove: bool,
}

impl Can {
    pub const EVERYTHING: Self = Self {
        versions: true,
        locks: true,
        write_once: true,
        conditions: true,
        lists_versions: true,
        encrypt: true,
        remove: true,
    };
}

/// One version of an object, or a mark that there is none.
#[derive(Debug, Clone, Default)]
pub struct Object {
    pub key: String,
    pub version: Option<String>,
    pub bytes: Vec<u8>,
    pub hash: String,
    pub encryption: Option<String>,
    pub mode: Option<String>,
    pub put_at: Moment,
    pub locked_until: Option<Moment>,
    /// Whether it has a legal hold.
    pub held: bool,
    /// Whether it says that there is nothing, and is nothing else.
    pub mark: bool,
}

/// What the server knows.
pub struct State {
    pub can: Can,
    /// How far its clock is ahead.
    pub ahead: TimeDelta,
    /// The session token that requests have to carry, if its key is a temporary one.
    pub token: Option<String>,
    /// The name of its bucket.
    pub bucket: String,
    pub objects: Vec<Object>,
    /// Every request, in order.
    pub seen: Vec<Op>,
    clock: Arc<TestClock>,
    versions: u32,
    faults: Vec<(Op, Fault)>,
    /// Everything fails until this is taken away.
    pub away: bool,
    /// What nobody may write whose name has this in it.
    pub shut: Option<String>,
    complaints: Vec<String>,
}

/// The server; gone when it is dropped.
pub struct FakeS3 {
    state: Arc<Mutex<State>>,
    held: watch::Receiver<u32>,
    url: String,
    _tasks: JoinSet<()>,
}

impl FakeS3 {
    /// A server whose bucket can do everything.
    pub async fn start(clock: Arc<TestClock>) -> Self {
        let can = Can::EVERYTHING;
        let state = Arc::new(Mutex::new(State {
            can,
            ahead: TimeDelta::zero(),
            token: None,
            bucket: BUCKET.to_owned(),
            objects: Vec::new(),
            seen: Vec::new(),
            clock,
            versions: 0,
            faults: Vec::new(),
            away: false,
            shut: None,
            complaints: Vec::new(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (holding, held) = watch::channel(0);
        let mut tasks = JoinSet::new();
        tasks.spawn(door::serve(listener, state.clone(), holding));
        Self { state, held, url, _tasks: tasks }
    }

    /// How its bucket is reached.
    pub fn settings(&self) -> BucketSettings {
        drop(rustls::crypto::ring::default_provider().install_default());
        BucketSettings {
            bucket: BUCKET.to_owned(),
            prefix: "kings-cross/".to_owned(),
            endpoint: Some(self.url.parse().unwrap()),
            region: REGION.to_owned(),
            path_style: true,
            key: Self::key(None),
            encryption: Encryption::Aes256,
            lock: Some(LockMode::Governance),
            deadline: PATIENCE,
        }
    }

    /// Its access key, perhaps a temporary one.
    pub fn key(token: Option<&str>) -> AccessKey {
        AccessKey::Given { id: Secret::new(KEY_ID), secret: Secret::new(SECRET), token: token.map(Secret::new) }
    }

    /// Where it is reached.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it knows, to look at or to change.
    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The next request of this kind fares so; further ones after it.
    pub fn next(&self, op: Op, fault: Fault) {
        self.state().faults.push((op, fault));
    }

    /// Waits until a request is held.
    pub async fn holds(&mut self) {
        self.held.changed().await.unwrap();
    }

    /// The names of what lies there, without the prefix.
    pub fn names(&self) -> Vec<String> {
        let state = self.state();
        state.objects.iter().map(|object| object.key.trim_start_matches("kings-cross/").to_owned()).collect()
    }

    /// What lies under a name.
    pub fn object(&self, name: &str) -> Object {
        let key = format!("kings-cross/{name}");
        self.state().objects.iter().find(|object| object.key == key).expect("an object of that name").clone()
    }

    /// What it had to complain about, which is a test's business then and no failure.
    pub fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut self.state().complaints)
    }
}

impl State {
    /// The time by its own clock.
    pub fn now(&self) -> Moment {
        self.clock.now() + self.ahead
    }
}

impl Drop for FakeS3 {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.complaints(), [""; 0], "requests that a strict server does not take");
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
