//! A first look at a document, before the parser: the parser goes as deep as the brackets do.

use super::Refusal;
use crate::limits::graphql::{NESTING, TOKENS};

/// Counts tokens and open brackets; strings and comments count as what they are.
pub(super) fn scan(text: &str) -> Result<(), Refusal> {
    let (mut tokens, mut open) = (0_usize, 0_usize);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            _ if first.is_whitespace() || matches!(first, ',' | '\u{feff}') => first.len_utf8(),
            _ => {
                tokens += 1;
                token(rest, first)
            }
        };
        match first {
            '{' | '[' | '(' => open += 1,
            '}' | ']' | ')' => open = open.saturating_sub(1),
            _ => {}
        }
        if tokens > TOKENS {
            return Err(Refusal::Costly(format!("the document has more than {TOKENS} tokens")));
        }
        if open > NESTING {
            return Err(Refusal::Costly(format!("brackets stand more than {NESTING} deep")));
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// Length of the token at the beginning of `rest`.
fn token(rest: &str, first: char) -> usize {
    if let Some(block) = rest.strip_prefix("\"\"\"") {
        return 3 + end_of(block, "\"\"\"", "\\\"\"\"");
    }
    if first == '"' {
        return 1 + end_of(rest.get(1..).unwrap_or_default(), "\"", "\\");
    }
    if rest.starts_with("...") {
        return 3;
    }
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-' | '+');
    if is_word(first) {
        let is_end = |(at, letter): &(usize, char)| {
            !is_word(*letter) || rest.get(*at..).is_some_and(|rest| rest.starts_with("..."))
        };
        return rest.char_indices().find(is_end).map_or(rest.len(), |(at, _)| at);
    }
    first.len_utf8()
}

/// Length of a text up to and with its closing quotes.
///
/// In a block only a backslash before three quotes escapes them; in other strings it takes any letter with it.
fn end_of(text: &str, quotes: &str, escape: &str) -> usize {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(quotes) {
            return at + quotes.len();
        }
        let is_escape = rest.starts_with(escape);
        at += if is_escape { escape.len() } else { 0 };
        // The letter itself, or in a plain string the one that is escaped.
        let is_letter = !is_escape || escape == "\\";
        at += text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .filter(|_| is_letter)
            .map_or(0, char::len_utf8);
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{NESTING, TOKENS, scan};

    #[test]
    fn a_block_ends_where_the_parser_ends_it() {
        // Two backslashes before the quotes: the second one escapes them.
        let hidden = format!("{{ a(b: \"\"\"\\\\n\"\"\") {} }}", "[".repeat(NESTING + 1));
        let escaped = format!("{{ a(b: \"\"\"\\\"\"\" {} \"\"\") }}", "[".repeat(NESTING + 1));

        assert!(scan(&hidden).is_err());
        assert_eq!(scan(&escaped), Ok(()));
        assert!(scan(&"...F".repeat(TOKENS)).is_err(), "spreads without a space count");
        assert!(scan(&"...".repeat(TOKENS + 1)).is_err());
        assert_eq!(scan(&format!("{{ {} }}", "a".repeat(1 << 20))), Ok(()));
    }

    #[test]
    fn words_strings_and_comments_count_as_what_they_are() {
        let long = format!("# {}\n{{ a(b: \"{}\") }}", "{".repeat(9_000), "[\\\" ".repeat(9_000));
        assert_eq!(scan(&long), Ok(()));
        assert_eq!(scan(&format!("{{ a(b: \"\"\"{}\"\"\") }}", "{ \" ".repeat(9_000))), Ok(()));
        assert!(scan(&"a ".repeat(TOKENS + 1)).is_err());
        assert_eq!(scan(&"a ".repeat(TOKENS)), Ok(()));
    }

    #[test]
    fn brackets_are_counted_while_they_are_open() {
        assert!(scan(&"{a".repeat(NESTING + 1)).is_err());
        assert!(scan(&"[".repeat(NESTING + 1)).is_err());
        assert_eq!(scan(&"{a}".repeat(NESTING + 1)), Ok(()));
    }
}
