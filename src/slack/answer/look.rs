//! Links to photos for whoever pressed: Slack cannot show a photo to one person alone.

use domain::actor::Actor;
use domain::incident::Incident;
use domain::photo::Photo;

use super::super::inbound::Arrived;
use super::super::people::Met;
use super::super::render;
use super::{Answered, Handler};
use crate::failure::Failure;
use crate::operations::link::{self, Reader, UNDER};
use crate::texts::keys;

/// The setting without which there is no address to give.
pub const SETTING: &str = "SHOPWATCH_PUBLIC_URL";

impl Handler<'_> {
    /// A link for each photo, to this person alone.
    pub(super) fn offer_photos(
        &self,
        arrived: &Arrived,
        met: &Met,
        actor: &Actor,
        incident: &Incident,
        photos: &[Photo],
    ) -> Answered {
        let (sealed_only, photos): (Vec<&Photo>, Vec<&Photo>) =
            photos.iter().partition(|photo| photo.about.is_sealed_only());
        let photos = photos.as_slice();
        let links = self.links(arrived, met, incident, photos);
        let message = self.reading(&met.origin, actor, |reading| {
            let say = |line| reading.voice.say(&line);
            match &links {
                Ok(Some(links)) => {
                    let (count, minutes) = (photos.len(), link::LIFE.num_minutes());
                    let mut lines = match count {
                        0 => vec![say(keys::photos_none_now())],
                        _ => vec![reading.photos(incident, count), say(keys::look_links(minutes))],
                    };
                    if !sealed_only.is_empty() {
                        lines.push(say(keys::photos_sealed_only(sealed_only.len())));
                    }
                    let label = |number: usize, photo: &Photo| {
                        let name = say(keys::look_photo(number));
                        if photo.checked { name } else { format!("{name} · {}", say(keys::photo_unchecked())) }
                    };
                    let labels = (1..).zip(photos.iter().copied()).map(|(number, photo)| label(number, photo));
                    let rows: Vec<(String, String)> = labels.zip(links.iter().cloned()).collect();
                    render::links(&lines, &rows, &say(keys::look_show()))
                }
                Ok(None) => render::words(&[say(keys::look_no_address(SETTING))], None),
                Err(failure) => render::reply(&self.reply_of_failure(reading, failure), reading.voice),
            }
        });
        Answered::after(self.tell(arrived, message, false))
    }

    /// An address for each photo; none if it is not known where browsers reach us.
    fn links(
        &self,
        arrived: &Arrived,
        met: &Met,
        incident: &Incident,
        photos: &[&Photo],
    ) -> Result<Option<Vec<String>>, Failure> {
        let Some(url) = self.app.settings.public_url.as_deref() else { return Ok(None) };
        let (account, locale) = (met.origin.account.clone(), met.origin.locale.clone());
        let reader = Reader { account, team: arrived.who.team.clone(), locale };
        let desk = &self.app.desk;
        let address = |photo: &&Photo| Ok(format!("{url}{UNDER}{}", link::make(desk, &reader, incident.id, photo.id)?));
        photos.iter().map(address).collect::<Result<_, Failure>>().map(Some)
    }
}
