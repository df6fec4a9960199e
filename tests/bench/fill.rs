//! Years of incidents in minutes: rows that the product wrote, copied many times within the database. Copies carry
//! other ids and lie in the past, so that lists show only what the product itself has sealed.

use sea_orm::DatabaseConnection;

use crate::Result;
use crate::database::{is_postgres, number, run};

/// How many numbers one statement goes through.
const STRIDE: i64 = 25_000;
/// Of 37 numbers 32 are the number of a reference: those whose check character can be said aloud.
const MODULUS: i64 = 37;
/// Where copies begin in time, in milliseconds since 1970: the end of 2023. They come every seven seconds.
const FROM: i64 = 1_703_980_800_000;
/// One copy in so many is open.
const OPEN: i64 = 50;
/// People who have reported, beside those who report now.
const PEOPLE: i64 = 2_000;

/// Fills the database up to so many incidents. Nobody may be writing to it meanwhile.
pub async fn fill(db: &DatabaseConnection, incidents: i64) -> Result<i64> {
    let seeds = number(db, "SELECT COUNT(*) FROM incident").await?;
    prepare(db).await?;
    let missing = incidents.saturating_sub(seeds);
    let last = missing * MODULUS / (MODULUS - 5);
    let mut from = 0;
    while from < last {
        let to = (from + STRIDE).min(last);
        for insert in copies(db, seeds, from, to) {
            run(db, &insert).await?;
        }
        from = to;
    }
    if is_postgres(db) {
        run(db, "VACUUM ANALYZE").await?;
    } else {
        run(db, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
    }
    number(db, "SELECT COUNT(*) FROM incident").await
}

/// The rows that are copied, numbered.
async fn prepare(db: &DatabaseConnection) -> Result<()> {
    for table in ["incident", "entry", "delivery", "outbox"] {
        let order = if table == "incident" { "id" } else { "incident" };
        run(db, &format!("CREATE TEMPORARY TABLE seed_{table} AS SELECT ROW_NUMBER() OVER (ORDER BY {order}) - 1 AS seed, * FROM {table}")).await?;
        run(db, &format!("CREATE INDEX seed_{table}_number ON seed_{table} (seed)")).await?;
    }
    Ok(())
}

/// The statements that add the copies with these numbers.
fn copies(db: &DatabaseConnection, seeds: i64, from: i64, to: i64) -> [String; 4] {
    let postgres = is_postgres(db);
    let hex = |number: &str| {
        if postgres { format!("lpad(to_hex({number}), 12, '0')") } else { format!("printf('%012x', {number})") }
    };
    let digits = |number: &str, width: u32| {
        if postgres {
            format!("lpad(({number})::text, {width}, '0')")
        } else {
            format!("printf('%0{width}d', {number})")
        }
    };
    let id_hex = format!("({} || '70008000' || {})", hex(&format!("{FROM} + n * 7000")), hex("n"));
    let id = if postgres { format!("{id_hex}::uuid") } else { format!("unhex({id_hex})") };
    // A few are the references of what the product wrote itself: those copies are left out.
    // An odd factor goes through all numbers below 2^25, each once, in no visible order.
    let drawn = "((n * 2654435761) % 33554432)";
    let letter = |shift: u32| {
        format!("substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', CAST((({drawn} >> {shift}) & 31) + 1 AS INTEGER), 1)")
    };
    let body: Vec<String> = [20, 15, 10, 5, 0].into_iter().map(letter).collect();
    let check = format!("substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', CAST({drawn} % {MODULUS} + 1 AS INTEGER), 1)");
    let reference = format!("'SW-' || {} || '-' || {check}", body.join(" || "));
    let numbers = if postgres {
        format!("generate_series({from}::bigint, {}::bigint) AS numbers(n)", to - 1)
    } else {
        format!(
            "(WITH RECURSIVE counting(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM counting WHERE n + 1 < {to}) SELECT n FROM counting) AS numbers"
        )
    };
    let of =
        |table: &str| format!("FROM {numbers} JOIN seed_{table} ON seed = n % {seeds} WHERE {drawn} % {MODULUS} <= 31");
    let (open, yes, no) =
        (format!("n % {OPEN} = 0"), if postgres { "TRUE" } else { "1" }, if postgres { "FALSE" } else { "0" });
    let far = if postgres { "TIMESTAMPTZ '2099-01-01 00:00:00+00'" } else { "'2099-01-01T00:00:00+00:00'" };
    let stranger = format!("'{}' || {}", "0".repeat(28), digits(&format!("n % {PEOPLE}"), 4));
    [
        format!(
            "INSERT INTO incident (id, reference, version, site, category, state, open, reporter, reported_at, retain_until, wake_at, merged_into, drill, head, data_key, sealed) \
             SELECT {id}, {reference}, CASE WHEN {open} THEN 1 ELSE 3 END, site, category, CASE WHEN {open} THEN 'new' WHEN n % 3 = 0 THEN 'declined' ELSE 'resolved' END, \
             CASE WHEN {open} THEN {yes} ELSE {no} END, CASE WHEN n % 5 = 0 THEN reporter ELSE {stranger} END, reported_at, retain_until, \
             CASE WHEN {open} THEN {far} END, NULL, drill, head, data_key, sealed {} \
             ON CONFLICT (reference) DO NOTHING",
            of("incident")
        ),
        format!(
            "INSERT INTO entry (incident, seq, at, actor, platform, word, detail, content, prev, hash, sealed) \
             SELECT {id}, steps.step, at, actor, platform, word, detail, content, prev, hash, sealed \
             FROM {numbers} JOIN seed_entry ON seed = n % {seeds} JOIN (SELECT 1 AS step UNION ALL SELECT 2 UNION ALL SELECT 3) AS steps \
             ON steps.step = 1 OR NOT ({open}) WHERE {drawn} % {MODULUS} <= 31"
        ),
        format!(
            "INSERT INTO delivery (key, at, incident, fingerprint) SELECT 'api:till-1:' || {}, at, {id}, fingerprint {}",
            digits("(n * 2654435761) % 1099511627776", 32),
            of("delivery")
        ),
        format!(
            "INSERT INTO outbox (key, task, platform, incident, state, due_at, attempts, wanted, sending, shown, remote_id, lease, leased_until, settled_at) \
             SELECT 'card/' || {id_hex} || '/console:triage', task, platform, {id}, 'shown', due_at, 0, wanted, sending, shown, NULL, NULL, NULL, settled_at {}",
            of("outbox")
        ),
    ]
}
