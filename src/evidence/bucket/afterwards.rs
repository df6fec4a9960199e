//! What happens to objects afterwards: their lock grows, they are taken away when it has ended, and they are listed.

use aws_sdk_s3::types::{ObjectLockRetention, ObjectLockRetentionMode};
use domain::clock::Moment;

use super::ask::{No, ask};
use super::{Bucket, Said, date, whole_seconds};
use crate::evidence::trouble::Trouble;
use crate::evidence::vault::LISTED_MAX;
use crate::settings::bucket::LockMode;

impl Bucket {
    /// Locks a version until then, if it is not for longer already; until when it is locked now. A lock is never made
    /// shorter.
    pub async fn extend(&self, name: &str, version: Option<&str>, until: Moment) -> Result<Option<Moment>, Trouble> {
        let Some(mode) = self.settings.lock.filter(|_| self.abilities().is_some_and(|can| can.locks)) else {
            return Ok(None);
        };
        let until = whole_seconds(until);
        let standing = self.look(name, version).await?;
        if let Some(locked) = standing.locked_until.filter(|locked| standing.mode.is_some() && *locked >= until) {
            return Ok(Some(locked));
        }
        // A lock in the stronger mode stays in it.
        let compliance = ObjectLockRetentionMode::Compliance;
        let mode = match mode {
            LockMode::Governance if standing.mode.as_deref() != Some(compliance.as_str()) => {
                ObjectLockRetentionMode::Governance
            }
            LockMode::Governance | LockMode::Compliance => compliance,
        };
        let retention = ObjectLockRetention::builder().mode(mode).retain_until_date(date(until)).build();
        let request = self.client.put_object_retention().bucket(&self.settings.bucket).key(self.key(name));
        let request = request.set_version_id(version.map(ToOwned::to_owned)).retention(retention);
        ask(self.settings.deadline, request.send()).await?;
        Ok(Some(until))
    }

    /// Takes a version away for good, or every version if none is named. What is not there is as good as taken away.
    pub async fn remove(&self, name: &str, version: Option<&str>) -> Result<(), Trouble> {
        let versions = match version {
            Some(version) => vec![version.to_owned()],
            None => self.versions(name).await?,
        };
        if versions.is_empty() {
            return self.delete(&self.key(name), None).await.map_err(Trouble::from).or_else(gone);
        }
        for version in versions {
            if let Err(no) = self.delete(&self.key(name), Some(version.clone())).await {
                let said = if no.status == 403 { self.look(name, Some(&version)).await.ok() } else { None };
                if let Some(Said { locked_until: Some(until), .. }) = said
                    && until > self.clock.now()
                {
                    return Err(Trouble::Locked(Some(until)));
                }
                if said.is_some_and(|said| said.held) {
                    // The hold was lifted, or it would not go; the bucket was away when it was to be told.
                    self.hold(name, Some(&version), false).await?;
                    self.delete(&self.key(name), Some(version)).await?;
                } else {
                    gone(no.into())?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn delete(&self, key: &str, version: Option<String>) -> Result<(), No> {
        let request = self.client.delete_object().bucket(&self.settings.bucket).key(key).set_version_id(version);
        ask(self.settings.deadline, request.send()).await.map(|_gone| ())
    }

    /// Every version of a name, marks of deletion among them.
    async fn versions(&self, name: &str) -> Result<Vec<String>, Trouble> {
        let lying = self.lying(name).await?;
        Ok(lying.into_iter().filter(|one| one.name == name).filter_map(|one| one.version).collect())
    }

    /// Names that begin so, in their order, after this one; fewer than [`LISTED_MAX`] are the last.
    pub async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Trouble> {
        let (mut names, mut after): (Vec<String>, _) = (Vec::new(), after.map(|after| self.key(after)));
        loop {
            let request = self.client.list_objects_v2().bucket(&self.settings.bucket).prefix(self.key(prefix));
            let request = request.max_keys(i32::from(LISTED_MAX)).set_start_after(after.take());
            let listed = ask(self.settings.deadline, request.send()).await?;
            let keys = listed.contents.unwrap_or_default().into_iter().filter_map(|object| object.key);
            let keys: Vec<String> = keys.collect();
            after = keys.last().cloned();
            names.extend(keys.iter().filter_map(|key| Some(key.strip_prefix(&self.settings.prefix)?.to_owned())));
            // A server may list fewer at once than it was asked for, and say that there are more.
            if listed.is_truncated != Some(true) || after.is_none() || names.len() >= usize::from(LISTED_MAX) {
                return Ok(names);
            }
        }
    }

    /// Every name that begins so.
    pub(super) async fn list_all(&self, prefix: &str) -> Result<Vec<String>, Trouble> {
        let mut names: Vec<String> = Vec::new();
        loop {
            let page = self.list(prefix, names.last().map(String::as_str)).await?;
            let is_last = page.len() < usize::from(LISTED_MAX);
            names.extend(page);
            if is_last {
                return Ok(names);
            }
        }
    }
}

/// What is not there is as good as taken away.
fn gone(trouble: Trouble) -> Result<(), Trouble> {
    if matches!(trouble, Trouble::Missing) { Ok(()) } else { Err(trouble) }
}
