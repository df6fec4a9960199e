//! Shopwatch: what shop staff see becomes a triaged incident, and every step of it is on record.
//!
//! # The life of one report
//!
//! 1. Somebody writes `/report two people, spirits` in [`slack`], [`discord`] or the [`console`], or a program calls the API
//!    in [`web::api`].
//!    The door turns it into a [`chat::inbound::Inbound`]: what was done, by which account, under which delivery key.
//! 2. [`app::App::receive`] is the single door behind all doors. It asks [`operations::people::actor`] who that is
//!    *now*, and calls the operation. No network I/O happens there.
//! 3. [`operations::report::submit`]: [`domain::report::Draft::parse`] tells every problem at once;
//!    [`domain::incident::Incident::open`] makes the change; [`store::Store::commit`] makes it durable.
//! 4. The commit is one transaction: delivery, incident, line of the record, what has to be shown. Commits that wait
//!    at the same moment share it ([`store::writer`]).
//! 5. [`chat::reply`] answers in the reader's language: after the commit, never before.
//! 6. [`jobs::outbox::step`] takes what is due under a lease and has the chat ([`chats`]) show it, then records that. Cards on
//!    the console, where people look for themselves, are noted as shown at once.
//! 7. Somebody presses *Claim*: [`chat::press`] decodes button, incident and the version they saw;
//!    [`operations::triage::press`] loads, has [`domain::policy::clear`] prove that they may, takes the step and
//!    commits it where the version is still the one it was decided on. Who loses the race is told who won.
//!
//! # Where is what
//!
//! | a thing | lives in |
//! |---|---|
//! | a role check | [`domain::policy`]; nothing else decides |
//! | a state, a verb | [`domain::incident`] |
//! | a Slack message | [`slack::render`] draws it, [`slack::client`] posts it |
//! | a Discord message | [`discord::render`] draws it, [`discord::client`] posts it |
//! | what both of them share | [`chat`] before anybody draws it, [`chats`] when it is shown |
//! | what was written while nobody listened | [`slack::catch_up`], [`discord::catch_up`], [`discord::private`]; until when all was heard: [`chats::heard`] |
//! | what somebody forwards | it counts as theirs: `slack/inbound/share.rs`, `discord/inbound.rs` |
//! | where people write to us alone, if their chat does not list it | `store/direct.rs` |
//! | a photo that was sent | a reference in the report ([`domain::report::Attached`]) until [`jobs::fetch`] has its bytes |
//! | a photo that comes in the browser | `console/compose.rs` with a report, `console/photos.rs` on its page; how long its sender may take: [`web::sender`] |
//! | a photo that is evidence | [`operations::photo`] takes it in, [`evidence`] reads, masks and keeps it (for every pixel: [`pixels`]), [`domain::incident::photos`] counts |
//! | a look at a photo | [`operations::look`], [`web::look`] behind a link; on record by [`store::looks`] before its first byte |
//! | what of each step is told to whom | [`domain::audit::told`] |
//! | what other chats are sent of an incident | [`chats::payload`] shows it to whoever may see it all |
//! | what was said in chats of an erased incident | [`chats::unsay`] takes it away |
//! | how fast a chat is spoken to, by all servers together | [`chats::pace`], counted in [`store::budgets`] |
//! | a token of Slack's that ends | [`slack::tokens`] |
//! | a report of which nobody knows the site | [`domain::incident::site`] |
//! | a hold, an end before its time | [`operations::hold`], [`operations::erase`] |
//! | a deadline | [`domain::timers`], its moment in the incident's own row; the daily digest of what has none to hurry: [`operations::digest`] |
//! | how memory is shared out, and what photos took of it | `cli/memory.rs`; whose it is: `main.rs` |
//! | a chat that cannot be reached | [`chats::away`]: one try for all that waits |
//! | a signal to the server: the end, the rules read again | `cli/signals.rs` |
//! | what stands before every route | `web/guard.rs` |
//! | the connection that SQLite is written on | `store/kept.rs`, for [`store::writer`] |
//! | what shells and manuals know of the commands | `cli/reference.rs` |
//! | how everything stands | [`cli::doctor`] says it |
//! | a word for people | `locales/`, typed in [`texts::keys`] |
//! | time and ids | [`clock`], arguments everywhere else |
//! | a key, sealing | [`keys`], [`store::sealing`] |
//! | the shop's rules | [`rules`] |
//! | a limit | a named constant beside the code that keeps it |

pub mod app;
pub mod bell;
pub mod chat;
pub mod chats;
pub mod cli;
pub mod clock;
pub mod console;
pub mod discord;
pub mod evidence;
pub mod failure;
pub mod jobs;
pub mod keys;
pub mod operations;
pub mod rules;
pub mod settings;
pub mod slack;
pub mod store;
pub mod telemetry;
pub mod texts;
pub mod web;

pub use domain;
