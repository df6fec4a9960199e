//! What leaves the house: the very message that an incident's card is posted as, for whoever wants to see it first.

use domain::incident::Incident;
use domain::place::Place;
use domain::policy::Sight;
use domain::words::Platform;
use serde_json::Value;

use super::copies::{alike, stands};
use crate::app::App;
use crate::chat::card::{Reader, draw};
use crate::failure::Failure;
use crate::operations::likeness;
use crate::{discord, slack};

/// The chats outside.
const OUTSIDE: [Platform; 2] = [Platform::Slack, Platform::Discord];

/// A card as one chat is sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    pub platform: Platform,
    /// Whether a triage channel of the shop is sent it, and not only would be.
    pub posted: bool,
    /// What is posted, but for the name of the channel and the mark by which it is found again.
    pub json: String,
}

impl App {
    /// The card of an incident as each chat is sent it, for somebody who sees as much of it as a triage channel does;
    /// nothing for anybody else.
    pub async fn payloads(&self, incident: &Incident, sight: Sight) -> Result<Vec<Payload>, Failure> {
        let mut payloads = Vec::new();
        for platform in OUTSIDE.into_iter().filter(|_| sight == Sight::Full) {
            let place = self.triage_of(incident, platform);
            let posted = place.is_some() && self.desk.platforms.contains(&platform);
            let Some(body) = self.posted(incident, platform, place.as_ref()).await? else { continue };
            let json = serde_json::to_string_pretty(&body).map_err(Failure::broken)?;
            payloads.push(Payload { platform, posted, json });
        }
        Ok(payloads)
    }

    /// The first triage channel of a chat in which an incident stands.
    fn triage_of(&self, incident: &Incident, platform: Platform) -> Option<Place> {
        let rules = self.desk.rules();
        let mut places = rules.sites.iter().flat_map(|site| &site.triage);
        places.find(|place| place.platform == platform && stands(incident, place, &rules)).cloned()
    }

    async fn posted(
        &self,
        incident: &Incident,
        platform: Platform,
        place: Option<&Place>,
    ) -> Result<Option<Value>, Failure> {
        let rules = self.desk.rules();
        let voice = self.voice(&rules, None).lasting();
        let Some(mut card) = draw(incident, Reader::Channel, &voice, &rules, self.desk.now()) else { return Ok(None) };
        if let Some(place) = place {
            card.remarks.extend(alike(&likeness::beside(&self.desk, incident, place).await?, &voice));
        }
        Ok(match platform {
            Platform::Slack => Some(slack::render::card(&card, &voice).arguments()),
            Platform::Discord => Some(discord::render::card(&card).body()),
            Platform::Console | Platform::Api | Platform::System => None,
        })
    }
}
