//! What we answer: an outcome or a failure, in the reader's words.

use domain::actor::Actor;
use domain::alert;
use domain::clock::Moment;
use domain::incident::Incident;
use domain::incident::verb::WrongMoment;
use domain::policy::Denied;
use domain::problems::{Fault, Problem, Problems};
use domain::report::PHOTOS_MAX;
use domain::words::{Category, Fact};

use super::card::{Card, CardButton, Reader, draw};
use super::form::{Asking, Form};
use super::press::{Button, Press};
use super::voice::Voice;
use crate::failure::{Failure, Refusal};
use crate::operations::Outcome;
use crate::operations::sent::Words;
use crate::rules::{Rules, Site};
use crate::texts::keys;

/// What is wrong with words that nobody can keep whole, whatever their number.
const TOO_LONG: Fault = Fault::TooLong { most: 0, got: 0 };
/// How much of what was written is quoted in a receipt, in characters.
const QUOTED_MAX: usize = 120;

/// What kind of answer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It is stored.
    Receipt,
    /// It is done, or here it is.
    Done,
    /// A form to fill in.
    Question,
    /// Not done, and what to do instead.
    Refused,
    /// Somebody else was faster.
    Changed,
    /// Nothing was saved.
    NotSaved,
    /// Our mistake.
    Broken,
}

/// An answer to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub tone: Tone,
    pub lines: Vec<String>,
    pub card: Option<Card>,
    pub form: Option<Form>,
    pub preview: Option<AlertPreview>,
    pub buttons: Vec<CardButton>,
    /// Problems beside their fields.
    pub problems: Vec<FieldProblem>,
}

/// What is wrong with a field, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    pub field: String,
    pub code: &'static str,
    pub text: String,
}

/// What the public would read, beside what was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertPreview {
    pub lines: Vec<String>,
    pub left_out: Vec<String>,
}

/// Who reads the answer, and how things are said to them.
pub struct Reading<'a> {
    pub voice: &'a Voice<'a>,
    pub rules: &'a Rules,
    pub actor: &'a Actor,
    pub now: Moment,
    /// The site that the channel stands for.
    pub site: Option<&'a Site>,
}

impl Reply {
    fn of(tone: Tone, lines: Vec<String>) -> Self {
        Self { tone, lines, card: None, form: None, preview: None, buttons: Vec::new(), problems: Vec::new() }
    }
}

