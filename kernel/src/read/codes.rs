//! Codes of reference data as callers write them: in any case, by another name, misspelt.
//!
//! Only of kinds that everybody may read: of others nothing is suggested, for what is hidden is absent. The names are
//! remembered by the process. What is remembered is believed for codes that are written as they are, which are never
//! renamed; anything else is looked up again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::Shape;
use sea_orm::{
    QueryResult,
    sea_query::{Alias, Query},
};
use serde_json::Value as Json;

use crate::{
    db::Conn,
    error::Result,
    input::nearest,
    policy::Class,
    record::{KindDef, Registry},
    view::View,
};

/// Owners that are none of the records.
const OTHER_OWNERS: [&str; 2] = ["reference", "installation"];

/// What a caller means by a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// The record with this code.
    Code(String),
    /// None; the nearest code, where one is near.
    Nothing(Option<String>),
}

impl Meant {
    /// The same within a prefix, as the codes of owners have one.
    fn within(self, prefix: &str) -> Self {
        let with = |code: String| format!("{prefix}{code}");
        match self {
            Self::Code(code) => Self::Code(with(code)),
            Self::Nothing(near) => Self::Nothing(near.map(with)),
        }
    }
}

/// Whether everybody may know the codes of a kind.
pub(crate) fn is_public(def: &KindDef) -> bool {
    def.class == Class::Reference && def.code.is_some()
}

/// How one record is named.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    code: String,
    /// Other names, which mean the record.
    others: Vec<String>,
    /// What it is called, which only suggests it.
    label: Option<String>,
}

/// How the records of a kind are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names(Vec<Name>);

impl Names {
    /// Reads how the records of a kind are named.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn read(conn: Conn<'_>, def: &KindDef) -> Result<Self> {
        let Some(code) = def.code else { return Ok(Self::default()) };
        let others: Vec<_> = def.declared.fields.iter().filter(|field| field.is_alias).collect();
        let label = def.declared.fields.iter().find(|field| field.is_text);
        let columns = others.iter().chain(&label).map(|field| field.column);
        let select = Query::select()
            .columns([code].into_iter().chain(columns).map(Alias::new))
            .from(Alias::new(def.table))
            .take();
        let name = |row: QueryResult| -> Result<Name> {
            let mut names = Vec::new();
            for (at, field) in (1..).zip(&others) {
                match field.shape {
                    Shape::Texts => {
                        let all: Option<Json> = row.try_get_by_index(at)?;
                        let all: Vec<String> =
                            serde_json::from_value(all.unwrap_or_default()).unwrap_or_default();
                        names.extend(all);
                    }
                    _ => names.extend(row.try_get_by_index::<Option<String>>(at)?),
                }
            }
            let label = match label {
                Some(_) => row.try_get_by_index(others.len().saturating_add(1))?,
                None => None,
            };
            Ok(Name { code: row.try_get_by_index(0)?, others: names, label })
        };
        let mut found = conn.all(&select).await?.into_iter().map(name).collect::<Result<Vec<_>>>()?;
        found.sort_unstable_by(|a, b| a.code.cmp(&b.code));
        Ok(Self(found))
    }

    fn has(&self, code: &str) -> bool {
        self.0.iter().any(|name| name.code == code)
    }

    /// What a caller means by a text.
    pub(crate) fn meant(&self, text: &str) -> Meant {
        let by_code = || self.0.iter().find(|name| name.code.eq_ignore_ascii_case(text));
        if let Some(name) = self.0.iter().find(|name| name.code == text).or_else(by_code) {
            return Meant::Code(name.code.clone());
        }
        let wanted = letters(text);
        let is_called = |name: &&Name| {
            letters(&name.code) == wanted || name.others.iter().any(|other| letters(other) == wanted)
        };
        let mut called = self.0.iter().filter(is_called);
        match (called.next(), called.next()) {
            (Some(name), None) if !wanted.is_empty() => Meant::Code(name.code.clone()),
            _ => Meant::Nothing(self.nearest(text)),
        }
    }

    fn nearest(&self, text: &str) -> Option<String> {
        let spelled = |text: &str| text.to_uppercase();
        let mut codes = HashMap::new();
        for name in &self.0 {
            for one in name.others.iter().chain(&name.label) {
                codes.entry(spelled(one)).or_insert(&name.code);
            }
        }
        codes.extend(self.0.iter().map(|name| (spelled(&name.code), &name.code)));
        let near = nearest(&spelled(text), codes.keys().map(String::as_str))?;
        codes.get(near).map(|code| (*code).clone())
    }
}

