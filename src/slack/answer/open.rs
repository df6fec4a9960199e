//! Opening forms: from memory, and as the first thing that is done.

use domain::actor::Actor;
use domain::report::Command;
use domain::words::Category;
use serde_json::{Value, json};

use super::super::inbound::{Arrived, Message};
use super::super::people::Met;
use super::super::render::{self, Context, INPUT_MAX};
use super::{Answered, Handler, private};
use crate::chat::cut::cut;
use crate::chat::form::Form;
use crate::chat::inbound::Answers;
use crate::chat::press::Press;
use crate::chat::reply::Reading;
use crate::failure::Failure;
use crate::operations::{Outcome, people};
use crate::texts::keys;

/// What Slack says of a trigger that an earlier call used: the same delivery arrived before, and its form was opened then.
/// <https://docs.slack.dev/reference/methods/views.open/>
const OPENED_BEFORE: &str = "exchanged_trigger_id";

impl Handler<'_> {
    /// Opens the form of a report: the first thing that is done, from memory, with no database in the way.
    pub(super) async fn open_report(&self, arrived: &Arrived, message: Option<Message>) -> Answered {
        let Message { words, link, files } = message.unwrap_or_default();
        // The link is short, and what the message is found by: it stays whole.
        let room = INPUT_MAX.saturating_sub(link.chars().count() + 1);
        let lines = [cut(&words.all(room), room), link];
        let words: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
        self.open_with(arrived, Category::PotentialTheft, &words.join("\n"), files).await
    }

    /// A line that cannot be kept as it is becomes the form with the same words in it.
    pub(super) async fn open_line(&self, arrived: &Arrived, line: &str) -> Answered {
        match Command::parse(line) {
            Command::Line(category, text) => self.open_with(arrived, category, &text, Vec::new()).await,
            Command::Form | Command::Help => self.open_with(arrived, Category::PotentialTheft, line, Vec::new()).await,
        }
    }

    async fn open_with(&self, arrived: &Arrived, category: Category, text: &str, files: Vec<String>) -> Answered {
        let context = Context { channel: arrived.who.channel.clone(), files };
        let mut typed = Answers::default();
        if !text.is_empty() {
            typed.0.insert("what_happened".to_owned(), vec![cut(text, INPUT_MAX)]);
        }
        let form = self.report_form(arrived, category, &context, &typed);
        self.open(arrived, form, Some(text).filter(|text| !text.is_empty())).await
    }

    pub(super) fn report_form(
        &self,
        arrived: &Arrived,
        category: Category,
        context: &Context,
        typed: &Answers,
    ) -> Value {
        let rules = self.app.desk.rules();
        let mut origin = self.stranger(arrived);
        let channel = context.channel.as_ref().map(|channel| self.slack.channel_written(channel));
        origin.place = channel.and_then(|channel| format!("slack:{channel}").parse().ok());
        let actor = people::actor(&self.app.desk, &origin);
        let voice = self.app.voice(&rules, origin.locale.as_deref());
        let site = origin.place.as_ref().and_then(|place| rules.report_site(place));
        let reading = Reading { voice: &voice, rules: &rules, actor: &actor, now: self.app.desk.now(), site };
        let form: Form = reading.form_of(category);
        let mut typed = typed.clone();
        typed.0.remove("category");
        render::report_view(&form, &typed, context, &voice)
    }

    pub(super) async fn open_step(
        &self,
        arrived: &Arrived,
        met: &Met,
        actor: &Actor,
        press: &Press,
        result: &Result<Outcome, Failure>,
    ) -> Answered {
        let context = Context { channel: arrived.who.channel.clone(), files: Vec::new() };
        let view = self.reading(&met.origin, actor, |reading| {
            reading.reply(result).form.map(|form| render::step_view(&form, press, &context, reading.voice))
        });
        match view {
            Some(view) => self.open(arrived, view, None).await,
            None => Answered::default(),
        }
    }

    /// The one call before the acknowledgement: a trigger lives for three seconds.
    async fn open(&self, arrived: &Arrived, view: Value, text: Option<&str>) -> Answered {
        let trigger = arrived.trigger.clone().unwrap_or_default();
        let opened =
            self.slack.ask("views.open", &json!({ "trigger_id": trigger, "view": view }), self.app.desk.now()).await;
        let Err(trouble) = opened else { return Answered::default() };
        if trouble.word() == OPENED_BEFORE {
            return Answered::default();
        }
        tracing::warn!(target: "shopwatch::slack", word = trouble.word(), "a form could not be opened");
        let message = self.say(arrived, |reading| {
            let mut lines = vec![reading.voice.say(&keys::slack_no_form())];
            lines.extend(text.map(|text| reading.voice.say(&keys::receipt_text(text))));
            render::words(&lines, Some(&reading.voice.say(&keys::form_report_title())))
        });
        if arrived.answers_inline {
            Answered::with(private(&message))
        } else {
            Answered::after(self.tell(arrived, message, false))
        }
    }
}
