//! What a shop's rules say about incidents: how soon somebody has to act, and how long they are kept.

use crate::timers::Deadlines;
use crate::words::Category;

/// The shop's rules a step needs: deadlines and how long things are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Deadlines by category.
    pub info: Deadlines,
    pub potential_theft: Deadlines,
    pub in_progress: Deadlines,
    /// Days by class.
    pub retention: Retention,
}

/// How many days an incident is kept, by what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    pub declined: u32,
    pub info: u32,
    pub potential_theft: u32,
    pub confirmed: u32,
    /// What ended with the police, who take longer than a shop does.
    pub referred: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { declined: 7, info: 30, potential_theft: 90, confirmed: 180, referred: 365 }
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            info: Deadlines::standard(Category::Info),
            potential_theft: Deadlines::standard(Category::PotentialTheft),
            in_progress: Deadlines::standard(Category::InProgress),
            retention: Retention::default(),
        }
    }
}

impl Terms {
    /// The deadlines of a category.
    pub const fn deadlines(&self, category: Category) -> &Deadlines {
        match category {
            Category::Info => &self.info,
            Category::PotentialTheft => &self.potential_theft,
            Category::InProgress => &self.in_progress,
        }
    }
}
