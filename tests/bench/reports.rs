//! The reports that are sent: worded as in `tests/data/reports.jsonl`, with the facts that a till's form would add.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::load::Requests;
use crate::{Result, said};

/// What people wrote.
const WRITTEN: &str = include_str!("../data/reports.jsonl");
/// The sites of the measured shop.
pub const SITES: [&str; 3] = ["kings-cross", "camden", "angel"];
/// How many requests are rendered beforehand; then they come again, under another key.
const RENDERED: usize = 512;
/// Stands where the delivery's own key is put.
const KEY_LEN: usize = 32;

/// The shop's rules: several sites, one triage channel each.
pub fn rules() -> String {
    let mut rules = "[shop]\nname = \"Corner Store\"\nlocale = \"en\"\ntimezone = \"Europe/London\"\nemergency_number = \"999\"\ntwo_person = true\n".to_owned();
    for site in SITES {
        rules += &format!(
            "\n[[site]]\nid = \"{site}\"\nname = \"{site}\"\narea = \"N1\"\nchannels.report = [\"console:floor-{site}\"]\nchannels.triage = [\"console:triage-{site}\"]\n"
        );
    }
    rules
        + "\n[roles]\nstaff = [\"console:amal\"]\nreviewer = [\"console:noor\", \"console:omar\"]\npublisher = [\"console:ines\", \"console:vera\"]\nauditor = [\"console:lena\"]\nadmin = [\"console:ada\"]\n"
}

/// Random numbers that a seed repeats (`SplitMix64`).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `most`.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(most.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }
}

/// Reports in random order from the holders of these keys, each under a key of its own.
pub fn posted(address: SocketAddr, seed: u32, secrets: &[String]) -> Result<Requests> {
    let mut dice = Dice(u64::from(seed));
    let texts = texts()?;
    let mut rendered = Vec::with_capacity(RENDERED);
    for _ in 0..RENDERED {
        let secret = secrets.get(dice.below(secrets.len())).ok_or("nobody to report")?;
        rendered.push(render(address, secret, &body(&mut dice, &texts)));
    }
    Ok(Arc::new(move |number, request| {
        request.clear();
        let at = usize::try_from(number).unwrap_or(0) % rendered.len();
        let Some((head, tail)) = rendered.get(at) else { return };
        request.extend_from_slice(head);
        request.extend_from_slice(format!("{seed:08x}{number:024x}").as_bytes());
        request.extend_from_slice(tail);
        debug_assert_eq!(request.len(), head.len() + KEY_LEN + tail.len());
    }))
}

/// The same reading request again and again.
pub fn read(address: SocketAddr, secret: &str, path: &str) -> Requests {
    let whole = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {secret}\r\naccept: application/json\r\n\r\n"
    );
    Arc::new(move |_, request| {
        request.clear();
        request.extend_from_slice(whole.as_bytes());
    })
}

fn render(address: SocketAddr, secret: &str, body: &Value) -> (Vec<u8>, Vec<u8>) {
    let body = body.to_string();
    let head = format!(
        "POST /api/v1/reports HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {secret}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nidempotency-key: ",
        body.len()
    );
    (head.into_bytes(), format!("\r\n\r\n{body}").into_bytes())
}

fn body(dice: &mut Dice, texts: &[String]) -> Value {
    let category = match dice.below(20) {
        0 => "in_progress",
        1..=3 => "info",
        _ => "potential_theft",
    };
    json!({
        "site": dice.one(&SITES),
        "category": category,
        "what_happened": texts.get(dice.below(texts.len())),
        "kind": dice.one(&["shop_theft", "attempted_theft", "verbal_abuse"]),
        "method": [dice.one(&["concealment", "walk_out", "self_checkout_skip"])],
        "zone": dice.one(&["entrance", "aisle", "till", "self_checkout"]),
        "goods": [{"what": dice.one(&["spirits", "meat", "razors"]), "quantity": 1 + dice.below(4), "unit_value_minor": 2_150, "currency": "GBP", "fate": "taken"}],
        "staff_safe": "yes",
        "still_present": dice.one(&["yes", "left", "unknown"]),
    })
}

/// What was written in the console, without the word that chooses the category.
fn texts() -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for line in WRITTEN.lines() {
        let line: Value = serde_json::from_str(line).map_err(said)?;
        if let (Some(command), Some(true)) = (
            line.pointer("/command").and_then(Value::as_str),
            line.pointer("/expect/accepted").and_then(Value::as_bool),
        ) {
            let text = command.strip_prefix("now").or_else(|| command.strip_prefix("info")).unwrap_or(command).trim();
            if text.chars().any(|letter| !letter.is_control()) {
                texts.push(text.to_owned());
            }
        }
    }
    Ok(texts)
}
