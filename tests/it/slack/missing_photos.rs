//! Photos out of Slack that do not come, or not at once: they are asked for again, or it is told why not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use chrono::TimeDelta;
use domain::words::NotTaken;
use shopwatch::evidence::child::Reader;
use shopwatch::jobs::fetch;

use super::photos::{drop_in, kept, steps};
use super::{Shop, words};
use crate::evidence::{ASTRONAUT, another};
use crate::world::evidence_read_by;
use crate::world::slack::FakeSlack;
use crate::world::slack::faults::{DOWNLOAD, RetryAfter};

#[tokio::test]
async fn after_an_outage_of_twenty_hours_every_photo_is_kept() {
    let shop = Shop::open().await;
    shop.slack.files_are_down(10_000);
    let mut reports = Vec::new();
    for seed in 0..3 {
        let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &another(seed));
        reports.push(drop_in(&shop, &[&photo]).await);
    }
    for _ in 0..20 * 12 {
        fetch::step(&shop.world.app).await.unwrap();
        shop.world.clock.advance(TimeDelta::minutes(5));
    }
    let asked = shop.slack.see(|workspace| workspace.calls["files.info"]);
    assert!(asked < 3 * 20 * 15, "not hammered: {asked}");
    for incident in &reports {
        assert!(kept(&shop, incident).await.is_empty());
        assert_eq!(shop.now(incident).await.tally().coming, 1);
    }
    shop.slack.files_are_back();
    shop.settle().await;
    for incident in &reports {
        assert_eq!(kept(&shop, incident).await.len(), 1);
    }
    shop.look_away();
}

#[tokio::test]
async fn what_goes_wrong_for_a_while_is_done_again() {
    let misfortunes: [fn(&FakeSlack); 6] = [
        |slack| slack.server_error(DOWNLOAD),
        |slack| slack.hang_up(DOWNLOAD),
        |slack| slack.rate_limit_next(DOWNLOAD, RetryAfter::Seconds(7)),
        |slack| slack.rate_limit_next(DOWNLOAD, RetryAfter::Absurd),
        |slack| slack.rate_limit_next("files.info", RetryAfter::Seconds(40)),
        // What only reads is asked once more at once.
        |slack| (0..2).for_each(|_| slack.answer_lost("files.info")),
    ];
    for misfortune in misfortunes {
        let shop = Shop::open().await;
        misfortune(&shop.slack);
        let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
        let incident = drop_in(&shop, &[&photo]).await;
        fetch::step(&shop.world.app).await.unwrap();
        assert!(kept(&shop, &incident).await.is_empty());
        shop.settle().await;
        assert_eq!(kept(&shop, &incident).await.len(), 1);
        assert_eq!(steps(&shop, &incident).await, ["reported", "photo_added"], "and nobody is told of it");
        shop.look_away();
    }
}

fn with_bytes(shop: &Shop, photo: &str, bytes: &[u8]) {
    let bytes = bytes.to_vec();
    shop.slack.change(|workspace| workspace.files.get_mut(photo).unwrap().bytes = bytes);
}

