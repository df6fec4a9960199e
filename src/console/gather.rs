//! What a page shows, read from the store before anything is drawn.

use domain::actor::Actor;
use domain::id::{IncidentId, Reference};
use domain::incident::Incident;
use domain::photo::Photo;
use domain::place::SiteId;
use domain::policy::{self, Sight, TwoPerson};
use domain::words::{Platform, State};
use serde::Deserialize;

use crate::app::App;
use crate::chats::payload::Payload;
use crate::failure::Failure;
use crate::operations::people::is_reporter;
use crate::operations::{Desk, likeness, photo};
use crate::store::incidents::{Filter, Listed};
use crate::store::looks::Looks;
use crate::store::people::Notice;
use crate::store::sealing::TimelineLine;
use crate::store::verify::{Finding, Verdict};
use crate::store::waiting::{Place, Waiting};

/// How many of somebody's own reports stand on one page.
pub const MINE_MAX: usize = 10;

/// Which part of the lists is shown.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Leaf {
    /// Incidents in this state instead of the open ones.
    pub state: Option<String>,
    /// Of those in a state, the ones older than this one.
    pub before: Option<String>,
    /// Of the open ones, those behind this place.
    pub after: Option<String>,
    /// Own reports older than this one.
    pub mine: Option<String>,
}

/// What a person's page shows.
#[derive(Debug, Default)]
pub struct Lists {
    /// None for somebody who may not report.
    pub mine: Option<Page>,
    pub news: Vec<(Notice, Option<Incident>)>,
    /// None for somebody who sees no incidents of others.
    pub triage: Option<Triage>,
    /// The part of the address that asks for just this.
    pub query: String,
}

/// A page of incidents.
#[derive(Debug, Default)]
pub struct Page {
    pub incidents: Vec<Incident>,
    /// What the next page is older than.
    pub older: Option<IncidentId>,
    /// Whether it is not the first page.
    pub turned: bool,
}

/// The incidents of some sites.
#[derive(Debug, Default)]
pub struct Triage {
    pub sites: Vec<SiteId>,
    /// None for the open ones.
    pub state: Option<State>,
    /// The open ones stand in the order of their urgency, all others newest first.
    pub page: Page,
    /// Behind which the next page of the open ones begins.
    pub next: Option<Place>,
}

/// An incident with its timeline.
#[derive(Debug)]
pub struct Whole {
    pub incident: Incident,
    pub sight: Sight,
    pub lines: Vec<TimelineLine>,
    /// The photos that they may look at.
    pub photos: Vec<Photo>,
    /// Other incidents with a photo that looks like one of these; for those who decide.
    pub alike: Vec<Reference>,
    /// Who looked at photos; for those who see the record as a whole.
    pub looks: Option<Looks>,
    /// For those who see the record as a whole.
    pub verdict: Option<Verdict>,
    /// Its card as other chats are sent it, for those who see as much as these do.
    pub payloads: Vec<Payload>,
}

/// What a person's page shows.
pub async fn lists(desk: &Desk, actor: &Actor, leaf: &Leaf) -> Result<Lists, Failure> {
    let rules = desk.rules();
    let reports = !policy::sites_to_report(&actor.roles, &rules.site_ids()).is_empty();
    let mine = if reports { Some(mine(desk, actor, leaf).await?) } else { None };
    let news = if reports { news(desk, actor).await? } else { Vec::new() };
    let here = |site: &SiteId| {
        rules.site(site).is_some_and(|site| site.triage.iter().any(|place| place.platform == Platform::Console))
    };
    let read = policy::sites_in_sight(actor, &rules.site_ids());
    let sites: Vec<SiteId> = read.into_iter().filter(|site| site.is_unknown() || here(site)).collect();
    let triage = if sites.iter().all(SiteId::is_unknown) { None } else { Some(triage(desk, sites, leaf).await?) };
    Ok(Lists { mine, news, triage, query: leaf.query() })
}

impl Leaf {
    fn state(&self) -> Option<State> {
        self.state.as_ref().and_then(|word| word.parse().ok())
    }

