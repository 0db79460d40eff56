//! How long whoever failed so often has to wait.

use chrono::{DateTime, TimeDelta, Utc};

/// Longest wait, so that nobody is locked out for good by somebody else's attempts.
///
/// It leaves 96 attempts a day at one account, whose password has 15 characters, and its person one within the
/// time of a call to whoever could help.
const LONGEST: TimeDelta = TimeDelta::minutes(15);
/// Doublings after which the wait is the longest: 1, 2, 4 .. 512 seconds, then 900.
const DOUBLINGS: i32 = 10;

/// How the attempts of one sort are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// Part of the hash, so that sorts do not mix.
    pub(super) name: &'static str,
    /// Failures that cost no wait.
    free: i32,
    /// Time without failure after which one is forgiven; a second at least.
    forgiven_each: TimeDelta,
}

/// Five: whoever mistypes, or tries its old passwords, does not wait. An hour is four of the longest waits: whoever
/// goes on at each of their ends is forgiven nothing.
pub(super) const ACCOUNT: Rule = Rule { name: "account", free: 5, forgiven_each: TimeDelta::hours(1) };
/// Many people may share an address, of an office or a mobile network: ten times as many failures are free, and they
/// are forgiven sixty times as fast.
pub(super) const ADDRESS: Rule = Rule { name: "address", free: 50, forgiven_each: TimeDelta::minutes(1) };

/// Keys cannot be guessed, so their failures are told apart from those of passwords: a program with an old key does
/// not keep the people of its network from signing in.
pub(super) const KEYS: Rule = Rule { name: "key", ..ADDRESS };

/// What is known of earlier attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) failures: i32,
    pub(super) last_at: DateTime<Utc>,
}

impl Rule {
    /// Seconds still to wait, 0 if none.
    pub(super) fn wait(self, count: Count, now: DateTime<Utc>) -> i64 {
        if count.failures < self.free {
            return 0;
        }
        let doublings = (count.failures - self.free).clamp(0, DOUBLINGS);
        let until = count.last_at + TimeDelta::seconds(1_i64 << doublings).min(LONGEST);
        // A started second counts as a whole one.
        ((until - now).num_milliseconds().max(0) + 999) / 1000
    }

    /// The count with one more failure.
    pub(super) fn charge(self, count: Count, now: DateTime<Utc>) -> Count {
        let quiet = (now - count.last_at).num_seconds().max(0) / self.forgiven_each.num_seconds();
        let left = i64::from(count.failures).saturating_sub(quiet).max(0);
        let most = self.free + DOUBLINGS;
        let failures = i32::try_from(left).unwrap_or(most).saturating_add(1).min(most);
        Count { failures, last_at: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let waits = |failures| ACCOUNT.wait(Count { failures, last_at: at(0) }, at(0));

        assert_eq!([4, 5, 6, 7, 14, 15, 60].map(waits), [0, 1, 2, 4, 512, 900, 900]);
        assert_eq!(ACCOUNT.wait(Count { failures: 15, last_at: at(0) }, at(899)), 1);
        assert_eq!(ACCOUNT.wait(Count { failures: 15, last_at: at(0) }, at(900)), 0);
    }

    #[test]
    fn failures_are_forgiven_one_by_one_and_never_grow_without_end() {
        let after = |seconds| ACCOUNT.charge(Count { failures: 7, last_at: at(0) }, at(seconds)).failures;

        assert_eq!([0, 3599, 3600, 7200, 360_000].map(after), [8, 8, 7, 6, 1]);
        assert_eq!(ACCOUNT.charge(Count { failures: 15, last_at: at(0) }, at(0)).failures, 15);
    }
}
