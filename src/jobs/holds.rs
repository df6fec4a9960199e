//! A hold on an incident is a legal hold on its photos where the bucket has such: nobody can take them away there either,
//! whenever their locks end. It is placed and lifted after the commit that says so, as often as it takes.

use super::outbox::later;
use crate::app::App;
use crate::failure::Failure;
use crate::store::outbox::{Leased, Settled};

/// Has the bucket know of an incident's hold as it is now.
pub(super) async fn carry_out(app: &App, task: &Leased) -> Result<Settled, Failure> {
    let done = Settled::Shown { remote_id: None };
    if app.evidence.bucket().is_none() {
        return Ok(done);
    }
    let Some(incident) = app.desk.store.incident(task.incident).await? else { return Ok(Settled::Dropped) };
    let (photos, again) = (app.desk.store.photos_of(&incident).await?, later(app.desk.now(), task.attempts));
    let held = incident.is_held();
    for photo in &photos {
        if let Err(why) = Box::pin(app.evidence.hold(photo.id, held)).await {
            tracing::error!(target: "shopwatch::evidence", error = %why, held, "the bucket was not told of a hold; it is tried again");
            return Ok(Settled::Later { at: again });
        }
    }
    // What waits on the spool is held once it is in the bucket.
    let waits = held && photos.iter().any(|photo| !photo.in_vault);
    Ok(if waits { Settled::Later { at: again } } else { done })
}
