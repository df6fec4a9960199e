//! Photos out of Discord: each becomes evidence, or it is told why not.

use chrono::TimeDelta;
use domain::incident::Incident;
use domain::photo::Photo;
use domain::report::PHOTOS_MAX;
use shopwatch::evidence::keep::sha256;
use shopwatch::jobs::fetch;

use super::{Plan, Shop};
use crate::evidence::{ASTRONAUT, HEIC, another};
use crate::world::database::Base;
use crate::world::discord::{DOWNLOAD, FakeDiscord, Given, LINKS_END, RetryAfter, State, Upload};
use crate::world::until;

on_both! { a_photo_of_a_command_becomes_evidence_and_the_card_counts_it }

const HISTORY: &str = "GET /channels/{channel}/messages";
const MESSAGE: &str = "GET /channels/{channel}/messages/{message}";

async fn kept(shop: &Shop, incident: &Incident) -> Vec<Photo> {
    let incident = shop.now(incident).await;
    shop.world.store().photos_of(&incident).await.unwrap()
}

async fn steps(shop: &Shop, incident: &Incident) -> Vec<String> {
    let why = |why: &String| format!(" {why}");
    let lines = shop.world.record(incident).await;
    let step = |line: &shopwatch::store::sealing::TimelineLine| {
        format!("{}{}", line.word.as_str(), line.detail.get("why").map(why).unwrap_or_default())
    };
    lines.iter().filter(|line| line.word.as_str() != "reminded").map(step).collect()
}

fn photo(bytes: &[u8]) -> Upload {
    Upload::of("till.jpg", "image/jpeg", bytes)
}

/// Amal reports with photos among the options; the incident.
async fn report(shop: &Shop, photos: &[Vec<u8>]) -> Incident {
    let names = ["photo1", "photo2", "photo3"];
    let mut given: Vec<(&str, Given)> = vec![("what_happened", "behind the till".into())];
    given.extend(names.iter().zip(photos).map(|(name, bytes)| (*name, Given::File(photo(bytes)))));
    let answered = shop.discord.runs_command(shop.amal, shop.floor, "report", &given).await;
    assert!(answered.ephemeral(), "{answered:?}");
    shop.newest().await
}

/// The links that were given out have ended, for everybody.
fn links_end(shop: &Shop) {
    shop.discord.time_passes(LINKS_END);
    shop.world.clock.advance(TimeDelta::from_std(LINKS_END).unwrap());
}

async fn a_photo_of_a_command_becomes_evidence_and_the_card_counts_it(base: Base) {
    let shop = Shop::on(base).await;
    let incident = report(&shop, &[ASTRONAUT.to_vec(), another(2)]).await;
    assert!(incident.photos.iter().all(|sent| sent.link.is_some()), "it is told once");
    shop.settle().await;
    let photos = kept(&shop, &incident).await;
    assert_eq!(photos.len(), 2);
    assert!(photos.iter().any(|photo| photo.about.sha256 == sha256(&ASTRONAUT)));
    assert_eq!(photos[0].uploaded_by, incident.reporter.member);
    assert_eq!(steps(&shop, &incident).await, ["reported", "photo_added", "photo_added"]);
    assert!(shop.now(&incident).await.photos.iter().all(|sent| sent.link.is_none()), "and then forgotten");
    assert!(shop.card().text().contains("2 · not checked: 2"), "{}", shop.card().text());
    shop.look_away();
}

#[tokio::test]
async fn photos_of_messages_become_evidence() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    shop.discord.until("a mark of how far it is read", |state| read_once(state).then_some(())).await;
    shop.discord.posts(shop.amal, shop.floor, "by the door", vec![photo(&ASTRONAUT), photo(&another(1))]);
    shop.discord.until("a word that it arrived", |state| says(state, "received")).await;
    let dropped = shop.newest().await;
    shop.discord.direct_message(shop.amal, "two people", vec![photo(&another(2))]);
    shop.discord.until("a receipt", |state| says(state, "two people")).await;
    let direct = shop.newest().await;
    let general = shop.discord.add_channel(shop.guild, "general");
    let wrote = shop.discord.posts(shop.noor, general, "somebody is back", vec![photo(&another(3))]);
    let form = shop.discord.message_command(shop.amal, wrote, "Report this message").await.modal().clone();
    assert!(shop.discord.submits_modal(shop.amal, &form, &[]).await.ephemeral());
    let pointed = shop.newest().await;
    shop.settle().await;
    let mut counts = Vec::new();
    for incident in [&dropped, &direct, &pointed] {
        counts.push(kept(&shop, incident).await.len());
    }
    assert_eq!(counts, [2, 1, 1], "a drop, a direct message, a message that was reported");
    shop.look_away();
}

