//! P16: no secret, and nothing that people wrote, is in logs, metrics, errors or the database's files. Strings that
//! occur nowhere else are put into every field, header and secret, with logs at their most talkative, through requests
//! that succeed, requests that fail and a database that fails; then everything that was written anywhere is searched.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Run;
use super::requests::{act, form, json, page, read, request, sign_in, text};
use super::search::{self, Needles};
use super::shop::Shop;
use crate::client::Connection;
use crate::database::Kind;
use crate::{Result, said};

/// Goes through every door.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for kind in &run.kinds {
        let mut trial = Trial::new(run, *kind).await?;
        for round in 0..run.count {
            trial.round(round).await?;
        }
        let searched = trial.search().await?;
        println!(
            "P16 canaries, {}: 0 of {} canaries and secrets in {} kB of logs at trace, {} kB of the database's files, {} \
             refusals of the API and /metrics",
            kind.name(),
            trial.sung + trial.secrets.len(),
            searched.logs / 1_000,
            searched.files / 1_000,
            trial.refusals
        );
    }
    Ok(())
}

struct Trial {
    shop: Shop,
    server: super::shop::Server,
    /// What every canary begins with.
    song: String,
    sung: usize,
    /// What has a name of its own: keys, links, sessions.
    secrets: Vec<String>,
    reporter: String,
    reviewer: String,
    /// What the API answered when it refused, headers and all.
    refused: Vec<u8>,
    refusals: usize,
}

struct Searched {
    logs: usize,
    files: usize,
}

impl Trial {
    async fn new(run: &Run<'_>, kind: Kind) -> Result<Self> {
        let mut dice = run.dice("canaries");
        let song = format!("canary{:08x}", dice.below(u32::MAX as usize));
        let mut shop = Shop::new(run, kind).await?;
        shop.log_filter = "trace";
        shop.url = shop.url.replace("//postgres@", &format!("//postgres:{song}password@"));
        let (reporter, reviewer) = (shop.key("till", "staff").await?, shop.key("office", "reviewer").await?);
        let master = fs::read_to_string(shop.data.join("keys/master.key")).map_err(said)?;
        let secrets = vec![reporter.clone(), reviewer.clone(), master.trim().to_owned()];
        let server = shop.serve().await?;
        Ok(Self { shop, server, song, sung: 1, secrets, reporter, reviewer, refused: Vec::new(), refusals: 0 })
    }

    /// A string that occurs nowhere else.
    fn sing(&mut self, about: &str) -> String {
        self.sung += 1;
        format!("{}{about}{}", self.song, self.sung)
    }

    /// Through every door.
    async fn round(&mut self, round: usize) -> Result<()> {
        let mut connection = Connection::open(self.server.address).await?;
        let (delivery, body) = (self.sing("delivery"), self.report());
        let report = request("POST", "/api/v1/reports", &self.reporter, Some(&delivery), Some(&body));
        let reported = self.ask(&mut connection, &report, &[201]).await?;
        let reference = text(&reported, "reference").to_owned();
        self.triage(&mut connection, &reference).await?;
        let shown = self.ask(&mut connection, &read(&self.reviewer, &reference), &[200]).await?;
        if !shown.to_string().contains(&self.song) {
            return Err("what was written cannot be read: the canaries prove nothing".to_owned());
        }
        self.refusals(&mut connection, &reference).await?;
        self.console(&mut connection, round).await?;
        self.broken_database(&mut connection).await
    }

    fn report(&mut self) -> Value {
        json!({
            "site": "kings-cross", "what_happened": self.sing("text"), "camera": self.sing("camera"), "zone": "aisle",
            "goods": [{"what": self.sing("goods"), "quantity": 2, "unit_value_minor": 2_150, "currency": "GBP", "fate": "taken"}],
        })
    }

    /// Every step that has words in it.
    async fn triage(&mut self, connection: &mut Connection, reference: &str) -> Result<()> {
        let steps = [
            (true, json!({"action": "claim"})),
            (true, json!({"action": "ask", "text": self.sing("question")})),
            (false, json!({"action": "answer", "text": self.sing("answer")})),
            (true, json!({"action": "note", "text": self.sing("note")})),
            (true, json!({"action": "correct", "text": self.sing("correction")})),
            (
                true,
                json!({"action": "complete_facts", "what_happened": self.sing("second"), "camera": self.sing("lens")}),
            ),
        ];
        for (reviewing, body) in steps {
            let key = if reviewing { self.reviewer.clone() } else { self.reporter.clone() };
            let step = act(&key, reference, &self.sing("step"), &body);
            self.ask(connection, &step, &[200]).await?;
        }
        Ok(())
    }

