//! Reads which number formats show dates and times.

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::xml::{Piece, attribute, open};
use crate::fault::{Fault, FaultCode, Halt};
use crate::options::Limits;
use crate::zipped::Zip;

/// How many formats are held; Excel itself has at most 65,490 of cells.
const FORMATS: usize = 200_000;

/// What a cell's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    /// A day, with or without a time.
    Day,
    /// A time of day.
    Clock,
    /// A length of time, which may be over a day.
    Span,
}

/// Reads the kind of every cell format.
///
/// # Errors
/// `TooLarge`; `BrokenWorkbook`.
pub(super) fn read<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    path: Option<&str>,
    limits: Limits,
) -> Result<Vec<Kind>, Halt> {
    let mut kinds = Vec::new();
    let mut own = HashMap::new();
    let budget = zip.budget();
    let Some(path) = path else { return Ok(kinds) };
    let Some(mut part) = open(zip, path, budget, limits)? else { return Ok(kinds) };
    let mut within = false;
    loop {
        match part.next()? {
            Piece::Start(start) => match start.local_name().as_ref() {
                b"numFmt" => {
                    let id = attribute(&start, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&start, "formatCode")) {
                        own.insert(id, kind(&code));
                    }
                }
                b"cellXfs" => within = true,
                b"xf" if within => {
                    let id = attribute(&start, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    kinds.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Piece::End(end) if end.local_name().as_ref() == b"cellXfs" => within = false,
            Piece::Eof => return Ok(kinds),
            _ => {}
        }
        if kinds.len().max(own.len()) > FORMATS {
            let text = format!("the workbook has more than {FORMATS} formats of cells");
            return Err(Fault::new(FaultCode::TooLarge, text).into());
        }
    }
}

/// Source: ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are dates and times of East Asian languages.
fn built_in(id: u32) -> Kind {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=58 => Kind::Day,
        18..=21 | 32..=35 | 45 | 47 => Kind::Clock,
        46 => Kind::Span,
        _ => Kind::Number,
    }
}

/// What the first section of a format code shows.
fn kind(code: &str) -> Kind {
    let mut letters = String::new();
    let mut chars = code.chars();
    while let Some(char) = chars.next() {
        match char {
            ';' => break,
            '\\' | '_' | '*' => drop(chars.next()),
            '"' => drop(chars.by_ref().find(|char| *char == '"')),
            '[' => {
                let inner: String = chars.by_ref().take_while(|char| *char != ']').collect();
                let inner = inner.to_ascii_lowercase();
                let unit = |unit: char| !inner.is_empty() && inner.chars().all(|char| char == unit);
                if unit('h') || unit('m') || unit('s') {
                    return Kind::Span;
                }
            }
            _ => letters.push(char.to_ascii_lowercase()),
        }
    }
    if letters == "general" {
        return Kind::Number;
    }
    let letters = letters.replace("am/pm", "h").replace("a/p", "h");
    match (letters.contains(['y', 'd']), letters.contains(['h', 's']), letters.contains('m')) {
        (true, _, _) | (false, false, true) => Kind::Day,
        (false, true, _) => Kind::Clock,
        (false, false, false) => Kind::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn format_codes_show_what_a_number_is() {
        let kinds = |codes: &[&str]| codes.iter().map(|code| kind(code)).collect::<Vec<_>>();

        assert_eq!(
            kinds(&["yyyy-mm-dd", "[$-419]dd.mm.yyyy", "mmmm", "d/m/yy h:mm", "DD.MM.YYYY;@"]),
            [Kind::Day; 5]
        );
        assert_eq!(kinds(&["h:mm", "h:mm AM/PM", "mm:ss.0", "[$-409]h:mm:ss AM/PM;@"]), [Kind::Clock; 4]);
        assert_eq!(kinds(&["[h]:mm:ss", "[mm]:ss"]), [Kind::Span; 2]);
        assert_eq!(
            kinds(&[
                "General",
                "0.00",
                "#,##0\\ \"days\"",
                "[Red]0;[Blue]yy",
                "0.0E+00",
                "#,##0\\d",
                "@",
                "_-* #,##0_-"
            ]),
            [Kind::Number; 8]
        );
    }
}
