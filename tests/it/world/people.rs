//! The people of the tests; each keeps one role for ever.

use chrono::TimeDelta;
use domain::place::Place;
use shopwatch::chat::inbound::Origin;
use shopwatch::operations::people::console_origin;

/// Somebody of the built-in console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person(pub &'static str);

/// Reports.
pub const AMAL: Person = Person("amal");
/// Reviews.
pub const NOOR: Person = Person("noor");
/// Reviews.
pub const OMAR: Person = Person("omar");
/// Publishes.
pub const INES: Person = Person("ines");
/// Publishes.
pub const VERA: Person = Person("vera");
/// Is police liaison.
pub const PAVEL: Person = Person("pavel");
/// Is admin.
pub const ADA: Person = Person("ada");
/// Is auditor.
pub const LENA: Person = Person("lena");
/// Is nobody.
pub const FINN: Person = Person("finn");

/// All of them.
pub const EVERYBODY: [Person; 9] = [AMAL, NOOR, OMAR, INES, VERA, PAVEL, ADA, LENA, FINN];

impl Person {
    /// Where what they do comes from: the shop floor's channel, in English.
    pub fn origin(self) -> Origin {
        let place: Place = "console:shop-floor".parse().unwrap();
        Origin { place: Some(place), ..console_origin(self.0, Some("en".to_owned())) }
    }
}

/// So many seconds.
pub fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

/// So many minutes.
pub fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

/// So many days.
pub fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}
