//! What one commit holds. A `Commit` takes `Change`s, and a `Change` has its line of the record: nothing is
//! changed without one.

use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::incident::{Change, Terms};

use super::Store;
use super::rows::Rows;
use crate::failure::Failure;
use crate::store::outbox::Task;
use crate::store::photos::PhotoChange;

/// The natural key of something that arrived, and a hash of what was in it. Tables hold keyed hashes of both: a key can
/// name a person, and few words can be guessed from their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Unique for ever: `slack:event:Ev…`, `api:till:<idempotency key>`; at most 200 characters.
    pub key: String,
    /// The same key with other content is a mistake of the sender.
    pub fingerprint: Vec<u8>,
}

/// Everything that becomes true together.
#[derive(Debug)]
#[must_use = "a commit is nothing until the store has it"]
pub struct Commit {
    pub(crate) delivery: Option<Delivery>,
    /// Each change with the moment at which its incident's next timer is due.
    pub(crate) changes: Vec<(Change, Option<Moment>)>,
    pub(crate) tasks: Vec<Task>,
    /// Of the first change's incident.
    pub(crate) photo: Option<PhotoChange>,
    pub(crate) at: Moment,
}

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It is durable. New incidents may have been given another reference than the one drawn.
    Done { references: Vec<(IncidentId, Reference)> },
    /// The same delivery was committed before, for this incident; not the `same` if there was something else in it.
    Seen { incident: IncidentId, same: bool },
}

impl Commit {
    /// A commit of one change.
    pub fn of(change: Change, terms: &Terms, at: Moment) -> Self {
        Self { delivery: None, changes: Vec::new(), tasks: Vec::new(), photo: None, at }.and(change, terms)
    }

    /// With a second change that becomes true only together with the first: of another incident, or of the same one as it
    /// is after the first.
    pub fn and(mut self, change: Change, terms: &Terms) -> Self {
        let wake_at = change.after().wake_at(terms.deadlines(change.after().category));
        self.changes.push((change, wake_at));
        self
    }

    /// With what has to be shown because of it.
    pub fn showing(mut self, tasks: impl IntoIterator<Item = Task>) -> Self {
        self.tasks.extend(tasks);
        self
    }

    /// With what becomes of a photo of the first change's incident.
    pub fn with_photo(mut self, photo: PhotoChange) -> Self {
        self.photo = Some(photo);
        self
    }

    /// With what it arrived as.
    pub fn delivered_as(mut self, delivery: Option<Delivery>) -> Self {
        self.delivery = delivery;
        self
    }
}

impl Store {
    /// Makes a commit durable, together with those that wait at the same moment. Sealing and hashing happen here, in
    /// the caller's task; the writer only writes.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, Failure> {
        let looks = self.looks_so_far(&commit).await?;
        let rows = Rows::prepare(&self.keys, commit, &looks)?;
        self.writer.write(rows).await
    }
}
