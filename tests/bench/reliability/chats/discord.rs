//! A shop's people on Discord. What was not acknowledged is lost there, as everybody sees who did it.

use std::collections::BTreeMap;

use domain::clock::Clock as _;
use shopwatch::clock::MachineClock;

use super::ledger::{Doing, Done, How, Ledger, What};
use super::{SITES, reference, rules};
use crate::reports::Dice;
use crate::world::discord::{FakeDiscord, Given, Id, Member, State};

/// How the chat posts.
const POST: &str = "POST /channels/{channel}/messages";
/// How long Discord takes to answer a post at which the server is killed.
const ANSWER: std::time::Duration = std::time::Duration::from_millis(40);
/// The kind of the answer to a press that took effect.
const DONE: u8 = 6;
/// The server may start as often as it is killed.
const IDENTIFIES_MAX: usize = 1_000_000;

/// The guild.
pub struct OnDiscord {
    discord: FakeDiscord,
    people: Vec<Member>,
    noor: Member,
    omar: Member,
    managers: Id,
    channels: Vec<(Id, Id)>,
    omar_manages: bool,
}

impl OnDiscord {
    pub async fn new() -> Self {
        let discord = FakeDiscord::start().await;
        discord.it_is(MachineClock.now());
        discord.limit_identifies(IDENTIFIES_MAX, 1);
        let guild = discord.add_guild("Corner shops");
        let managers = discord.add_role(guild, "managers", 0);
        let people = (0..SITES).map(|number| discord.add_member(guild, &format!("Amal {number}"), &[])).collect();
        let (noor, omar) = (discord.add_member(guild, "Noor", &[]), discord.add_member(guild, "Omar", &[]));
        let channel = |number| {
            let floor = discord.add_channel(guild, &format!("floor-{number}"));
            (floor, discord.add_channel(guild, &format!("triage-{number}")))
        };
        let channels = (0..SITES).map(channel).collect();
        Self { discord, people, noor, omar, managers, channels, omar_manages: false }
    }

    pub fn rules(&self) -> String {
        let reviewers = format!("\"discord:user:{}\", \"discord:role:{}\"", self.noor.user, self.managers);
        let channels: Vec<(String, String)> =
            self.channels.iter().map(|(floor, triage)| (floor.to_string(), triage.to_string())).collect();
        rules("discord", &channels, &reviewers)
    }

    pub fn environment(&self) -> Vec<(String, String)> {
        let (token, api) = (self.discord.token(), self.discord.url());
        vec![("DISCORD_TOKEN".to_owned(), token), ("DISCORD_API_URL".to_owned(), api)]
    }

    pub fn is_connected(&self) -> bool {
        self.discord.is_connected()
    }

    /// The session of a server that is gone is over, and the next one need not wait for its turn.
    pub fn gone(&self) {
        self.discord.forget_sessions();
        self.discord.forget_identifies();
    }

    pub fn change_roles(&mut self, manages: bool, twice: bool) {
        if manages && !self.omar_manages {
            self.discord.gives_role(self.omar, self.managers);
        } else if !manages {
            self.discord.takes_role(self.omar, self.managers);
        }
        self.omar_manages = manages;
        if twice {
            self.discord.deliver_twice();
        }
    }

    pub fn misfortune(&self, which: usize) {
        if self.discord.misfortunes() > 0 {
            return;
        }
        match which {
            0 => self.discord.answer_lost(POST),
            1 => self.discord.hang_up(POST),
            _ => (0..2).for_each(|_| self.discord.delay(POST, ANSWER)),
        }
    }

    pub fn report(ledger: &mut Ledger, dice: &mut Dice) -> Doing {
        let (site, form) = (dice.below(SITES), dice.below(2) == 0);
        Doing { number: ledger.report(), what: What::Report, how: How::Command { site, person: site, form } }
    }

