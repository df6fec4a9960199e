//! Notes and corrections: the first text stays, and the reporter does not read what managers note.

use domain::policy::Sight;
use domain::words::State;
use shopwatch::chat::press::Button;
use shopwatch::chat::timeline;

use crate::world::World;
use crate::world::people::{AMAL, NOOR, OMAR, minutes};

#[tokio::test]
async fn a_correction_counts_from_now_on_and_the_first_text_stays() {
    let world = World::new().await;
    let called = world.report("two boys, gin").await.reference;
    world.submit(NOOR, &called, Button::Correct, &[("text", "two adults, gin")]).await.incident();
    let corrected = world.submit(OMAR, &called, Button::Correct, &[("text", "two adults, rum")]).await.incident();
    assert_eq!(corrected.what_happened(), Some("two adults, rum"));
    assert_eq!(corrected.facts.what_happened.as_deref(), Some("two boys, gin"));
    let texts: Vec<_> = world.record(&corrected).await.into_iter().map(|line| line.text).collect();
    let written = ["two boys, gin", "two adults, gin", "two adults, rum"];
    assert_eq!(texts, written.map(|text| Some(text.to_owned())), "every text stays to be read");
    let card = world.card(NOOR, &called).await.unwrap();
    assert_eq!(card.body.as_deref(), Some("two adults, rum"));
    world.check_everything().await;
}

#[tokio::test]
async fn a_reporter_who_adds_details_corrects_what_they_wrote_and_loses_nothing() {
    let world = World::new().await;
    let called = world.report("two boys, gin").await.reference;
    let details =
        [("what_happened", "two boys, gin and rum"), ("zone", "till"), ("goods_what", "gin"), ("goods_price", "20")];
    let after = world.submit(AMAL, &called, Button::Details, &details).await.incident();
    assert_eq!(after.facts.what_happened.as_deref(), Some("two boys, gin"));
    assert_eq!(after.what_happened(), Some("two boys, gin and rum"));
    let again =
        world.submit(AMAL, &called, Button::Details, &[("goods_what", "rum"), ("goods_price", "22")]).await.incident();
    let goods: Vec<&str> = again.facts.goods.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(goods, ["gin", "rum"], "a form adds one line of goods to those known");
    world.check_everything().await;
}

#[tokio::test]
async fn a_note_fits_any_state_and_is_not_the_reporters_to_read() {
    let world = World::new().await;
    let called = super::confirmed(&world).await;
    world.submit(NOOR, &called, Button::Resolve, &[("outcome", "police")]).await.incident();
    world.clock.advance(minutes(1));
    let noted = world.submit(OMAR, &called, Button::Note, &[("text", "footage handed over")]).await.incident();
    assert_eq!(noted.status.state(), State::Resolved);
    let rules = world.app.desk.rules();
    let voice = world.app.voice(&rules, Some("en"));
    let read = async |sight| timeline::draw(&world.timeline(&called).await, sight, &voice, world.now());
    let text = |lines: Vec<timeline::Line>| {
        lines
            .into_iter()
            .map(|line| format!("{} {}", line.what, line.text.unwrap_or_default()))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (full, own, bare) =
        (text(read(Sight::Full).await), text(read(Sight::Own).await), text(read(Sight::Metadata).await));
    assert!(full.contains("footage handed over") && full.contains("Omar"), "{full}");
    for hidden in ["footage handed over", "Omar", "Noor"] {
        assert!(!own.contains(hidden) && !bare.contains(hidden), "{own}\n{bare}");
    }
    world.check_everything().await;
}

#[tokio::test]
async fn of_two_notes_at_once_both_are_kept() {
    let world = World::new().await;
    let called = world.report("two boys, gin").await.reference;
    let press = world.button(&called, Button::Note).await;
    let notes = vec![
        (NOOR, crate::world::filled(press.clone(), &[("text", "from Noor")])),
        (OMAR, crate::world::filled(press, &[("text", "from Omar")])),
    ];
    let answers = super::races::at_once(&world, notes).await;
    assert!(answers.iter().all(crate::world::answer::Answer::is_done), "{answers:?}");
    assert_eq!(world.steps(&called).await, ["reported", "noted", "noted"]);
    world.check_everything().await;
}

#[tokio::test]
async fn words_that_come_after_the_report_stand_in_the_record_too() {
    let world = World::new().await;
    let called = world.report("now").await.reference;
    world.submit(AMAL, &called, Button::Details, &[("what_happened", "two boys at the till")]).await.incident();
    let same = world
        .submit(AMAL, &called, Button::Details, &[("what_happened", "two boys at the till"), ("zone", "till")])
        .await;
    let texts: Vec<_> = world.record(&same.incident()).await.into_iter().map(|line| line.text).collect();
    assert_eq!(texts, [None, Some("two boys at the till".to_owned()), None]);
    world.check_everything().await;
}
