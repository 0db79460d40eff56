//! The options of an address: each by its name, once, and what is not supported by its name.

use kernel::{Code, Error, Violation, input::hint};

use super::{
    apply::{self, Applied},
    filter::{filter, property},
    refusal::{Refusal, unsupported},
    words::{Reading, Word},
};
use crate::{
    domain::flat::{Table, Test},
    rest::problem::Problem,
};

/// Entities of a page where no number is given, and at most.
pub(super) const PAGE: usize = 1_000;
/// Entities that `$top` may ask for at most, in one answer or several.
const MOST: usize = 10_000_000;
/// Keys of an order at most.
const KEYS: usize = 3;

/// Options that are read.
const KNOWN: [&str; 11] = [
    "$select",
    "$filter",
    "$orderby",
    "$top",
    "$skip",
    "$count",
    "$expand",
    "$apply",
    "$format",
    "$skiptoken",
    "lang",
];
/// Options of the protocol that are not.
const OTHERS: [&str; 9] = [
    "$search",
    "$compute",
    "$levels",
    "$deltatoken",
    "$index",
    "$schemaversion",
    "$id",
    "$entityid",
    "$value",
];

/// The options as they were given.
pub(super) struct Given(Vec<(String, String)>);

impl Given {
    /// Holds the names of options against those there are.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut faults = Vec::new();
        for (at, (name, value)) in pairs.iter().enumerate() {
            let mut fault = |code, why: String| faults.push(Violation::new(format!("?{name}"), code, why));
            if OTHERS.contains(&name.as_str()) {
                return Err(unsupported(name, "such options").into());
            } else if !KNOWN.contains(&name.as_str()) {
                let near = hint(name, KNOWN.into_iter());
                fault(Code::UnknownParameter, format!("`{name}` is no option here{near}"));
            } else if pairs.iter().take(at).any(|(other, _)| other == name) {
                fault(Code::DuplicateMember, format!("`{name}` is given twice"));
            } else if value.contains('\0') {
                fault(Code::NullCharacter, "the text holds the character U+0000".to_owned());
            }
        }
        if faults.is_empty() { Ok(Self(pairs)) } else { Err(Error::BadRequest(faults).into()) }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == name).map(|(_, value)| value.trim())
    }

    fn number(&self, name: &'static str, most: usize) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number = text.parse::<usize>().ok().filter(|number| *number <= most);
        let why =
            || Refusal::new(name, Code::OutOfRange, format!("`{name}` is a whole number from 0 to {most}"));
        number.map(Some).ok_or_else(why)
    }

    /// The same options, going on elsewhere.
    pub(super) fn going_on(&self, token: &str, top: Option<usize>) -> Vec<(String, String)> {
        let kept =
            self.0.iter().filter(|(name, _)| !["$skiptoken", "$skip", "$top"].contains(&name.as_str()));
        let top = top.map(|top| ("$top".to_owned(), top.to_string()));
        kept.cloned().chain(top).chain([("$skiptoken".to_owned(), token.to_owned())]).collect()
    }
}

/// A way to other entities that is followed.
pub(super) struct Expanded {
    /// Name of the property.
    pub(super) name: String,
    /// The column with the ids.
    pub(super) at: usize,
    /// The properties that are asked for; none for all.
    pub(super) select: Option<Vec<String>>,
}

/// What is asked for, by the options.
pub(super) struct Options {
    /// The columns that are told, in order.
    pub(super) select: Vec<usize>,
    pub(super) filter: Option<Test>,
    pub(super) order: Vec<(usize, bool)>,
    pub(super) top: Option<usize>,
    pub(super) skip: usize,
    pub(super) is_counted: bool,
    pub(super) expand: Vec<Expanded>,
    pub(super) token: Option<String>,
    pub(super) apply: Option<Applied>,
}