/// The letters and digits of a text in capitals: names differ by signs and blanks between them.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The names a process remembers, by kind; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes(Arc<Mutex<HashMap<&'static str, Arc<Names>>>>);

impl Codes {
    fn remembered(&self, kind: &str) -> Option<Arc<Names>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(kind).cloned()
    }

    fn keep(&self, kind: &'static str, names: Names) -> Arc<Names> {
        let names = Arc::new(names);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(kind, names.clone());
        names
    }
}

/// A search for what a caller means by codes; the names of a kind are read once at most.
pub(crate) struct Search<'a> {
    view: &'a View,
    conn: Conn<'a>,
    /// Whether what is read may be remembered: what a unit reads may be taken back.
    is_kept: bool,
    read: HashMap<&'static str, Arc<Names>>,
}

impl<'a> Search<'a> {
    /// A search on behalf of a read.
    pub(crate) fn of_read(view: &'a View) -> Self {
        Self { view, conn: view.db.reading(), is_kept: true, read: HashMap::new() }
    }

    /// A search within a unit, on its own connection.
    pub(crate) fn within(view: &'a View, conn: Conn<'a>) -> Self {
        Self { view, conn, is_kept: false, read: HashMap::new() }
    }

    /// What a caller means by a code of a kind that everybody may read.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn meant(&mut self, def: &'static KindDef, text: &str) -> Result<Meant> {
        let codes = self.view.standings.codes();
        if codes.remembered(def.name).is_some_and(|names| names.has(text)) {
            return Ok(Meant::Code(text.to_owned()));
        }
        if let Some(names) = self.read.get(def.name) {
            return Ok(names.meant(text));
        }
        let names = Names::read(self.conn, def).await?;
        let names = if self.is_kept { codes.keep(def.name, names) } else { Arc::new(names) };
        Ok(self.read.entry(def.name).or_insert(names).meant(text))
    }

    /// What a caller means by the code of an owner.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn owner_meant(&mut self, text: &str) -> Result<Meant> {
        if let Some(other) = OTHER_OWNERS.iter().find(|other| other.eq_ignore_ascii_case(text)) {
            return Ok(Meant::Code((*other).to_owned()));
        }
        let Some((def, prefix, code)) = owning(self.view.kinds, text) else {
            return Ok(Meant::Nothing(None));
        };
        Ok(self.meant(def, code).await?.within(prefix))
    }
}

/// The kind whose records own under codes like this one, the prefix, and the record's own code.
fn owning<'a>(kinds: &'static Registry, text: &'a str) -> Option<(&'static KindDef, &'static str, &'a str)> {
    let of = |def: &'static KindDef| {
        let prefix = def.declared.owns?;
        let (head, code) = text.split_at_checked(prefix.len())?;
        let fits = if prefix.is_empty() { !text.contains(':') } else { head.eq_ignore_ascii_case(prefix) };
        Some((def, prefix, code)).filter(|_| fits && is_public(def))
    };
    kinds.served().find_map(of)
}

#[cfg(test)]
mod tests {
    use super::{Meant, Name, Names};

    fn names() -> Names {
        let name = |code: &str, others: &[&str], label: &str| Name {
            code: code.into(),
            others: others.iter().map(|&other| other.to_owned()).collect(),
            label: Some(label.into()),
        };
        Names(vec![
            name("BTWC", &["BWC"], "Biological Weapons Convention"),
            name("UNSCR1540", &["UNSCR 1540", "S/RES/1540 (2004)"], "Resolution 1540"),
            name("CWC-II.I", &[], "One"),
            name("CWC-III", &[], "Other"),
        ])
    }

    #[test]
    fn a_record_is_named_by_its_code_in_any_case_and_by_its_other_names() {
        for (given, code) in [
            ("BTWC", "BTWC"),
            ("btwc", "BTWC"),
            ("bwc", "BTWC"),
            ("unscr-1540", "UNSCR1540"),
            ("s/res/1540 (2004)", "UNSCR1540"),
            ("cwc-iii", "CWC-III"),
        ] {
            assert_eq!(names().meant(given), Meant::Code(code.into()), "{given}");
        }
    }

    #[test]
    fn what_names_nothing_or_several_is_answered_with_the_nearest_code() {
        let near = |given| match names().meant(given) {
            Meant::Nothing(near) => near,
            Meant::Code(code) => panic!("{given} means {code}"),
        };

        assert_eq!(near("BTWX").as_deref(), Some("BTWC"));
        assert_eq!(near("biological weapon convention").as_deref(), Some("BTWC"));
        assert_eq!(near("CWC_III").as_deref(), Some("CWC-III"));
        assert_eq!(near("something else altogether"), None);
        assert_eq!(near(""), None);
    }
}
