//! What is covered on a photo: people draw it anew, and somebody who neither uploaded nor drew confirms it.

use domain::actor::Actor;
use domain::incident::Incident;
use domain::incident::verb::{Verb, WrongMoment};
use domain::photo::{About, Area, BOXES_MAX, Photo, PhotoId};
use domain::policy::{self, Action, Subject, TwoPerson};
use domain::problems::{Fault, Problems};

use super::Desk;
use super::photo::{TRIES, clear_against, covered, find, refused, step};
use crate::evidence::header::Unfit;
use crate::evidence::keep::{Copy, Evidence, sha256};
use crate::evidence::mask::Cover;
use crate::failure::Failure;
use crate::store::photos::PhotoChange;

/// What somebody says is to be covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// These places, and nothing else.
    Places(Vec<Area>),
    /// All of it.
    Everything,
}

/// Whether somebody may say what is covered on a photo: whoever uploaded it may not.
pub fn may_draw(actor: &Actor, incident: &Incident, photo: &Photo, two_person: TwoPerson) -> bool {
    let subject = Subject { first: Some(&photo.uploaded_by), ..incident.subject(two_person) };
    !photo.about.is_sealed_only() && policy::clear(actor, Action::ConfirmMask, &subject).is_ok()
}

/// Whether somebody may confirm it: nor may whoever drew it.
pub fn may_confirm(actor: &Actor, incident: &Incident, photo: &Photo, two_person: TwoPerson) -> bool {
    let subject = Subject { first: photo.about.drawn_by.as_ref(), ..incident.subject(two_person) };
    !photo.checked
        && may_draw(actor, incident, photo, two_person)
        && policy::clear(actor, Action::ConfirmMask, &subject).is_ok()
}

/// A photo whose mask somebody may draw; what they may not see is as good as none.
pub async fn to_draw(desk: &Desk, actor: &Actor, incident: &Incident, id: PhotoId) -> Result<Photo, Failure> {
    let photo = find(desk, actor, incident, id).await?;
    clear_against(desk, actor, incident, Action::ConfirmMask, Some(&photo.uploaded_by))?;
    if photo.about.is_sealed_only() {
        return Err(Problems::one("photo", Fault::NotAPhoto { why: Unfit::Heic.as_str() }).into());
    }
    Ok(photo)
}

/// Somebody says that what has to be covered is covered, on the review copy of this version. Whoever uploaded the photo
/// or drew the places cannot.
#[tracing::instrument(skip_all, fields(incident = %incident.id, photo = %id), err(Debug, level = "debug"))]
pub async fn confirm(
    desk: &Desk,
    actor: &Actor,
    mut incident: Incident,
    id: PhotoId,
    version: usize,
) -> Result<Incident, Failure> {
    for _ in 0..TRIES {
        // Read after the incident: whoever changes the photo meanwhile changes the incident too.
        let photo = to_draw(desk, actor, &incident, id).await?;
        clear_against(desk, actor, &incident, Action::ConfirmMask, photo.about.drawn_by.as_ref())?;
        as_seen(&photo, version)?;
        if photo.checked {
            return Err(WrongMoment::Nothing.into());
        }
        let (verb, change) = (Verb::ConfirmMask { photo: id }, PhotoChange::MaskConfirmed(id));
        match step(desk, actor, &incident, Some(&photo), verb, Some(change)).await {
            Err(Failure::Conflict) => incident = again(desk, &incident).await?,
            stepped => return stepped,
        }
    }
    Err(Failure::Conflict)
}

/// Somebody who saw the review copy of this version says what is covered instead. A new copy is made of the original and
/// kept beside the earlier ones; until somebody else confirms it, it is not checked. Whoever was second is told so.
#[tracing::instrument(skip_all, fields(incident = %incident.id, photo = %id), err(Debug, level = "debug"))]
pub async fn change(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    mut incident: Incident,
    id: PhotoId,
    version: usize,
    drawn: Drawn,
) -> Result<Incident, Failure> {
    let seen = to_draw(desk, actor, &incident, id).await?;
    as_seen(&seen, version)?;
    let what = within(drawn, &seen.about)?;
    let changed = redrawn(desk, evidence, actor, &incident, &seen, &what).await?;
    for _ in 0..TRIES {
        let photo = to_draw(desk, actor, &incident, id).await?;
        as_seen(&photo, version)?;
        let places = changed.about.covered.map(|_| changed.about.boxes.len());
        let verb = Verb::ChangeMask { photo: id, version: changed.about.version(), places };
        let change = PhotoChange::MaskChanged(Box::new(changed.clone()));
        match step(desk, actor, &incident, Some(&photo), verb, Some(change)).await {
            Err(Failure::Conflict) => incident = again(desk, &incident).await?,
            stepped => return stepped,
        }
    }
    Err(Failure::Conflict)
}

/// The photo with a review copy on which this is covered, which is in the vault afterwards.
async fn redrawn(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: &Incident,
    photo: &Photo,
    what: &Cover,
) -> Result<Photo, Failure> {
    let key = desk.store.data_key_of(incident)?;
    let source = if photo.about.rendition.is_some() { Copy::Rendition } else { Copy::Original };
    let source = evidence.read(&key, photo, source).await?;
    let review = evidence.reader.covered(&source, what).await.map_err(refused)?;
    let mut changed = photo.clone();
    (changed.about.covered, changed.about.boxes) = covered(&review.covered);
    changed.about.drawn_by = Some(actor.member.clone());
    changed.about.copies.push(desk.ids.uuid());
    changed.about.review_sha256 = Some(sha256(&review.jpeg));
    changed.checked = false;
    evidence.put_review(desk.store.keys(), &key, &changed, &review.jpeg, incident.retain_until).await?;
    Ok(changed)
}

/// What was drawn, cut at the picture's edges; an error if nothing of a place lies within.
fn within(drawn: Drawn, about: &About) -> Result<Cover, Failure> {
    let Drawn::Places(areas) = drawn else { return Ok(Cover::Everything) };
    if areas.len() > BOXES_MAX {
        return Err(Problems::one("boxes", Fault::TooMany { most: BOXES_MAX, got: areas.len() }).into());
    }
    let inside = areas.into_iter().map(|area| area.inside(about.width, about.height)).collect::<Option<Vec<_>>>();
    let most = i64::from(about.width.max(about.height));
    inside.map(Cover::These).ok_or_else(|| Problems::one("boxes", Fault::OutOfRange { least: 0, most }).into())
}

/// Somebody speaks of the copy that they saw, which may be no longer the one that people look at.
fn as_seen(photo: &Photo, version: usize) -> Result<(), Failure> {
    if photo.about.version() == version { Ok(()) } else { Err(Failure::Conflict) }
}

async fn again(desk: &Desk, incident: &Incident) -> Result<Incident, Failure> {
    desk.store.incident(incident.id).await?.ok_or(Failure::NOT_FOUND)
}