impl Options {
    /// Reads the options about a table.
    pub(super) fn read(table: &Table, given: &Given) -> Result<Self, Refusal> {
        let apply = given.get("$apply").map(|text| apply::read(table, text)).transpose()?;
        let of = apply.as_ref().map_or(table, |applied| &applied.table);
        if apply.is_some() && given.get("$expand").is_some() {
            return Err(unsupported("$expand", "ways to other entities beside `$apply`"));
        }
        let filter = given.get("$filter").map(|text| filter(of, "$filter", text)).transpose()?;
        let select = match given.get("$select") {
            None => (0..of.columns.len()).collect(),
            Some(names) => selected(of, "$select", names)?,
        };
        let order = given.get("$orderby").map_or(Ok(Vec::new()), |text| ordered(of, text))?;
        let expand = given.get("$expand").map_or(Ok(Vec::new()), |text| expanded(of, text))?;
        let is_counted = match given.get("$count") {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                return Err(Refusal::new("$count", Code::BadFormat, "`$count` is `true` or `false`"));
            }
        };
        Ok(Self {
            select,
            filter,
            order,
            top: given.number("$top", MOST)?,
            skip: given.number("$skip", MOST)?.unwrap_or_default(),
            is_counted,
            expand,
            token: given.get("$skiptoken").map(str::to_owned),
            apply,
        })
    }
}

/// The columns that a list of names says.
fn selected(table: &Table, option: &'static str, names: &str) -> Result<Vec<usize>, Refusal> {
    let mut all = Vec::new();
    for name in names.split(',').map(str::trim) {
        if name == "*" {
            return Ok((0..table.columns.len()).collect());
        }
        if is_way(table, name) {
            continue;
        }
        let (at, _) = property(table, option, name)?;
        if !all.contains(&at) {
            all.push(at);
        }
    }
    Ok(all)
}

/// Whether a name is that of a way to another entity.
fn is_way(table: &Table, name: &str) -> bool {
    way(table, name).is_some()
}

/// The column whose ids lead to other entities.
pub(super) fn way(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| {
        column.target.is_some_and(kernel::KindDef::is_served) && column.name.strip_suffix("_id") == Some(name)
    })
}

fn ordered(table: &Table, text: &str) -> Result<Vec<(usize, bool)>, Refusal> {
    const OPTION: &str = "$orderby";

    let mut reading = Reading::of(OPTION, text)?;
    let mut all: Vec<(usize, bool)> = Vec::new();
    loop {
        let name = reading.name("a property")?;
        if matches!(reading.peek(), Some(Word::Sign('(' | '/'))) {
            return Err(unsupported(OPTION, "functions and paths"));
        }
        let (at, column) = property(table, OPTION, &name)?;
        if !column.is_sort {
            return Err(unsupported(OPTION, &format!("orders by `{name}`")));
        }
        let is_down = reading.takes_word("desc");
        if !is_down {
            reading.takes_word("asc");
        }
        if all.iter().all(|(known, _)| *known != at) {
            all.push((at, is_down));
        }
        if !reading.takes(',') {
            break;
        }
    }
    reading.end()?;
    if all.len() > KEYS {
        return Err(Refusal::new(OPTION, Code::OutOfRange, format!("`{OPTION}` has at most {KEYS} keys")));
    }
    Ok(all)
}

fn expanded(table: &Table, text: &str) -> Result<Vec<Expanded>, Refusal> {
    const OPTION: &str = "$expand";

    let mut reading = Reading::of(OPTION, text)?;
    let mut all: Vec<Expanded> = Vec::new();
    loop {
        if reading.takes('*') {
            return Err(unsupported(OPTION, "all ways at once"));
        }
        let name = reading.name("a way to other entities")?;
        let Some(at) = way(table, &name) else {
            let ways = table.columns.iter().filter(|column| column.target.is_some());
            let near = hint(&name, ways.filter_map(|column| column.name.strip_suffix("_id")));
            let why = format!("`{OPTION}`: `{name}` leads to no other entity{near}");
            return Err(Refusal::new(OPTION, Code::UnknownParameter, why));
        };
        if reading.peek() == Some(&Word::Sign('/')) {
            return Err(unsupported(OPTION, "ways of more than one step"));
        }
        let mut select = None;
        if reading.takes('(') {
            match reading.next() {
                Some(Word::Name(inner)) if inner == "$select" => {
                    reading.expect('=')?;
                    let mut names = vec![reading.name("a property")?];
                    while reading.takes(',') {
                        names.push(reading.name("a property")?);
                    }
                    select = Some(names);
                }
                Some(Word::Name(inner)) => {
                    return Err(unsupported(OPTION, &format!("`{inner}` and others in it")));
                }
                _ => return Err(reading.bad("what stands in brackets is no option")),
            }
            reading.expect(')')?;
        }
        if all.iter().all(|known| known.at != at) {
            all.push(Expanded { name, at, select });
        }
        if !reading.takes(',') {
            break;
        }
    }
    reading.end()?;
    Ok(all)
}
