//! A plain reader of documents: one record at a time, each value looked up where it is needed.

use std::collections::BTreeSet;

use concord::domain::KINDS;
use futures_util::{FutureExt, future::BoxFuture};
use kernel::{
    Code, Ctx, Error, KindDef,
    filter::Narrowing,
    page::{Page, Slice},
    record::{Edge, Via, part::Form},
    render::{Detail, Renderer},
    row::Row,
    store,
    store::kinds_of,
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::documents::{Asked, Document, Pick};
use crate::parity::camel;

/// The nearest value around that may be null is null.
pub struct Nulled;

/// One reading of a document.
pub struct Reading<'a> {
    pub ctx: &'a Ctx,
    pub document: &'a Document,
    /// Path and code of each error.
    pub errors: Vec<(String, String)>,
    path: Vec<String>,
}

type Shown = Result<Json, Nulled>;

impl<'a> Reading<'a> {
    /// The whole answer.
    pub async fn of(ctx: &'a Ctx, document: &'a Document) -> (Json, Vec<(String, String)>) {
        let mut reading = Self { ctx, document, errors: Vec::new(), path: Vec::new() };
        let data = reading.root().await.unwrap_or_default();
        (data, reading.errors)
    }

    /// The fields of a type by key.
    fn collect(&self, of: &str, sets: &[&'a [Pick]]) -> Vec<(String, Vec<&'a Asked>)> {
        let mut groups: Vec<(String, Vec<&'a Asked>)> = Vec::new();
        let mut spread = BTreeSet::new();
        for set in sets {
            self.gather(of, set, &mut spread, &mut groups);
        }
        groups
    }

    fn gather(
        &self,
        of: &str,
        set: &'a [Pick],
        spread: &mut BTreeSet<usize>,
        groups: &mut Vec<(String, Vec<&'a Asked>)>,
    ) {
        let is_on = |on: &str| on == of || on == "Node";
        for pick in set {
            match pick {
                Pick::Field(asked) if self.document.runs(asked.when.as_ref()) => {
                    let key = asked.alias.clone().unwrap_or_else(|| asked.name.clone());
                    match groups.iter_mut().find(|(of, _)| *of == key) {
                        Some((_, group)) => group.push(asked),
                        None => groups.push((key, vec![asked])),
                    }
                }
                Pick::Inline(on, when, below)
                    if self.document.runs(when.as_ref()) && on.as_deref().is_none_or(is_on) =>
                {
                    self.gather(of, below, spread, groups);
                }
                Pick::Spread(at, when) if self.document.runs(when.as_ref()) && spread.insert(*at) => {
                    let (on, below) = &self.document.fragments[*at];
                    if is_on(on) {
                        self.gather(of, below, spread, groups);
                    }
                }
                _ => {}
            }
        }
    }

    fn fail(&mut self, error: &Error) -> Nulled {
        self.errors.push((self.path.join("/"), error.code().name().to_owned()));
        Nulled
    }

    /// A value where null may stand, on a path of this length.
    fn or_null(&mut self, shown: Shown, depth: usize) -> Json {
        self.path.truncate(depth);
        shown.unwrap_or_default()
    }

    async fn root(&mut self) -> Shown {
        let document = self.document;
        let mut out = Map::new();
        for (key, group) in self.collect("Query", &[document.root.as_slice()]) {
            self.path.push(key.clone());
            let below: Vec<&[Pick]> = group.iter().map(|asked| asked.below.as_slice()).collect();
            let first = group[0];
            let value = match first.name.as_str() {
                "__typename" => Ok(json!("Query")),
                "node" => {
                    let shown = self.node(&document.value(&first.arguments[0].1), &below).await;
                    Ok(self.or_null(shown, 1))
                }
                "nodes" => {
                    let mut all = Vec::new();
                    for (at, id) in
                        document.value(&first.arguments[0].1).as_array().expect("ids").iter().enumerate()
                    {
                        self.path.push(at.to_string());
                        let shown = self.node(id, &below).await;
                        all.push(self.or_null(shown, 2));
                        self.path.pop();
                    }
                    Ok(Json::Array(all))
                }
                name => {
                    let is_list = |def: &&KindDef| camel(&def.collection.replace('-', "_")) == name;
                    let def = KINDS.served().find(is_list).expect("a list");
                    self.page(def, None, (first, &below)).await
                }
            };
            out.insert(key, value?);
            self.path.pop();
        }
        Ok(Json::Object(out))
    }

    async fn node(&mut self, id: &Json, below: &[&'a [Pick]]) -> Shown {
        let id: Uuid = id.as_str().expect("an id").parse().expect("a UUID");
        let kinds = kinds_of(self.ctx, &[id].into()).await.map_err(|error| self.fail(&error))?;
        match kinds.get(&id).filter(|def| def.is_served()) {
            Some(def) => self.one(def, Some(id), below).await,
            None => Ok(Json::Null),
        }
    }

    async fn one(&mut self, def: &'static KindDef, id: Option<Uuid>, below: &[&'a [Pick]]) -> Shown {
        let Some(id) = id else { return Ok(Json::Null) };
        match store::get(self.ctx, def, id).await {
            Ok(row) => self.record(row, below).await,
            Err(Error::NotFound) => Ok(Json::Null),
            Err(error) => Err(self.fail(&error)),
        }
    }

    fn record<'b>(&'b mut self, row: Row, below: &'b [&'a [Pick]]) -> BoxFuture<'b, Shown> {
        async move {
            let def = row.def();
            let rows = [row];
            let renderer = Renderer::on(self.ctx, def, &rows, Detail::Single).await.expect("a renderer");
            let (row, whole) = (&rows[0], renderer.json(&rows[0]).expect("a record"));
            let mut out = Map::new();
            for (key, group) in self.collect(def.declared.type_name, below) {
                self.path.push(key.clone());
                let sets: Vec<&[Pick]> = group.iter().map(|asked| asked.below.as_slice()).collect();
                let name = group[0].name.as_str();
                let value = match def.edges.iter().find(|edge| camel(edge.name()) == name) {
                    Some(Edge::One { kind, column, .. }) => {
                        let to = KINDS.get(kind).expect("a kind");
                        let depth = self.path.len();
                        let shown = self.one(to, row.uuid(column), &sets).await;
                        Ok(self.or_null(shown, depth))
                    }
                    Some(Edge::Many(many)) => {
                        let to = KINDS.get(many.kind).expect("a kind");
                        self.page(to, Some((many.via, row.id())), (group[0], &sets)).await
                    }
                    None if name == "__typename" => Ok(json!(def.declared.type_name)),
                    None => Ok(self.part(row, &whole, name, &sets)),
                };
                out.insert(key, value?);
                self.path.pop();
            }
            Ok(Json::Object(out))
        }
        .boxed()
    }

