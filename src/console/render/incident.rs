//! An incident's page: its card, its timeline, and whether its record is whole.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::audit::Broken;
use domain::incident::verb::fits;
use domain::photo::Photo;
use domain::policy::{Action, Sight, Subject, TwoPerson, clear};
use domain::report::PHOTOS_MAX;
use domain::words::Platform;

use super::ask::Control;
use super::card::{CardView, Easel};
use super::person::Composer;
use super::reply::AnswerView;
use super::{Said, Shell, pages, respond, said};
use crate::app::App;
use crate::chat::reply::Reading;
use crate::chat::timeline;
use crate::chats::payload::Payload;
use crate::console::answer::Answer;
use crate::console::gather::Whole;
use crate::console::people::Visit;
use crate::operations::mask;
use crate::store::looks::{Looked, Looks};
use crate::store::verify::{Finding, Verdict};
use crate::texts::{Msg, keys};

#[derive(Template)]
#[template(path = "incident.html")]
pub(super) struct IncidentPage<'a> {
    shell: Shell<'a>,
    here: String,
    answer: AnswerView,
    card: CardView,
    lines: Vec<LineView>,
    photos: Vec<PhotoView>,
    /// Where another photo may be sent.
    add_photo: Option<String>,
    /// Other incidents with a photo that looks like one of these, and where they are.
    alike: Vec<(String, String)>,
    looks: Vec<LineView>,
    looks_broken: Option<String>,
    record: Option<RecordView>,
    payloads: Vec<PayloadView>,
}

/// The card as another chat is sent it.
pub struct PayloadView {
    pub id: String,
    pub name: String,
    pub about: String,
    pub json: String,
}

/// A line of the timeline.
pub struct LineView {
    pub when: Said,
    pub what: String,
    pub text: Option<String>,
}

/// A photo with what may be done with it.
#[expect(clippy::struct_excessive_bools, reason = "each is a line of the page that stands there or does not")]
pub struct PhotoView {
    pub href: String,
    pub alt: String,
    /// Whether there is nothing to look at.
    pub sealed_only: bool,
    pub checked: bool,
    pub width: u32,
    pub height: u32,
    pub covered: String,
    pub hash: String,
    pub may_draw: bool,
    pub may_confirm: bool,
    /// They drew what is covered, so that somebody else has to confirm it.
    pub drew: bool,
    /// Which review copy this is.
    pub version: usize,
    pub may_see_original: bool,
    pub reason_id: String,
}

/// Whether the record is whole.
pub struct RecordView {
    pub whole: bool,
    pub text: String,
}

/// An incident's page, with what became of what was sent.
pub fn page(app: &App, visit: &Visit, reading: &Reading<'_>, whole: &Whole, answer: Option<Answer>) -> Response {
    let easel = Easel { reading, keys: app.desk.store.keys(), base: &visit.base };
    let status = answer.as_ref().map_or(StatusCode::OK, |answer| answer.status);
    let shell = Shell::visited(app, reading.voice, visit, whole.incident.reference.to_string());
    match fill(shell, &easel, whole, answer) {
        Some(page) => respond(status, reading.voice, &page),
        None => pages::not_found(app, &visit.manner),
    }
}

/// The page, filled; none if this reader may not see the incident.
pub(super) fn fill<'a>(
    shell: Shell<'a>,
    easel: &Easel<'_>,
    whole: &Whole,
    answer: Option<Answer>,
) -> Option<IncidentPage<'a>> {
    let card = easel.card(&whole.incident, true)?;
    Some(IncidentPage {
        shell,
        here: card.href.clone(),
        answer: answer.map(|answer| easel.answer(answer)).unwrap_or_default(),
        card,
        lines: lines(easel.reading, whole),
        photos: photos(easel, whole),
        add_photo: may_add(easel, whole).then(|| format!("{}/photos", easel.href(whole.incident.reference.as_str()))),
        alike: whole.alike.iter().map(|other| (other.to_string(), easel.href(other.as_str()))).collect(),
        looks: whole.looks.as_ref().map(|looks| looked(easel.reading, whole, looks)).unwrap_or_default(),
        looks_broken: whole
            .looks
            .as_ref()
            .filter(|looks| !looks.whole)
            .map(|_| easel.reading.voice.say(&keys::looks_broken())),
        record: whole.verdict.as_ref().map(|verdict| record(easel.reading, verdict)),
        payloads: whole.payloads.iter().map(|payload| sent_out(easel.reading, payload)).collect(),
    })
}

fn sent_out(reading: &Reading<'_>, payload: &Payload) -> PayloadView {
    let about = if payload.posted { keys::payload_posted() } else { keys::payload_unposted() };
    let name = if payload.platform == Platform::Slack { keys::payload_slack() } else { keys::payload_discord() };
    PayloadView {
        id: format!("payload-{}", payload.platform),
        name: super::isolate(&reading.voice.say(&name), reading.voice.direction()).into_owned(),
        about: super::isolate(&reading.voice.say(&about), reading.voice.direction()).into_owned(),
        json: payload.json.clone(),
    }
}

