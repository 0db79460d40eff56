//! Who is to lead, by mandate: the state functions that an area names, and those that its obligations name.

use std::cmp::Reverse;

use entity::{agency, vocab::Function};
use kernel::row::Row;

/// An agency with what it holds.
#[derive(Clone, Debug)]
struct Body {
    code: String,
    functions: Vec<Function>,
}

/// The agencies of an owner that exist now.
#[derive(Clone, Debug, Default)]
pub struct Mandates(Vec<Body>);

impl Mandates {
    /// The mandates of these agencies.
    pub fn of(agencies: impl Iterator<Item = Row>) -> Self {
        let body = |row: Row| {
            Some(Body {
                code: row.read(agency::CODE)?,
                functions: row.read(agency::FUNCTIONS).unwrap_or_default(),
            })
        };
        Self(agencies.filter_map(body).collect())
    }

    /// The agency that is to lead, with the function by which it is: the first of the functions that any agency holds
    /// decides; of several agencies that hold it, the one that holds most of the others; of several such, the first code.
    pub fn lead(&self, wanted: &[Function]) -> Option<(String, Function)> {
        let held = |function: &&Function| self.0.iter().any(|body| body.functions.contains(function));
        let function = *wanted.iter().find(held)?;
        let holders = self.0.iter().filter(|body| body.functions.contains(&function));
        let fits = |body: &Body| wanted.iter().filter(|one| body.functions.contains(one)).count();
        let best = holders.min_by_key(|body| (Reverse(fits(body)), body.code.clone()))?;
        Some((best.code.clone(), function))
    }
}

#[cfg(test)]
mod tests {
    use entity::vocab::Function;

    use super::{Body, Mandates};

    #[test]
    fn the_first_function_that_is_held_decides_who_leads() {
        let body =
            |code: &str, functions: &[Function]| Body { code: code.into(), functions: functions.into() };
        let all = Mandates(vec![
            body("MZ", &[Function::Health]),
            body("MH", &[Function::Health]),
            body("VET", &[Function::Health, Function::Agriculture]),
        ]);
        let lead = |wanted: &[Function]| all.lead(wanted).map(|(code, _)| code);

        assert_eq!(lead(&[Function::Biosafety, Function::Health]).as_deref(), Some("MH"));
        assert_eq!(lead(&[Function::Health, Function::Agriculture]).as_deref(), Some("VET"));
        assert_eq!(lead(&[Function::Finance]), None);
    }
}
