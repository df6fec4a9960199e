//! Opening what a command works on.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::sync::Arc;

use super::Complaint;
use crate::clock::{MachineClock, RandomIds};
use crate::evidence::bucket::Bucket;
use crate::evidence::child::Reader;
use crate::evidence::keep::Evidence;
use crate::evidence::vault::{Folder, Vault};
use crate::keys::files::{self, KeyFiles};
use crate::rules::Rules;
use crate::settings::{EvidencePlace, Secret, Settings};
use crate::store::Store;
use crate::store::writer::WriterLoop;

/// The store of these settings, with the task that writes to it.
pub async fn store(settings: &Settings) -> Result<(Store, WriterLoop), Complaint> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&settings.data).map_err(|why| {
        format!(
            "cannot use the data folder {}\n  why  {why}\n  do   set SHOPWATCH_DATA to a folder this user may write",
            settings.data.display()
        )
    })?;
    let keys = match &settings.master_key {
        Some(key) => files::given(key.reveal(), settings.old_master_key.as_ref().map(Secret::reveal)),
        None => KeyFiles::below(&settings.data).open_or_make(),
    };
    let keys = keys.map_err(|why| why.to_string())?;
    Store::open(&settings.database, Arc::new(keys), Arc::new(RandomIds::default())).await.map_err(|why| why.to_string())
}

/// Where photos of these settings are read and kept.
pub fn evidence(settings: &Settings) -> Arc<Evidence> {
    let vault = match &settings.evidence {
        EvidencePlace::Folder(folder) => Vault::Folder(Folder::at(folder)),
        EvidencePlace::Bucket(bucket) => {
            Vault::Bucket(Arc::new(Bucket::new((**bucket).clone(), Arc::new(MachineClock))))
        }
    };
    Evidence::new(Reader::ourselves(), Folder::at(settings.data.join("spool")), vault)
}

/// The rules of these settings, and whether they are the built-in example.
pub fn rules(settings: &Settings) -> Result<(Rules, bool), Complaint> {
    let Some(path) = &settings.rules else { return Ok((Rules::example(), true)) };
    let text = fs::read_to_string(path)
        .map_err(|why| format!("cannot read the rules {}\n  why  {why}\n  do   set SHOPWATCH_RULES to a file, or leave it out for the example shop", path.display()))?;
    let rules = Rules::parse(&text).map_err(|problems| format!("{} has problems\n{problems}", path.display()))?;
    Ok((rules, false))
}
