//! Messages that were answered without anything being kept: such an answer leaves no trace in the store.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// So many are remembered.
const KEPT: usize = 1_000;

/// What this process answered lately.
#[derive(Debug, Default)]
pub struct Answered(Mutex<VecDeque<String>>);

impl Answered {
    /// Whether a message is answered for the first time by this process.
    pub fn is_first(&self, key: &str) -> bool {
        let mut answered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.iter().any(|known| known == key) {
            return false;
        }
        if answered.len() >= KEPT {
            answered.pop_front();
        }
        answered.push_back(key.to_owned());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_answered_once_and_the_oldest_are_forgotten() {
        let answered = Answered::default();
        assert!(answered.is_first("0") && !answered.is_first("0"));
        assert!((1..=KEPT).all(|key| answered.is_first(&key.to_string())));
        assert!(answered.is_first("0"));
    }
}
