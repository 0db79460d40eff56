//! Texts that a table would say something else by: a formula to programs, an instruction to imports.

use std::borrow::Cow;

/// What a cell holds that empties the field.
pub const CLEAR: &str = "!clear";

/// Whether a text begins as a formula does, or is what empties a field, after any number of apostrophes.
fn is_taken(text: &str) -> bool {
    let plain = text.trim_start_matches('\'');
    plain.starts_with(['=', '+', '-', '@', '\t', '\r']) || plain.trim() == CLEAR
}

/// The text with an apostrophe before, where it would be taken for something else, or would have been kept from it.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_taken(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the apostrophe that [`guarded`] put before it.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_taken(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{guarded, unguarded};

    #[test]
    fn no_text_begins_like_a_formula() {
        let texts = ["=1+1", "+1", "-1", "@SUM", "\t=1", "\r=1", "'=1", "''-1"].map(guarded);

        assert_eq!(texts, ["'=1+1", "'+1", "'-1", "'@SUM", "'\t=1", "'\r=1", "''=1", "'''-1"]);
    }

    #[test]
    fn no_text_empties_a_field() {
        let texts = ["!clear", "'!clear", "!clear it", "!CLEAR"].map(guarded);

        assert_eq!(texts, ["'!clear", "''!clear", "!clear it", "!CLEAR"]);
    }

    #[test]
    fn what_is_guarded_is_found_again() {
        for text in [
            "=1",
            "'=1",
            "''=1",
            "'",
            "''",
            "'word",
            "Law = in force",
            "",
            "-",
            "'-",
            "Ө-үч",
            "\t",
            "!clear",
            "''!clear",
        ] {
            assert_eq!(unguarded(&guarded(text)), text);
        }
    }
}
