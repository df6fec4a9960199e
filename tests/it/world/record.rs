//! Reading the record of an incident as tests compare it.

use domain::id::Reference;
use domain::incident::Incident;
use domain::policy::Sight;
use shopwatch::store::sealing::TimelineLine;

use super::World;

impl World {
    /// The lines of an incident's own record.
    pub async fn record(&self, incident: &Incident) -> Vec<TimelineLine> {
        self.store().own_lines(incident.id).await.unwrap()
    }

    /// The words of its record: `["reported", "claimed"]`.
    pub async fn steps(&self, called: &Reference) -> Vec<&'static str> {
        let incident = self.incident(called).await;
        self.record(&incident).await.iter().map(|line| line.word.as_str()).collect()
    }

    /// The timeline as it is shown, with the lines of what was merged into it.
    pub async fn timeline(&self, called: &Reference) -> Vec<TimelineLine> {
        let incident = self.incident(called).await;
        self.store().timeline(&incident, Sight::Full).await.unwrap()
    }
}
