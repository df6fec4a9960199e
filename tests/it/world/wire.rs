//! The wire to a database, with a hand on it: it can be held, so that nothing comes through and nothing breaks off, and
//! it can be cut.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Forwards connections to another address.
pub struct Wire {
    pub address: SocketAddr,
    held: watch::Sender<bool>,
    cuts: watch::Sender<u64>,
    /// Ends with the wire.
    _tasks: JoinSet<()>,
}

impl Wire {
    /// A wire to this address.
    pub async fn to(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (held, cuts) = (watch::Sender::new(false), watch::Sender::new(0));
        let mut tasks = JoinSet::new();
        let (holding, cutting) = (held.clone(), cuts.clone());
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(upstream).await.unwrap();
                connections.spawn(join(near, far, holding.subscribe(), cutting.subscribe()));
            }
        });
        Self { address, held, cuts, _tasks: tasks }
    }

    /// From now on nothing comes through, and nobody hears that it does not.
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// What was held goes on.
    pub fn let_go(&self) {
        self.held.send_replace(false);
    }

    /// Every connection breaks off; new ones can be made.
    pub fn cut(&self) {
        self.cuts.send_modify(|count| *count += 1);
    }
}

async fn join(near: TcpStream, far: TcpStream, held: watch::Receiver<bool>, mut cuts: watch::Receiver<u64>) {
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    let both =
        async { tokio::join!(forward(from_near, to_far, held.clone()), forward(from_far, to_near, held.clone())) };
    tokio::select! {
        _ = both => {}
        _ = cuts.changed() => {}
    }
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut held: watch::Receiver<bool>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if held.wait_for(|held| !held).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    // Whoever hangs up is heard on the other side.
    drop(to.shutdown().await);
}
