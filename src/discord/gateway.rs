//! Who holds the gateway. Of all processes one does, under a lease; the others stand by. serenity keeps the session, through
//! a [`Line`] of ours. <https://discord.com/developers/docs/topics/gateway>

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use serenity::client::{Client, ClientBuilder};
use serenity::http::{HttpBuilder, Route};
use serenity::model::gateway::GatewayIntents;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::api::{Trouble, bare, client};
use super::connect::{ASK_AGAIN, ASK_AGAIN_MAX, pause};
use super::line::{Ended, Line};
use super::pacing::Pacing;
use super::{Discord, Standing};
use crate::app::App;
use crate::clock::jitter;
use crate::settings::{is_here, same_host};
use crate::store::lease::{HELD, Held};

/// The lease of the one who holds the gateway.
pub const LEASE: &str = "discord/gateway";
/// How often it is renewed, how long that may take, and how often others look whether it is free.
const RENEW: Duration = Duration::from_secs(5);
const RENEW_DEADLINE: Duration = Duration::from_secs(3);
/// So long before it runs out it is given up: nobody else may begin while this one still speaks.
const BEFORE_IT_ENDS: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_secs(2);
/// Discord takes the token away after a thousand sessions a day: the last ones are left for people.
const SESSIONS_LEFT: u64 = 20;
/// Discord's own gateway is not where its API is.
const OWN_API: &str = "discord.com";
const OWN_GATEWAY: &str = ".discord.gg";
/// How long serenity may take to end its sessions.
const GOODBYE: Duration = Duration::from_secs(6);
/// Discord's reset of the sessions of a day is never farther away.
const DAY: Duration = Duration::from_hours(24);
/// Too many guilds for so few shards.
const OVERLOADED: u16 = 4011;
/// More shards than any shop has guilds.
const SHARDS_MAX: u64 = 64;

/// Why a session came to its end.
enum Over {
    /// Nobody may come back: a person has to look.
    Final(String),
    /// It is made again, by whoever holds the lease.
    Again,
    /// Somebody else has the lease.
    Lost,
}

/// What `GET /gateway/bot` says.
struct Found {
    url: Url,
    shards: u32,
    left: u64,
    reset_after: Duration,
}

/// Holds the gateway whenever nobody else does, until Discord refuses for good.
pub async fn lead(discord: &Arc<Discord>, app: &App) {
    let me = app.desk.ids.uuid();
    let pacing = Arc::new(Pacing::default());
    while !app.stopping.is_cancelled() && !discord.is_refused() {
        let asked = app.stopwatch.now();
        match app.desk.store.take_lease(LEASE, me, app.desk.now()).await {
            Ok(Some(held)) => {
                tracing::info!(target: "shopwatch::discord", term = held.term, "this process holds Discord's gateway");
                let lost = CancellationToken::new();
                let keeping = async {
                    keep(app, held, asked).await;
                    lost.cancel();
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    () = Box::pin(hold(discord, app, &lost, &pacing)) => {}
                    () = keeping => {}
                }
                // What is given back late runs out by itself.
                drop(app.desk.store.give_lease_back(LEASE, held, app.desk.now()).await);
            }
            Ok(None) => discord.fell(Standing::StandingBy),
            Err(_) => discord.fell(Standing::Again),
        }
        pause(app, jitter(LOOK)).await;
    }
}

/// Makes one session after another while the lease is held.
async fn hold(discord: &Arc<Discord>, app: &App, lost: &CancellationToken, pacing: &Arc<Pacing>) {
    let mut wait = ASK_AGAIN;
    while !app.stopping.is_cancelled() {
        match Box::pin(session(discord, app, lost, pacing)).await {
            Over::Final(word) => return discord.fell(Standing::Refused(word)),
            Over::Lost => return discord.fell(Standing::StandingBy),
            Over::Again if app.stopping.is_cancelled() => return,
            Over::Again => discord.fell(Standing::Again),
        }
        tokio::select! {
            () = pause(app, jitter(wait)) => {}
            () = lost.cancelled() => return discord.fell(Standing::StandingBy),
        }
        wait = (wait * 2).min(ASK_AGAIN_MAX);
    }
}

