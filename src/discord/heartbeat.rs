//! Whether the other end of a line still lives. serenity notices a heartbeat that nobody acknowledged only when the next one
//! is due, and then begins its session anew; a line that is given up before that is resumed.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

/// Among the gateway's operations: a heartbeat, what Discord says first, and that it has heard a heartbeat.
/// <https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes>
const HEARTBEAT: u8 = 1;
const HELLO: u8 = 10;
const ACKNOWLEDGED: u8 = 11;
/// Of the time between two heartbeats, so much may pass until one is acknowledged: three quarters.
const PATIENCE: (u32, u32) = (3, 4);

#[derive(Debug, Clone, Copy, Default)]
struct Beat {
    /// How long an acknowledgement may take; Discord says it with its first word.
    patience: Option<Duration>,
    /// One was sent that is not acknowledged.
    waits: bool,
}

/// The heartbeats of one connection.
#[derive(Debug, Default)]
pub struct Heartbeat(watch::Sender<Beat>);

impl Heartbeat {
    /// Discord said this.
    pub fn heard(&self, op: u8, text: &str) {
        match op {
            HELLO => {
                let hello: Value = serde_json::from_str(text).unwrap_or_default();
                let every = hello.pointer("/d/heartbeat_interval").and_then(Value::as_u64).map(Duration::from_millis);
                let patience = every.map(|every| every * PATIENCE.0 / PATIENCE.1);
                self.0.send_modify(|beat| beat.patience = patience);
            }
            ACKNOWLEDGED => self.0.send_modify(|beat| beat.waits = false),
            _ => {}
        }
    }

    /// serenity said this.
    pub fn said(&self, op: u8) {
        if op == HEARTBEAT {
            self.0.send_modify(|beat| beat.waits = true);
        }
    }

    /// Waits until a heartbeat stays without an answer.
    pub async fn stopped(&self) {
        let mut beats = self.0.subscribe();
        loop {
            let Ok(beat) = beats.wait_for(|beat| beat.waits && beat.patience.is_some()).await.map(|beat| *beat) else {
                return std::future::pending().await;
            };
            let patience = beat.patience.unwrap_or(Duration::MAX);
            if timeout(patience, beats.wait_for(|beat| !beat.waits)).await.is_err() {
                return;
            }
        }
    }
}
