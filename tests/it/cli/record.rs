//! `shopwatch audit verify`, and databases that are not for this program.

use sea_orm::ConnectionTrait;

use crate::world::database::connect;
use crate::world::program::Home;

/// A shop's folder in which some reports were made.
async fn with_reports(count: usize) -> Home {
    let home = Home::new();
    let key = home.key("till", "staff");
    let server = home.serve(&[]);
    for _ in 0..count {
        let report = crate::world::http().build().unwrap().post(server.url("/api/v1/reports")).bearer_auth(&key);
        assert!(report.json(&serde_json::json!({})).send().await.unwrap().status().is_success());
    }
    home
}

/// Changes the database behind the program's back.
async fn tamper(home: &Home, statement: &str) {
    let db = connect(&format!("sqlite://{}", home.file("data/shopwatch.db").display())).await;
    assert_eq!(db.execute_unprepared(statement).await.unwrap().rows_affected(), 1, "{statement}");
    db.close().await.unwrap();
}

#[tokio::test]
async fn an_untouched_record_ends_with_0_and_a_changed_one_with_1_and_names_the_line() {
    let home = with_reports(3).await;
    assert!(home.output(&["audit", "verify"]).starts_with("3 incidents, 3 lines, 0 finding"));
    tamper(&home, "UPDATE entry SET word = 'claimed' WHERE incident = (SELECT max(incident) FROM entry)").await;
    let failed = home.command(&["audit", "verify"]).assert().code(1);
    let said = String::from_utf8_lossy(&failed.get_output().stdout).into_owned();
    assert!(said.starts_with("SW-") && said.contains("line 1 is not as it was written"), "{said}");
    assert!(said.contains("3 incidents, 3 lines, 1 finding"), "{said}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_by_every_command() {
    let home = with_reports(1).await;
    tamper(&home, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_the_future', 0)").await;
    for arguments in [&[][..], &["audit", "verify"], &["enter", "amal"], &["key", "list"], &["migrate"]] {
        let refused = home.command(arguments).assert().failure();
        let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(said.contains("made by a newer Shopwatch (step m9999_from_the_future)"), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn a_database_without_its_master_key_is_refused() {
    let home = with_reports(1).await;
    std::fs::remove_file(home.file("data/keys/master.key")).unwrap();
    let refused = home.command(&["audit", "verify"]).assert().failure();
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("sealed with another master key"));
    home.write("data/keys/master.key", "not a key");
    let refused = home.command(&[]).assert().failure();
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("is not a master key"));
}
