//! Photos in the console's composer and in its form: what a drop is in the other chats, without a chat to fetch it from.

use std::time::Duration;

use domain::incident::Incident;
use domain::photo::Photo;
use domain::words::Category;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use shopwatch::evidence::child::Reader;
use shopwatch::evidence::keep::sha256;
use shopwatch::rules::Rules;

use super::{ASTRONAUT, HEIC, another};
use crate::world::World;
use crate::world::database::Base;
use crate::world::door::{Caller, Door};
use crate::world::evidence_read_by;

on_both!(
    a_line_with_a_photo_is_a_report_with_the_photo_once_however_often_it_is_sent,
    a_photo_alone_is_a_report_and_what_only_its_sender_knows_is_asked_afterwards,
);

/// What the composer sends: its words first, then the files.
fn line(words: &str, files: &[&[u8]]) -> Form {
    report(&[("what", "line"), ("delivery", "n1"), ("line", words)], files)
}

fn report(fields: &[(&'static str, &str)], files: &[&[u8]]) -> Form {
    let form = fields.iter().fold(Form::new(), |form, (name, value)| form.text(*name, (*value).to_owned()));
    let part = |bytes: &[u8]| Part::bytes(bytes.to_vec()).file_name("CANARY-NAME.jpg");
    files.iter().fold(form, |form, bytes| form.part("photos", part(bytes)))
}

async fn send(door: &Door, who: &Caller, form: Form) -> Response {
    let request = door.request(Method::POST, "/", who).header("sec-fetch-site", "same-origin");
    request.multipart(form).send().await.unwrap()
}

async fn text(answer: Response) -> String {
    answer.text().await.unwrap()
}

/// The one incident that there is, with its photos.
async fn only(world: &World) -> (Incident, Vec<Photo>) {
    let [incident] = &world.everything().await[..] else { panic!("not one incident") };
    let photos = world.store().photos_of(incident).await.unwrap();
    (incident.clone(), photos)
}

/// How many files lie sealed on the spool.
fn on_the_spool(world: &World) -> usize {
    let Ok(files) = std::fs::read_dir(world.database.folder.path().join("spool")) else { return 0 };
    files.filter(|file| file.as_ref().is_ok_and(|file| file.path().is_file())).count()
}

async fn a_line_with_a_photo_is_a_report_with_the_photo_once_however_often_it_is_sent(base: Base) {
    let world = World::on(base).await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let form = || line("/report now man at the till", &[&ASTRONAUT]);
    let (first, twice) = tokio::join!(send(&door, &amal, form()), send(&door, &amal, form()));
    assert_eq!((first.status(), twice.status()), (StatusCode::OK, StatusCode::OK));
    let said = text(first).await;
    let (incident, photos) = only(&world).await;
    assert_eq!((incident.category, incident.what_happened()), (Category::InProgress, Some("man at the till")));
    assert_eq!(photos.iter().map(|photo| photo.about.sha256.clone()).collect::<Vec<_>>(), [sha256(&ASTRONAUT)]);
    assert_eq!(on_the_spool(&world), 2, "both copies are sealed when it is said");
    for told in [incident.reference.as_str(), "Call 999", &sha256(&ASTRONAUT), "only you and the managers"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(!said.contains("CANARY-NAME"));
    // Buttons of the receipt are those of the report as it is with its photo.
    assert!(said.contains(&format!("{}:{}", incident.id, incident.version)), "{said}");
    let again = text(send(&door, &amal, form()).await).await;
    assert!(again.contains("arrived before") || again.contains(incident.reference.as_str()), "{again}");
    assert_eq!(only(&world).await.1.len(), 1);
    world.settle().await;
    assert_eq!(on_the_spool(&world), 0);
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added"]);
    world.check_everything().await;
}

async fn a_photo_alone_is_a_report_and_what_only_its_sender_knows_is_asked_afterwards(base: Base) {
    let angel = "[[site]]\nid = \"angel\"\nname = \"Angel\"\narea = \"N1\"\nchannels.triage = [\"console:triage\"]";
    let two = Rules::EXAMPLE.replace("\n[roles]\n", &format!("\n{angel}\n[roles]\n"));
    let world = World::of(base, Rules::parse(&two).unwrap()).await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let said = text(send(&door, &amal, line("/report ", &[b"no photo", &ASTRONAUT])).await).await;
    let (incident, photos) = only(&world).await;
    assert_eq!((incident.what_happened(), photos.len()), (None, 1));
    assert!(incident.site.is_unknown());
    assert_eq!(said.matches("site=").count(), 2, "one tap for each site: {said}");
    assert!(said.contains("Photo 1 was not kept. This file is not a photo"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_that_is_refused_takes_no_words_with_it_and_what_is_wrong_is_said_in_their_language() {
    let world = World::new().await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let form = line("two people, spirits", &[b"GIF89a", &vec![0; 26 * 1024 * 1024], &ASTRONAUT, &HEIC]);
    let request = door.request(Method::POST, "/", &amal).header("sec-fetch-site", "same-origin");
    let answer = request.header("accept-language", "pl").multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let said = text(answer).await;
    let (incident, photos) = only(&world).await;
    assert_eq!(incident.what_happened(), Some("two people, spirits"), "beside a photo all is words");
    assert_eq!(photos.len(), 2);
    for told in ["Zdjęcie 1 nie zostało zapisane.", "Zdjęcie 2 nie zostało zapisane.", "25 MiB", "zdjęcia: 2", "HEIC"]
    {
        assert!(said.contains(told), "{told}: {said}");
    }
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_come_behind_a_photo_are_refused_and_not_passed_over() {
    let world = World::new().await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let form = line("/report two people", &[&ASTRONAUT]).text("kind", "theft");
    assert_eq!(send(&door, &amal, form).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eleven_photos_ten_are_kept_and_the_eleventh_is_told() {
    let world = World::new().await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let files: Vec<Vec<u8>> = (0..11).map(another).collect();
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let said = text(send(&door, &amal, line("/report info wet floor", &files)).await).await;
    let (incident, photos) = only(&world).await;
    assert_eq!((incident.category, photos.len()), (Category::Info, 10));
    assert!(said.contains("10 photos are stored") && said.contains("Photo 11 was not kept."), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_words_and_without_a_photo_that_can_be_kept_there_is_no_report() {
    let world = World::new().await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let cut = &ASTRONAUT[..ASTRONAUT.len() / 2];
    let answer = send(&door, &amal, line("/report", &[cut])).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(answer).await.contains("The end of this file is missing."));
    // Nothing chosen is no photo: the form opens, with a field for them.
    let form = line("/report", &[]).part("photos", Part::bytes(Vec::new()).file_name(""));
    let form = text(send(&door, &amal, form).await).await;
    let (before, after) =
        form.split_once("<input type=\"file\" id=\"f-photos\" name=\"photos\"").expect("a field for photos");
    let (after, _) = after.split_once("</form>").unwrap();
    assert!(
        before.contains("name=\"goods_price\"") && !after.contains(" name="),
        "every word is sent before them: {form}"
    );
    let disorderly = Form::new().part("photos", Part::bytes(ASTRONAUT.to_vec()).file_name("a.jpg"));
    let disorderly = disorderly.text("what", "line").text("line", "/report two people");
    assert_eq!(send(&door, &amal, disorderly).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(world.everything().await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_kept_with_its_photos_and_one_that_is_refused_says_that_they_have_to_be_chosen_again() {
    let world = World::new().await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let mut fields = vec![
        ("what", "report"),
        ("delivery", "n1"),
        ("category", "info"),
        ("what_happened", "wet floor"),
        ("goods_what", "gin"),
        ("goods_price", "a lot"),
    ];
    let refused = send(&door, &amal, report(&fields, &[&ASTRONAUT])).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let form = text(refused).await;
    assert!(form.contains("wet floor") && form.contains("Please choose them again."), "{form}");
    assert_eq!(world.everything().await, []);
    fields.truncate(4);
    let said = text(send(&door, &amal, report(&fields, &[&ASTRONAUT])).await).await;
    assert!(said.contains(&sha256(&ASTRONAUT)), "{said}");
    let (incident, photos) = only(&world).await;
    assert_eq!((incident.what_happened(), photos.len()), (Some("wet floor"), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_report_leaves_no_photo_behind_and_what_is_too_long_is_refused_with_its_words() {
    let world = World::new().await;
    let door = world.open_door().await;
    let (lena, amal) = (door.sign_in(&world, "lena").await, door.sign_in(&world, "amal").await);
    for words in ["/report", "/report two people"] {
        assert_eq!(send(&door, &lena, line(words, &[&ASTRONAUT])).await.status(), StatusCode::FORBIDDEN);
    }
    let long = "gin ".repeat(1_001);
    let refused = send(&door, &amal, line(&long, &[&ASTRONAUT])).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let form = text(refused).await;
    assert!(form.contains(long.trim()) && form.contains("Please choose them again."), "{form}");
    let large = "x".repeat(70_000);
    assert_eq!(send(&door, &amal, line(&large, &[&ASTRONAUT])).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let press = report(&[("what", "press"), ("press", "v1:claim:x:1")], &[&ASTRONAUT]);
    assert_eq!(send(&door, &amal, press).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!((world.everything().await, on_the_spool(&world)), (Vec::new(), 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_saved_stays_where_it_was_typed() {
    let mut world = World::new().await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    world.stop_writing().await;
    let answer = send(&door, &amal, line("/report two people", &[&ASTRONAUT])).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said = text(answer).await;
    assert!(said.contains("value=\"/report two people\"") && said.contains("Please choose them again."), "{said}");
    assert_eq!(on_the_spool(&world), 0);
}

/// A reader that is given no time for longer than an answer without a photo may take.
const STANDS_STILL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/readers/stands-still");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_for_which_the_machine_has_no_time_is_told_beside_the_report_that_was_made() {
    let mut world = World::new().await;
    let reader = Reader::starting(STANDS_STILL).waiting(Duration::from_secs(3));
    world.app.parts().evidence = evidence_read_by(reader, &world.database);
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let answer = send(&door, &amal, line("/report two people", &[&ASTRONAUT])).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let said = text(answer).await;
    assert!(said.contains("Photo 1 was not kept. It could not be stored just now."), "{said}");
    let (incident, photos) = only(&world).await;
    assert_eq!((incident.what_happened(), photos.len(), on_the_spool(&world)), (Some("two people"), 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_that_a_photo_was_added_on_is_loaded_again_like_any_other() {
    let world = World::new().await;
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let incident = world.report("two people, spirits").await;
    let page = text(door.get(&format!("/incidents/{}", incident.reference), &amal).await).await;
    let again = door.get(&format!("/incidents/{}/photos", incident.reference), &amal).await;
    assert_eq!(again.status(), StatusCode::OK);
    let title = |page: &str| page.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned();
    assert_eq!(title(&text(again).await), title(&page));
}
