//! What becomes of an incident's photos: those that were sent in chats arrive, or never will; those that are evidence are
//! checked by somebody.

use serde::{Deserialize, Serialize};

use super::{Change, Incident, Person, Step, StepWord};
use crate::actor::Actor;
use crate::clock::Moment;
use crate::photo::{PhotoId, Proof};
use crate::report::{Attached, Became};
use crate::words::{NotTaken, Platform, State};

/// A photo that is evidence, as the incident counts it; what else is known of it stands in its own row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub id: PhotoId,
    /// Whether somebody has confirmed what is covered on it.
    pub checked: bool,
    /// Whether there is no copy of it that anybody could look at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed_only: bool,
}

/// How many photos an incident has, by what is known of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Evidence.
    pub kept: usize,
    /// … of which nobody has checked what is covered.
    pub unchecked: usize,
    /// … and those at which nobody can look: they are sealed, and that is all.
    pub sealed_only: usize,
    /// Sent, and still at the chat.
    pub coming: usize,
    /// Sent, and never to be had.
    pub not_taken: usize,
}

impl Tally {
    /// How many photos there are that somebody could look at.
    pub fn shown(&self) -> usize {
        self.kept.saturating_sub(self.sealed_only)
    }
}

impl Incident {
    /// How many photos it has.
    pub fn tally(&self) -> Tally {
        let sent = |is: fn(&Attached) -> bool| self.photos.iter().filter(|sent| is(sent)).count();
        // Who took a report back is asked for nothing more.
        let open = self.status.state() != State::Withdrawn;
        Tally {
            kept: self.album.len(),
            unchecked: self.album.iter().filter(|kept| !kept.checked && !kept.sealed_only).count(),
            sealed_only: self.album.iter().filter(|kept| kept.sealed_only).count(),
            coming: if open { sent(Attached::is_on_its_way) } else { 0 },
            not_taken: sent(|sent| matches!(sent.became, Became::NotTaken(why) if why != NotTaken::Known)),
        }
    }

    /// Whether somebody has checked what is covered on a photo, and it was not drawn anew since.
    pub fn has_checked(&self, id: PhotoId) -> bool {
        self.album.iter().any(|kept| kept.id == id && kept.checked)
    }

    /// The photo that this chat calls so, if it is still to be had.
    pub fn on_its_way(&self, platform: Platform, id: &str) -> Option<&Attached> {
        self.photos.iter().find(|sent| sent.is(platform, id) && sent.is_on_its_way())
    }

    /// The change that a photo makes which will never arrive; none if nobody waits for it.
    pub fn not_taken(&self, platform: Platform, id: &str, why: NotTaken, now: Moment) -> Option<Change> {
        self.on_its_way(platform, id)?;
        let mut after = self.clone();
        after.settle_sent(platform, id, Became::NotTaken(why));
        Some(after.stepped(Step::by_the_system(StepWord::PhotoNotTaken, now).with("why", why)))
    }

    /// Waits for photos that were sent; whoever sends one twice sends it once.
    pub(super) fn wait_for(&mut self, photos: Vec<Attached>, now: Moment) {
        for sent in photos {
            if !self.photos.iter().any(|known| known.is(sent.platform, &sent.id)) {
                self.photos.push(Attached { since: Some(now), ..sent });
            }
        }
    }

    /// Waits for photos that the reporter or a colleague sent afterwards.
    pub(super) fn wait_for_more(&mut self, step: Step, photos: Vec<Attached>, sender: &Actor) -> Step {
        let step = step.with("count", photos.len());
        let by = (!sender.is(&self.reporter.member)).then(|| Person::of(sender));
        // The reporter is told by way of their report.
        let tells = |sent: &Attached| sent.tells.clone().filter(|_| by.is_some());
        let photos = photos.into_iter().map(|sent| Attached { by: by.clone(), tells: tells(&sent), ..sent }).collect();
        self.wait_for(photos, step.at);
        step
    }

    pub(super) fn keep_photo(&mut self, step: Step, photo: PhotoId, proof: Proof) -> Step {
        self.album.push(Kept { id: photo, checked: false, sealed_only: proof.sealed_only });
        let step = step.with("photo", photo).with("proof", proof.original);
        let step = if proof.sealed_only { step.with("review", "none") } else { step };
        match proof.rendition {
            Some(rendition) => step.with("rendition", rendition),
            None => step,
        }
    }

    pub(super) fn check_photo(&mut self, step: Step, photo: PhotoId) -> Step {
        match self.album.iter_mut().find(|kept| kept.id == photo) {
            Some(kept) => kept.checked = true,
            // It was added by a version that did not count them.
            None => self.album.push(Kept { id: photo, checked: true, sealed_only: false }),
        }
        step.with("photo", photo)
    }

    /// What is covered on it was drawn anew: somebody has to look at it again.
    pub(super) fn redraw_photo(&mut self, step: Step, photo: PhotoId, version: usize, places: Option<usize>) -> Step {
        if let Some(kept) = self.album.iter_mut().find(|kept| kept.id == photo) {
            kept.checked = false;
        }
        let step = step.with("photo", photo).with("version", version);
        match places {
            Some(places) => step.with("places", places),
            None => step.with("places", "everything"),
        }
    }

    /// A photo that was sent in a chat is there.
    pub(super) fn keep_sent_photo(&mut self, step: Step, photo: PhotoId, proof: Proof, sent: (Platform, &str)) -> Step {
        self.settle_sent(sent.0, sent.1, Became::Kept);
        self.keep_photo(step, photo, proof)
    }

    fn settle_sent(&mut self, platform: Platform, id: &str, became: Became) {
        for sent in self.photos.iter_mut().filter(|sent| sent.is(platform, id)) {
            sent.became = became;
            sent.link = None;
            if became == Became::Kept {
                sent.tells = None;
            }
        }
    }
}