impl Reading<'_> {
    /// The answer to what came of something.
    pub fn reply(&self, result: &Result<Outcome, Failure>) -> Reply {
        match result {
            Ok(outcome) => self.outcome(outcome),
            Err(failure) => self.failure(failure),
        }
    }

    fn outcome(&self, outcome: &Outcome) -> Reply {
        match outcome {
            Outcome::Reported { incident, seen } => self.receipt(incident, *seen),
            Outcome::Stepped { incident } | Outcome::Opened { incident } => {
                Reply { card: self.card(incident), ..Reply::of(Tone::Done, Vec::new()) }
            }
            Outcome::Joined { incident, words } => Reply::of(Tone::Done, self.joined(incident, *words)),
            Outcome::Asks { press, incident } => {
                let form = self.asking().of(press, incident);
                Reply { form, ..Reply::of(Tone::Question, Vec::new()) }
            }
            Outcome::ReportForm => Reply { form: Some(self.report_form()), ..Reply::of(Tone::Question, Vec::new()) },
            Outcome::Help => Reply::of(Tone::Done, self.help()),
            Outcome::Photos { incident, photos } => {
                let shown = photos.iter().filter(|photo| !photo.about.is_sealed_only()).count();
                Reply::of(Tone::Done, vec![self.photos(incident, shown)])
            }
            Outcome::Previewed { incident } => Reply {
                preview: Some(self.preview(incident)),
                ..Reply::of(Tone::Done, vec![self.voice.say(&keys::preview_nothing_sent())])
            },
        }
    }

    /// The form of a new report, for the sites this person may report for.
    pub fn report_form(&self) -> Form {
        let allowed = domain::policy::sites_to_report(&self.actor.roles, &self.rules.site_ids());
        let sites: Vec<&Site> = self.rules.sites.iter().filter(|site| allowed.contains(&site.id)).collect();
        self.asking().report(&sites, self.site)
    }

    /// The form of a new report of a category, as chats show it that can ask anew when the category changes. Who may
    /// report for which site is asked when it is sent.
    pub fn form_of(&self, category: Category) -> Form {
        let sites: Vec<&Site> = self.rules.sites.iter().collect();
        self.asking().report_of(category, &sites, self.site)
    }

    fn asking(&self) -> Asking<'_> {
        Asking { voice: self.voice, rules: self.rules }
    }

    /// How many photos there are for this person to look at.
    pub fn photos(&self, incident: &Incident, count: usize) -> String {
        self.voice.say(&match count {
            0 => keys::photos_none_now(),
            _ => keys::photos_for_you(incident.reference.as_str(), count),
        })
    }

    /// The answer to a message that was refused: whoever wrote it still has it before them, and is told what to do with it.
    pub fn of_message(&self, reply: Reply) -> Reply {
        let too_long =
            !reply.problems.is_empty() && reply.problems.iter().all(|problem| problem.code == TOO_LONG.code());
        if too_long { Reply { lines: vec![self.voice.say(&keys::message_not_kept())], ..reply } } else { reply }
    }

    /// That photos are more than are kept, if they are.
    pub fn photos_over(&self, incident: &Incident) -> Option<String> {
        let tally = incident.tally();
        let over = (tally.kept + tally.coming).saturating_sub(PHOTOS_MAX);
        (over > 0).then(|| self.voice.say(&keys::photos_over(PHOTOS_MAX, over)))
    }

    /// That photos have arrived, and what became of the words beside them.
    fn joined(&self, incident: &Incident, words: Words) -> Vec<String> {
        let said = match words {
            Words::None => None,
            Words::Added => Some(keys::photos_words_added()),
            Words::Noted => Some(keys::photos_words_noted()),
            Words::NotTheirs => Some(keys::photos_words_not_theirs()),
        };
        let lines = std::iter::once(keys::photos_received(incident.reference.as_str())).chain(said);
        lines.map(|line| self.voice.say(&line)).chain(self.photos_over(incident)).collect()
    }

    /// Two lines.
    pub fn help(&self) -> Vec<String> {
        vec![self.voice.say(&keys::help_first()), self.voice.say(&keys::help_second())]
    }

    fn card(&self, incident: &Incident) -> Option<Card> {
        draw(incident, Reader::Person(self.actor), self.voice, self.rules, self.now)
    }

    /// Reference, what was stored, who can see it, when it is deleted, what can be done; the emergency line first.
    fn receipt(&self, incident: &Incident, seen: bool) -> Reply {
        let site = self.voice.site(self.rules, &incident.site);
        let reference = incident.reference.as_str();
        let say = |msg| self.voice.say(&msg);
        let mut lines = Vec::new();
        if incident.category == Category::InProgress {
            lines.push(say(keys::emergency_line(self.rules.shop.emergency_number.as_str())));
        }
        lines.push(say(if seen { keys::receipt_seen(reference) } else { keys::receipt_sent(reference) }));
        let category = self.voice.word("category", incident.category.as_str());
        lines.push(say(keys::receipt_stored(category, site.as_str(), self.voice.exact(incident.facts.happened))));
        if let Some(text) = incident.what_happened() {
            lines.push(say(keys::receipt_text(quote(text))));
        }
        lines.extend(self.photos_over(incident));
        lines.push(say(match incident.site_open.as_ref().map(|open| open.asked_until) {
            Some(Some(until)) => keys::receipt_which_site(self.voice.exact(until)),
            Some(None) => keys::site_unsaid(incident.possible_sites().len()),
            None => keys::receipt_readers(site.as_str()),
        }));
        lines.push(say(keys::receipt_deleted(self.voice.day(incident.retain_until))));
        lines.push(say(keys::receipt_next()));
        let card = self.card(incident);
        let buttons = card.as_ref().map(|card| card.buttons.clone()).unwrap_or_default();
        let own = |button: &CardButton| {
            matches!(button.press.button, Button::Details | Button::Withdraw | Button::Tap | Button::Site)
        };
        Reply { card, buttons: buttons.into_iter().filter(own).collect(), ..Reply::of(Tone::Receipt, lines) }
    }

    fn preview(&self, incident: &Incident) -> AlertPreview {
        let (notice, left_out) = alert::preview(incident);
        let area = self.rules.site(&incident.site).map(|site| site.area.clone()).unwrap_or_default();
        let kind = notice
            .kind
            .map_or_else(|| self.voice.say(&keys::not_known_yet()), |kind| self.voice.word("kind", kind.as_str()));
        let mut lines = vec![self.voice.say(&keys::preview_text(kind, area, self.voice.exact(notice.around)))];
        let method: Vec<String> =
            notice.method.iter().map(|method| self.voice.word("method", method.as_str())).collect();
        if !method.is_empty() {
            lines.push(method.join(", "));
        }
        let over = notice.over.map(|over| if over { keys::preview_over() } else { keys::preview_ongoing() });
        lines.extend(over.map(|over| self.voice.say(&over)));
        lines.push(self.voice.say(&keys::preview_advice()));
        AlertPreview {
            lines,
            left_out: left_out.into_iter().map(|what| self.voice.word("left_out", what.as_str())).collect(),
        }
    }

    /// The answer to a failure: what to do, in their language.
    pub fn failure(&self, failure: &Failure) -> Reply {
        match failure {
            Failure::Refused(refusal) => self.refusal(refusal),
            Failure::Conflict => Reply::of(Tone::Changed, vec![self.voice.say(&keys::lost_race_unseen())]),
            Failure::Unavailable(_) => Reply::of(Tone::NotSaved, vec![self.voice.say(&keys::not_saved())]),
            Failure::Broken(_) => Reply::of(Tone::Broken, vec![self.voice.say(&keys::broken("-"))]),
        }
    }

    /// A lost race, with the state as it is now.
    pub fn changed(&self, incident: &Incident) -> Reply {
        match self.card(incident) {
            Some(card) => {
                let line = self.voice.say(&keys::lost_race(card.reference.as_str(), card.standing.as_str()));
                Reply { card: Some(card), ..Reply::of(Tone::Changed, vec![line]) }
            }
            None => Reply::of(Tone::Refused, vec![self.voice.say(&keys::not_found())]),
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Reply {
        let line = match refusal {
            Refusal::Problems(problems) => return self.problems(problems),
            Refusal::Denied(denied) => self.denied(denied),
            Refusal::Moment(moment) => self.moment(moment),
            Refusal::NotFound => self.voice.say(&keys::not_found()),
            Refusal::KeyReused => self.voice.say(&keys::key_reused()),
            Refusal::UnknownPress => self.voice.say(&keys::unknown_press()),
        };
        Reply::of(Tone::Refused, vec![line])
    }

    fn denied(&self, denied: &Denied) -> String {
        match denied {
            Denied::Hidden => self.voice.say(&keys::not_found()),
            Denied::Needs(roles) => {
                let roles: Vec<String> = roles.iter().map(|role| self.voice.word("role", role.as_str())).collect();
                self.voice.say(&keys::needs_role(roles.join(", ")))
            }
            Denied::SamePerson => self.voice.say(&keys::same_person()),
            Denied::SwitchedOff => self.voice.say(&keys::switched_off()),
        }
    }

    fn moment(&self, moment: &WrongMoment) -> String {
        let names = |facts: &[Fact]| {
            facts.iter().map(|fact| self.voice.word("field", fact.as_str())).collect::<Vec<_>>().join(", ")
        };
        self.voice.say(&match moment {
            WrongMoment::State(state) => keys::wrong_state(self.voice.word("state", state.as_str())),
            WrongMoment::Taken { by, at } => keys::taken(by.as_str(), self.voice.ago(*at, self.now)),
            WrongMoment::AlreadyYours => keys::already_yours(),
            WrongMoment::Missing(facts) => keys::missing_facts(names(facts)),
            WrongMoment::QuestionOpen => keys::question_is_open(),
            WrongMoment::NoQuestion => keys::no_question(),
            WrongMoment::TooLate { days } => keys::too_late(*days),
            WrongMoment::Itself => keys::merge_itself(),
            WrongMoment::HasMerged => keys::merge_has_merged(),
            WrongMoment::InUse => keys::in_use(),
            WrongMoment::OtherNotOpen => keys::merge_not_open(),
            WrongMoment::NotCleared => keys::not_found(),
            WrongMoment::Nothing => keys::nothing_changes(),
            WrongMoment::SiteKnown => keys::site_known(),
            WrongMoment::Held => keys::on_hold(),
        })
    }

    fn problems(&self, problems: &Problems) -> Reply {
        let told = problems.0.iter().map(|problem| FieldProblem {
            field: problem.field.clone(),
            code: problem.fault.code(),
            text: self.fault(problem),
        });
        let lines = vec![self.voice.say(&keys::problems_intro(problems.0.len()))];
        Reply { problems: told.collect(), ..Reply::of(Tone::Refused, lines) }
    }

    /// A field's problem in words.
    pub fn fault(&self, problem: &Problem) -> String {
        self.voice.say(&match &problem.fault {
            Fault::Missing => keys::problem_missing(),
            Fault::TooLong { most, got } => keys::problem_too_long(*most, *got),
            Fault::TooMany { most, got } => keys::problem_too_many(*most, *got),
            Fault::UnknownWord { allowed } => keys::problem_unknown_word(allowed.join(", ")),
            Fault::UnknownSite => keys::problem_unknown_site(),
            Fault::NotATime => keys::problem_not_a_time(),
            Fault::InTheFuture => keys::problem_in_the_future(),
            Fault::TooEarly => keys::problem_too_early(),
            Fault::OutOfRange { least, most } => keys::problem_out_of_range(*least, *most),
            Fault::NotACurrency => keys::problem_not_a_currency(),
            Fault::UnknownReference => keys::problem_unknown_reference(),
            Fault::NotAPhoto { why } => return self.voice.word("unfit", why),
        })
    }

    /// The form that a refused press came from, so that nothing typed is lost.
    pub fn form_again(&self, press: &Press, incident: &Incident) -> Option<Form> {
        self.asking().of(press, incident)
    }
}

/// The beginning of a text, cut between graphemes.
fn quote(text: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    let mut letters = text.graphemes(true);
    let quoted: String = letters.by_ref().take(QUOTED_MAX).collect();
    if letters.next().is_some() { format!("{quoted}…") } else { quoted }
}
