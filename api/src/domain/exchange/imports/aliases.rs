//! What columns are called by people, in four languages.

use std::{collections::HashMap, sync::LazyLock};

use kernel::KindDef;

use super::{columns, mapping::same};
use crate::domain::plans::document::words::Speech;

/// A field, and what it is called in each language, names parted by `|`.
const NAMES: &str = include_str!("../../../../data/column_names.csv");

static FIELDS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut all = HashMap::<String, Vec<String>>::new();
    let lines = csv::Reader::from_reader(NAMES.as_bytes()).into_records().filter_map(Result::ok);
    for line in lines {
        let Some(field) = line.get(0) else { continue };
        for name in
            line.iter().skip(1).flat_map(|cell| cell.split('|')).filter(|name| !name.trim().is_empty())
        {
            let fields = all.entry(same(name)).or_default();
            if !fields.iter().any(|known| known == field) {
                fields.push(field.to_owned());
            }
        }
    }
    all
});

/// The first name of each field, in each language.
static CALLED: LazyLock<HashMap<String, [String; 4]>> = LazyLock::new(|| {
    let lines = csv::Reader::from_reader(NAMES.as_bytes()).into_deserialize().filter_map(Result::ok);
    let first = |cell: String| cell.split('|').next().unwrap_or_default().trim().to_owned();
    lines
        .map(|(field, en, ru, ky, fr): (String, String, String, String, String)| {
            (field, [en, ru, ky, fr].map(first))
        })
        .collect()
});

/// What people call a field in the language of a speech; nothing where it is not known.
pub(super) fn called(field: &str, speech: &Speech) -> &'static str {
    CALLED.get(field).map_or("", |all| speech.pick(all))
}

/// The field of a kind that people call so; none where they call several so.
pub(super) fn field(def: &KindDef, name: &str) -> Option<&'static str> {
    let mut found = fields(def, name);
    found.next().filter(|_| found.next().is_none())
}

/// The fields of a kind that people call so, the likeliest first.
pub(super) fn fields<'a>(def: &'a KindDef, name: &str) -> impl Iterator<Item = &'static str> + 'a {
    let name = same(name);
    let plain = name.trim_end_matches(['.', ':', '*']).trim();
    let found = FIELDS.get(&name).or_else(|| FIELDS.get(plain));
    found.into_iter().flatten().map(String::as_str).filter(|field| columns::fault(def, field).is_none())
}

/// The fields that a name written by a program may mean, the likeliest first: `name_ru` the name, where no other column is it, else
/// the Russian name; `parent_code` the parent, `successor_codes` the successors.
pub(super) fn spelled<'a>(def: &'a KindDef, name: &str) -> impl Iterator<Item = String> + 'a {
    let name = name.trim().to_lowercase();
    let all = match name.rsplit_once('_') {
        Some((field, "code" | "id" | "key")) => vec![field.to_owned()],
        Some((field, "codes" | "ids" | "keys")) => vec![field.to_owned(), format!("{field}s")],
        Some((field, tag)) if matches!(tag.len(), 2 | 3) => {
            let of_language = format!("{field}@{tag}");
            if columns::is_written(def, &of_language) {
                vec![field.to_owned(), of_language]
            } else {
                Vec::new()
            }
        }
        _ => Vec::new(),
    };
    all.into_iter().filter(|field| columns::is_written(def, field))
}

#[cfg(test)]
mod tests {
    use entity::{Action, Agency, Task};

    use super::*;
    use crate::domain::Registered;

    #[test]
    fn columns_are_known_in_four_languages() {
        for (name, expected) in [
            ("Наименование", Some("title")),
            ("ОТВЕТСТВЕННЫЙ\n исполнитель:", Some("lead_agency")),
            ("Échéance", Some("due_on")),
            ("мөөнөтү", Some("due_on")),
            ("Cost", None),
            ("Nonsense", None),
        ] {
            assert_eq!(field(Task::def(), name), expected, "{name}");
        }
        assert_eq!(field(Action::def(), "Стоимость"), Some("cost.amount"));
    }

    #[test]
    fn names_that_programs_write_are_understood() {
        let all = |name: &str| spelled(Agency::def(), name).collect::<Vec<_>>();

        assert_eq!(all("name_en"), ["name", "name@en"]);
        assert_eq!(all("parent_code"), ["parent"]);
        assert_eq!(all("successor_codes"), ["successors"]);
        assert!(all("working_group").is_empty() && all("valid_x").is_empty() && all("parent_no").is_empty());
    }

    #[test]
    fn every_field_is_one_of_a_kind() {
        for field in FIELDS.values().flatten() {
            let is_known = crate::domain::KINDS.served().any(|def| columns::fault(def, field).is_none());
            assert!(is_known, "no kind has a column `{field}`");
        }
    }
}
