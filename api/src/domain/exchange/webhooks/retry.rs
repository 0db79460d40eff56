//! When a message is sent again that was not taken.

use chrono::TimeDelta;
use uuid::Uuid;

/// Seconds before the first time that a message is sent again.
pub const FIRST_SECONDS: i64 = 5;
/// Seconds between two attempts at most.
pub const LONGEST_SECONDS: i64 = 36_000;
/// Times that a message is sent again before its webhook is paused: about eighteen hours.
pub const RETRIES: i32 = 8;

/// The wait after so many attempts that failed; none once there are no more. Each wait is four times the one before, and
/// up to a fifth longer by chance, so that what failed together is not sent again together.
pub(super) fn wait(failures: i32, dice: Uuid) -> Option<TimeDelta> {
    let before = u32::try_from(failures.checked_sub(1)?).ok()?;
    if failures > RETRIES {
        return None;
    }
    let millis = FIRST_SECONDS.saturating_mul(1_000).saturating_mul(4_i64.saturating_pow(before));
    let longest = LONGEST_SECONDS.saturating_mul(1_000);
    let chance = dice.as_bytes().last().copied().map_or(0, i64::from);
    let millis = millis.min(longest);
    Some(TimeDelta::milliseconds(millis.saturating_add(millis / 5 * chance / 255).min(longest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(dice: Uuid) -> Vec<i64> {
        (1..).map_while(|failures| wait(failures, dice)).map(|wait| wait.num_seconds()).collect()
    }

    #[test]
    fn waits_grow_from_five_seconds_to_ten_hours() {
        assert_eq!(waits(Uuid::nil()), [5, 20, 80, 320, 1_280, 5_120, 20_480, 36_000]);
        assert_eq!(waits(Uuid::max()), [6, 24, 96, 384, 1_536, 6_144, 24_576, 36_000]);
        assert_eq!(wait(0, Uuid::nil()), None);
    }
}