    /// Everything that is refused, with canaries where a careless answer or log would quote them.
    async fn refusals(&mut self, connection: &mut Connection, reference: &str) -> Result<()> {
        let (staff, office) = (self.reporter.clone(), self.reviewer.clone());
        let post = |key: &str, delivery: &str, body: &Value| {
            request("POST", "/api/v1/reports", key, Some(delivery), Some(body))
        };
        let wrong = json!({
            "site": self.sing("site"), "category": self.sing("category"), "kind": self.sing("kind"), "zone": [self.sing("zone")],
            "happened": self.sing("time"), "what_happened": self.sing("long").repeat(400), "method": [self.sing("method")],
            "goods": [{"what": self.sing("what"), "quantity": self.sing("quantity"), "currency": self.sing("currency")}],
        });
        let reused = self.sing("reused");
        let long = json!({"site": "kings-cross", "what_happened": self.sing("huge").repeat(4_000)});
        let broken = format!("{{\"site\": \"{}\", ", self.sing("broken"));
        let head = |path: &str, key: &str, more: &str| {
            format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n{more}")
        };
        let unfinished = head(
            "/api/v1/reports",
            &staff,
            &format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{broken}", broken.len()),
        );
        let other_type = head(
            "/api/v1/reports",
            &staff,
            &format!("content-type: {}/plain\r\ncontent-length: 2\r\n\r\n{{}}", self.sing("type")),
        );
        let asks = vec![
            post(&staff, &self.sing("wrong"), &wrong),
            post(&staff, &reused, &json!({"site": "kings-cross", "what_happened": self.sing("once")})),
            post(&staff, &reused, &json!({"site": "kings-cross", "what_happened": self.sing("twice")})),
            post(&self.sing("bearer"), &self.sing("forged"), &json!({"site": self.sing("nowhere")})),
            post(&staff, &format!("{} ", self.sing("spaced").repeat(10)), &json!({"site": "kings-cross"})),
            unfinished.into_bytes(),
            other_type.into_bytes(),
            act(&staff, reference, &self.sing("denied"), &json!({"action": "note", "text": self.sing("denied")})),
            act(&office, reference, &self.sing("again"), &json!({"action": "claim"})),
            act(
                &office,
                reference,
                &self.sing("stale"),
                &json!({"action": "decline", "version": 1, "reason": self.sing("reason")}),
            ),
            act(&office, reference, &self.sing("merge"), &json!({"action": "merge", "into": self.sing("into")})),
            act(&office, &self.sing("reference"), &self.sing("gone"), &json!({"action": self.sing("action")})),
            read(&office, &self.sing("incident")),
            request(
                "GET",
                &format!(
                    "/api/v1/incidents?site={}&state={}&cursor={}",
                    self.sing("s"),
                    self.sing("t"),
                    self.sing("c")
                ),
                &office,
                None,
                None,
            ),
            request("GET", &format!("/{}", self.sing("path")), &office, None, None),
            page(&format!("/enter/{}", self.sing("token")), &format!("shopwatch={}", self.sing("session"))),
            format!(
                "GET / HTTP/1.1\r\nhost: {}.example\r\nuser-agent: {}\r\n\r\n",
                self.sing("host"),
                self.sing("agent")
            )
            .into_bytes(),
            format!(
                "GET /api/v1/incidents HTTP/1.1\r\nhost: localhost\r\naccept-language: {}\r\n\r\n",
                self.sing("language")
            )
            .into_bytes(),
        ];
        for request in asks {
            self.ask(connection, &request, &[]).await?;
        }
        // The server may hang up on a body that it will not read.
        let mut other = Connection::open(self.server.address).await?;
        let large = post(&staff, &self.sing("large"), &long);
        drop(self.ask(&mut other, &large, &[]).await);
        Ok(())
    }

