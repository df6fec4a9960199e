//! Saying things to one reader: their language, the shop's time and money.

use chrono_tz::Tz;
use domain::clock::Moment;
use domain::facts::{Currency, Goods};
use domain::place::SiteId;

use crate::rules::Rules;
use crate::texts::{Lang, Msg, Texts, keys};

/// How things are said to one reader.
pub struct Voice<'a> {
    texts: &'a Texts,
    pub lang: Lang,
    zone: Tz,
    pub currency: Currency,
    /// Whether what is said stands there for long.
    lasts: bool,
}

impl<'a> Voice<'a> {
    /// The voice for somebody who reads `wanted`, in this shop.
    pub fn new(texts: &'a Texts, rules: &Rules, wanted: Option<&str>) -> Self {
        let lang = texts.choose(wanted, &rules.shop.locale);
        Self { texts, lang, zone: rules.shop.timezone, currency: rules.shop.currency, lasts: false }
    }

    /// For what stands where it is not drawn anew every minute: "just now" would soon be wrong, so times are exact.
    #[must_use]
    pub fn lasting(mut self) -> Self {
        self.lasts = true;
        self
    }

    /// A text.
    pub fn say(&self, msg: &Msg<'_>) -> String {
        self.texts.say(self.lang, msg)
    }

    /// The name of a word.
    pub fn word(&self, family: &str, word: &str) -> String {
        self.texts.word(self.lang, family, word)
    }

    /// The name of a site.
    pub fn site(&self, rules: &Rules, site: &SiteId) -> String {
        match rules.site(site) {
            Some(site) => site.name.clone(),
            None if site.is_unknown() => self.say(&keys::site_unknown()),
            None => site.to_string(),
        }
    }

    /// The language's tag.
    pub fn tag(&self) -> String {
        self.texts.tag(self.lang)
    }

    /// The direction of the script.
    pub fn direction(&self) -> &'static str {
        self.texts.direction(self.lang)
    }

    /// How long ago: `2 minutes ago`.
    pub fn ago(&self, at: Moment, now: Moment) -> String {
        if self.lasts {
            return self.exact(at);
        }
        let minutes = (now - at).num_minutes();
        match minutes {
            ..1 => self.say(&keys::ago_now()),
            1..60 => self.say(&keys::ago_minutes(minutes)),
            60..1_440 => self.say(&keys::ago_hours(minutes / 60)),
            _ => self.say(&keys::ago_days(minutes / 1_440)),
        }
    }

    /// The exact time in the shop's zone, in the one notation that every language reads: `2026-11-22 14:05 GMT`.
    pub fn exact(&self, at: Moment) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// The day in the shop's zone.
    pub fn day(&self, at: Moment) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d").to_string()
    }

    /// Relative and exact.
    pub fn when(&self, at: Moment, now: Moment) -> String {
        if self.lasts {
            return self.exact(at);
        }
        self.say(&keys::when_both(self.ago(at, now), self.exact(at)))
    }

    /// An amount: `86.00 GBP`.
    pub fn money(&self, minor: i64, currency: Currency) -> String {
        money(minor, currency)
    }

    /// A line of goods; its name only for those who may read free text.
    pub fn goods(&self, line: &Goods, named: bool) -> String {
        let what = if named { line.what.clone() } else { self.say(&keys::goods_sealed()) };
        let fate = self.word("fate", line.fate.as_str());
        match line.unit_value {
            Some(value) => self.say(&keys::goods_line(line.quantity, what, money(value.minor, value.currency), fate)),
            None => self.say(&keys::goods_line_unpriced(line.quantity, what, fate)),
        }
    }
}

fn money(minor: i64, currency: Currency) -> String {
    let digits = currency.minor_digits();
    let text = format!("{minor:0width$}", width = digits + 1);
    let (whole, part) = text.split_at_checked(text.len() - digits).unwrap_or((&text, ""));
    if part.is_empty() { format!("{whole} {}", currency.code()) } else { format!("{whole}.{part} {}", currency.code()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        let currency = |code: &str| code.parse::<Currency>().unwrap();
        assert_eq!(money(8_600, currency("GBP")), "86.00 GBP");
        assert_eq!(money(5, currency("GBP")), "0.05 GBP");
        assert_eq!(money(80, currency("JPY")), "80 JPY");
        assert_eq!(money(1_250, currency("KWD")), "1.250 KWD");
    }
}
