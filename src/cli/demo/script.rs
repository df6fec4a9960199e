//! The script: what is done, and what has to be true afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::words::{Platform, Role};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::time::timeout;

use super::hands::{Browser, Known, Program, action, known};
use super::lines::{self, Line, Step};
use super::server::Server;
use crate::bell::Bell;
use crate::chat::press::Button;
use crate::cli::Complaint;

/// How long every copy of a card may take to show the newest state.
const COPIES_DEADLINE: Duration = Duration::from_secs(1);
/// How often that is looked at meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// On a page: the form of a report, and what is wrong with what was sent.
const FORM: &str = "name=\"what\" value=\"report\"";
const PROBLEMS: &str = "id=\"problems\"";

/// Everybody in the script.
struct Cast {
    amal: Browser,
    noor: Browser,
    till: Program,
    omar: Program,
    auditor: Program,
}

/// Plays all of it; what it counted at the end.
pub async fn play(server: &Server) -> Result<String, Complaint> {
    let cast = Cast {
        amal: Browser::enter(server, "amal").await?,
        noor: Browser::enter(server, "noor").await?,
        till: Program::new(server, server.key("till", Role::Staff).await?)?,
        omar: Program::new(server, server.key("omar", Role::Reviewer).await?)?,
        auditor: Program::new(server, server.key("lena", Role::Auditor).await?)?,
    };
    tick("Amal and Noor are signed in by one-time links; the till, Omar and Lena have keys");
    first_story(server, &cast).await?;
    let mut told: BTreeMap<u32, Known> = BTreeMap::new();
    let (mut kept, mut refused, mut forms, mut steps) = (0, 0, 0, 0);
    for line in lines::read()? {
        match report(&cast, &line, &told).await? {
            Answered::Kept(mut incident) => {
                expect(&incident.category, &line.expect.category, &line)?;
                steps += review(&cast, &line, &mut incident, &told).await?;
                expect(&incident.state, &line.expect.ends, &line)?;
                kept += 1;
                let (reference, state) = (&incident.reference, &incident.state);
                tick(&format!("report {} ({}, {}): {reference} {state}", line.n, line.door, line.lang));
                told.insert(line.n, incident);
            }
            Answered::Refused(field) => {
                refused += 1;
                tick(&format!("report {} ({}): refused, {field}", line.n, line.door));
            }
            Answered::Form => {
                forms += 1;
                tick(&format!("report {} ({}): nothing to read in it, the form opens", line.n, line.door));
            }
        }
    }
    for incident in told.values() {
        // Later lines may have been merged into it.
        let now = cast.omar.look(&incident.reference).await?;
        copies_agree(server, &now).await?;
    }
    tick(&format!("every copy of {} cards shows the newest state", told.len()));
    let verdict = server.store.verify(|_| {}).await.map_err(|_why| "the record cannot be read".to_owned())?;
    if !verdict.findings.is_empty() {
        return Err(format!("the record is not whole: {:?}", verdict.findings));
    }
    tick(&format!("the record is whole: {} lines of {} incidents", verdict.lines, verdict.incidents));
    Ok(format!(
        "{kept} reports kept, {refused} refused, {forms} answered with the form, {steps} steps of triage: all as expected"
    ))
}

