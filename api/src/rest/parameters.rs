//! Parameters of addresses: decoded, and refused where an address does not take them.

use kernel::{
    Code, Error, Violation,
    input::{did_you_mean, nearest},
};

use super::problem::Problem;

/// The parameters of a query string, decoded.
#[must_use]
pub fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    serde_html_form::from_str(query.unwrap_or_default()).unwrap_or_default()
}

/// Refuses parameters that an address does not take, each with the nearest name that it takes.
///
/// # Errors
/// 400 naming every unknown parameter.
pub fn refuse_parameters(query: Option<&str>, accepted: &[&str]) -> Result<(), Problem> {
    let unknown = parameter_faults(&pairs(query), accepted);
    if unknown.is_empty() { Ok(()) } else { Err(Error::BadRequest(unknown).into()) }
}

/// What is wrong with parameters before they are read: unknown names, U+0000.
#[must_use]
pub fn parameter_faults(given: &[(String, String)], accepted: &[&str]) -> Vec<Violation> {
    let mut faults = Vec::new();
    for (name, value) in given {
        if !accepted.contains(&name.as_str()) {
            faults.push(unknown_parameter(name, accepted));
        } else if value.contains('\0') {
            let detail = "the text holds the character U+0000";
            faults.push(Violation::new(format!("?{name}"), Code::NullCharacter, detail));
        }
    }
    faults
}

/// The violation of an unknown parameter.
fn unknown_parameter(name: &str, accepted: &[&str]) -> Violation {
    let near = nearest(name, accepted.iter().copied());
    let hint = did_you_mean(near);
    Violation::new(
        format!("?{name}"),
        Code::UnknownParameter,
        format!("`{name}` is not a parameter here{hint}"),
    )
}
