//! `FakeSlack`, spoken to by the real Slack client and by bare HTTP.

mod acts;
mod answers;
mod app;
mod blocks;
mod faults;
mod forms;
mod people;
mod signed;
mod sockets;
