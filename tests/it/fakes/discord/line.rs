//! A websocket client without any help: just enough to say what serenity never would.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Town;

/// A connection to the gateway.
pub struct Line(TcpStream);

/// What is heard on it.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Frame(Value),
    Closed(u16),
    Cut,
}

impl Line {
    /// Connects, and hears hello.
    pub async fn open(town: &Town) -> Self {
        let mut line = Self::knock(town, "v=10&encoding=json").await.unwrap();
        assert_eq!(line.frame().await["op"], 10);
        line
    }

    /// Connects with these wishes; the status when it is not let in.
    pub async fn knock(town: &Town, query: &str) -> Result<Self, u16> {
        let address = town.discord.address;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /?{query} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let status = std::str::from_utf8(&head[9..12]).unwrap().parse().unwrap();
        if status == 101 { Ok(Self(stream)) } else { Err(status) }
    }

    /// Says something; a line that is already cut takes nothing.
    pub async fn say(&mut self, frame: &Value) {
        let text = frame.to_string();
        let length = u16::try_from(text.len()).unwrap();
        // A whole text frame, masked with zeroes.
        let mut bytes = vec![0x81, 0x80 | 0x7E];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(text.as_bytes());
        drop(self.0.write_all(&bytes).await);
    }

    /// Identifies with a token and intents.
    pub async fn identify(&mut self, token: &str, intents: u64) {
        let properties = json!({ "os": "linux", "browser": "line", "device": "line" });
        let identify = json!({ "token": token, "intents": intents, "properties": properties });
        self.say(&json!({ "op": 2, "d": identify })).await;
    }

    /// Identifies, and hears that it is ready.
    pub async fn ready(town: &Town, intents: u64) -> (Self, Value) {
        let mut line = Self::open(town).await;
        line.identify(&town.discord.token(), intents).await;
        let ready = line.event("READY").await;
        (line, ready)
    }

    /// Closes with a code.
    pub async fn close(mut self, code: u16) {
        let mut bytes = vec![0x88, 0x82, 0, 0, 0, 0];
        bytes.extend(code.to_be_bytes());
        self.0.write_all(&bytes).await.unwrap();
        assert_eq!(self.hear().await, Heard::Closed(code));
    }

    /// What comes next.
    pub async fn hear(&mut self) -> Heard {
        self.read().await.unwrap_or(Heard::Cut)
    }

    async fn read(&mut self) -> std::io::Result<Heard> {
        let kind = self.0.read_u8().await? & 0x0F;
        let length = match self.0.read_u8().await? {
            126 => u64::from(self.0.read_u16().await?),
            127 => self.0.read_u64().await?,
            short => u64::from(short),
        };
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut bytes).await?;
        Ok(match kind {
            1 => Heard::Frame(serde_json::from_slice(&bytes).unwrap()),
            8 => Heard::Closed(u16::from_be_bytes([bytes[0], bytes[1]])),
            other => panic!("a frame of kind {other}"),
        })
    }

    /// The frame that comes next.
    pub async fn frame(&mut self) -> Value {
        match self.hear().await {
            Heard::Frame(frame) => frame,
            other => panic!("a frame, and not {other:?}"),
        }
    }

    /// The next event, which must be this one.
    pub async fn event(&mut self, name: &str) -> Value {
        let frame = self.frame().await;
        assert_eq!(frame["t"], name, "{frame}");
        frame
    }
}