/// What makes a photo impossible, what it is called on the record, and a word of what its reporter is told.
type Impossible = (fn(&Shop, &str), NotTaken, &'static str);

#[tokio::test]
async fn what_can_never_be_taken_is_told_to_everybody_whom_it_concerns() {
    let cases: [Impossible; 6] = [
        (
            |shop, photo| shop.slack.change(|workspace| workspace.files.get_mut(photo).unwrap().deleted = true),
            NotTaken::Gone,
            "not there any more",
        ),
        (|shop, photo| with_bytes(shop, photo, &vec![0; 25 * 1024 * 1024 + 1]), NotTaken::TooLarge, "25 MiB"),
        (|shop, photo| with_bytes(shop, photo, b"GIF89a and so on"), NotTaken::NotAPhoto, "JPEG, PNG or WebP"),
        (|shop, photo| with_bytes(shop, photo, &ASTRONAUT[..20_000]), NotTaken::Unreadable, "could not be read"),
        (|shop, _| shop.slack.missing_scope("files:read"), NotTaken::NoAccess, "not allowed to read it"),
        (|shop, _| shop.slack.lock_files(), NotTaken::NoAccess, "not allowed to read it"),
    ];
    for (make_impossible, why, told) in cases {
        let shop = Shop::open().await;
        let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
        make_impossible(&shop, &photo);
        let incident = drop_in(&shop, &[&photo]).await;
        shop.settle().await;
        assert!(kept(&shop, &incident).await.is_empty());
        assert_eq!(steps(&shop, &incident).await, ["reported".to_owned(), format!("photo_not_taken {why}")]);
        let card = shop.card();
        assert!(words(&card.blocks).contains("could not be taken: 1"), "{}", words(&card.blocks));
        assert!(words(&shop.thread(&card)[0].blocks).contains("could not take a photo"));
        let said: Vec<String> = shop.slack.dms_for(&shop.amal).iter().map(|message| words(&message.blocks)).collect();
        assert!(said.iter().any(|said| said.contains(told)), "{why}: {said:#?}");
        assert_eq!(fetch::step(&shop.world.app).await.unwrap(), 0, "it is over");
        assert_eq!(shop.world.store().outbox_depth().await.unwrap().needs_operator, 0);
        shop.look_away();
    }
}

#[tokio::test]
async fn whoever_reads_polish_is_told_in_polish() {
    let shop = Shop::open().await;
    let zofia = shop.slack.person("Zofia").locale("pl-PL").joins();
    shop.slack.change(|workspace| {
        workspace.channels.get_mut(&shop.floor).unwrap().members.insert(zofia.clone());
    });
    let photo = shop.slack.file(&zofia, "a.gif", "image/gif", b"GIF89a");
    assert!(shop.slack.posts(&zofia, &shop.floor, "", &[&photo], None).await.1.on_time);
    shop.settle().await;
    let said: Vec<String> = shop.slack.dms_for(&zofia).iter().map(|message| words(&message.blocks)).collect();
    assert!(said.iter().any(|said| said.contains("Nie udało się pobrać pliku")), "{said:#?}");
    shop.slack.ephemerals_for(&zofia);
    shop.look_away();
}

#[tokio::test]
async fn a_file_that_lies_elsewhere_is_not_asked_for_and_no_token_leaves() {
    let shop = Shop::open().await;
    let elsewhere = FakeSlack::start().await;
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
    let there = format!("http://{}/files-pri/T0SHOP001-{photo}/download/a.jpg", elsewhere.address);
    shop.slack.change(|workspace| workspace.files.get_mut(&photo).unwrap().external = Some(there));
    let incident = drop_in(&shop, &[&photo]).await;
    shop.settle().await;
    assert_eq!(steps(&shop, &incident).await, ["reported", "photo_not_taken no_access"]);
    assert_eq!(elsewhere.see(|workspace| workspace.calls.len()), 0);
    shop.look_away();
}

#[tokio::test]
async fn an_eleventh_photo_is_told() {
    let shop = Shop::open().await;
    shop.slack.files_are_down(1);
    let late = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
    let incident = drop_in(&shop, &[&late]).await;
    let amal = shopwatch::operations::people::actor(&shop.world.app.desk, &shop.slack_origin(&shop.amal).await);
    for seed in 0..10 {
        let (app, now) = (&shop.world.app, shop.now(&incident).await);
        let added = shopwatch::operations::photo::add(&app.desk, &app.evidence, &amal, now, &another(seed)).await;
        assert!(!added.unwrap().seen);
    }
    shop.settle().await;
    assert_eq!(kept(&shop, &incident).await.len(), 10);
    assert_eq!(steps(&shop, &incident).await.last().unwrap(), "photo_not_taken too_many");
    let said: Vec<String> = shop.slack.dms_for(&shop.amal).iter().map(|message| words(&message.blocks)).collect();
    assert!(said.iter().any(|said| said.contains("has ten already")), "{said:#?}");
    shop.look_away();
}

#[tokio::test]
async fn a_photo_that_could_not_be_read_in_time_is_read_again_before_it_is_given_up() {
    for recovers in [true, false] {
        let mut shop = Shop::open().await;
        // A reader that is ended by the system, as when there is no memory or no time for it.
        let program = shop.world.database.folder.path().join("ended");
        fs::write(&program, "#!/bin/sh\nkill -9 $$\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let ended = evidence_read_by(Reader::starting(program), &shop.world.database);
        let well = std::mem::replace(&mut shop.world.app.parts().evidence, ended);
        let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
        let incident = drop_in(&shop, &[&photo]).await;
        fetch::step(&shop.world.app).await.unwrap();
        assert_eq!(steps(&shop, &incident).await, ["reported"], "nobody is told too soon");
        if recovers {
            shop.world.app.parts().evidence = well;
        }
        shop.settle().await;
        let last = if recovers { "photo_added" } else { "photo_not_taken unreadable" };
        // In the hours until then managers are reminded of the report.
        let steps = steps(&shop, &incident).await;
        let others = steps.into_iter().filter(|step| step != "reminded");
        assert_eq!(others.collect::<Vec<_>>(), ["reported", last]);
        shop.look_away();
    }
}

#[tokio::test]
async fn what_could_not_be_had_for_a_week_is_told_and_a_week_begins_when_a_photo_is_sent() {
    let shop = Shop::open().await;
    let early = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
    shop.slack.files_are_down(2);
    let incident = drop_in(&shop, &[&early]).await;
    fetch::step(&shop.world.app).await.unwrap();
    shop.world.clock.advance(TimeDelta::days(8));
    fetch::step(&shop.world.app).await.unwrap();
    assert_eq!(steps(&shop, &incident).await, ["reported", "photo_not_taken gone"]);
    shop.settle().await;

    let copy = shop.slack.dms_for(&shop.amal).remove(0);
    let late = shop.slack.file(&shop.amal, "b.jpg", "image/jpeg", &another(1));
    shop.slack.files_are_down(1);
    assert!(shop.slack.posts(&shop.amal, &copy.channel, "", &[&late], Some(&copy.ts)).await.1.on_time);
    shop.settle().await;
    assert_eq!(kept(&shop, &incident).await.len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn a_photo_of_a_report_that_was_closed_meanwhile_is_kept_and_of_one_taken_back_it_is_not() {
    let shop = Shop::open().await;
    let photo = |seed| shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &another(seed));
    shop.slack.files_are_down(2);
    let declined = drop_in(&shop, &[&photo(1)]).await;
    shop.slack.until(|workspace| workspace.describe().contains("sent")).await;
    shop.slack.ephemerals_for(&shop.amal);
    shop.world.settle().await;
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.world.settle().await;
    assert!(shop.press(&shop.noor, "decline").await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    assert!(shop.slack.submits(&shop.noor, &form.id, &[("reason", &["benign"])]).await.on_time);

    let withdrawn = drop_in(&shop, &[&photo(2)]).await;
    shop.slack.until(|workspace| workspace.describe().contains(withdrawn.reference.as_str())).await;
    let receipt = shop.slack.ephemerals_for(&shop.amal).remove(0);
    let id = super::button(&receipt.blocks, "withdraw");
    assert!(shop.slack.presses(&shop.amal, &receipt, &id).await.on_time);
    shop.slack.files_are_back();
    shop.settle().await;
    assert_eq!(steps(&shop, &declined).await, ["reported", "claimed", "declined", "photo_added"]);
    assert_eq!(steps(&shop, &withdrawn).await, ["reported", "withdrawn"]);
    assert_eq!(shop.now(&withdrawn).await.tally().coming, 0, "nobody waits for it");
    shop.look_away();
}

#[tokio::test]
async fn photos_of_a_reported_message_that_are_gone_are_told_to_whoever_reports_it_and_on_the_card() {
    let shop = Shop::open().await;
    let photo = shop.slack.file(&shop.omar, "a.jpg", "image/jpeg", &ASTRONAUT);
    let (said, _) = shop.slack.posts(&shop.omar, &shop.triage, "back again", &[&photo], None).await;
    assert!(shop.slack.message_shortcut(&shop.amal, &said, "report_message").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    shop.slack.change(|workspace| workspace.files.get_mut(&photo).unwrap().deleted = true);
    assert!(shop.slack.submits(&shop.amal, &form.id, &[]).await.on_time);
    let incident = shop.newest().await;
    shop.settle().await;
    assert_eq!(steps(&shop, &incident).await, ["reported", "photo_not_taken gone"]);
    assert!(words(&shop.card().blocks).contains("could not be taken: 1"));
    let told =
        shop.slack.dms_for(&shop.amal).into_iter().any(|said| words(&said.blocks).contains("not there any more"));
    assert!(told);
    shop.look_away();
}

/// Why a colleague's photo is not taken, and what they are told of it.
type Colleagues = (fn(&Shop, &str), NotTaken, &'static [&'static str]);

#[tokio::test]
async fn a_colleague_whose_photo_cannot_be_taken_is_told_alone_in_their_language() {
    const AGAIN: &str = "You can send it again";
    let cases: [Colleagues; 3] = [
        (|shop, photo| with_bytes(shop, photo, b"GIF89a and so on"), NotTaken::NotAPhoto, &["not a photo", AGAIN]),
        (
            |shop, photo| shop.slack.change(|workspace| workspace.files.get_mut(photo).unwrap().deleted = true),
            NotTaken::Gone,
            &["not there any more", AGAIN],
        ),
        (|shop, _| shop.slack.missing_scope("files:read"), NotTaken::NoAccess, &["not allowed to read it"]),
    ];
    for (make_impossible, why, told) in cases {
        let shop = Shop::open().await;
        let incident = shop.report("two people, spirits").await;
        shop.settle().await;
        let card = shop.card();
        let photo = shop.slack.file(&shop.noor, "a.jpg", "image/jpeg", &ASTRONAUT);
        make_impossible(&shop, &photo);
        shop.slack.answer_lost("chat.postMessage");
        assert!(shop.slack.posts(&shop.noor, &shop.triage, "", &[&photo], Some(&card.ts)).await.1.on_time);
        shop.slack.until(|workspace| workspace.describe().contains("have arrived")).await;
        shop.settle().await;
        let steps = steps(&shop, &incident).await;
        assert_eq!(steps[1..], ["photos_sent".to_owned(), format!("photo_not_taken {why}")]);
        let said: Vec<String> = shop.slack.dms_for(&shop.noor).iter().map(|message| words(&message.blocks)).collect();
        let hers: Vec<&String> =
            said.iter().filter(|said| said.contains(&format!("Your photo for {}", incident.reference))).collect();
        assert!(hers.len() == 1 && told.iter().all(|told| hers[0].contains(told)), "{why}: {said:#?}");
        assert_eq!(hers[0].contains(AGAIN), told.contains(&AGAIN));
        let amals: String = shop.slack.dms_for(&shop.amal).iter().map(|message| words(&message.blocks)).collect();
        assert!(!amals.contains("Your photo") && !amals.contains("Please send"), "it was not hers: {amals}");
        shop.slack.ephemerals_for(&shop.noor);
        shop.look_away();
    }
}

#[tokio::test]
async fn of_a_colleague_no_account_is_kept_longer_than_it_takes() {
    let shop = Shop::open().await;
    let incident = shop.report("two people, spirits").await;
    shop.settle().await;
    let card = shop.card();
    let photo = shop.slack.file(&shop.noor, "a.jpg", "image/jpeg", &ASTRONAUT);
    assert!(shop.slack.posts(&shop.noor, &shop.triage, "", &[&photo], Some(&card.ts)).await.1.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("have arrived")).await;
    let sent = shop.now(&incident).await.photos.remove(0);
    assert_eq!(sent.tells.unwrap().account.id, shop.noor);
    shop.settle().await;
    assert_eq!(kept(&shop, &incident).await.len(), 1);
    assert_eq!(shop.now(&incident).await.photos.remove(0).tells, None);
    shop.slack.ephemerals_for(&shop.noor);
    shop.look_away();
}
