//! `shopwatch doctor`: how everything stands, told by the real binary.

mod discord;
mod slack;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use domain::clock::Clock as _;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use shopwatch::clock::MachineClock;
use tokio::task::spawn_blocking;

use crate::world::clock::TestClock;
use crate::world::database::{Base, Database, is_postgres};
use crate::world::program::Home;
use crate::world::s3::{BUCKET, FakeS3, KEY_ID, SECRET};

on_both! {
    a_database_of_another_master_key_is_a_problem,
    a_database_whose_master_key_is_gone_is_a_problem,
    older_and_newer_schemas_are_told_and_left_as_they_are,
    a_record_from_the_future_is_a_problem_of_the_clock,
}

/// A master key that no test's database was sealed with.
const OTHER_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// What it found.
pub struct Found {
    pub code: i32,
    pub all: Value,
    /// Everything that it printed.
    pub printed: String,
}

impl Found {
    /// The states of the lines of an id, in their order.
    pub fn states(&self, id: &str) -> Vec<&str> {
        self.lines(id).iter().map(|line| line["state"].as_str().unwrap()).collect()
    }

    pub fn lines(&self, id: &str) -> Vec<&Value> {
        self.all["lines"].as_array().unwrap().iter().filter(|line| line["id"] == id).collect()
    }

    /// The one line of an id about this.
    pub fn about(&self, id: &str, about: &str) -> &Value {
        let found: Vec<&Value> = self.lines(id).into_iter().filter(|line| line["about"] == about).collect();
        assert_eq!(found.len(), 1, "{id} about {about} in {}", self.printed);
        found[0]
    }

    /// The ids of what is a problem.
    pub fn problems(&self) -> Vec<&str> {
        let lines = self.all["lines"].as_array().unwrap().iter().filter(|line| line["state"] == "problem");
        let mut ids: Vec<&str> = lines.map(|line| line["id"].as_str().unwrap()).collect();
        ids.dedup();
        ids
    }
}

/// Asks it, with the JSON that it prints.
pub async fn ask(home: &Home, arguments: &[&str], environment: &[(&str, &str)]) -> Found {
    let mut command = home.command(&[&["doctor", "--json"], arguments].concat());
    command.envs(environment.iter().copied());
    let output = spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let all: Value = serde_json::from_str(&printed).expect("one JSON document");
    let found = Found { code: output.status.code().unwrap(), all, printed };
    assert_eq!(found.code, i32::from(found.all["problems"] != 0), "{}", found.printed);
    assert_eq!(found.problems().is_empty(), found.code == 0, "{}", found.printed);
    found
}

/// A shop's folder with a database of this kind and one report in it.
async fn with_a_report(base: Base) -> (Home, Database) {
    let (home, database) = (Home::new(), Database::empty(base));
    home.write(".env", &format!("DATABASE_URL='{}'\n", database.url().split('?').next().unwrap()));
    let key = home.key("till", "staff");
    let server = home.serve(&[]);
    let report = crate::world::http().build().unwrap().post(server.url("/api/v1/reports")).bearer_auth(&key);
    let line = serde_json::json!({ "what_happened": "CANARY-WORDS" });
    assert!(report.json(&line).send().await.unwrap().status().is_success());
    server.end();
    (home, database)
}

#[tokio::test]
async fn before_the_first_start_nothing_is_a_problem_and_nothing_is_made() {
    let home = Home::new();
    let found = ask(&home, &[], &[]).await;
    assert_eq!(found.code, 0, "{}", found.printed);
    assert_eq!(found.states("data.folder"), ["note"]);
    assert_eq!((found.states("database.opens"), found.states("keys.master")), (vec!["note"], vec!["note"]));
    assert_eq!((found.states("rules.example"), found.all["online"] == false), (vec!["note"], true));
    assert!(found.all["next"].as_str().unwrap().starts_with("shopwatch init"), "{}", found.printed);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "it makes nothing");

    let said = home.output(&["doctor"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "  ok       the settings can be read");
    assert!(lines[lines.len() - 2].starts_with("0 problem(s), "), "{said}");
    assert!(lines[lines.len() - 1].starts_with("  next     shopwatch init"), "it ends with the one next thing: {said}");
}

#[tokio::test]
async fn beside_a_server_it_changes_nothing_and_everything_is_fine() {
    let home = Home::new();
    let server = home.serve(&[]);
    let before = names(&home);
    let found = ask(&home, &[], &[]).await;
    assert_eq!(found.problems(), [""; 0], "{}", found.printed);
    for id in ["settings.environment", "data.folder", "data.rights", "database.opens", "database.durability"] {
        assert_eq!(found.states(id), ["ok"], "{id} in {}", found.printed);
    }
    for id in ["database.schema", "keys.master", "keys.fit", "clock.record", "evidence.folder", "address.public"] {
        assert_eq!(found.states(id), ["ok"], "{id} in {}", found.printed);
    }
    assert_eq!(names(&home), before);
    let ready = crate::world::http().build().unwrap().get(server.url("/health/ready")).send().await.unwrap();
    assert!(ready.status().is_success());
    // The example shop has what two people are needed for, except for a second admin.
    let lacks: Vec<&str> = found.lines("rules.two_people").iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert!(matches!(lacks[..], [one] if one.contains("two admins")), "{lacks:?}");
}

