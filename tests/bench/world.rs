//! The Slack, the Discord and the bucket of the tests.

#[expect(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::unnecessary_wraps,
    clippy::wildcard_enum_match_arm,
    reason = "made for the tests, where a mistake may end the program, and of which a benchmark uses a part"
)]
#[path = "../it/world/slack/mod.rs"]
pub mod slack;

#[expect(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "made for the tests, where a mistake may end the program, and of which a benchmark uses a part"
)]
#[path = "../it/world/discord/mod.rs"]
pub mod discord;

#[expect(clippy::unwrap_used, reason = "made for the tests")]
#[path = "../it/world/clock.rs"]
pub mod clock;
#[expect(clippy::expect_used, clippy::unwrap_used, reason = "made for the tests, where a mistake may end the program")]
#[path = "../it/world/plug.rs"]
pub mod plug;
#[expect(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "made for the tests, where a mistake may end the program, and of which a benchmark uses a part"
)]
#[path = "../it/world/s3/mod.rs"]
pub mod s3;

/// A client without a proxy.
pub fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy()
}
