mod mistakes;

use domain::words::{Category, Platform};

use super::*;

/// The file as the issue that asked for it shows it.
const ASKED: &str = r#"[shop]
name = "Corner Store"
locale = "en"                      # what the shop speaks (en, es, pl, ur); people's own language wins
timezone = "Europe/London"
emergency_number = "999"
two_person = true
# currency = "GBP"                 # optional, default GBP
# admin_channel = "console:admin"  # optional Place
[[site]]
id = "kings-cross"
name = "King's Cross"
area = "N1C"                       # the coarse place an alert may name
channels.report = ["console:shop-floor", "slack:C01INCIDENTS", "discord:112233"]
channels.triage = ["console:triage", "slack:C02TRIAGE", "discord:445566"]
[roles]                            # principals
staff     = ["console:amal", "slack:everyone", "discord:role:77"]
reviewer  = ["console:noor", "slack:user:U05MARA", "slack:group:S9"]
publisher = ["console:ines"]
# optional per site: inside [[site]]: roles.reviewer = [...]   (i.e. [site.roles])
[deadlines.in_progress]            # optional, per category; minutes; absent fields keep the defaults
look = 5
pages = [0, 3, 5]
then_every = 5
decide = 15
silent = 5
[retention]                        # optional days: declined, info, potential_theft, confirmed, referred
"#;

const TWO_SITES: &str = r#"[shop]
name = "Corner Store"
locale = "pl"
timezone = "Europe/Warsaw"
emergency_number = "112"
currency = "PLN"
admin_channel = "console:admin"
[[site]]
id = "centrum"
name = "Centrum"
area = "Centrum"
channels.report = ["console:floor", "console:shared"]
channels.triage = ["console:triage"]
[site.roles]
reviewer = ["console:omar"]
publisher = ["slack:group:S9"]
[[site]]
id = "wola"
name = "Wola"
area = "Wola"
channels = { report = ["console:shared"], triage = ["console:triage", "slack:C1"] }
roles.publisher = ["console:vera", "api:till"]
[roles]
reviewer = ["discord:role:77"]
publisher = ["console:vera"]
[deadlines.potential_theft]
pages = [10]
then_every = 0
[deadlines.in_progress]
then_every = 0
[retention]
confirmed = 365
referred = 400
"#;

fn principals(names: &[&str]) -> BTreeSet<Principal> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

#[test]
fn the_example_is_a_shop_in_which_everything_can_be_tried() {
    let rules = Rules::example();
    let everybody = ["ada", "amal", "ines", "lena", "noor", "omar", "pavel", "vera"];
    assert_eq!(rules.console_people(), everybody.map(str::to_owned).into());
    assert_eq!(rules.terms, Terms::default());
    let sites = rules.site_ids();
    assert_eq!(sites.iter().map(SiteId::as_str).collect::<Vec<_>>(), ["kings-cross"]);
    for site in &sites {
        assert!(Role::ALL.iter().all(|role| rules.entitled(*role, site) > 0));
        assert!(!rules.publishing_off(site));
    }
}

#[test]
fn every_commented_line_of_the_example_is_right_as_well() -> Result<(), RuleProblems> {
    let (_, defaults) = Rules::EXAMPLE.split_once("# --- Deadlines").unwrap_or_default();
    let is_code = |line: &&str| line.starts_with('[') || line.split_once(" = ").is_some();
    let code: Vec<&str> = defaults.lines().filter_map(|line| line.strip_prefix("# ")).filter(is_code).collect();
    assert_eq!(code.len(), 3 * 6 + 6);
    let rules = Rules::parse(&format!("{}\n{}", Rules::EXAMPLE, code.join("\n")))?;
    assert_eq!(rules, Rules::example());
    let options = Rules::EXAMPLE.replace("# currency", "currency").replace("# admin_channel", "admin_channel");
    let options = options.replace("# digest_at", "digest_at").replace("# next_level", "next_level");
    let lists = options.replace("\nchannels.", "\n# ").replace("\n# channels.", "\nchannels.");
    assert_eq!(Rules::parse(&lists)?.sites.iter().map(|site| site.triage.len()).sum::<usize>(), 3);
    Ok(())
}

