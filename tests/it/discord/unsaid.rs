//! What was said in Discord of an incident goes with it: its cards and copies are drawn anew, and every line of its threads and
//! every answer in a direct message is taken away, however it came to stand there.

use std::time::Duration;

use chrono::TimeDelta;
use domain::incident::Incident;
use domain::words::Platform;
use sea_orm::ConnectionTrait;
use shopwatch::chat::press::Button;
use shopwatch::jobs::retention;

use super::{Plan, Shop};
use crate::evidence::ASTRONAUT;
use crate::world::database::{Base, number};
use crate::world::discord::{Id, MANAGE_THREADS, Message, READ_MESSAGE_HISTORY, RetryAfter, Seen, State, Upload};
use crate::world::people::{NOOR, days};

on_both! {
    nothing_that_was_said_of_an_erased_incident_is_left,
    lines_from_before_they_were_remembered_are_read_back,
    what_an_older_version_erased_is_made_up_for,
}

/// What is planted; it occurs nowhere else.
const MARK: &str = "zqxplanted";
/// How messages are taken away.
const DELETE: &str = "DELETE /channels/{channel}/messages/{message}";

impl Shop {
    async fn run(&self, sql: &str) {
        self.world.database.look_inside().await.execute_unprepared(sql).await.unwrap();
    }

    /// Everything of ours that stays in Discord and has the mark in it: where, and which message.
    fn marked(&self) -> Vec<(Id, Id)> {
        self.discord.read(|state| {
            let ours = state.messages.values().filter(|one| one.author == state.bot && one.ephemeral_for.is_none());
            let says = |one: &&Message| state.message(one.id, true).to_string().contains(MARK);
            ours.filter(says).map(|one| (one.channel, one.id)).collect()
        })
    }

    /// An incident with lines in its thread and in its reporter's direct messages: a note, a question, an answer.
    async fn talked_about(&self) -> Incident {
        let discord = self.world.app.discord().unwrap();
        discord.set_tells(self.world.store(), &self.amal.user.to_string(), true).await.unwrap();
        let incident = self.report(&format!("{MARK} gin")).await;
        let called = &incident.reference;
        self.world.press(NOOR, called, Button::Claim).await.incident();
        self.world.submit(NOOR, called, Button::Note, &[("text", MARK)]).await.incident();
        self.world.submit(NOOR, called, Button::Ask, &[("text", &format!("{MARK}?"))]).await.incident();
        self.settle().await;
        self.discord.direct_message(self.amal, &format!("{MARK}, two people"), Vec::new());
        let said = format!("Your answer was added to {called}");
        let there = move |state: &State| state.messages.values().any(|one| one.content.contains(&said)).then_some(());
        self.discord.until("an answer", there).await;
        self.world.press(NOOR, called, Button::Release).await.incident();
        self.settle().await;
        self.look_away();
        incident
    }

    /// Amal sends a photo to the bot alone, and is answered with what she wrote.
    async fn dropped(&self) -> Incident {
        self.world.clock.advance(TimeDelta::seconds(1));
        let photo = Upload::of("till.jpg", "image/jpeg", &ASTRONAUT);
        self.discord.direct_message(self.amal, &format!("{MARK} by the door"), vec![photo]);
        let receipt = |state: &State| {
            let ours = |one: &&Message| one.author == state.bot && one.ephemeral_for.is_none();
            let said = |one: &Message| one.content.contains(MARK) && one.content.contains("sent.");
            state.messages.values().filter(ours).any(said).then_some(())
        };
        self.discord.until("a receipt with what was written in it", receipt).await;
        self.settle().await;
        self.look_away();
        self.newest().await
    }

    async fn days(&self, count: usize) {
        for _ in 0..count {
            self.world.clock.advance(days(1));
            self.discord.time_passes(Duration::from_hours(24));
            self.settle().await;
        }
    }

    /// Its time goes by.
    async fn let_go(&self, incident: &Incident) {
        self.world.decline(&incident.reference).await;
        self.settle().await;
        self.days(9).await;
        assert!(self.world.store().incident(incident.id).await.unwrap().is_none());
        self.look_away();
    }
}

