//! A bell: whoever waits hears that it rang since they last listened, however often.

use tokio::sync::watch;

/// Wakes tasks that wait for something to happen; a ring while nobody listens is not lost.
#[derive(Clone)]
pub struct Bell(watch::Sender<u64>);

impl Default for Bell {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// An ear for rings from now on.
    pub fn listen(&self) -> Ear {
        Ear(self.0.subscribe())
    }
}

/// Hears the bell.
pub struct Ear(watch::Receiver<u64>);

impl Ear {
    /// Waits until it has rung since the last time.
    pub async fn hear(&mut self) {
        // The bell outlives its listeners; if it is gone there is nothing to wait for.
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
