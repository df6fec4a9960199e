//! What is true about incidents: words, states, who may do what. No I/O, no clock, no platform.
//!
//! Reading order: [`words`] (the closed vocabularies), [`id`], [`actor`], [`report`] (what a person
//! sent, parsed with every problem at once), [`incident`] (the states and the steps between them),
//! [`photo`] (what shows it), [`policy`] (who may take which step), [`audit`] (the hash chain), [`alert`] (what the public may read).

pub mod actor;
pub mod alert;
pub mod audit;
pub mod clock;
pub mod facts;
pub mod id;
pub mod incident;
pub mod look;
pub mod photo;
pub mod place;
pub mod policy;
pub mod problems;
pub mod report;
pub mod retention;
pub mod text;
pub mod timers;
pub mod words;
