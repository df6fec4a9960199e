//! Photos that were sent in a chat: each is asked for in the commit that it came with, and kept when its bytes have been
//! fetched; one that cannot be had is told instead.

use std::collections::BTreeSet;

use domain::actor::{Account, Actor, Roles};
use domain::facts::Patch;
use domain::id::IncidentId;
use domain::incident::verb::Verb;
use domain::incident::{Change, Incident};
use domain::photo::{Kept, Photo, PhotoId};
use domain::problems::Problems;
use domain::report::{Address, Attached, PHOTOS_MAX};
use domain::text::{NOTE_MAX, WHAT_HAPPENED_MAX, optional};
use domain::words::{NotTaken, Platform, Role};

use super::photo::{self, about, refused};
use super::{Desk, Outcome, triage};
use crate::evidence::child::NotRead;
use crate::evidence::fetch::Had;
use crate::evidence::header::Unfit;
use crate::evidence::keep::{Evidence, sha256};
use crate::evidence::scrub::Review;
use crate::failure::{Failure, Refusal};
use crate::store::outbox::{Task, Told};
use crate::store::photos::PhotoChange;
use crate::store::{Commit, Committed, Delivery};

/// How often a step is tried again after somebody else got ahead.
const TRIES: u32 = 16;

/// What became of the bytes of a photo that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// They are evidence.
    Kept,
    /// They are not, and it was told.
    NotTaken(NotTaken),
    /// The machine had no time to read them.
    NotNow,
    /// They are neither, since nobody waits for them any more.
    NotWanted,
}

/// What has to be fetched of an incident as it is after a step.
pub(super) fn tasks(incident: &Incident) -> impl Iterator<Item = Task> {
    let coming = incident.photos.iter().filter(|sent| sent.is_on_its_way());
    coming.map(|sent| Task::keep_photo(incident.id, incident.version, sent))
}

/// Whoever sent it, who was cleared for it when they did: that they may do less by now takes nothing back.
fn sender(incident: &Incident, sent: &Attached) -> Actor {
    let (account, member, name, role) = match &sent.by {
        None => (incident.reporter.account.clone(), &incident.reporter.member, String::new(), Role::Staff),
        // Of a colleague the chat is known, and who they are to colleagues.
        Some(by) => (Account::new(sent.platform, String::new()), &by.member, by.name.clone(), Role::Reviewer),
    };
    let roles = Roles { everywhere: BTreeSet::from([role]), ..Roles::default() };
    Actor { account, member: member.clone(), also: Vec::new(), name, roles }
}

/// What somebody sent to an incident there is already.
#[derive(Debug)]
pub struct Joining {
    pub photos: Vec<Attached>,
    /// Written beside them; may be empty.
    pub words: String,
}

/// What became of the words beside photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// There were none, or they are known already.
    None,
    /// The reporter's own belong to what happened.
    Added,
    /// A colleague's are a note.
    Noted,
    /// Whoever sent them may add photos and writes no notes.
    NotTheirs,
}

