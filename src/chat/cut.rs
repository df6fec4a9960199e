//! Text that has to fit.

use unicode_segmentation::UnicodeSegmentation as _;

/// At most so many characters, cut between graphemes: for labels, titles and options, in which no chat reads markup.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let (mut kept, mut length) = (String::new(), 0);
    for grapheme in text.graphemes(true) {
        length += grapheme.chars().count();
        // One place is left for the sign that something was cut.
        if length >= most {
            break;
        }
        kept.push_str(grapheme);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_family_is_not_cut_in_two() {
        let family = "👩‍👩‍👧‍👦";
        assert_eq!(cut(&family.repeat(3), 8), format!("{family}…"));
    }

    proptest! {
        #[test]
        fn nothing_is_too_long(text in any::<String>(), most in 1usize..200) {
            prop_assert!(cut(&text, most).chars().count() <= most);
        }
    }
}
