//! Settings of an S3 bucket that photos are kept in.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use url::Url;

use super::{Secret, base_url, given};

/// What the environment says about a bucket; nobody reads it unless `EVIDENCE_URL` names one.
#[derive(Debug, Clone, Args)]
pub struct BucketEnvironment {
    /// S3: the server's address, where it is not Amazon's.
    #[arg(long, env = "S3_ENDPOINT", value_name = "URL", global = true)]
    pub s3_endpoint: Option<String>,
    /// S3: the bucket's region.
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1", value_name = "REGION", global = true)]
    pub aws_region: String,
    /// S3: the id of the access key.
    #[arg(long, env = "AWS_ACCESS_KEY_ID", value_name = "ID", hide_env_values = true, global = true)]
    pub aws_access_key_id: Option<String>,
    /// S3: the access key's secret.
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", value_name = "SECRET", hide_env_values = true, global = true)]
    pub aws_secret_access_key: Option<String>,
    /// S3: the session token of a temporary access key; read at the start, so a new one takes a restart.
    #[arg(long, env = "AWS_SESSION_TOKEN", value_name = "TOKEN", hide_env_values = true, global = true)]
    pub aws_session_token: Option<String>,
    /// S3: a file with the access key, where `AWS_ACCESS_KEY_ID` is not set; read again every minute, so that a temporary key can be renewed there.
    #[arg(long, env = "AWS_SHARED_CREDENTIALS_FILE", value_name = "FILE", global = true)]
    pub aws_shared_credentials_file: Option<PathBuf>,
    /// S3: under which name the key stands in that file.
    #[arg(long, env = "AWS_PROFILE", default_value = "default", value_name = "NAME", global = true)]
    pub aws_profile: String,
    /// S3: `true` writes the bucket's name into the path; unless said, it is there where `S3_ENDPOINT` is set.
    #[arg(long, env = "S3_PATH_STYLE", value_name = "TRUE OR FALSE", global = true)]
    pub s3_path_style: Option<String>,
    /// S3: how the server encrypts what we have sealed: `AES256`, `aws:kms`, `aws:kms:KEY` or `none`.
    #[arg(long, env = "S3_ENCRYPTION", default_value = "AES256", value_name = "HOW", global = true)]
    pub s3_encryption: String,
    /// S3: the mode of Object Lock, `governance`, `compliance` or `none`.
    #[arg(long, env = "S3_LOCK", default_value = "governance", value_name = "MODE", global = true)]
    pub s3_lock: String,
}

/// A bucket, and how it is used.
#[derive(Debug, Clone)]
pub struct BucketSettings {
    pub bucket: String,
    /// What every name in the bucket begins with; empty, or with a slash at its end.
    pub prefix: String,
    /// Amazon's if none.
    pub endpoint: Option<Url>,
    pub region: String,
    pub path_style: bool,
    pub key: AccessKey,
    pub encryption: Encryption,
    pub lock: Option<LockMode>,
    /// How long one thing may take that the bucket is asked for, with every try.
    pub deadline: Duration,
}

/// The access key for a bucket.
#[derive(Debug, Clone)]
pub enum AccessKey {
    /// As the environment says; with a token, a temporary one.
    Given { id: Secret, secret: Secret, token: Option<Secret> },
    /// As a file says now, under this name: whoever makes temporary keys writes them there.
    InFile { file: PathBuf, profile: String },
}

/// How the server encrypts; what it gets is sealed in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// As the bucket is set up.
    Unsaid,
    /// With the server's own keys.
    Aes256,
    /// With a key of the key management service; the bucket's own if none is named.
    Kms(Option<String>),
}

/// Who may take a locked object away before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// Whoever has a permission of its own for that, which Shopwatch does not use.
    Governance,
    /// Nobody, the account's owner included.
    Compliance,
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Governance => "governance",
            Self::Compliance => "compliance",
        })
    }
}

/// How long one thing may take that a bucket is asked for (PROMISES.md, design rule 7: S3 30 s).
pub const DEADLINE: Duration = Duration::from_secs(30);
/// The longest name of a bucket, and the shortest.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
const BUCKET_NAME_MAX: usize = 63;
const BUCKET_NAME_MIN: usize = 3;
/// The longest prefix; a key has at most 1,024 bytes, and a photo's name needs fewer than 100 of them.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const PREFIX_MAX: usize = 512;

