//! Somebody shows what they saw; others look at it.

use domain::actor::{Actor, Pseudonym};
use domain::clock::Moment;
use domain::incident::Incident;
use domain::incident::verb::{Verb, WrongMoment, fits};
use domain::photo::{About, Area, Kept, Photo, PhotoId, Proof};
use domain::policy::{self, Action, Subject, TwoPerson};
use domain::problems::{Fault, Problems};
use domain::report::PHOTOS_MAX;
use domain::text::{NOTE_MAX, clean};

use uuid::Uuid;

use super::{Desk, look, triage};
use crate::evidence::child::NotRead;
use crate::evidence::header::{self, Unfit};
use crate::evidence::heif;
use crate::evidence::keep::{Copy, Evidence, sha256};
use crate::evidence::mask::Covered;
use crate::evidence::scrub::Review;
use crate::evidence::stamp::can_draw;
use crate::failure::Failure;
use crate::store::photos::PhotoChange;
use crate::store::{Commit, Committed};

/// How often a step is tried again after somebody else got ahead: what was seen meanwhile does not matter to it.
pub(super) const TRIES: u32 = 16;
/// So much of a viewer's pseudonym stands on a picture: enough to tell a shop's people apart.
const PSEUDONYM_SHOWN: usize = 10;

/// A photo that was taken in; or had been, when the same bytes came for the first time.
#[derive(Debug, Clone)]
pub struct Added {
    pub incident: Incident,
    pub photo: Photo,
    pub seen: bool,
}

/// A photo as somebody sent it.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    pub original: &'a [u8],
    /// The same picture, written in what is read here; looked at only where the original cannot be.
    pub rendition: Option<&'a [u8]>,
}

/// Whether this actor may add a photo: asked before its bytes are read.
pub fn clear_to_add(desk: &Desk, actor: &Actor, incident: &Incident) -> Result<(), Failure> {
    triage::clear(desk, actor, Action::AddPhoto, incident).map(|_cleared| ())
}

/// Takes in a photo of an incident.
pub async fn add(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: Incident,
    original: &[u8],
) -> Result<Added, Failure> {
    take_in(desk, evidence, actor, incident, Sent { original, rendition: None }).await
}

/// Takes in a photo of an incident, perhaps with a rendition of it. The same bytes for the same incident are the same photo,
/// however often they come.
#[tracing::instrument(skip_all, fields(incident = %incident.id), err(Debug, level = "debug"))]
pub async fn take_in(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: Incident,
    Sent { original, rendition }: Sent<'_>,
) -> Result<Added, Failure> {
    // Whether they may comes before whether it is a photo, and before any work.
    let hash = sha256(original);
    if let Some(photo) = known(desk, actor, &incident, &hash).await? {
        return Ok(Added { incident, photo, seen: true });
    }
    // What can be read is looked at itself: whoever sends it says nothing else beside it.
    let rendition = rendition.filter(|_| is_not_read(original));
    let review = match rendition {
        Some(rendition) => Some(evidence.reader.review(rendition).await.map_err(|why| refused_as("rendition", why))?),
        None if is_not_read(original) => None,
        None => Some(evidence.reader.review(original).await.map_err(refused)?),
    };
    Box::pin(seal(desk, evidence, actor, incident, Sent { original, rendition }, (hash, review))).await
}

/// A photo that can be kept, of which it is not known yet what it belongs to.
#[derive(Debug)]
pub struct Read<'a> {
    original: &'a [u8],
    review: Option<Review>,
}

/// Reads a photo that nothing was reported about yet: what cannot be kept makes no report either.
pub async fn read<'a>(evidence: &Evidence, original: &'a [u8]) -> Result<Read<'a>, Failure> {
    if is_not_read(original) {
        return Ok(Read { original, review: None });
    }
    let review = evidence.reader.review(original).await.map_err(refused)?;
    Ok(Read { original, review: Some(review) })
}

/// Takes in a photo that was read before, of the incident that was made for it.
pub async fn add_read(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: Incident,
    Read { original, review }: Read<'_>,
) -> Result<Added, Failure> {
    let hash = sha256(original);
    if let Some(photo) = known(desk, actor, &incident, &hash).await? {
        return Ok(Added { incident, photo, seen: true });
    }
    Box::pin(seal(desk, evidence, actor, incident, Sent { original, rendition: None }, (hash, review))).await
}

