//! An S3 bucket as a vault: names that are written once, locked until their time, and read back before they count.
//!
//! What a bucket can do is asked at the start ([`probe`]); without an answer nothing is put there. Bytes are sent from
//! memory in one piece: signed trailers of streams are refused by some servers.

mod afterwards;
pub mod ask;
mod client;
pub mod holding;
mod key_file;
pub mod probe;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ObjectLockLegalHoldStatus, ObjectLockMode, ServerSideEncryption,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::clock::{Clock, Moment};
use hyper::body::Bytes;
use ring::digest;
use tokio::time::timeout;

use self::ask::{No, ask};
use self::client::Heard;
use self::probe::Abilities;
use super::keep::sha256;
use super::trouble::Trouble;
use super::vault::Placed;
use crate::settings::bucket::{BucketSettings, Encryption, LockMode};

/// Under which name of its own metadata an object carries the SHA-256 of its bytes.
const OUR_HASH: &str = "sha256";
/// The most that is read of an object: a sealed photo of 25 MiB needs less.
const OBJECT_MAX: usize = 32 * 1024 * 1024;
/// The slowest line that photos get through, in bytes a second: half of what a shop has that sends with 1 Mbit/s. A
/// deadline is that much longer for what has to go over it, as a large photo needs longer than any answer may take.
const SLOWEST: u64 = 64 * 1024;

/// A bucket that evidence is kept in.
pub struct Bucket {
    settings: BucketSettings,
    client: Client,
    clock: Arc<dyn Clock>,
    heard: Heard,
    abilities: RwLock<Option<Abilities>>,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bucket")
    }
}

/// What a server says of an object.
#[derive(Debug, Default)]
pub struct Said {
    pub version: Option<String>,
    /// The mode of its lock.
    pub mode: Option<String>,
    pub locked_until: Option<Moment>,
    /// Whether it has a legal hold.
    pub held: bool,
}

impl Bucket {
    /// The bucket of these settings; nothing is sent yet.
    pub fn new(settings: BucketSettings, clock: Arc<dyn Clock>) -> Self {
        let heard = Heard::nothing(clock.clone());
        let client = client::client(&settings, clock.clone(), heard.clone());
        Self { settings, client, clock, heard, abilities: RwLock::default() }
    }

    /// What it can do, as far as that was asked.
    pub fn abilities(&self) -> Option<Abilities> {
        self.abilities.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, abilities: Option<Abilities>) {
        *self.abilities.write().unwrap_or_else(PoisonError::into_inner) = abilities;
    }

    /// Forgets what it can do, so that it is asked again before anything is put there.
    pub fn doubt(&self) {
        self.learn(None);
    }

    /// Puts bytes under a name that has none, locked until then. If the name has these bytes already, as after an answer
    /// that was lost, that is as good.
    pub async fn put(&self, name: &str, bytes: Bytes, retain_until: Moment) -> Result<Placed, Trouble> {
        let abilities = self.abilities().ok_or(Trouble::Unusable("the bucket was not looked at yet".into()))?;
        let until = Some(whole_seconds(retain_until)).filter(|until| abilities.locks && *until > self.clock.now());
        match self.send_once(name, &bytes, until, abilities.writes_once).await? {
            Ok(version) => Ok(Placed { version, locked_until: until }),
            Err(no) if no.is_taken() => {
                let found = self.find(name, None, &bytes).await.map_err(fleeting)?.ok_or(Trouble::Taken)?;
                let placed = Placed { version: found.version, locked_until: found.locked_until };
                match until {
                    Some(until) if placed.locked_until.is_none_or(|locked| locked < until) => {
                        let locked_until = self.extend(name, placed.version.as_deref(), until).await?;
                        Ok(Placed { locked_until, ..placed })
                    }
                    _ => Ok(placed),
                }
            }
            Err(no) => Err(no.into()),
        }
    }

