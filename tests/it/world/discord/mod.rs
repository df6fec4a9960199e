//! A Discord on this machine, made from Discord's documentation: REST, the gateway, interactions, and the people who use
//! them. It is strict where Discord is, remembers everything, and at the end fails a test that did not look at something
//! the bot said.

mod acting;
mod attachments;
mod body;
mod callbacks;
mod channels;
mod check;
mod commands;
mod components;
mod dispatch;
mod embeds;
mod endpoint;
mod errors;
mod faults;
mod gateway;
mod guilds;
mod interactions;
mod looking;
mod messages;
mod moving;
mod people;
mod pressing;
mod rest;
mod routes;
mod serving;
mod socket;
mod state;
mod threads;
mod traffic;
mod ways;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::clock::Moment;
use ring::signature::Ed25519KeyPair;
use shopwatch::clock::Stopwatch;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use acting::{Answered, Given};
pub use attachments::{DOWNLOAD, LINKS_END, Upload};
pub use dispatch::{DIRECT_MESSAGES, GUILD_MEMBERS, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT};
pub use endpoint::Signature;
pub use faults::RetryAfter;
pub use looking::{Modal, Seen};
pub use messages::Message;
pub use people::{ADMINISTRATOR, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL};
pub use state::{Id, State};

use crate::world::plug::Plug;

/// Somebody in a guild; in direct messages the guild does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub guild: Id,
    pub user: Id,
}

/// The fake.
pub struct FakeDiscord {
    pub address: SocketAddr,
    hub: Arc<Hub>,
    finished: bool,
    plug: Plug,
}

/// What its doors share.
pub struct Hub {
    state: Mutex<State>,
    changes: watch::Sender<()>,
    stopwatch: Stopwatch,
    keys: Ed25519KeyPair,
    client: reqwest::Client,
}

impl Hub {
    fn with<R>(&self, does: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.time = self.stopwatch.now() + state.skipped;
        does(&mut state)
    }

    /// Looks at the world.
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        self.with(|state| look(state))
    }

    /// Changes the world; everybody who waits looks again.
    pub fn change<R>(&self, does: impl FnOnce(&mut State) -> R) -> R {
        let result = self.with(does);
        self.changes.send_replace(());
        result
    }

    /// Waits until something is there.
    pub async fn until<R>(&self, mut look: impl FnMut(&mut State) -> Option<R>) -> R {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.with(&mut look) {
                return found;
            }
            changes.changed().await.expect("the hub outlives whoever waits");
        }
    }
}

impl FakeDiscord {
    /// A Discord with one bot and nobody else.
    pub async fn start() -> Self {
        // Of whichever test comes first in this process.
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hub = Arc::new(Hub {
            state: Mutex::new(State::new(format!("http://{address}"))),
            changes: watch::Sender::new(()),
            stopwatch: Stopwatch::start(),
            keys: endpoint::keys(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        });
        let served = hub.clone();
        let plug = Plug::new(listener, move |listener| serving::serve(listener, routes::router(&served)));
        Self { address, hub, finished: false, plug }
    }

    /// Nobody answers at its address any more.
    pub async fn unplug(&self) {
        self.plug.out().await;
    }

    /// Somebody answers there again.
    pub fn plug_in(&self) {
        self.plug.back();
    }

    /// Where it is, for `DISCORD_API_URL`.
    pub fn url(&self) -> String {
        self.hub.read(|state| state.base.clone())
    }

    /// The bot's token.
    pub fn token(&self) -> String {
        self.hub.read(|state| state.token.clone())
    }

    /// The application, which has the id of its bot.
    pub fn application(&self) -> Id {
        self.hub.read(|state| state.application)
    }

    /// Looks at the world.
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        self.hub.read(look)
    }

    /// Sets the fake's clock, which goes on from there; it begins where the tests' clock does.
    pub fn it_is(&self, now: Moment) {
        self.hub.change(|state| state.beginning = now - state.time);
    }

    /// Lets time pass for the fake, and for nobody else.
    pub fn time_passes(&self, time: Duration) {
        self.hub.change(|state| state.skipped += time);
    }

    /// Waits until something is there; says what was there when it does not come.
    pub async fn until<R>(&self, what: &str, mut look: impl FnMut(&State) -> Option<R>) -> R {
        let found = tokio::time::timeout(endpoint::PATIENCE, self.hub.until(|state| look(state))).await;
        found.unwrap_or_else(|_late| panic!("{what} did not come. {}", self.hub.read(State::summary)))
    }

    /// The test is over: everything the bot said was looked at, and it did nothing it should not.
    pub fn finish(mut self) {
        self.finished = true;
        self.check();
    }

    fn check(&self) {
        let wrong = self.hub.read(State::unfinished);
        assert!(wrong.is_empty(), "Discord has something to say:\n{}", wrong.join("\n"));
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        if !self.finished && !std::thread::panicking() {
            self.check();
        }
    }
}
