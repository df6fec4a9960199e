//! The sites: names, channels and, where they differ from the shop's, people.

use std::collections::BTreeMap;

use domain::place::{Place, SITE_ID_MAX, SiteId};
use domain::words::Role;

use super::Site;
use super::problems::{Noted, Notes, quoted};
use super::roles::{Holders, Said};
use super::section::{Entry, Section};

/// The longest name of a site, in characters: it stands beside a reference in the title of a card.
pub const SITE_NAME_MAX: usize = 60;
/// The longest name of an area, in characters: it stands in the title of an alert.
pub const AREA_MAX: usize = 40;

const SITE_KEYS: [&str; 5] = ["id", "name", "area", "channels", "roles"];
const CHANNEL_KEYS: [&str; 2] = ["report", "triage"];

/// The sites in the order of the file, with the roles held at one of them only.
pub(super) type Sites = (Vec<Site>, BTreeMap<SiteId, Holders>);

/// Reads every `[[site]]`; `everywhere` is what the shop's own `[roles]` say.
pub(super) fn read(file: &Section<'_>, everywhere: &Said, notes: &mut Notes) -> Result<Sites, Noted> {
    let missing = "There is no site; write [[site]] and below it an id, a name, an area and channels.";
    let entry = file.find("site").ok_or_else(|| notes.add(file.at, "site", missing))?;
    if entry.is_table() {
        return Err(entry.note("A shop can have several sites; write [[site]] with two brackets.", notes));
    }
    let list = entry.list("[[site]] and below it an id, a name, an area and channels", notes)?;
    if list.is_empty() {
        return Err(entry.note(missing, notes));
    }
    let mut ids = BTreeMap::new();
    let sites: Vec<_> = list.iter().map(|entry| site(entry, everywhere, &mut ids, notes)).collect();
    let sites: Vec<(Site, Holders)> = sites.into_iter().collect::<Result<_, _>>()?;
    let at = sites.iter().map(|(site, holders)| (site.id.clone(), holders.clone())).collect();
    Ok((sites.into_iter().map(|(site, _)| site).collect(), at))
}

/// One site; `ids` are those met so far, with the line of each.
fn site(
    entry: &Entry<'_>,
    everywhere: &Said,
    ids: &mut BTreeMap<SiteId, usize>,
    notes: &mut Notes,
) -> Result<(Site, Holders), Noted> {
    let section = entry.section(&SITE_KEYS, notes)?;
    let id = own_id(&section, ids, notes);
    let name = section.demand("name", "\"King's Cross\"", notes);
    let name = name.and_then(|entry| entry.label(SITE_NAME_MAX, notes));
    let area = section.demand("area", "\"N1C\"", notes).and_then(|entry| entry.label(AREA_MAX, notes));
    let channels = channels(&section, notes);
    let roles = Said::read(&section, notes);
    if everywhere.leaves_open(Role::Reviewer) && roles.leaves_open(Role::Reviewer) {
        let message = "Nobody would see this site's reports; name a reviewer in [roles] or in roles of this site.";
        notes.add(section.at, section.path("roles.reviewer"), message);
    }
    let holders = roles.holders();
    let (report, triage) = channels?;
    Ok((Site { id: id?, name: name?, area: area?, report, triage }, holders?))
}

fn own_id(section: &Section<'_>, ids: &mut BTreeMap<SiteId, usize>, notes: &mut Notes) -> Result<SiteId, Noted> {
    let entry = section.demand("id", "\"kings-cross\"", notes)?;
    let wanted =
        format!("a site's id; write 1 to {SITE_ID_MAX} small letters, digits and hyphens, such as \"kings-cross\"");
    let id: SiteId = entry.word(|text| text.parse().ok(), &wanted, notes)?;
    if id.is_unknown() {
        let message = "This is what the site of a report is called while nobody has said it; give this one another id.";
        return Err(entry.note(message, notes));
    }
    let line = notes.line(entry.at);
    if let Some(first) = ids.get(&id) {
        let id = quoted(id.as_str());
        return Err(entry.note(format!("{id} is the site on line {first} already; give this one another id."), notes));
    }
    ids.insert(id.clone(), line);
    Ok(id)
}

/// Where a site is reported for, and where it is decided.
fn channels(site: &Section<'_>, notes: &mut Notes) -> Result<(Vec<Place>, Vec<Place>), Noted> {
    let section = site.child("channels", &CHANNEL_KEYS, notes)?;
    let report = section.find("report").map_or(Ok(Vec::new()), |entry| entry.words(place, notes));
    let triage = triage(&section, notes);
    Ok((report?, triage?))
}

fn triage(channels: &Section<'_>, notes: &mut Notes) -> Result<Vec<Place>, Noted> {
    let missing = "This is missing; write channels.triage = [\"console:triage\"] below [[site]].";
    let entry = channels.find("triage").ok_or_else(|| notes.add(channels.at, channels.path("triage"), missing))?;
    let places = entry.words(place, notes)?;
    if places.is_empty() {
        return Err(entry.note("This is empty; name the channel where this site's reports are decided.", notes));
    }
    Ok(places)
}

/// A channel of a chat.
pub(super) fn place(entry: &Entry<'_>, notes: &mut Notes) -> Result<Place, Noted> {
    const WANTED: &str = "a channel; write \"console:triage\", \"slack:C02TRIAGE\" or \"discord:445566\"";
    entry.word(|text| text.parse().ok(), WANTED, notes)
}
