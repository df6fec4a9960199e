//! Between an incident and its sealed row.

use domain::actor::Pseudonym;
use domain::audit::{By, Hash, Line, Step, StepWord};
use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::incident::{Incident, Status};
use domain::words::Platform;
use serde::{Deserialize, Serialize};

use super::entity::{entry, incident};
use crate::failure::Failure;
use crate::keys::{DataKey, Keys};

/// Sealed values open only where they were put.
const FACTS: &[u8] = b"incident";

/// The part of a line that names people and quotes them.
#[derive(Serialize, Deserialize)]
struct Spoken {
    by: By,
    text: Option<String>,
}

/// A line of the record as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineLine {
    pub incident: IncidentId,
    pub seq: u32,
    pub at: Moment,
    pub word: StepWord,
    pub platform: Platform,
    pub by: By,
    pub detail: std::collections::BTreeMap<String, String>,
    pub text: Option<String>,
}

/// A row that does not say what rows say.
#[derive(Debug, thiserror::Error)]
#[error("a stored row cannot be read: {0}")]
pub struct Unreadable(&'static str);

/// The purpose under which a line's words are sealed: its own place in the record.
fn spoken_purpose(seq: u32) -> [u8; 9] {
    let mut purpose = *b"entry\0\0\0\0";
    if let Some(tail) = purpose.last_chunk_mut::<4>() {
        *tail = seq.to_be_bytes();
    }
    purpose
}

/// The incident's row; a new data key where there is none yet.
pub(super) fn seal_incident(
    keys: &Keys,
    key: &DataKey,
    incident: &Incident,
    wake_at: Option<Moment>,
) -> Result<incident::Model, Failure> {
    let body = serde_json::to_vec(incident).map_err(Failure::broken)?;
    let state = incident.status.state();
    let merged_into = if let Status::Merged { into, .. } = &incident.status { Some(into.0) } else { None };
    Ok(incident::Model {
        id: incident.id.0,
        reference: incident.reference.to_string(),
        version: signed(incident.version),
        site: incident.site.to_string(),
        category: incident.category.to_string(),
        state: state.to_string(),
        open: state.is_open(),
        reporter: incident.reporter.member.0.clone(),
        reported_at: incident.reported_at,
        retain_until: incident.retain_until,
        wake_at,
        merged_into,
        drill: incident.drill,
        held: incident.is_held(),
        plan: None,
        erased_at: None,
        head: incident.head.0.to_vec(),
        data_key: key.wrapped.clone(),
        sealed: keys.seal(key, FACTS, &body).map_err(Failure::broken)?,
    })
}

/// The row of a step, chained to the line before it; sets the incident's head.
pub(super) fn chain(keys: &Keys, key: &DataKey, incident: &mut Incident, step: &Step) -> Result<entry::Model, Failure> {
    let spoken = Spoken { by: step.by.clone(), text: step.text.clone() };
    let spoken = serde_json::to_vec(&spoken).map_err(Failure::broken)?;
    let facts = serde_json::to_vec(&incident.facts).map_err(Failure::broken)?;
    let line = Line {
        incident: incident.id,
        seq: incident.version,
        at: step.at,
        actor: step.by.pseudonym().to_owned(),
        platform: step.platform.to_string(),
        word: step.word.as_str().to_owned(),
        detail: serde_json::to_string(&step.detail).map_err(Failure::broken)?,
        content: keys.content(&[&spoken, &facts]),
        prev: incident.head,
    };
    let hash = line.hash();
    incident.head = hash;
    let sealed = keys.seal(key, &spoken_purpose(incident.version), &spoken).map_err(Failure::broken)?;
    Ok(line_row(&line, hash, sealed))
}

/// The last line of an erased incident: chained like any other, with nothing sealed beside it. Its content is a keyed
/// hash of what stands in it, so that only a holder of the keys can write one.
pub(super) fn certificate(keys: &Keys, incident: &mut Incident, step: &Step) -> Result<entry::Model, Failure> {
    let detail = serde_json::to_string(&step.detail).map_err(Failure::broken)?;
    let line = Line {
        incident: incident.id,
        seq: incident.version,
        at: step.at,
        actor: step.by.pseudonym().to_owned(),
        platform: step.platform.to_string(),
        word: step.word.as_str().to_owned(),
        content: certified(keys, incident.id, &detail),
        detail,
        prev: incident.head,
    };
    incident.head = line.hash();
    Ok(line_row(&line, incident.head, Vec::new()))
}

/// What the content of a certificate is.
pub(super) fn certified(keys: &Keys, incident: IncidentId, detail: &str) -> Hash {
    keys.content(&[b"erased", incident.0.as_bytes(), detail.as_bytes()])
}

fn line_row(line: &Line, hash: Hash, sealed: Vec<u8>) -> entry::Model {
    entry::Model {
        incident: line.incident.0,
        seq: signed(line.seq),
        at: line.at,
        actor: line.actor.clone(),
        platform: line.platform.clone(),
        word: line.word.clone(),
        detail: line.detail.clone(),
        content: line.content.0.to_vec(),
        prev: line.prev.0.to_vec(),
        hash: hash.0.to_vec(),
        sealed,
    }
}

/// The data key of a row.
pub(super) fn data_key(keys: &Keys, row: &incident::Model) -> Result<DataKey, Failure> {
    keys.unwrap_data_key(row.id.as_bytes(), &row.data_key).map_err(Failure::broken)
}

/// The incident of a row.
pub(super) fn open_incident(keys: &Keys, row: &incident::Model) -> Result<Incident, Failure> {
    let body = data_key(keys, row)?.open(FACTS, &row.sealed).map_err(Failure::broken)?;
    let mut incident: Incident = serde_json::from_slice(&body).map_err(Failure::broken)?;
    incident.reference = row.reference.parse::<Reference>().map_err(|_why| Failure::broken(Unreadable("reference")))?;
    incident.head = hash(&row.head)?;
    incident.wrapped_key = Some(row.data_key.clone());
    Ok(incident)
}

/// The end of the record as it was sealed with the incident.
pub(super) fn sealed_head(key: &DataKey, row: &incident::Model) -> Result<Hash, Failure> {
    let body = key.open(FACTS, &row.sealed).map_err(Failure::broken)?;
    let incident: Incident = serde_json::from_slice(&body).map_err(Failure::broken)?;
    Ok(incident.head)
}

/// The line of a row, with its words.
pub(super) fn open_line(key: &DataKey, row: &entry::Model) -> Result<TimelineLine, Failure> {
    let seq = u32::try_from(row.seq).map_err(Failure::broken)?;
    let spoken = key.open(&spoken_purpose(seq), &row.sealed).map_err(Failure::broken)?;
    let spoken: Spoken = serde_json::from_slice(&spoken).map_err(Failure::broken)?;
    Ok(TimelineLine {
        incident: IncidentId(row.incident),
        seq,
        at: row.at,
        word: StepWord::read(&row.word).ok_or_else(|| Failure::broken(Unreadable("word")))?,
        platform: row.platform.parse().map_err(|_why| Failure::broken(Unreadable("platform")))?,
        by: spoken.by,
        detail: serde_json::from_str(&row.detail).map_err(Failure::broken)?,
        text: spoken.text,
    })
}

/// The line of a row as it was hashed, and the hash that was stored.
pub(super) fn hashed_line(row: &entry::Model) -> Result<(Line, Hash), Failure> {
    let line = Line {
        incident: IncidentId(row.incident),
        seq: u32::try_from(row.seq).unwrap_or(0),
        at: row.at,
        actor: row.actor.clone(),
        platform: row.platform.clone(),
        word: row.word.clone(),
        detail: row.detail.clone(),
        content: hash(&row.content)?,
        prev: hash(&row.prev)?,
    };
    Ok((line, hash(&row.hash)?))
}

/// A hash as a row keeps it.
pub(super) fn hash(bytes: &[u8]) -> Result<Hash, Failure> {
    bytes.try_into().map(Hash).map_err(|_why| Failure::broken(Unreadable("hash")))
}

/// A pseudonym for comparisons in queries.
pub(super) fn plain(member: &Pseudonym) -> &str {
    &member.0
}

/// Databases count with signs.
pub(super) fn signed(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
