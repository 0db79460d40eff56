//! `$filter` as a condition on the columns of a table.

use chrono::NaiveDate;
use kernel::{
    Code,
    filter::{Comparison, Place},
};

use super::{
    refusal::{Refusal, unsupported},
    words::{Reading, Word},
};
use crate::domain::{
    exchange::columns::{Cell, Type},
    flat::{Column, Table, Test, cell, place},
};

/// Brackets and negations that stand in each other at most.
const DEEPEST: usize = 50;

/// What compares: a column, or the year of a day or an instant in it.
struct Compared<'a> {
    at: usize,
    column: &'a Column,
    is_year: bool,
}

/// Reads `$filter`.
pub(super) fn filter(table: &Table, option: &'static str, text: &str) -> Result<Test, Refusal> {
    let mut reading = Reading::of(option, text)?;
    let said = condition(table, &mut reading)?;
    reading.end()?;
    Ok(said)
}

/// Reads a condition that others follow.
pub(super) fn condition(table: &Table, reading: &mut Reading) -> Result<Test, Refusal> {
    Filter { table }.any(reading, 0)
}

struct Filter<'a> {
    table: &'a Table,
}

impl<'a> Filter<'a> {
    fn any(&self, reading: &mut Reading, depth: usize) -> Result<Test, Refusal> {
        let mut all = vec![self.all(reading, depth)?];
        while reading.takes_word("or") {
            all.push(self.all(reading, depth)?);
        }
        Ok(single(all, Test::Any))
    }

    fn all(&self, reading: &mut Reading, depth: usize) -> Result<Test, Refusal> {
        let mut all = vec![self.one(reading, depth)?];
        while reading.takes_word("and") {
            all.push(self.one(reading, depth)?);
        }
        Ok(single(all, Test::All))
    }

    fn one(&self, reading: &mut Reading, depth: usize) -> Result<Test, Refusal> {
        if depth > DEEPEST {
            let why = format!(
                "`{}`: brackets and `not` stand in each other {DEEPEST} deep at most",
                reading.option
            );
            return Err(Refusal::new(reading.option, Code::OutOfRange, why));
        }
        if reading.takes_word("not") {
            return Ok(Test::Not(Box::new(self.one(reading, depth + 1)?)));
        }
        if reading.takes('(') {
            let inner = self.any(reading, depth + 1)?;
            reading.expect(')')?;
            return Ok(inner);
        }
        self.comparison(reading)
    }

    fn comparison(&self, reading: &mut Reading) -> Result<Test, Refusal> {
        let Some(word) = reading.next() else { return Err(reading.bad("a condition is missing")) };
        let Word::Name(name) = word else { return self.turned(reading, &word) };
        if matches!(name.as_str(), "null" | "true" | "false") {
            let is_alone = !matches!(reading.peek(), Some(Word::Name(next)) if by(next).is_some());
            if is_alone && name != "null" {
                return Ok(Test::Known(name == "true"));
            }
            return self.turned(reading, &Word::Name(name));
        }
        if reading.peek() == Some(&Word::Sign('(')) {
            return self.function(reading, &name);
        }
        let of = self.column(reading, &name)?;
        Self::compared(reading, &of)
    }

    /// A comparison whose value stands first.
    fn turned(&self, reading: &mut Reading, value: &Word) -> Result<Test, Refusal> {
        let how = match reading.next() {
            Some(Word::Name(name)) => by(&name),
            _ => None,
        };
        let how =
            how.ok_or_else(|| reading.bad(&format!("what {} is compared by is missing", value.shown())))?;
        let name = reading.name("a property")?;
        let of = self.column(reading, &name)?;
        let how = match how {
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            same => same,
        };
        test(reading, &of, how, value)
    }

    fn function(&self, reading: &mut Reading, name: &str) -> Result<Test, Refusal> {
        let place = match name {
            "contains" => Place::Anywhere,
            "startswith" => Place::Start,
            "endswith" => Place::End,
            "year" => {
                reading.expect('(')?;
                let inner = reading.name("a property")?;
                let of = self.column(reading, &inner)?;
                reading.expect(')')?;
                if !matches!(of.column.ty, Type::Day | Type::Instant) {
                    return Err(reading.bad(&format!("`{inner}` holds no day")));
                }
                return Self::compared(reading, &Compared { is_year: true, ..of });
            }
            _ => return Err(unsupported(reading.option, &format!("`{name}()` and functions like it"))),
        };
        reading.expect('(')?;
        let inner = reading.name("a property")?;
        if reading.peek() == Some(&Word::Sign('(')) {
            return Err(unsupported(reading.option, &format!("`{inner}()` and functions like it")));
        }
        let of = self.column(reading, &inner)?;
        if of.column.ty != Type::Text {
            return Err(reading.bad(&format!("`{inner}` holds no text")));
        }
        reading.expect(',')?;
        let Some(Word::Text(text)) = reading.next() else {
            return Err(reading.bad(&format!("`{name}` takes a property and a text in quotes")));
        };
        reading.expect(')')?;
        let has = Test::Has(of.at, place, text);
        // Some programs write `contains(...) eq true`.
        let is_so = match reading.peek() {
            Some(Word::Name(next)) if by(next).is_some() => {
                let how = reading.next();
                match (how, reading.next()) {
                    (Some(Word::Name(how)), Some(Word::Name(truth)))
                        if matches!(how.as_str(), "eq" | "ne")
                            && matches!(truth.as_str(), "true" | "false") =>
                    {
                        (how == "eq") == (truth == "true")
                    }
                    _ => return Err(reading.bad(&format!("`{name}` is compared with true or false"))),
                }
            }
            _ => true,
        };
        Ok(if is_so { has } else { Test::Not(Box::new(has)) })
    }

