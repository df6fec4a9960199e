//! Reports: by a command and its options, by a form, about a message.

use domain::policy::sites_to_report;
use domain::report::{Attached, Command};
use domain::text::{ONE_LINE_MAX, WHAT_HAPPENED_MAX};
use domain::words::{Category, NotTaken};
use serde_json::json;
use serenity::http::Route;
use serenity::model::id::{ChannelId, MessageId};

use super::super::ids::{CustomId, Pointed};
use super::super::inbound::{Arrived, WHAT_HAPPENED, attachments, unseen};
use super::super::parts::{OPTION_MAX, OPTIONS_MAX, put};
use super::super::people::Met;
use super::super::photos::{not_among, untold};
use super::super::render;
use super::{Answered, Handler};
use crate::chat::cut::cut;
use crate::chat::inbound::{Answers, What};
use crate::evidence::fetch::NotHad;
use crate::failure::Failure;
use crate::operations::{Outcome, people};
use crate::store::outbox::Told;

/// The option that says what was taken, and the one that says what it is worth.
const GOODS: &str = "goods";
const VALUE: &str = "value";

impl Handler<'_> {
    /// `/report`: one line is enough; without any option the form.
    pub(super) async fn command(&self, arrived: &Arrived, options: Answers, photos: Vec<Attached>) -> Answered {
        if options.0.is_empty() && photos.is_empty() {
            return self.open_report(arrived, None, "");
        }
        let text = options.given(WHAT_HAPPENED).unwrap_or_default();
        let alone = options.0.len() == 1 && !text.is_empty() && photos.is_empty();
        let met = self.meet(arrived).await;
        let what = if alone && text.chars().count() <= ONE_LINE_MAX {
            What::Command(text)
        } else {
            What::Filled(self.named(options.clone(), &met), photos)
        };
        self.report(arrived, &met, what, (&options, None)).await
    }

    /// The options under the names that facts have. A word before the text chooses the category, as on one line.
    fn named(&self, options: Answers, met: &Met) -> Answers {
        let mut answers = options;
        if let Some(text) = answers.given(WHAT_HAPPENED).filter(|_| answers.given("category").is_none())
            && let Command::Line(category, line) = Command::parse(&text)
        {
            answers.0.insert("category".to_owned(), vec![category.to_string()]);
            answers.0.insert(WHAT_HAPPENED.to_owned(), vec![line]);
        }
        let (goods, value) = (answers.0.remove(GOODS), answers.0.remove(VALUE));
        if goods.is_some() || value.is_some() {
            let actor = people::actor(&self.app.desk, &met.origin);
            let unnamed = || vec![self.reading(&met.origin, &actor, |reading| reading.voice.word("field", "goods"))];
            answers.0.insert("goods_what".to_owned(), goods.unwrap_or_else(unnamed));
            answers.0.extend(value.map(|value| ("goods_price".to_owned(), value)));
        }
        answers
    }

    /// The form of a report, filled in.
    pub(super) async fn filled(&self, arrived: &Arrived, pointed: Option<Pointed>, answers: Answers) -> Answered {
        let met = self.meet(arrived).await;
        let (photos, untaken) = match pointed {
            Some(pointed) => self.photos_of(pointed).await,
            None => (Vec::new(), None),
        };
        let mut named = answers.clone();
        // In a modal nobody chooses a category: the word before the text does.
        if let Some(Command::Line(category, line)) = answers.given(WHAT_HAPPENED).map(|text| Command::parse(&text))
            && category != Category::PotentialTheft
        {
            named.0.insert("category".to_owned(), vec![category.to_string()]);
            named.0.insert(WHAT_HAPPENED.to_owned(), vec![line]);
        }
        self.report(arrived, &met, What::Filled(named, photos), (&answers, untaken)).await
    }

    /// A report, with what was typed of it, and why its photos cannot be taken if that is known.
    async fn report(
        &self,
        arrived: &Arrived,
        met: &Met,
        what: What,
        (typed, untaken): (&Answers, Option<NotTaken>),
    ) -> Answered {
        let (actor, result) = self.receive(met, what, arrived).await;
        let told = match &result {
            Ok(Outcome::Reported { .. }) => self
                .discord
                .tells(&self.app.desk.store, &arrived.who.user)
                .await
                .ok()
                .filter(|_| self.discord.api.has_token()),
            _ => None,
        };
        let message = self.reading(&met.origin, &actor, |reading| match &result {
            Ok(_) => {
                let mut reply = reading.reply(&result);
                reply.lines.extend(untaken.map(|why| reading.voice.word("told", Told::Photo(why).as_str())));
                render::reply(&reply, told, reading.voice)
            }
            Err(failure) => self.problems(reading, failure, typed),
        });
        match result {
            Ok(Outcome::ReportForm) => self.open_report(arrived, None, ""),
            Err(Failure::Unavailable(_)) => self.not_saved(arrived),
            _ => Answered::whisper(&message),
        }
    }

    /// "Report this message": its text and a link to it stand in the form.
    pub(super) fn report_message(&self, arrived: &Arrived, pointed: Pointed, text: &str) -> Answered {
        let Pointed { channel, message, .. } = pointed;
        let guild = arrived.who.guild.map_or_else(|| "@me".to_owned(), |guild| guild.to_string());
        let base = self.discord.settings.api_url.as_str().trim_end_matches('/');
        let link = format!("{base}/channels/{guild}/{channel}/{message}");
        let room = WHAT_HAPPENED_MAX - link.chars().count() - 1;
        let said = cut(text.trim(), room);
        let text = if said.is_empty() { link } else { format!("{said}\n{link}") };
        self.open_report(arrived, Some(pointed), &text)
    }

    /// Opens the form of a report, from memory, with no database in the way.
    pub(super) fn open_report(&self, arrived: &Arrived, pointed: Option<Pointed>, text: &str) -> Answered {
        self.say(arrived, |reading| {
            let form = reading.form_of(Category::PotentialTheft);
            let with_site = reading.site.is_none() && reading.rules.sites.len() > 1;
            let mut modal = render::report_modal(&form, pointed, text, with_site);
            if let Some(pointed) = pointed {
                let sealed = CustomId::Sealed { pointed, seal: self.seal(arrived, pointed) };
                put(&mut modal, "custom_id", json!(sealed.to_string()));
            }
            Answered::ask(&modal)
        })
    }

    /// That this person pointed at this message: a form's id comes back from the client, where it can be edited, and the bot
    /// sees more than they do.
    pub(super) fn seal(&self, arrived: &Arrived, pointed: Pointed) -> u64 {
        let (channel, message) = (pointed.channel.to_be_bytes(), pointed.message.to_be_bytes());
        let keys = self.app.desk.store.keys();
        let user = arrived.who.user.as_bytes();
        let hash = keys.content(&[b"discord/pointed", user, &channel, &message, &[pointed.photos]]);
        hash.0.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
    }

    /// Sites by what is typed of their name or id: those that they may report for.
    pub(super) async fn complete(&self, arrived: &Arrived, typed: &str) -> Answered {
        let met = self.meet(arrived).await;
        let rules = self.app.desk.rules();
        let actor = people::actor(&self.app.desk, &met.origin);
        let theirs = sites_to_report(&actor.roles, &rules.site_ids());
        let typed = typed.trim().to_lowercase();
        let found = rules
            .sites
            .iter()
            .filter(|site| theirs.contains(&site.id))
            .filter(|site| site.name.to_lowercase().contains(&typed) || site.id.as_str().contains(&typed));
        let choices: Vec<(String, String)> =
            found.take(OPTIONS_MAX).map(|site| (site.id.to_string(), cut(&site.name, OPTION_MAX))).collect();
        Answered::complete(&choices)
    }

    /// The photos of a message that is reported. Those that Discord does not show now are asked for again afterwards; if it
    /// never will, whoever reports is told at once why not.
    async fn photos_of(&self, pointed: Pointed) -> (Vec<Attached>, Option<NotTaken>) {
        let Pointed { channel, message, photos } = pointed;
        if channel == 0 || message == 0 || photos == 0 {
            return (Vec::new(), None);
        }
        let unseen = |from: usize| (0..photos).skip(from).map(|at| unseen(channel, message, at)).collect::<Vec<_>>();
        let route = Route::ChannelMessage { channel_id: ChannelId::new(channel), message_id: MessageId::new(message) };
        let asking = self.discord.api.get(route, Vec::new(), self.app.desk.now());
        match tokio::time::timeout(super::MEET_DEADLINE, asking).await {
            Ok(Ok(found)) => {
                let mut seen = attachments(&found, channel, message);
                // Somebody took some of them away meanwhile.
                let missing = unseen(seen.len());
                let why = (!missing.is_empty()).then(|| not_among(self.discord, &found));
                seen.extend(missing);
                (seen, why)
            }
            Ok(Err(trouble)) => match untold(self.discord, &trouble) {
                NotHad::Never(why) => (unseen(0), Some(why)),
                NotHad::NotNow(_) => (unseen(0), None),
            },
            Err(_) => (unseen(0), None),
        }
    }
}
