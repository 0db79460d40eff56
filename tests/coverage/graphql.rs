//! Every root field of the GraphQL schema.

use std::collections::BTreeSet;

use concord::domain::KINDS;
use kernel::{KindDef, policy::Verb};
use model::Move;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    Caller, Faults, analytics, bundles, codes, differences, duties, imports, needs, nodes, plans, rehearsal,
    rehearsal_of_all, rehearsed,
    schema::{Field, Schema, camel, pascal},
    snapshots,
    stage::{SYSTEM, Stage},
};
use crate::{
    policy_matrix::permitted,
    support::{client::Answer, specimen},
};

/// What a root field does to a kind.
enum Does {
    Get,
    List,
    ByKey,
    Create,
    Upsert,
    Batch,
    Edit(Verb),
}

/// Tries every root field; one that no rule covers is a fault.
pub async fn exercise(caller: &Caller<'_>) -> Faults {
    let schema = Schema::load().await;
    let mut faults = Faults::new();
    for field in schema.queries() {
        faults.extend(match field.name.as_str() {
            "me" => me(caller).await,
            "releasePreview" => preview(caller, &schema, &field).await,
            "vocabularies" => vocabularies(caller).await,
            "changes" => changes(caller).await,
            "planProposal" => needs::proposals(caller).await,
            "userExport" => exports(caller).await,
            "planTree" | "planEditions" | "planIati" => plans::json(caller, &field.name, "id: $id").await,
            "planDiff" => {
                plans::json(caller, &field.name, r#"id: $id, from: "in_force", to: "in_force""#).await
            }
            // No plan of the stage is adopted.
            "planEdition" | "planEditionProof" => plans::no_edition(caller, &field.name).await,
            "planProgress" | "planConsultation" | "planRollUp" | "planFunding" | "planDocument" => {
                plans::of_plan(caller, &field.name).await
            }
            "regionGaps" => plans::of_kind(caller, "region", "regionGaps(code: $id) { region }").await,
            "countryDue" => plans::of_kind(caller, "country", "countryDue(code: $id) { country }").await,
            "calendarEntries" => plans::calendars(caller).await,
            "commitmentSeries" => duties::series(caller).await,
            "simulation" => duties::simulations(caller).await,
            "reportDraftAnswers" => duties::answers(caller).await,
            "countryCoverage" | "countryMatrix1540" | "countryCommitments" | "countryStaleFacts" => {
                plans::of_country(caller, &field.name).await
            }
            "participationMatrix" => duties::matrix(caller).await,
            "participationStanding" => {
                plans::of_kind(caller, "participation", "participationStanding(id: $id) { validOn }").await
            }
            "node" => by_id(caller, "node", "{ id __typename }").await,
            "history" => by_id(caller, "history", "{ totalCount }").await,
            "accessExplain" => explained(caller).await,
            "riskTrend" => plans::of_kind(caller, "risk", "riskTrend(id: $id) { points { at } }").await,
            "priorityRanking" => {
                plans::of_kind(caller, "priority_method", "priorityRanking(id: $id) { count }").await
            }
            "nodes" => nodes::many(caller).await,
            "auditReads" => super::accounts::audited(caller).await,
            "analytics" | "analyticsSeries" => analytics::graphql(caller, &field.name).await,
            "flatView" => analytics::views(caller).await,
            "cubes" | "cube" => analytics::cubes_of_graphql(caller, &field.name).await,
            "bundles" | "bundle" => bundles::graphql(caller, &field.name).await,
            name if name.starts_with("webhook") => super::webhooks::graphql(caller, name).await,
            "snapshots" | "snapshot" => snapshots::graphql(caller, &field.name).await,
            "imports" | "import" | "importRows" | "importErrors" => {
                imports::graphql(caller, &field.name).await
            }
            name => match rule(name) {
                Some((def, does)) => query(caller, &schema, &field, (def, does)).await,
                None => vec![format!("no row for the query {name}")],
            },
        });
    }
    for field in schema.mutations() {
        faults.extend(match field.name.as_str() {
            "commitImport" | "cancelImport" | "revertImport" | "reviewImport" => {
                imports::graphql(caller, &field.name).await
            }
            "withdrawBundle" => bundles::graphql(caller, &field.name).await,
            name if name.ends_with("Webhook") => super::webhooks::graphql(caller, name).await,
            "createSnapshot" | "deleteSnapshot" => snapshots::graphql(caller, &field.name).await,
            "recordsBatch" => batch_of_all(caller, &schema, &field).await,
            "compileCommitments" => duties::compilations(caller).await,
            "openPlanEdition" => plans::openings(caller, &schema, &field).await,
            "renewAssessment" => needs::renewals(caller, &schema, &field).await,
            "acceptGrant" | "declineGrant" => replies(caller, &schema, &field).await,
            name => match rule(name) {
                Some((def, does)) => mutation(caller, &schema, &field, (def, does)).await,
                None => vec![format!("no row for the mutation {name}")],
            },
        });
    }
    faults
}

fn rule(name: &str) -> Option<(&'static KindDef, Does)> {
    KINDS.all().iter().find_map(|def| {
        let (one, many) = (camel(def.name), camel(def.collection));
        let is_named = |step: &&Move| name == format!("{}{}", camel(step.name), pascal(def.name));
        let does = match name {
            _ if name == one => Does::Get,
            _ if name == many => Does::List,
            _ if name == format!("{one}ByKey") => Does::ByKey,
            _ if name == format!("create{}", pascal(def.name)) => Does::Create,
            _ if name == format!("upsert{}", pascal(def.name)) => Does::Upsert,
            _ if name == format!("{many}Batch") => Does::Batch,
            _ if name == format!("update{}", pascal(def.name)) => Does::Edit(Verb::Update),
            _ if name == format!("delete{}", pascal(def.name)) => Does::Edit(Verb::Delete),
            _ if name == format!("purge{}", pascal(def.name)) => Does::Edit(Verb::Purge),
            _ if name == format!("erase{}", pascal(def.name)) => Does::Edit(Verb::Update),
            _ => Does::Edit(Verb::Move(def.lifecycle?.moves.iter().find(is_named)?)),
        };
        Some((*def, does))
    })
}

/// The status of an answer: of its first error, 404 for a null, 200 otherwise; 500 for what has none.
pub(super) fn status(answer: &Answer, field: &str) -> u16 {
    let errors = &answer.body["errors"];
    if errors.is_null() {
        return if answer.body["data"][field].is_null() { 404 } else { 200 };
    }
    let status = errors[0]["extensions"]["status"].as_u64().unwrap_or(500);
    u16::try_from(status).unwrap_or(500)
}

async fn me(caller: &Caller<'_>) -> Faults {
    let answer = caller.client.graphql("{ me { id } }", json!({})).await;
    let wanted = if caller.actor.is_known() { 200 } else { 404 };
    caller.expect("me", status(&answer, "me"), wanted, &answer)
}

async fn preview(caller: &Caller<'_>, schema: &Schema, field: &Field) -> Faults {
    let def = KINDS.get("release").expect("a kind");
    let (arg, ty) = field.arg.clone().expect("an argument");
    let input = schema.input(ty.trim_end_matches('!'), &caller.stage.new_of(def, caller.number()));
    let text = format!("query($input: {ty}) {{ {}({arg}: $input) {{ leftOut {{ id }} }} }}", field.name);
    let answer = caller.client.graphql(&text, json!({ "input": input })).await;
    let wanted = caller.create(def, 200).await;
    caller.expect(&field.name, status(&answer, &field.name), wanted, &answer)
}

async fn vocabularies(caller: &Caller<'_>) -> Faults {
    let answer = caller.client.graphql("{ vocabularies { code } }", json!({})).await;
    caller.expect("vocabularies", status(&answer, "vocabularies"), 200, &answer)
}

/// The feed from its beginning tells what the caller may read, and nothing else.
async fn changes(caller: &Caller<'_>) -> Faults {
    let text =
        "query($after: String) { changes(after: $after, first: 200) { items { id event } next hasMore } }";
    let (mut told, mut after) = (BTreeSet::new(), Json::Null);
    loop {
        let answer = caller.client.graphql(text, json!({ "after": after })).await;
        let page = &answer.data()["changes"];
        for change in
            page["items"].as_array().into_iter().flatten().filter(|one| one["event"] != "DISAPPEARED")
        {
            told.insert(change["id"].as_str().expect("an id").to_owned());
        }
        if page["hasMore"] == false {
            break;
        }
        after = page["next"].clone();
    }
    let mut faults = Faults::new();
    for def in KINDS.all() {
        for (name, id) in caller.stage.targets(def.name) {
            let wanted = caller.read(def, id).await == 200;
            if told.contains(&id.to_string()) != wanted {
                faults.push(format!("{}: the feed and the policy differ on {name}", caller.name));
            }
        }
    }
    faults
}

async fn by_id(caller: &Caller<'_>, field: &str, select: &str) -> Faults {
    let mut faults = Faults::new();
    let text = format!("query($id: ID!) {{ {field}(id: $id) {select} }}");
    for def in KINDS.all() {
        for (name, id) in caller.stage.targets(def.name) {
            let answer = caller.client.graphql(&text, json!({ "id": id })).await;
            let wanted = caller.read(def, id).await;
            faults.extend(caller.expect(&format!("{field} {name}"), status(&answer, field), wanted, &answer));
        }
    }
    faults
}

async fn exports(caller: &Caller<'_>) -> Faults {
    let (def, mut faults) = (KINDS.get("user").expect("a kind"), Faults::new());
    for (name, id) in caller.stage.targets(def.name) {
        let text = "query($id: ID!) { userExport(id: $id) { number } }";
        let answer = caller.client.graphql(text, json!({ "id": id })).await;
        // Anonymous callers see no account.
        let wanted = match caller.read(def, id).await {
            404 => 404,
            _ => caller.write(Verb::Update, def, id, 200).await,
        };
        let what = format!("export of {name}");
        faults.extend(caller.expect(&what, status(&answer, "userExport"), wanted, &answer));
    }
    faults
}

/// Asks of each record whether the caller may edit it.
async fn explained(caller: &Caller<'_>) -> Faults {
    let mut faults = Faults::new();
    for def in KINDS.served() {
        let verb = if def.declared.takes(model::Write::Update) { Verb::Update } else { Verb::Read };
        let name = verb.name().to_uppercase();
        let text = format!(
            "query($k: String!, $id: ID!) {{ accessExplain(kind: $k, id: $id, verb: {name}) {{ allowed }} }}"
        );
        for (name, id) in caller.stage.targets(def.name) {
            let answer = caller.client.graphql(&text, json!({ "k": def.name, "id": id })).await;
            let seen = caller.seen(def, id).await;
            let wanted = if seen.is_some() { 200 } else { 404 };
            let field = "accessExplain";
            let what = format!("explain {name}");
            faults.extend(caller.expect(&what, status(&answer, field), wanted, &answer));
            let told = &answer.body["data"][field]["allowed"];
            faults.extend(caller.explained(&what, (verb, def), seen.as_ref(), told));
        }
    }
    faults
}

async fn query(
    caller: &Caller<'_>,
    schema: &Schema,
    field: &Field,
    rule: (&'static KindDef, Does),
) -> Faults {
    let (def, name) = (rule.0, &field.name);
    match rule.1 {
        Does::List => list(caller, def, name).await,
        Does::ByKey => {
            let text =
                format!("query($s: String!, $k: String!) {{ {name}(sourceSystem: $s, key: $k) {{ id }} }}");
            let asked = json!({"s": SYSTEM, "k": Stage::key_of(def)});
            let answer = caller.client.graphql(&text, asked).await;
            let wanted = caller.read_key(def, caller.stage.targets(def.name)[0].1).await;
            caller.expect(name, status(&answer, name), wanted, &answer)
        }
        _ => {
            let (arg, ty) = field.arg.clone().expect("an argument");
            let picked = schema.selection(&field.output, 0);
            let text = format!("query($a: {ty}) {{ {name}({arg}: $a) {{ {picked} }} }}");
            let mut faults = Faults::new();
            for (target, id) in caller.stage.targets(def.name) {
                let answer = caller.client.graphql(&text, json!({ "a": id })).await;
                let wanted = caller.read(def, id).await;
                faults.extend(caller.expect(&target, status(&answer, name), wanted, &answer));
            }
            faults
        }
    }
}

async fn list(caller: &Caller<'_>, def: &'static KindDef, name: &str) -> Faults {
    let text = format!("{{ {name}(first: 200) {{ totalCount nodes {{ id }} }} }}");
    let answer = caller.client.graphql(&text, json!({})).await;
    let found = &answer.body["data"][name];
    let ids =
        found["nodes"].as_array().into_iter().flatten().filter_map(|node| node["id"].as_str()?.parse().ok());
    let (shown, allowed) =
        (ids.collect::<BTreeSet<Uuid>>(), permitted(caller.stage.app, &caller.actor, def).await);
    let fault = format!("{} {name}: {shown:?}, not {allowed:?}: {}", caller.name, answer.body);
    let is_right = shown == allowed && found["totalCount"] == json!(allowed.len());
    if is_right { Faults::new() } else { vec![fault] }
}

/// Runs a mutation with an input in REST's form.
pub(super) async fn run(caller: &Caller<'_>, schema: &Schema, field: &Field, input: &Json) -> Answer {
    let (arg, ty) = field.arg.clone().expect("an argument");
    let depth = if field.name.ends_with("Batch") { 2 } else { 1 };
    let picked = schema.picked(&field.output, depth);
    let text = format!("mutation($input: {ty}) {{ {}({arg}: $input) {picked} }}", field.name);
    let input = schema.input(ty.trim_end_matches('!'), input);
    caller.client.graphql(&text, json!({ "input": input })).await
}

async fn mutation(
    caller: &Caller<'_>,
    schema: &Schema,
    field: &Field,
    (def, does): (&'static KindDef, Does),
) -> Faults {
    match does {
        Does::Edit(verb) => edits(caller, schema, field, (def, verb)).await,
        Does::Batch => batch(caller, schema, field, def).await,
        Does::Upsert => {
            let mut input = caller.stage.new_of(def, caller.number());
            input["source_system"] = json!(caller.system());
            input["external_key"] = json!("upserted");
            creates(caller, schema, field, (def, input)).await
        }
        _ => {
            let input = caller.stage.new_of(def, caller.number());
            creates(caller, schema, field, (def, input)).await
        }
    }
}

async fn replies(caller: &Caller<'_>, schema: &Schema, field: &Field) -> Faults {
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets("grant") {
        let answer = run(caller, schema, field, &json!({ "id": id })).await;
        let wanted = caller.reply(&name, field.name.trim_end_matches("Grant"));
        let what = format!("{} {name}", field.name);
        faults.extend(caller.expect(&what, status(&answer, &field.name), wanted, &answer));
    }
    faults
}

async fn creates(
    caller: &Caller<'_>,
    schema: &Schema,
    field: &Field,
    (def, input): (&'static KindDef, Json),
) -> Faults {
    let answer = run(caller, schema, field, &input).await;
    let wanted = caller.create(def, 200).await;
    let wanted = if input["external_key"].is_null() { wanted } else { caller.keyed(def, wanted) };
    let id = answer.body["data"][&field.name][camel(def.name)]["id"].as_str().and_then(|id| id.parse().ok());
    if let Some(id) = id {
        caller.stage.remove(def, id).await;
    }
    caller.expect(&field.name, status(&answer, &field.name), wanted, &answer)
}

async fn batch(caller: &Caller<'_>, schema: &Schema, field: &Field, def: &'static KindDef) -> Faults {
    let answer = run(caller, schema, field, &rehearsal(caller, def)).await;
    let wanted = if caller.actor.is_known() { 200 } else { 401 };
    let mut faults = caller.expect(&field.name, status(&answer, &field.name), wanted, &answer);
    if wanted == 200 {
        let (codes, wanted) = (codes(&answer.body["data"][&field.name]), rehearsed(caller, def).await);
        if codes != wanted {
            faults.push(format!("{} {}: {codes:?}, not {wanted:?}", caller.name, field.name));
        }
    }
    faults
}

async fn batch_of_all(caller: &Caller<'_>, schema: &Schema, field: &Field) -> Faults {
    let answer = run(caller, schema, field, &rehearsal_of_all(caller)).await;
    let wanted = if caller.actor.is_known() { 200 } else { 401 };
    let mut faults = caller.expect(&field.name, status(&answer, &field.name), wanted, &answer);
    if wanted == 200 {
        faults.extend(differences(caller, &codes(&answer.body["data"][&field.name])).await);
    }
    faults
}

/// Writes with a version nobody read: 412 is the answer where nothing else refuses them.
async fn edits(
    caller: &Caller<'_>,
    schema: &Schema,
    field: &Field,
    (def, verb): (&'static KindDef, Verb),
) -> Faults {
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets(def.name) {
        let mut input = match verb {
            Verb::Update => specimen::edit(def),
            Verb::Move(step) => specimen::call(def, step, |kind| caller.stage.id(kind)),
            _ => json!({}),
        };
        if field.arg.as_ref().is_some_and(|(_, ty)| ty.starts_with("DestroyInput")) {
            input = json!({"reason": "Entered by mistake"});
        }
        input["id"] = json!(id);
        input["expected_version"] = json!(999_999);
        let answer = run(caller, schema, field, &input).await;
        let wanted = caller.write(verb, def, id, 412).await;
        let what = format!("{} {name}", field.name);
        faults.extend(caller.expect(&what, status(&answer, &field.name), wanted, &answer));
    }
    faults
}
