//! Days of a zone: on PostgreSQL by its own tables, on SQLite, which has none, by the offsets of ours.

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Func};

/// First and last year in which the offsets of a zone are told apart on SQLite.
const YEARS: [i32; 2] = [2000, 2060];

/// The local day and time of an instant, as a text that begins `2026-11-28`.
pub(super) fn local(at: Expr, zone: Tz, is_postgres: bool) -> Expr {
    if is_postgres {
        return Expr::cust_with_exprs("CAST(($1 AT TIME ZONE $2) AS text)", [at, Expr::val(zone.name())]);
    }
    let shifted = |seconds: i32| {
        let by = format!("{seconds:+} seconds");
        Expr::expr(Func::cust("datetime").args([at.clone(), Expr::val(by)]))
    };
    let changes = changes(zone);
    let (last, earlier) = match changes.split_last() {
        Some((last, earlier)) => (last.1, earlier),
        None => (0, [].as_slice()),
    };
    if earlier.is_empty() {
        return shifted(last);
    }
    let mut case = CaseStatement::new();
    for (until, seconds) in earlier {
        let text = until.format("%Y-%m-%dT%H:%M:%S").to_string();
        case = case.case(at.clone().lt(text), shifted(*seconds));
    }
    case.finally(shifted(last)).into()
}

/// The offsets of a zone in seconds, each with the instant at which it ends; the last one does not.
fn changes(zone: Tz) -> Vec<(DateTime<Utc>, i32)> {
    let offset = |at: DateTime<Utc>| at.with_timezone(&zone).offset().fix().local_minus_utc();
    let [first, last] = YEARS;
    let start = NaiveDate::from_ymd_opt(first, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0));
    let mut at = start.map(|start| Utc.from_utc_datetime(&start)).unwrap_or_default();
    let mut all = Vec::new();
    while at.year() < last {
        let Some(next) = at.checked_add_months(Months::new(1)) else { break };
        let (mut before, mut after) = (at, next);
        if offset(before) != offset(after) {
            while after - before > Duration::minutes(1) {
                let middle = before + (after - before) / 2;
                if offset(middle) == offset(at) { before = middle } else { after = middle }
            }
            let minute = after.timestamp() - after.timestamp().rem_euclid(60);
            all.extend(DateTime::from_timestamp(minute, 0).map(|change| (change, offset(at))));
        }
        at = next;
    }
    all.push((at, offset(at)));
    all
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn offsets_change_when_they_do() {
        let paris: Vec<String> =
            changes(chrono_tz::Europe::Paris).iter().map(|(at, by)| format!("{at:?} {by}")).collect();
        let bishkek = changes(chrono_tz::Asia::Bishkek);

        assert!(paris.contains(&"2026-03-29T01:00:00Z 3600".to_owned()), "{paris:?}");
        assert!(paris.contains(&"2026-10-25T01:00:00Z 7200".to_owned()), "{paris:?}");
        assert_eq!(bishkek.last().map(|(_, by)| *by), Some(21_600));
        assert_eq!(changes(chrono_tz::UTC).len(), 1);
    }
}
