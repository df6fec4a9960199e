//! The client of a bucket: its deadlines, its clock, and what it hears of the server's.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents, SharedCredentialsProvider,
    StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::{Client, Config};
use aws_smithy_async::time::TimeSource;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use chrono::TimeDelta;
use domain::clock::Clock;

use super::key_file::KeyFile;
use crate::settings::bucket::{AccessKey, BucketSettings};

/// How long a connection may take to open. Without this the client waits for as long as the system does, which is over
/// 90 s; a server that is there answers within one round trip and one repeated packet (RFC 6298: 1 s at first).
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// How often a request is tried within its deadline; after that it is for the job, which waits longer.
const TRIES: u32 = 3;
/// The wait before the second try, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// Nothing was heard yet.
const UNHEARD: i64 = i64::MIN;

/// A client for this bucket, which signs by this clock.
pub fn client(settings: &BucketSettings, clock: Arc<dyn Clock>, heard: Heard) -> Client {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let key = match &settings.key {
        AccessKey::Given { id, secret, token } => {
            let token = token.as_ref().map(|token| token.reveal().to_owned());
            SharedCredentialsProvider::new(Credentials::new(id.reveal(), secret.reveal(), token, None, "settings"))
        }
        AccessKey::InFile { file, profile } => {
            SharedCredentialsProvider::new(KeyFile::new(file.clone(), profile.clone(), clock.clone()))
        }
    };
    let retries = RetryConfig::standard().with_max_attempts(TRIES);
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .credentials_provider(key)
        .force_path_style(settings.path_style)
        .http_client(http)
        .time_source(SigningTime(clock))
        .timeout_config(timeouts(settings, Duration::ZERO))
        .retry_config(retries.with_initial_backoff(FIRST_WAIT).with_max_backoff(LONGEST_WAIT))
        // Bodies have the same deadline as everything else.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .interceptor(heard);
    config.set_endpoint_url(settings.endpoint.as_ref().map(ToString::to_string));
    Client::from_conf(config.build())
}

/// How long a request may take whose bytes may be on their way for so long.
pub fn timeouts(settings: &BucketSettings, travel: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_MAX.min(settings.deadline))
        .operation_attempt_timeout(settings.deadline / TRIES + travel)
        .operation_timeout(settings.deadline + travel)
        .build()
}

/// Our clock, for signatures: a server judges both by its own.
struct SigningTime(Arc<dyn Clock>);

impl fmt::Debug for SigningTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningTime")
    }
}

impl TimeSource for SigningTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

/// How far the server's clock is from ours, by its last answer.
#[derive(Clone)]
pub struct Heard {
    clock: Arc<dyn Clock>,
    /// In seconds; positive if the server is ahead.
    ahead: Arc<AtomicI64>,
}

impl Heard {
    /// Nothing yet.
    pub fn nothing(clock: Arc<dyn Clock>) -> Self {
        Self { clock, ahead: Arc::new(AtomicI64::new(UNHEARD)) }
    }

    /// How far the server's clock was ahead of ours when it last answered.
    pub fn ahead(&self) -> Option<TimeDelta> {
        let ahead = self.ahead.load(Ordering::Relaxed);
        (ahead != UNHEARD).then(|| TimeDelta::try_seconds(ahead)).flatten()
    }
}

impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Heard")
    }
}

impl Intercept for Heard {
    fn name(&self) -> &'static str {
        "Heard"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date").and_then(|date| httpdate::parse_http_date(date).ok());
        if let Some(date) = date {
            let ahead = chrono::DateTime::<chrono::Utc>::from(date) - self.clock.now();
            self.ahead.store(ahead.num_seconds(), Ordering::Relaxed);
        }
        Ok(())
    }
}
