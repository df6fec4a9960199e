//! `FakeSlack`: Slack at the wire, built from its documentation, with a memory. It knows nothing of our program. It parses
//! strictly, says no as Slack says it, and fails the test when somebody was sent a message that nobody looked at.
//!
//! A test lets people join ([`FakeSlack::person`], [`FakeSlack::channel`]), points the program at [`FakeSlack::api_url`]
//! with the tokens of [`workspace`], waits for its sockets ([`FakeSlack::connected`]) or names its address
//! ([`FakeSlack::deliver_to`]), lets people act ([`acts`], [`modals`], [`events`]), and looks ([`looking`]). What goes wrong on
//! the way is ordered in [`faults`] and [`sockets`].
//!
//! Made after <https://docs.slack.dev>: methods, Block Kit, interaction payloads, Socket Mode, request signing.

pub mod acts;
pub mod arguments;
pub mod blocks;
pub mod chat;
pub mod conversations;
pub mod delivery;
pub mod door;
pub mod elements;
pub mod events;
pub mod faults;
pub mod files;
pub mod homes;
pub mod hooks;
pub mod looking;
pub mod methods;
pub mod modals;
pub mod objects;
pub mod people;
pub mod rates;
pub mod refusal;
pub mod rendered;
pub mod rotation;
pub mod server;
pub mod settling;
pub mod shares;
pub mod signed;
pub mod sockets;
pub mod state;
pub mod views;
pub mod ways;
pub mod workspace;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::clock::Clock;
use shopwatch::clock::MachineClock;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use delivery::Pending;
use sockets::Sockets;
use workspace::Workspace;

use crate::world::plug::Plug;

/// How long a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the server and the test share.
pub struct Shared {
    workspace: Mutex<Workspace>,
    changes: watch::Sender<u64>,
    pub sockets: Sockets,
    pub pending: Pending,
}

impl Shared {
    /// Does something to the workspace, and wakes whoever waits for a change.
    pub fn change<T>(&self, act: impl FnOnce(&mut Workspace) -> T) -> T {
        let result = act(&mut self.workspace.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|count| *count += 1);
        result
    }

    /// Looks at the workspace.
    pub fn see<T>(&self, look: impl FnOnce(&Workspace) -> T) -> T {
        look(&self.workspace.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something is so.
    pub async fn until(&self, so: impl Fn(&Workspace) -> bool) {
        let mut changes = self.changes.subscribe();
        drop(changes.wait_for(|_| self.see(&so)).await);
    }
}

/// Slack, for one test.
pub struct FakeSlack {
    pub shared: Arc<Shared>,
    pub address: SocketAddr,
    route: Mutex<delivery::Route>,
    finished: bool,
    plug: Plug,
}

impl FakeSlack {
    /// Starts, with the machine's time in its timestamps.
    pub async fn start() -> Self {
        Self::start_at(Arc::new(MachineClock)).await
    }

    /// Starts, with this clock's time in its timestamps; deadlines are always real.
    pub async fn start_at(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            workspace: Mutex::new(Workspace::new(address.to_string(), clock)),
            changes: watch::Sender::new(0),
            sockets: Sockets::default(),
            pending: Pending::default(),
        });
        let served = shared.clone();
        let plug = Plug::new(listener, move |listener| server::serve(listener, served.clone()));
        Self { shared, address, route: Mutex::default(), finished: false, plug }
    }

    /// Nobody answers at its address any more.
    pub async fn unplug(&self) {
        self.plug.out().await;
    }

    /// Somebody answers there again.
    pub fn plug_in(&self) {
        self.plug.back();
    }

    /// The base of the Web API, for `SLACK_API_URL`.
    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    /// Looks at the workspace.
    pub fn see<T>(&self, look: impl FnOnce(&Workspace) -> T) -> T {
        self.shared.see(look)
    }

    /// Does something to the workspace behind everybody's back.
    pub fn change<T>(&self, act: impl FnOnce(&mut Workspace) -> T) -> T {
        self.shared.change(act)
    }

    /// Waits until something is so in the workspace.
    ///
    /// # Panics
    ///
    /// When it is not so after ten seconds; says what was there instead.
    pub async fn until(&self, so: impl Fn(&Workspace) -> bool) {
        let mut changes = self.shared.changes.subscribe();
        let waiting = timeout(PATIENCE, changes.wait_for(|_| self.see(&so))).await;
        assert!(waiting.is_ok(), "it did not happen in {PATIENCE:?}; there was:\n{}", self.see(Workspace::describe));
    }

    /// Ends the test's conversation with Slack.
    ///
    /// # Panics
    ///
    /// When there is a message that nobody looked at, or a complaint.
    pub fn finish(mut self) {
        self.finished = true;
        self.judge();
    }

    /// What speaks against the program so far.
    pub fn judgement(&self) -> Vec<String> {
        self.see(Workspace::judgement)
    }

    /// The complaints so far, which are then forgotten.
    pub fn complaints(&self) -> Vec<String> {
        self.change(|workspace| std::mem::take(&mut workspace.complaints))
    }

    fn judge(&self) {
        let against = self.judgement();
        assert!(against.is_empty(), "FakeSlack is not content:\n- {}", against.join("\n- "));
    }
}

impl Drop for FakeSlack {
    fn drop(&mut self) {
        if !self.finished && !std::thread::panicking() {
            self.judge();
        }
    }
}

/// The time that deadlines are measured in.
pub fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "Slack's deadlines are real: they are measured, not decided by")]
    Instant::now()
}