    /// Noor and Omar at the same moment, or Omar alone; or Noor with a form.
    pub fn presses(&self, ledger: &mut Ledger, dice: &mut Dice) -> Vec<Doing> {
        let first = dice.below(SITES);
        let fresh = (0..SITES).find_map(|site| {
            let (_, triage) = self.channels.get((first + site) % SITES)?;
            self.discord.messages(*triage).into_iter().rev().find_map(|card| {
                let of = reference(&card.content).filter(|of| !ledger.is_pressed(of))?;
                Some((card.id, of, card.component("v1:claim:")?, card.component("v1:note:")?))
            })
        });
        let Some((message, of, button, note)) = fresh else { return Vec::new() };
        let number = ledger.press(&of);
        if dice.below(3) == 0 {
            return vec![Doing { number, what: What::Press, how: How::Form { message, button: note } }];
        }
        let alone = dice.below(2) == 0;
        let who = if alone { [true].as_slice() } else { [true, false].as_slice() };
        who.iter()
            .map(|by_omar| {
                let how = How::Press { message, button: button.clone(), by_omar: *by_omar };
                Doing { number, what: What::Press, how }
            })
            .collect()
    }

    /// Whether who does this may press now.
    pub fn may(&self, doing: &Doing) -> bool {
        !doing.how.is_by_omar() || self.omar_manages
    }

    pub async fn does(&self, doing: Doing) -> Done {
        match &doing.how {
            How::Command { site, person, form } => {
                let (Some((floor, _)), Some(who)) = (self.channels.get(*site), self.people.get(*person)) else {
                    unreachable!()
                };
                let words = format!("info a wet floor, number {}", doing.number);
                let given: &[(&str, Given)] = &[("what_happened", words.into())];
                let typed = if *form { &[] } else { given };
                let mut answered = self.discord.runs_command(*who, *floor, "report", typed).await;
                if let Some(form) = answered.modal.take() {
                    answered = self.discord.submits_modal(*who, &form, given).await;
                }
                let acknowledged = answered.message.as_ref().and_then(|message| reference(&message.text()));
                Done { doing, acknowledged, acts: false }
            }
            How::Press { message, button, by_omar, .. } => {
                let who = if *by_omar { self.omar } else { self.noor };
                let answered = self.discord.presses(who, *message, button).await;
                let acknowledged = (!answered.failed()).then(String::new);
                let acts = answered.kind == DONE;
                Done { doing, acknowledged, acts }
            }
            How::Form { message, button } => {
                let opened = self.discord.presses(self.noor, *message, button).await;
                let given: &[(&str, Given)] = &[("text", "seen on camera two".into())];
                let sent = match &opened.modal {
                    Some(form) => self.discord.submits_modal(self.noor, form, given).await,
                    None => return Done { doing, acknowledged: None, acts: false },
                };
                let acts = sent.kind == DONE;
                Done { doing, acknowledged: (!sent.failed()).then(String::new), acts }
            }
            How::Slack { .. } => unreachable!(),
        }
    }

    pub async fn posted(&self, posts: usize) {
        let there = |state: &State| state.messages.len();
        let before = self.discord.read(there);
        self.discord.until("posts", |state| (there(state) >= before + posts).then_some(())).await;
    }

    pub fn cards(&self) -> Vec<String> {
        let cards = self.channels.iter().flat_map(|(_, triage)| self.discord.messages(*triage));
        cards.filter_map(|card| reference(&card.content)).collect()
    }

    pub fn said_twice(&self) -> Vec<String> {
        let mut said: BTreeMap<(Id, String), usize> = BTreeMap::new();
        self.discord.read(|state| {
            for message in state.messages.values().filter(|message| message.ephemeral_for.is_none()) {
                let what = format!("{}{:?}", message.content, message.embeds);
                *said.entry((message.channel, what)).or_default() += 1;
            }
        });
        let twice = said.into_iter().filter(|(_, count)| *count > 1);
        twice.map(|((channel, what), count)| format!("{channel}, {count} times: {what}")).collect()
    }
}

impl Drop for OnDiscord {
    fn drop(&mut self) {
        // What was said was compared, and is not for a test to look at.
        for channel in self.channels.iter().flat_map(|(floor, triage)| [*floor, *triage]) {
            for seen in self.discord.messages(channel) {
                self.discord.thread_of(seen.id).into_iter().for_each(|thread| drop(self.discord.messages(thread)));
            }
        }
        for who in self.people.iter().chain([&self.noor, &self.omar]) {
            self.discord.dms_of(*who);
            self.discord.ephemerals_for(*who);
        }
    }
}
