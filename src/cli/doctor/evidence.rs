//! Where photos are kept.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use super::line::Line;
use crate::clock::MachineClock;
use crate::evidence::bucket::Bucket;
use crate::evidence::bucket::probe::Lack;
use crate::settings::bucket::BucketSettings;
use crate::settings::{EvidencePlace, Settings};

/// Written to see whether it can be, and taken away again; the vault never has a name like that.
const PROBE: &str = "doctor.draft";

/// Whether photos can be put there; a bucket is asked only online.
pub async fn lines(settings: &Settings, online: bool) -> Vec<Line> {
    match &settings.evidence {
        EvidencePlace::Folder(path) => vec![folder(path)],
        EvidencePlace::Bucket(bucket) if online => Box::pin(probe(bucket)).await,
        EvidencePlace::Bucket(_) => {
            vec![Line::note("evidence.bucket", "the bucket for photos was not asked").so("shopwatch doctor --online")]
        }
    }
}

fn folder(path: &Path) -> Line {
    const ID: &str = "evidence.folder";
    let probe = path.join(PROBE);
    let written = OpenOptions::new().create(true).append(true).mode(0o600).open(&probe);
    drop(fs::remove_file(&probe));
    match written {
        Ok(_) => Line::ok(ID, format!("photos are kept in {}", path.display())),
        Err(why) if why.kind() == io::ErrorKind::NotFound && !path.exists() => {
            Line::ok(ID, format!("photos are kept in {}, which the first one makes", path.display()))
        }
        Err(why) => Line::problem(ID, format!("photos cannot be put into {}", path.display()))
            .because(why.kind().to_string())
            .so("make the folder writable for this user: photos wait on the spool until then"),
    }
}

/// The same look as at the start.
async fn probe(settings: &BucketSettings) -> Vec<Line> {
    const ID: &str = "evidence.bucket";
    let place = format!("s3://{}/{}", settings.bucket, settings.prefix);
    let bucket = Bucket::new(settings.clone(), Arc::new(MachineClock));
    if let Err(trouble) = Box::pin(bucket.probe()).await {
        return vec![
            Line::problem(ID, format!("{place} cannot be used"))
                .because(trouble.to_string())
                .so("put that right: photos wait on the spool until then"),
        ];
    }
    let lacks = bucket.abilities().unwrap_or_default().lacks;
    let line = |lack: &Lack| {
        let said = lack.to_string();
        let (what, rest) = said.split_once(": ").map_or((said.as_str(), None), |(what, rest)| (what, Some(rest)));
        let (why, to_do) = match rest.and_then(|rest| rest.split_once("; ")) {
            // Whoever switched that off has nothing to do.
            Some((why, to_do)) if *lack != Lack::LockSwitchedOff => (Some(why), Some(to_do)),
            _ => (rest, None),
        };
        let what = format!("{place}: {what}");
        let unsafe_there = matches!(lack, Lack::Lock | Lack::Versions);
        let line = if unsafe_there { Line::problem(ID, what) } else { Line::note(ID, what) };
        Line { why: why.map(ToOwned::to_owned), to_do: to_do.map(ToOwned::to_owned), ..line.about(id_of(*lack)) }
    };
    let lines: Vec<Line> = lacks.iter().map(line).collect();
    if lines.is_empty() {
        vec![Line::ok(ID, format!("photos are kept in {place}, which does all that was asked"))]
    } else {
        lines
    }
}

const fn id_of(lack: Lack) -> &'static str {
    match lack {
        Lack::Versions => "versions",
        Lack::Lock => "lock",
        Lack::LockSwitchedOff => "lock_switched_off",
        Lack::WriteOnce => "write_once",
        Lack::Encryption => "encryption",
        Lack::Removal => "removal",
        Lack::Clock(_) => "clock",
    }
}
