//! An attacker who reads every cube every day, and takes every figure from every other.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::{Cells, Counted, LEAST, Share, Shares, Shown, Table, Tables, covered, publish};

/// Numbers that a seed determines.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn code(&mut self, head: &str, of: u64) -> String {
        format!("{head}{}", self.below(of))
    }
}

/// A gap of a country, and who reads it: 0 nobody counts it, 1 nobody outside, 2 some, 3 everybody.
struct Gap {
    country: u64,
    area: String,
    domain: String,
    quarter: String,
    reader: u64,
}

const COUNTRIES: u64 = 11;

/// The first eight countries are of one region, the others of another.
fn region(country: u64) -> String {
    if country < 8 { "R1" } else { "R2" }.to_owned()
}

fn counted(gaps: &[Gap]) -> Vec<Counted> {
    let cells = |key: &dyn Fn(&Gap) -> Vec<String>| {
        let mut cells = Cells::new();
        for gap in gaps.iter().filter(|gap| gap.reader > 0) {
            let one = |reader| i64::from(gap.reader == reader);
            let share = Share { open: one(3), shared: one(2), closed: one(1) };
            let country = format!("C{}", gap.country);
            cells.entry(key(gap)).or_default().entry(country).or_default().add(share);
        }
        cells
    };
    let by_area = cells(&|gap| vec![region(gap.country), gap.area.clone()]);
    let by_quarter = cells(&|gap| vec![region(gap.country), gap.domain.clone(), gap.quarter.clone()]);
    let cube = |cells, axes: &[&[&str]]| {
        let codes = |axis: &&[&str]| -> Vec<String> { axis.iter().map(|code| (*code).to_owned()).collect() };
        Counted { of: "gaps", by_region: true, axes: axes.iter().map(codes).collect(), cells }
    };
    vec![
        cube(by_area, &[&["R1", "R2"], &["A0", "A1", "A2"]]),
        cube(by_quarter, &[&["R1", "R2"], &["D0", "D1"], &["Q0", "Q1"]]),
    ]
}

/// A day in the life of the countries: they make, move and delete gaps, release them, and revoke.
fn live(dice: &mut Dice, gaps: &mut Vec<Gap>) {
    for _ in 0..dice.below(4) {
        let country = dice.below(COUNTRIES);
        match dice.below(14) {
            0 => {
                // A country joins, with all it has, or shows it to others as well.
                let reader = 1 + dice.below(12).saturating_sub(9);
                gaps.iter_mut().filter(|gap| gap.country == country).for_each(|gap| gap.reader = reader);
            }
            1 => gaps.iter_mut().filter(|gap| gap.country == country).for_each(|gap| gap.reader = 0),
            2 => gaps.retain(|gap| gap.country != country || gap.area != "A0"),
            3 => gaps
                .iter_mut()
                .filter(|gap| gap.country == country)
                .take(2)
                .for_each(|gap| gap.area = "A1".to_owned()),
            _ => {
                let [area, domain] = [dice.code("A", 3), dice.code("D", 2)];
                let quarter = dice.code("Q", 2);
                let reader = if dice.below(8) == 0 { dice.below(4) } else { 1 };
                gaps.push(Gap { country, area, domain, quarter, reader });
            }
        }
    }
}

/// Everything that can be added up of what is shown: by cube, or by what cubes have in common, and by the codes left standing.
fn figures(tables: &Tables, only: &dyn Fn(usize, &[String]) -> bool) -> Vec<(String, Shares)> {
    let mut all: BTreeMap<(String, usize), Shares> = BTreeMap::new();
    for (at, table) in tables.iter().enumerate() {
        for (key, shown) in table.iter().filter(|(key, _)| only(at, key)) {
            let mut names = vec!["gaps".to_owned(), format!("gaps {}", key.concat().get(..2).unwrap_or(""))];
            for bits in 0..1_usize << key.len() {
                let kept =
                    key.iter().enumerate().map(|(place, code)| (bits >> place & 1 == 0).then_some(code));
                names.push(format!("{at} {:?}", kept.collect::<Vec<_>>()));
            }
            for name in names {
                let sum = all.entry((name, at)).or_default();
                shown
                    .shares
                    .iter()
                    .for_each(|(code, share)| sum.entry(code.clone()).or_default().add(*share));
            }
        }
    }
    all.into_iter().map(|((name, _), shares)| (name, shares)).collect()
}

/// Whether the difference tells of one country or two, beside those of which everybody reads what it tells.
fn tells(one: &Shares, other: &Shares) -> bool {
    let of = |shares: &Shares, code: &str| shares.get(code).copied().unwrap_or_default();
    let codes: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let moved = |code: &&&String| of(one, code).total() != of(other, code).total();
    let moved: Vec<&String> = codes.iter().filter(moved).copied().collect();
    let unread = moved.iter().filter(|code| of(one, code).closed != of(other, code).closed).count();
    let is_public = moved.iter().all(|code| {
        let [a, b] = [of(one, code), of(other, code)];
        (a.closed, a.shared) == (b.closed, b.shared)
    });
    !is_public && unread < LEAST
}

/// Which cells are added up.
type Only<'a> = &'a dyn Fn(usize, &[String]) -> bool;

