//! What was said in a chat of an incident that is erased: what the chats have in common when they take it away.

use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::words::Platform;
use serde_json::Value;

use super::copies::{AFTER_THE_OTHER, BATCH, UNREACHED};
use crate::app::App;
use crate::failure::Failure;
use crate::store::outbox::{Leased, Settled, What};
use crate::store::retention::Gone;
use crate::store::said::Standing;
use crate::texts::keys;

/// How long servers that remember nothing may have run beside the first one that does.
const BESIDE_OLDER: TimeDelta = TimeDelta::days(1);

/// Why something is not taken away now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Not now; perhaps then.
    Until(Moment),
    /// The chat does not let us.
    Never,
}

/// What is left to say when a message or a place was dealt with.
pub type Taken = Result<(), Stopped>;

/// Taking away what was said of one incident in one chat.
pub struct Unsaying<'a> {
    pub app: &'a App,
    pub task: &'a Leased,
    pub gone: &'a Gone,
    /// When the batch began that it belongs to.
    pub began: Duration,
    /// The copies of the incident there.
    pub standing: Vec<Standing>,
    /// Whether everything that was said is known by name, wherever it cannot be read back.
    pub remembers: bool,
}

impl<'a> Unsaying<'a> {
    /// Begins; what is on its way has to arrive first.
    pub async fn of(app: &'a App, task: &'a Leased, gone: &'a Gone, began: Duration) -> Result<Self, Settled> {
        let now = app.desk.now();
        let store = &app.desk.store;
        let known = async { Ok((store.standing(task.incident, task.platform).await?, store.said_since().await?)) };
        let known: Result<_, Failure> = known.await;
        let (standing, since) = known.map_err(|_failure| Settled::Held { at: now + UNREACHED })?;
        let arrives = |copy: &Standing| match copy.what {
            What::DrawThread { .. }
            | What::FollowReport
            | What::TellReporter { .. }
            | What::TellSender { .. }
            | What::CallNextLevel { .. } => copy.under_way,
            // A card is drawn anew wherever it arrives.
            What::DrawCard { .. }
            | What::Digest { .. }
            | What::KeepPhoto { .. }
            | What::HoldPhotos
            | What::Unsay
            | What::Retired => None,
        };
        if standing.iter().any(|copy| arrives(copy).is_some()) {
            return Err(Settled::Held { at: now + AFTER_THE_OTHER });
        }
        let remembers = since.is_some_and(|since| gone.reported_at - since > BESIDE_OLDER);
        Ok(Self { app, task, gone, began, standing, remembers })
    }

    /// Whether there is time in this batch for one more call.
    pub fn may_go_on(&self) -> Taken {
        let late = self.app.stopwatch.now().saturating_sub(self.began) > BATCH;
        if late || self.app.stopping.is_cancelled() { Err(Stopped::Until(self.app.desk.now())) } else { Ok(()) }
    }

    /// Where copies of one kind stand.
    pub fn stands(&self, which: impl Fn(&What) -> bool) -> impl Iterator<Item = &str> {
        self.standing.iter().filter(move |copy| which(&copy.what)).filter_map(|copy| copy.remote_id.as_deref())
    }

    /// Where something stands that was written to whoever reported it; what a colleague was told of their own photo is
    /// elsewhere.
    pub fn stands_with_reporter(&self) -> impl Iterator<Item = &str> {
        self.stands(|what| matches!(what, What::FollowReport | What::TellReporter { .. }))
    }

    /// What is known by name is taken away by it, one after another, as far as names can be read.
    pub async fn known<F: Future<Output = Option<Taken>>>(&self, delete: impl Fn(String) -> F) -> Taken {
        let (store, platform) = (&self.app.desk.store, self.task.platform);
        let unread = |_failure| Stopped::Until(self.app.desk.now() + UNREACHED);
        let said = store.said(self.task.incident, platform).await.map_err(unread)?;
        let (mut taken, mut away) = (Ok(()), Vec::new());
        for remote_id in said {
            match delete(remote_id.clone()).await {
                None => {}
                Some(Ok(())) => away.push(remote_id),
                Some(stopped) => taken = both(taken, stopped),
            }
            if matches!(taken, Err(Stopped::Until(_))) {
                break;
            }
        }
        store.forget_said(platform, &away).await.map_err(unread)?;
        taken
    }

    /// Whether a message of ours is about this incident: it names it, or has a button of it.
    pub fn is_about(&self, message: &Value) -> bool {
        names(message, &self.gone.reference, self.task.incident)
    }

