//! The same writes on both faces.

use kernel::KindDef;
use serde_json::{Map, Value as Json, json};

use super::{camel, pascal, samples::Sample};
use crate::support::{
    TestApp,
    client::{Answer, Client},
};

/// A record that nobody has.
pub const NOWHERE: &str = "0198c0de-0000-7000-8000-000000000001";

/// What a face said to one step.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub step: &'static str,
    pub code: String,
    pub violations: Vec<(String, String)>,
}

/// The steps, each with the code both faces must answer.
pub const EXPECTED: &[(&str, &str)] = &[
    ("create", "ok"),
    ("update", "ok"),
    ("delete", "ok"),
    ("upsert", "ok"),
    ("upsert again", "ok"),
    ("read by key", "ok"),
    ("delete upserted", "ok"),
    ("read by key gone", "not_found"),
    ("rehearse", "ok"),
    ("create with violations", "invalid"),
    ("update with violations", "invalid"),
    ("upsert with violations", "invalid"),
    ("batch with violations", "invalid"),
    ("update missing", "not_found"),
    ("delete missing", "not_found"),
    ("create without right", "forbidden"),
    ("upsert without right", "forbidden"),
    ("update without right", "forbidden"),
    ("delete without right", "forbidden"),
    ("update stale", "stale_version"),
    ("delete stale", "stale_version"),
    ("create by nobody", "unauthenticated"),
    ("update by nobody", "unauthenticated"),
    ("delete by nobody", "unauthenticated"),
];

fn upper(value: &Json) -> Json {
    match value {
        Json::String(text) => json!(text.to_uppercase()),
        Json::Array(all) => all.iter().map(upper).collect(),
        other => other.clone(),
    }
}

/// An input of REST in the form of GraphQL; it writes codes of closed lists in capitals.
pub fn input(def: &KindDef, fields: &Json) -> Json {
    let members = fields.as_object().into_iter().flatten();
    let turned = members.map(|(name, value)| {
        let is_code = def.declared.field(name).is_some_and(|field| field.shape.vocabulary().is_some());
        let value = if is_code { upper(value) } else { value.clone() };
        (camel(name), value)
    });
    Json::Object(turned.collect::<Map<_, _>>())
}

/// The fields with those of `more` beside them.
pub fn with(fields: &Json, more: &Json) -> Json {
    let mut all = fields.as_object().cloned().unwrap_or_default();
    all.extend(more.as_object().cloned().unwrap_or_default());
    Json::Object(all)
}

fn sorted(errors: &Json) -> Vec<(String, String)> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let all = errors.as_array().into_iter().flatten();
    let mut found: Vec<_> = all.map(|one| (text(&one["pointer"]), text(&one["code"]))).collect();
    found.sort();
    found
}

/// What an answer of REST says.
pub fn rest(step: &'static str, answer: &Answer) -> Said {
    let code = answer.body["code"].as_str().filter(|_| answer.status >= 400);
    let code = code.unwrap_or(if answer.status < 300 { "ok" } else { "?" });
    Said { step, code: code.to_owned(), violations: sorted(&answer.body["errors"]) }
}

/// What an answer of GraphQL says; null says that nothing was found.
pub fn graphql(step: &'static str, answer: &Answer) -> Said {
    let fault = &answer.body["errors"][0];
    if fault.is_null() {
        let data = answer.body["data"].as_object().and_then(|data| data.values().next());
        let code = if data.is_some_and(Json::is_null) { "not_found" } else { "ok" };
        return Said { step, code: code.to_owned(), violations: Vec::new() };
    }
    let extensions = &fault["extensions"];
    let code = extensions["code"].as_str().map_or_else(|| fault["message"].to_string(), str::to_owned);
    Said { step, code, violations: sorted(&extensions["errors"]) }
}

/// Fields that break two rules of every kind.
fn bad() -> Json {
    json!({"source_system": "", "external_key": "k".repeat(201)})
}

const KEY: &str = "by-key/register/upserted";

