//! What was said in Slack of an incident goes with it: its cards and copies are drawn anew, and every line of its threads and
//! every answer in a direct message is taken away, however it came to stand there.

use chrono::TimeDelta;
use domain::incident::Incident;
use domain::words::Platform;
use sea_orm::ConnectionTrait;
use shopwatch::chat::press::Button;
use shopwatch::jobs::retention;

use super::{Shop, find_button};
use crate::evidence::ASTRONAUT;
use crate::world::database::{Base, number};
use crate::world::people::{NOOR, days};
use crate::world::slack::chat::Content;
use crate::world::slack::faults::RetryAfter;
use crate::world::slack::workspace::{BOT_USER, Message};

on_both! {
    nothing_that_was_said_of_an_erased_incident_is_left,
    lines_from_before_they_were_remembered_are_read_back,
    what_an_older_version_erased_is_made_up_for,
}

/// What is planted; it occurs nowhere else.
const MARK: &str = "zqxplanted";

impl Shop {
    async fn run(&self, sql: &str) {
        self.world.database.look_inside().await.execute_unprepared(sql).await.unwrap();
    }

    /// Everything of ours that stays in Slack and has the mark in it.
    fn marked(&self) -> Vec<Message> {
        self.slack.see(|workspace| {
            let all = workspace.channels.values().flat_map(|channel| &channel.messages);
            let ours = all.filter(|one| one.user == BOT_USER && !one.deleted && one.only_for.is_none());
            let says = |one: &&Message| format!("{}{:?}{:?}", one.text, one.blocks, one.metadata).contains(MARK);
            ours.filter(says).cloned().collect()
        })
    }

    /// An incident with lines in its thread and in its reporter's direct messages: a note, a question, an answer.
    async fn talked_about(&self, line: &str) -> Incident {
        let incident = self.report(line).await;
        self.settle().await;
        let called = &incident.reference;
        self.world.press(NOOR, called, Button::Claim).await.incident();
        self.world.submit(NOOR, called, Button::Note, &[("text", MARK)]).await.incident();
        self.world.submit(NOOR, called, Button::Ask, &[("text", &format!("{MARK}?"))]).await.incident();
        self.settle().await;
        let im = self.slack.im(&self.amal);
        let (_, acked) = self.slack.posts(&self.amal, &im, &format!("{MARK}, two people"), &[], None).await;
        assert!(acked.on_time, "{acked:?}");
        self.slack
            .until(|workspace| workspace.describe().contains(&format!("Your answer was added to {called}")))
            .await;
        self.world.press(NOOR, called, Button::Release).await.incident();
        self.settle().await;
        self.look_away();
        incident
    }

    /// Amal sends a photo to the app alone, and is answered with what she wrote.
    async fn dropped(&self) -> Incident {
        self.world.clock.advance(TimeDelta::seconds(1));
        let photo = self.slack.file(&self.amal, "IMG_2.jpg", "image/jpeg", &ASTRONAUT);
        let im = self.slack.im(&self.amal);
        let (_, acked) = self.slack.posts(&self.amal, &im, &format!("{MARK} by the door"), &[&photo], None).await;
        assert!(acked.on_time, "{acked:?}");
        let receipt = |one: &Message| one.user == BOT_USER && one.text.contains("sent.");
        self.slack.until(|workspace| workspace.channels[&im].messages.iter().any(receipt)).await;
        self.settle().await;
        self.look_away();
        self.newest().await
    }

    /// Its time is over, and nothing has been shown since.
    async fn erase(&self, incident: &Incident) {
        self.world.decline(&incident.reference).await;
        self.settle().await;
        self.look_away();
        for _ in 0..9 {
            self.world.clock.advance(days(1));
            retention::step(&self.world.app.desk, &self.world.app.evidence).await.unwrap();
        }
        assert!(self.world.store().incident(incident.id).await.unwrap().is_none());
    }

    /// Its time goes by.
    async fn let_go(&self, incident: &Incident) {
        self.world.decline(&incident.reference).await;
        self.settle().await;
        self.days_go_by(incident).await;
    }

    async fn days_go_by(&self, incident: &Incident) {
        for _ in 0..9 {
            self.world.clock.advance(days(1));
            self.settle().await;
        }
        assert!(self.world.store().incident(incident.id).await.unwrap().is_none());
        self.look_away();
    }
}