/// What a newcomer does in the first five minutes, and what must not work.
async fn first_story(server: &Server, cast: &Cast) -> Result<(), Complaint> {
    let page = cast.amal.report("two people, spirits, about £80").await?;
    let reference = only_reference(&page, &BTreeSet::new())?;
    tick(&format!("Amal reports: {reference}"));
    let seen = cast.omar.look(&reference).await?;
    cast.amal.press(Button::Claim, &seen, None).await?;
    expect_state(cast, &seen, "new", "Amal presses a manager's button: refused, nothing changes").await?;
    let (by_browser, by_key) =
        tokio::join!(cast.noor.press(Button::Claim, &seen, None), cast.omar.act(&seen, "claim", serde_json::json!({})));
    by_browser?;
    let (status, _) = by_key?;
    let claimed = expect_state(cast, &seen, "claimed", "Noor and Omar claim at once: one of them has it").await?;
    if claimed.version != seen.version + 1 || !(status == StatusCode::OK || status == StatusCode::CONFLICT) {
        return Err(format!("two claims made {} steps ({status})", claimed.version - seen.version));
    }
    let (status, body) = cast.omar.act(&claimed, "confirm", serde_json::json!({})).await?;
    if status.is_success() || !body.to_string().contains("cctv") {
        return Err(format!("confirm without facts was not refused by name: {status} {body}"));
    }
    tick("Confirm names the facts that are missing");
    let page = cast.noor.press(Button::Preview, &claimed, None).await?;
    if page.contains("spirits, about") && page.matches("spirits, about").count() > 1 {
        return Err("the preview quotes people's own words".to_owned());
    }
    tick("Noor previews an alert: nothing is sent");
    if cast.till.look(&reference).await.is_ok() {
        return Err("the till sees what it did not report".to_owned());
    }
    tick("To the till, Amal's report does not exist");
    let seen = cast.auditor.look(&reference).await?;
    tick(&format!("Lena, the auditor, sees states and times: {}", seen.state));
    let page = cast.amal.look().await?;
    copies_agree(server, &claimed).await?;
    if page.contains(&reference) { Ok(()) } else { Err(format!("{reference} is not among Amal's reports")) }
}

/// What became of a line.
enum Answered {
    Kept(Known),
    /// Because of these fields.
    Refused(String),
    /// The form, with nothing in it.
    Form,
}

/// Sends one line through its door; what it was answered, which is what is expected.
async fn report(cast: &Cast, line: &Line, told: &BTreeMap<u32, Known>) -> Result<Answered, Complaint> {
    if let Some(body) = &line.body {
        let idempotency = format!("demo-{}", line.n);
        let (status, answer) = cast.till.report(body, &idempotency).await?;
        let (again, repeated) = cast.till.report(body, &idempotency).await?;
        if status != again || answer.get("reference") != repeated.get("reference") {
            return Err(format!("report {}: sent twice, answered {status} and {again}", line.n));
        }
        expect_accepted(line, status == StatusCode::CREATED, &answer.to_string())?;
        return match known(&answer) {
            Some(known) => Ok(Answered::Kept(known)),
            None => refused(line, faulty_fields(&answer)),
        };
    }
    let page = cast.amal.report(line.command.as_deref().unwrap_or_default()).await?;
    let before: BTreeSet<String> = told.values().map(|incident| incident.reference.clone()).collect();
    let reference = receipt(&page).filter(|reference| !before.contains(reference));
    expect_accepted(line, reference.is_some(), "console")?;
    match reference {
        Some(reference) => cast.omar.look(&reference).await.map(Answered::Kept),
        // A line that is refused goes on in the form, below what is wrong with it.
        None if page.contains(FORM) && page.contains(PROBLEMS) => refused(line, "what_happened".to_owned()),
        None if page.contains(FORM) && line.expect.opens_form => Ok(Answered::Form),
        None => Err(format!("report {}: neither a receipt nor what is expected instead", line.n)),
    }
}

fn refused(line: &Line, fields: String) -> Result<Answered, Complaint> {
    if fields == line.expect.refused_field {
        return Ok(Answered::Refused(fields));
    }
    Err(format!("report {}: refused because of {fields}, expected {}", line.n, line.expect.refused_field))
}

/// The fields that a problem document names.
fn faulty_fields(document: &Value) -> String {
    let problems = document.get("problems").and_then(Value::as_array);
    let fields = problems.into_iter().flatten().filter_map(|problem| problem.get("field")?.as_str());
    fields.collect::<Vec<_>>().join(", ")
}

fn expect_accepted(line: &Line, accepted: bool, answer: &str) -> Result<(), Complaint> {
    if accepted == line.expect.accepted {
        return Ok(());
    }
    Err(format!("report {}: accepted {accepted}, expected {} ({answer})", line.n, line.expect.accepted))
}