pub async fn rest_flow(app: &TestApp, sample: &Sample) -> Vec<Said> {
    let me = app.user(sample.author).await;
    let observer = app.user("observer").await;
    let doubter = app.user(sample.doubter).await;
    let nobody = app.anonymous();
    let all = format!("/{}", sample.def.collection);
    let at = |id: &str| format!("{all}/{id}");
    let (key, batch, gone) = (at(KEY), at("batch"), at(NOWHERE));
    let existing = at(&sample.existing.to_string());
    let mut said = Vec::new();
    let mut note = |step, answer: &Answer| said.push(rest(step, answer));

    let made = me.post(&all, sample.new.clone()).await;
    note("create", &made);
    note("update", &me.patch(&at(&made.id()), "\"1.000000000000\"", sample.edit.clone()).await);
    note("delete", &me.delete(&at(&made.id()), "\"2.000000000000\"").await);
    let kept = me.put(&key, sample.new.clone()).await;
    note("upsert", &kept);
    note("upsert again", &me.put(&key, sample.new.clone()).await);
    note("read by key", &me.get(&key).await);
    note("delete upserted", &me.delete(&at(&kept.id()), "\"1.000000000000\"").await);
    note("read by key gone", &me.get(&key).await);
    note("rehearse", &me.post(&batch, rehearsal(&sample.new, &json!("create"))).await);
    let broken = with(&sample.new, &bad());
    note("create with violations", &me.post(&all, broken.clone()).await);
    note("update with violations", &me.patch(&existing, "\"1.000000000000\"", bad()).await);
    note("upsert with violations", &me.put(&at(&long_key()), sample.new.clone()).await);
    note("batch with violations", &me.post(&batch, rehearsal(&broken, &json!("create"))).await);
    note("update missing", &me.patch(&gone, "\"1.000000000000\"", sample.edit.clone()).await);
    note("delete missing", &me.delete(&gone, "\"1.000000000000\"").await);
    note("create without right", &observer.post(&all, sample.new.clone()).await);
    note("upsert without right", &observer.put(&key, sample.new.clone()).await);
    note("update without right", &doubter.patch(&existing, "\"1.000000000000\"", sample.edit.clone()).await);
    note("delete without right", &doubter.delete(&existing, "\"1.000000000000\"").await);
    note("update stale", &me.patch(&existing, "\"99.000000000000\"", sample.edit.clone()).await);
    note("delete stale", &me.delete(&existing, "\"99.000000000000\"").await);
    note("create by nobody", &nobody.post(&all, broken).await);
    note("update by nobody", &nobody.patch(&existing, "\"1.000000000000\"", sample.edit.clone()).await);
    note("delete by nobody", &nobody.delete(&existing, "\"1.000000000000\"").await);
    said
}

fn long_key() -> String {
    format!("by-key/register/{}", "k".repeat(201))
}

/// A batch of one creation that writes nothing, in the form of REST or GraphQL.
fn rehearsal(new: &Json, op: &Json) -> Json {
    let items = json!([{"op": op, "data": new}]);
    match op.as_str() {
        Some("CREATE") => json!({"atomic": "ALL", "dryRun": true, "items": items}),
        _ => json!({"atomic": "all", "dry_run": true, "items": items}),
    }
}

/// The mutations of one kind.
struct Mutations<'a> {
    name: String,
    field: String,
    many: String,
    sample: &'a Sample,
}