/// Renews the lease that was asked for then; ends when it is lost, or while it is still certainly held: it counts from
/// before each call, since nobody knows when the database set it.
async fn keep(app: &App, held: Held, asked: Duration) {
    let clock = &app.stopwatch;
    let certain = HELD.to_std().unwrap_or_default().saturating_sub(BEFORE_IT_ENDS);
    let mut renewed = asked;
    loop {
        let left = (renewed + certain).saturating_sub(clock.now());
        if left.is_zero() {
            return;
        }
        // Not cut short when the app stops: the lease is held until the gateway is closed.
        let asking = clock.now();
        match timeout(RENEW_DEADLINE.min(left), app.desk.store.renew_lease(LEASE, held, app.desk.now())).await {
            Ok(Ok(true)) => renewed = asking,
            Ok(Ok(false)) => return,
            Ok(Err(_)) | Err(_) => {}
        }
        let left = (renewed + certain).saturating_sub(clock.now());
        drop(timeout(RENEW.min(left), std::future::pending::<()>()).await);
    }
}

/// One session with Discord, however often it breaks off and is resumed.
async fn session(discord: &Arc<Discord>, app: &App, lost: &CancellationToken, pacing: &Arc<Pacing>) -> Over {
    let found = tokio::select! {
        found = find(discord, app) => found,
        () = lost.cancelled() => return Over::Lost,
        () = app.stopping.cancelled() => return Over::Again,
    };
    let found = match found {
        Ok(found) => found,
        Err(trouble) if trouble.is_unauthorised() => return Over::Final("401".to_owned()),
        Err(trouble) => {
            tracing::warn!(target: "shopwatch::discord", code = trouble.code(), "Discord does not say where its gateway is; asking again");
            return Over::Again;
        }
    };
    if !is_ours(&discord.settings.api_url, &found.url) {
        tracing::error!(target: "shopwatch::discord", "the gateway is not where DISCORD_API_URL is: nothing is sent there");
        return Over::Again;
    }
    if found.left <= SESSIONS_LEFT {
        tracing::error!(target: "shopwatch::discord", "nearly all of today's sessions are used up; waiting for the next day");
        discord.fell(Standing::Again);
        tokio::select! {
            () = pause(app, found.reset_after) => return Over::Again,
            () = lost.cancelled() => return Over::Lost,
        }
    }
    // serenity begins sessions by itself: what is left is counted down while they are begun.
    pacing.allow(found.left - SESSIONS_LEFT, found.reset_after, found.shards, app.stopwatch.now());
    Box::pin(speak(discord, app, lost, pacing, found)).await.unwrap_or(Over::Again)
}

async fn speak(
    discord: &Arc<Discord>,
    app: &App,
    lost: &CancellationToken,
    pacing: &Arc<Pacing>,
    found: Found,
) -> Option<Over> {
    let line = Line::open(app, found.url).await.ok()?;
    let mut serenity = serenity(discord).await?;
    // When its own look for the gateway fails, serenity takes Discord's: whatever it found, it speaks to our line.
    *serenity.ws_url.lock().await = line.url().ok()?;
    let manager = serenity.shard_manager.clone();
    let mut serving = Box::pin(line.serve(discord, app, pacing));
    let over = tokio::select! {
        // It ends only when it was told the last word, which the line has heard.
        _ = Box::pin(serenity.start_shards(found.shards)) => {
            timeout(GOODBYE, line.ended()).await.map_or(Over::Again, last_word)
        }
        ended = line.ended() => last_word(ended),
        () = &mut serving => Over::Again,
        () = lost.cancelled() => Over::Lost,
        () = app.stopping.cancelled() => Over::Again,
    };
    if let Over::Final(word) = &over {
        discord.fell(Standing::Refused(word.clone()));
    }
    // serenity's own tasks go on until they are told to end; what they say meanwhile still passes, unless somebody else
    // may hold the gateway by now: then the line is cut.
    let goodbye = timeout(GOODBYE, manager.shutdown_all());
    if matches!(over, Over::Lost) {
        drop(serving);
        drop(goodbye.await);
        return Some(over);
    }
    tokio::select! {
        _ = goodbye => Some(over),
        () = &mut serving => Some(over),
        // Lost while saying goodbye: the line is cut by leaving it.
        () = lost.cancelled() => Some(Over::Lost),
    }
}

