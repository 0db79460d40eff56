//! What is asked of a snapshot, read and checked.

use std::{collections::BTreeSet, sync::Arc};

use kernel::{
    Code, Error, KindDef, Result, Violation,
    input::{cut, did_you_mean, nearest},
    spelling,
    view::Locale,
};
use serde_json::Value as Json;

use super::NewSnapshot;
use crate::domain::exchange::{
    changes::kinds_named,
    columns::{Labels, Texts},
};

/// Names of kinds at most: more than there are kinds.
const MAX_NAMES: usize = 200;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Lines of JSON.
    Lines,
    /// A table of CSV.
    Table,
}

impl Form {
    const ALL: [(&'static str, Self); 2] = [("ndjson", Self::Lines), ("csv", Self::Table)];
}

/// What a snapshot shall hold, and how it is written.
pub(super) struct Asked {
    pub(super) kinds: Vec<&'static KindDef>,
    pub(super) form: Form,
    pub(super) is_packed: bool,
    pub(super) labels: Labels,
    pub(super) texts: Texts,
    /// Languages of names and labels, and of texts where they are shown in one.
    pub(super) names: Arc<Locale>,
}

impl Asked {
    /// Reads what is asked, but for a bundle.
    ///
    /// # Errors
    /// `Invalid`, naming everything that is wrong.
    pub(super) fn read(new: &NewSnapshot) -> Result<Self> {
        let mut faults = Vec::new();
        let kinds = kinds(new.kinds.as_deref(), &mut faults);
        let form = one_of(&Form::ALL, "format", new.format.as_deref(), &mut faults).unwrap_or(Form::Lines);
        let labels = one_of(&Labels::ALL, "labels", new.labels.as_deref(), &mut faults).unwrap_or_default();
        if form == Form::Lines && labels != Labels::Codes {
            let text = "`labels` are of tables: lines of JSON hold code and name of each reference";
            faults.push(Violation::new("/labels", Code::RuleBroken, text));
        }
        let names = names(new.lang.as_deref(), &mut faults);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let texts = if new.lang.is_some() { Texts::Shown } else { Texts::Translated(BTreeSet::new()) };
        Ok(Self {
            kinds,
            form,
            labels,
            texts,
            is_packed: new.gzip.unwrap_or(true),
            names: Arc::new(Locale { chain: names, all: false }),
        })
    }

    /// The same, with everything said: what later versions add is not in it.
    pub(super) fn settled(&self, new: &NewSnapshot) -> NewSnapshot {
        let form = Form::ALL.iter().find(|(_, one)| *one == self.form);
        let labels = Labels::ALL.iter().find(|(_, one)| *one == self.labels);
        NewSnapshot {
            kinds: Some(self.kinds.iter().map(|def| def.name.to_owned()).collect()),
            format: form.map(|(name, _)| (*name).to_owned()),
            gzip: Some(self.is_packed),
            labels: labels.map(|(name, _)| (*name).to_owned()),
            lang: new.lang.clone(),
            bundle: None,
        }
    }

    /// The name of the file of a kind.
    pub(super) fn file(&self, def: &KindDef) -> String {
        let form = if self.form == Form::Lines { "ndjson" } else { "csv" };
        format!("{}.{form}{}", def.collection, if self.is_packed { ".gz" } else { "" })
    }
}

/// The kinds with these names, each once, in the order in which they are declared.
fn kinds(names: Option<&[String]>, faults: &mut Vec<Violation>) -> Vec<&'static KindDef> {
    if names.is_some_and(|names| names.len() > MAX_NAMES) {
        let text = format!("{MAX_NAMES} names at most; none at all means all kinds");
        faults.push(Violation::new("/kinds", Code::TooLong, text));
        return Vec::new();
    }
    let found = kinds_named(names.unwrap_or_default()).unwrap_or_else(|error| {
        let all = error.violations().iter();
        faults.extend(all.map(|fault| Violation { pointer: "/kinds".into(), ..fault.clone() }));
        Vec::new()
    });
    let wanted: BTreeSet<&str> = found.iter().map(|def| def.name).collect();
    crate::domain::KINDS.served().filter(|def| wanted.contains(def.name)).collect()
}

fn one_of<T: Copy>(
    all: &[(&str, T)],
    name: &str,
    given: Option<&str>,
    faults: &mut Vec<Violation>,
) -> Option<T> {
    let given = given?;
    let found = all.iter().find(|(known, _)| *known == given).map(|(_, value)| *value);
    if found.is_none() {
        let known: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
        let hint = did_you_mean(nearest(given, known.iter().copied()));
        let text = format!("{} is not one of {}{hint}", cut(&Json::from(given)), known.join(", "));
        faults.push(Violation::new(format!("/{name}"), Code::NotInList, text));
    }
    found
}

/// Languages, best first, each with what it is looked for as.
fn names(lang: Option<&str>, faults: &mut Vec<Violation>) -> Vec<String> {
    let mut all = Vec::new();
    for given in lang.into_iter().flat_map(|lang| lang.split(',')).map(str::trim) {
        if let Some(tag) = spelling::tag(given) {
            all.extend(spelling::lookup(&tag));
        } else {
            let text =
                format!("{} is no language tag (BCP 47), such as `ru` or `fr`", cut(&Json::from(given)));
            faults.push(Violation::new("/lang", Code::BadFormat, text));
        }
    }
    all
}
