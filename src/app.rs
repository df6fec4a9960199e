//! The application: the single door for everything that comes in, and what the doors share.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use domain::actor::Actor;
use domain::policy::sites_to_report;
use domain::problems::Problems;
use domain::report::{Attached, Command, Draft};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::bell::Bell;
use crate::chat::filled;
use crate::chat::inbound::{Answers, Inbound, Origin, What};
use crate::chat::voice::Voice;
use crate::chats::ChatClient;
use crate::clock::Stopwatch;
use crate::evidence::keep::Evidence;
use crate::failure::Failure;
use crate::operations::triage::Enclosed;
use crate::operations::{Desk, Outcome, people, report, sent, triage};
use crate::settings::Settings;
use crate::texts::Texts;

/// How long intake may take before the person is told "not saved" (PROMISES.md, design rule 7: intake 2.5 s).
const INTAKE_DEADLINE: Duration = Duration::from_millis(2_500);

/// Everything a door needs; one count to share it, since every request and every layer around it holds one.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the doors share.
#[derive(Clone)]
pub struct Parts {
    pub desk: Arc<Desk>,
    pub texts: Arc<Texts>,
    pub settings: Arc<Settings>,
    /// Whether this is the built-in example shop, tried out by one person on their own computer.
    pub try_out: bool,
    /// Rings when there is work for the outbox.
    pub work: Bell,
    /// Rings when something has become visible.
    pub shown: Bell,
    /// The chats that are connected.
    pub chats: Arc<[ChatClient]>,
    /// What reads photos and keeps them.
    pub evidence: Arc<Evidence>,
    /// What was counted.
    pub metrics: PrometheusHandle,
    /// For measuring how long answers take.
    pub stopwatch: Stopwatch,
    /// Cancelled when the program is asked to end.
    pub stopping: CancellationToken,
}

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// The parts of this one, to be changed before it is shared; another one that shares them keeps its own.
    pub fn parts(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.0)
    }

    /// Takes in what somebody did: who it was, what it means, what came of it. No network I/O happens here.
    pub async fn receive(&self, inbound: Inbound) -> (Actor, Result<Outcome, Failure>) {
        let actor = people::actor(&self.desk, &inbound.origin);
        let result = match timeout(INTAKE_DEADLINE, Box::pin(self.handle(&actor, inbound))).await {
            Ok(result) => result,
            Err(_) => Err(Failure::Unavailable("intake took too long")),
        };
        if matches!(result, Ok(Outcome::Reported { .. } | Outcome::Stepped { .. } | Outcome::Joined { .. })) {
            self.work.ring();
        }
        note(&result);
        (actor, result)
    }

    async fn handle(&self, actor: &Actor, inbound: Inbound) -> Result<Outcome, Failure> {
        let Inbound { what, origin, delivery } = inbound;
        let locale = self.texts.tag(self.texts.choose(origin.locale.as_deref(), &self.desk.rules().shop.locale));
        match what {
            What::Command(text) => match Command::parse(&text) {
                Command::Form => Ok(Outcome::ReportForm),
                Command::Help => Ok(Outcome::Help),
                Command::Line(category, line) => {
                    let draft = Draft::line(category, &line, self.site_of(&origin))?;
                    report::submit(&self.desk, actor, &draft, &locale, delivery).await
                }
            },
            What::Report(mut draft) => {
                draft.site = draft.site.or_else(|| self.site_of(&origin));
                report::submit(&self.desk, actor, &draft, &locale, delivery).await
            }
            What::Dropped(mut draft) => {
                draft.site = draft.site.or_else(|| self.site_of(&origin));
                draft.site_can_wait = true;
                report::submit(&self.desk, actor, &draft, &locale, delivery).await
            }
            What::Filled(answers, photos) => {
                let draft = self.draft(&answers, photos, actor, &origin)?;
                report::submit(&self.desk, actor, &draft, &locale, delivery).await
            }
            What::Photos(incident, photos, words) => {
                sent::join(&self.desk, actor, &locale, incident, sent::Joining { photos, words }, delivery).await
            }
            What::Press(press) => triage::press(&self.desk, actor, &press, &Enclosed::default(), delivery).await,
            What::Submit(press, enclosed) => triage::press(&self.desk, actor, &press, &enclosed, delivery).await,
        }
    }

    /// A filled-in form as a draft. A price that cannot be read is known here, the rest to the domain: all are told
    /// together.
    fn draft(
        &self,
        answers: &Answers,
        photos: Vec<Attached>,
        actor: &Actor,
        origin: &Origin,
    ) -> Result<Draft, Failure> {
        let rules = self.desk.rules();
        let mut problems = Problems::default();
        let draft = filled::draft(answers, rules.shop.timezone, rules.shop.currency, &mut problems);
        let site = draft.site.clone().or_else(|| self.site_of(origin));
        let draft = Draft { site, photos, ..draft };
        if !problems.0.is_empty() {
            let sites = sites_to_report(&actor.roles, &rules.site_ids());
            problems.0.extend(draft.parse(&sites, self.desk.now()).err().unwrap_or_default().0);
            return Err(problems.into());
        }
        Ok(draft)
    }

    /// The site that a channel stands for.
    fn site_of(&self, origin: &Origin) -> Option<String> {
        let rules = self.desk.rules();
        let site = rules.report_site(origin.place.as_ref()?)?;
        Some(site.id.to_string())
    }

    /// Puts other rules in force. Channels that were not watched may be from now on, and are read.
    pub fn change_rules(&self, rules: crate::rules::Rules) {
        self.desk.change_rules(rules);
        if let Some(discord) = self.discord() {
            discord.missed.ring();
        }
    }

    /// How things are said to somebody.
    pub fn voice<'a>(&'a self, rules: &crate::rules::Rules, locale: Option<&str>) -> Voice<'a> {
        Voice::new(&self.texts, rules, locale)
    }
}

/// Our own failures, once, at the edge, without what people wrote.
fn note(result: &Result<Outcome, Failure>) {
    match result {
        Err(Failure::Broken(why)) => {
            metrics::counter!("shopwatch_failures_total", "kind" => "broken").increment(1);
            tracing::error!(target: "shopwatch::app", error = %why, "something is broken here");
        }
        Err(Failure::Unavailable(why)) => {
            metrics::counter!("shopwatch_failures_total", "kind" => "unavailable").increment(1);
            tracing::warn!(target: "shopwatch::app", why, "somebody was told that nothing was saved");
        }
        Err(Failure::Conflict) => metrics::counter!("shopwatch_failures_total", "kind" => "conflict").increment(1),
        Err(Failure::Refused(_)) => metrics::counter!("shopwatch_failures_total", "kind" => "refused").increment(1),
        Ok(_) => {}
    }
}
