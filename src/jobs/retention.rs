//! What goes when its time is over. Once an hour: what a plan of the day before holds is erased, each incident in its own
//! time; once a day a plan is made for the next day. Where the clock or the number is odd, a person has to confirm.

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::incident::erasing::Certificate;
use domain::retention::{SHARE_MAX_PERCENT, jumped};
use uuid::Uuid;

use crate::app::App;
use crate::evidence::keep::Evidence;
use crate::failure::Failure;
use crate::operations::{Desk, wake};
use crate::store::Commit;
use crate::store::retention::{Plan, SWEEP, Span, Standing, Why};
use crate::texts::keys;

/// How long before the first of it goes a plan is made and told.
pub const NOTICE: TimeDelta = TimeDelta::days(1);
/// How often a plan is made, and how long one is carried out.
pub const EVERY: TimeDelta = TimeDelta::days(1);
/// Slack for a job that is taken a little earlier in its minute than the day before.
const EARLY: TimeDelta = TimeDelta::minutes(30);
/// The most incidents or photos that are looked up in one go.
const BATCH_MAX: u64 = 100;

/// Where the database keeps when the clock was last looked at, and when a plan was last made.
const LOOKED: &str = "retention_looked";
const PLANNED: &str = "retention_planned";
/// … and the rules by which ends were last set.
const RULED: &str = "retention_ruled";

/// What a look came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ran {
    /// Incidents that were erased.
    pub erased: u64,
    /// Photos whose bytes are gone.
    pub photos: u64,
    /// Photos whose bytes something still keeps.
    pub kept: u64,
    /// A plan that was made.
    pub planned: Option<Plan>,
}

/// What is done once an hour.
pub async fn step(desk: &Desk, evidence: &Evidence) -> Result<Ran, Failure> {
    let jumped = look_at_clock(desk).await?;
    let mut ran = carry_out(desk, evidence).await?;
    let last = moment(desk.store.noted(PLANNED).await?);
    let now = desk.now();
    if jumped || last.is_none_or(|last| now >= last + EVERY - EARLY || now < last) {
        ran.planned = make(desk, jumped).await?;
    }
    Ok(ran)
}

/// The same for a server: those who are told of trouble hear of a new plan.
pub async fn work(app: &App) -> Result<Ran, Failure> {
    let ran = step(&app.desk, &app.evidence).await?;
    if ran.erased > 0 || ran.planned.is_some() {
        app.work.ring();
    }
    if let Some(plan) = &ran.planned {
        let rules = app.desk.rules();
        let voice = app.voice(&rules, None);
        let said = if let Standing::Waiting(_) = plan.standing {
            keys::retention_waits(plan.incidents, plan.photos)
        } else {
            keys::retention_goes(voice.day(plan.due_at), plan.incidents, plan.photos)
        };
        let line = voice.say(&said);
        for chat in app.chats.iter() {
            chat.tell_admins(app, &line).await;
        }
    }
    Ok(ran)
}

/// Has what was said in chats of erased incidents be taken away where their erasure did not see to that, and once more where
/// a chat did not let us; how many incidents that were.
pub async fn unsay_earlier(app: &App) -> Result<u64, Failure> {
    let earlier = app.desk.store.unsay_earlier(app.desk.now()).await?;
    if earlier > 0 {
        app.work.ring();
    }
    Ok(earlier)
}

/// Plans what goes tomorrow, whenever a plan was last made.
pub async fn plan(desk: &Desk) -> Result<Option<Plan>, Failure> {
    let jumped = look_at_clock(desk).await?;
    make(desk, jumped).await
}

/// Carries out what is due.
pub async fn run(desk: &Desk, evidence: &Evidence) -> Result<Ran, Failure> {
    look_at_clock(desk).await?;
    carry_out(desk, evidence).await
}

/// A person says that a plan may be carried out although it looked odd; false if none of this id waits.
pub async fn confirm(desk: &Desk, plan: Uuid) -> Result<bool, Failure> {
    // Whoever confirms has looked at the time as well.
    look_at_clock(desk).await?;
    desk.store.confirm_plan(plan, desk.now()).await
}

/// Whether the time cannot be believed; then every plan waits for a person.
async fn look_at_clock(desk: &Desk) -> Result<bool, Failure> {
    let now = desk.now();
    let odd = moment(desk.store.noted(LOOKED).await?).is_some_and(|last| jumped(last, now));
    if odd {
        tracing::error!(target: "shopwatch::retention", "the clock jumped: nothing is erased until somebody confirms the plans");
        desk.store.hold_plans(Why::Clock).await?;
    }
    desk.store.note(LOOKED, &now.to_rfc3339()).await?;
    Ok(odd)
}

fn moment(noted: Option<String>) -> Option<Moment> {
    noted?.parse().ok()
}

async fn make(desk: &Desk, jumped: bool) -> Result<Option<Plan>, Failure> {
    move_ends(desk).await?;
    let now = desk.now();
    let due_at = now + NOTICE;
    let span = Span { made_at: now, due_at, until: due_at + EVERY, jumped };
    let plan = desk.store.plan_retention(desk.ids.uuid(), span).await?;
    if let Some(plan) = &plan {
        warn_of_end(desk, plan.id).await?;
    }
    desk.store.note(PLANNED, &now.to_rfc3339()).await?;
    if let Some(plan) = &plan {
        let (incidents, photos) = (plan.incidents, plan.photos);
        if let Standing::Waiting(why) = plan.standing {
            tracing::error!(target: "shopwatch::retention", plan = %plan.id.simple(), incidents, photos, of_all = plan.of_all, why = why.as_str(), "a plan waits for a person: shopwatch retention plan");
        } else {
            tracing::warn!(target: "shopwatch::retention", plan = %plan.id.simple(), incidents, photos, from = %plan.due_at, "what goes next");
        }
    }
    Ok(plan)
}

