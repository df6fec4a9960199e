//! Results as Markdown, to be read in a terminal and pasted into the README.

use std::fmt::{self, Display};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A table with columns as wide as their widest cell.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(ToString::to_string).collect()] }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (index, row) in self.rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                write!(f, "| {cell:width$} ")?;
            }
            writeln!(f, "|")?;
            if index == 0 {
                widths.iter().try_for_each(|width| write!(f, "|{:-<width$}", "", width = width + 2))?;
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// Figures that have to be on one side of a limit, and those that are not.
#[derive(Default)]
pub struct Targets {
    missed: Vec<String>,
}

impl Targets {
    /// A figure that may be this large at most.
    pub fn at_most(&mut self, what: &str, most: f64, figure: f64) {
        self.note(what, figure <= most, &format!("{figure:.1}, wanted at most {most}"));
    }

    /// A figure that has to be this large at least.
    pub fn at_least(&mut self, what: &str, least: f64, figure: f64) {
        self.note(what, figure >= least, &format!("{figure:.2}, wanted at least {least}"));
    }

    fn note(&mut self, what: &str, met: bool, figure: &str) {
        println!("  {} {what}: {figure}", if met { "met   " } else { "MISSED" });
        if !met {
            self.missed.push(format!("{what}: {figure}"));
        }
    }

    /// Complains if a target was missed.
    pub fn verdict(self) -> crate::Result<()> {
        if self.missed.is_empty() { Ok(()) } else { Err(format!("missed:\n  {}", self.missed.join("\n  "))) }
    }
}

/// What it was measured on.
pub fn machine(folder: &Path, seed: u32) -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    let files = Command::new("df")
        .args(["--output=fstype"])
        .arg(folder)
        .output()
        .map(|said| String::from_utf8_lossy(&said.stdout).into_owned());
    let files = files.ok().and_then(|said| said.lines().nth(1).map(str::to_owned)).unwrap_or_default();
    format!(
        "{cores} cores ({}), generator included; {} ({files}); seed {seed}",
        model.unwrap_or("unknown"),
        folder.display()
    )
}
