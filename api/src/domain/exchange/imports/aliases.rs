//! What columns are called by people, in four languages.

use std::{collections::HashMap, sync::LazyLock};

use kernel::{KindDef, input::nearest, spelling};

use super::{columns, mapping::same};
use crate::domain::plans::document::words::Speech;

/// A field, and what it is called in each language, names parted by `|`.
const NAMES: &str = include_str!("../../../../data/column_names.csv");

/// What fields are called.
#[derive(Default)]
struct Aliases {
    /// Fields by what they are called.
    by_name: HashMap<String, Vec<String>>,
    /// The words of each name, with its field.
    by_words: Vec<(Vec<String>, String)>,
    /// The first name of each field, in each language.
    first: HashMap<String, [String; 4]>,
}

static ALIASES: LazyLock<Aliases> = LazyLock::new(|| {
    let mut all = Aliases::default();
    let lines = csv::Reader::from_reader(NAMES.as_bytes()).into_deserialize().filter_map(Result::ok);
    for (field, en, ru, ky, fr) in lines {
        let (field, cells): (String, [String; 4]) = (field, [en, ru, ky, fr]);
        for name in cells.iter().flat_map(|cell| cell.split('|')).filter(|name| !name.trim().is_empty()) {
            let fields = all.by_name.entry(plain(name)).or_default();
            if !fields.contains(&field) {
                fields.push(field.clone());
            }
            all.by_words.push((words(name), field.clone()));
        }
        let first = |cell: String| cell.split('|').next().unwrap_or_default().trim().to_owned();
        all.first.insert(field, cells.map(first));
    }
    all
});

/// What people call a field in the language of a speech; nothing where it is not known.
pub(super) fn called(field: &str, speech: &Speech) -> &'static str {
    ALIASES.first.get(field).map_or("", |all| speech.pick(all))
}

/// A name by which it is compared: case, blanks, `_`, `№` and signs at the end make no difference.
fn plain(name: &str) -> String {
    let bare = same(&name.replace(['_', '№'], " "));
    let bare = bare.trim_end_matches(['.', ':', '*', ',', ' ']);
    if bare.is_empty() { same(name) } else { bare.to_owned() }
}

/// The words of a name.
fn words(name: &str) -> Vec<String> {
    let name = plain(name);
    let words = name.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// The field of a kind that a name means: the one that is itself called so, however that is written (`Due on`, `LEAD_AGENCY`), else
/// the one that people call so; none where they call several so.
pub(super) fn field(def: &KindDef, name: &str) -> Option<String> {
    let alias = || {
        let mut found = fields(def, name);
        found.next().filter(|_| found.next().is_none()).map(str::to_owned)
    };
    canonical(def, name).or_else(alias)
}

/// The field whose own name this is, in whatever case, with blanks or hyphens for `_`. A small object has parts, and is meant as a
/// whole by its exact name only.
fn canonical(def: &KindDef, name: &str) -> Option<String> {
    let (own, tag) = name.split_once('@').map_or((name, None), |(own, tag)| (own, Some(tag)));
    let own = own.to_lowercase();
    let own = own.trim().trim_end_matches(['.', ':', '*']);
    let words = own.split(|sign: char| sign.is_whitespace() || matches!(sign, '_' | '-'));
    let own = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
    let is_known = |field: &str| columns::is_written(def, field) || columns::is_told(def, field);
    if let Some(tag) = tag {
        let field = format!("{own}@{}", spelling::tag(tag.trim())?);
        return is_known(&field).then_some(field);
    }
    let part = || {
        let (member, part) = own.split_once('_')?;
        Some(format!("{member}.{part}")).filter(|part| columns::is_written(def, part))
    };
    Some(own.clone()).filter(|own| is_known(own) && !columns::has_parts(def, own)).or_else(part)
}

/// The fields of a kind that people call so, the likeliest first.
pub(super) fn fields<'a>(def: &'a KindDef, name: &str) -> impl Iterator<Item = &'static str> + 'a {
    let found = ALIASES.by_name.get(&plain(name));
    found.into_iter().flatten().map(String::as_str).filter(|field| columns::is_written(def, field))
}

/// The field of a kind one of whose names stands within another, word by word: `Наименование мероприятия` is called
/// `наименование`. The longest name counts.
pub(super) fn within(def: &KindDef, name: &str) -> Option<&'static str> {
    let held = words(name);
    let is_within = |words: &[String]| {
        let is_here = |some: &[String]| some.iter().zip(words).all(|(held, word)| is_same_word(held, word));
        letters(words) >= 4 && held.windows(words.len().max(1)).any(is_here)
    };
    let all =
        ALIASES.by_words.iter().filter(|(words, field)| is_within(words) && columns::is_written(def, field));
    // Of names of one length the first counts.
    all.rev().max_by_key(|(words, _)| letters(words)).map(|(_, field)| field.as_str())
}