    fn after(&self) -> Option<Place> {
        self.after.as_ref().and_then(|text| text.parse().ok())
    }

    /// The same leaf as a query, of what could be read of it.
    fn query(&self) -> String {
        let parts = [
            self.state().map(|state| format!("state={state}")),
            marker(self.before.as_ref()).map(|id| format!("before={id}")),
            self.after().map(|place| format!("after={place}")),
            marker(self.mine.as_ref()).map(|id| format!("mine={id}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

fn marker(text: Option<&String>) -> Option<IncidentId> {
    text.and_then(|text| text.parse().ok())
}

async fn mine(desk: &Desk, actor: &Actor, leaf: &Leaf) -> Result<Page, Failure> {
    let before = marker(leaf.mine.as_ref());
    let listed = desk.store.reported_by(actor, before).await?;
    Ok(Page::of(listed, MINE_MAX, before))
}

async fn news(desk: &Desk, actor: &Actor) -> Result<Vec<(Notice, Option<Incident>)>, Failure> {
    let mut news: Vec<(Notice, Option<Incident>)> = Vec::new();
    for notice in desk.store.notices(actor).await? {
        let known = news.iter().find(|(other, _)| other.incident == notice.incident);
        let incident = match known {
            Some((_, incident)) => incident.clone(),
            None => desk.store.incident(notice.incident).await?,
        };
        news.push((notice, incident));
    }
    Ok(news)
}

async fn triage(desk: &Desk, sites: Vec<SiteId>, leaf: &Leaf) -> Result<Triage, Failure> {
    let state = leaf.state();
    if state.is_none() {
        let Waiting { incidents, next } = desk.store.waiting(&sites, leaf.after()).await?;
        let page = Page { incidents, older: None, turned: leaf.after().is_some() };
        return Ok(Triage { sites, state, page, next });
    }
    let before = marker(leaf.before.as_ref());
    let filter = Filter { sites: sites.clone(), state, before };
    let listed = desk.store.incidents(&filter).await?;
    Ok(Triage { sites, state, page: Page::of(listed, usize::MAX, before), next: None })
}

impl Page {
    /// So many of what the store listed.
    fn of(Listed { mut incidents, older }: Listed, most: usize, before: Option<IncidentId>) -> Self {
        let more = incidents.len() > most;
        incidents.truncate(most);
        let older = if more { incidents.last().map(|incident| incident.id) } else { older };
        Self { incidents, older, turned: before.is_some() }
    }
}

/// An incident as this actor sees it; none if it does not exist for them.
pub async fn whole(app: &App, actor: &Actor, called: &str) -> Result<Option<Whole>, Failure> {
    let desk = &app.desk;
    let Ok(reference) = called.parse() else { return Ok(None) };
    let Some(incident) = desk.store.incident_called(&reference, actor).await? else { return Ok(None) };
    let Some(sight) = policy::sight(actor, &incident.subject(TwoPerson::default())) else { return Ok(None) };
    let lines = desk.store.timeline(&incident, sight).await?;
    let checks = matches!(sight, Sight::Full | Sight::Metadata);
    let verdict = if checks { Some(desk.store.verify_one(incident.id).await?) } else { None };
    let mut looks = if checks { Some(desk.store.looks(&incident).await?) } else { None };
    if let (Some(looks), Some(verdict)) = (&mut looks, &verdict) {
        looks.whole &= !verdict.findings.iter().any(Finding::is_of_looks);
        // Those from before their accounts were linked were written with a name.
        for looked in looks.newest.iter_mut().filter(|looked| is_reporter(desk, &incident, &looked.look.member)) {
            looked.name = None;
        }
    }
    let photos = photo::in_sight(desk, actor, &incident).await?;
    let decides = sight == Sight::Full;
    let alike = if decides { likeness::alike(desk, actor, &incident, &photos).await? } else { Vec::new() };
    let payloads = app.payloads(&incident, sight).await?;
    Ok(Some(Whole { incident, sight, lines, photos, alike, looks, verdict, payloads }))
}
