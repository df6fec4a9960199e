//! Deadlines and retention: what the file leaves out stays as it is by default.

use domain::incident::{Retention, Terms};
use domain::timers::{Deadlines, REMINDERS_MAX};
use domain::words::Category;

use super::problems::{Noted, Notes};
use super::section::{Entry, Section};

/// The longest deadline, in minutes: thirty days.
pub const MINUTES_MAX: u32 = 30 * 24 * 60;
/// The longest retention, in days: six years, the limitation period of civil claims in England and Wales
/// (Limitation Act 1980). What must be kept longer is put on hold.
pub const DAYS_MAX: u32 = 6 * 365 + 2;

const DEADLINE_KEYS: [&str; 5] = ["look", "pages", "then_every", "decide", "silent"];
const RETENTION_KEYS: [&str; 5] = ["declined", "info", "potential_theft", "confirmed", "referred"];

/// Reads `[deadlines]` and `[retention]`.
pub(super) fn read(file: &Section<'_>, notes: &mut Notes) -> Result<Terms, Noted> {
    let deadlines = file.child("deadlines", Category::WORDS, notes);
    let retention = retention(file, notes);
    let deadlines = deadlines?;
    let mut of = |category| deadlines_of(category, &deadlines, notes);
    let (info, potential_theft, in_progress) =
        (of(Category::Info), of(Category::PotentialTheft), of(Category::InProgress));
    Ok(Terms { info: info?, potential_theft: potential_theft?, in_progress: in_progress?, retention: retention? })
}

fn deadlines_of(category: Category, parent: &Section<'_>, notes: &mut Notes) -> Result<Deadlines, Noted> {
    let section = parent.child(category.as_str(), &DEADLINE_KEYS, notes)?;
    let standard = Deadlines::standard(category);
    let look = section.number("look", standard.look, 1..=MINUTES_MAX, notes);
    let pages = section.find("pages").map_or(Ok(standard.pages), |entry| pages(entry, notes));
    let then_every = match section.find("then_every") {
        Some(entry) => then_every(entry, &pages, notes),
        None => Ok(standard.then_every),
    };
    let decide = section.number("decide", standard.decide, 1..=MINUTES_MAX, notes);
    let silent = section.number("silent", standard.silent, 1..=MINUTES_MAX, notes);
    Ok(Deadlines { look: look?, pages: pages?, then_every: then_every?, decide: decide?, silent: silent? })
}

/// Minutes in rising order; 0 is the card itself.
fn pages(entry: &Entry<'_>, notes: &mut Notes) -> Result<Vec<u32>, Noted> {
    let list = entry.list("a list of minutes, such as [0, 3, 5]", notes)?;
    let minutes: Vec<_> = list.iter().map(|page| page.number(0..=MINUTES_MAX, notes)).collect();
    let minutes: Vec<u32> = minutes.into_iter().collect::<Result<_, _>>()?;
    if !minutes.is_sorted_by(|before, after| before < after) {
        let message = "These minutes do not rise; write each once, the smallest first, such as [0, 3, 5].";
        return Err(entry.note(message, notes));
    }
    if u32::try_from(minutes.len()).map_or(true, |count| count > REMINDERS_MAX) {
        return Err(entry.note(format!("These are too many; write at most {REMINDERS_MAX} minutes."), notes));
    }
    Ok(minutes)
}

/// Minutes between the reminders after the last page; 0 for none, since leaving the key out keeps the default.
fn then_every(entry: &Entry<'_>, pages: &Result<Vec<u32>, Noted>, notes: &mut Notes) -> Result<Option<u32>, Noted> {
    let minutes = entry.number(0..=MINUTES_MAX, notes)?;
    if minutes > 0 && pages.as_ref().is_ok_and(Vec::is_empty) {
        return Err(entry.note("There is no page to go on from; give pages at least one minute.", notes));
    }
    Ok((minutes > 0).then_some(minutes))
}

fn retention(file: &Section<'_>, notes: &mut Notes) -> Result<Retention, Noted> {
    let section = file.child("retention", &RETENTION_KEYS, notes)?;
    let standard = Retention::default();
    let mut days = |key, standard| section.number(key, standard, 1..=DAYS_MAX, notes);
    let (declined, info) = (days("declined", standard.declined), days("info", standard.info));
    let potential_theft = days("potential_theft", standard.potential_theft);
    let (confirmed, referred) = (days("confirmed", standard.confirmed), days("referred", standard.referred));
    Ok(Retention {
        declined: declined?,
        info: info?,
        potential_theft: potential_theft?,
        confirmed: confirmed?,
        referred: referred?,
    })
}
