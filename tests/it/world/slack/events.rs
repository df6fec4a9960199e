//! What happens in the workspace and is told to the app: <https://docs.slack.dev/reference/events>.

use serde_json::{Value, json};

use super::FakeSlack;
use super::chat::Content;
use super::delivery::{Acked, Parcel};
use super::workspace::{APP, BOT_USER, Message, TEAM, VERIFICATION_TOKEN, Workspace};

impl FakeSlack {
    /// Any event, in the envelope that all have.
    pub async fn event(&self, event: Value) -> Acked {
        let payload = self.change(|workspace| workspace.event_payload(&event));
        let acked = self.deliver(Parcel::new("events_api", payload)).await;
        // Over HTTP a body is of no interest to Slack.
        if let Some(answer) = acked.payload.as_ref().filter(|_| acked.status.is_none()) {
            self.change(|workspace| workspace.complain(format!("an event takes no answer: {answer}")));
        }
        acked
    }

    /// Somebody opens the app's Home tab.
    pub async fn opens_home(&self, user: &str) -> Acked {
        let event = self.change(|workspace| {
            let channel = workspace.im_with(user);
            let mut event = json!({
                "type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": workspace.ts(),
            });
            if let Some(home) = workspace.home_of(user) {
                event["view"] = workspace.view(home);
            }
            event
        });
        self.event(event).await
    }

    /// Somebody writes in a channel, or to the bot, perhaps with files, perhaps in a thread.
    pub async fn posts(
        &self,
        user: &str,
        channel: &str,
        text: &str,
        files: &[&str],
        thread_ts: Option<&str>,
    ) -> (Message, Acked) {
        let message = self.writes(user, channel, text, files, thread_ts);
        let event = self.see(|workspace| workspace.message_event(&message));
        (message, self.event(event).await)
    }

    /// Somebody writes where the app is not, and hears nothing of it.
    pub fn writes(&self, user: &str, channel: &str, text: &str, files: &[&str], thread_ts: Option<&str>) -> Message {
        self.change(|workspace| {
            let content = Content { text: text.to_owned(), blocks: Vec::new(), metadata: None };
            let said = workspace.say(channel, user, content, thread_ts.map(ToOwned::to_owned), None);
            let files: Vec<String> = files.iter().map(|id| (*id).to_owned()).collect();
            workspace.share(channel, &said.ts, &files);
            workspace.message(channel, &said.ts).unwrap().clone()
        })
    }

    /// Somebody says what they are doing (`/me`), which is a kind of message of its own.
    pub async fn says_of_self(&self, user: &str, channel: &str, text: &str) -> Acked {
        let message = self.writes(user, channel, text, &[], None);
        let event = self.change(|workspace| {
            let said = workspace.message_mut(channel, &message.ts).unwrap();
            said.of_self = true;
            let said = said.clone();
            workspace.message_event(&said)
        });
        self.event(event).await
    }

    /// Somebody adds a file to what they wrote.
    pub async fn adds(&self, message: &Message, file: &str) -> Acked {
        let event = self.change(|workspace| {
            let before = workspace.message(&message.channel, &message.ts).expect("a message that is there").clone();
            let files: Vec<String> = before.files.iter().cloned().chain([file.to_owned()]).collect();
            workspace.share(&message.channel, &message.ts, &files);
            let edited = workspace.ts();
            workspace.message_mut(&message.channel, &message.ts).unwrap().edited = Some(edited);
            let now = workspace.message(&message.channel, &message.ts).unwrap().clone();
            workspace.changed_event(&before, &now)
        });
        self.event(event).await
    }

    /// The app hears of a message of its own, as every member of the channel does.
    pub async fn echoes(&self, message: &Message) -> Acked {
        let event = self.see(|workspace| workspace.message_event(message));
        self.event(event).await
    }

    /// Somebody deletes a message.
    pub async fn deletes(&self, message: &Message) -> Acked {
        let event = self.change(|workspace| {
            let found = workspace.message_mut(&message.channel, &message.ts).expect("a message that is there");
            found.deleted = true;
            let found = found.clone();
            json!({
                "type": "message", "subtype": "message_deleted", "channel": message.channel, "hidden": true,
                "channel_type": workspace.channels[&message.channel].kind(), "deleted_ts": message.ts,
                "ts": workspace.ts(), "event_ts": workspace.ts(), "previous_message": workspace.rendered(&found, false),
            })
        });
        self.event(event).await
    }

    /// Somebody archives a channel.
    pub async fn archives(&self, user: &str, channel: &str) -> Acked {
        let event = self.change(|workspace| {
            let found = workspace.channels.get_mut(channel).expect("a channel that is there");
            found.archived = true;
            let kind = if found.private { "group_archive" } else { "channel_archive" };
            json!({ "type": kind, "channel": channel, "user": user, "is_moved": 0, "event_ts": workspace.ts() })
        });
        self.event(event).await
    }

    /// The members of a group change.
    pub async fn changes_group(&self, group: &str, add: &[&str], remove: &[&str]) -> Acked {
        let event = self.change(|workspace| {
            let found = workspace.groups.get_mut(group).expect("a group that is there");
            found.users.retain(|user| !remove.contains(&user.as_str()));
            found.users.extend(add.iter().map(|user| (*user).to_owned()));
            let now = workspace.clock.now().timestamp();
            json!({
                "type": "subteam_members_changed", "subteam_id": group, "team_id": TEAM, "date_previous_update": now - 60,
                "date_update": now, "added_users": add, "added_users_count": add.len(), "removed_users": remove,
                "removed_users_count": remove.len(), "event_ts": workspace.ts(),
            })
        });
        self.event(event).await
    }
}

impl Workspace {
    pub fn message_event(&self, message: &Message) -> Value {
        let mut event = self.rendered(message, false);
        event["channel"] = json!(message.channel);
        event["channel_type"] = json!(self.channels[&message.channel].kind());
        event["event_ts"] = json!(message.ts);
        event
    }

    /// That a message is another one now.
    pub fn changed_event(&mut self, before: &Message, now: &Message) -> Value {
        let at = self.ts();
        json!({
            "type": "message", "subtype": "message_changed", "hidden": true, "channel": now.channel,
            "channel_type": self.channels[&now.channel].kind(), "ts": at, "event_ts": at,
            "message": self.rendered(now, false), "previous_message": self.rendered(before, false),
        })
    }

    fn event_payload(&mut self, event: &Value) -> Value {
        let channel = event["channel"].as_str().and_then(|id| self.channels.get(id));
        let shared = channel.is_some_and(|channel| channel.shared_with.is_some());
        let serial = self.serial();
        json!({
            "token": VERIFICATION_TOKEN, "team_id": TEAM, "context_team_id": TEAM, "context_enterprise_id": null,
            "api_app_id": APP, "event": event, "type": "event_callback", "event_id": format!("Ev{serial:09}"),
            "event_time": self.clock.now().timestamp(),
            "authorizations": [{ "enterprise_id": null, "team_id": TEAM, "user_id": BOT_USER, "is_bot": true, "is_enterprise_install": false }],
            "is_ext_shared_channel": shared, "event_context": format!("4-fakecontext{serial}"),
        })
    }
}
