//! The main job by itself: `shopwatch demo --script` ends with 0 and prints what really happened.

use crate::world::program::Home;

#[test]
fn the_script_plays_the_main_job_and_says_what_became_of_every_report() {
    let home = Home::new();
    let said = home.output(&["demo", "--script"]);
    for line in said.lines() {
        let ends_well = !line.trim_end().ends_with(',') && line.trim_end() == line;
        assert!(ends_well, "a line without its end: {line:?}");
    }
    for told in [
        "report 21 (console): nothing to read in it, the form opens",
        "report 22 (api): refused, site",
        "report 53 (console): nothing to read in it, the form opens",
        "report 61 (console): refused, what_happened",
        "116 reports kept, 10 refused, 2 answered with the form,",
    ] {
        assert!(said.contains(told), "{told} in {said}");
    }
}
