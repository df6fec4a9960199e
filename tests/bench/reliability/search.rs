//! Looking for what must not be there, byte by byte, in everything that was written.

use std::fs;
use std::path::Path;

use crate::{Result, said};

/// What is looked for: whatever begins with the song of the canaries, and secrets.
pub struct Needles {
    pub song: String,
    pub secrets: Vec<String>,
}

impl Needles {
    /// Complains of a place that has one of them, and shows what stands around it.
    pub fn not_in(&self, place: &str, content: &[u8]) -> Result<()> {
        let mut needles = std::iter::once(&self.song).chain(&self.secrets);
        match needles.find_map(|needle| position(content, needle.as_bytes())) {
            None => Ok(()),
            Some(at) => {
                let around = content.get(at.saturating_sub(200)..content.len().min(at + 100)).unwrap_or_default();
                Err(format!("{place} has one: {}", String::from_utf8_lossy(around)))
            }
        }
    }

    /// Complains of any file under this folder, but those of keys; how many bytes were looked at.
    pub fn in_folder(&self, folder: &Path) -> Result<usize> {
        let mut bytes = 0;
        for entry in fs::read_dir(folder).map_err(said)?.filter_map(std::result::Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                bytes += if path.ends_with("keys") { 0 } else { self.in_folder(&path)? };
            } else if let Ok(content) = fs::read(&path) {
                // A file that is gone by now holds nothing.
                bytes += content.len();
                self.not_in(&path.display().to_string(), &content)?;
            }
        }
        Ok(bytes)
    }
}

/// Whether this stands there.
pub fn contains(content: &[u8], needle: &[u8]) -> bool {
    position(content, needle).is_some()
}

fn position(content: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = content.get(from..)?.iter().position(|byte| *byte == first) {
        if content.get(from + at..)?.starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