    /// A part of a record of REST in the form of GraphQL.
    fn part(&self, row: &Row, whole: &Json, name: &str, below: &[&'a [Pick]]) -> Json {
        let def = row.def();
        let part = def.parts.iter().find(|part| camel(part.name) == name).expect("a part");
        let value = whole.get(part.name).cloned().unwrap_or_default();
        match part.name {
            "languages" if value.is_null() => json!({}),
            "shared_with" if row.is_null("shared_set_id") => Json::Null,
            "shared_with" | "cost" | "origin" | "subject" => self.members(&value, below),
            _ if matches!(part.form, Form::Objects(..)) => {
                value.as_array().into_iter().flatten().map(|one| self.members(one, below)).collect()
            }
            "can" | "visibility" | "handling" => upper(&value),
            _ if def.declared.field(part.name).is_some_and(|field| field.shape.vocabulary().is_some()) => {
                upper(&value)
            }
            _ => value,
        }
    }

    fn members(&self, value: &Json, below: &[&'a [Pick]]) -> Json {
        if value.is_null() {
            return Json::Null;
        }
        let groups = self.collect("", below);
        Json::Object(groups.into_iter().map(|(key, group)| (key, value[&group[0].name].clone())).collect())
    }

    async fn page(
        &mut self,
        def: &'static KindDef,
        parent: Option<(Via, Uuid)>,
        (asked, below): (&'a Asked, &[&'a [Pick]]),
    ) -> Shown {
        let (way, size) = &asked.arguments[0];
        let limit =
            self.document.value(size).as_u64().map_or(20, |size| usize::try_from(size).expect("a size"));
        if limit > 200 {
            let error = Error::bad_request("?first", Code::LimitOutOfRange, "too many");
            return Err(self.fail(&error));
        }
        // A size that is null asks for the usual one, forwards.
        let backwards = *way == "last" && !self.document.value(size).is_null();
        let given = |name: &str| {
            asked.arguments.iter().find(|(of, _)| *of == name).map(|(_, value)| self.document.value(value))
        };
        let sort = given("sort").map_or(Vec::new(), |keys| {
            Page::parse_sort(def, keys.as_str().expect("a key"), &self.ctx.locale.chain).expect("an order")
        });
        let filter = given("filter").and_then(|filter| filter.as_object().cloned()).unwrap_or_default();
        let page = Page { backwards, sort, total: true, ..Page::first(limit) };
        let narrowing = Narrowing::from_json(def, &filter).expect("filters");
        let slice = match parent {
            None => store::list(self.ctx, def, &narrowing, &page).await.expect("a list"),
            Some((via, id)) => {
                let mut found =
                    store::by_parent(self.ctx, def.into(), (via, &[id].into()), &narrowing, &page)
                        .await
                        .expect("pages");
                found.remove(&id).unwrap_or_default()
            }
        };
        self.connection(def, (&slice, backwards), below).await
    }

    async fn connection(
        &mut self,
        def: &'static KindDef,
        (slice, backwards): (&Slice, bool),
        below: &[&'a [Pick]],
    ) -> Shown {
        let mut out = Map::new();
        for (key, group) in self.collect(&format!("{}Connection", def.declared.type_name), below) {
            self.path.push(key.clone());
            let sets: Vec<&[Pick]> = group.iter().map(|asked| asked.below.as_slice()).collect();
            let value = match group[0].name.as_str() {
                "totalCount" => json!(slice.total),
                "pageInfo" => json!({
                    "hasNextPage": !backwards && slice.has_more,
                    "hasPreviousPage": backwards && slice.has_more,
                    "__typename": "PageInfo",
                }),
                "nodes" => {
                    let mut all = Vec::new();
                    for (at, row) in slice.rows.iter().enumerate() {
                        self.path.push(at.to_string());
                        all.push(self.record(row.clone(), &sets).await?);
                        self.path.pop();
                    }
                    Json::Array(all)
                }
                _ => self.edges(def, slice, &sets).await?,
            };
            out.insert(key, value);
            self.path.pop();
        }
        Ok(Json::Object(out))
    }

    async fn edges(&mut self, def: &'static KindDef, slice: &Slice, below: &[&'a [Pick]]) -> Shown {
        let mut all = Vec::new();
        let name = format!("{}Edge", def.declared.type_name);
        for (at, row) in slice.rows.iter().enumerate() {
            self.path.push(at.to_string());
            let mut out = Map::new();
            for (key, group) in self.collect(&name, below) {
                self.path.push(key.clone());
                let sets: Vec<&[Pick]> = group.iter().map(|asked| asked.below.as_slice()).collect();
                let value = match group[0].name.as_str() {
                    "node" => self.record(row.clone(), &sets).await?,
                    _ => json!(name),
                };
                out.insert(key, value);
                self.path.pop();
            }
            all.push(Json::Object(out));
            self.path.pop();
        }
        Ok(Json::Array(all))
    }
}

fn upper(value: &Json) -> Json {
    match value {
        Json::String(text) => json!(text.to_uppercase()),
        Json::Array(all) => all.iter().map(upper).collect(),
        other => other.clone(),
    }
}