/// Seals a photo onto the spool, and puts it into the record.
async fn seal(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: Incident,
    Sent { original, rendition }: Sent<'_>,
    (hash, review): (String, Option<Review>),
) -> Result<Added, Failure> {
    let id = PhotoId(desk.ids.uuid());
    stage(desk, evidence, &incident, id, Sent { original, rendition }, review.as_ref()).await?;
    let photo = Photo {
        id,
        incident: incident.id,
        uploaded_by: actor.member.clone(),
        at: desk.now(),
        in_vault: false,
        kept: Kept::default(),
        checked: false,
        about: about(review.as_ref(), hash, original, rendition),
    };
    let added = commit_added(desk, actor, incident, photo).await;
    if matches!(added, Ok(Added { seen: true, .. }) | Err(Failure::Refused(_) | Failure::Conflict)) {
        evidence.unstage(id).await?;
    }
    added
}

/// Whether an original is whole, and of a kind that nothing here reads: without a rendition it is sealed, and that is all.
pub(super) fn is_not_read(original: &[u8]) -> bool {
    header::read(original) == Err(Unfit::Heic)
}

/// Puts everything that is kept of a photo onto the spool.
pub(super) async fn stage(
    desk: &Desk,
    evidence: &Evidence,
    incident: &Incident,
    id: PhotoId,
    Sent { original, rendition }: Sent<'_>,
    review: Option<&Review>,
) -> Result<(), Failure> {
    let key = desk.store.data_key_of(incident)?;
    let mut copies = vec![(Copy::Original, original)];
    copies.extend(review.map(|review| (Copy::Review, review.jpeg.as_slice())));
    copies.extend(rendition.map(|rendition| (Copy::Rendition, rendition)));
    evidence.stage_all(desk.store.keys(), &key, id, &copies).await
}

/// What the record holds of a photo's bytes.
pub(super) fn proof(desk: &Desk, about: &About) -> Proof {
    let keyed = |what: &[u8], hash: &String| desk.store.keys().content(&[what, hash.as_bytes()]);
    let rendition = about.rendition.as_ref().map(|hash| keyed(b"rendition", hash));
    Proof { original: keyed(b"photo", &about.sha256), rendition, sealed_only: about.is_sealed_only() }
}

async fn commit_added(desk: &Desk, actor: &Actor, mut incident: Incident, photo: Photo) -> Result<Added, Failure> {
    let proof = proof(desk, &photo.about);
    for _ in 0..TRIES {
        let verb = Verb::AddPhoto { photo: photo.id, proof };
        let change = PhotoChange::Added(Box::new(photo.clone()));
        match step(desk, actor, &incident, None, verb, Some(change)).await {
            Err(Failure::Conflict) => {
                incident = desk.store.incident(incident.id).await?.ok_or(Failure::NOT_FOUND)?;
                if let Some(photo) = known(desk, actor, &incident, &photo.about.sha256).await? {
                    return Ok(Added { incident, photo, seen: true });
                }
            }
            stepped => return stepped.map(|incident| Added { incident, photo, seen: false }),
        }
    }
    Err(Failure::Conflict)
}

/// The photo that these bytes are already; an error if this actor may not add one, or none fits any more.
async fn known(desk: &Desk, actor: &Actor, incident: &Incident, hash: &str) -> Result<Option<Photo>, Failure> {
    clear_to_add(desk, actor, incident)?;
    let photos = desk.store.photos_of(incident).await?;
    let got = photos.len();
    if let Some(photo) = photos.into_iter().find(|photo| photo.about.sha256 == hash) {
        return Ok(Some(photo));
    }
    if !fits(Action::AddPhoto, incident.status.state()) {
        return Err(WrongMoment::State(incident.status.state()).into());
    }
    if got >= PHOTOS_MAX {
        return Err(Problems::one("photo", Fault::TooMany { most: PHOTOS_MAX, got: got + 1 }).into());
    }
    Ok(None)
}

pub(super) fn refused(why: NotRead) -> Failure {
    refused_as("photo", why)
}

