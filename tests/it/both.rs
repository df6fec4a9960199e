//! One test, both databases.

/// Makes two tests of each `async fn name(base: Base)`: `on_sqlite::name` and `on_postgres::name`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::world::database::Base::Sqlite).await; })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::world::database::Base::Postgres).await; })+
        }
    };
}
