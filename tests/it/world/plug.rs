//! A fake's place on the network, which can be unplugged and plugged in again.

use std::net::SocketAddr;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;

/// As many callers wait to be let in as elsewhere in these tests.
const BACKLOG: u32 = 1_024;

/// Who serves at an address, while it is plugged in.
pub struct Plug {
    address: SocketAddr,
    serve: Box<dyn Fn(TcpListener) -> BoxFuture<'static, ()> + Send + Sync>,
    /// Ends with the fake.
    serving: JoinSet<()>,
    /// Keeps the address while nobody listens there.
    kept: Option<TcpSocket>,
}

impl Plug {
    /// Serves whoever calls the listener.
    pub fn new<S, F>(listener: TcpListener, serve: S) -> Self
    where
        S: Fn(TcpListener) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let serve = Box::new(move |listener| serve(listener).boxed());
        let mut plug = Self { address, serve, serving: JoinSet::new(), kept: None };
        plug.serving.spawn((plug.serve)(listener));
        plug
    }

    /// From now on nobody is let in, and who was is cut off.
    pub async fn out(&mut self) {
        self.serving.shutdown().await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        self.kept = Some(socket);
    }

    /// Serves again.
    pub fn back(&mut self) {
        let listener = self.kept.take().expect("it was unplugged").listen(BACKLOG).unwrap();
        self.serving.spawn((self.serve)(listener));
    }
}
