//! The data folder: whether it can be used, who may look into it, whether there is room, and whether files can be locked.

use std::fs::{self, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use domain::report::PHOTOS_MAX;

use super::line::Line;
use crate::evidence::header::BYTES_MAX;
use crate::settings::{EvidencePlace, Settings};
use crate::store::connect::Location;

/// The rights of everybody who is not the owner.
pub const OTHERS: u32 = 0o077;
/// Written to see whether it can be, and taken away again.
const PROBE: &str = "doctor.probe";
/// With less room than this one report with all its photos does not fit.
const ROOM_NEEDED: u64 = PHOTOS_MAX as u64 * BYTES_MAX as u64;
/// With less room than this, a busy day may fill it: ten such reports, each with its original and a smaller copy.
const ROOM_WANTED: u64 = 10 * ROOM_NEEDED;
/// What `statfs(2)` calls network filesystems: NFS, SMB, CIFS, SMB 2. SQLite's log does not work over a network.
/// <https://man7.org/linux/man-pages/man2/statfs.2.html> <https://sqlite.org/wal.html>
#[cfg(target_os = "linux")]
const OVER_A_NETWORK: [u32; 4] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42];

/// Everything about the data folder.
pub fn lines(settings: &Settings) -> Vec<Line> {
    let data = &settings.data;
    match fs::metadata(data) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let what = format!("there is no data folder {} yet: the first start makes it", data.display());
            return vec![Line::note("data.folder", what)];
        }
        Ok(found) if found.is_dir() => {}
        _ => return vec![unusable(data, "it is no folder that this user may look into")],
    }
    let mut lines = vec![writes_and_locks(settings)];
    lines.extend(rights(settings));
    lines.extend(room(data));
    lines
}

fn unusable(data: &Path, why: &str) -> Line {
    Line::problem("data.folder", format!("the data folder {} cannot be used", data.display()))
        .because(why)
        .so("set SHOPWATCH_DATA to a folder this user may write")
}

/// Whether files can be made there, and locked.
fn writes_and_locks(settings: &Settings) -> Line {
    let (data, probe) = (&settings.data, settings.data.join(PROBE));
    let open = || OpenOptions::new().create(true).append(true).mode(0o600).open(&probe);
    let locked = open().and_then(|first| {
        first.lock()?;
        // A second one that gets it all the same shows that locks mean nothing there.
        Ok(matches!(open()?.try_lock(), Err(TryLockError::WouldBlock)))
    });
    drop(fs::remove_file(&probe));
    let sqlite = matches!(settings.database, Location::Sqlite(_));
    match locked {
        Ok(true) if sqlite && is_over_a_network(data) => {
            Line::problem("data.locks", "the data folder is on a network filesystem")
                .because("SQLite loses what it acknowledged there")
                .so("put the data folder on a local disk, or use Postgres")
        }
        Ok(false) if sqlite => Line::problem("data.locks", "files in the data folder cannot be locked")
            .because("two servers on one SQLite file would lose each other's work")
            .so("put the data folder on a local disk, or use Postgres"),
        Ok(_) => Line::ok("data.folder", format!("the data folder {} can be written and locked", data.display())),
        Err(why) if why.kind() == io::ErrorKind::Unsupported => {
            Line::problem("data.locks", "files in the data folder cannot be locked")
                .so("put the data folder on a local disk")
        }
        Err(why) => unusable(data, &why.kind().to_string()),
    }
}

#[cfg(target_os = "linux")]
fn is_over_a_network(data: &Path) -> bool {
    // Some systems give the number as a signed one.
    let kind =
        rustix::fs::statfs(data).ok().and_then(|about| u32::try_from(i128::from(about.f_type) & 0xffff_ffff).ok());
    kind.is_some_and(|kind| OVER_A_NETWORK.contains(&kind))
}

#[cfg(not(target_os = "linux"))]
fn is_over_a_network(_: &Path) -> bool {
    false
}

/// Keys and database are their owner's alone; folders too, so that nobody sees what there is.
fn rights(settings: &Settings) -> Vec<Line> {
    let data = &settings.data;
    let mut lines = Vec::new();
    for path in secrets(settings) {
        if mode(&path).is_some_and(|mode| mode & OTHERS != 0) {
            lines.push(
                Line::problem("data.rights", format!("other accounts of this computer may use {}", path.display()))
                    .about(path.display())
                    .because("what lies there opens everything that was reported")
                    .so(format!("chmod 600 {}", path.display())),
            );
        }
    }
    let mut folders = vec![data.clone(), data.join("keys"), data.join("spool")];
    if let EvidencePlace::Folder(folder) = &settings.evidence {
        folders.push(folder.clone());
    }
    for folder in folders {
        let Some(open) = mode(&folder).map(|mode| mode & OTHERS).filter(|open| *open != 0) else { continue };
        let to_do = format!("chmod 700 {}", folder.display());
        lines.push(if open & 0o022 == 0 {
            Line::note("data.rights", format!("other accounts of this computer may look into {}", folder.display()))
                .about(folder.display())
                .so(to_do)
        } else {
            Line::problem(
                "data.rights",
                format!("other accounts of this computer may change what is in {}", folder.display()),
            )
            .about(folder.display())
            .because("they could put other keys or another database there")
            .so(to_do)
        });
    }
    if lines.is_empty() {
        lines.push(Line::ok("data.rights", "keys, database and folders are this user's alone"));
    }
    lines
}

fn mode(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|found| found.permissions().mode())
}

/// The files that hold keys or sealed words.
fn secrets(settings: &Settings) -> Vec<PathBuf> {
    let keys = fs::read_dir(settings.data.join("keys")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = keys.map(|entry| entry.path()).collect();
    files.sort();
    if let Location::Sqlite(path) = &settings.database {
        files.push(path.clone());
        files.extend(["-wal", "-shm"].map(|end| PathBuf::from(format!("{}{end}", path.display()))));
    }
    files
}

/// Whether there is room for what comes.
fn room(data: &Path) -> Option<Line> {
    let about = rustix::fs::statvfs(data).ok()?;
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    let what = format!("{} MiB are free in {}", free / (1024 * 1024), data.display());
    Some(of_room(free, what))
}

fn of_room(free: u64, what: String) -> Line {
    const ID: &str = "data.room";
    let to_do = "make room there, or keep photos elsewhere: EVIDENCE_URL";
    if free < ROOM_NEEDED {
        Line::problem(ID, what).because("one report with all its photos does not fit").so(to_do)
    } else if free < ROOM_WANTED {
        Line::note(ID, what).because("a busy day may fill it").so(to_do)
    } else {
        Line::ok(ID, what)
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::State;
    use super::*;

    #[test]
    fn room_is_counted_in_reports() {
        let state = |free| of_room(free, String::new()).state;
        assert_eq!(
            [state(ROOM_NEEDED - 1), state(ROOM_NEEDED), state(ROOM_WANTED)],
            [State::Problem, State::Note, State::Ok]
        );
    }
}
