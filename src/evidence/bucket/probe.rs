//! What a bucket can do, found out by asking and by trying; what it cannot do is said, never passed over.

use std::fmt;

use aws_sdk_s3::types::{BucketVersioningStatus, ObjectLockEnabled};
use chrono::TimeDelta;
use hyper::body::Bytes;

use super::ask::{No, ask};
use super::{Bucket, moment};
use crate::evidence::trouble::Trouble;
use crate::settings::bucket::Encryption;

/// The object that is written to see what comes of it; taken away again.
pub const PROBE: &str = "probe";
/// How old a probe is that nobody is at any more: one takes seconds.
const LEFT: TimeDelta = TimeDelta::minutes(1);
/// How far a server's clock may be from ours before that is said: the end of a lock is judged by its clock, and S3 refuses
/// requests whose time is 15 minutes off. <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
const SKEW_MAX: TimeDelta = TimeDelta::minutes(1);

/// What a bucket can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Abilities {
    /// Whether each object has versions, one of which is recorded.
    pub versioned: bool,
    /// Whether objects are locked until their time.
    pub locks: bool,
    /// Whether an object is not overwritten under the condition that there is none.
    pub writes_once: bool,
    /// What it cannot do, or does otherwise than was asked.
    pub lacks: Vec<Lack>,
}

/// Something that a bucket does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    Versions,
    Lock,
    LockSwitchedOff,
    WriteOnce,
    Encryption,
    Removal,
    /// Its clock is so many seconds ahead of ours; behind it, if negative.
    Clock(i64),
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Versions => "no versions: what is overwritten by somebody else is lost; switch Versioning on",
            Self::Lock => {
                "no Object Lock: whoever may delete there can delete evidence; make a bucket with Object Lock"
            }
            Self::LockSwitchedOff => "no Object Lock: S3_LOCK=none; whoever may delete there can delete evidence",
            Self::WriteOnce => "no conditional writes: an object can be overwritten despite If-None-Match",
            Self::Encryption => "no encryption as S3_ENCRYPTION says; what lies there is sealed by us all the same",
            Self::Removal => {
                "no way to delete versions (no permission to, or a default retention): photos stay there after their time, without their key"
            }
            Self::Clock(ahead) => {
                let side = if *ahead < 0 { "behind" } else { "ahead of" };
                return write!(f, "a clock {} s {side} ours: locks end at another time; set the clocks", ahead.abs());
            }
        })
    }
}

impl Bucket {
    /// Finds out what the bucket can do. Until that has worked once, nothing is put there.
    pub async fn probe(&self) -> Result<(), Trouble> {
        let versioned = self.is_versioned().await.map_err(not_s3)?;
        let mut abilities = Abilities { versioned, ..Abilities::default() };
        let (can_lock, wanted) = (self.can_lock().await?, self.settings.lock.is_some());
        abilities.locks = can_lock && wanted;
        if !wanted {
            abilities.lacks.push(Lack::LockSwitchedOff);
        } else if !can_lock {
            abilities.lacks.push(Lack::Lock);
        }
        self.try_writing(&mut abilities).await?;
        if !abilities.versioned {
            abilities.lacks.insert(0, Lack::Versions);
        }
        if let Some(ahead) = self.heard.ahead().filter(|ahead| ahead.abs() > SKEW_MAX) {
            abilities.lacks.push(Lack::Clock(ahead.num_seconds()));
        }
        self.learn(Some(abilities));
        Ok(())
    }

    /// Whether each object has versions, as far as the bucket says so.
    pub async fn is_versioned(&self) -> Result<bool, Trouble> {
        let request = self.client.get_bucket_versioning().bucket(&self.settings.bucket);
        let answer = ask(self.settings.deadline, request.send()).await;
        match answer {
            Ok(answer) => Ok(answer.status == Some(BucketVersioningStatus::Enabled)),
            // Some servers put this under a heading of their own.
            Err(no) if no.yes.contains("Versioning") => Ok(no.yes.contains("<Status>Enabled</Status>")),
            Err(no) => unknown_here(no),
        }
    }