fn names(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.file("data")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_told_one_by_one_with_what_is_wrong_in_the_rules() {
    let home = Home::new();
    home.write(
        ".env",
        "SHOPWATCH_PUBLIC_URL=ftp://shop\nDATABASE_URL=mysql://shop:s3cret@db/shop\nDISCORD_TOKEN=Bot abc.s3cret\n",
    );
    home.write("shop.toml", "[shop]\nname = 7\n");
    let found = ask(&home, &[], &[("RUST_LOG", "loud")]).await;
    assert_eq!(found.problems(), ["settings.environment", "rules.file"]);
    assert_eq!(found.lines("settings.environment").len(), 4, "{}", found.printed);
    assert!(found.lines("rules.file").len() > 2, "{}", found.printed);
    assert!(found.lines("settings.environment").iter().all(|line| line["do"].is_string()), "{}", found.printed);
    assert!(!found.printed.contains("s3cret"), "{}", found.printed);
    assert_eq!(found.all["next"], found.lines("settings.environment")[0]["do"]);
}

#[tokio::test]
async fn what_others_may_read_or_change_is_told() {
    let (home, _) = with_a_report(Base::Sqlite).await;
    let open = |name: &str, mode| fs::set_permissions(home.file(name), fs::Permissions::from_mode(mode)).unwrap();
    open(".env", 0o600);
    assert_eq!(ask(&home, &[], &[]).await.states("data.rights"), ["ok"]);
    assert_eq!(ask(&home, &[], &[]).await.states("settings.env_rights"), [""; 0]);
    open(".env", 0o644);
    open("data/keys/master.key", 0o640);
    let found = ask(&home, &[], &[]).await;
    assert_eq!((found.problems(), found.states("settings.env_rights")), (vec!["data.rights"], vec!["note"]));
    let line = found.about("data.rights", "./data/keys/master.key");
    assert_eq!(line["do"], "chmod 600 ./data/keys/master.key");
    open("data/keys/master.key", 0o600);
    open("data", 0o755);
    assert_eq!(
        ask(&home, &[], &[]).await.states("data.rights"),
        ["note"],
        "others see what there is, and nothing of it"
    );
    open("data", 0o770);
    assert_eq!(ask(&home, &[], &[]).await.states("data.rights"), ["problem"], "others could put another key there");
}

async fn a_database_of_another_master_key_is_a_problem(base: Base) {
    let (home, _database) = with_a_report(base).await;
    assert_eq!(ask(&home, &[], &[]).await.states("keys.fit"), ["ok"]);
    let found = ask(&home, &[], &[("EVIDENCE_MASTER_KEY", OTHER_KEY)]).await;
    assert_eq!((found.problems(), found.states("keys.master")), (vec!["keys.fit"], vec!["ok"]));
    assert!(found.lines("keys.fit")[0]["what"].as_str().unwrap().contains("another master key"));
    assert!(!found.printed.contains(OTHER_KEY) && !found.printed.contains("CANARY"), "{}", found.printed);
    assert_eq!(ask(&home, &[], &[]).await.code, 0, "looking with the wrong key changes nothing");
}

async fn a_database_whose_master_key_is_gone_is_a_problem(base: Base) {
    let (home, _database) = with_a_report(base).await;
    fs::rename(home.file("data/keys/master.key"), home.file("kept")).unwrap();
    let found = ask(&home, &[], &[]).await;
    assert_eq!(found.problems(), ["keys.master"]);
    assert!(!home.file("data/keys/master.key").exists(), "it makes no key in the place of one that is lost");
    fs::write(home.file("data/keys/master.key"), "s3cret").unwrap();
    fs::set_permissions(home.file("data/keys/master.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let found = ask(&home, &[], &[]).await;
    assert_eq!(found.problems(), ["keys.master"]);
    assert!(found.printed.contains("is not a master key") && !found.printed.contains("s3cret"), "{}", found.printed);
}

async fn older_and_newer_schemas_are_told_and_left_as_they_are(base: Base) {
    let (home, database) = with_a_report(base).await;
    let inside = database.look_inside().await;
    let last = "(SELECT max(version) FROM seaql_migrations)";
    inside
        .execute_unprepared(&format!("UPDATE seaql_migrations SET version = 'm9999_later' WHERE version = {last}"))
        .await
        .unwrap();
    let newer = ask(&home, &[], &[]).await;
    assert_eq!(newer.problems(), ["database.schema"]);
    assert!(newer.printed.contains("m9999_later"), "{}", newer.printed);
    inside.execute_unprepared("DELETE FROM seaql_migrations WHERE version = 'm9999_later'").await.unwrap();
    let older = ask(&home, &[], &[]).await;
    assert_eq!((older.code, older.states("database.schema")), (0, vec!["note"]), "{}", older.printed);
    assert!(older.printed.contains("1 step(s) older"), "{}", older.printed);
    assert_eq!(ask(&home, &[], &[]).await.states("database.schema"), ["note"], "looking takes no step");
}

async fn a_record_from_the_future_is_a_problem_of_the_clock(base: Base) {
    let (home, database) = with_a_report(base).await;
    let inside = database.look_inside().await;
    let kind = if is_postgres(&inside) { "timestamptz " } else { "" };
    inside.execute_unprepared(&format!("UPDATE entry SET at = {kind}'2999-01-01 00:00:00+00:00'")).await.unwrap();
    let found = ask(&home, &[], &[]).await;
    assert_eq!(found.problems(), ["clock.record"], "{}", found.printed);
}

#[tokio::test]
async fn a_postgres_that_forgets_what_it_acknowledged_is_a_problem() {
    let (home, database) = with_a_report(Base::Postgres).await;
    let inside = database.look_inside().await;
    let name = database.url().rsplit_once('/').unwrap().1.to_owned();
    inside.execute_unprepared(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await.unwrap();
    let found = ask(&home, &[], &[]).await;
    assert_eq!(found.problems(), ["database.durability"]);
    assert!(found.printed.contains("synchronous_commit is off"), "{}", found.printed);
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_a_problem_and_its_password_stays_secret() {
    let home = Home::new();
    let found = ask(&home, &[], &[("DATABASE_URL", "postgres://shop:s3cret@127.0.0.1:9/shop")]).await;
    assert_eq!(found.problems(), ["database.opens"]);
    assert!(!found.printed.contains("s3cret"), "{}", found.printed);
    let folder = home.file("data");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(home.file("data/shopwatch.db"), "this is no database, and long enough to be looked at as one").unwrap();
    fs::set_permissions(home.file("data/shopwatch.db"), fs::Permissions::from_mode(0o600)).unwrap();
    let found = ask(&home, &[], &[]).await;
    assert_eq!((found.problems(), found.states("keys.master")), (vec!["database.opens"], vec!["note"]));
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "a file").unwrap();
    assert!(ask(&home, &[], &[]).await.problems().contains(&"data.folder"));
}

#[tokio::test]
async fn a_bucket_is_asked_online_and_only_then() {
    let clock = Arc::new(TestClock::default());
    clock.advance(MachineClock.now() - clock.now());
    let server = FakeS3::start(clock).await;
    server.state().can.locks = false;
    let (home, place) = (Home::new(), format!("s3://{BUCKET}/kings-cross"));
    let region = server.settings().region;
    let environment = [
        ("EVIDENCE_URL", place.as_str()),
        ("S3_ENDPOINT", server.url()),
        ("AWS_REGION", &region),
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ];
    let offline = ask(&home, &[], &environment).await;
    assert_eq!((offline.code, offline.states("evidence.bucket")), (0, vec!["note"]));
    assert!(server.state().seen.is_empty(), "nobody is asked");
    let online = ask(&home, &["--online"], &environment).await;
    assert_eq!(online.problems(), ["evidence.bucket"]);
    let line = online.about("evidence.bucket", "lock");
    assert_eq!((&line["state"], &line["do"]), (&"problem".into(), &"make a bucket with Object Lock".into()));
    assert!(server.names().is_empty(), "the look leaves nothing");
    assert!(!online.printed.contains(SECRET), "{}", online.printed);
    server.state().can.locks = true;
    assert_eq!(ask(&home, &["--online"], &environment).await.states("evidence.bucket"), ["ok"]);
    server.state().bucket = "another".to_owned();
    let gone = ask(&home, &["--online"], &environment).await;
    assert!(gone.problems() == ["evidence.bucket"] && gone.printed.contains("there is no bucket"), "{}", gone.printed);
}

#[tokio::test]
async fn what_a_shop_cannot_do_for_want_of_people_is_told() {
    let home = Home::new();
    let rules = shopwatch::rules::Rules::EXAMPLE
        .replace("publisher = [\"console:ines\", \"console:vera\"]", "publisher = [\"console:ines\"]")
        .replace("liaison = [\"console:pavel\"]", "liaison = []");
    home.write("shop.toml", &rules);
    let found = ask(&home, &[], &[]).await;
    let said: Vec<&str> = found.lines("rules.two_people").iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!((found.code, said.len()), (0, 3), "{said:?}");
    assert!(said[0].contains("publishing is off") && said[2].contains("held"), "{said:?}");
    home.write("shop.toml", &rules.replace("two_person = true", "two_person = false"));
    let found = ask(&home, &[], &[]).await;
    assert_eq!((found.states("rules.two_person"), found.lines("rules.two_people").len()), (vec!["note"], 2));
    home.write("shop.toml", &rules.replace("\"console:triage\"", "\"slack:C02TRIAGE\""));
    assert_eq!(ask(&home, &[], &[]).await.about("rules.chats", "slack")["state"], "note");
    fs::remove_file(home.file("shop.toml")).unwrap();
    assert_eq!(ask(&home, &[], &[("SHOPWATCH_LISTEN", "0.0.0.0:0")]).await.problems(), ["rules.example"]);
}
