//! Texts that a program for tables would take for formulas.

use std::borrow::Cow;

/// Whether a text begins as a formula does, after any number of apostrophes.
fn is_formula(text: &str) -> bool {
    let first = text.bytes().find(|byte| *byte != b'\'');
    matches!(first, Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'))
}

/// The text with an apostrophe before, where a program for tables would calculate it, or would have been kept from it.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the apostrophe that [`guarded`] put before it.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(text)
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
    fn what_is_guarded_is_found_again() {
        for text in ["=1", "'=1", "''=1", "'", "''", "'word", "Law = in force", "", "-", "'-", "Ө-үч", "\t"]
        {
            assert_eq!(unguarded(&guarded(text)), text);
        }
    }
}
