//! Left-to-right pieces (references, times, amounts) inside right-to-left sentences, kept in one piece.

use std::borrow::Cow;

/// Begins an isolated left-to-right piece (Unicode TR 9, 2.4).
const LRI: char = '\u{2066}';
/// Ends it.
const PDI: char = '\u{2069}';

/// The text as a page of this direction shows it. In a right-to-left page every run of Latin letters and digits is
/// isolated: without that, the parts of `2026-11-22 14:05` would change places.
pub fn isolate<'a>(text: &'a str, direction: &str) -> Cow<'a, str> {
    if direction != "rtl" || !text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return Cow::Borrowed(text);
    }
    let mut isolated = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(start) = rest.find(begins) {
        let (before, run) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let (run, after) = run.split_at_checked(length(run)).unwrap_or((run, ""));
        isolated.push_str(before);
        isolated.push(LRI);
        isolated.push_str(run);
        isolated.push(PDI);
        rest = after;
    }
    isolated.push_str(rest);
    Cow::Owned(isolated)
}

fn begins(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '/'
}

/// How long the run is that stands at the beginning: ASCII, up to its last letter or digit.
fn length(run: &str) -> usize {
    let ascii = run.bytes().take_while(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'(' | b')')).count();
    let ends = run.bytes().take(ascii).rposition_of(u8::is_ascii_alphanumeric);
    ends.map_or(1, |last| last + 1)
}

/// The last position at which something holds, for iterators that only go forward.
trait LastPosition: Iterator<Item = u8> + Sized {
    fn rposition_of(self, holds: impl Fn(&u8) -> bool) -> Option<usize> {
        self.enumerate().filter(|(_, byte)| holds(byte)).last().map(|(at, _)| at)
    }
}

impl<I: Iterator<Item = u8>> LastPosition for I {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        isolate(text, "rtl").replace(LRI, "[").replace(PDI, "]")
    }

    #[test]
    fn references_times_and_amounts_stay_in_one_piece() {
        assert_eq!(shown("نیا، ابھی (2026-11-22 14:05 GMT)"), "نیا، ابھی ([2026-11-22 14:05 GMT])");
        assert_eq!(shown("SW-7K3QF-2 بھیجا گیا۔"), "[SW-7K3QF-2] بھیجا گیا۔");
        assert_eq!(shown("2 × جن، 21.50 GBP"), "[2] × جن، [21.50 GBP]");
        assert_eq!(shown("/report کیا ہوا"), "[/report] کیا ہوا");
        assert_eq!(shown("کچھ نہیں"), "کچھ نہیں");
    }

    #[test]
    fn pages_from_left_to_right_are_left_alone() {
        assert_eq!(isolate("SW-7K3QF-2 sent", "ltr"), "SW-7K3QF-2 sent");
    }

    proptest! {
        #[test]
        fn nothing_but_marks_is_added(text in "\\PC{0,60}") {
            let bare: String = isolate(&text, "rtl").chars().filter(|c| !matches!(*c, LRI | PDI)).collect();
            let own: String = text.chars().filter(|c| !matches!(*c, LRI | PDI)).collect();
            prop_assert_eq!(bare, own);
        }
    }
}