fn read_once(state: &State) -> bool {
    state.traffic.asked.iter().any(|one| one.route == "GET /channels/{channel}/messages")
}

fn said(state: &State, what: &str) -> usize {
    state.messages.values().filter(|message| message.author == state.bot && message.content.contains(what)).count()
}

fn says(state: &State, what: &str) -> Option<()> {
    let by_bot = state.messages.values().filter(|message| message.author == state.bot);
    by_bot
        .map(|message| format!("{}{:?}", message.content, message.embeds))
        .any(|said| said.contains(what))
        .then_some(())
}

#[tokio::test]
async fn after_an_outage_in_which_links_ended_the_message_tells_new_ones() {
    let shop = Shop::open().await;
    shop.discord.direct_message(shop.amal, "two people", vec![photo(&ASTRONAUT)]);
    shop.discord.until("a receipt", |state| says(state, "two people")).await;
    let incident = shop.newest().await;
    // 26 hours by the clock: longer than any link works.
    for _ in 0..26 * 12 {
        shop.discord.server_error(DOWNLOAD, 502);
        shop.discord.hang_up(MESSAGE);
        fetch::step(&shop.world.app).await.unwrap();
        shop.world.clock.advance(TimeDelta::minutes(5));
    }
    shop.discord.time_passes(LINKS_END);
    assert_eq!(shop.now(&incident).await.tally().coming, 1);
    while shop.discord.misfortunes() > 0 {
        fetch::step(&shop.world.app).await.unwrap();
        shop.world.clock.advance(TimeDelta::minutes(5));
    }
    shop.settle().await;
    assert_eq!(kept(&shop, &incident).await.len(), 1);
    assert_eq!(steps(&shop, &incident).await, ["reported", "photo_added"]);
    shop.look_away();
}

#[tokio::test]
async fn what_goes_wrong_for_a_while_is_done_again() {
    let misfortunes: [fn(&FakeDiscord); 5] = [
        |discord| discord.server_error(DOWNLOAD, 500),
        |discord| discord.server_error(DOWNLOAD, 403),
        |discord| discord.hang_up(DOWNLOAD),
        |discord| discord.rate_limit_next(DOWNLOAD, RetryAfter::Seconds(7)),
        |discord| discord.rate_limit_next(DOWNLOAD, RetryAfter::Html(60)),
    ];
    for misfortune in misfortunes {
        let shop = Shop::open().await;
        misfortune(&shop.discord);
        let incident = report(&shop, &[ASTRONAUT.to_vec()]).await;
        fetch::step(&shop.world.app).await.unwrap();
        assert!(kept(&shop, &incident).await.is_empty());
        shop.settle().await;
        assert_eq!(kept(&shop, &incident).await.len(), 1);
        assert_eq!(steps(&shop, &incident).await, ["reported", "photo_added"], "and nobody is told of it");
        shop.look_away();
    }
}

#[tokio::test]
async fn a_photo_of_a_command_whose_link_has_ended_is_told() {
    let shop = Shop::open().await;
    let incident = report(&shop, &[ASTRONAUT.to_vec()]).await;
    let receipt = shop.discord.ephemerals_for(shop.amal).pop().unwrap();
    assert!(shop.discord.presses(shop.amal, receipt.id, "v1:tell:on").await.ephemeral());
    links_end(&shop);
    shop.settle().await;
    assert_eq!(steps(&shop, &incident).await[1], "photo_not_taken gone");
    assert!(shop.card().text().contains("could not be taken: 1"), "{}", shop.card().text());
    let told: Vec<String> = shop.discord.dms_of(shop.amal).iter().map(crate::world::discord::Seen::text).collect();
    assert!(told.iter().any(|told| told.contains("not there any more")), "{told:#?}");
    shop.look_away();
}

