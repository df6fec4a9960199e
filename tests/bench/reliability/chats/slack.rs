//! A shop's people on Slack. What was not acknowledged is told again, as it was.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use super::ledger::{Doing, Done, How, Ledger, What};
use super::{SITES, reference, rules};
use crate::reports::Dice;
use crate::world::slack::FakeSlack;
use crate::world::slack::delivery::{Acked, Parcel};
use crate::world::slack::modals::Answers;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN, Message, SIGNING_SECRET, Workspace};

/// How the chat posts.
const POST: &str = "chat.postMessage";
/// Reporters of each site.
const REPORTERS: usize = 2;
/// How long Slack takes to answer a post at which the server is killed.
const ANSWER: Duration = Duration::from_millis(40);

/// The workspace.
pub struct OnSlack {
    slack: FakeSlack,
    http: bool,
    people: Vec<String>,
    noor: String,
    omar: String,
    managers: String,
    /// A channel for reports and one for triage, for each site.
    channels: Vec<(String, String)>,
    omar_manages: bool,
}

impl OnSlack {
    /// A workspace whose app is told over sockets, or by signed requests.
    pub async fn new(http: bool) -> Self {
        let slack = FakeSlack::start().await;
        let people: Vec<String> =
            (0..SITES * REPORTERS).map(|number| slack.person(&format!("Amal {number}")).joins()).collect();
        let (noor, omar) = (slack.person("Noor").joins(), slack.person("Omar").joins());
        let all: Vec<&str> = people.iter().map(String::as_str).collect();
        let channel = |number| {
            let floor = slack.channel(&format!("floor-{number}")).with(&all);
            (floor, slack.channel(&format!("triage-{number}")).with(&[&noor, &omar]))
        };
        let channels = (0..SITES).map(channel).collect();
        let managers = slack.group("managers", &[]);
        Self { slack, http, people, noor, omar, managers, channels, omar_manages: false }
    }

    pub fn rules(&self) -> String {
        let reviewers = format!("\"slack:user:{}\", \"slack:group:{}\"", self.noor, self.managers);
        rules("slack", &self.channels, &reviewers)
    }