    pub(super) async fn can_lock(&self) -> Result<bool, Trouble> {
        let request = self.client.get_object_lock_configuration().bucket(&self.settings.bucket);
        let answer = ask(self.settings.deadline, request.send()).await;
        let enabled =
            |answer: aws_sdk_s3::operation::get_object_lock_configuration::GetObjectLockConfigurationOutput| {
                let configuration = answer.object_lock_configuration;
                configuration.is_some_and(|said| said.object_lock_enabled == Some(ObjectLockEnabled::Enabled))
            };
        answer.map(enabled).or_else(unknown_here)
    }

    /// Writes the same name twice, looks at what became of it, and takes it away.
    async fn try_writing(&self, abilities: &mut Abilities) -> Result<(), Trouble> {
        let (name, key) = (PROBE, self.key(PROBE));
        let (mut written, mut left, mut condition) = (Vec::new(), Vec::new(), true);
        for try_of_two in [&b"first"[..], b"second"] {
            let bytes = Bytes::from_static(try_of_two);
            match self.send(&key, &bytes, None, condition).await {
                Ok(version) => written.push(version),
                // One that could not be taken away, or another replica's, is as good as a first one.
                Err(no) if no.is_taken() => {
                    if written.is_empty() {
                        left = self.left_behind(name).await?;
                    }
                    break;
                }
                // Some servers refuse a condition that they do not know; others pass over it.
                Err(no) if condition && (no.is_unknown() || no.status == 400) => {
                    condition = false;
                    written.push(self.send(&key, &bytes, None, condition).await.map_err(|_as_before| no)?);
                }
                Err(no) => return Err(no.into()),
            }
        }
        abilities.writes_once = condition && written.len() < 2;
        if !abilities.writes_once {
            abilities.lacks.push(Lack::WriteOnce);
        }
        if written.iter().any(Option::is_none) {
            abilities.versioned = false;
        }
        if self.settings.encryption != Encryption::Unsaid && !self.says_it_encrypts(name).await? {
            abilities.lacks.push(Lack::Encryption);
        }
        for version in written.into_iter().chain(left) {
            match self.delete(&key, version).await {
                Ok(()) => {}
                Err(no) if no.is_missing() => {}
                Err(no) if no.status == 403 => {
                    abilities.lacks.push(Lack::Removal);
                    break;
                }
                Err(no) => return Err(no.into()),
            }
        }
        Ok(())
    }

    /// The version of a probe that somebody left there a while ago, which is taken away, or at least tried again.
    async fn left_behind(&self, name: &str) -> Result<Vec<Option<String>>, Trouble> {
        let request = self.client.head_object().bucket(&self.settings.bucket).key(self.key(name));
        match ask(self.settings.deadline, request.send()).await {
            Ok(head) => {
                let now = self.clock.now() + self.heard.ahead().unwrap_or_default();
                let old = head.last_modified.as_ref().and_then(moment).is_some_and(|at| now - at > LEFT);
                Ok(if old { vec![head.version_id] } else { Vec::new() })
            }
            Err(no) if no.is_missing() => Ok(Vec::new()),
            Err(no) => Err(no.into()),
        }
    }

    async fn says_it_encrypts(&self, name: &str) -> Result<bool, Trouble> {
        let request = self.client.head_object().bucket(&self.settings.bucket).key(self.key(name));
        match ask(self.settings.deadline, request.send()).await {
            Ok(head) => {
                let said = head.server_side_encryption.map(|said| said.as_str().to_owned());
                Ok(match &self.settings.encryption {
                    Encryption::Unsaid => true,
                    Encryption::Aes256 => said.as_deref() == Some("AES256"),
                    Encryption::Kms(_) => said.as_deref().is_some_and(|said| said.starts_with("aws:kms")),
                })
            }
            // Another replica's probe, which has taken it away meanwhile.
            Err(no) if no.is_missing() => Ok(true),
            Err(no) => Err(no.into()),
        }
    }
}

/// A server that does not know a question does not do what was asked about.
fn unknown_here(no: No) -> Result<bool, Trouble> {
    if no.is(&["ObjectLockConfigurationNotFoundError"]) || no.is_unknown() { Ok(false) } else { Err(no.into()) }
}

/// A bucket that is not there is called so; a server that has nothing at all there is none of this kind.
fn not_s3(trouble: Trouble) -> Trouble {
    if matches!(trouble, Trouble::Missing) {
        Trouble::Unusable("what answers there does not answer as S3 does; mend S3_ENDPOINT or S3_PATH_STYLE".into())
    } else {
        trouble
    }
}