/// Takes in photos that the reporter or a colleague sent to an incident there is already; their bytes are fetched
/// afterwards. What was written beside them becomes true with them: nothing that somebody wrote is passed over.
#[tracing::instrument(skip_all, fields(incident = %id), err(Debug, level = "debug"))]
pub async fn join(
    desk: &Desk,
    actor: &Actor,
    locale: &str,
    id: IncidentId,
    joining: Joining,
    delivery: Option<Delivery>,
) -> Result<Outcome, Failure> {
    if let Some(outcome) = triage::arrived_before(desk, actor, delivery.as_ref()).await? {
        return Ok(outcome);
    }
    let tells = Some(Address { account: actor.account.clone(), locale: locale.to_owned() });
    let photos = joining.photos.into_iter().map(|sent| Attached { tells: tells.clone(), ..sent }).collect();
    let verb = Verb::SendPhotos { photos };
    for _ in 0..TRIES {
        let (now, rules) = (desk.now(), desk.rules());
        let incident = desk.store.incident(id).await?.ok_or(Failure::NOT_FOUND)?;
        let cleared = triage::clear(desk, actor, verb.action(), &incident)?;
        let change = incident.apply(&cleared, verb.clone(), &rules.terms, now)?;
        let (said, words) = say(desk, actor, change.after(), &joining.words)?;
        let after = said.as_ref().unwrap_or(&change).after().clone();
        let shows: Vec<Task> = desk.shows(&after, &rules).into_iter().chain(tasks(&after)).collect();
        let commit = Commit::of(change, &rules.terms, now).showing(shows).delivered_as(delivery.clone());
        let commit = match said {
            Some(said) => commit.and(said, &rules.terms),
            None => commit,
        };
        match desk.store.commit(commit).await {
            Err(Failure::Conflict) => {}
            Ok(Committed::Seen { same: false, .. }) => return Err(Failure::Refused(Refusal::KeyReused)),
            Ok(Committed::Done { .. }) => return Ok(Outcome::Joined { incident: after, words }),
            // It arrived twice at the same moment: the other one joined, and says so.
            Ok(Committed::Seen { same: true, .. }) => return Ok(Outcome::Stepped { incident }),
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::Conflict)
}

/// The step that the words beside photos are. Words that are too long are refused with the photos: whoever sent them has
/// both before them, and would not know that one of them is missing.
fn say(desk: &Desk, actor: &Actor, incident: &Incident, words: &str) -> Result<(Option<Change>, Words), Failure> {
    let theirs = actor.is(&incident.reporter.member);
    let most = if theirs { WHAT_HAPPENED_MAX } else { NOTE_MAX };
    let text = optional(words, most).map_err(|fault| Problems::one("text", fault))?;
    let Some(text) = text.filter(|text| incident.what_happened() != Some(text.as_str())) else {
        return Ok((None, Words::None));
    };
    let (verb, became) = if theirs {
        let patch = Patch { what_happened: Some(longer(incident, text)), ..Patch::default() };
        (Verb::AddDetails { patch }, Words::Added)
    } else {
        (Verb::Note { text }, Words::Noted)
    };
    let cleared = match triage::clear(desk, actor, verb.action(), incident) {
        Err(Failure::Refused(Refusal::Denied(_))) if !theirs => return Ok((None, Words::NotTheirs)),
        cleared => cleared?,
    };
    Ok((Some(incident.apply(&cleared, verb, &desk.rules().terms, desk.now())?), became))
}

/// What happened with more of it: nobody who sends a photo takes back what they wrote before. What does not fit any more
/// stands alone, and what was written before it on the timeline.
fn longer(incident: &Incident, text: String) -> String {
    let both = incident.what_happened().map(|before| format!("{before}\n{text}"));
    both.filter(|both| both.chars().count() <= WHAT_HAPPENED_MAX).unwrap_or(text)
}

/// Keeps a photo of which the bytes have come, and for which there was no time so often before.
#[tracing::instrument(skip_all, fields(incident = %incident.id), err(Debug, level = "debug"))]
pub async fn keep(
    desk: &Desk,
    evidence: &Evidence,
    mut incident: Incident,
    sent: &Attached,
    had: &Had,
    before: u32,
) -> Result<Came, Failure> {
    let original = had.original.as_slice();
    let hash = sha256(original);
    if let Some(came) = stands_against(desk, &incident, sent, &hash).await? {
        return told(desk, incident, sent, came).await;
    }
    let (review, rendition) = match reviewed(evidence, had, before).await {
        Ok(reviewed) => reviewed,
        Err(why) => return told(desk, incident, sent, unfit(why)?).await,
    };
    let id = PhotoId(desk.ids.uuid());
    photo::stage(desk, evidence, &incident, id, photo::Sent { original, rendition }, review.as_ref()).await?;
    let about = about(review.as_ref(), hash, original, rendition);
    for _ in 0..TRIES {
        if let Some(came) = stands_against(desk, &incident, sent, &about.sha256).await? {
            evidence.unstage(id).await?;
            return told(desk, incident, sent, came).await;
        }
        let photo = Photo {
            id,
            incident: incident.id,
            uploaded_by: sender(&incident, sent).member,
            at: desk.now(),
            in_vault: false,
            kept: Kept::default(),
            checked: false,
            about: about.clone(),
        };
        match commit_kept(desk, &incident, sent, photo).await {
            Err(Failure::Conflict) => incident = now(desk, &incident).await?,
            Ok(_) => return Ok(Came::Kept),
            Err(refused @ Failure::Refused(_)) => {
                evidence.unstage(id).await?;
                return Err(refused);
            }
            Err(failure) => return Err(failure),
        }
    }
    evidence.unstage(id).await?;
    Err(Failure::Conflict)
}

/// The review copy of a photo, and what it was made of if that is not the original. There is none of what nothing here reads
/// where the chat has no rendition of it, or one that is no picture: what was sent is kept all the same.
async fn reviewed<'a>(
    evidence: &Evidence,
    Had { original, rendition }: &'a Had,
    before: u32,
) -> Result<(Option<Review>, Option<&'a [u8]>), NotRead> {
    if !photo::is_not_read(original) {
        return evidence.reader.review_again(original, before).await.map(|review| (Some(review), None));
    }
    let Some(rendition) = rendition else { return Ok((None, None)) };
    match evidence.reader.review_again(rendition, before).await {
        Ok(review) => Ok((Some(review), Some(rendition))),
        Err(NotRead::Unfit(_)) => Ok((None, None)),
        Err(why) => Err(why),
    }
}

