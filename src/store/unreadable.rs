//! Rows that cannot be read: somebody wrote to the database, or a key is not there any more. Each is said and counted, and
//! hides none of the others.

use uuid::Uuid;

use crate::failure::Failure;

/// What can be read of these.
pub(super) fn readable<T>(rows: impl IntoIterator<Item = (Uuid, Result<T, Failure>)>) -> Vec<T> {
    let said = |(id, read): (Uuid, Result<T, Failure>)| {
        if read.is_err() {
            say(id);
        }
        read.ok()
    };
    rows.into_iter().filter_map(said).collect()
}

/// Says that a row cannot be read.
pub(super) fn say(id: Uuid) {
    metrics::counter!("shopwatch_unreadable_rows_total").increment(1);
    tracing::error!(
        target: "shopwatch::store",
        %id,
        "a row cannot be read and is left out; `shopwatch audit verify` names what was changed"
    );
}
