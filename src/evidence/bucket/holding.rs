//! What lies in a bucket, version by version, and what is held there whatever its lock says.

use aws_sdk_s3::types::{ObjectLockLegalHold, ObjectLockLegalHoldStatus, ObjectLockMode};

use super::ask::ask;
use super::{Bucket, mode_of_object};
use crate::evidence::trouble::Trouble;

/// A version of a name, or a mark that hides those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    pub name: String,
    /// None in a bucket without versions.
    pub version: Option<String>,
    pub mark: bool,
}

impl Bucket {
    /// Whether objects are locked here, as the settings ask for it and the bucket can do it.
    pub async fn locks_now(&self) -> Result<bool, Trouble> {
        Ok(self.settings.lock.is_some() && self.can_lock().await?)
    }

    /// Whether a lock of this mode is at least as strong as the settings ask for.
    pub fn is_strong(&self, mode: Option<&str>) -> bool {
        let wanted = self.settings.lock.map(mode_of_object);
        mode == Some(ObjectLockMode::Compliance.as_str()) || mode == wanted.as_ref().map(ObjectLockMode::as_str)
    }

    /// Places a legal hold on a version, or lifts it.
    pub async fn hold(&self, name: &str, version: Option<&str>, held: bool) -> Result<(), Trouble> {
        let status = if held { ObjectLockLegalHoldStatus::On } else { ObjectLockLegalHoldStatus::Off };
        let request = self.client.put_object_legal_hold().bucket(&self.settings.bucket).key(self.key(name));
        let request = request.set_version_id(version.map(ToOwned::to_owned));
        let request = request.legal_hold(ObjectLockLegalHold::builder().status(status).build());
        ask(self.settings.deadline, request.send()).await?;
        Ok(())
    }

    /// Everything under names that begin so: of each name the newest first. A server that cannot list versions has none.
    pub async fn lying(&self, prefix: &str) -> Result<Vec<Lying>, Trouble> {
        let mut lying = Vec::new();
        let mut next: Option<(Option<String>, Option<String>)> = None;
        loop {
            let (key, version) = next.take().unwrap_or_default();
            let request = self.client.list_object_versions().bucket(&self.settings.bucket).prefix(self.key(prefix));
            let request = request.set_key_marker(key).set_version_id_marker(version);
            let page = match ask(self.settings.deadline, request.send()).await {
                Err(no) if no.is_unknown() => {
                    let plain = |name| Lying { name, version: None, mark: false };
                    return Ok(self.list_all(prefix).await?.into_iter().map(plain).collect());
                }
                page => page?,
            };
            let objects = page.versions.unwrap_or_default().into_iter().map(|one| (one.key, one.version_id, false));
            let marks = page.delete_markers.unwrap_or_default().into_iter().map(|one| (one.key, one.version_id, true));
            lying.extend(objects.chain(marks).filter_map(|(key, version, mark)| {
                let name = key?.strip_prefix(&self.settings.prefix)?.to_owned();
                // In a bucket without versions an object's version is called `null`, and is no version.
                Some(Lying { name, version: version.filter(|version| version != "null"), mark })
            }));
            if page.is_truncated != Some(true) || page.next_key_marker.is_none() {
                return Ok(lying);
            }
            next = Some((page.next_key_marker, page.next_version_id_marker));
        }
    }
}