/// The field whose own name is meant, and miswritten by two letters at most.
pub(super) fn near(def: &KindDef, name: &str) -> Option<String> {
    let own = plain(name).replace([' ', '-'], "_");
    let known = columns::all(def);
    let near = nearest(&own, known.iter().map(|column| column.field.as_str()))?;
    (own.len() >= 5 && is_slip(&own, near)).then(|| near.to_owned())
}

/// Whether two names have the same letters, but for two.
fn is_slip(one: &str, other: &str) -> bool {
    let mut rest: Vec<char> = other.chars().collect();
    let mut more = 0;
    for letter in one.chars() {
        match rest.iter().position(|known| *known == letter) {
            Some(at) => {
                rest.swap_remove(at);
            }
            None => more += 1,
        }
    }
    more + rest.len() <= 2
}

/// Whether a name is that of a running number.
pub(super) fn is_number(name: &str) -> bool {
    ["п/п", "№", "#", "no", "nr", "n°"].contains(&plain(name).as_str())
}

fn letters(words: &[String]) -> usize {
    words.iter().map(|word| word.chars().count()).sum()
}

/// Whether two words are one, but for how they end: `срок` and `сроки`.
fn is_same_word(one: &str, other: &str) -> bool {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let rest = |word: &str| word.chars().count() - same;
    (rest(one) == 0 && rest(other) == 0) || (same >= 4 && rest(one) <= 2 && rest(other) <= 2)
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
    use entity::{Action, Agency, BudgetLine, Comment, Task};

    use super::*;
    use crate::domain::Registered;

    #[test]
    fn columns_are_known_in_four_languages() {
        for (name, expected) in [
            ("Наименование", Some("title")),
            ("ОТВЕТСТВЕННЫЙ\n исполнитель:", Some("lead_agency")),
            ("Échéance", Some("due_on")),
            ("мөөнөтү", Some("due_on")),
            ("Зависит от", Some("depends_on")),
            ("Көз каранды", Some("depends_on")),
            ("Cost", None),
            ("Nonsense", None),
        ] {
            assert_eq!(field(Task::def(), name).as_deref(), expected, "{name}");
        }
        assert_eq!(field(Action::def(), "Стоимость").as_deref(), Some("cost.amount"));
        assert_eq!(field(BudgetLine::def(), "Запланировано").as_deref(), Some("planned.amount"));
        assert_eq!(field(Comment::def(), "Body").as_deref(), Some("text"));
    }

    #[test]
    fn names_of_fields_are_known_however_they_are_written() {
        for (name, expected) in [
            ("Due on", Some("due_on")),
            ("Due date", Some("due_on")),
            ("LEAD_AGENCY", Some("lead_agency")),
            ("Lead  agency:", Some("lead_agency")),
            ("Title@RU", Some("title@ru")),
            ("Status.Label", Some("status.label")),
            ("Origin id", Some("origin.id")),
            ("№ Срок.", Some("due_on")),
            ("№ п/п", None),
            ("Action", Some("action")),
        ] {
            assert_eq!(field(Task::def(), name).as_deref(), expected, "{name}");
        }
        assert_eq!(field(Action::def(), "COST").as_deref(), Some("cost.amount"));
    }

    #[test]
    fn names_are_found_within_others() {
        for (name, expected) in [
            ("Наименование мероприятия (задачи)", Some("title")),
            ("Прогресс, %", Some("progress_percent")),
            ("Сроки исполнения", Some("due_on")),
            ("Ответственные исполнители от ведомств", Some("lead_agency")),
            ("№ п/п", None),
            ("Прочее", None),
        ] {
            assert_eq!(within(Task::def(), name), expected, "{name}");
        }
        assert_eq!(near(Task::def(), "Titel").as_deref(), Some("title"));
        assert_eq!([near(Task::def(), "Stage"), near(Agency::def(), "Cost")], [None, None]);
        assert!(is_number("№ п/п") && is_number("№") && !is_number("№ договора"));
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
        for field in ALIASES.by_name.values().flatten() {
            let is_known = crate::domain::KINDS.served().any(|def| columns::fault(def, field).is_none());
            assert!(is_known, "no kind has a column `{field}`");
        }
    }
}
