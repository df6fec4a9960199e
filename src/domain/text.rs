//! What people typed, cleaned once at the door.

use crate::problems::Fault;

/// The longest one-line report, in characters (fits a chat message on every platform).
pub const ONE_LINE_MAX: usize = 500;
/// The longest account of what happened, in characters (the modal limit of Discord, the larger of the two chats').
pub const WHAT_HAPPENED_MAX: usize = 4_000;
/// The longest note, question, answer or correction, in characters.
pub const NOTE_MAX: usize = 1_000;
/// The longest name of a thing: goods, a camera.
pub const NAME_MAX: usize = 80;

/// Removes what nobody can see but software reacts to: control characters other than line breaks, and the
/// bidirectional overrides that make text read differently from what it says (Unicode TR 36). Keeps
/// joiners and direction marks, which Urdu and emoji need.
pub fn clean(raw: &str) -> String {
    let visible = raw.chars().filter_map(|c| match c {
        '\t' => Some(' '),
        '\n' => Some('\n'),
        '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFF9}'..='\u{FFFB}' => None,
        c if c.is_control() => None,
        c => Some(c),
    });
    visible.collect::<String>().trim().to_owned()
}

/// Whether somebody reading the text would see anything.
fn has_ink(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{00AD}'))
}

/// Cleaned text of at most `most` characters, or none if nothing readable is left.
pub fn optional(raw: &str, most: usize) -> Result<Option<String>, Fault> {
    let text = clean(raw);
    if !has_ink(&text) {
        return Ok(None);
    }
    let got = text.chars().count();
    if got > most { Err(Fault::TooLong { most, got }) } else { Ok(Some(text)) }
}

/// Cleaned text of at least one and at most `most` characters.
pub fn required(raw: &str, most: usize) -> Result<String, Fault> {
    optional(raw, most)?.ok_or(Fault::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn overrides_and_controls_go_and_urdu_stays() {
        assert_eq!(clean("a\u{202E}b\0c\r\n\u{7}d "), "abc\nd");
        assert_eq!(clean("دو\u{200C}لوگ \u{200F}دکان"), "دو\u{200C}لوگ \u{200F}دکان");
    }

    #[test]
    fn text_without_ink_is_missing() {
        assert_eq!(required(" \u{200B}\u{202E}\n ", 10), Err(Fault::Missing));
        assert_eq!(required("abc", 2), Err(Fault::TooLong { most: 2, got: 3 }));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(raw in any::<String>()) {
            let once = clean(&raw);
            prop_assert_eq!(clean(&once), once);
        }
    }
}