fn lines(reading: &Reading<'_>, whole: &Whole) -> Vec<LineView> {
    let voice = reading.voice;
    let drawn = |line| {
        let shown = timeline::draw(std::slice::from_ref(line), whole.sight, voice, reading.now).into_iter().next()?;
        Some(LineView {
            when: said(voice, &shown.when, Some(line.at)),
            what: super::isolate(&shown.what, voice.direction()).into_owned(),
            text: shown.text,
        })
    };
    whole.lines.iter().filter_map(drawn).collect()
}

/// Who looked at which photo, the newest first; whoever sees only that something was done sees pseudonyms, and nobody sees
/// who reported it.
fn looked(reading: &Reading<'_>, whole: &Whole, looks: &Looks) -> Vec<LineView> {
    let voice = reading.voice;
    let drawn = |Looked { look, name }: &Looked| {
        let who = match name {
            None => voice.say(&keys::by_reporter()),
            Some(_) if whole.sight == Sight::Metadata => look.member.0.clone(),
            Some(name) => name.clone(),
        };
        let photo: String =
            look.photo.to_string().chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
        let what = voice.say(&keys::looks_line(who, photo.as_str(), look.version + 1));
        LineView {
            when: said(voice, &voice.exact(look.at), Some(look.at)),
            what: super::isolate(&what, voice.direction()).into_owned(),
            text: None,
        }
    };
    looks.newest.iter().map(drawn).collect()
}

fn may_add(easel: &Easel<'_>, whole: &Whole) -> bool {
    let (actor, incident) = (easel.reading.actor, &whole.incident);
    let subject = incident.subject(TwoPerson::default());
    clear(actor, Action::AddPhoto, &subject).is_ok()
        && fits(Action::AddPhoto, incident.status.state())
        && whole.photos.len() < PHOTOS_MAX
}

fn photos(easel: &Easel<'_>, whole: &Whole) -> Vec<PhotoView> {
    let (reading, incident) = (easel.reading, &whole.incident);
    let say = |text| super::isolate(&reading.voice.say(&text), reading.voice.direction()).into_owned();
    let two_person = TwoPerson { on: reading.rules.shop.two_person, ..TwoPerson::default() };
    let drawn = |(at, photo): (usize, &Photo)| {
        let subject = Subject { first: Some(&photo.uploaded_by), ..incident.subject(two_person) };
        let may = |action| clear(reading.actor, action, &subject).is_ok();
        PhotoView {
            href: format!("{}/photos/{}", easel.href(incident.reference.as_str()), photo.id),
            alt: say(keys::photo_alt(at + 1, incident.reference.as_str())),
            sealed_only: photo.about.is_sealed_only(),
            checked: photo.checked,
            width: photo.about.width,
            height: photo.about.height,
            covered: say(covered(photo)),
            hash: photo.about.sha256.clone(),
            may_draw: mask::may_draw(reading.actor, incident, photo, two_person),
            may_confirm: mask::may_confirm(reading.actor, incident, photo, two_person),
            drew: !photo.checked && photo.about.drawn_by.as_ref().is_some_and(|by| reading.actor.is(by)),
            version: photo.about.version(),
            may_see_original: may(Action::ViewOriginal),
            reason_id: format!("reason-{}", at + 1),
        }
    };
    whole.photos.iter().enumerate().map(drawn).collect()
}

/// What is covered, and by whom.
fn covered(photo: &Photo) -> Msg<'static> {
    match (photo.about.covered, &photo.about.drawn_by) {
        (Some(count), None) => keys::photo_covered(count),
        (None, None) => keys::photo_covered_whole(),
        (Some(count), Some(_)) => keys::photo_drawn(count),
        (None, Some(_)) => keys::photo_drawn_whole(),
    }
}

fn record(reading: &Reading<'_>, verdict: &Verdict) -> RecordView {
    // What was done to looks is said where they are shown.
    let bad = verdict.findings.iter().find_map(|finding| match finding {
        Finding::Record { broken, .. } => Some(first_bad(broken)),
        Finding::Orphans { .. } => Some(1),
        Finding::Looks { .. } | Finding::Miscounted { .. } | Finding::NoPhoto { .. } => None,
    });
    let text = match bad {
        None => keys::web_record_whole(verdict.lines),
        Some(seq) => keys::web_record_broken(seq),
    };
    let text = reading.voice.say(&text);
    RecordView { whole: bad.is_none(), text: super::isolate(&text, reading.voice.direction()).into_owned() }
}

/// The first line that is not as it was written.
const fn first_bad(broken: &Broken) -> u32 {
    match broken {
        Broken::Changed { seq } | Broken::Missing { seq } | Broken::OutOfOrder { seq } | Broken::Extra { seq } => *seq,
    }
}