async fn commit_kept(desk: &Desk, incident: &Incident, sent: &Attached, photo: Photo) -> Result<Incident, Failure> {
    let verb = Verb::KeepPhoto {
        photo: photo.id,
        proof: photo::proof(desk, &photo.about),
        platform: sent.platform,
        id: sent.id.clone(),
    };
    let change = PhotoChange::Added(Box::new(photo));
    photo::step(desk, &sender(incident, sent), incident, None, verb, Some(change)).await
}

async fn now(desk: &Desk, incident: &Incident) -> Result<Incident, Failure> {
    desk.store.incident(incident.id).await?.ok_or(Failure::NOT_FOUND)
}

/// Why these bytes do not become a photo of this incident, if they do not.
async fn stands_against(
    desk: &Desk,
    incident: &Incident,
    sent: &Attached,
    hash: &str,
) -> Result<Option<Came>, Failure> {
    if incident.on_its_way(sent.platform, &sent.id).is_none() || incident.tally().coming == 0 {
        return Ok(Some(Came::NotWanted));
    }
    let photos = desk.store.photos_of(incident).await?;
    Ok(if photos.iter().any(|photo| photo.about.sha256 == hash) {
        Some(Came::NotTaken(NotTaken::Known))
    } else if photos.len() >= PHOTOS_MAX {
        Some(Came::NotTaken(NotTaken::TooMany))
    } else {
        None
    })
}

async fn told(desk: &Desk, incident: Incident, sent: &Attached, came: Came) -> Result<Came, Failure> {
    if let Came::NotTaken(why) = came {
        refuse(desk, incident, sent, why).await?;
    }
    Ok(came)
}

/// What becomes of a file that is not read; a failure of ours stays one.
fn unfit(why: NotRead) -> Result<Came, Failure> {
    let why = match why {
        NotRead::Unfit(why) => why,
        NotRead::NoTime => return Ok(Came::NotNow),
        why @ NotRead::NoProcess(_) => return Err(refused(why)),
    };
    Ok(match why {
        Unfit::NotAPhoto => Came::NotTaken(NotTaken::NotAPhoto),
        Unfit::Heic => Came::NotTaken(NotTaken::Heic),
        Unfit::TooLarge => Came::NotTaken(NotTaken::TooLarge),
        Unfit::TooManyPixels | Unfit::Animated | Unfit::Truncated | Unfit::Damaged | Unfit::TooHard => {
            Came::NotTaken(NotTaken::Unreadable)
        }
    })
}

/// Says that a photo cannot be had: on the incident's timeline, and to whoever sent it.
#[tracing::instrument(skip_all, fields(incident = %incident.id, why = why.as_str()), err(Debug, level = "debug"))]
pub async fn refuse(desk: &Desk, mut incident: Incident, sent: &Attached, why: NotTaken) -> Result<(), Failure> {
    for _ in 0..TRIES {
        let Some(change) = incident.not_taken(sent.platform, &sent.id, why, desk.now()) else { return Ok(()) };
        match commit_refused(desk, change, sent, why).await {
            Err(Failure::Conflict) => incident = now(desk, &incident).await?,
            Ok(()) => {
                metrics::counter!("shopwatch_photos_not_taken_total", "why" => why.as_str()).increment(1);
                tracing::info!(target: "shopwatch::evidence", why = why.as_str(), "a photo could not be taken, which was told");
                return Ok(());
            }
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::Conflict)
}

async fn commit_refused(desk: &Desk, change: Change, sent: &Attached, why: NotTaken) -> Result<(), Failure> {
    let rules = desk.rules();
    let after = change.after();
    let reaches = |platform: Platform| platform != Platform::Api && desk.platforms.contains(&platform);
    let platform = after.reporter_platform();
    let line = match &sent.by {
        // That it is there already is good news, and stands on the timeline.
        _ if why == NotTaken::Known => None,
        None => reaches(platform).then(|| Task::tell_reporter(after.id, after.version, platform, Told::Photo(why))),
        Some(_) => reaches(sent.platform).then(|| Task::tell_sender(after.id, after.version, sent, why)),
    };
    let shows: Vec<Task> = desk.shows(after, &rules).into_iter().chain(line).collect();
    desk.store.commit(Commit::of(change, &rules.terms, desk.now()).showing(shows)).await.map(drop)
}
