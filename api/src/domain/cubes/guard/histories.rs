//! The shortest histories by which each rule is needed: without it, what is shown on the last day tells of somebody.

use chrono::{Days, NaiveDate};

use super::{Counted, Share, Shares, Tables, publish};

/// What a cell is made of on a day, by its area.
type Areas<'a> = &'a [(&'a str, Shares)];

const CLOSED: Share = Share { open: 0, shared: 0, closed: 1 };
const OPEN: Share = Share { open: 1, shared: 0, closed: 0 };

/// Countries of one letter each, each with as much.
fn each(codes: &str, share: Share) -> Shares {
    codes.chars().map(|code| (code.to_string(), share)).collect()
}

/// The same, with other shares of some countries.
fn but(shares: &Shares, others: &[Shares]) -> Shares {
    let mut all = shares.clone();
    all.extend(others.iter().flatten().map(|(code, share)| (code.clone(), *share)));
    all
}

/// What is told of each cell that is shown on the last day: area, countries, records, and the day of its figure.
fn last(grid: &[&str], days: &[Areas<'_>]) -> Vec<(String, usize, i64, i64)> {
    let axis = |codes: &[&str]| -> Vec<String> { codes.iter().map(|code| (*code).to_owned()).collect() };
    let mut past: Vec<Tables> = Vec::new();
    for (after, areas) in (0..).zip(days) {
        let cells = areas.iter().map(|(area, shares)| (axis(&["R", *area]), shares.clone())).collect();
        let cube = Counted { of: "gaps", by_region: true, axes: vec![axis(&["R"]), axis(grid)], cells };
        let day = NaiveDate::default().checked_add_days(Days::new(after)).unwrap_or_default();
        let published = publish(day, &[cube], &past);
        past.push(published);
    }
    let shown = past.last().into_iter().flatten().flatten();
    let told = shown.map(|(key, one)| {
        let records: i64 = one.shares.values().map(|share| share.total()).sum();
        (key[1].clone(), one.shares.len(), records, (one.since - NaiveDate::default()).num_days())
    });
    told.collect()
}

/// One cell that is shown: countries, records, and the day of its figure.
fn one(countries: usize, records: i64, day: i64) -> Vec<(String, usize, i64, i64)> {
    vec![("a".to_owned(), countries, records, day)]
}

#[test]
fn an_empty_cell_looks_as_one_that_is_suppressed() {
    let many = each("ABCDE", CLOSED);

    let empty = last(&["a", "b"], &[&[("a", many.clone())]]);
    let suppressed = last(&["a", "b"], &[&[("a", many.clone()), ("b", each("E", CLOSED))]]);
    let two_empty = last(&["a", "b", "c"], &[&[("a", many)]]);

    assert_eq!(empty, suppressed);
    assert_eq!(two_empty, one(5, 5, 0));
}

#[test]
fn a_record_that_goes_to_other_readers_makes_no_figure() {
    let many = each("ABCDEF", CLOSED);
    let two_open = each("AE", Share { open: 2, ..Share::default() });
    let one_more = each("B", Share { closed: 2, ..Share::default() });

    let same_total = last(&["a"], &[&[("a", many.clone())], &[("a", but(&many, &[each("A", OPEN)]))]]);
    let with_another = last(&["a"], &[&[("a", many.clone())], &[("a", but(&many, &[two_open, one_more]))]]);

    assert_eq!(same_total, one(6, 6, 0));
    // Whoever reads what the two have opened would know what the third has added.
    assert_eq!(with_another, one(6, 6, 0));
}

#[test]
fn a_public_figure_stays_where_one_country_adds_what_is_not_public() {
    let public = each("ABC", OPEN);
    let of_another = but(&public, &[each("D", CLOSED)]);
    let of_one_of_them = but(&public, &[each("C", Share { open: 1, shared: 0, closed: 1 })]);

    for more in [of_another, of_one_of_them] {
        assert_eq!(last(&["a"], &[&[("a", more.clone())]]), one(3, 3, 0));
        assert_eq!(last(&["a"], &[&[("a", public.clone())], &[("a", more)]]), one(3, 3, 0));
    }
    let two_public = last(&["a"], &[&[("a", but(&each("AB", OPEN), &[each("DE", CLOSED)]))]]);
    assert!(two_public.is_empty(), "{two_public:?}");
}

#[test]
fn the_countries_of_a_cell_never_change_by_one_or_two() {
    let two = Share { closed: 2, ..Share::default() };
    let [three, five] = ["ABC", "ABCDE"].map(|codes| each(codes, CLOSED));
    let day = |shares: &Shares| [("a", shares.clone())];

    let joined = last(&["a"], &[&day(&three), &day(&but(&three, &[each("AB", two), each("D", CLOSED)]))]);
    let left = last(&["a"], &[&day(&five), &day(&but(&each("CD", CLOSED), &[each("AB", two)]))]);
    let three_joined = last(&["a"], &[&day(&three), &day(&each("ABCDEF", CLOSED))]);
    let public_joined = last(&["a"], &[&day(&three), &day(&but(&three, &[each("D", OPEN)]))]);

    assert_eq!(joined, one(3, 3, 0));
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(three_joined, one(6, 6, 1));
    assert_eq!(public_joined, one(4, 4, 1));
}
