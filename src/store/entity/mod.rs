//! The tables, one file each.

pub mod api_key;
pub mod delivery;
pub mod enter_link;
pub mod entry;
pub mod incident;
pub mod job_run;
pub mod lease;
pub mod look;
pub mod meta;
pub mod notice;
pub mod outbox;
pub mod photo;
pub mod retention_plan;
pub mod said;
pub mod session;
pub mod unread;
