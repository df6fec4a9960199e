//! Who and what there is in the workspace before anything happens.

use std::collections::BTreeSet;

use super::FakeSlack;
use super::workspace::{BOT_USER, Channel, File, Group, Person, Standing, TEAM};

/// A person who is about to join.
pub struct Newcomer<'a>(&'a FakeSlack, Person);

impl Newcomer<'_> {
    /// Reads this language, such as `pl-PL`.
    pub fn locale(mut self, locale: &str) -> Self {
        locale.clone_into(&mut self.1.locale);
        self
    }

    /// Lives in this time zone.
    pub fn tz(mut self, tz: &str) -> Self {
        tz.clone_into(&mut self.1.tz);
        self
    }

    /// Administers the workspace.
    pub fn admin(mut self) -> Self {
        self.1.standing = Standing::Admin;
        self
    }

    /// A guest in several channels.
    pub fn guest(mut self) -> Self {
        self.1.standing = Standing::Guest;
        self
    }

    /// A guest in one channel.
    pub fn single_channel_guest(mut self) -> Self {
        self.1.standing = Standing::SingleChannelGuest;
        self
    }

    /// Belongs to another workspace, and comes by Slack Connect.
    pub fn stranger(mut self, team: &str) -> Self {
        team.clone_into(&mut self.1.team);
        self
    }

    /// Of another workspace of the same organisation, and with an id of the organisation's.
    pub fn colleague(mut self, team: &str) -> Self {
        team.clone_into(&mut self.1.team);
        self.1.id.replace_range(..1, "W");
        self
    }

    /// Has left.
    pub fn deactivated(mut self) -> Self {
        self.1.deactivated = true;
        self
    }

    /// Joins; their id.
    pub fn joins(self) -> String {
        let id = self.1.id.clone();
        self.0.change(|workspace| workspace.people.insert(id.clone(), self.1));
        id
    }
}

/// A channel that is about to be made.
pub struct NewChannel<'a>(&'a FakeSlack, Channel);

impl NewChannel<'_> {
    /// Only its members see it.
    pub fn private(mut self) -> Self {
        self.1.private = true;
        self
    }

    /// The bot is not in it.
    pub fn without_bot(mut self) -> Self {
        self.1.members.remove(BOT_USER);
        self
    }

    /// Another workspace shares it.
    pub fn shared_with(mut self, team: &str) -> Self {
        self.1.shared_with = Some(team.to_owned());
        self
    }

    /// Makes it, with these members; its id.
    pub fn with(mut self, members: &[&str]) -> String {
        self.1.members.extend(members.iter().map(|id| (*id).to_owned()));
        let id = self.1.id.clone();
        self.0.change(|workspace| workspace.channels.insert(id.clone(), self.1));
        id
    }
}

impl FakeSlack {
    /// Somebody new: a full member who reads British English, unless said otherwise.
    pub fn person(&self, name: &str) -> Newcomer<'_> {
        let (id, organisation) = self.change(|workspace| (workspace.mint("U"), workspace.ways.organisation.clone()));
        let (locale, tz) = ("en-GB".to_owned(), "Europe/London".to_owned());
        let (name, team) = (name.to_owned(), TEAM.to_owned());
        let standing = Standing::Member;
        Newcomer(self, Person { id, name, team, organisation, locale, tz, standing, deactivated: false })
    }

    /// A new public channel with the bot in it, unless said otherwise.
    pub fn channel(&self, name: &str) -> NewChannel<'_> {
        let channel = Channel {
            id: self.change(|workspace| workspace.mint("C")),
            name: name.to_owned(),
            private: false,
            im: None,
            members: [BOT_USER.to_owned()].into(),
            archived: false,
            shared_with: None,
            messages: Vec::new(),
        };
        NewChannel(self, channel)
    }

    /// The bot's direct messages with somebody.
    pub fn im(&self, user: &str) -> String {
        self.change(|workspace| workspace.im_with(user))
    }

    /// A new user group; its id.
    pub fn group(&self, handle: &str, users: &[&str]) -> String {
        self.change(|workspace| {
            let id = workspace.mint("S");
            let users = users.iter().map(|user| (*user).to_owned()).collect();
            let group = Group { id: id.clone(), handle: handle.to_owned(), users, disabled: false };
            workspace.groups.insert(id.clone(), group);
            id
        })
    }

    /// A file that somebody has uploaded and not shared yet; its id.
    pub fn file(&self, user: &str, name: &str, mimetype: &str, bytes: &[u8]) -> String {
        self.change(|workspace| {
            let id = workspace.mint("F");
            let file = File {
                id: id.clone(),
                name: name.to_owned(),
                mimetype: mimetype.to_owned(),
                bytes: bytes.to_vec(),
                user: user.to_owned(),
                deleted: false,
                channels: BTreeSet::new(),
                external: None,
                rendition: None,
            };
            workspace.files.insert(id.clone(), file);
            id
        })
    }
}