/// What the attacker finds in what was published from day to day.
fn found(days: &[Tables]) -> Vec<String> {
    let everything = |_: usize, _: &[String]| true;
    let mut all = Vec::new();
    for (day, now) in days.iter().enumerate() {
        for (then, earlier) in days.iter().enumerate().take(day + 1) {
            let in_both =
                |at: usize, key: &[String]| earlier[at].contains_key(key) && now[at].contains_key(key);
            let only: [Only<'_>; 2] = [&everything, &in_both];
            for only in only {
                let others = figures(earlier, only);
                for (name, shares) in figures(now, only) {
                    let others = others.iter().filter(|(other, _)| *other == name);
                    if others.into_iter().any(|(_, other)| tells(&shares, other)) {
                        all.push(format!("{name} of day {day} beside day {then}"));
                    }
                }
            }
        }
        let shown = now.iter().enumerate().flat_map(|(at, table)| table.iter().map(move |one| (at, one)));
        let small = shown
            .filter(|(_, (_, shown))| tells(&shown.shares, &Shares::new()) || shown.shares.len() < LEAST);
        all.extend(small.map(|(at, (key, _))| format!("{at} {key:?} on day {day}")));
    }
    all
}

/// What a reader learns of the rest of a line who knows its total from elsewhere.
fn beside(counted: &[Counted], tables: &Tables) -> Vec<String> {
    let mut all = Vec::new();
    for (cube, table) in counted.iter().zip(tables) {
        let keys: BTreeSet<&Vec<String>> = cube.cells.keys().collect();
        for key in table.keys() {
            for place in 1..key.len() {
                let is_along = |other: &&&Vec<String>| {
                    (0..key.len()).all(|at| at == place || other[at] == key[at])
                        && !table.contains_key(**other)
                };
                let rest: Vec<&Vec<String>> = keys.iter().filter(is_along).copied().collect();
                let countries: BTreeSet<&String> =
                    rest.iter().flat_map(|key| cube.cells[*key].keys()).collect();
                if !rest.is_empty() && (rest.len() < 2 || countries.len() < LEAST) {
                    all.push(format!("{rest:?} beside {key:?}"));
                }
            }
        }
    }
    all
}

/// Some months, with what was published each day and what stood in the records.
fn months(
    seed: u64,
    put_out: impl Fn(NaiveDate, &[Counted], &[Tables]) -> Tables,
) -> (Vec<Tables>, Vec<Vec<Counted>>) {
    let (mut dice, mut gaps) = (Dice(seed), Vec::new());
    let (mut days, mut truth): (Vec<Tables>, Vec<Vec<Counted>>) = (Vec::new(), Vec::new());
    for _ in 0..60 {
        live(&mut dice, &mut gaps);
    }
    for after in 0..30 {
        live(&mut dice, &mut gaps);
        let counted = counted(&gaps);
        days.push(put_out(day(after), &counted, &days));
        truth.push(counted);
    }
    (days, truth)
}

fn day(after: u64) -> NaiveDate {
    NaiveDate::default().checked_add_days(Days::new(after)).unwrap_or_default()
}

#[test]
fn no_difference_of_any_two_days_tells_of_one_country_or_two() {
    let (mut shown, mut new, mut stayed) = (0, 0, 0);
    for seed in 1..=8 {
        let (days, truth) = months(seed, publish);

        assert_eq!(found(&days).first(), None, "seed {seed}");
        for (after, tables) in (0..).zip(&days) {
            let at = usize::try_from(after).unwrap_or_default();
            assert_eq!(beside(&truth[at], tables), [""; 0], "seed {seed}, day {after}");
            for (cube, (key, one)) in
                tables.iter().enumerate().flat_map(|(cube, table)| table.iter().map(move |one| (cube, one)))
            {
                let made = usize::try_from((one.since - day(0)).num_days()).unwrap_or_default();
                assert_eq!(truth[made][cube].cells[key], one.shares, "what is shown was counted on its day");
                shown += 1;
                new += i32::from(one.since == day(after));
                stayed += i32::from(truth[at][cube].cells[key] != one.shares);
            }
        }
    }
    // The attack is worth something only where figures are shown, made anew, and held back.
    assert!(shown > 300 && new > 50 && stayed > 50, "{shown} {new} {stayed}");
}

#[test]
fn the_attacker_finds_what_a_threshold_alone_lets_out() {
    let naive = |day: NaiveDate, counted: &[Counted], _: &[Tables]| -> Tables {
        let enough = |cube: &Counted| -> Table {
            let cells = cube.cells.iter().filter(|(_, shares)| shares.len() >= LEAST);
            cells.map(|(key, shares)| (key.clone(), Shown { since: day, shares: shares.clone() })).collect()
        };
        counted.iter().map(enough).collect()
    };

    let (days, truth) = months(1, naive);

    assert!(found(&days).len() > 100);
    assert!(days.iter().zip(&truth).any(|(tables, counted)| !beside(counted, tables).is_empty()));
}

#[test]
fn the_number_of_countries_never_moves_by_one_or_two() {
    let table = |codes: &[&str]| -> Table {
        let shares = codes.iter().map(|code| ((*code).to_owned(), Share { closed: 1, ..Share::default() }));
        [(vec!["R".to_owned()], Shown { since: day(0), shares: shares.collect() })].into()
    };
    let first = covered(&table(&["A", "B", "C"]), &[]);

    let fourth = covered(&table(&["A", "B", "C", "D"]), &[&first]);
    let sixth = covered(&table(&["A", "B", "C", "D", "E", "F"]), &[&first, &fourth]);
    let none = covered(&Table::new(), &[&first, &sixth]);

    assert_eq!([first.len(), fourth.len(), sixth.len(), none.len()], [3, 3, 6, 0]);
}
