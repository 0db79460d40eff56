//! The points in time of a series: the ends of its buckets in a zone.

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use kernel::{
    Code, Violation,
    figures::{MOST_BUCKETS, Step, day_in},
};

/// A bucket of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    /// What it is called: `2026-11`, `2026-Q4`.
    pub(super) name: String,
    /// The last instant of it; of the one that runs, now.
    pub(super) end: DateTime<Utc>,
}

/// Buckets that are told where the first day is not said.
const USUAL: u32 = 12;

/// The buckets between two days, up to the one that runs.
pub(super) fn buckets(
    now: DateTime<Utc>,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    step: Step,
    zone: Tz,
) -> Result<Vec<Bucket>, Violation> {
    let today = day_in(zone, now);
    let last = to.unwrap_or(today).min(today);
    let out = |text: String| Violation::new("?from", Code::OutOfRange, text);
    let usual =
        || (1..USUAL).try_fold(start(last, step), |day, _| day.pred_opt().map(|day| start(day, step)));
    let first = from.or_else(usual).unwrap_or(last);
    if first > last {
        return Err(out("`from` lies before `to`, and not in the future".to_owned()));
    }
    let (mut all, mut day) = (Vec::new(), start(first, step));
    while day <= last {
        if all.len() >= MOST_BUCKETS {
            return Err(out(format!(
                "a series has at most {MOST_BUCKETS} buckets: take longer ones, or fewer"
            )));
        }
        let Some(next) = after(day, step) else { break };
        let end = zone.from_local_datetime(&next.and_time(NaiveTime::MIN)).earliest();
        let end = end.map_or(now, |end| end.to_utc() - Duration::microseconds(1)).min(now);
        all.push(Bucket { name: name(day, step), end });
        day = next;
    }
    Ok(all)
}

fn start(day: NaiveDate, step: Step) -> NaiveDate {
    let month = match step {
        Step::Day => return day,
        Step::Month => day.month(),
        Step::Quarter => (day.month() - 1) / 3 * 3 + 1,
        Step::Year => 1,
    };
    NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
}

fn after(day: NaiveDate, step: Step) -> Option<NaiveDate> {
    match step {
        Step::Day => day.checked_add_days(Days::new(1)),
        Step::Month => day.checked_add_months(Months::new(1)),
        Step::Quarter => day.checked_add_months(Months::new(3)),
        Step::Year => day.checked_add_months(Months::new(12)),
    }
}

fn name(day: NaiveDate, step: Step) -> String {
    match step {
        Step::Day => day.to_string(),
        Step::Month => day.format("%Y-%m").to_string(),
        Step::Quarter => format!("{}-Q{}", day.year(), (day.month() - 1) / 3 + 1),
        Step::Year => day.year().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(from: &str, to: &str, step: Step) -> Vec<String> {
        let now = "2026-11-28T01:00:00Z".parse().unwrap_or_default();
        let day = |text: &str| text.parse().ok();
        let all = buckets(now, (day(from), day(to)), step, chrono_tz::Asia::Bishkek);
        all.map(|all| all.into_iter().map(|one| format!("{} {:?}", one.name, one.end)).collect())
            .unwrap_or_default()
    }

    #[test]
    fn buckets_end_with_the_days_of_their_zone_and_the_last_one_now() {
        assert_eq!(
            names("2026-10-15", "2026-12-31", Step::Month),
            ["2026-10 2026-10-31T17:59:59.999999Z", "2026-11 2026-11-28T01:00:00Z"]
        );
        assert_eq!(
            names("2026-05-01", "2026-07-01", Step::Quarter),
            ["2026-Q2 2026-06-30T17:59:59.999999Z", "2026-Q3 2026-09-30T17:59:59.999999Z"]
        );
        assert_eq!(names("", "", Step::Month).len(), 12);
    }

    #[test]
    fn endless_series_are_refused() {
        assert!(names("1000-01-01", "2026-01-01", Step::Day).is_empty());
        assert!(names("2026-11-29", "2027-01-01", Step::Day).is_empty());
    }
}
