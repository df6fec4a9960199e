//! An access key in a file that somebody else keeps fresh, as `aws` and its like write it. A temporary key is renewed there
//! before it ends, and used without a restart.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result, future};
use domain::clock::Clock;

/// How long a key is used before the file is read again. Temporary keys live for 15 minutes at least, and are renewed
/// some minutes before they end.
const READ_AGAIN: Duration = Duration::from_mins(1);

/// A key in a file.
pub struct KeyFile {
    file: PathBuf,
    profile: String,
    clock: Arc<dyn Clock>,
    /// The last one that could be read: the file may just be written anew.
    last: Mutex<Option<Credentials>>,
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile").field("file", &self.file).field("profile", &self.profile).finish_non_exhaustive()
    }
}

impl KeyFile {
    /// The key of this name in this file; nothing is read yet.
    pub fn new(file: PathBuf, profile: String, clock: Arc<dyn Clock>) -> Self {
        Self { file, profile, clock, last: Mutex::default() }
    }

    async fn read(&self) -> Result {
        let text = tokio::fs::read_to_string(&self.file).await.unwrap_or_default();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = key_in(&text, &self.profile) {
            *last = Some(found);
        } else {
            tracing::error!(target: "shopwatch::evidence", "AWS_SHARED_CREDENTIALS_FILE has no key of the name in AWS_PROFILE, or cannot be read");
        }
        let mut key = last.clone().ok_or_else(|| CredentialsError::not_loaded("no key in the file"))?;
        *key.expiry_mut() = Some(std::time::SystemTime::from(self.clock.now()) + READ_AGAIN);
        Ok(key)
    }
}

impl ProvideCredentials for KeyFile {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.read())
    }
}

/// The key under `[profile]`; none if half of it is missing.
fn key_in(text: &str, profile: &str) -> Option<Credentials> {
    let mut within = false;
    let (mut id, mut secret, mut token) = (None, None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            within = name.trim() == profile;
        } else if let Some((name, value)) = line.split_once('=').filter(|_| within) {
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match name.trim() {
                "aws_access_key_id" => id = value,
                "aws_secret_access_key" => secret = value,
                "aws_session_token" => token = value,
                _ => {}
            }
        }
    }
    Some(Credentials::new(id?, secret?, token, None, "AWS_SHARED_CREDENTIALS_FILE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# of the shop\n[other]\naws_access_key_id = O\naws_secret_access_key = P\n\n\
        [default]\n  aws_access_key_id=AKIA1\n; old\naws_secret_access_key = a=b/c\nregion = eu-west-2\n";

    #[test]
    fn a_key_is_read_under_its_name_and_half_a_key_is_none() {
        let key = key_in(FILE, "default").unwrap();
        assert_eq!((key.access_key_id(), key.secret_access_key(), key.session_token()), ("AKIA1", "a=b/c", None));
        let renewed = format!("{FILE}aws_session_token = t0ken\n");
        assert_eq!(key_in(&renewed, "default").unwrap().session_token(), Some("t0ken"));
        assert_eq!(key_in(FILE, "other").unwrap().access_key_id(), "O");
        assert!(key_in(FILE, "nobody").is_none());
        // As it is while it is written.
        let half = FILE.split("aws_secret_access_key = a").next().unwrap();
        assert!(key_in(half, "default").is_none() && key_in("", "default").is_none());
    }
}
