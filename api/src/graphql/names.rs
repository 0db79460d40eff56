//! Names of the wire in the case of GraphQL, and back.

/// `lead_agency` and `working-groups` as `leadAgency` and `workingGroups`.
#[must_use]
pub(crate) fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut begins_word = false;
    for letter in name.chars() {
        match letter {
            '_' | '-' => begins_word = true,
            _ if begins_word => {
                out.push(letter.to_ascii_uppercase());
                begins_word = false;
            }
            _ => out.push(letter),
        }
    }
    out
}

/// `leadAgency` as `lead_agency`.
#[must_use]
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// A text with a capital at its beginning.
#[must_use]
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{camel, capital, snake};

    #[test]
    fn names_come_back_as_they_went() {
        for (wire, shown) in [("lead_agency", "leadAgency"), ("iso2", "iso2"), ("label_en", "labelEn")] {
            assert_eq!(camel(wire), shown);
            assert_eq!(snake(shown), wire);
        }
        assert_eq!(capital(&camel("enter-into-force")), "EnterIntoForce");
    }
}
