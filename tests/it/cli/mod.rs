//! The real binary, used as its user uses it: a process, its environment, what it prints, and how it ends.

mod commands;
mod demo;
mod doctor;
mod letting_go;
mod record;
mod rules;
mod serving;
mod settings;
