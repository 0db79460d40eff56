//! `$metadata`: what there is, as CSDL in XML and JSON.

use kernel::Ctx;
use maud::{Markup, PreEscaped, html};
use serde_json::{Map, Value as Json, json};

use super::sets::{Set, all};
use crate::domain::{
    exchange::columns::Type,
    flat::{Column, Table},
};

/// The namespace of all types.
const NAMESPACE: &str = "Concord";
/// The vocabulary that descriptions are of.
const CORE: &str = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1";

/// The name of a primitive type.
pub(super) const fn edm(ty: Type) -> &'static str {
    match ty {
        Type::Id => "Edm.Guid",
        Type::Text => "Edm.String",
        Type::Number => "Edm.Int64",
        Type::Decimal => "Edm.Decimal",
        Type::Truth => "Edm.Boolean",
        Type::Day => "Edm.Date",
        Type::Instant => "Edm.DateTimeOffset",
    }
}

/// The name of the type of a set's entities.
fn type_name(set: &str) -> String {
    format!("{set}_row")
}

/// A way to the entities of another set.
struct Way<'a> {
    name: &'a str,
    set: String,
}

fn ways(table: &Table) -> impl Iterator<Item = Way<'_>> {
    table.columns.iter().filter_map(|column| {
        let target = column.target.filter(|target| target.is_served())?;
        Some(Way { name: column.name.strip_suffix("_id")?, set: super::sets::name(target.collection) })
    })
}

/// What there is, in XML.
pub(super) fn xml(ctx: &Ctx) -> String {
    let sets = all(ctx);
    let body = html! {
        (PreEscaped(r#"<?xml version="1.0" encoding="UTF-8"?>"#))
        (PreEscaped(r#"<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">"#))
        (PreEscaped(format!(r#"<edmx:Reference Uri="{CORE}.xml"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference>"#)))
        (PreEscaped(format!(r#"<edmx:DataServices><Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="{NAMESPACE}">"#)))
        @for set in &sets { (entity(set)) }
        (PreEscaped(r#"<EntityContainer Name="Container">"#))
        @for set in &sets { (entry(set)) }
        (PreEscaped("</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"))
    };
    body.into_string()
}

/// A tag with attributes that are escaped, and what stands in it.
fn tag(name: &str, attributes: &[(&str, &str)], inner: &Markup) -> Markup {
    let mut text = format!("<{name}");
    for (name, value) in attributes {
        text.extend([" ", name, "=\"", &html! { (value) }.into_string(), "\""]);
    }
    if inner.0.is_empty() {
        text.push_str("/>");
    } else {
        text.extend([">", &inner.0, "</", name, ">"]);
    }
    PreEscaped(text)
}

fn described(doc: &str) -> Markup {
    tag("Annotation", &[("Term", "Core.Description"), ("String", doc)], &html! {})
}

fn entity(set: &Set) -> Markup {
    let table = &set.table;
    let key = table.columns.first().map_or("id", |column| column.name.as_str());
    let property = |(at, column): (usize, &Column)| {
        let mut attributes = vec![("Name", column.name.as_str()), ("Type", edm(column.ty))];
        if at == 0 {
            attributes.push(("Nullable", "false"));
        }
        attributes.extend(match column.ty {
            Type::Instant => vec![("Precision", "6")],
            Type::Decimal => vec![("Scale", "variable")],
            _ => vec![],
        });
        tag("Property", &attributes, &described(&column.doc))
    };
    let inner = html! {
        (tag("Key", &[], &tag("PropertyRef", &[("Name", key)], &html! {})))
        @for column in table.columns.iter().enumerate() { (property(column)) }
        @for way in ways(table) {
            (tag("NavigationProperty", &[("Name", way.name), ("Type", &format!("{NAMESPACE}.{}", type_name(&way.set)))], &html! {}))
        }
        (described(table.doc))
    };
    tag("EntityType", &[("Name", &type_name(&set.name))], &inner)
}

fn entry(set: &Set) -> Markup {
    let of = format!("{NAMESPACE}.{}", type_name(&set.name));
    let inner = html! {
        @for way in ways(&set.table) {
            (tag("NavigationPropertyBinding", &[("Path", way.name), ("Target", &way.set)], &html! {}))
        }
    };
    tag("EntitySet", &[("Name", &set.name), ("EntityType", &of)], &inner)
}

/// What there is, in JSON.
pub(super) fn json(ctx: &Ctx) -> Json {
    let sets = all(ctx);
    let mut types = Map::new();
    let mut container = Map::from_iter([("$Kind".to_owned(), json!("EntityContainer"))]);
    for Set { name, table } in &sets {
        let key = table.columns.first().map_or("id", |column| column.name.as_str());
        let mut of =
            Map::from_iter([("$Kind".to_owned(), json!("EntityType")), ("$Key".to_owned(), json!([key]))]);
        of.insert("@Core.Description".into(), table.doc.into());
        for (at, column) in table.columns.iter().enumerate() {
            let mut property = Map::from_iter([("@Core.Description".to_owned(), json!(column.doc))]);
            if column.ty != Type::Text {
                property.insert("$Type".into(), edm(column.ty).into());
            }
            if at > 0 {
                property.insert("$Nullable".into(), true.into());
            }
            match column.ty {
                Type::Instant => drop(property.insert("$Precision".into(), 6.into())),
                Type::Decimal => drop(property.insert("$Scale".into(), "variable".into())),
                _ => {}
            }
            of.insert(column.name.clone(), Json::Object(property));
        }
        for way in ways(table) {
            let to = format!("{NAMESPACE}.{}", type_name(&way.set));
            of.insert(
                way.name.to_owned(),
                json!({ "$Kind": "NavigationProperty", "$Type": to, "$Nullable": true }),
            );
        }
        types.insert(type_name(name), Json::Object(of));
        let bindings: Map<String, Json> =
            ways(table).map(|way| (way.name.to_owned(), way.set.into())).collect();
        let mut entry = Map::from_iter([
            ("$Collection".to_owned(), json!(true)),
            ("$Type".to_owned(), json!(format!("{NAMESPACE}.{}", type_name(name)))),
        ]);
        if !bindings.is_empty() {
            entry.insert("$NavigationPropertyBinding".into(), Json::Object(bindings));
        }
        container.insert(name.clone(), Json::Object(entry));
    }
    types.insert("Container".into(), Json::Object(container));
    let reference = json!({ "$Include": [{ "$Namespace": "Org.OData.Core.V1", "$Alias": "Core" }] });
    json!({
        "$Version": "4.0",
        "$EntityContainer": format!("{NAMESPACE}.Container"),
        "$Reference": Map::from_iter([(format!("{CORE}.json"), reference)]),
        (NAMESPACE): types,
    })
}
