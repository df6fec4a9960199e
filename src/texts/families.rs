//! Texts that take a word from a vocabulary: one key a word.

use domain::words as w;

use crate::chat::press::Button;
use crate::evidence::header::Unfit;

/// What reporters are told, as in `store/outbox.rs`.
const TOLD: [&str; 16] = [
    "claimed",
    "asked",
    "confirmed",
    "declined",
    "merged",
    "resolved",
    "reopened",
    "followed",
    "photo_gone",
    "photo_too_large",
    "photo_not_a_photo",
    "photo_heic",
    "photo_unreadable",
    "photo_no_access",
    "photo_too_many",
    "photo_known",
];

/// Every vocabulary that has names in the locale files.
pub fn families() -> Vec<(&'static str, Vec<&'static str>)> {
    let fields = [
        "site",
        "category",
        "what_happened",
        "kind",
        "method",
        "zone",
        "when",
        "happened",
        "goods",
        "net_loss",
        "staff_safe",
        "still_present",
        "weapon",
        "injury",
        "persons",
        "cctv",
        "goods_what",
        "goods_quantity",
        "goods_price",
        "goods_fate",
        "text",
        "reason",
        "into",
        "outcome",
        "loss",
        "camera",
        "precision",
        "photos",
    ];
    let steps: Vec<&str> = domain::audit::StepWord::ALL.iter().map(|word| word.as_str()).collect();
    let opening: Vec<&str> =
        Button::ALL.iter().filter(|button| button.opens_a_form()).map(|button| button.as_str()).collect();
    let pressed: Vec<&str> =
        Button::ALL.iter().filter(|button| **button != Button::Tap).map(|button| button.as_str()).collect();
    let people = ["staff", "reviewer", "neighbour"];
    let left_out = ["what_happened", "exact_time", "site", "zone", "goods", "persons", "reporter"];
    // The kinds of problem documents, as in `web/problem.rs`.
    let titles = [
        "malformed-json",
        "unauthorised",
        "forbidden",
        "cross-site",
        "not-found",
        "method-not-allowed",
        "broke-off",
        "changed",
        "taken",
        "already-yours",
        "missing-facts",
        "wrong-state",
        "question-open",
        "no-question",
        "too-late",
        "has-merged",
        "other-not-open",
        "nothing-changes",
        "on-hold",
        "misdirected",
        "too-large",
        "unsupported-media-type",
        "invalid",
        "key-reused",
        "broken",
        "too-many-requests",
        "unavailable",
    ];
    vec![
        ("category", w::Category::WORDS.to_vec()),
        ("kind", w::Kind::WORDS.to_vec()),
        ("method", w::Method::WORDS.to_vec()),
        ("zone", w::Zone::WORDS.to_vec()),
        ("weapon", w::Weapon::WORDS.to_vec()),
        ("injury", w::Injury::WORDS.to_vec()),
        ("staff_safe", w::StaffSafe::WORDS.to_vec()),
        ("still_present", w::StillPresent::WORDS.to_vec()),
        ("persons", w::Persons::WORDS.to_vec()),
        ("cctv", w::Cctv::WORDS.to_vec()),
        ("fate", w::Fate::WORDS.to_vec()),
        ("reason", w::DeclineReason::WORDS.to_vec()),
        ("outcome", w::Outcome::WORDS.to_vec()),
        ("role", w::Role::WORDS.to_vec()),
        ("state", w::State::WORDS.to_vec()),
        ("platform", w::Platform::WORDS.to_vec()),
        ("field", fields.to_vec()),
        ("step", steps),
        ("told", TOLD.to_vec()),
        ("not_taken", w::NotTaken::WORDS.to_vec()),
        ("button", pressed),
        ("intro", opening.clone()),
        ("submit", opening),
        ("sure", vec!["withdraw", "unmerge", "release", "decline", "merge"]),
        ("pane", people.to_vec()),
        ("discord_command", vec!["report", "message"]),
        ("discord_option", crate::discord::manifest::OPTIONS.to_vec()),
        ("discord_hint", std::iter::once("report").chain(crate::discord::manifest::OPTIONS).collect()),
        ("left_out", left_out.to_vec()),
        ("title", titles.to_vec()),
        ("unfit", Unfit::WORDS.to_vec()),
    ]
}