    pub fn environment(&self) -> Vec<(String, String)> {
        let door = if self.http { ("SLACK_SIGNING_SECRET", SIGNING_SECRET) } else { ("SLACK_APP_TOKEN", APP_TOKEN) };
        let api = self.slack.api_url();
        [("SLACK_BOT_TOKEN", BOT_TOKEN), ("SLACK_API_URL", &api), door]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    pub fn is_connected(&self, address: SocketAddr) -> bool {
        if self.http {
            self.slack.deliver_to(&format!("http://{address}/slack/events"), SIGNING_SECRET);
        }
        self.http || self.slack.sockets().len() == 1
    }

    /// Slack tells of it, as it does; or nobody hears of it before the server looks by itself, as it does when it starts.
    pub async fn change_roles(&mut self, manages: bool, twice: bool) {
        if manages != self.omar_manages {
            let omar: &[&str] = &[&self.omar];
            let (add, remove): (&[&str], &[&str]) = if manages { (omar, &[]) } else { (&[], omar) };
            let told = self.slack.changes_group(&self.managers, add, remove).await;
            // What is not acknowledged was not heard, and then the group is still believed for up to a minute.
            self.omar_manages = manages;
            while !told.on_time && !self.slack.redeliver().await.iter().all(|again| again.on_time) {}
        }
        if twice {
            self.slack.deliver_twice();
        }
    }

    pub fn misfortune(&self, which: usize) {
        self.all_is_well();
        match which {
            0 => self.slack.answer_lost(POST),
            1 => self.slack.hang_up(POST),
            _ => (0..4).for_each(|_| self.slack.delay(POST, ANSWER)),
        }
    }

    /// What was ordered comes no more.
    pub fn all_is_well(&self) {
        self.slack.change(|workspace| workspace.faults.calls.clear());
    }

    pub fn report(&self, ledger: &mut Ledger, dice: &mut Dice) -> Doing {
        let number = ledger.report();
        let site = dice.below(SITES);
        let person = site * REPORTERS + dice.below(REPORTERS);
        let (Some(person), Some((floor, _))) = (self.people.get(person), self.channels.get(site)) else {
            unreachable!()
        };
        let payload =
            self.slack.command_payload(person, floor, "/report", &format!("info a wet floor, number {number}"));
        let parcel = Box::new(Parcel::new("slash_commands", payload));
        let doing = Doing { number, what: What::Report, how: How::Slack { parcel, by_omar: false } };
        ledger.sends(&doing);
        doing
    }

    /// A form, opened by whoever is to send it; none if that did not come about. It is told again like everything.
    async fn form(&self, who: &str, opens: impl Future<Output = Acked>, answers: Answers<'_>) -> Option<Box<Parcel>> {
        if !opens.await.on_time {
            return None;
        }
        let form = self.slack.modal_of(who)?;
        let parcel = Parcel::new("interactive", self.slack.submit_payload(who, &form.id, answers));
        // However often it is told: in front of them it is closed.
        self.slack.change(|workspace| workspace.close_views_of(who));
        Some(Box::new(parcel))
    }

    /// A report by form, or a press with a form: what is filled in while the server still listens.
    pub async fn forms(&self, ledger: &mut Ledger, dice: &mut Dice) -> Vec<Doing> {
        let site = dice.below(SITES);
        let Some(who) = self.people.get(site * REPORTERS) else { unreachable!() };
        if dice.below(2) == 0 {
            let (words, named) = (format!("a wet floor, form {}", dice.below(1_000_000)), format!("site-{site}"));
            let answers: Answers<'_> = &[("what_happened", &[&words]), ("site", &[&named]), ("category", &["info"])];
            let Some(parcel) = self.form(who, self.slack.global_shortcut(who, "report"), answers).await else {
                return Vec::new();
            };
            let how = How::Slack { parcel, by_omar: false };
            return vec![sent(ledger, |ledger| Doing { number: ledger.report(), what: What::Report, how })];
        }
        let Some((card, of, _)) = self.fresh(ledger, site) else { return Vec::new() };
        let Some(note) = button(&card, "note") else { return Vec::new() };
        let opens = self.slack.presses(&self.noor, &card, &note);
        let answers: Answers<'_> = &[("text", &["seen on camera two"])];
        let Some(parcel) = self.form(&self.noor, opens, answers).await else { return Vec::new() };
        let how = How::Slack { parcel, by_omar: false };
        vec![sent(ledger, |ledger| Doing { number: ledger.press(&of), what: What::Press, how })]
    }

    /// A card that nobody has pressed on, with its incident and its button.
    fn fresh(&self, ledger: &Ledger, first: usize) -> Option<(Message, String, String)> {
        (0..SITES).find_map(|site| {
            let (_, triage) = self.channels.get((first + site) % SITES)?;
            let cards = self.slack.messages(triage).into_iter().filter(|card| card.thread_ts.is_none());
            cards.rev().find_map(|card| {
                let of = reference(&card.text).filter(|of| !ledger.is_pressed(of))?;
                let claim = button(&card, "claim")?;
                Some((card, of, claim))
            })
        })
    }

    /// Noor and Omar at the same moment, or Omar alone.
    pub fn presses(&self, ledger: &mut Ledger, dice: &mut Dice) -> Vec<Doing> {
        let Some((card, of, claim)) = self.fresh(ledger, dice.below(SITES)) else { return Vec::new() };
        let number = ledger.press(&of);
        let mut doings = Vec::new();
        for by_omar in if dice.below(2) == 0 { [true].as_slice() } else { [true, false].as_slice() } {
            let who = if *by_omar { &self.omar } else { &self.noor };
            let parcel = Box::new(Parcel::new("interactive", self.slack.press_payload(who, &card, &claim, &[])));
            let doing = Doing { number, what: What::Press, how: How::Slack { parcel, by_omar: *by_omar } };
            ledger.sends(&doing);
            doings.push(doing);
        }
        doings
    }

    /// Whether who does this may press now.
    pub fn may(&self, doing: &Doing) -> bool {
        !doing.how.is_by_omar() || self.omar_manages
    }

    pub async fn does(&self, doing: Doing) -> Done {
        let acts = self.may(&doing);
        let How::Slack { parcel, .. } = &doing.how else { unreachable!() };
        let answered = self.slack.deliver((**parcel).clone()).await;
        let answers = [Some(&answered), answered.again.as_deref()];
        let mut heard = answers.into_iter().flatten().filter(|answer| answer.on_time);
        let acknowledged = match doing.what {
            What::Report => heard.find_map(|answer| reference(&answer.payload.as_ref()?.to_string())),
            What::Press => heard.next().map(|_| String::new()),
        };
        Done { doing, acknowledged, acts }
    }

    pub async fn posted(&self, posts: usize) {
        let count = |workspace: &Workspace| workspace.calls.get(POST).copied().unwrap_or_default();
        let before = self.slack.see(count);
        self.slack.until(|workspace| count(workspace) >= before + posts).await;
    }

    pub fn cards(&self) -> Vec<String> {
        let cards = self.channels.iter().flat_map(|(_, triage)| self.slack.messages(triage));
        cards.filter(|card| card.thread_ts.is_none()).filter_map(|card| reference(&card.text)).collect()
    }

    pub fn said_twice(&self) -> Vec<String> {
        let mut said: BTreeMap<(String, Option<String>, String), usize> = BTreeMap::new();
        self.slack.see(|workspace| {
            let messages = workspace.channels.values().flat_map(|channel| &channel.messages);
            let by_the_bot = messages.filter(|message| message.only_for.is_none() && !message.deleted);
            for Message { channel, thread_ts, text, .. } in by_the_bot {
                *said.entry((channel.clone(), thread_ts.clone(), text.clone())).or_default() += 1;
            }
        });
        let twice = said.into_iter().filter(|(_, count)| *count > 1);
        twice.map(|((channel, _, text), count)| format!("{channel}, {count} times: {text}")).collect()
    }
}

/// Something that is sent until it is acknowledged.
fn sent(ledger: &mut Ledger, doing: impl FnOnce(&mut Ledger) -> Doing) -> Doing {
    let doing = doing(ledger);
    ledger.sends(&doing);
    doing
}

impl Drop for OnSlack {
    fn drop(&mut self) {
        // What was said was compared, and is not for a test to look at.
        self.slack.change(|workspace| {
            let messages = workspace.channels.values_mut().flat_map(|channel| &mut channel.messages);
            messages.for_each(|message| message.looked_at = true);
        });
    }
}

fn button(message: &Message, verb: &str) -> Option<String> {
    let elements = message.blocks.iter().filter_map(|block| block.get("elements")?.as_array()).flatten();
    let mut ids = elements.filter_map(|element| element.get("action_id")?.as_str());
    ids.find(|id| id.split(':').nth(1) == Some(verb)).map(ToOwned::to_owned)
}