impl Mutations<'_> {
    async fn run(&self, who: &Client<'_>, verb: &str, ty: &str, input: Json) -> Answer {
        let (name, field) = (&self.name, &self.field);
        let query =
            format!("mutation($input: {ty}!) {{ {verb}{name}(input: $input) {{ {field} {{ id }} }} }}");
        who.graphql(&query, json!({ "input": input })).await
    }

    async fn create(&self, who: &Client<'_>, fields: &Json) -> Answer {
        self.run(who, "create", &format!("New{}", self.name), input(self.sample.def, fields)).await
    }

    async fn upsert(&self, who: &Client<'_>, key: &str) -> Answer {
        let keyed = with(&self.sample.new, &json!({"source_system": "register", "external_key": key}));
        self.run(who, "upsert", &format!("New{}", self.name), input(self.sample.def, &keyed)).await
    }

    async fn update(&self, who: &Client<'_>, id: &str, version: i32, fields: &Json) -> Answer {
        let whole = with(&input(self.sample.def, fields), &json!({"id": id, "expectedVersion": version}));
        self.run(who, "update", &format!("Update{}Input", self.name), whole).await
    }

    async fn delete(&self, who: &Client<'_>, id: &str, version: i32) -> Answer {
        let query =
            format!("mutation($input: DeleteInput!) {{ delete{}(input: $input) {{ id }} }}", self.name);
        who.graphql(&query, json!({"input": {"id": id, "expectedVersion": version}})).await
    }

    async fn by_key(&self, who: &Client<'_>) -> Answer {
        let field = &self.field;
        let query = format!("{{ {field}ByKey(sourceSystem: \"register\", key: \"upserted\") {{ id }} }}");
        who.graphql(&query, json!({})).await
    }

    async fn batch(&self, who: &Client<'_>, new: &Json) -> Answer {
        let query = format!(
            "mutation($input: BatchInput!) {{ {}Batch(input: $input) {{ outcomes {{ result }} }} }}",
            self.many
        );
        who.graphql(&query, json!({"input": rehearsal(new, &json!("CREATE"))})).await
    }

    fn id(&self, answer: &Answer, verb: &str) -> String {
        let made = &answer.body["data"][format!("{verb}{}", self.name)][&self.field]["id"];
        made.as_str().unwrap_or(NOWHERE).to_owned()
    }
}

pub async fn graphql_flow(app: &TestApp, sample: &Sample) -> Vec<Said> {
    let me = app.user(sample.author).await;
    let observer = app.user("observer").await;
    let doubter = app.user(sample.doubter).await;
    let nobody = app.anonymous();
    let existing = sample.existing.to_string();
    let (name, field) = (pascal(sample.def.name), camel(sample.def.name));
    let all = Mutations { name, field, many: camel(sample.def.collection), sample };
    let mut said = Vec::new();
    let mut note = |step, answer: &Answer| said.push(graphql(step, answer));

    let made = all.create(&me, &sample.new).await;
    note("create", &made);
    let id = all.id(&made, "create");
    note("update", &all.update(&me, &id, 1, &sample.edit).await);
    note("delete", &all.delete(&me, &id, 2).await);
    let kept = all.upsert(&me, "upserted").await;
    note("upsert", &kept);
    note("upsert again", &all.upsert(&me, "upserted").await);
    note("read by key", &all.by_key(&me).await);
    note("delete upserted", &all.delete(&me, &all.id(&kept, "upsert"), 1).await);
    note("read by key gone", &all.by_key(&me).await);
    note("rehearse", &all.batch(&me, &sample.new).await);
    let broken = with(&sample.new, &bad());
    note("create with violations", &all.create(&me, &broken).await);
    note("update with violations", &all.update(&me, &existing, 1, &bad()).await);
    note("upsert with violations", &all.upsert(&me, &"k".repeat(201)).await);
    note("batch with violations", &all.batch(&me, &broken).await);
    note("update missing", &all.update(&me, NOWHERE, 1, &sample.edit).await);
    note("delete missing", &all.delete(&me, NOWHERE, 1).await);
    note("create without right", &all.create(&observer, &sample.new).await);
    note("upsert without right", &all.upsert(&observer, "upserted").await);
    note("update without right", &all.update(&doubter, &existing, 1, &sample.edit).await);
    note("delete without right", &all.delete(&doubter, &existing, 1).await);
    note("update stale", &all.update(&me, &existing, 99, &sample.edit).await);
    note("delete stale", &all.delete(&me, &existing, 99).await);
    note("create by nobody", &all.create(&nobody, &broken).await);
    note("update by nobody", &all.update(&nobody, &existing, 1, &sample.edit).await);
    note("delete by nobody", &all.delete(&nobody, &existing, 1).await);
    said
}
