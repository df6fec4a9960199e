//! A world's front door: the real listener, the real routes, and clients that follow nothing by themselves.

use std::net::SocketAddr;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, header};
use shopwatch::web;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::World;
use super::people::minutes;

/// An open door; closed with the test.
pub struct Door {
    pub address: SocketAddr,
    client: Client,
    _serving: JoinSet<()>,
}

/// Who knocks, with what they show.
#[derive(Debug, Clone)]
pub enum Caller {
    Nobody,
    /// A browser with this cookie.
    Browser(String),
    /// A program with this key.
    Program(String),
}

impl World {
    /// Opens the door on a free port.
    pub async fn open_door(&self) -> Door {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut serving = JoinSet::new();
        serving.spawn(web::server::serve(listener, web::router(&self.app), self.app.stopping.clone()));
        let client = super::http().redirect(Policy::none()).build().unwrap();
        Door { address, client, _serving: serving }
    }

    /// A one-time link for somebody.
    pub async fn link(&self, name: &str) -> String {
        let token = self.store().keys().secret().unwrap();
        self.store().add_link(&token, name, self.now() + minutes(15)).await.unwrap();
        token
    }
}

impl Door {
    /// A request to be sent.
    pub fn request(&self, method: Method, path: &str, caller: &Caller) -> RequestBuilder {
        let request = self.client.request(method, format!("http://{}{path}", self.address));
        match caller {
            Caller::Nobody => request,
            Caller::Browser(cookie) => request.header(header::COOKIE, cookie),
            Caller::Program(key) => request.bearer_auth(key),
        }
    }

    /// What stands at an address.
    pub async fn get(&self, path: &str, caller: &Caller) -> Response {
        self.request(Method::GET, path, caller).send().await.unwrap()
    }

    /// What a form is answered that was sent from one of our own pages.
    pub async fn post(&self, path: &str, caller: &Caller, fields: &[(&str, &str)]) -> Response {
        let form = self.request(Method::POST, path, caller).header("sec-fetch-site", "same-origin").form(fields);
        form.send().await.unwrap()
    }

    /// Signs somebody in as their browser would.
    pub async fn sign_in(&self, world: &World, name: &str) -> Caller {
        let token = world.link(name).await;
        let entered = self.post(&format!("/enter/{token}"), &Caller::Nobody, &[]).await;
        let cookie = entered.headers()[header::SET_COOKIE].to_str().unwrap();
        Caller::Browser(cookie.split(';').next().unwrap().to_owned())
    }
}