#[tokio::test]
async fn a_photo_whose_message_is_gone_with_its_link_is_told() {
    let shop = Shop::open().await;
    let wrote = shop.discord.direct_message(shop.amal, "two people", vec![photo(&ASTRONAUT)]);
    shop.discord.until("a receipt", |state| says(state, "two people")).await;
    let incident = shop.newest().await;
    shop.discord.deletes(wrote);
    links_end(&shop);
    shop.settle().await;
    assert_eq!(steps(&shop, &incident).await[1], "photo_not_taken gone");
    shop.look_away();
}

#[tokio::test]
async fn photos_in_the_thread_of_a_card_join_its_report_also_a_managers() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    // Noor reports herself, so that the thread under the card is open to her.
    let given: &[(&str, Given)] = &[("what_happened", "a broken lock".into())];
    assert!(shop.discord.runs_command(shop.noor, shop.floor, "report", given).await.ephemeral());
    let incident = shop.newest().await;
    shop.settle().await;
    assert_eq!(shop.press(shop.omar, "claim").await.kind, 6);
    shop.settle().await;
    let thread = shop.discord.thread_of(shop.card().id).expect("a thread under the card");
    shop.discord.posts(shop.noor, thread, "the back door too", vec![photo(&ASTRONAUT)]);
    shop.discord.until("a word that they arrived", |state| says(state, "have arrived")).await;
    assert_eq!(shop.now(&incident).await.what_happened(), Some("a broken lock\nthe back door too"));
    shop.discord.posts(shop.omar, thread, "I called the locksmith", vec![photo(&another(1))]);
    shop.discord.until("a word that both arrived", |state| (said(state, "have arrived") == 2).then_some(())).await;
    shop.settle().await;
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    assert_eq!(
        steps(&shop, &incident).await,
        ["reported", "claimed", "photos_sent", "facts_completed", "photos_sent", "noted", "photo_added", "photo_added"]
    );
    let note = shop.world.record(&incident).await.into_iter().find(|line| line.word.as_str() == "noted").unwrap();
    assert_eq!(note.text.as_deref(), Some("I called the locksmith"));
    let uploaded: std::collections::BTreeSet<_> =
        kept(&shop, &incident).await.into_iter().map(|photo| photo.uploaded_by.0).collect();
    assert!(uploaded.len() == 2 && uploaded.contains(&incident.reporter.member.0), "each in its sender's name");
    shop.discord.messages(thread);
    shop.look_away();
}

#[tokio::test]
async fn photos_in_reply_to_a_card_or_under_what_somebody_sent_belong_to_that_report() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    let history = |state: &State| state.traffic.asked.iter().any(|one| one.route == HISTORY).then_some(());
    shop.discord.until("a mark of how far it is read", history).await;
    let dropped = shop.discord.posts(shop.amal, shop.floor, "by the door", vec![photo(&another(0))]);
    shop.discord.until("a word that it arrived", |state| says(state, "received")).await;
    let incident = shop.newest().await;
    shop.settle().await;
    let arrived = |count| move |state: &State| (said(state, "have arrived") == count).then_some(());
    shop.discord.replies(shop.omar, shop.card().id, "from the camera", vec![photo(&another(1))]);
    shop.discord.until("a word that the reply arrived", arrived(1)).await;
    shop.discord.replies(shop.amal, dropped, "and this", vec![photo(&another(2))]);
    shop.discord.until("a word that hers arrived", arrived(2)).await;
    let thread = shop.discord.begins_thread(dropped);
    shop.discord.posts(shop.amal, thread, "", vec![photo(&another(3))]);
    shop.discord.until("a word in the thread", arrived(3)).await;
    shop.settle().await;
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    assert_eq!(kept(&shop, &incident).await.len(), 4);
    assert_eq!(shop.now(&incident).await.what_happened(), Some("by the door\nand this"));
    // What a colleague replies to it saw themselves.
    shop.world.clock.advance(TimeDelta::seconds(1));
    shop.discord.replies(shop.noor, dropped, "here too", vec![photo(&another(4))]);
    until("her own", async || shop.world.store().count_incidents().await.unwrap() == 2).await;
    assert_eq!(shop.newest().await.what_happened(), Some("here too"));
    // To the bot alone it is the same.
    shop.world.clock.advance(TimeDelta::seconds(1));
    let alone = shop.discord.direct_message(shop.amal, "at the back", vec![photo(&another(5))]);
    until("a third", async || shop.world.store().count_incidents().await.unwrap() == 3).await;
    let incident = shop.newest().await;
    shop.discord.replies(shop.amal, alone, "", vec![photo(&another(6))]);
    shop.discord.until("a word in reply", arrived(4)).await;
    let sent = format!("{} sent.", incident.reference);
    let answer = shop.discord.dms_of(shop.amal).into_iter().find(|said| said.text().contains(&sent)).unwrap();
    shop.discord.replies(shop.amal, answer.id, "", vec![photo(&another(7))]);
    shop.discord.until("a word in reply to the answer", arrived(5)).await;
    shop.settle().await;
    assert_eq!(kept(&shop, &incident).await.len(), 3);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 3);
    // What is over takes no more.
    shop.world.decline(&incident.reference).await;
    shop.discord.replies(shop.amal, alone, "again", vec![photo(&another(8))]);
    until("a fourth", async || shop.world.store().count_incidents().await.unwrap() == 4).await;
    shop.settle().await;
    shop.discord.messages(thread);
    shop.look_away();
}

