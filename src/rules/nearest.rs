//! What somebody probably meant to write.

/// The most letters that may differ.
const TYPOS_MAX: usize = 2;
/// Nobody mistypes a word this long for one of ours; comparing it would only take time.
const WORD_MAX: usize = 64;

/// The known word nearest to what is written, if one is near; capitals do not count.
pub(super) fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if written.len() > WORD_MAX {
        return None;
    }
    let written = written.to_lowercase();
    let near = |word: &'k str| {
        let typos = typos(&written, &word.to_lowercase());
        // Half of a short word is another word.
        (typos <= TYPOS_MAX && typos * 2 <= word.len()).then_some((typos, word))
    };
    known.into_iter().filter_map(near).min_by_key(|(typos, _)| *typos).map(|(_, word)| word)
}

/// How many letters must be put in, taken out or changed to make one word the other (Levenshtein).
fn typos(left: &str, right: &str) -> usize {
    let mut above: Vec<usize> = (0..=right.chars().count()).collect();
    for (row, l) in left.chars().enumerate() {
        let mut before = row + 1;
        let mut line = vec![before];
        for (r, (diagonal, over)) in right.chars().zip(above.iter().zip(above.iter().skip(1))) {
            before = (diagonal + usize::from(l != r)).min(over + 1).min(before + 1);
            line.push(before);
        }
        above = line;
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_understood() {
        let known = ["staff", "reviewer", "name", "id"];
        assert_eq!(nearest("reviewers", known), Some("reviewer"));
        assert_eq!(nearest("nmae", known), Some("name"));
        assert_eq!(nearest("NAME", known), Some("name"));
        assert_eq!(nearest("ids", known), Some("id"));
        for other in ["", "x", "manager", &"name".repeat(99)] {
            assert_eq!(nearest(other, known), None, "{other}");
        }
    }
}