/// Whatever the rules say of how long things are kept holds for what is there already: before a plan is made, so that nothing
/// goes earlier than people were told without a day of notice.
async fn move_ends(desk: &Desk) -> Result<(), Failure> {
    let said = format!("{:?}", desk.rules().terms.retention);
    if desk.store.noted(RULED).await?.is_some_and(|known| known == said) {
        return Ok(());
    }
    // What is reported from now on ends as these rules say.
    let (mut after, until) = (Uuid::nil(), desk.store.newest_id().await?.unwrap_or_default());
    loop {
        let ids = desk.store.ids_between(after, until, BATCH_MAX).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in ids {
            wake::move_end(desk, IncidentId(id)).await?;
        }
    }
    desk.store.note(RULED, &said).await
}

/// Tells the managers of what goes although nobody has decided it: on its card, for which there is a day left.
async fn warn_of_end(desk: &Desk, plan: Uuid) -> Result<(), Failure> {
    let mut after = Uuid::nil();
    loop {
        let undecided = desk.store.undecided_of_plan(plan, after, BATCH_MAX).await?;
        let Some(last) = undecided.last() else { return Ok(()) };
        after = last.0;
        for id in undecided {
            wake::warn_of_end(desk, id).await?;
        }
    }
}

async fn carry_out(desk: &Desk, evidence: &Evidence) -> Result<Ran, Failure> {
    let now = desk.now();
    let mut ran = Ran::default();
    for plan in desk.store.retention_plans().await? {
        let confirmed = match plan.standing {
            Standing::Planned => false,
            Standing::Confirmed => true,
            Standing::Waiting(_) | Standing::Done => continue,
        };
        if now < plan.due_at {
            continue;
        }
        ran.erased += erase_all(desk, &plan, confirmed, now).await?;
        if now >= plan.until {
            desk.store.finish_plan(plan.id, now).await?;
        }
    }
    remove(desk, evidence, &mut ran).await?;
    sweep(desk, ran.erased > 0).await?;
    Ok(ran)
}

async fn erase_all(desk: &Desk, plan: &Plan, confirmed: bool, now: Moment) -> Result<u64, Failure> {
    let (mut after, mut erased) = (Uuid::nil(), 0);
    loop {
        let due = desk.store.due_of_plan(plan.id, after, now, BATCH_MAX).await?;
        let Some(last) = due.last() else { return Ok(erased) };
        after = last.0;
        for id in due {
            erased += u64::from(erase(desk, id, plan.id, confirmed).await?);
        }
    }
}

/// Erases one incident; false if it has changed meanwhile, or has to stay after all.
#[tracing::instrument(skip_all, fields(incident = %id), err(Debug, level = "debug"))]
async fn erase(desk: &Desk, id: IncidentId, plan: Uuid, confirmed: bool) -> Result<bool, Failure> {
    let Some(incident) = desk.store.incident_if_readable(id).await? else { return Ok(false) };
    let (now, rules) = (desk.now(), desk.rules());
    let photos = usize::try_from(desk.store.count_photos(id).await?).unwrap_or(usize::MAX);
    let key = desk.store.mark_of_key(&incident);
    let Ok(change) = incident.erase(&Certificate { plan, confirmed, photos, key }, now) else { return Ok(false) };
    match desk.store.commit(Commit::of(change, &rules.terms, now)).await {
        Ok(_) => Ok(true),
        Err(Failure::Conflict) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Removes the bytes of photos whose incidents are erased; what a lock keeps is tried again at the next look.
async fn remove(desk: &Desk, evidence: &Evidence, ran: &mut Ran) -> Result<(), Failure> {
    let mut after = Uuid::nil();
    loop {
        let going = desk.store.photos_going(after, BATCH_MAX).await?;
        let Some(last) = going.last() else { return Ok(()) };
        after = last.0;
        for id in going {
            if evidence.remove(id).await.is_ok() {
                desk.store.forget_photo(id).await?;
                ran.photos += 1;
            } else {
                ran.kept += 1;
            }
        }
    }
}

/// Sweeps the database's files after something was erased, at a later look if somebody is reading.
async fn sweep(desk: &Desk, erased: bool) -> Result<(), Failure> {
    if erased {
        desk.store.note(SWEEP, "due").await?;
    }
    if desk.store.noted(SWEEP).await?.as_deref() == Some("due") {
        // The note is written first: it is swept along.
        desk.store.note(SWEEP, "done").await?;
        if !desk.store.sweep_erased().await? {
            desk.store.note(SWEEP, "due").await?;
        }
    }
    Ok(())
}

/// A plan in one line, and what it waits for in two more.
pub fn describe(plan: &Plan) -> String {
    let Plan { incidents, photos, of_all, .. } = plan;
    let (id, from) = (plan.id.simple(), plan.due_at.format("%A %Y-%m-%d %H:%M UTC"));
    let goes = format!("{id}  {incidents} incident(s) and {photos} photo(s) go from {from} on");
    let why = match plan.standing {
        Standing::Planned => return goes,
        Standing::Confirmed => return format!("{goes}, as a person confirmed"),
        Standing::Done => return format!("{id}  carried out"),
        Standing::Waiting(Why::TooMany) => {
            format!("these are {incidents} of {of_all} incidents, more than {SHARE_MAX_PERCENT} % at once")
        }
        Standing::Waiting(Why::Clock) => "the clock jumped since the time before".to_owned(),
    };
    format!(
        "{goes}, once a person confirms\n  why  {why}\n  do   if the time and the number are right: shopwatch retention run --confirm {id}"
    )
}