async fn nothing_that_was_said_of_an_erased_incident_is_left(base: Base) {
    let shop = Shop::on(base).await;
    let incident = shop.talked_about().await;
    let dropped = shop.dropped().await;
    let stays = shop.report("two people, rum").await;
    let (thread, direct) =
        (shop.discord.thread_of(first_card(&shop, &incident)).unwrap(), shop.discord.direct_channel(shop.amal));
    shop.discord.posts(shop.noor, thread, "I looked at the cameras", Vec::new());
    let there = |channel: Id| shop.marked().iter().filter(|(stands, _)| *stands == channel).count();
    assert!(
        there(thread) >= 1 && there(direct) >= 3,
        "lines of the thread; copies, a question, a receipt: {:?}",
        shop.marked()
    );
    let theirs = |state: &State| state.messages.values().filter(|one| one.author != state.bot).count();
    let before = shop.discord.read(theirs);
    shop.world.decline(&dropped.reference).await;
    shop.world.decline(&incident.reference).await;
    shop.settle().await;
    shop.look_away();
    // Discord puts a silent thread away.
    shop.discord.archives(thread);
    shop.days(9).await;
    assert!(shop.world.store().incident(incident.id).await.unwrap().is_none());
    assert_eq!(shop.marked(), []);
    assert_eq!(shop.discord.read(theirs), before, "people's own words are theirs");
    assert!(shop.discord.is_archived(thread), "nobody is called back to it");
    assert_eq!(shop.world.store().said(incident.id, Platform::Discord).await.unwrap(), [] as [String; 0]);
    let inside = shop.world.database.look_inside().await;
    let known =
        number(&inside, "SELECT count(*) FROM outbox WHERE task LIKE '%unsay%' AND remote_id IS NOT NULL").await;
    assert_eq!(known, 0, "who reported it is not kept");
    let read = shop.discord.dms_of(shop.amal).iter().map(Seen::text).collect::<Vec<_>>().join("\n");
    assert!(read.contains(stays.reference.as_str()), "another report's copy stays: {read}");
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
    shop.look_away();
}

fn first_card(shop: &Shop, incident: &Incident) -> Id {
    let cards = shop.discord.messages(shop.triage);
    cards.iter().find(|seen| seen.text().contains(incident.reference.as_str())).unwrap().id
}

async fn lines_from_before_they_were_remembered_are_read_back(base: Base) {
    let shop = Shop::on(base).await;
    let incident = shop.talked_about().await;
    let dropped = shop.dropped().await;
    shop.run("DELETE FROM said").await;
    shop.world.decline(&dropped.reference).await;
    shop.let_go(&incident).await;
    assert_eq!(shop.marked(), []);
}

async fn what_an_older_version_erased_is_made_up_for(base: Base) {
    let shop = Shop::on(base).await;
    let incident = shop.talked_about().await;
    shop.run("DELETE FROM said").await;
    shop.world.decline(&incident.reference).await;
    shop.settle().await;
    shop.look_away();
    for _ in 0..9 {
        shop.world.clock.advance(days(1));
        shop.discord.time_passes(Duration::from_hours(24));
        retention::step(&shop.world.app.desk, &shop.world.app.evidence).await.unwrap();
    }
    assert!(shop.world.store().incident(incident.id).await.unwrap().is_none());
    // An older version beside this one drops what it does not know.
    shop.run("UPDATE outbox SET state = 'dropped' WHERE task LIKE '%unsay%'").await;
    for _ in 0..5 {
        shop.step().await;
        shop.world.clock.advance(TimeDelta::seconds(10));
    }
    assert_ne!(shop.marked(), [], "else there is nothing to make up for");
    shop.settle().await;
    assert_eq!(shop.marked(), []);
    shop.look_away();
}

