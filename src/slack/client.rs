//! Showing in Slack what the outbox holds: cards, threads under them, and what reporters are told. Never faster than
//! Slack allows, and never twice: what may have arrived is looked for first.

mod copies;
mod post;
mod unsay;

use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::place::Place;
use futures_util::stream::{self, StreamExt as _};

use super::doubt::Looks;
use super::{Slack, Standing, render};
use crate::app::App;
use crate::chats::CarriedOut;
use crate::chats::copies::{AT_ONCE, BATCH, UNREACHED, by_incident, doubt_of, not_now};
use crate::chats::pace::Rate;
use crate::store::outbox::{Leased, Settled};
use copies::Copies;
use post::Post;

pub use post::REFUSING;

/// `chat.postMessage`: about one message a second in a channel.
/// <https://docs.slack.dev/apis/web-api/rate-limits/>
pub const POST_IN_CHANNEL: Rate = Rate { every: TimeDelta::seconds(1), burst: 1 };
/// … and several hundred a minute in a workspace.
pub const POST_IN_ALL: Rate = Rate { every: TimeDelta::milliseconds(300), burst: 10 };
/// Tier 3: 50 and more a minute, with room for bursts.
pub const TIER_3: Rate = Rate { every: TimeDelta::milliseconds(1_200), burst: 20 };
/// How long tasks wait while Slack refuses our tokens.
const REFUSED: TimeDelta = TimeDelta::seconds(30);

/// What is shown at one time.
struct Batch {
    began: Duration,
    at: Moment,
    looks: Looks,
}

/// Shows a batch of things.
pub async fn carry_out(slack: &Slack, app: &App, tasks: Vec<Leased>) -> CarriedOut {
    let batch = Batch { began: app.stopwatch.now(), at: app.desk.now(), looks: Looks::default() };
    let shown = stream::iter(by_incident(tasks)).map(|tasks| one_incident(slack, app, tasks, &batch));
    let outcomes: Vec<Vec<(String, Settled)>> = shown.buffer_unordered(AT_ONCE).collect().await;
    CarriedOut { outcomes: outcomes.into_iter().flatten().collect(), notices: Vec::new() }
}

/// Says a line in a channel, when there is room for it.
pub async fn say(slack: &Slack, app: &App, place: &Place, line: &str) {
    let now = app.desk.now();
    let post = Post { channel: slack.channel_now(&place.channel), thread: None, since: now };
    post.once(slack, &render::words(&[line.to_owned()], None), now).await;
}

/// What concerns one incident, in the order in which it has to appear: the card before its thread, the reporter's copy
/// before what is said under it. That is the order of the rows' names, too.
async fn one_incident(slack: &Slack, app: &App, tasks: Vec<Leased>, batch: &Batch) -> Vec<(String, Settled)> {
    let mut copies = Copies::new(slack, app, &batch.looks, batch.began);
    let mut outcomes = Vec::with_capacity(tasks.len());
    for task in tasks {
        let (key, doubt) = (task.key.clone(), doubt_of(&task));
        let settled = match may_begin(slack, app, batch) {
            Ok(()) => Box::pin(copies.show(task)).await,
            Err(at) => not_now(at, doubt),
        };
        outcomes.push((key, settled));
    }
    outcomes
}

fn may_begin(slack: &Slack, app: &App, batch: &Batch) -> Result<(), Moment> {
    if matches!(*slack.standing.borrow(), Standing::Refused(_)) {
        return Err(batch.at + REFUSED);
    }
    if slack.home().is_none() || app.stopping.is_cancelled() {
        return Err(batch.at + UNREACHED);
    }
    if app.stopwatch.now().saturating_sub(batch.began) > BATCH {
        return Err(batch.at);
    }
    slack.away.until(app.desk.now()).map_or(Ok(()), Err)
}
