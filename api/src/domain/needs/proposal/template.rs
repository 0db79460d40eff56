//! The built-in template of a plan, and which of its objectives the areas of capability lead to.

use std::sync::LazyLock;

use csv::StringRecord;
use entity::vocab::Function;
use model::Vocabulary;

const TEMPLATE_CSV: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/nap_template.csv"));
const OBJECTIVES_CSV: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/area_objectives.csv"));

/// An action of the template, with what stands above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Code of the pillar.
    pub pillar_code: String,
    /// Title of the pillar.
    pub pillar: String,
    /// Code of the objective.
    pub objective_code: String,
    /// Title of the objective.
    pub objective: String,
    /// Title of the action.
    pub action: String,
    /// Code of the action.
    pub action_code: String,
}

/// An objective that an area leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Code of the area.
    pub area: String,
    /// Code of the objective.
    pub objective: String,
    /// State functions that usually lead, best first.
    pub functions: Vec<Function>,
}

/// The actions of the template, in order.
pub static TEMPLATE: LazyLock<Vec<Line>> = LazyLock::new(|| {
    read(TEMPLATE_CSV, |cells| {
        let text = |at| cells.get(at).map(str::to_owned);
        Some(Line {
            pillar_code: text(0)?,
            pillar: text(1)?,
            objective_code: text(2)?,
            objective: text(3)?,
            action: text(4)?,
            action_code: text(5)?,
        })
    })
});

/// The objectives that areas lead to.
pub static WAYS: LazyLock<Vec<Way>> = LazyLock::new(|| {
    read(OBJECTIVES_CSV, |cells| {
        let text = |at| cells.get(at).map(str::to_owned);
        let functions = cells.get(2)?.split(';').filter_map(Function::of).collect();
        Some(Way { area: text(0)?, objective: text(1)?, functions })
    })
});

/// The lines of an embedded file; a test holds that each is read.
fn read<T>(text: &str, line: impl Fn(&StringRecord) -> Option<T>) -> Vec<T> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().filter_map(Result::ok).filter_map(|cells| line(&cells)).collect()
}

/// The last number in a code: `P10` is 10, `P1.3` is 3.
pub fn number(code: &str) -> i32 {
    let digits = code.rsplit(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{TEMPLATE, WAYS, number};

    const AREAS_CSV: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/naq_areas.csv"));

    #[test]
    fn every_area_leads_to_objectives_of_the_template() {
        let objectives: BTreeSet<&str> = TEMPLATE.iter().map(|line| line.objective_code.as_str()).collect();
        let led: BTreeSet<&str> = WAYS.iter().map(|way| way.area.as_str()).collect();
        let areas: BTreeSet<&str> =
            AREAS_CSV.lines().skip(1).filter_map(|line| line.split(',').next()).collect();

        assert_eq!((TEMPLATE.len(), led), (40, areas));
        assert!(WAYS.iter().all(|way| objectives.contains(way.objective.as_str())), "{WAYS:?}");
        assert!(WAYS.iter().all(|way| !way.functions.is_empty()), "{WAYS:?}");
    }

    #[test]
    fn every_objective_is_led_to() {
        let led: BTreeSet<&str> = WAYS.iter().map(|way| way.objective.as_str()).collect();
        let all: BTreeSet<&str> = TEMPLATE.iter().map(|line| line.objective_code.as_str()).collect();

        assert_eq!(led, all);
    }

    #[test]
    fn codes_are_in_the_order_of_their_numbers() {
        assert_eq!(["P10", "P1.3", "P2.1.2"].map(number), [10, 3, 2]);
    }
}
