//! Somebody's page: the composer, what was answered, news, their reports, and what they decide about.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::policy;
use domain::words::{Role, State};

use super::ask::Control;
use super::card::{CardView, Easel, Row};
use super::reply::AnswerView;
use super::{Said, Shell, respond, said};
use crate::app::App;
use crate::chat::reply::Reading;
use crate::console::answer::Answer;
use crate::console::gather::{Lists, Page, Triage};
use crate::console::inbound::COMMAND;
use crate::console::people::Visit;
use crate::operations::hold;
use crate::store::people::NOTICES_MAX;
use crate::texts::keys;

/// The states of what is closed, in the order in which people look for them.
const CLOSED: [State; 4] = [State::Resolved, State::Declined, State::Merged, State::Withdrawn];

#[derive(Template)]
#[template(path = "person.html")]
pub(super) struct PersonPage<'a> {
    shell: Shell<'a>,
    /// Where the page's forms are sent.
    here: String,
    answer: AnswerView,
    composer: Option<Composer>,
    news: Vec<News>,
    news_full: bool,
    mine: Option<Rows>,
    board: Option<Board>,
    /// Where whoever has a say in holds asks for one.
    holds: Option<String>,
}

/// The one line people write into.
pub struct Composer {
    pub line: String,
    pub delivery: String,
}

/// Something a person is told.
pub struct News {
    pub id: String,
    pub text: String,
    pub reference: String,
    pub href: String,
    pub when: Said,
}

/// Incidents in rows, and where older ones are.
pub struct Rows {
    pub rows: Vec<Row>,
    pub older: Option<String>,
    pub newest: Option<String>,
}

/// What is decided about.
pub struct Board {
    pub title: String,
    /// The open ones, by state.
    pub groups: Vec<BoardGroup>,
    /// Those of one closed state instead.
    pub closed: Option<Closed>,
    pub lists: Vec<ListLink>,
    pub older: Option<String>,
    /// The first page, if this is not it.
    pub newest: Option<String>,
    /// The open ones that are less urgent.
    pub next: Option<String>,
}

/// The open incidents of one state.
pub struct BoardGroup {
    pub state: String,
    pub state_word: &'static str,
    pub cards: Vec<CardView>,
}

/// The incidents of one closed state.
pub struct Closed {
    pub state: String,
    pub rows: Vec<Row>,
}

/// A link to the incidents of one state.
pub struct ListLink {
    pub href: String,
    pub label: String,
    pub current: bool,
}

/// Somebody's page, with what became of what they sent.
pub fn page(app: &App, visit: &Visit, reading: &Reading<'_>, lists: &Lists, answer: Option<Answer>) -> Response {
    let easel = Easel { reading, keys: app.desk.store.keys(), base: &visit.base };
    let status = answer.as_ref().map_or(StatusCode::OK, |answer| answer.status);
    let shell = Shell::visited(app, reading.voice, visit, reading.actor.name.clone());
    respond(status, reading.voice, &fill(shell, &easel, lists, answer))
}

/// The page, filled.
pub(super) fn fill<'a>(shell: Shell<'a>, easel: &Easel<'_>, lists: &Lists, answer: Option<Answer>) -> PersonPage<'a> {
    let answer = answer.map(|answer| easel.answer(answer)).unwrap_or_default();
    PersonPage {
        here: format!("{}{}", shell.home, lists.query),
        composer: composer(easel, &answer),
        answer,
        news: news(easel, lists),
        news_full: u64::try_from(lists.news.len()).is_ok_and(|count| count >= NOTICES_MAX),
        mine: lists.mine.as_ref().map(|mine| rows(easel, mine, &shell.home)),
        holds: hold::concern(easel.reading.actor).then(|| format!("{}/hold", easel.base)),
        board: lists.triage.as_ref().map(|triage| board(easel, triage, &shell.home)),
        shell,
    }
}

/// None where a form takes its place, or for somebody who reports nowhere.
fn composer(easel: &Easel<'_>, answer: &AnswerView) -> Option<Composer> {
    let reading = easel.reading;
    let reports = !policy::sites_to_report(&reading.actor.roles, &reading.rules.site_ids()).is_empty();
    let free = answer.form.is_none() && answer.sure.is_none();
    let line = answer.line.clone().unwrap_or_else(|| format!("{COMMAND} "));
    (reports && free).then(|| Composer { line, delivery: easel.nonce() })
}

fn news(easel: &Easel<'_>, lists: &Lists) -> Vec<News> {
    let voice = easel.reading.voice;
    let told = lists.news.iter().filter_map(|(notice, incident)| Some((notice, incident.as_ref()?)));
    told.map(|(notice, incident)| {
        let reference = incident.reference.to_string();
        News {
            id: format!("news-{reference}-{}-{}", notice.word, notice.at.timestamp_millis()),
            text: voice.word("told", &notice.word),
            href: format!("{}/incidents/{reference}", easel.base),
            when: said(voice, &voice.ago(notice.at, easel.reading.now), Some(notice.at)),
            reference,
        }
    })
    .collect()
}

fn rows(easel: &Easel<'_>, page: &Page, home: &str) -> Rows {
    Rows {
        rows: page.incidents.iter().filter_map(|incident| easel.row(incident)).collect(),
        older: page.older.map(|id| format!("{home}?mine={id}#mine")),
        newest: page.turned.then(|| format!("{home}#mine")),
    }
}

/// Open incidents by state: within one, as they came, the most urgent and the longest waiting first.
fn board(easel: &Easel<'_>, triage: &Triage, home: &str) -> Board {
    let voice = easel.reading.voice;
    let names = triage.sites.iter().filter_map(|id| easel.reading.rules.site(id)).map(|site| site.name.clone());
    let place = names.collect::<Vec<_>>().join(", ");
    let link = |state: Option<State>, label: String| ListLink {
        href: state.map_or_else(|| format!("{home}#triage"), |state| format!("{home}?state={state}#triage")),
        label,
        current: triage.state == state,
    };
    let mut lists = vec![link(None, voice.say(&keys::web_open_list()))];
    lists.extend(CLOSED.iter().map(|state| link(Some(*state), voice.word("state", state.as_str()))));
    let decides = easel.reading.actor.roles.holds_somewhere(Role::Reviewer);
    let query = triage.state.map(|state| format!("state={state}&")).unwrap_or_default();
    Board {
        title: if decides {
            voice.say(&keys::web_triage(place))
        } else {
            format!("{} · {place}", voice.say(&keys::web_reports_others()))
        },
        groups: if triage.state.is_none() { groups(easel, &triage.page) } else { Vec::new() },
        closed: triage.state.map(|state| Closed {
            state: voice.word("state", state.as_str()),
            rows: triage.page.incidents.iter().filter_map(|incident| easel.row(incident)).collect(),
        }),
        lists,
        older: triage.page.older.map(|id| format!("{home}?{query}before={id}#triage")),
        newest: triage.page.turned.then(|| link(triage.state, String::new()).href),
        next: triage.next.map(|place| format!("{home}?after={place}#triage")),
    }
}

fn groups(easel: &Easel<'_>, page: &Page) -> Vec<BoardGroup> {
    let of = |state: State| page.incidents.iter().filter(move |incident| incident.status.state() == state);
    let open = State::ALL.iter().copied().filter(|state| state.is_open());
    open.map(|state| BoardGroup {
        state: easel.reading.voice.word("state", state.as_str()),
        state_word: state.as_str(),
        cards: of(state).filter_map(|incident| easel.card(incident, false)).collect(),
    })
    .filter(|group| !group.cards.is_empty())
    .collect()
}