#[test]
fn the_file_of_the_issue_is_read() -> Result<(), RuleProblems> {
    let rules = Rules::parse(ASKED)?;
    assert_eq!(rules.shop.name, "Corner Store");
    assert_eq!(rules.shop.timezone, Tz::Europe__London);
    assert_eq!(rules.shop.currency.code(), "GBP");
    assert_eq!(rules.terms, Terms::default());
    let reads = |text: &str| text.parse::<Place>().ok().and_then(|place| rules.report_site(&place).cloned());
    assert_eq!(reads("discord:112233").map(|site| site.name), Some("King's Cross".to_owned()));
    assert_eq!(reads("discord:445566"), None);
    assert!(rules.names_principal(&Principal::Everyone(Platform::Slack)));
    assert!(!rules.names_principal(&Principal::Console("finn".into())));
    assert!(rules.site_ids().iter().all(|site| rules.publishing_off(site)));
    Ok(())
}

#[test]
fn a_digest_has_its_time_unless_a_shop_wants_another_or_none() {
    let with = |line: &str| Rules::parse(&ASKED.replace("two_person", &format!("{line}\ntwo_person")));
    let at = |line: &str| with(line).map(|rules| rules.shop.digest_at);
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
    assert_eq!(Rules::example().shop.digest_at, time(8, 0));
    assert_eq!(at("digest_at = \"16:30\""), Ok(time(16, 30)));
    assert_eq!(at("digest_at = \"never\""), Ok(None));
    for wrong in ["\"24:00\"", "\"8 in the morning\"", "8", "\"\""] {
        assert!(with(&format!("digest_at = {wrong}")).is_err(), "{wrong}");
    }
    let named = with("next_level = [\"slack:C03DUTY\", \"discord:7\"]").map(|rules| rules.shop.next_level);
    assert_eq!(named.map(|places| places.len()), Ok(2));
    assert!(with("next_level = \"slack:C03DUTY\"").is_err());
}

#[test]
fn a_role_is_held_everywhere_or_at_its_site_by_any_of_ones_principals() -> Result<(), RuleProblems> {
    let rules = Rules::parse(TWO_SITES)?;
    let sites = rules.site_ids();
    let holding = |names: &[&str], role| {
        let held = rules.roles_of(&principals(names));
        sites.iter().map(|site| held.holds(role, site)).collect::<Vec<_>>()
    };
    assert_eq!(holding(&["console:omar"], Role::Reviewer), [true, false]);
    assert_eq!(holding(&["console:omar", "discord:role:77"], Role::Reviewer), [true, true]);
    assert_eq!(holding(&["console:vera"], Role::Publisher), [true, true]);
    assert_eq!(holding(&["console:omar"], Role::Publisher), [false, false]);
    assert!(!rules.roles_of(&principals(&["console:finn", "slack:everyone"])).any());
    Ok(())
}

#[test]
fn two_publishers_are_two_people_or_a_group_and_never_a_program() -> Result<(), RuleProblems> {
    let mut rules = Rules::parse(TWO_SITES)?;
    let sites = rules.site_ids();
    let count: Vec<_> = sites.iter().map(|site| rules.entitled(Role::Publisher, site)).collect();
    assert_eq!(count, [3, 1]);
    let off = |rules: &Rules| sites.iter().map(|site| rules.publishing_off(site)).collect::<Vec<_>>();
    assert_eq!(off(&rules), [false, true]);
    rules.shop.two_person = false;
    assert_eq!(off(&rules), [false, false]);
    Ok(())
}

#[test]
fn a_place_shared_by_sites_decides_for_both_and_reports_for_none() -> Result<(), RuleProblems> {
    let rules = Rules::parse(TWO_SITES)?;
    let place = |text: &str| Place { platform: Platform::Console, channel: text.into() };
    assert_eq!(rules.sites_for(&place("triage")).len(), 2);
    assert_eq!(rules.report_site(&place("shared")), None);
    let site = rules.report_site(&place("floor"));
    assert_eq!(site, rules.sites.first());
    assert_eq!(site.and_then(|site| rules.site(&site.id)), site);
    Ok(())
}

#[test]
fn what_the_file_leaves_out_stays_as_it_was() -> Result<(), RuleProblems> {
    let rules = Rules::parse(TWO_SITES)?;
    let mut terms = Terms::default();
    terms.potential_theft.pages = vec![10];
    terms.in_progress.then_every = None;
    terms.retention.confirmed = 365;
    terms.retention.referred = 400;
    assert_eq!(rules.terms, terms);
    assert_eq!(rules.terms.deadlines(Category::Info), &terms.info);
    assert!(rules.shop.two_person);
    Ok(())
}
