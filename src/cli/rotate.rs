//! `shopwatch key rotate`: a new master key, and everything wrapped by it.

use std::process::ExitCode;

use super::{Complaint, open, serve};
use crate::failure::Failure;
use crate::keys::files::KeyFiles;
use crate::settings::Settings;
use crate::store::rewrap::Rewrapped;

/// Replaces the master key and wraps every data key anew. With `finish`, no new key is made: what is still wrapped by an
/// older one is wrapped anew, and the older ones are taken away. Interrupted, it is started again.
pub async fn rotate(settings: &Settings, finish: bool) -> Result<ExitCode, Complaint> {
    // A server that runs knows only the key it has read at its start.
    let _alone = serve::lock(settings)?;
    let files = KeyFiles::below(&settings.data);
    let in_files = settings.master_key.is_none();
    let (store, _) = open::store(settings).await?;
    // Before the key is replaced: what pseudonyms follow from has to outlive it.
    store.keep_names().await.map_err(no_answer)?;
    let store = if in_files && !finish {
        files.replace().map_err(|why| why.to_string())?;
        open::store(settings).await?.0
    } else {
        store
    };
    let Rewrapped { now, before } =
        store.rewrap(|done| eprintln!("looked at {done} data keys")).await.map_err(no_answer)?;
    println!("master key {}: {now} data key(s) wrapped anew, {before} were already", store.keys().id());
    if !in_files {
        println!("nothing needs EVIDENCE_OLD_MASTER_KEY any more, once every server was started with the new key");
    } else if finish {
        println!("{} older master key(s) taken away", files.forget_old().map_err(|why| why.to_string())?);
    } else {
        println!("  next   back up keys/master.key, start every server again, then: shopwatch key rotate --finish");
    }
    Ok(ExitCode::SUCCESS)
}

fn no_answer(_: Failure) -> Complaint {
    "not every key was wrapped anew\n  why  the database did not answer, or holds a key that no master key opens\n  do   run it again: what was done stays done".to_owned()
}