    /// The console: a link, a session, the composer and the form.
    async fn console(&mut self, connection: &mut Connection, round: usize) -> Result<()> {
        let (cookie, token) = sign_in(&self.shop, connection, "amal").await?;
        let nonce = format!("nonce{round}");
        let (line, text, long) = (self.sing("line"), self.sing("words"), self.sing("endless").repeat(60));
        let forms = [
            form("/", &cookie, &[("what", "line"), ("delivery", &nonce), ("line", &format!("/report {line}"))]),
            form("/", &cookie, &[("what", "line"), ("line", &format!("/report {long}"))]),
            form(
                "/",
                &cookie,
                &[("what", "report"), ("delivery", &nonce), ("what_happened", &text), ("camera", &line)],
            ),
            form("/", &cookie, &[("what", "report"), ("kind", &line), ("happened", &text), ("goods_price", &line)]),
            form("/", &cookie, &[("what", "press"), ("press", &format!("v1:{line}:x:1"))]),
            page("/", &cookie),
        ];
        for request in forms {
            connection.ask(&request).await?;
        }
        self.secrets.push(token);
        self.secrets.push(cookie.split_once('=').map_or(cookie.clone(), |(_, id)| id.to_owned()));
        Ok(())
    }

    /// A database that refuses to write, and one that is not there.
    async fn broken_database(&mut self, connection: &mut Connection) -> Result<()> {
        let oracle = self.shop.oracle().await?;
        oracle.run("ALTER TABLE delivery RENAME TO delivery_away").await?;
        let (delivery, body) = (self.sing("unsaved"), self.report());
        let report = request("POST", "/api/v1/reports", &self.reporter, Some(&delivery), Some(&body));
        let asked = self.ask(connection, &report, &[503]).await;
        oracle.run("ALTER TABLE delivery_away RENAME TO delivery").await?;
        asked?;
        let mut elsewhere = self.shop.replica("elsewhere")?;
        elsewhere.url =
            format!("postgres://{}:{}@127.0.0.1:9/{}", self.sing("user"), self.sing("password"), self.sing("database"));
        match elsewhere.command(&["migrate"]).await {
            Ok(_) => Err("a database that is not there was found".to_owned()),
            Err(told) => {
                self.refused.extend_from_slice(told.as_bytes());
                Ok(())
            }
        }
    }

    /// Asks; keeps what a refusal says.
    async fn ask(&mut self, connection: &mut Connection, request: &[u8], expected: &[u16]) -> Result<Value> {
        let answer = connection.ask(request).await?;
        if answer.status >= 400 {
            self.refused.extend_from_slice(answer.head);
            self.refused.extend_from_slice(answer.body);
            self.refusals += 1;
        }
        if expected.is_empty() || expected.contains(&answer.status) {
            return Ok(json(answer.body));
        }
        Err(format!("answered {} and not {expected:?}: {}", answer.status, String::from_utf8_lossy(answer.body)))
    }

    /// Everything that was written anywhere.
    async fn search(&mut self) -> Result<Searched> {
        let mut connection = Connection::open(self.server.address).await?;
        let metrics = connection.ask(&page("/metrics", "")).await?.body.to_vec();
        let needles = Needles { song: self.song.clone(), secrets: self.secrets.clone() };
        needles.not_in("/metrics", &metrics)?;
        needles.not_in("a refusal", &self.refused)?;
        let oracle = self.shop.oracle().await?;
        let postgres = self.shop.kind == Kind::Postgres;
        let database = if postgres {
            oracle.run("CHECKPOINT").await?;
            oracle.texts("SHOW data_directory").await?.pop().ok_or("a database without a folder")?
        } else {
            self.shop.data.display().to_string()
        };
        // While it runs, with its log not yet written back, and after it has ended in order.
        needles.in_folder(Path::new(&database))?;
        self.server.stop().await?;
        let files = needles.in_folder(Path::new(&database))?;
        let log = fs::read(self.shop.log()).map_err(said)?;
        if !search::contains(&log, b"\"DEBUG\"") {
            return Err("the log is as quiet as ever".to_owned());
        }
        needles.not_in("the log", &log)?;
        needles.not_in("what it printed", self.server.printed().await?)?;
        Ok(Searched { logs: log.len(), files })
    }
}
