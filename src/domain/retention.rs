//! What makes erasing wait for a person: too much at once, or a clock that cannot be right.

use chrono::TimeDelta;

use crate::clock::Moment;

/// The most of all incidents that go without being asked about, in percent (issue "Photos become evidence").
pub const SHARE_MAX_PERCENT: u64 = 5;
/// So few may always go: a shop with ten incidents would otherwise ask about each one.
pub const ALWAYS: u64 = 10;
/// A server that looks every hour and has not looked for so long has been off, or its clock has jumped.
pub const GAP_MAX: TimeDelta = TimeDelta::days(7);
/// Clocks that are set right go back by less than this.
pub const BACK_MAX: TimeDelta = TimeDelta::minutes(10);

/// Whether so many of all are too many to go at once.
pub const fn too_many(due: u64, all: u64) -> bool {
    due > ALWAYS && due.saturating_mul(100) > all.saturating_mul(SHARE_MAX_PERCENT)
}

/// Whether the time cannot be believed, after what it was at the last look.
pub fn jumped(last: Moment, now: Moment) -> bool {
    now < last - BACK_MAX || now > last + GAP_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_shop_is_not_asked_and_a_large_one_is_from_five_percent_on() {
        for (due, all, asked) in [
            (0, 0, false),
            (10, 10, false),
            (11, 11, true),
            (11, 220, false),
            (12, 239, true),
            (50, 1_000, false),
            (51, 1_000, true),
            (u64::MAX, u64::MAX, false),
        ] {
            assert_eq!(too_many(due, all), asked, "{due} of {all}");
        }
    }

    #[test]
    fn a_clock_that_was_set_right_is_believed_and_one_that_jumped_is_not() {
        let last = Moment::default();
        let minutes = TimeDelta::minutes;
        for (now, wrong) in [
            (last, false),
            (last - minutes(10), false),
            (last - minutes(11), true),
            (last + TimeDelta::days(7), false),
            (last + TimeDelta::days(7) + minutes(1), true),
            (last + TimeDelta::days(26_000), true),
        ] {
            assert_eq!(jumped(last, now), wrong, "{now}");
        }
    }
}
