//! A lean HTTP/1.1 client with one connection kept open: it shares the machine with what it measures.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpSocket, TcpStream};

use crate::{Result, said};

/// One connection to the server.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What the server answered.
pub struct Answer<'a> {
    pub status: u16,
    /// The status line and the headers.
    pub head: &'a [u8],
    pub body: &'a [u8],
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        Self::over(TcpStream::connect(address).await.map_err(said)?)
    }

    /// Connects from an address of this machine, as if it were another one.
    pub async fn open_from(source: IpAddr, address: SocketAddr) -> Result<Self> {
        let socket = TcpSocket::new_v4().map_err(said)?;
        socket.bind((source, 0).into()).map_err(said)?;
        Self::over(socket.connect(address).await.map_err(said)?)
    }

    fn over(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true).map_err(said)?;
        Ok(Self { stream, received: Vec::with_capacity(8 * 1024) })
    }

    /// Sends a whole request and waits for the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.send(request).await?;
        self.received.clear();
        let (status, body) = loop {
            if let Some(found) = whole(&self.received)? {
                break found;
            }
            self.receive().await?;
        };
        let (head, body) = self.received.split_at_checked(body).unwrap_or_default();
        Ok(Answer { status, head, body })
    }

    async fn send(&mut self, mut rest: &[u8]) -> Result<()> {
        while !rest.is_empty() {
            self.stream.writable().await.map_err(said)?;
            match self.stream.try_write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(why) if why.kind() == ErrorKind::WouldBlock => {}
                Err(why) => return Err(said(why)),
            }
        }
        Ok(())
    }

    async fn receive(&mut self) -> Result<()> {
        let mut part = [0; 8 * 1024];
        loop {
            self.stream.readable().await.map_err(said)?;
            match self.stream.try_read(&mut part) {
                Ok(0) => return Err("the server hung up".to_owned()),
                Ok(count) => {
                    self.received.extend_from_slice(part.get(..count).unwrap_or_default());
                    return Ok(());
                }
                Err(why) if why.kind() == ErrorKind::WouldBlock => {}
                Err(why) => return Err(said(why)),
            }
        }
    }
}

/// The status and where the body begins, once all of it is there.
fn whole(received: &[u8]) -> Result<Option<(u16, usize)>> {
    let Some(body) = received.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4) else { return Ok(None) };
    let head =
        received.get(..body).and_then(|head| std::str::from_utf8(head).ok()).ok_or("an answer without a head")?;
    let mut lines = head.split("\r\n");
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or("an answer without a status")?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse::<usize>().ok())
        .ok_or("an answer of unknown length")?;
    Ok((received.len() >= body + length).then_some((status, body)))
}