async fn nothing_that_was_said_of_an_erased_incident_is_left(base: Base) {
    let shop = Shop::on(base).await;
    let incident = shop.talked_about(&format!("info {MARK} gin")).await;
    let im = shop.slack.im(&shop.amal);
    let dropped = shop.dropped().await;
    let stays = shop.report("info two people, rum").await;
    shop.settle().await;
    let threads = shop.marked().iter().filter(|message| message.thread_ts.is_some()).count();
    assert!(threads >= 3, "lines of the thread, a question, an answer: {:#?}", shop.marked());
    let receipt = shop.marked().into_iter().filter(|message| message.channel == im && message.thread_ts.is_none());
    assert!(receipt.count() >= 2, "a copy and a receipt with what was written in it");
    let theirs =
        shop.slack.see(|workspace| workspace.channels[&im].messages.iter().filter(|one| one.user == shop.amal).count());
    shop.world.decline(&dropped.reference).await;
    shop.let_go(&incident).await;
    assert_eq!(shop.marked(), []);
    let left = shop.slack.see(|workspace| {
        let there = &workspace.channels[&im].messages;
        there.iter().filter(|one| one.user == shop.amal && !one.deleted).count()
    });
    assert_eq!(left, theirs, "people's own words are theirs");
    assert_eq!(shop.world.database.rows_in("said").await, 0);
    let inside = shop.world.database.look_inside().await;
    let known =
        number(&inside, "SELECT count(*) FROM outbox WHERE task LIKE '%unsay%' AND remote_id IS NOT NULL").await;
    assert_eq!(known, 0, "who reported it is not kept");
    assert!(shop.world.store().incident(stays.id).await.unwrap().is_some());
    let told =
        |message: &Message| message.blocks.iter().any(|block| block.to_string().contains(stays.reference.as_str()));
    shop.slack.see(|workspace| {
        let there = workspace.channels[&im].messages.iter();
        assert!(there.filter(|one| !one.deleted && told(one)).count() > 0, "another report's copy stays");
    });
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
    shop.look_away();
}

async fn lines_from_before_they_were_remembered_are_read_back(base: Base) {
    let shop = Shop::on(base).await;
    let incident = shop.talked_about(&format!("info {MARK} gin")).await;
    let dropped = shop.dropped().await;
    shop.run("DELETE FROM said").await;
    shop.world.decline(&dropped.reference).await;
    shop.let_go(&incident).await;
    assert_eq!(shop.marked(), []);
}

async fn what_an_older_version_erased_is_made_up_for(base: Base) {
    let shop = Shop::on(base).await;
    let incident = shop.talked_about(&format!("info {MARK} gin")).await;
    shop.run("DELETE FROM said").await;
    shop.erase(&incident).await;
    // An older version has no such task.
    shop.run("DELETE FROM outbox WHERE task LIKE '%unsay%'").await;
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
    let incident = shop.talked_about(&format!("info {MARK} gin")).await;
    for _ in 0..2 {
        shop.slack.answer_lost("chat.delete");
        shop.slack.hang_up("chat.delete");
        shop.slack.rate_limit_next("chat.delete", RetryAfter::Seconds(20));
        shop.slack.server_error("conversations.replies");
        shop.slack.hang_up("conversations.history");
    }
    // Somebody else has taken one away before.
    let one = shop.marked().into_iter().find(|message| message.thread_ts.is_some()).unwrap();
    assert!(shop.slack.deletes(&one).await.on_time);
    shop.let_go(&incident).await;
    assert_eq!(shop.marked(), []);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn it_keeps_to_slacks_limits_however_much_was_said() {
    let shop = Shop::open().await;
    let incident = shop.report(&format!("info {MARK} gin")).await;
    shop.settle().await;
    shop.world.press(NOOR, &incident.reference, Button::Claim).await.incident();
    for _ in 0..60 {
        shop.world.submit(NOOR, &incident.reference, Button::Note, &[("text", MARK)]).await.incident();
        shop.settle().await;
    }
    shop.world.press(NOOR, &incident.reference, Button::Release).await.incident();
    shop.settle().await;
    assert!(shop.marked().len() > 60);
    shop.erase(&incident).await;
    for _ in 0..5 {
        shop.step().await;
        shop.world.clock.advance(TimeDelta::milliseconds(600));
    }
    let deleted = shop.slack.see(|workspace| workspace.calls["chat.delete"]);
    assert!((20..=23).contains(&deleted), "twenty at once after a silence, then 50 a minute: {deleted}");
    shop.settle().await;
    assert_eq!(shop.marked(), []);
    shop.look_away();
}

#[tokio::test]
async fn what_is_known_by_name_goes_where_nobody_may_read() {
    let shop = Shop::open().await;
    shop.run("UPDATE seaql_migrations SET applied_at = 0").await;
    shop.slack.missing_scope("groups:history");
    let incident = shop.talked_about(&format!("info {MARK} gin")).await;
    shop.let_go(&incident).await;
    assert_eq!(shop.marked(), []);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0, "nothing is left to look for");
}