    /// What became of it all. What cannot be taken away waits for a person, and the admins hear of it.
    pub async fn settled(&self, taken: Taken, read_to: Option<String>) -> Settled {
        match (taken, read_to) {
            (Ok(()), _) => Settled::Cleared,
            (Err(Stopped::Until(at)), None) => Settled::Held { at },
            (Err(Stopped::Until(at)), Some(remote_id)) => Settled::Found { remote_id, at },
            (Err(Stopped::Never), _) => {
                self.tell_admins().await;
                Settled::NeedsOperator
            }
        }
    }

    async fn tell_admins(&self) {
        let (incident, platform) = (self.task.incident, self.task.platform.as_str());
        tracing::error!(target: "shopwatch::chats", %incident, platform, "what was said of an erased incident cannot be taken away");
        let rules = self.app.desk.rules();
        let voice = self.app.voice(&rules, None);
        let line = voice.say(&keys::unsaid_not(self.gone.reference.as_str(), name_of(self.task.platform)));
        for chat in self.app.chats.iter() {
            chat.tell_admins(self.app, &line).await;
        }
    }
}

/// The first reason not to be done: what comes again counts more than what a person has to do.
pub fn both(first: Taken, second: Taken) -> Taken {
    match (first, second) {
        (Err(Stopped::Until(at)), _) | (_, Err(Stopped::Until(at))) => Err(Stopped::Until(at)),
        (Err(Stopped::Never), _) | (_, Err(Stopped::Never)) => Err(Stopped::Never),
        (Ok(()), Ok(())) => Ok(()),
    }
}

fn names(message: &Value, reference: &Reference, incident: IncidentId) -> bool {
    match message {
        Value::String(text) => text.contains(reference.as_str()) || text.contains(&incident.to_string()),
        Value::Array(parts) => parts.iter().any(|part| names(part, reference, incident)),
        Value::Object(parts) => parts.values().any(|part| names(part, reference, incident)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What people call a chat.
const fn name_of(platform: Platform) -> &'static str {
    match platform {
        Platform::Slack => "Slack",
        Platform::Discord => "Discord",
        Platform::Console | Platform::Api | Platform::System => "Shopwatch",
    }
}

/// Whom the messages beside the copies were written to, and how far those were read: `U1`, `U1@1700000000.000100`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whose {
    pub user: Option<String>,
    pub read_to: Option<String>,
}

impl Whose {
    /// As the task's row has it.
    pub fn read(remote_id: Option<&str>) -> Self {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (user, read_to) =
            remote_id.unwrap_or_default().split_once('@').unwrap_or((remote_id.unwrap_or_default(), ""));
        Self { user: some(user), read_to: some(read_to) }
    }

    /// As the row keeps it; none if there is nothing new to keep.
    pub fn written(&self) -> Option<String> {
        let read_to = self.read_to.as_ref()?;
        Some(format!("{}@{read_to}", self.user.as_deref().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_message_is_about_an_incident_that_it_names_or_has_a_button_of() {
        let (reference, id): (Reference, _) = (Reference::from_draw(7), IncidentId(Uuid::from_u128(9)));
        let about = |message: &Value| names(message, &reference, id);
        assert!(about(&json!({ "text": format!("Only you can see this: {reference} sent.") })));
        assert!(about(&json!({ "blocks": [{ "elements": [{ "action_id": format!("v1:claim:{id}:1") }] }] })));
        assert!(!about(&json!({ "text": "SW-", "ts": "1.2", "blocks": [] })));
    }

    #[test]
    fn how_far_somebodys_messages_were_read_is_kept_with_who_they_are() {
        assert_eq!(Whose::read(None), Whose::default());
        let mut whose = Whose::read(Some("U1"));
        assert_eq!((whose.user.as_deref(), whose.written()), (Some("U1"), None));
        whose.read_to = Some("170.1".to_owned());
        assert_eq!(Whose::read(whose.written().as_deref()), whose);
        let nobodys = Whose { user: None, read_to: Some("5".to_owned()) };
        assert_eq!(Whose::read(nobodys.written().as_deref()), nobodys);
    }

    #[test]
    fn what_comes_again_counts_more_than_what_a_person_has_to_do() {
        let later = Stopped::Until(Moment::UNIX_EPOCH);
        assert_eq!(both(Err(Stopped::Never), Err(later)), Err(later));
        assert_eq!(both(Ok(()), Err(Stopped::Never)), Err(Stopped::Never));
        assert_eq!(both(Ok(()), Ok(())), Ok(()));
    }
}
