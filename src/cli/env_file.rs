//! The file `.env`: every line of it counts, or nothing starts. A line that nobody can read must not leave the settings after
//! it to their defaults.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::Arguments;

/// The file's name, here or in a folder above.
const NAME: &str = ".env";

/// Puts what the file says into the environment, where nothing stands there already; tells every line that cannot be read.
pub fn load() -> Vec<String> {
    let Some(path) = found() else { return Vec::new() };
    let text = match std::fs::read(&path).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        Ok(Err(_)) => return vec![unreadable(&path, "it is not text in UTF-8")],
        Err(why) if why.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(why) => return vec![unreadable(&path, &why.kind().to_string())],
    };
    let (good, bad): (Vec<Line>, Vec<Line>) = lines(&text).partition(Line::can_be_read);
    let good: String = good.into_iter().flat_map(|line| [line.text, "\n"]).collect();
    let mut problems: Vec<String> = bad.iter().map(Line::problem).collect();
    if dotenvy::from_read(good.as_bytes()).is_err() {
        problems.push(unreadable(&path, "its lines do not fit together"));
    }
    problems
}

/// Where it is, if it is anywhere.
pub fn found() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.exists() && !path.is_dir())
}

fn unreadable(path: &Path, why: &str) -> String {
    format!("{} cannot be read\n  why  {why}\n  do   put that right, or take the file away", path.display())
}

/// One line of the file. None of our settings needs several.
struct Line<'a> {
    number: usize,
    text: &'a str,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    text.lines().zip(1..).map(|(text, number)| Line { number, text })
}

impl Line<'_> {
    /// The environment holds no zero bytes.
    fn can_be_read(&self) -> bool {
        !self.text.contains('\0') && dotenvy::from_read_iter(self.text.as_bytes()).all(|item| item.is_ok())
    }

    /// What is wrong, without what stands there: it may be half a secret.
    fn problem(&self) -> String {
        let before = self.text.split('=').next().unwrap_or_default().trim();
        let name = before.strip_prefix("export ").unwrap_or(before).trim();
        let known = Arguments::command().get_arguments().any(|one| one.get_env().is_some_and(|known| known == name));
        let (which, example) = if known { (format!(" ({name})"), name) } else { (String::new(), "NAME") };
        format!(
            "{NAME}, line {}{which} cannot be read\n  why  it is not NAME=VALUE, or its value has a space outside quotes, or a quote that is not closed on the same line\n  do   write it like {example}='VALUE', in single quotes, or put # before it",
            self.number
        )
    }
}
