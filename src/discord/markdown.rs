//! Text on its way to Discord. Only [`Markdown`] gets into a message, and it is made by escaping: a forgotten escape does
//! not compile. <https://discord.com/developers/docs/reference#message-formatting>

use unicode_segmentation::UnicodeSegmentation as _;

/// Keeps letters apart without being seen: what stands after it belongs to no mention.
const APART: char = '\u{200B}';

/// Text in Discord's markup, escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markdown(String);

/// Where in its line a letter stands.
#[derive(Debug, Clone, Copy)]
struct Spot {
    /// Nothing but blanks came before it.
    beginning: bool,
    /// Nothing but digits did.
    digits: bool,
    /// The word so far has a point in it, as addresses have.
    pointed: bool,
}

impl Spot {
    const LINE: Self = Self { beginning: true, digits: true, pointed: false };

    fn after(self, letter: char) -> Self {
        match letter {
            '\n' => Self::LINE,
            blank if blank.is_whitespace() => Self { pointed: false, digits: self.beginning, ..self },
            other => Self {
                beginning: false,
                digits: self.digits && other.is_ascii_digit(),
                pointed: self.pointed || other == '.',
            },
        }
    }
}

impl Markdown {
    /// What somebody wrote, or words of ours: nothing in it is markup, a mention, a link or an invitation.
    pub fn of(text: &str) -> Self {
        Self::cut_at(text, usize::MAX)
    }

    /// What somebody wrote, at most so many characters of it once escaped, cut between graphemes.
    pub fn fitted(text: &str, most: usize) -> Self {
        let whole = Self::of(text);
        if whole.length() <= most { whole } else { Self::cut_at(text, most) }
    }

    fn cut_at(text: &str, most: usize) -> Self {
        let (mut escaped, mut length, mut spot) = (String::with_capacity(text.len()), 0, Spot::LINE);
        for (at, grapheme) in text.grapheme_indices(true) {
            let mut piece = String::new();
            let rest = text.get(at..).unwrap_or_default();
            for (within, letter) in grapheme.char_indices() {
                push(&mut piece, letter, rest.get(within..).unwrap_or_default(), spot);
                spot = spot.after(letter);
            }
            let more = piece.chars().count();
            // One place is left for the sign that something was cut.
            if length + more >= most {
                escaped.push('…');
                break;
            }
            escaped.push_str(&piece);
            length += more;
        }
        Self(escaped)
    }

    /// In bold; what is empty stays empty.
    pub fn bold(text: &str) -> Self {
        if text.trim().is_empty() { Self::of(text) } else { Self(format!("**{}**", Self::of(text.trim()).0)) }
    }

    /// This, and that on the next line.
    #[must_use]
    pub fn line(mut self, next: &Self) -> Self {
        if !self.0.is_empty() && !next.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(&next.0);
        self
    }

    /// The escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters Discord counts.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }
}

fn push(escaped: &mut String, letter: char, rest: &str, spot: Spot) {
    let next = rest.chars().nth(1).unwrap_or(' ');
    let marks = match letter {
        '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' | '>' => true,
        '#' | '-' | '+' => spot.beginning && (next.is_whitespace() || next == '#'),
        // A list with numbers.
        '.' | ')' => spot.digits && !spot.beginning && next.is_whitespace(),
        ':' => rest.starts_with("://"),
        '/' => spot.pointed,
        _ => false,
    };
    if marks {
        escaped.push('\\');
    }
    escaped.push(letter);
    if letter == '@' {
        escaped.push(APART);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mentions_markup_links_and_invitations_are_text() {
        for (wrote, escaped) in [
            ("**gin** _and_ ~~rum~~ `x` ||y||", "\\*\\*gin\\*\\* \\_and\\_ \\~\\~rum\\~\\~ \\`x\\` \\|\\|y\\|\\|"),
            ("@everyone <@1> <@&2> <#3>", "@\u{200b}everyone \\<@\u{200b}1\\> \\<@\u{200b}&2\\> \\<#3\\>"),
            ("https://bad.example/x", "https\\://bad.example\\/x"),
            ("discord.gg/abc", "discord.gg\\/abc"),
            ("[here](https://x.y)", "\\[here\\](https\\://x.y)"),
            ("# Big\n> quote\n- list\n1. one", "\\# Big\n\\> quote\n\\- list\n1\\. one"),
            ("SW-7K3QF-2 at 14:05, 21.50", "SW-7K3QF-2 at 14:05, 21.50"),
        ] {
            assert_eq!(Markdown::of(wrote).as_str(), escaped);
        }
        assert_eq!(Markdown::bold(" a*b ").as_str(), "**a\\*b**");
    }

    #[test]
    fn a_family_is_not_cut_in_two() {
        let family = "👩‍👩‍👧‍👦";
        assert_eq!(Markdown::fitted(&family.repeat(3), 8).as_str(), format!("{family}…"));
        assert_eq!(Markdown::fitted("***", 5).as_str(), "\\*\\*…");
    }

    proptest! {
        #[test]
        fn nothing_gets_through_and_nothing_is_too_long(text in "[\\\\*_~`|<>@#:/.a-z0-9 \n\\PC]{0,80}", most in 2usize..120) {
            let fitted = Markdown::fitted(&text, most);
            prop_assert!(fitted.length() <= most);
            for bad in ["@everyone", "@here", "://", "discord.gg/"] {
                let there = fitted.as_str().contains(bad);
                prop_assert!(!there || bad == "://" && fitted.as_str().contains("\\://"), "{}", fitted.as_str());
            }
            let mut plain = fitted.as_str().chars();
            while let Some(letter) = plain.next() {
                if letter == '\\' {
                    plain.next();
                } else {
                    prop_assert!(!"*_~`|<>[]".contains(letter), "{letter} in {}", fitted.as_str());
                }
            }
        }
    }
}