#[tokio::test]
async fn what_slack_does_not_let_us_take_away_is_said_and_tried_again_the_next_day() {
    let shop = Shop::open().await;
    let incident = shop.talked_about(&format!("info {MARK} gin")).await;
    shop.run("DELETE FROM said").await;
    shop.slack.missing_scope("groups:history");
    shop.let_go(&incident).await;
    assert_ne!(shop.marked(), []);
    assert!(shop.marked().iter().all(|message| message.channel == shop.triage), "what can be read is gone");
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 1);
    let told = shop.slack.see(|workspace| {
        let lines = workspace.channels[&shop.admin].messages.iter();
        lines
            .filter(|one| one.text.contains(incident.reference.as_str()) && one.text.contains("could not take away"))
            .count()
    });
    assert!(told >= 1, "the admins hear of it");
    shop.slack.grant_scope("groups:history");
    shop.world.clock.advance(days(1));
    shop.settle().await;
    assert_eq!(shop.marked(), []);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
    shop.look_away();
}

/// A card that may be there is not posted again where nobody may look; it is not forgotten either.
#[tokio::test]
async fn a_card_and_a_copy_of_which_nobody_knows_whether_they_arrived_are_looked_for() {
    let shop = Shop::open().await;
    shop.slack.missing_scope("groups:history");
    shop.slack.missing_scope("im:history");
    let incident = shop.report(&format!("info {MARK} gin")).await;
    shop.slack.answer_lost("chat.postMessage");
    shop.slack.answer_lost("chat.postMessage");
    shop.settle().await;
    assert_eq!((shop.marked().len(), shop.world.store().outbox_depth().await.unwrap().needs_operator), (2, 2));
    // Each step has it looked for again; the last one, too, is taken while nobody may look.
    shop.world.decline(&incident.reference).await;
    shop.settle().await;
    assert!(shop.world.store().outbox_depth().await.unwrap().needs_operator >= 2);
    shop.look_away();
    shop.slack.grant_scope("groups:history");
    shop.slack.grant_scope("im:history");
    shop.days_go_by(&incident).await;
    assert_eq!(shop.marked(), []);
    let card = shop.card();
    assert!(card.text.contains(incident.reference.as_str()) && find_button(&card.blocks, "claim").is_none());
    shop.look_away();
}

/// A line is on its way while its incident is erased: it is taken away when it has arrived.
#[tokio::test]
async fn a_line_that_arrives_after_the_erasure_is_taken_away() {
    let shop = Shop::open().await;
    let incident = shop.report(&format!("info {MARK} gin")).await;
    shop.settle().await;
    let card = shop.card();
    shop.world.press(NOOR, &incident.reference, Button::Claim).await.incident();
    shop.world.submit(NOOR, &incident.reference, Button::Note, &[("text", MARK)]).await.incident();
    shop.world.press(NOOR, &incident.reference, Button::Release).await.incident();
    shop.settle().await;
    shop.world.decline(&incident.reference).await;
    shop.settle().await;
    shop.look_away();
    // Another server has it in hand, and says it only after this one has erased the incident.
    let later = shop.world.now() + days(30);
    let held = format!(
        "UPDATE outbox SET state = 'sending', due_at = '{}' WHERE task LIKE '%draw_thread%slack%'",
        later.format("%Y-%m-%d %H:%M:%S%.6f+00:00")
    );
    shop.run(&held).await;
    for _ in 0..9 {
        shop.world.clock.advance(days(1));
        shop.world.settle().await;
    }
    assert!(shop.world.store().incident(incident.id).await.unwrap().is_none());
    let line = shop.marked().into_iter().next().expect("what may still be said is waited for");
    assert_eq!(line.thread_ts, Some(card.ts.clone()));
    shop.world.clock.advance(days(31) - days(9) + TimeDelta::minutes(1));
    shop.settle().await;
    assert_eq!(shop.marked(), []);
    shop.look_away();
}

/// An answer is written while its incident is erased, and noted only afterwards.
#[tokio::test]
async fn an_answer_that_is_noted_after_the_erasure_is_taken_away() {
    let shop = Shop::open().await;
    let incident = shop.talked_about(&format!("info {MARK} gin")).await;
    shop.let_go(&incident).await;
    let im = shop.slack.im(&shop.amal);
    let answer = shop.slack.change(|workspace| {
        let content = Content { text: MARK.to_owned(), blocks: Vec::new(), metadata: None };
        workspace.say(&im, BOT_USER, content, None, None)
    });
    shop.look_away();
    assert_ne!(shop.marked(), []);
    let (store, name) = (shop.world.store(), format!("{im}/{}", answer.ts));
    store.note_said(incident.id, Platform::Slack, name, shop.world.now()).await.unwrap();
    shop.settle().await;
    assert_eq!(shop.marked(), []);
}
