//! One test, both databases.

/// Makes two tests of each `async fn name(base: Base)`: `on_sqlite::name` and `on_postgres::name`.
///
/// Each has one thread. Several would hand every answer of the database to each other, tens of thousands of times a second,
/// and that keeps Postgres from running at all for seconds where two cores are shared by sessions (`sched(7)`, autogroup):
/// each of its processes is a session of its own. A test that is about threads says so itself.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() { super::$name($crate::world::database::Base::Sqlite).await; })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $name() { super::$name($crate::world::database::Base::Postgres).await; })+
        }
    };
}
