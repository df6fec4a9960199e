//! Looking at what the bot has said. What nobody looks at fails the test.

use super::FakeSlack;
use super::workspace::{BOT_USER, Channel, Message, View, Workspace};

impl FakeSlack {
    /// The messages of a channel that nobody has looked at yet, oldest first; now somebody has.
    pub fn look(&self, channel: &str) -> Vec<Message> {
        self.take(|found, message| found.id == channel && message.only_for.is_none() && !message.looked_at)
    }

    /// Every message of a channel as it is now, oldest first, without ephemeral and deleted ones.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.take(|found, message| found.id == channel && message.only_for.is_none() && !message.deleted)
    }

    /// What only this person sees and nobody has looked at yet, in whatever channel.
    pub fn ephemerals_for(&self, user: &str) -> Vec<Message> {
        self.take(|_, message| message.only_for.as_deref() == Some(user) && !message.looked_at)
    }

    /// What the bot has told this person directly, as it is now.
    pub fn dms_for(&self, user: &str) -> Vec<Message> {
        self.take(|found, message| {
            let told = message.user == BOT_USER && message.only_for.is_none() && !message.deleted;
            found.im.as_deref() == Some(user) && told
        })
    }

    /// Somebody's Home tab.
    pub fn home_of(&self, user: &str) -> Option<View> {
        self.see(|workspace| workspace.home_of(user).cloned())
    }

    /// The topmost modal that somebody has open.
    pub fn modal_of(&self, user: &str) -> Option<View> {
        self.see(|workspace| workspace.modal_of(user).cloned())
    }

    fn take(&self, wanted: impl Fn(&Channel, &Message) -> bool) -> Vec<Message> {
        self.change(|workspace| {
            let mut all = Vec::new();
            for channel in workspace.channels.values_mut() {
                let mut messages = std::mem::take(&mut channel.messages);
                for message in messages.iter_mut().filter(|message| wanted(channel, message)) {
                    message.looked_at = true;
                    all.push(message.clone());
                }
                channel.messages = messages;
            }
            all.sort_by(|one, other| one.ts.cmp(&other.ts));
            all
        })
    }
}

impl Workspace {
    /// Everything that speaks against the program.
    pub fn judgement(&self) -> Vec<String> {
        let messages = self.channels.values().flat_map(|channel| &channel.messages);
        let unread = messages
            .filter(|message| !message.looked_at)
            .map(|message| format!("nobody looked at {}", self.line(message)));
        self.complaints.iter().cloned().chain(unread).collect()
    }

    /// What is there, for somebody who waited in vain.
    pub fn describe(&self) -> String {
        let messages = self.channels.values().flat_map(|channel| &channel.messages).map(|message| self.line(message));
        let views = self.views.values().filter(|view| view.open).map(|view| {
            format!("{} {} of {}: {}", view.content["type"], view.id, view.user, view.content["title"]["text"])
        });
        let calls = self.calls.iter().map(|(method, count)| format!("{method} was called {count} times"));
        let sockets = [format!("{} sockets are open", self.sockets.len())];
        let lines: Vec<String> =
            self.complaints.iter().cloned().chain(messages).chain(views).chain(calls).chain(sockets).collect();
        lines.join("\n")
    }

    fn line(&self, message: &Message) -> String {
        let channel = &self.channels[&message.channel];
        let place = match (&message.only_for, &channel.im) {
            (Some(user), _) => format!("only for {user} in {}", channel.name),
            (None, Some(user)) => format!("directly to {user}"),
            (None, None) => format!("in {}", channel.name),
        };
        format!("{place}, {} at {}: {:?}", message.user, message.ts, message.text)
    }
}
