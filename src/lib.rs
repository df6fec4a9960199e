//! Shopwatch.
pub mod app;
pub mod bell;
pub mod chat;
pub mod failure;
pub mod keys;
pub mod operations;
pub mod rules;
pub mod settings;
pub mod store;
pub mod texts;
pub use domain;