/// What Discord's last word means. With too few shards for so many guilds it is asked again how many it wants.
fn last_word(Ended(code): Ended) -> Over {
    if code == OVERLOADED { Over::Again } else { Over::Final(code.to_string()) }
}

/// serenity's client on the configured address.
async fn serenity(discord: &Discord) -> Option<Client> {
    let token = discord.settings.token.as_ref()?;
    let base = discord.settings.api_url.as_str().trim_end_matches('/');
    let http = HttpBuilder::new(bare(token.reveal())).client(client().ok()?).proxy(base).ratelimiter_disabled(true);
    let mut intents = GatewayIntents::GUILDS | GatewayIntents::DIRECT_MESSAGES;
    if discord.settings.photo_drops {
        intents |= GatewayIntents::GUILD_MESSAGES | GatewayIntents::MESSAGE_CONTENT;
    }
    ClientBuilder::new_with_http(http.build(), intents).await.ok()
}

/// Where the gateway is, how many shards Discord wants, and how many sessions are left today. Who does not say it to bots
/// says at least where it is.
async fn find(discord: &Discord, app: &App) -> Result<Found, Trouble> {
    let now = app.desk.now();
    let answer = match discord.api.get(Route::GatewayBot, Vec::new(), now).await {
        Err(Trouble::Said { status: 404, .. }) => discord.api.get(Route::Gateway, Vec::new(), now).await?,
        answer => answer?,
    };
    let number = |pointer: &str| answer.pointer(pointer).and_then(Value::as_u64);
    let url = answer.get("url").and_then(Value::as_str).and_then(|url| url.parse().ok()).ok_or(Trouble::Lost)?;
    let shards = number("/shards").unwrap_or(1).clamp(1, SHARDS_MAX);
    Ok(Found {
        url,
        shards: u32::try_from(shards).unwrap_or(1),
        left: number("/session_start_limit/remaining").unwrap_or(u64::MAX),
        reset_after: Duration::from_millis(number("/session_start_limit/reset_after").unwrap_or_default()).min(DAY),
    })
}

/// Whether a gateway belongs to the API that is configured: on the same host or under its name, and unencrypted only on this
/// computer.
pub(super) fn is_ours(api: &Url, gateway: &Url) -> bool {
    let secure = gateway.scheme() == "wss" || gateway.scheme() == "ws" && is_here(gateway) && api.scheme() == "http";
    let under = |host: &str| matches!(gateway.host_str(), Some(name) if name.strip_suffix(host).is_some_and(|sub| sub.ends_with('.')));
    let same = same_host(gateway, api) || api.domain().is_some_and(under);
    let discords =
        api.host_str() == Some(OWN_API) && gateway.host_str().is_some_and(|host| host.ends_with(OWN_GATEWAY));
    secure && (same || discords)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_elsewhere_is_not_ours() {
        let ours = |api: &str, gateway: &str| is_ours(&api.parse().unwrap(), &gateway.parse().unwrap());
        assert!(ours("https://discord.com", "wss://gateway.discord.gg"));
        assert!(ours("https://discord.com", "wss://gateway-us-east1-b.discord.gg/"));
        assert!(ours("http://127.0.0.1:4000", "ws://127.0.0.1:4000"));
        assert!(ours("http://127.0.0.1:4000", "ws://localhost:4001/gateway"));
        assert!(ours("https://discord.example", "wss://discord.example:8443"));
        assert!(ours("https://discord.example", "wss://gateway.discord.example"));
        for (api, gateway) in [
            ("http://127.0.0.1:4000", "wss://gateway.discord.gg"),
            ("https://discord.example", "wss://gateway.discord.gg"),
            ("https://discord.example", "wss://evildiscord.example"),
            ("https://127.0.0.1", "wss://9.127.0.0.1.example"),
            ("https://discord.com", "ws://gateway.discord.gg"),
            ("https://discord.com", "wss://evil.example"),
            ("https://discord.com", "wss://discord.gg.evil.example"),
        ] {
            assert!(!ours(api, gateway), "{api} {gateway}");
        }
    }
}