/// Takes the steps of a review, each as somebody who may; returns how many.
async fn review(
    cast: &Cast,
    line: &Line,
    incident: &mut Known,
    told: &BTreeMap<u32, Known>,
) -> Result<usize, Complaint> {
    for step in &line.expect.review {
        let into = step.with.get("into").and_then(serde_json::Value::as_u64).and_then(|n| u32::try_from(n).ok());
        let into = into.and_then(|n| told.get(&n)).map(|other| other.reference.as_str());
        take(cast, line, step, incident, into).await?;
        let now = cast.omar.look(&incident.reference).await?;
        if now.version != incident.version + 1 {
            return Err(format!("report {}: {} made {} steps", line.n, step.verb, now.version - incident.version));
        }
        *incident = now;
    }
    Ok(line.expect.review.len())
}

/// One step: the reporter through the door they reported by, managers in turn by browser and by key.
async fn take(cast: &Cast, line: &Line, step: &Step, incident: &Known, into: Option<&str>) -> Result<(), Complaint> {
    let by_browser = if step.is_reporters() { line.door == "console" } else { line.n.is_multiple_of(2) };
    let person = if step.is_reporters() { &cast.amal } else { &cast.noor };
    let button = match step.verb.as_str() {
        "claim" => Some((Button::Claim, None)),
        "confirm" => Some((Button::Confirm, None)),
        "release" => Some((Button::Release, None)),
        "withdraw" => Some((Button::Withdraw, None)),
        "reopen" => Some((Button::Reopen, None)),
        "ask" => Some((Button::Ask, Some(("text", step.text("text"))))),
        "answer" => Some((Button::Answer, Some(("text", step.text("text"))))),
        "note" => Some((Button::Note, Some(("text", step.text("text"))))),
        "decline" => Some((Button::Decline, Some(("reason", step.text("reason"))))),
        _ => None,
    };
    if let (true, Some((button, text))) = (by_browser, button) {
        return person.press(button, incident, text).await.map(drop);
    }
    let program = if step.is_reporters() { &cast.till } else { &cast.omar };
    let (verb, with) = action(step, into);
    let (status, body) = program.act(incident, &verb, with).await?;
    if status == StatusCode::OK {
        Ok(())
    } else {
        Err(format!("report {}: {verb} was answered {status}: {body}", line.n))
    }
}

fn expect(state: &str, expected: &str, line: &Line) -> Result<(), Complaint> {
    if state == expected { Ok(()) } else { Err(format!("report {}: it is {state}, expected {expected}", line.n)) }
}

async fn expect_state(cast: &Cast, incident: &Known, state: &str, what: &str) -> Result<Known, Complaint> {
    let now = cast.omar.look(&incident.reference).await?;
    if now.state != state {
        return Err(format!("{what}: it is {}, expected {state}", now.state));
    }
    tick(what);
    Ok(now)
}

/// Every copy of a card shows the incident's newest version, within a second.
async fn copies_agree(server: &Server, incident: &Known) -> Result<(), Complaint> {
    let never = Bell::default();
    let agreed = timeout(COPIES_DEADLINE, async {
        loop {
            let copies = server.store.copies(incident.id).await.unwrap_or_default();
            let console = |copy: &&crate::store::outbox::Copy| copy.place.platform == Platform::Console;
            if copies.iter().any(|copy| console(&copy))
                && copies.iter().filter(console).all(|copy| copy.shown == Some(incident.version))
            {
                return;
            }
            drop(timeout(LOOK_AGAIN, never.listen().hear()).await);
        }
    });
    agreed.await.map_err(|_why| format!("a copy of {} does not show its newest state", incident.reference))
}

/// The reference in a receipt: the first one on the page that is in a line of the answer.
fn receipt(page: &str) -> Option<String> {
    let (_, answer) = page.split_once("Only you can see this: ")?;
    answer.get(..10).map(ToOwned::to_owned)
}

fn only_reference(page: &str, known: &BTreeSet<String>) -> Result<String, Complaint> {
    receipt(page).filter(|reference| !known.contains(reference)).ok_or_else(|| "Amal was given no receipt".to_owned())
}

fn tick(what: &str) {
    println!("  ✓ {what}");
}