#[tokio::test]
async fn faults_on_the_way_delay_it_and_no_more() {
    let shop = Shop::open().await;
    let incident = shop.talked_about().await;
    shop.discord.answer_lost(DELETE);
    shop.discord.hang_up(DELETE);
    shop.discord.rate_limit_next(DELETE, RetryAfter::Seconds(20));
    shop.discord.server_error(DELETE, 502);
    // Somebody else has taken one away before.
    let (_, one) = shop.marked().into_iter().find(|(channel, _)| *channel != shop.triage).unwrap();
    shop.discord.deletes(one);
    shop.let_go(&incident).await;
    assert_eq!(shop.marked(), []);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_thread_that_somebody_took_away_is_gone_already() {
    let shop = Shop::open().await;
    let incident = shop.talked_about().await;
    shop.discord.deletes_channel(shop.discord.thread_of(shop.card().id).unwrap());
    shop.let_go(&incident).await;
    assert_eq!(shop.marked(), []);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
}

/// Discord shows an empty thread to who may not read its history, and says nothing.
#[tokio::test]
async fn what_discord_does_not_let_us_take_away_is_said_and_tried_again_the_next_day() {
    let shop = Shop::open().await;
    let incident = shop.talked_about().await;
    shop.run("DELETE FROM said").await;
    let bot = shop.discord.bot_in(shop.guild).user;
    shop.discord.deny(shop.triage, bot, READ_MESSAGE_HISTORY);
    shop.let_go(&incident).await;
    assert_ne!(shop.marked(), []);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 1);
    let told = |state: &State| {
        let lines = state.messages.values().filter(|one| one.channel == shop.admin);
        lines.filter(|one| one.content.contains("could not take away")).count()
    };
    assert!(shop.discord.read(told) >= 1, "the admins hear of it");
    shop.discord.allow_again(shop.triage);
    shop.days(1).await;
    assert_eq!(shop.marked(), []);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
    shop.look_away();
}

#[tokio::test]
async fn what_is_known_by_name_goes_where_nobody_may_read() {
    let shop = Shop::open().await;
    shop.run("UPDATE seaql_migrations SET applied_at = 0").await;
    let bot = shop.discord.bot_in(shop.guild).user;
    let incident = shop.talked_about().await;
    shop.discord.deny(shop.triage, bot, READ_MESSAGE_HISTORY);
    shop.let_go(&incident).await;
    assert_eq!(shop.marked(), []);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0, "nothing is left to look for");
}

/// A moderator has locked the thread and put it away: there nobody deletes anything but who manages threads.
#[tokio::test]
async fn a_locked_thread_is_said_and_goes_once_somebody_opens_it() {
    let shop = Shop::open().await;
    let incident = shop.talked_about().await;
    let thread = shop.discord.thread_of(shop.card().id).unwrap();
    shop.discord.locks(thread, true);
    shop.let_go(&incident).await;
    assert!(shop.marked().iter().all(|(channel, _)| *channel == thread) && !shop.marked().is_empty());
    shop.discord.locks(thread, false);
    shop.days(1).await;
    assert_eq!(shop.marked(), []);
    shop.look_away();
    let asked = shopwatch::discord::manifest::permissions().bits();
    assert_eq!(asked & MANAGE_THREADS, 0, "it asks for no right over everybody's threads");
}

/// Who did not ask for direct messages has no copy there; an answer to what they sent stands there all the same.
#[tokio::test]
async fn an_answer_to_somebody_without_a_copy_is_read_back_too() {
    let shop = Shop::open().await;
    let dropped = shop.dropped().await;
    shop.run("DELETE FROM said").await;
    assert!(shop.marked().iter().any(|(channel, _)| *channel == shop.discord.direct_channel(shop.amal)));
    shop.let_go(&dropped).await;
    assert_eq!(shop.marked(), []);
}

/// A colleague was told of a photo of theirs: that is not where the reporter was answered.
#[tokio::test]
async fn where_a_colleague_was_told_of_a_photo_is_not_taken_for_where_the_reporter_was_answered() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    let dropped = shop.dropped().await;
    shop.world.press(NOOR, &dropped.reference, Button::Claim).await.incident();
    shop.settle().await;
    let thread = shop.discord.thread_of(shop.card().id).unwrap();
    shop.discord.posts(shop.omar, thread, "", vec![Upload::of("cat.jpg", "image/jpeg", b"GIF89a and so on")]);
    let arrived = |state: &State| state.messages.values().any(|one| one.content.contains("have arrived")).then_some(());
    shop.discord.until("a word that it arrived", arrived).await;
    shop.settle().await;
    assert!(!shop.discord.dms_of(shop.omar).is_empty(), "it could not be taken");
    shop.world.press(NOOR, &dropped.reference, Button::Release).await.incident();
    shop.settle().await;
    shop.look_away();
    shop.run("DELETE FROM said").await;
    shop.let_go(&dropped).await;
    assert_eq!(shop.marked(), []);
}
