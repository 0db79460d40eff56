//! A first look at a document, before the parser: the parser goes as deep as the brackets do.

use std::collections::HashSet;

use super::Refusal;
use crate::limits::graphql::{NESTING, TOKENS};

/// Counts tokens and open brackets; strings and comments count as what they are.
///
/// The parser keeps the last one of several members of one name, so that they are looked for here.
pub(super) fn scan(text: &str) -> Result<(), Refusal> {
    let (mut tokens, mut open) = (0_usize, Vec::new());
    let mut word = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            _ if first.is_whitespace() || matches!(first, ',' | '\u{feff}') => first.len_utf8(),
            _ => {
                tokens += 1;
                let length = token(rest, first);
                let before = word.replace(rest.get(..length).unwrap_or_default());
                if first == ':'
                    && let Some((Open::Object(members), name)) = open.last_mut().zip(before)
                    && !members.insert(name)
                {
                    let name: String = name.chars().take(60).collect();
                    return Err(Refusal::Syntax(format!("the member `{name}` of an input is given twice")));
                }
                length
            }
        };
        match first {
            '{' if open.last().is_some_and(Open::is_value) => open.push(Open::Object(HashSet::new())),
            '{' => open.push(Open::Fields),
            '[' | '(' => open.push(Open::Values),
            '}' | ']' | ')' => {
                open.pop();
            }
            _ => {}
        }
        if tokens > TOKENS {
            return Err(Refusal::Costly(format!("the document has more than {TOKENS} tokens")));
        }
        if open.len() > NESTING {
            return Err(Refusal::Costly(format!("brackets stand more than {NESTING} deep")));
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// What stands between brackets that are open.
enum Open<'t> {
    /// Fields.
    Fields,
    /// Arguments, variables, or the items of a list.
    Values,
    /// The members of an input, by the names met so far.
    Object(HashSet<&'t str>),
}

impl Open<'_> {
    /// Whether an object may stand there.
    const fn is_value(&self) -> bool {
        !matches!(self, Self::Fields)
    }
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
    fn a_member_that_is_given_twice_is_found_wherever_it_stands() {
        let twice = [
            "{ a(b: { c: 1, c: 2 }) { d } }",
            "{ a(b: { c: { d: [{ e: 1 e: E }] } }) { d } }",
            "query($x: I = { c: \"c:\", c: 1 }) { a }",
            "{ a @x(b: { c: 1 c : 2 }) }",
        ];
        let once = "{ c: a(b: { c: 1, d: { c: c } }, c: [{ c: 1 }, { c: 2 }]) { c: a c: a } }";

        assert!(twice.iter().all(|text| scan(text).is_err()));
        assert_eq!(scan(once), Ok(()));
    }

    #[test]
    fn brackets_are_counted_while_they_are_open() {
        assert!(scan(&"{a".repeat(NESTING + 1)).is_err());
        assert!(scan(&"[".repeat(NESTING + 1)).is_err());
        assert_eq!(scan(&"{a}".repeat(NESTING + 1)), Ok(()));
    }
}
