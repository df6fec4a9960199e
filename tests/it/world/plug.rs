//! A fake's place on the network, which can be unplugged and plugged in again.

use std::mem::take;
use std::net::SocketAddr;
use std::sync::Mutex;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;

/// As many callers wait to be let in as elsewhere in these tests.
const BACKLOG: u32 = 1_024;

type Serve = Box<dyn Fn(TcpListener) -> BoxFuture<'static, ()> + Send + Sync>;

/// Who serves at an address, while it is plugged in.
pub struct Plug {
    address: SocketAddr,
    serve: Serve,
    /// Ends with the fake.
    serving: Mutex<JoinSet<()>>,
    /// Keeps the address while nobody listens there.
    kept: Mutex<Option<TcpSocket>>,
}

impl Plug {
    /// Serves whoever calls the listener.
    pub fn new<S, F>(listener: TcpListener, serve: S) -> Self
    where
        S: Fn(TcpListener) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let serve: Serve = Box::new(move |listener| serve(listener).boxed());
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener));
        Self { address, serve, serving: serving.into(), kept: Mutex::default() }
    }

    /// From now on nobody is let in, and who was is cut off.
    pub async fn out(&self) {
        let mut serving = take(&mut *self.serving.lock().unwrap());
        serving.shutdown().await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        *self.kept.lock().unwrap() = Some(socket);
    }

    /// Serves again.
    pub fn back(&self) {
        let kept = self.kept.lock().unwrap().take().expect("it was unplugged");
        self.serving.lock().unwrap().spawn((self.serve)(kept.listen(BACKLOG).unwrap()));
    }
}
