//! Showing in Discord what the outbox holds: cards, threads under them, and what reporters asked to be told. Never faster
//! than Discord allows, and never twice: what may have arrived is looked for first.

mod copies;
mod post;
mod unsay;

use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::place::Place;
use futures_util::stream::{self, StreamExt as _};

use super::doubt::Looks;
use super::people::channel;
use super::{Discord, render};
use crate::app::App;
use crate::chats::CarriedOut;
use crate::chats::copies::{AT_ONCE, BATCH, LOOKS, UNREACHED, by_incident};
use crate::store::outbox::{Leased, Settled, What};
use copies::Copies;
use post::Post;

/// How long tasks wait while Discord refuses our token.
const REFUSED: TimeDelta = TimeDelta::minutes(1);

/// What is shown at one time.
struct Batch {
    began: Duration,
    at: Moment,
    looks: Looks,
}

/// Shows a batch of things.
pub async fn carry_out(discord: &Discord, app: &App, tasks: Vec<Leased>) -> CarriedOut {
    let batch = Batch { began: app.stopwatch.now(), at: app.desk.now(), looks: Looks::default() };
    let shown = stream::iter(by_incident(tasks)).map(|tasks| one_incident(discord, app, tasks, &batch));
    let outcomes: Vec<Vec<(String, Settled)>> = shown.buffer_unordered(AT_ONCE).collect().await;
    CarriedOut { outcomes: outcomes.into_iter().flatten().collect(), notices: Vec::new() }
}

/// Says a line in a channel.
pub async fn say(discord: &Discord, app: &App, place: &Place, line: &str) {
    let Some(channel) = channel(place) else { return };
    let post = Post { channel, direct: false, since: app.desk.now() };
    post.once(discord, app, &render::words(&[line.to_owned()])).await;
}

/// What concerns one incident, in the order in which it has to appear: the card before its thread. That is the order of the
/// rows' names, too.
async fn one_incident(discord: &Discord, app: &App, tasks: Vec<Leased>, batch: &Batch) -> Vec<(String, Settled)> {
    let mut copies = Copies::new(discord, app, &batch.looks, batch.began);
    let mut outcomes = Vec::with_capacity(tasks.len());
    for task in tasks {
        let (key, in_doubt, looks_so_far, what) = (task.key.clone(), task.in_doubt, task.looks, task.what.clone());
        let settled = match may_begin(discord, app, batch) {
            Ok(()) => Box::pin(copies.show(task)).await,
            Err(at) if in_doubt => Settled::Doubt { at, looks: looks_so_far },
            Err(at) => Settled::Held { at },
        };
        // What nobody could look for stays in doubt.
        let settled = if let Settled::Held { at } | Settled::Later { at } = settled
            && in_doubt
            && !done_looking(&what, looks_so_far)
        {
            Settled::Doubt { at, looks: looks_so_far }
        } else {
            settled
        };
        outcomes.push((key, settled));
    }
    outcomes
}

/// A thread was looked for often enough: it goes as if it were new.
fn done_looking(what: &What, looks: u32) -> bool {
    matches!(what, What::DrawThread { .. }) && looks >= LOOKS
}

fn may_begin(discord: &Discord, app: &App, batch: &Batch) -> Result<(), Moment> {
    if discord.is_refused() {
        return Err(batch.at + REFUSED);
    }
    if app.stopping.is_cancelled() {
        return Err(batch.at + UNREACHED);
    }
    if app.stopwatch.now().saturating_sub(batch.began) > BATCH {
        return Err(batch.at);
    }
    discord.away.until(app.desk.now()).map_or(Ok(()), Err)
}