    fn compared(reading: &mut Reading, of: &Compared<'a>) -> Result<Test, Refusal> {
        if reading.takes_word("in") {
            return Self::among(reading, of);
        }
        let follows = match reading.peek() {
            Some(Word::Name(name)) => Some(name.clone()),
            _ => None,
        };
        let Some(how) = follows.as_deref().and_then(by) else {
            return match follows.as_deref() {
                Some("has" | "add" | "sub" | "mul" | "div" | "divby" | "mod") => {
                    Err(unsupported(reading.option, "arithmetic and `has`"))
                }
                _ if of.column.ty == Type::Truth => {
                    Ok(Test::Compare(of.at, Comparison::Eq, Cell::Truth(true)))
                }
                _ => Err(reading.bad(&format!("what `{}` is compared by is missing", of.column.name))),
            };
        };
        reading.next();
        let Some(value) = reading.next() else { return Err(reading.bad("a value is missing")) };
        test(reading, of, how, &value)
    }

    fn among(reading: &mut Reading, of: &Compared<'a>) -> Result<Test, Refusal> {
        reading.expect('(')?;
        let mut values = Vec::new();
        loop {
            let Some(word) = reading.next() else { return Err(reading.bad("a value is missing")) };
            values.push(value(reading, of, &word)?);
            if !reading.takes(',') {
                break;
            }
        }
        reading.expect(')')?;
        if of.is_year {
            return Err(unsupported(reading.option, "lists of years"));
        }
        Ok(Test::In(of.at, values))
    }

    fn column(&self, reading: &mut Reading, name: &str) -> Result<Compared<'a>, Refusal> {
        if reading.peek() == Some(&Word::Sign('/')) {
            return Err(unsupported(reading.option, &format!("paths such as `{name}/...`")));
        }
        let (at, column) = property(self.table, reading.option, name)?;
        if !column.is_filter {
            return Err(unsupported(reading.option, &format!("conditions on `{name}`")));
        }
        Ok(Compared { at, column, is_year: false })
    }
}

/// The property with a name.
pub(super) fn property<'a>(
    table: &'a Table,
    option: &str,
    name: &str,
) -> Result<(usize, &'a Column), Refusal> {
    place(table, name)
        .map_err(|why| Refusal::new(option, Code::UnknownParameter, format!("`{option}`: {why}")))
}

fn single(mut all: Vec<Test>, join: fn(Vec<Test>) -> Test) -> Test {
    match (all.len(), all.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            all.extend(last);
            join(all)
        }
    }
}

fn by(name: &str) -> Option<Comparison> {
    Some(match name {
        "eq" => Comparison::Eq,
        "ne" => Comparison::Ne,
        "lt" => Comparison::Lt,
        "le" => Comparison::Le,
        "gt" => Comparison::Gt,
        "ge" => Comparison::Ge,
        _ => return None,
    })
}

fn test(reading: &Reading, of: &Compared<'_>, how: Comparison, word: &Word) -> Result<Test, Refusal> {
    if of.is_year {
        let year = match word {
            Word::Value(text) => text.parse::<i32>().ok().filter(|year| (1..=9998).contains(year)),
            _ => None,
        };
        let year = year.ok_or_else(|| reading.bad(&format!("{} is no year", word.shown())))?;
        return Ok(in_year(of, how, year));
    }
    Ok(Test::Compare(of.at, how, value(reading, of, word)?))
}

/// A comparison of a year, as one of days or instants.
fn in_year(of: &Compared<'_>, how: Comparison, year: i32) -> Test {
    let first = |year: i32| {
        let day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        match of.column.ty {
            Type::Instant => Cell::At(day.and_time(chrono::NaiveTime::MIN).and_utc()),
            _ => Cell::Day(day),
        }
    };
    let (this, next) = (first(year), first(year + 1));
    let since = |cell| Test::Compare(of.at, Comparison::Ge, cell);
    let before = |cell| Test::Compare(of.at, Comparison::Lt, cell);
    match how {
        Comparison::Eq => Test::All(vec![since(this), before(next)]),
        Comparison::Ne => Test::Not(Box::new(Test::All(vec![since(this), before(next)]))),
        Comparison::Lt => before(this),
        Comparison::Le => before(next),
        Comparison::Gt => since(next),
        Comparison::Ge => since(this),
    }
}

/// A literal as a cell of the column that it is compared with.
fn value(reading: &Reading, of: &Compared<'_>, word: &Word) -> Result<Cell<'static>, Refusal> {
    let ty = of.column.ty;
    let read = match word {
        Word::Name(name) if name == "null" => Some(Cell::Empty),
        Word::Name(name) if ty == Type::Truth => cell(ty, name),
        Word::Text(text) if ty == Type::Text => cell(ty, text),
        Word::Value(text) => match ty {
            Type::Text | Type::Truth => None,
            // Days are compared with instants by many programs.
            Type::Day => cell(ty, text.split('T').next().unwrap_or_default()),
            Type::Instant => cell(ty, text).or_else(|| cell(ty, &format!("{text}T00:00:00Z"))),
            Type::Number => {
                cell(ty, text).or_else(|| cell(Type::Decimal, text).filter(|_| text.parse::<f64>().is_ok()))
            }
            _ => cell(ty, text),
        },
        _ => None,
    };
    read.ok_or_else(|| {
        let form = match ty {
            Type::Id => "an id",
            Type::Text => "a text in quotes",
            Type::Number | Type::Decimal => "a number",
            Type::Truth => "true or false",
            Type::Day => "a day such as 2026-11-28",
            Type::Instant => "an instant such as 2026-11-28T10:00:00Z",
        };
        reading.bad(&format!("{} is not {form}, which `{}` holds", word.shown(), of.column.name))
    })
}