/// Amal points at a message with two photos; its form.
async fn pointed(shop: &Shop) -> (crate::world::discord::Id, crate::world::discord::Modal) {
    let general = shop.discord.add_channel(shop.guild, "general");
    let wrote = shop.discord.posts(shop.noor, general, "somebody is back", vec![photo(&ASTRONAUT), photo(&another(3))]);
    let form = shop.discord.message_command(shop.amal, wrote, "Report this message").await.modal().clone();
    (wrote, form)
}

#[tokio::test]
async fn photos_of_a_reported_message_that_is_gone_are_told_in_the_answer_and_on_the_card() {
    let shop = Shop::open().await;
    let (wrote, form) = pointed(&shop).await;
    shop.discord.deletes(wrote);
    assert!(shop.discord.submits_modal(shop.amal, &form, &[]).await.ephemeral());
    let answer = shop.discord.ephemerals_for(shop.amal).pop().unwrap();
    assert!(answer.text().contains("not there any more"), "{}", answer.text());
    let incident = shop.newest().await;
    shop.settle().await;
    let expected = ["reported", "photo_not_taken gone", "photo_not_taken gone"];
    assert_eq!(steps(&shop, &incident).await, expected);
    assert!(shop.card().text().contains("could not be taken: 2"), "{}", shop.card().text());
    shop.look_away();
}

#[tokio::test]
async fn photos_of_a_reported_message_that_the_bot_may_not_see_are_told_too() {
    let shop = Shop::open().await;
    let (_, form) = pointed(&shop).await;
    assert!(shop.discord.submits_modal(shop.amal, &form, &[]).await.ephemeral());
    let answer = shop.discord.ephemerals_for(shop.amal).pop().unwrap();
    assert!(answer.text().contains("not allowed to read it"), "{}", answer.text());
    let incident = shop.newest().await;
    shop.settle().await;
    assert_eq!(steps(&shop, &incident).await[1..], ["photo_not_taken no_access", "photo_not_taken no_access"]);
    assert!(shop.card().text().contains("could not be taken: 2"), "{}", shop.card().text());
    shop.look_away();
}

#[tokio::test]
async fn photos_of_a_reported_message_that_discord_does_not_show_just_then_come_afterwards() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    shop.discord.until("a mark of how far it is read", |state| read_once(state).then_some(())).await;
    let (_, form) = pointed(&shop).await;
    shop.discord.server_error(MESSAGE, 502);
    assert!(shop.discord.submits_modal(shop.amal, &form, &[]).await.ephemeral());
    let incident = shop.newest().await;
    assert_eq!(incident.tally().coming, 2);
    shop.settle().await;
    assert_eq!(steps(&shop, &incident).await, ["reported", "photo_added", "photo_added"]);
    shop.look_away();
}

