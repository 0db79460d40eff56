//! Which filters a kind offers: made of its declaration.

use model::{Declaration, FieldDef, Shape, Vocabulary, access::Visibility};

use super::{Accepts, Filter, Rule};
use crate::record::KindDef;

/// The filters of a kind: those of its fields, then those every list takes.
pub(crate) fn filters(def: &KindDef, all: &[&'static Declaration]) -> Result<Vec<Filter>, String> {
    let mut found = Vec::new();
    for field in def.declared.fields {
        own(field, all, &mut found).map_err(|why| format!("{}.{}: {why}", def.name, field.name))?;
    }
    if def.name == "release" {
        let doc = "Only those that one of these records is in, whether they show it now or not.";
        found.push(Filter { name: "record", doc, accepts: Accepts::Ids, applies: true, rule: Rule::Shows });
    }
    found.extend(common(def));
    Ok(found)
}

/// The filters of one field.
fn own(field: &'static FieldDef, all: &[&'static Declaration], to: &mut Vec<Filter>) -> Result<(), String> {
    let Some(asked) = field.filter else { return Ok(()) };
    if let Some((stem, words)) = asked.range {
        for (end, side, rule) in
            [("from", "after", Rule::From(field.column)), ("to", "before", Rule::Until(field.column))]
        {
            let (name, doc) = (format!("{stem}_{end}"), format!("Only those {words} at or {side} this day."));
            to.push(Filter {
                name: name.leak(),
                doc: doc.leak(),
                accepts: Accepts::Day,
                applies: true,
                rule,
            });
        }
        return Ok(());
    }
    if let Some((of, code)) = field.is {
        let doc = || -> &'static str {
            let words = field.name.replace('_', " ");
            format!("Only those for which `{words}` is true, or only the others.").leak()
        };
        let (name, doc) = (asked.name.unwrap_or(field.name), asked.doc.unwrap_or_else(doc));
        to.push(Filter { name, doc, accepts: Accepts::Bool, applies: true, rule: Rule::Holds(of, code) });
        return Ok(());
    }
    let has_code = |kind: &str| all.iter().any(|one| one.name == kind && one.code.is_some());
    let (accepts, rule, by) = match field.shape {
        Shape::Ref(kind) | Shape::Refs(kind) => {
            let coded = has_code(kind);
            let rule = match field.shape {
                Shape::Ref(_) => Rule::Refers(field.column, kind),
                _ => Rule::Linked(field.column, kind),
            };
            let by = if coded { ", by id or code" } else { ", by id" };
            (if coded { Accepts::Texts } else { Accepts::Ids }, rule, by)
        }
        Shape::AnyRef => (Accepts::Ids, Rule::Any(field.column), ", by id"),
        Shape::Code(list) => (Accepts::Codes(list), Rule::Any(field.column), ""),
        Shape::Codes(list) => (Accepts::Codes(list), Rule::Listed(field.column), ""),
        Shape::Texts => (Accepts::Texts, Rule::Listed(field.column), ""),
        Shape::Mask(list) => (Accepts::Codes(list), Rule::Mask(field.column, list), ""),
        Shape::Text => (Accepts::Texts, Rule::Any(field.column), ""),
        Shape::Bool => (Accepts::Bool, Rule::Is(field.column), ""),
        other => return Err(format!("no filter takes {other:?}")),
    };
    let words = field.name.replace('_', " ");
    let doc = || -> &'static str { format!("Only those whose {words} is one of these{by}.").leak() };
    let (name, doc) = (asked.name.unwrap_or(field.name), asked.doc.unwrap_or_else(doc));
    to.push(Filter { name, doc, accepts, applies: true, rule });
    Ok(())
}

/// The filters every list takes.
fn common(def: &KindDef) -> Vec<Filter> {
    let has_country = def.country_column().is_some();
    let all = [
        ("id", "Only these records.", Accepts::Ids, true, Rule::Any("id")),
        (
            "owner",
            "Only records of these owners (`KGZ`, `region:CA`, `org:UNICRI`, `reference`; `mine` is the one you act for).",
            Accepts::Texts,
            true,
            Rule::Any("owner"),
        ),
        (
            "external_key",
            "Only records with these external keys.",
            Accepts::Texts,
            true,
            Rule::Any("external_key"),
        ),
        (
            "source_system",
            "Only records from these source systems.",
            Accepts::Texts,
            true,
            Rule::Any("source_system"),
        ),
        (
            "visibility",
            "Only records with these visibilities inside their country.",
            Accepts::Codes(Visibility::DEF),
            def.is_national(),
            Rule::Any("visibility"),
        ),
        (
            "country",
            "Only records of these countries (ISO 3166 alpha-3 or alpha-2), where a country follows from the record.",
            Accepts::Texts,
            has_country,
            Rule::Country,
        ),
        (
            "region",
            "Only records of countries that are members of these regions now.",
            Accepts::Texts,
            has_country || def.name == "region",
            Rule::Region,
        ),
        (
            "updated_since",
            "Only records changed at or after this instant (RFC 3339).",
            Accepts::Instant,
            true,
            Rule::Since,
        ),
        (
            "q",
            "Words the record must have, all of them, in any language, at most 20; accents and case do not count.",
            Accepts::Words,
            def.has("search"),
            Rule::Words,
        ),
    ];
    let filter = |(name, doc, accepts, applies, rule)| Filter { name, doc, accepts, applies, rule };
    all.map(filter).into()
}
