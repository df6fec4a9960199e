//! `shopwatch retention`, `evidence verify` and `key rotate`, as an operator uses them.

use crate::world::program::Home;

/// A shop's folder with a report in it.
async fn with_a_report(environment: &[(&str, &str)]) -> Home {
    let home = Home::new();
    let server = home.serve(environment);
    let key = {
        let mut command = home.command(&["key", "create", "--name", "till", "--role", "staff"]);
        let made = command.envs(environment.iter().copied()).assert().success();
        String::from_utf8(made.get_output().stdout.clone()).unwrap().trim().to_owned()
    };
    let report = crate::world::http().build().unwrap().post(server.url("/api/v1/reports")).bearer_auth(&key);
    assert!(report.json(&serde_json::json!({})).send().await.unwrap().status().is_success());
    drop(server.end());
    home
}

#[tokio::test]
async fn a_shop_without_anything_over_plans_nothing_and_says_so() {
    let home = with_a_report(&[]).await;
    assert_eq!(home.output(&["retention", "plan"]).trim(), "nothing is planned");
    let ran = home.output(&["retention", "run"]);
    assert!(ran.starts_with("erased 0 incident(s), removed 0 photo(s)"), "{ran}");
    for (id, said) in [("secret", "this is no plan's id"), (&"0".repeat(32), "no plan of this id waits")] {
        let refused = home.command(&["retention", "run", "--confirm", id]).assert().failure();
        let complaint = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(complaint.contains(said) && complaint.contains("  do   "), "{complaint}");
    }
    assert_eq!(home.output(&["evidence", "verify"]).trim(), "1 incidents, 0 photos, 0 finding(s)");
    std::fs::create_dir_all(home.file("data/spool")).unwrap();
    home.write("data/spool/stray", "x");
    let found = home.command(&["evidence", "verify", "--json"]).assert().code(1);
    let report: serde_json::Value = serde_json::from_slice(&found.get_output().stdout).unwrap();
    assert_eq!(report["findings"][0]["what"], "orphan_on_spool");
}

#[tokio::test]
async fn the_master_key_is_replaced_while_nobody_serves_and_the_old_one_goes_when_nothing_needs_it() {
    let home = with_a_report(&[]).await;
    let server = home.serve(&[]);
    let refused = home.command(&["key", "rotate"]).assert().failure();
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("another Shopwatch serves"));
    drop(server.end());
    let old = std::fs::read_to_string(home.file("data/keys/master.key")).unwrap();
    let said = home.output(&["key", "rotate"]);
    assert!(said.contains("1 data key(s) wrapped anew, 0 were already"), "{said}");
    assert_ne!(std::fs::read_to_string(home.file("data/keys/master.key")).unwrap(), old);
    assert_eq!(std::fs::read_dir(home.file("data/keys")).unwrap().count(), 2, "the old one is still there");
    let said = home.output(&["key", "rotate", "--finish"]);
    assert!(
        said.contains("0 data key(s) wrapped anew, 1 were already") && said.contains("1 older master key"),
        "{said}"
    );
    assert!(home.output(&["audit", "verify"]).starts_with("1 incidents, 1 lines, 0 finding"));
    // Putting the old key back is no way around it.
    home.write("data/keys/master.key", &old);
    let refused = home.command(&["audit", "verify"]).assert().failure();
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("sealed with another master key"));
}

#[tokio::test]
async fn a_master_key_of_the_environment_needs_no_file_and_a_wrong_one_is_refused() {
    let (first, second) =
        ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=");
    let home = with_a_report(&[("EVIDENCE_MASTER_KEY", first)]).await;
    assert!(!home.file("data/keys").exists());
    let verify = |keys: &[(&str, &str)]| {
        let mut command = home.command(&["audit", "verify"]);
        command.envs(keys.iter().copied()).assert()
    };
    verify(&[("EVIDENCE_MASTER_KEY", first)]).success();
    for (keys, said) in [
        (&[("EVIDENCE_MASTER_KEY", second)][..], "sealed with another master key"),
        (&[("EVIDENCE_MASTER_KEY", "secret")], "EVIDENCE_MASTER_KEY is not 32 bytes in base64"),
        (&[("EVIDENCE_OLD_MASTER_KEY", first)], "set both, or neither"),
    ] {
        let refused = verify(keys).failure();
        let complaint = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(complaint.contains(said) && !complaint.contains(first) && !complaint.contains(second), "{complaint}");
    }
    let both = [("EVIDENCE_MASTER_KEY", second), ("EVIDENCE_OLD_MASTER_KEY", first)];
    let mut rotate = home.command(&["key", "rotate"]);
    let rotated = rotate.envs(both).assert().success();
    assert!(String::from_utf8_lossy(&rotated.get_output().stdout).contains("nothing needs EVIDENCE_OLD_MASTER_KEY"));
    verify(&[("EVIDENCE_MASTER_KEY", second)]).success();
    verify(&[("EVIDENCE_MASTER_KEY", first)]).failure();
}
