//! The database schema of Shopwatch, step by step. A step that has been released is never edited.

use sea_orm_migration::prelude::*;

mod m0001_record;
mod m0002_people;
mod m0003_chats;
mod m0004_lease;
mod m0005_photos;
mod m0006_versions;
mod m0007_retention;
mod m0009_looks;
mod m0010_links;
mod m0013_counted_looks;
mod m0014_budgets;
mod m0015_said;
mod m0016_lean;
mod m0017_lists;

/// The step from which on looks at photos are counted: whoever takes it counts those that are there.
pub const COUNTED_LOOKS: &str = "m0013_counted_looks";

/// The step from which on it is known where messages stand that have no row of their own.
pub const SAID: &str = "m0015_said";

/// Runs the steps that a database has not seen.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_record::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_chats::Migration),
            Box::new(m0004_lease::Migration),
            Box::new(m0005_photos::Migration),
            Box::new(m0006_versions::Migration),
            Box::new(m0007_retention::Migration),
            Box::new(m0009_looks::Migration),
            Box::new(m0010_links::Migration),
            Box::new(m0013_counted_looks::Migration),
            Box::new(m0014_budgets::Migration),
            Box::new(m0015_said::Migration),
            Box::new(m0016_lean::Migration),
            Box::new(m0017_lists::Migration),
        ]
    }
}