#[tokio::test]
async fn a_card_names_incidents_of_its_channel_with_a_photo_that_looks_like_its_own() {
    let shop = Shop::open().await;
    let first = report(&shop, &[ASTRONAUT.to_vec()]).await;
    shop.settle().await;
    report(&shop, &[another(1)]).await;
    shop.settle().await;
    let alike = format!("looks like one of {}", first.reference);
    assert!(shop.card().text().contains(&alike), "{}", shop.card().text());
    shop.look_away();
}

#[tokio::test]
async fn an_eleventh_photo_is_told_with_the_limit() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    let file = |seed| Given::File(photo(&another(seed)));
    let given = [("what_happened", "a broken lock".into()), ("photo1", file(20)), ("photo2", file(21))];
    assert!(shop.discord.runs_command(shop.noor, shop.floor, "report", &given).await.ephemeral());
    shop.settle().await;
    let incident = shop.newest().await;
    assert_eq!(shop.press(shop.omar, "claim").await.kind, 6);
    shop.settle().await;
    let thread = shop.discord.thread_of(shop.card().id).expect("a thread under the card");
    let ten = (1..=PHOTOS_MAX).map(|seed| photo(&another(u8::try_from(seed).unwrap()))).collect();
    shop.discord.posts(shop.noor, thread, "", ten);
    shop.discord.until("a word of the limit", |state| says(state, "at most 10 photos")).await;
    assert_eq!(shop.now(&incident).await.photos.len(), PHOTOS_MAX + 2, "nothing is dropped unsaid");
    shop.settle().await;
    shop.discord.messages(thread);
    shop.look_away();
}

#[tokio::test]
async fn a_heic_photo_is_sealed_as_it_came_and_everybody_is_told_that_there_is_nothing_to_look_at() {
    let shop = Shop::open().await;
    let incident = report(&shop, &[HEIC.to_vec(), ASTRONAUT.to_vec()]).await;
    shop.settle().await;
    let photos = kept(&shop, &incident).await;
    assert!(photos.iter().all(|photo| photo.in_vault), "{photos:?}");
    let sealed: Vec<_> = photos.iter().filter(|photo| photo.about.is_sealed_only()).collect();
    assert_eq!((photos.len(), sealed.len()), (2, 1));
    assert_eq!(sealed[0].about.sha256, sha256(&HEIC));
    assert_eq!(steps(&shop, &incident).await, ["reported", "photo_added", "photo_added"]);
    let card = shop.card();
    assert!(card.text().contains("2 · not checked: 1"), "{}", card.text());
    assert!(card.text().contains("with nothing to look at, to check or to share: 1"), "{}", card.text());
    shop.look_away();
}

#[tokio::test]
async fn a_colleague_whose_photo_cannot_be_taken_is_told_alone() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    let given: &[(&str, Given)] = &[("what_happened", "a broken lock".into())];
    assert!(shop.discord.runs_command(shop.noor, shop.floor, "report", given).await.ephemeral());
    let incident = shop.newest().await;
    shop.settle().await;
    assert_eq!(shop.press(shop.omar, "claim").await.kind, 6);
    shop.settle().await;
    let thread = shop.discord.thread_of(shop.card().id).expect("a thread under the card");
    shop.discord.posts(shop.omar, thread, "", vec![photo(b"GIF89a and so on")]);
    shop.discord.until("a word that it arrived", |state| says(state, "have arrived")).await;
    shop.settle().await;
    assert_eq!(steps(&shop, &incident).await, ["reported", "claimed", "photos_sent", "photo_not_taken not_a_photo"]);
    let told: Vec<String> = shop.discord.dms_of(shop.omar).iter().map(crate::world::discord::Seen::text).collect();
    let line = format!("Your photo for {} could not be taken: it is not a photo", incident.reference);
    assert_eq!(told.iter().filter(|told| told.contains(&line)).count(), 1, "{told:#?}");
    assert!(shop.discord.dms_of(shop.noor).is_empty(), "it was not hers");
    shop.discord.messages(thread);
    shop.look_away();
}
