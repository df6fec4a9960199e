//! Text on its way to Slack. Only [`Mrkdwn`] gets into a message, and it is made by escaping: a forgotten escape does not
//! compile. <https://docs.slack.dev/messaging/formatting-message-text/#escaping>

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::chat::cut::cut;

/// Text in Slack's markup, escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mrkdwn(String);

impl Mrkdwn {
    /// What somebody wrote, or words of ours: nothing in it is markup.
    pub fn of(text: &str) -> Self {
        let mut escaped = String::with_capacity(text.len());
        push_escaped(&mut escaped, text);
        Self(escaped)
    }

    /// What somebody wrote, at most so many characters of it once escaped, cut between graphemes.
    pub fn fitted(text: &str, most: usize) -> Self {
        let mut fitted = String::new();
        let mut length = 0;
        let whole = Self::of(text);
        if whole.0.chars().count() <= most {
            return whole;
        }
        for grapheme in text.graphemes(true) {
            let mut escaped = String::new();
            push_escaped(&mut escaped, grapheme);
            let more = escaped.chars().count();
            // One place is left for the sign that something was cut.
            if length + more >= most {
                break;
            }
            fitted.push_str(&escaped);
            length += more;
        }
        fitted.push('…');
        Self(fitted)
    }

    /// In bold; text with the sign for bold in it stays as it is.
    pub fn bold(text: &str) -> Self {
        let escaped = Self::of(text);
        if text.contains('*') || text.trim().is_empty() { escaped } else { Self(format!("*{}*", escaped.0)) }
    }

    /// This, and that on the next line.
    #[must_use]
    pub fn line(mut self, next: &Self) -> Self {
        self.0.push('\n');
        self.0.push_str(&next.0);
        self
    }

    /// Many lines.
    pub fn lines<'a>(lines: impl IntoIterator<Item = &'a String>) -> Self {
        Self(lines.into_iter().map(|line| Self::of(line).0).collect::<Vec<_>>().join("\n"))
    }

    /// The escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters Slack counts.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// As a text object.
    pub fn object(&self) -> Value {
        json!({ "type": "mrkdwn", "text": self.0, "verbatim": true })
    }
}

fn push_escaped(escaped: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
}

/// Text where Slack reads no markup: labels, titles, options. At most so many characters, cut between graphemes.
pub fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": cut(text, most), "emoji": false })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mentions_and_markup_are_text() {
        assert_eq!(Mrkdwn::of("<!channel> & <@U1>").as_str(), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
        assert_eq!(Mrkdwn::bold("a*b").as_str(), "a*b");
    }

    #[test]
    fn a_family_is_not_cut_in_two() {
        let family = "👩‍👩‍👧‍👦";
        assert_eq!(Mrkdwn::fitted(&family.repeat(3), 8).as_str(), format!("{family}…"));
        assert_eq!(Mrkdwn::fitted("<<<", 9).as_str(), "&lt;&lt;…");
    }

    proptest! {
        #[test]
        fn nothing_gets_through_and_nothing_is_too_long(text in any::<String>(), most in 1usize..200) {
            let fitted = Mrkdwn::fitted(&text, most);
            prop_assert!(fitted.length() <= most);
            prop_assert!(!fitted.as_str().contains(['<', '>']));
        }
    }
}
