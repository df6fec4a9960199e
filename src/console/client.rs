//! Showing things in the console. Its pages draw cards from the store when they are opened, so a card is shown as soon
//! as that is recorded; a line to a reporter becomes a notice. There is no network in between, hence no doubt.

use crate::chats::CarriedOut;
use crate::chats::copies::again;
use crate::operations::Desk;
use crate::store::entity::notice;
use crate::store::outbox::{Leased, Settled, What};

/// Shows a batch of things.
pub async fn carry_out(desk: &Desk, tasks: Vec<Leased>) -> CarriedOut {
    let mut done = CarriedOut::default();
    for task in tasks {
        let settled = match &task.what {
            What::DrawCard { .. } => Settled::Shown { remote_id: None },
            What::TellReporter { told } => match desk.store.incident(task.incident).await {
                Ok(Some(incident)) => {
                    done.notices.push(notice::Model {
                        key: task.key.clone(),
                        member: incident.reporter.member.0,
                        incident: task.incident.0,
                        word: told.as_str().to_owned(),
                        at: desk.now(),
                    });
                    Settled::Shown { remote_id: None }
                }
                Ok(None) => Settled::Dropped,
                // Nobody else's line waits for one that cannot be read.
                Err(_) => Settled::Later { at: desk.now() + again(task.attempts) },
            },
            // The console's pages hold thread and copy themselves.
            What::DrawThread { .. }
            | What::FollowReport
            | What::TellSender { .. }
            | What::CallNextLevel { .. }
            | What::Digest { .. }
            | What::Unsay => Settled::Dropped,
            What::KeepPhoto { .. } | What::HoldPhotos | What::Retired => Settled::NeedsOperator,
        };
        done.outcomes.push((task.key, settled));
    }
    done
}
