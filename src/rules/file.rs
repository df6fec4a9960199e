//! The file as a whole, and its `[shop]`.

use chrono::NaiveTime;
use chrono_tz::{TZ_VARIANTS, Tz};
use domain::facts::Currency;
use toml::de::DeTable;

use super::nearest::nearest;
use super::problems::{Noted, Notes, quoted};
use super::roles::Said;
use super::section::{Entry, Section};
use super::{Rules, Shop, members, sites, terms};

/// The longest name of a shop, in characters.
pub const SHOP_NAME_MAX: usize = 60;
/// The longest emergency number, in characters: an international number (ITU-T E.164) with its spaces.
pub const EMERGENCY_NUMBER_MAX: usize = 20;
/// The languages the software speaks.
pub const LOCALES: [&str; 4] = ["en", "es", "pl", "ur"];

const FILE_KEYS: [&str; 6] = ["shop", "site", "roles", "member", "deadlines", "retention"];
const SHOP_KEYS: [&str; 9] = [
    "name",
    "locale",
    "timezone",
    "emergency_number",
    "two_person",
    "currency",
    "admin_channel",
    "next_level",
    "digest_at",
];
/// How a shop says that it wants no digest.
const NEVER: &str = "never";
/// When a digest is due unless the file says otherwise: as the day's first shift begins, so that what came in the evening is
/// looked at within a day.
pub const DIGEST_AT: NaiveTime = match NaiveTime::from_hms_opt(8, 0, 0) {
    Some(eight) => eight,
    None => NaiveTime::MIN,
};
const CURRENCY: &str = "GBP";

/// Reads the file; notes everything that is wrong with it.
pub(super) fn read(text: &str, notes: &mut Notes) -> Result<Rules, Noted> {
    let (table, errors) = DeTable::parse_recoverable(text);
    notes.syntax(&errors)?;
    let file = Section::whole(table.get_ref(), &FILE_KEYS, notes);
    let shop = shop(&file, notes);
    let everywhere = Said::read(&file, notes);
    let sites = sites::read(&file, &everywhere, notes);
    let terms = terms::read(&file, notes);
    let members = members::read(&file, notes);
    let everywhere = everywhere.holders();
    let (sites, at) = sites?;
    Ok(Rules { shop: shop?, sites, terms: terms?, everywhere: everywhere?, at, members: members? })
}

fn shop(file: &Section<'_>, notes: &mut Notes) -> Result<Shop, Noted> {
    let missing = "There is no [shop]; write it and below it a name, locale, timezone and emergency_number.";
    let entry = file.find("shop").ok_or_else(|| notes.add(file.at, "shop", missing))?;
    let section = entry.section(&SHOP_KEYS, notes)?;
    let name = section.demand("name", "\"Corner Store\"", notes);
    let name = name.and_then(|entry| entry.label(SHOP_NAME_MAX, notes));
    let locale = section.demand("locale", "\"en\"", notes).and_then(|entry| locale(entry, notes));
    let timezone = section.demand("timezone", "\"Europe/London\"", notes);
    let timezone = timezone.and_then(|entry| timezone_of(entry, notes));
    let number = section.demand("emergency_number", "\"999\"", notes);
    let number = number.and_then(|entry| emergency_number(entry, notes));
    // The safe answer holds for a shop that does not give one.
    let two_person = section.find("two_person").map_or(Ok(true), |entry| entry.flag(notes));
    let admin_channel = section.find("admin_channel").map(|entry| sites::place(entry, notes)).transpose();
    let currency = currency(&section, notes);
    let next_level = section.find("next_level").map_or(Ok(Vec::new()), |entry| entry.words(sites::place, notes));
    let digest_at = section.find("digest_at").map_or(Ok(Some(DIGEST_AT)), |entry| time_of_day(entry, notes));
    Ok(Shop {
        name: name?,
        locale: locale?,
        timezone: timezone?,
        emergency_number: number?,
        two_person: two_person?,
        currency: currency?,
        admin_channel: admin_channel?,
        next_level: next_level?,
        digest_at: digest_at?,
    })
}

fn locale(entry: &Entry<'_>, notes: &mut Notes) -> Result<String, Noted> {
    let spoken = |text: &str| LOCALES.into_iter().find(|locale| *locale == text).map(str::to_owned);
    let wanted = format!("a language the software speaks; write one of {}", LOCALES.map(quoted).join(", "));
    entry.word(spoken, &wanted, notes)
}

fn timezone_of(entry: &Entry<'_>, notes: &mut Notes) -> Result<Tz, Noted> {
    let written = entry.text(notes)?;
    let meant = nearest(written, TZ_VARIANTS.iter().map(|zone| zone.name()));
    let wanted = match meant {
        Some(meant) => format!("a time zone; perhaps {} is meant", quoted(meant)),
        None => "a time zone; write its IANA name, such as \"Europe/London\"".to_owned(),
    };
    entry.word(|text| text.parse().ok(), &wanted, notes)
}

fn time_of_day(entry: &Entry<'_>, notes: &mut Notes) -> Result<Option<NaiveTime>, Noted> {
    let read = |text: &str| match text {
        NEVER => Some(None),
        text => NaiveTime::parse_from_str(text, "%H:%M").ok().map(Some),
    };
    entry.word(read, "a time of day; write it like \"08:00\", by the shop's own clocks, or \"never\"", notes)
}

fn emergency_number(entry: &Entry<'_>, notes: &mut Notes) -> Result<String, Noted> {
    let dialled = |text: &str| {
        let digits = text.bytes().any(|byte| byte.is_ascii_digit());
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b' '));
        let fits = text.len() <= EMERGENCY_NUMBER_MAX;
        (digits && plain && fits).then(|| text.trim().to_owned())
    };
    let wanted =
        format!("a number to dial; write at most {EMERGENCY_NUMBER_MAX} digits and spaces in quotes, such as \"999\"");
    entry.word(dialled, &wanted, notes)
}

fn currency(section: &Section<'_>, notes: &mut Notes) -> Result<Currency, Noted> {
    const WANTED: &str = "a currency; write its three capital letters (ISO 4217), such as \"GBP\"";
    match section.find("currency") {
        Some(entry) => entry.word(|text| text.parse().ok(), WANTED, notes),
        None => CURRENCY.parse().ok().ok_or_else(|| notes.add(section.at, section.path("currency"), WANTED)),
    }
}
