//! Alphabetical order: sort keys of the Unicode Collation Algorithm, tailored to a language.

use std::sync::LazyLock;

use icu_collator::{CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::Locale;
use model::declaration::ORDERS;

/// Characters of a text that count for its order; the rest is ignored.
const LONGEST: usize = 120;

/// The collators of [`ORDERS`], by column.
static COLLATORS: LazyLock<Vec<(&'static str, CollatorBorrowed<'static>)>> = LazyLock::new(|| {
    let made = ORDERS.iter().filter_map(|(tag, column)| {
        let locale: Locale = tag.parse().ok()?;
        Some((*column, CollatorBorrowed::try_new(locale.into(), CollatorOptions::default()).ok()?))
    });
    made.collect()
});

/// The sort key that a text has in a column of [`ORDERS`]: keys compare byte by byte as the texts do in its language.
#[must_use]
pub fn key(column: &str, text: &str) -> String {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let mut bytes = Vec::new();
    if let Some((_, collator)) = COLLATORS.iter().find(|(of, _)| *of == column) {
        let Ok(()) = collator.write_sort_key_to(text.get(..end).unwrap_or(text), &mut bytes);
    }
    // A key is no text; one character for each byte keeps the order, and both databases take it.
    bytes.into_iter().map(char::from).collect()
}

/// The column of the order for a reader of these languages, the best one first.
#[must_use]
pub fn column_of(languages: &[String]) -> &'static str {
    let [(_, other), orders @ ..] = &ORDERS;
    let of = |tag: &String| {
        let primary = tag.split('-').next().unwrap_or_default();
        orders.iter().find(|(own, _)| own.eq_ignore_ascii_case(primary)).map(|(_, column)| *column)
    };
    languages.iter().find_map(of).unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use model::declaration::ORDERS;

    use super::{COLLATORS, column_of, key};

    fn sorted<'a>(column: &str, texts: &[&'a str]) -> Vec<&'a str> {
        let mut texts = texts.to_vec();
        texts.sort_by_key(|text| key(column, text));
        texts
    }

    #[test]
    fn every_order_has_its_collator() {
        assert_eq!(COLLATORS.len(), ORDERS.len());
    }

    #[test]
    fn alphabets_are_those_of_people() {
        let russian = ["арка", "ёлка", "ель", "Жук", "яма", "zebra"];
        assert_eq!(sorted("order_ru", &["zebra", "яма", "Жук", "ель", "ёлка", "арка"]), russian);
        let kyrgyz = ["нан", "ңау", "орто", "өз", "ун", "үй", "яма"];
        assert_eq!(sorted("order_ky", &["яма", "үй", "ун", "өз", "орто", "ңау", "нан"]), kyrgyz);
        let french = ["cote", "coté", "côte", "État", "zone"];
        assert_eq!(sorted("order_fr", &["zone", "État", "côte", "coté", "cote"]), french);
        assert_eq!(
            sorted("order_en", &["яма", "Zebra", "apple", "Éclair"]),
            ["apple", "Éclair", "Zebra", "яма"]
        );
    }

    #[test]
    fn keys_have_no_character_that_a_database_refuses() {
        for text in ["", "a", "Ё \u{0} \u{1F600}", "\u{FFFF}", "План действий на 2027 год"]
        {
            assert!(!key("order_ru", text).contains('\0'), "{text:?}");
        }
    }

    #[test]
    fn the_order_follows_the_first_language_that_has_one() {
        let of = |tags: &[&str]| column_of(&tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());

        assert_eq!(of(&["de", "ru-RU", "en"]), "order_ru");
        assert_eq!(of(&["de"]), "order_und");
        assert_eq!(of(&[]), "order_und");
    }
}