fn refused_as(field: &str, why: NotRead) -> Failure {
    match why {
        NotRead::Unfit(unfit) => {
            metrics::counter!("shopwatch_photos_refused_total", "why" => unfit.as_str()).increment(1);
            Problems::one(field, Fault::NotAPhoto { why: unfit.as_str() }).into()
        }
        NotRead::NoTime => {
            tracing::warn!(target: "shopwatch::evidence", "the machine had no time to read a photo; nothing was kept of it");
            Failure::Unavailable("photos")
        }
        NotRead::NoProcess(why) => {
            tracing::error!(target: "shopwatch::evidence", error = %why.kind(), "no process can be started to read a photo");
            Failure::Unavailable("photos")
        }
    }
}

pub(super) fn about(
    review: Option<&Review>,
    sha256_of_original: String,
    original: &[u8],
    rendition: Option<&[u8]>,
) -> About {
    let (covered, boxes) = review.map_or_else(Default::default, |review| covered(&review.covered));
    // Of an original that is not read itself nothing is known but what it says it is.
    let unread = heif::media(original).unwrap_or_default();
    About {
        sha256: sha256_of_original,
        media: review.filter(|_| rendition.is_none()).map_or(unread, |review| review.media.as_str()).to_owned(),
        rendition: rendition.map(sha256),
        bytes: u64::try_from(original.len()).unwrap_or(u64::MAX),
        review_sha256: review.map(|review| sha256(&review.jpeg)),
        width: review.map_or(0, |review| review.width),
        height: review.map_or(0, |review| review.height),
        covered,
        boxes,
        drawn_by: None,
        likeness: review.and_then(|review| review.likeness.clone()),
        copies: Vec::new(),
    }
}

/// What is covered, as a photo's row knows it.
pub(super) fn covered(covered: &Covered) -> (Option<u32>, Vec<Area>) {
    match covered {
        Covered::Faces(areas) => (Some(u32::try_from(areas.len()).unwrap_or(u32::MAX)), areas.clone()),
        Covered::Everything => (None, Vec::new()),
    }
}

/// The photos of an incident that this actor may look at.
pub async fn in_sight(desk: &Desk, actor: &Actor, incident: &Incident) -> Result<Vec<Photo>, Failure> {
    let subject = incident.subject(TwoPerson::default());
    if policy::clear(actor, Action::ViewReviewCopy, &subject).is_err() {
        return Ok(Vec::new());
    }
    let mut photos = desk.store.photos_of(incident).await?;
    photos.retain(|photo| policy::clear_to_look(actor, photo.mask(), &photo.uploaded_by, &subject).is_ok());
    Ok(photos)
}

/// One of them; what this actor may not see is as good as none.
pub(super) async fn find(desk: &Desk, actor: &Actor, incident: &Incident, id: PhotoId) -> Result<Photo, Failure> {
    let photos = in_sight(desk, actor, incident).await?;
    photos.into_iter().find(|photo| photo.id == id).ok_or(Failure::NOT_FOUND)
}

/// The review copy of a photo, with who looks and when on it. Before anybody has its first byte, the look is on record.
#[tracing::instrument(skip_all, fields(incident = %incident.id, photo = %id), err(Debug, level = "debug"))]
pub async fn review(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: &Incident,
    id: PhotoId,
) -> Result<Vec<u8>, Failure> {
    review_by(desk, evidence, actor, incident, id, None).await
}

/// The same, perhaps by way of a link, which is spent by it.
pub(super) async fn review_by(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: &Incident,
    id: PhotoId,
    link: Option<Uuid>,
) -> Result<Vec<u8>, Failure> {
    let photo = find(desk, actor, incident, id).await?;
    // Read first: nobody is on record for a look that there was nothing to be had from.
    let (now, stamped) = stamped(desk, evidence, actor, incident, &photo).await?;
    look::record(desk, actor, incident, &photo, now, link).await?;
    Ok(stamped)
}

