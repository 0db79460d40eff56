//! Closed lists with their labels, compiled in.

use std::sync::LazyLock;

use async_graphql::SimpleObject;
use entity::vocab::{FUNCTIONS_CSV, VOCABULARIES_CSV};
use model::VocabularyDef;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One code of a closed list, with its labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct Term {
    /// Name of the list.
    pub vocabulary: String,
    /// The code.
    pub code: String,
    /// English label.
    pub label_en: String,
    /// Russian label; null where nobody was sure.
    pub label_ru: Option<String>,
    /// Kyrgyz label; null where nobody was sure.
    pub label_ky: Option<String>,
    /// French label; null where nobody was sure.
    pub label_fr: Option<String>,
}

#[derive(Deserialize)]
struct Function {
    code: String,
    name_en: String,
    name_ru: Option<String>,
}

/// The name that [`Term::vocabulary`] has for a closed list.
#[must_use]
pub fn list_name(list: &VocabularyDef) -> String {
    let mut name = String::new();
    for letter in list.name.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// Every code of every closed list.
#[must_use]
pub fn terms() -> &'static [Term] {
    static TERMS: LazyLock<Vec<Term>> = LazyLock::new(|| {
        let listed =
            csv::Reader::from_reader(VOCABULARIES_CSV.as_bytes()).into_deserialize().filter_map(Result::ok);
        let functions =
            csv::Reader::from_reader(FUNCTIONS_CSV.as_bytes()).into_deserialize().filter_map(Result::ok);
        let functions = functions.map(|function: Function| Term {
            vocabulary: "function".into(),
            code: function.code,
            label_en: function.name_en,
            label_ru: function.name_ru,
            label_ky: None,
            label_fr: None,
        });
        listed.chain(functions).collect()
    });
    &TERMS
}