impl BucketEnvironment {
    /// The bucket behind `s3://`, or every problem.
    pub(super) fn check(&self, place: &str, problems: &mut Vec<String>) -> Option<BucketSettings> {
        let before = problems.len();
        let mut keep = |problem: &str| problems.push(problem.to_owned());
        let place = place_of(place);
        if place.is_none() {
            keep(
                "EVIDENCE_URL names no bucket; write s3://BUCKET or s3://BUCKET/PREFIX with letters, digits, - . _ and /",
            );
        }
        let endpoint = given(self.s3_endpoint.as_ref()).map(base_url);
        if endpoint == Some(None) {
            keep("S3_ENDPOINT has to begin with https:// (or http:// on this computer alone)");
        }
        let key = self.access_key(&mut keep);
        let region = self.aws_region.trim();
        if region.is_empty() || !region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            keep("AWS_REGION is not a region; write it like eu-west-2");
        }
        let path_style = match given(self.s3_path_style.as_ref()) {
            None => Some(endpoint.is_some()),
            Some(said) => said.parse().ok(),
        };
        if path_style.is_none() {
            keep("S3_PATH_STYLE is true or false");
        }
        let encryption = encryption(&self.s3_encryption);
        if encryption.is_none() {
            keep("S3_ENCRYPTION is AES256, aws:kms, aws:kms:KEY or none");
        }
        let lock = lock(&self.s3_lock);
        if lock.is_none() {
            keep("S3_LOCK is governance, compliance or none");
        }
        if problems.len() > before {
            return None;
        }
        let (bucket, prefix) = place?;
        Some(BucketSettings {
            bucket,
            prefix,
            endpoint: endpoint.flatten(),
            region: region.to_owned(),
            path_style: path_style?,
            key: key?,
            encryption: encryption?,
            lock: lock?,
            deadline: DEADLINE,
        })
    }

    /// The key, or what is missing of it. One that is given counts before one in a file, as with Amazon's own programs.
    fn access_key(&self, keep: &mut impl FnMut(&str)) -> Option<AccessKey> {
        let secret = |text: &Option<String>| given(text.as_ref()).map(Secret::new);
        let file = self.aws_shared_credentials_file.clone().filter(|file| !file.as_os_str().is_empty());
        match (secret(&self.aws_access_key_id), secret(&self.aws_secret_access_key), file) {
            (Some(id), Some(secret_key), _) => {
                Some(AccessKey::Given { id, secret: secret_key, token: secret(&self.aws_session_token) })
            }
            (None, None, Some(file)) => Some(AccessKey::InFile { file, profile: self.aws_profile.trim().to_owned() }),
            (id, secret, _) => {
                if id.is_none() {
                    keep(
                        "AWS_ACCESS_KEY_ID is missing; make an access key that may use this bucket and nothing else, or name a file with one in AWS_SHARED_CREDENTIALS_FILE",
                    );
                }
                if secret.is_none() {
                    keep("AWS_SECRET_ACCESS_KEY is missing; it is shown once, when the access key is made");
                }
                None
            }
        }
    }
}

/// Bucket and prefix of what stands after `s3:`.
fn place_of(place: &str) -> Option<(String, String)> {
    let place = place.strip_prefix("//")?.trim_end_matches('/');
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let in_a_bucket = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let named = (BUCKET_NAME_MIN..=BUCKET_NAME_MAX).contains(&bucket.len()) && bucket.chars().all(in_a_bucket);
    let in_a_key = |c: char| c.is_ascii_alphanumeric() || ['-', '.', '_'].contains(&c);
    let step = |step: &str| !step.is_empty() && step != "." && step != ".." && step.chars().all(in_a_key);
    let under = prefix.is_empty() || prefix.len() <= PREFIX_MAX && prefix.split('/').all(step);
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    (named && under).then(|| (bucket.to_owned(), prefix))
}

fn encryption(said: &str) -> Option<Encryption> {
    let plain = |c: char| c.is_ascii_graphic();
    match said.trim() {
        "none" => Some(Encryption::Unsaid),
        "AES256" => Some(Encryption::Aes256),
        "aws:kms" => Some(Encryption::Kms(None)),
        other => {
            let key = other.strip_prefix("aws:kms:").filter(|key| !key.is_empty() && key.chars().all(plain))?;
            Some(Encryption::Kms(Some(key.to_owned())))
        }
    }
}