/// The review copy of a photo with who looks and when on it, not yet on record: nobody is given it before it is.
pub(super) async fn stamped(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: &Incident,
    photo: &Photo,
) -> Result<(Moment, Vec<u8>), Failure> {
    if photo.about.is_sealed_only() {
        return Err(Failure::NOT_FOUND);
    }
    let review = evidence.read(&desk.store.data_key_of(incident)?, photo, Copy::Review).await?;
    let now = desk.now();
    let stamped = evidence.reader.stamped(&review, &viewer(actor, now)).await.map_err(refused)?;
    Ok((now, stamped))
}

/// Who looks, and when, as it stands on a picture. The beginning of the pseudonym is there for names that cannot be
/// drawn, and for two people of one name: the record says whose it is.
pub fn viewer(actor: &Actor, now: Moment) -> String {
    let pseudonym: String = actor.member.0.chars().take(PSEUDONYM_SHOWN).collect();
    let name = Some(actor.name.as_str()).filter(|name| can_draw(name));
    let parts =
        name.into_iter().map(ToOwned::to_owned).chain([pseudonym, now.format("%Y-%m-%d %H:%M UTC").to_string()]);
    parts.collect::<Vec<_>>().join(" · ")
}

/// The original of a photo, for a reason that is on record before anybody has its first byte.
#[tracing::instrument(skip_all, fields(incident = %incident.id, photo = %id), err(Debug, level = "debug"))]
pub async fn original(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: Incident,
    id: PhotoId,
    reason: &str,
) -> Result<(Photo, Vec<u8>), Failure> {
    triage::clear(desk, actor, Action::ViewOriginal, &incident)?;
    let photo = find(desk, actor, &incident, id).await?;
    let reason = clean(reason);
    let got = reason.chars().count();
    if got == 0 {
        return Err(Problems::one("reason", Fault::Missing).into());
    }
    if got > NOTE_MAX {
        return Err(Problems::one("reason", Fault::TooLong { most: NOTE_MAX, got }).into());
    }
    // Read first: nobody is on record for a look that there was nothing to be had from.
    let bytes = evidence.read(&desk.store.data_key_of(&incident)?, &photo, Copy::Original).await?;
    let verb = Verb::ViewOriginal { photo: id, reason };
    until_taken(desk, actor, incident, &verb).await?;
    metrics::counter!("shopwatch_originals_viewed_total").increment(1);
    Ok((photo, bytes))
}

async fn until_taken(desk: &Desk, actor: &Actor, mut incident: Incident, verb: &Verb) -> Result<Incident, Failure> {
    for _ in 0..TRIES {
        match step(desk, actor, &incident, None, verb.clone(), None).await {
            Err(Failure::Conflict) => {
                incident = desk.store.incident(incident.id).await?.ok_or(Failure::NOT_FOUND)?;
            }
            stepped => return stepped,
        }
    }
    Err(Failure::Conflict)
}

/// Clears an actor against whoever took the first half: who uploaded a photo, or drew what is covered on it, does not
/// confirm that.
pub(super) fn clear_against<'a>(
    desk: &Desk,
    actor: &'a Actor,
    incident: &Incident,
    action: Action,
    first: Option<&Pseudonym>,
) -> Result<policy::Cleared<'a>, Failure> {
    let two_person = TwoPerson { on: desk.rules().shop.two_person, ..TwoPerson::default() };
    let subject = Subject { first, ..incident.subject(two_person) };
    Ok(policy::clear(actor, action, &subject)?)
}

/// Takes a step with what becomes of a photo, in one commit.
pub(super) async fn step(
    desk: &Desk,
    actor: &Actor,
    incident: &Incident,
    photo: Option<&Photo>,
    verb: Verb,
    change: Option<PhotoChange>,
) -> Result<Incident, Failure> {
    let (now, rules) = (desk.now(), desk.rules());
    let cleared = clear_against(desk, actor, incident, verb.action(), photo.map(|photo| &photo.uploaded_by))?;
    let taken = incident.apply(&cleared, verb, &rules.terms, now)?;
    let after = taken.after().clone();
    let shows = desk.shows(&after, &rules);
    let mut commit = Commit::of(taken, &rules.terms, now).showing(shows);
    if let Some(change) = change {
        commit = commit.with_photo(change);
    }
    match desk.store.commit(commit).await? {
        Committed::Done { .. } => Ok(after),
        Committed::Seen { .. } => Err(Failure::Conflict),
    }
}
