//! The closed vocabularies of the domain; what is stored, sent over the API and named in locales.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that is in none of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $(#[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order in which people are offered them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Every word, for telling people what they may say.
            pub const WORDS: &'static [&'static str] = &[$($text),+];

            /// The word as it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(UnknownWord) }
            }
        }
    };
}

words! {
    /// How fast a human must look.
    Category { Info = "info", PotentialTheft = "potential_theft", InProgress = "in_progress" }
}
words! {
    /// Why a photo that was sent in a chat was not taken.
    NotTaken {
        Gone = "gone", TooLarge = "too_large", NotAPhoto = "not_a_photo", Heic = "heic", Unreadable = "unreadable",
        NoAccess = "no_access", TooMany = "too_many", Known = "known",
    }
}
words! {
    /// What happened.
    Kind {
        ShopTheft = "shop_theft", AttemptedTheft = "attempted_theft", Deterred = "deterred",
        Robbery = "robbery", Burglary = "burglary", Violence = "violence", Threat = "threat",
        VerbalAbuse = "verbal_abuse", CriminalDamage = "criminal_damage",
        RefundFraud = "refund_fraud", PaymentFraud = "payment_fraud",
        LabelTampering = "label_tampering", AntisocialBehaviour = "antisocial_behaviour",
        BreachOfExclusion = "breach_of_exclusion", SuspiciousActivity = "suspicious_activity",
        Other = "other",
    }
}
words! {
    /// How it was done.
    Method {
        Concealment = "concealment", WalkOut = "walk_out", GrabAndRun = "grab_and_run",
        PushOutTrolley = "push_out_trolley", SelfCheckoutSkip = "self_checkout_skip",
        LabelSwap = "label_swap", TagRemoval = "tag_removal", Distraction = "distraction",
        Refund = "refund", DeliveryInterference = "delivery_interference",
        TillSnatch = "till_snatch", Other = "other",
    }
}
words! {
    /// A part of a site.
    Zone {
        Entrance = "entrance", Aisle = "aisle", Till = "till", SelfCheckout = "self_checkout",
        Stockroom = "stockroom", CarPark = "car_park", Delivery = "delivery", Other = "other",
    }
}
words! {
    /// Whether a weapon was part of it.
    Weapon { None = "none", Seen = "seen", Threatened = "threatened", Used = "used" }
}
words! {
    /// How badly somebody was hurt; no names, no diagnosis.
    Injury { None = "none", FirstAid = "first_aid", Hospital = "hospital", Unknown = "unknown" }
}
words! {
    /// Whether the staff are safe now.
    StaffSafe { Yes = "yes", No = "no", Unknown = "unknown" }
}
words! {
    /// Whether the people it is about are still there.
    StillPresent { Yes = "yes", Left = "left", Detained = "detained", Unknown = "unknown" }
}
words! {
    /// How many people it is about.
    Persons { One = "1", Two = "2", Three = "3", FourOrMore = "4+", Unknown = "unknown" }
}
words! {
    /// Whether a camera saw it.
    Cctv { Captured = "captured", None = "none", Unknown = "unknown" }
}
words! {
    /// What became of the goods.
    Fate { Taken = "taken", Attempted = "attempted", Recovered = "recovered", Damaged = "damaged" }
}
words! {
    /// How exactly the time is known.
    Precision { Exact = "exact", QuarterHour = "quarter_hour", Shift = "shift" }
}
words! {
    /// Why an incident was declined.
    DeclineReason {
        FalsePositive = "false_positive", Benign = "benign", Insufficient = "insufficient",
        OutOfScope = "out_of_scope", Test = "test",
    }
}
words! {
    /// How a confirmed incident ended.
    Outcome {
        Loss = "loss", Recovered = "recovered", Deterred = "deterred", Police = "police",
        NoAction = "no_action",
    }
}
words! {
    /// What somebody may be in a shop.
    Role {
        Staff = "staff", Reviewer = "reviewer", Publisher = "publisher", Escalator = "escalator",
        Liaison = "liaison", Admin = "admin", Auditor = "auditor",
    }
}
words! {
    /// Where an incident stands.
    State {
        New = "new", Claimed = "claimed", Confirmed = "confirmed", Resolved = "resolved",
        Declined = "declined", Merged = "merged", Withdrawn = "withdrawn",
    }
}
words! {
    /// A chat people use; `api` is a program with a key, `system` the software itself.
    Platform { Console = "console", Slack = "slack", Discord = "discord", Api = "api", System = "system" }
}
words! {
    /// A fact that may be missing.
    Fact {
        Kind = "kind", Method = "method", Zone = "zone", Goods = "goods", Cctv = "cctv",
        WhatHappened = "what_happened", StaffSafe = "staff_safe", StillPresent = "still_present",
        Weapon = "weapon",
    }
}

impl Platform {
    /// Whether what it shows are copies that stand elsewhere, with a thread under each card; the console draws its
    /// pages from the store.
    pub const fn keeps_copies(self) -> bool {
        matches!(self, Self::Slack | Self::Discord)
    }

    /// Whether a reporter can follow their report in a direct message there; in Discord only who asked for it does.
    pub const fn follows_privately(self) -> bool {
        matches!(self, Self::Slack | Self::Discord)
    }
}

impl State {
    /// Whether somebody still has to do something.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Claimed | Self::Confirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        assert_eq!("shoplifter".parse::<Kind>(), Err(UnknownWord));
    }

    #[test]
    fn what_is_stored_is_what_is_sent() -> Result<(), serde_json::Error> {
        assert_eq!(serde_json::to_string(&Persons::FourOrMore)?, "\"4+\"");
        Ok(())
    }
}