    /// Writes an object where there is none. A server that would overwrite it all the same is asked first, which is
    /// nearly as good: nobody but us writes here.
    async fn send_once(
        &self,
        name: &str,
        bytes: &Bytes,
        until: Option<Moment>,
        by_condition: bool,
    ) -> Result<Result<Option<String>, No>, Trouble> {
        if !by_condition {
            match self.look(name, None).await {
                Ok(_there) => return Ok(Err(No::taken())),
                Err(Trouble::Missing) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(self.send(&self.key(name), bytes, until, by_condition).await)
    }

    /// Writes an object, under the condition that there is none if the server knows such; the version it became.
    async fn send(
        &self,
        key: &str,
        bytes: &Bytes,
        until: Option<Moment>,
        by_condition: bool,
    ) -> Result<Option<String>, No> {
        let hash = digest::digest(&digest::SHA256, bytes);
        let request = self
            .client
            .put_object()
            .bucket(&self.settings.bucket)
            .key(key)
            .body(ByteStream::from(bytes.clone()))
            .content_type("application/octet-stream")
            .checksum_sha256(STANDARD.encode(hash.as_ref()))
            // Said too, since what is locked has to say so.
            // <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .metadata(OUR_HASH, sha256(bytes))
            .set_if_none_match(by_condition.then(|| "*".to_owned()))
            .set_object_lock_mode(self.settings.lock.filter(|_| until.is_some()).map(mode_of_object))
            .set_object_lock_retain_until_date(until.map(date));
        let request = match &self.settings.encryption {
            Encryption::Unsaid => request,
            Encryption::Aes256 => request.server_side_encryption(ServerSideEncryption::Aes256),
            Encryption::Kms(key) => {
                request.server_side_encryption(ServerSideEncryption::AwsKms).set_ssekms_key_id(key.clone())
            }
        };
        let travel = travel(bytes.len());
        let slowly = aws_sdk_s3::config::Builder::new().timeout_config(client::timeouts(&self.settings, travel));
        let request = request.customize().config_override(slowly);
        ask(self.settings.deadline + travel, request.send()).await.map(|sent| sent.version_id)
    }

    /// Whether what was put under a name is there: its size, version, lock and hash by what the server says of it, and
    /// its bytes by reading them back.
    pub async fn verify(&self, name: &str, bytes: &Bytes, placed: &Placed) -> Result<(), Trouble> {
        let request = self.client.head_object().bucket(&self.settings.bucket).key(self.key(name));
        let request = request.set_version_id(placed.version.clone()).checksum_mode(ChecksumMode::Enabled);
        let head = ask(self.settings.deadline, request.send()).await?;
        let holds = |holds: bool, what: &'static str| if holds { Ok(()) } else { Err(Trouble::Differs(what)) };
        holds(head.content_length.and_then(|length| usize::try_from(length).ok()) == Some(bytes.len()), "its size")?;
        let versioned = self.abilities().is_some_and(|abilities| abilities.versioned);
        holds(placed.version.is_some() || !versioned, "it has no version")?;
        holds(placed.version.is_none() || head.version_id == placed.version, "its version")?;
        let ours = head.metadata.as_ref().and_then(|metadata| metadata.get(OUR_HASH));
        holds(ours == Some(&sha256(bytes)), "its hash")?;
        if let Some(until) = placed.locked_until {
            let mode = self.settings.lock.map(|mode| mode_of_object(mode).as_str().to_owned());
            let stronger = Some(ObjectLockMode::Compliance.as_str().to_owned());
            let said = head.object_lock_mode.map(|mode| mode.as_str().to_owned());
            holds(said.is_some() && (said == mode || said == stronger), "its lock")?;
            let locked = head.object_lock_retain_until_date.as_ref().and_then(moment);
            holds(locked.is_some_and(|locked| locked >= until), "its lock's end")?;
        }
        let found = self.find(name, placed.version.as_deref(), bytes).await?;
        holds(found.is_some(), "its bytes")
    }

    /// The bytes of a name: of the version that was recorded, whatever came after it.
    pub async fn get(&self, name: &str, version: Option<&str>) -> Result<Vec<u8>, Trouble> {
        let mut bytes = Vec::new();
        self.read(name, version, |part| {
            bytes.extend_from_slice(part);
            bytes.len() <= OBJECT_MAX
        })
        .await?;
        if bytes.len() > OBJECT_MAX { Err(Trouble::Differs("its size")) } else { Ok(bytes) }
    }

    /// What the server says of a name that has these bytes; none if it has others.
    async fn find(&self, name: &str, version: Option<&str>, bytes: &Bytes) -> Result<Option<Said>, Trouble> {
        let (mut at, mut same) = (0, true);
        let said = self
            .read(name, version, |part| {
                same &= bytes.get(at..at + part.len()) == Some(part);
                at += part.len();
                same
            })
            .await?;
        Ok((same && at == bytes.len()).then_some(said))
    }

    /// Reads an object part by part, for as long as somebody wants more.
    async fn read(
        &self,
        name: &str,
        version: Option<&str>,
        mut more: impl FnMut(&[u8]) -> bool,
    ) -> Result<Said, Trouble> {
        let request = self.client.get_object().bucket(&self.settings.bucket).key(self.key(name));
        let request = request.set_version_id(version.map(ToOwned::to_owned));
        let mut answer = ask(self.settings.deadline, request.send()).await?;
        let length = answer.content_length.and_then(|length| usize::try_from(length).ok()).unwrap_or(OBJECT_MAX);
        let deadline = self.settings.deadline + travel(length.min(OBJECT_MAX));
        let body = async {
            while let Some(part) = answer.body.try_next().await.map_err(|_why| broken_off())? {
                if !more(&part) {
                    break;
                }
            }
            Ok::<(), Trouble>(())
        };
        timeout(deadline, body).await.map_err(|_late| broken_off())??;
        Ok(Said {
            version: answer.version_id,
            mode: answer.object_lock_mode.map(|mode| mode.as_str().to_owned()),
            locked_until: answer.object_lock_retain_until_date.as_ref().and_then(moment),
            held: answer.object_lock_legal_hold_status == Some(ObjectLockLegalHoldStatus::On),
        })
    }

    /// What the server says of a version.
    pub async fn look(&self, name: &str, version: Option<&str>) -> Result<Said, Trouble> {
        let request = self.client.head_object().bucket(&self.settings.bucket).key(self.key(name));
        let head = ask(self.settings.deadline, request.set_version_id(version.map(ToOwned::to_owned)).send()).await?;
        Ok(Said {
            version: head.version_id,
            mode: head.object_lock_mode.map(|mode| mode.as_str().to_owned()),
            locked_until: head.object_lock_retain_until_date.as_ref().and_then(moment),
            held: head.object_lock_legal_hold_status == Some(ObjectLockLegalHoldStatus::On),
        })
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.settings.prefix)
    }
}

/// How long so many bytes may be on their way.
fn travel(bytes: usize) -> Duration {
    Duration::from_secs(u64::try_from(bytes).unwrap_or(u64::MAX) / SLOWEST)
}

/// Something was there, and is not there any more.
fn fleeting(trouble: Trouble) -> Trouble {
    if matches!(trouble, Trouble::Missing) {
        Trouble::Unusable("somebody else writes there at the same moment".into())
    } else {
        trouble
    }
}

fn broken_off() -> Trouble {
    Trouble::Unusable("the server's answer broke off".into())
}

fn mode_of_object(mode: LockMode) -> ObjectLockMode {
    match mode {
        LockMode::Governance => ObjectLockMode::Governance,
        LockMode::Compliance => ObjectLockMode::Compliance,
    }
}

/// The next whole second: what an object is locked until must not come before what was asked.
fn whole_seconds(moment: Moment) -> Moment {
    let up = i64::from(moment.timestamp_subsec_nanos() > 0);
    Moment::from_timestamp(moment.timestamp() + up, 0).unwrap_or(moment)
}

fn date(moment: Moment) -> DateTime {
    DateTime::from_secs(moment.timestamp())
}

fn moment(date: &DateTime) -> Option<Moment> {
    Moment::from_timestamp(date.secs(), date.subsec_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_never_ends_before_what_was_asked() {
        let at: Moment = "2026-11-22T14:05:00.001Z".parse().unwrap();
        assert_eq!(whole_seconds(at).to_rfc3339(), "2026-11-22T14:05:01+00:00");
        assert_eq!(whole_seconds(whole_seconds(at)), whole_seconds(at));
        assert_eq!(moment(&date(whole_seconds(at))), Some(whole_seconds(at)));
    }
}
