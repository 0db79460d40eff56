//! The columns that a kind has, codes and labels alike.

use std::collections::{BTreeSet, HashMap};

use kernel::{KindDef, record::part::Form};
use model::VocabularyDef;

use super::{Column, Holds, Member, Texts, coded};
use crate::domain::{plans::document::words::Speech, vocabularies::list_name};

/// Every column of a kind, in the order of the parts of answers.
pub(super) fn all<'a>(
    def: &'static KindDef,
    texts: &'a Texts,
    speech: &'a Speech,
) -> impl Iterator<Item = Column> + 'a {
    (0..def.parts.len()).flat_map(move |part| of_part(def, part, texts, speech))
}

fn of_part(def: &'static KindDef, at: usize, texts: &Texts, speech: &Speech) -> Vec<Column> {
    let Some(part) = def.parts.get(at) else { return Vec::new() };
    let column = |name: String, holds| Column { name, part: at, holds };
    let own = |holds| column(part.name.to_owned(), holds);
    let member = |of: Member| column(format!("{}.{}", part.name, of.name()), Holds::Member(of));
    match part.form {
        Form::Can | Form::Translations | Form::Languages => Vec::new(),
        Form::SharedWith => [Member::Agencies, Member::Groups].map(member).into(),
        Form::Money(..) => [Member::Amount, Member::Currency].map(member).into(),
        Form::AnyRef(..) => [Member::Kind, Member::Id].map(member).into(),
        Form::Ref(_) | Form::Refs(_) => {
            let id =
                matches!(part.form, Form::Ref(_)).then(|| column(format!("{}.id", part.name), Holds::Id));
            let named = [own(Holds::Code), column(format!("{}.name", part.name), Holds::Name)];
            named.into_iter().chain(id).collect()
        }
        Form::Text(_) => {
            let languages = if let Texts::Translated(tags) = texts { tags } else { &BTreeSet::new() };
            let others = languages.iter().filter_map(|tag| translated(def, at, tag));
            [own(Holds::Whole)].into_iter().chain(others).collect()
        }
        _ => {
            let whole = own(Holds::Whole);
            let label = coded(def, &whole)
                .map(|list| column(format!("{}.label", part.name), Holds::Label(labels(list, speech))));
            let shown = (part.name == "language" && def.has_texts() && *texts == Texts::Shown)
                .then(|| column("shown_in".to_owned(), Holds::ShownIn));
            [whole].into_iter().chain(label).chain(shown).collect()
        }
    }
}

/// The column of a text in another language than its own.
pub(super) fn translated(def: &'static KindDef, at: usize, tag: &str) -> Option<Column> {
    let part = def.parts.get(at)?;
    let Form::Text(place) = part.form else { return None };
    let holds = Holds::Translation(def.columns.get(place)?.name, tag.to_owned());
    Some(Column { name: format!("{}@{tag}", part.name), part: at, holds })
}

/// The labels of a closed list.
fn labels(list: &'static VocabularyDef, speech: &Speech) -> HashMap<&'static str, String> {
    let name = list_name(list);
    list.terms.iter().map(|term| (term.code, speech.label(&name, term.code).label)).collect()
}
