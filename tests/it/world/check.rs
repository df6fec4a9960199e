//! What must hold after anything that happened in a world.

use domain::id::IncidentId;
use domain::incident::Incident;
use shopwatch::store::incidents::TIMELINE_MAX;
use uuid::Uuid;

use super::World;

impl World {
    /// Every incident that is not erased, oldest first.
    pub async fn everything(&self) -> Vec<Incident> {
        let ids = self.store().ids_between(Uuid::nil(), Uuid::max(), 1_000_000).await.unwrap();
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            all.extend(self.store().incident(IncidentId(id)).await.unwrap());
        }
        all
    }

    /// Every copy of every card shows the incident as it is, nothing waits, every incident has one line for each step,
    /// and the record is whole.
    pub async fn check_everything(&self) {
        self.settle().await;
        let depth = self.store().outbox_depth().await.unwrap();
        assert_eq!((depth.waiting, depth.needs_operator), (0, 0), "nothing is left to be shown");
        for incident in self.everything().await {
            self.check_copies(&incident).await;
            let lines = self.record(&incident).await;
            let seqs: Vec<u32> = lines.iter().map(|line| line.seq).collect();
            let shown = u32::try_from(TIMELINE_MAX).unwrap().min(incident.version);
            let newest: Vec<u32> = (incident.version - shown + 1..=incident.version).collect();
            assert_eq!(seqs, newest, "one line for each step of {}", incident.reference);
        }
        let verdict = self.store().verify(|_| ()).await.unwrap();
        assert_eq!(verdict.findings, [], "the record is whole");
    }

    async fn check_copies(&self, incident: &Incident) {
        let copies = self.store().copies(incident.id).await.unwrap();
        let rules = self.app.desk.rules();
        let places = rules.site(&incident.site).expect("a site of the rules").triage.clone();
        let shown: Vec<_> = copies.iter().map(|copy| copy.place.clone()).collect();
        assert_eq!(shown.len(), places.len(), "a copy of {} at every place", incident.reference);
        assert!(places.iter().all(|place| shown.contains(place)), "a copy of {} at every place", incident.reference);
        for copy in copies {
            let (wanted, shown) = (copy.wanted, copy.shown);
            assert_eq!(
                (wanted, shown),
                (incident.version, Some(incident.version)),
                "{} at {}",
                incident.reference,
                copy.place
            );
        }
    }
}
