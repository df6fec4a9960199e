//! Messages that people share, and links to messages that they write. Both stand among the attachments of the new message,
//! as they were at that time; a share is marked so and there from the first on, and what Slack shows of a link comes later,
//! as a change of the message. Files stay where they were: who may see them there sees them here.
//! <https://docs.slack.dev/messaging/unfurling-links-in-messages>

use chrono::DateTime;
use serde_json::{Value, json};

use super::FakeSlack;
use super::chat::Content;
use super::delivery::Acked;
use super::workspace::{DOMAIN, Message, TEAM, Workspace};

impl FakeSlack {
    /// Somebody shares a message, perhaps with words of their own, perhaps in a thread.
    pub async fn shares(
        &self,
        user: &str,
        message: &Message,
        to: &str,
        comment: &str,
        thread_ts: Option<&str>,
    ) -> (Message, Acked) {
        let (share, event) = self.change(|workspace| {
            let share = workspace.attach(user, message, to, comment, thread_ts, true);
            let event = workspace.message_event(&share);
            (share, event)
        });
        (share, self.event(event).await)
    }

    /// Somebody writes the address of a message, and Slack shows a little later what is there.
    pub async fn links(&self, user: &str, message: &Message, to: &str) -> [Acked; 2] {
        let (written, shown) = self.change(|workspace| {
            let text = format!("<{}>", address(message));
            let linked = workspace.attach(user, message, to, &text, None, false);
            let before = Message { attachments: Vec::new(), ..linked.clone() };
            let changed = workspace.changed_event(&before, &linked);
            (workspace.message_event(&before), changed)
        });
        [self.event(written).await, self.event(shown).await]
    }
}

/// What people copy to lead others to a message.
fn address(message: &Message) -> String {
    format!("https://{DOMAIN}.slack.example/archives/{}/p{}", message.channel, message.ts.replace('.', ""))
}

impl Workspace {
    fn attach(
        &mut self,
        user: &str,
        message: &Message,
        to: &str,
        text: &str,
        thread_ts: Option<&str>,
        is_share: bool,
    ) -> Message {
        assert!(self.channels[&message.channel].members.contains(user), "people share what they can read");
        let attachment = self.attached(message, is_share);
        let content = Content { text: text.to_owned(), blocks: Vec::new(), metadata: None };
        let said = self.say(to, user, content, thread_ts.map(ToOwned::to_owned), None);
        let said = self.message_mut(to, &said.ts).unwrap();
        said.attachments = vec![attachment];
        said.clone()
    }

    /// A message inside another one.
    fn attached(&self, message: &Message, is_share: bool) -> Value {
        let (author, channel) = (&self.people[&message.user], &self.channels[&message.channel]);
        let seconds = message.ts.split('.').next().unwrap().parse().unwrap();
        let at = DateTime::from_timestamp(seconds, 0).unwrap().format("%B %-d, %Y %-I:%M %p");
        let mut out = json!({
            "id": 1, "ts": message.ts, "author_id": message.user, "channel_id": message.channel, "channel_team": TEAM,
            "is_msg_unfurl": true, "color": "D0D0D0", "from_url": address(message),
            "fallback": format!("[{at}] {}: {}", author.name, message.text), "text": message.text,
            "author_name": author.name, "author_subname": author.name, "mrkdwn_in": ["text"],
            "author_link": format!("https://{DOMAIN}.slack.example/team/{}", message.user), "footer": "Slack Conversation",
        });
        if is_share {
            out["is_share"] = json!(true);
        } else {
            out["original_url"] = out["from_url"].clone();
        }
        if !channel.private {
            out["channel_name"] = json!(channel.name);
            out["footer"] = json!(format!("Posted in #{}", channel.name));
        }
        if message.thread_ts.is_some() {
            out["is_reply_unfurl"] = json!(true);
        }
        if !message.files.is_empty() {
            out["files"] = message.files.iter().map(|id| self.file(&self.files[id])).collect();
        }
        out
    }
}
