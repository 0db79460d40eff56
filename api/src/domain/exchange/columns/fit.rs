//! Texts that no cell of a workbook holds.

use std::borrow::Cow;

/// Units of UTF-16 that a cell holds at most.
const LONGEST: usize = 32_767;
/// What a text ends with that was cut.
const CUT: char = '\u{2026}';

/// As much of a text as a cell holds; one that is cut ends with dots.
#[must_use]
pub fn fitted(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST {
        return text.into();
    }
    let mut units = 0;
    let kept = text.chars().take_while(|letter| {
        units += letter.len_utf16();
        units < LONGEST
    });
    kept.chain([CUT]).collect::<String>().into()
}

/// Whether a text is one that was cut to fit; a letter of two units may have left one free.
#[must_use]
pub fn is_cut(text: &str) -> bool {
    text.len() + 1 >= LONGEST && text.ends_with(CUT) && text.encode_utf16().count() + 1 >= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_no_cell_holds_is_cut_between_letters() {
        let long = "\u{1f9ea}".repeat(20_000);

        let cut = fitted(&long);

        assert!(cut.encode_utf16().count() <= LONGEST && cut.ends_with(CUT));
        assert_eq!(fitted("short"), "short");
        assert_eq!(fitted(&"ы".repeat(LONGEST)).chars().count(), LONGEST);
    }

    #[test]
    fn a_text_that_was_cut_is_known() {
        for letter in ["\u{1f9ea}", "ы", "x"] {
            assert!(is_cut(&fitted(&letter.repeat(40_000))), "{letter}");
        }
        assert!(!is_cut("and so on\u{2026}") && !is_cut(&"ы".repeat(LONGEST)));
    }
}
