//! Reads as much of Rust as it takes to find the texts in it.

/// Macros whose words are not for people in a shop: the log, metrics, mistakes of ours; and `kinds`, which explains
/// problems to those who write programs.
const NOT_FOR_PEOPLE: &[&str] = &[
    "debug",
    "error",
    "error_span",
    "event",
    "info",
    "info_span",
    "span",
    "trace",
    "warn",
    "debug_assert",
    "unreachable",
    "describe_counter",
    "describe_gauge",
    "describe_histogram",
    "kinds",
];

/// A piece of Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Mark(char),
    Text(usize, String),
}

struct Lexer {
    letters: Vec<char>,
    at: usize,
    line: usize,
}

impl Lexer {
    fn tokens(source: &str) -> Vec<Token> {
        let mut lexer = Self { letters: source.chars().collect(), at: 0, line: 1 };
        let mut tokens = Vec::new();
        while let Some(letter) = lexer.peek(0) {
            match letter {
                '/' if lexer.peek(1) == Some('/') => lexer.skip_while(|letter| letter != '\n'),
                '/' if lexer.peek(1) == Some('*') => lexer.skip_remark(),
                '"' => tokens.push(lexer.text()),
                '\'' => lexer.skip_letter(),
                letter if letter.is_alphanumeric() || letter == '_' => {
                    let word = lexer.word();
                    let raw = matches!(word.as_str(), "r" | "br" | "cr") && matches!(lexer.peek(0), Some('"' | '#'));
                    tokens.push(if raw { lexer.raw_text() } else { Token::Word(word) });
                }
                mark => {
                    lexer.next();
                    if !mark.is_whitespace() {
                        tokens.push(Token::Mark(mark));
                    }
                }
            }
        }
        tokens
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(letter == '\n');
        Some(letter)
    }

    fn skip_while(&mut self, goes_on: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&goes_on) {
            self.next();
        }
    }

    fn skip_remark(&mut self) {
        let mut depth = 0;
        loop {
            match (self.next(), self.peek(0)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (Some(_), _) => continue,
                (None, _) => return,
            }
            self.next();
            if depth == 0 {
                return;
            }
        }
    }

    /// A letter in quotes, or the mark of a lifetime.
    fn skip_letter(&mut self) {
        self.next();
        if self.peek(0) == Some('\\') {
            self.next();
            self.next();
            self.skip_while(|letter| letter != '\'');
            self.next();
        } else if self.peek(1) == Some('\'') {
            self.next();
            self.next();
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(letter) = self.peek(0).filter(|letter| letter.is_alphanumeric() || *letter == '_') {
            word.push(letter);
            self.next();
        }
        word
    }

    fn text(&mut self) -> Token {
        let (line, mut text) = (self.line, String::new());
        self.next();
        while let Some(letter) = self.next().filter(|letter| *letter != '"') {
            if letter == '\\' {
                self.next();
                text.push(' ');
            } else {
                text.push(letter);
            }
        }
        Token::Text(line, text)
    }

    fn raw_text(&mut self) -> Token {
        let (line, start) = (self.line, self.at);
        self.skip_while(|letter| letter == '#');
        let marks = self.at - start;
        if self.peek(0) != Some('"') {
            return Token::Word(self.word());
        }
        self.next();
        let mut text = String::new();
        while let Some(letter) = self.next() {
            if letter == '"' && (0..marks).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += marks;
                break;
            }
            text.push(letter);
        }
        Token::Text(line, text)
    }
}

/// The texts of a Rust file, without its attributes, its tests, and what is not for people.
pub fn texts(source: &str) -> Vec<(usize, String)> {
    let tokens = Lexer::tokens(source);
    let mut texts = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is = |ahead: usize, mark: char| tokens.get(at + ahead) == Some(&Token::Mark(mark));
        match token {
            Token::Mark('#') if is(1, '[') || (is(1, '!') && is(2, '[')) => {
                let end = after_group(&tokens, at);
                let attribute: Vec<&Token> = tokens.iter().take(end).skip(at).collect();
                let has =
                    |word: &str| attribute.iter().any(|token| matches!(token, Token::Word(known) if known == word));
                at = if has("cfg") && has("test") && !has("not") { after_item(&tokens, end) } else { end };
            }
            Token::Word(word) if is(1, '!') && NOT_FOR_PEOPLE.contains(&word.as_str()) => at = after_group(&tokens, at),
            Token::Text(line, text) => {
                texts.push((*line, text.clone()));
                at += 1;
            }
            Token::Word(_) | Token::Mark(_) => at += 1,
        }
    }
    texts
}

/// The place after the first group of brackets from here on.
fn after_group(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            Token::Word(_) | Token::Mark(_) | Token::Text(..) => {}
        }
    }
    tokens.len()
}

/// The place after an item: its `;`, or the group that is its body.
fn after_item(tokens: &[Token], from: usize) -> usize {
    let ends = |token: &Token| matches!(token, Token::Mark(';' | '{'));
    match tokens.iter().skip(from).position(ends).map(|ahead| from + ahead) {
        Some(at) if tokens.get(at) == Some(&Token::Mark('{')) => after_group(tokens, at),
        Some(at) => at + 1,
        None => tokens.len(),
    }
}

/// Whether a text reads like a sentence or a title: it begins with a capital letter and has two words or more.
pub fn speaks(text: &str) -> bool {
    let is_word = |word: &str| {
        let word = word.trim_matches(|letter: char| letter.is_ascii_punctuation() || letter == '…');
        word.chars().count() > 1 && word.chars().all(char::is_alphabetic)
    };
    let words = text.split_whitespace().filter(|word| !word.contains(['{', '}']) && is_word(word)).count();
    text.trim().starts_with(char::is_uppercase) && words > 1
}

#[test]
fn english_in_rust_is_found_where_people_would_read_it() {
    let source = r##"
        //! "Only a comment here"
        #[error("Only an attribute here")]
        fn speak<'a>(c: char) -> &'a str {
            /* "Nested /* remarks" */ are skipped */
            tracing::info!(count = 'x', "Only the log {}", f(1));
            let _ = (b'"', '"', '\'', r#"Raw "words" are found"#, "lower case is not", "OneWord", "{name} Only");
            "Please find me"
        }
        #[cfg(test)]
        mod tests { const TEXT: &str = "Only a test here"; }
        #[cfg(test)]
        mod more;
        const AFTER: &str = "Also \"found\" here";
    "##;
    let found: Vec<String> = texts(source).into_iter().map(|(_, text)| text).filter(|text| speaks(text)).collect();
    assert_eq!(found, ["Raw \"words\" are found", "Please find me", "Also  found  here"]);
}