#[expect(clippy::option_option, reason = "not a mode, no lock, and a lock are three things")]
fn lock(said: &str) -> Option<Option<LockMode>> {
    match said.trim() {
        "none" => Some(None),
        "governance" => Some(Some(LockMode::Governance)),
        "compliance" => Some(Some(LockMode::Compliance)),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// As it is when nobody says anything.
    pub fn unsaid() -> BucketEnvironment {
        BucketEnvironment {
            s3_endpoint: None,
            aws_region: "us-east-1".into(),
            aws_access_key_id: None,
            aws_secret_access_key: None,
            aws_session_token: None,
            aws_shared_credentials_file: None,
            aws_profile: "default".into(),
            s3_path_style: None,
            s3_encryption: "AES256".into(),
            s3_lock: "governance".into(),
        }
    }

    fn with_keys() -> BucketEnvironment {
        let (id, secret) = (Some("AKIA-1".into()), Some("s3cret".into()));
        BucketEnvironment { aws_access_key_id: id, aws_secret_access_key: secret, ..unsaid() }
    }

    #[test]
    fn a_bucket_is_used_as_the_environment_says() {
        let mut problems = Vec::new();
        let amazon = with_keys().check("//shop-evidence", &mut problems).unwrap();
        assert_eq!((amazon.bucket.as_str(), amazon.prefix.as_str()), ("shop-evidence", ""));
        assert_eq!((amazon.endpoint, amazon.path_style), (None, false));
        assert_eq!((amazon.encryption, amazon.lock), (Encryption::Aes256, Some(LockMode::Governance)));
        let own = BucketEnvironment {
            s3_endpoint: Some("https://s3.shop.example/".into()),
            s3_encryption: "aws:kms:arn:aws:kms:eu-west-2:1:key/2".into(),
            s3_lock: "none".into(),
            ..with_keys()
        };
        let own = own.check("//shop-evidence/kings-cross/2026/", &mut problems).unwrap();
        assert_eq!((own.prefix.as_str(), own.path_style, own.lock), ("kings-cross/2026/", true, None));
        assert_eq!(own.encryption, Encryption::Kms(Some("arn:aws:kms:eu-west-2:1:key/2".into())));
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn every_problem_of_a_bucket_is_told_at_once_and_no_secret_with_it() {
        let wrong = BucketEnvironment {
            s3_endpoint: Some("http://s3.shop.example".into()),
            aws_region: "eu west".into(),
            aws_access_key_id: Some(" ".into()),
            aws_secret_access_key: None,
            aws_session_token: Some("t0ken".into()),
            s3_path_style: Some("perhaps".into()),
            s3_encryption: "rot13".into(),
            s3_lock: "forever".into(),
            ..unsaid()
        };
        let mut problems = Vec::new();
        assert!(wrong.check("//B/..", &mut problems).is_none());
        assert_eq!(problems.len(), 8, "{problems:#?}");
        let temporary = BucketEnvironment { aws_session_token: Some(" t0ken ".into()), ..with_keys() };
        let settings = temporary.check("//shop-evidence", &mut Vec::new()).unwrap();
        let AccessKey::Given { token, .. } = &settings.key else { panic!("{:?}", settings.key) };
        assert_eq!(token.as_ref().map(Secret::reveal), Some("t0ken"));
        assert!(
            !format!("{settings:?}").contains("s3cret")
                && !format!("{settings:?}").contains("t0ken")
                && !format!("{settings:?}").contains("AKIA")
        );
    }

    #[test]
    fn a_key_that_is_given_counts_before_one_in_a_file_and_half_a_key_is_none() {
        let file = Some(PathBuf::from("/run/keys"));
        let in_file = BucketEnvironment { aws_shared_credentials_file: file.clone(), ..unsaid() };
        let key = |environment: &BucketEnvironment| {
            environment.check("//shop-evidence", &mut Vec::new()).map(|settings| settings.key)
        };
        let Some(AccessKey::InFile { file: named, profile }) = key(&in_file) else { panic!("no file") };
        assert_eq!((Some(named), profile.as_str()), (file.clone(), "default"));
        let both = BucketEnvironment { aws_shared_credentials_file: file, ..with_keys() };
        assert!(matches!(key(&both), Some(AccessKey::Given { .. })));
        let half = BucketEnvironment { aws_access_key_id: Some("AKIA-1".into()), ..in_file };
        assert!(key(&half).is_none() && key(&unsaid()).is_none());
    }

    #[test]
    fn a_place_is_a_bucket_and_perhaps_a_prefix() {
        for wrong in ["", "//", "//ab", "//Bucket", "//bucket/a//b", "//bucket/../b", "//bucket/a b", "bucket"] {
            assert_eq!(place_of(wrong), None, "{wrong}");
        }
        assert_eq!(place_of("//bucket/"), Some(("bucket".into(), String::new())));
    }
}
