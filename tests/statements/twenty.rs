//! Twenty records of every kind, each with every edge it can have.

use chrono::TimeDelta;
use concord::domain::{KINDS, moves};
use kernel::{
    KindDef,
    record::Op,
    row::Row,
    store,
    unit::{Atomic, Unit},
};
use model::{FieldDef, Writing, field::Shape};
use sea_orm::sea_query::Cond;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{
    coverage::stage::{Stage, def_of},
    support::{TestApp, specimen},
};

/// Adds records to the world until every kind has twenty whose edges lead somewhere.
pub async fn of_every_kind(app: &TestApp) {
    let stage = Stage::bare(app).await;
    // Ids of a later instant: the newest of each kind are these.
    app.state.clock.advance(TimeDelta::seconds(1));
    let mut unit = app.system().begin().await.expect("a unit");
    reference(&mut unit).await;
    bodies(&mut unit).await;
    let actions = plans(&mut unit).await;
    needs(&mut unit, &actions).await;
    unit.commit().await.expect("the records are committed");
    for def in KINDS.served() {
        // The tasks of plans are there, and for no deadline.
        if def.name == "task" || app.count(&format!("\"{}\"", def.table)).await < 20 {
            others(app, &stage, def).await;
        }
    }
    comments(app).await;
}

/// Comments, and answers to them, on the newest records of every kind that shows them.
async fn comments(app: &TestApp) {
    let shows = |def: &&KindDef| def.declared.children.iter().any(|one| one.name == "comments");
    for def in KINDS.served().filter(shows) {
        let ids = newest(app, def.name).await;
        let said = |at: usize, parent: Option<&Uuid>| {
            let subject = json!({ "kind": def.name, "id": ids[at] });
            json!({ "subject": subject, "text": "Said", "parent": parent, "agency": "MES", "language": "en" })
        };
        let mut unit = app.system().begin().await.expect("a unit");
        let first = add(&mut unit, "comment", |at| said(at, None), [0, 10]).await;
        add(&mut unit, "comment", |at| said(at, first.get(at)), [0, 10]).await;
        unit.commit().await.expect("the comments are committed");
    }
}

/// The newest records of a kind that records of the first country refer to.
async fn newest(app: &TestApp, kind: &str) -> Vec<Uuid> {
    let rows = store::all(app.state.db.reading(), def_of(kind), Cond::all()).await.expect("rows");
    let near = rows.iter().filter(|row| row.owner() == "KGZ" || row.def().fixed_owner.is_some());
    let mut ids: Vec<Uuid> = near.map(Row::id).collect();
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.truncate(20);
    ids
}

/// The obligations of the newest deadlines.
async fn of_deadlines(app: &TestApp) -> Vec<Option<Uuid>> {
    let rows = store::all(app.state.db.reading(), def_of("deadline"), Cond::all()).await.expect("rows");
    let of = |id: &Uuid| rows.iter().find(|row| row.id() == *id).and_then(|row| row.uuid("obligation_id"));
    newest(app, "deadline").await.iter().map(of).collect()
}

/// Twenty records of a kind that has none above, each with every reference it may have: to one of the newest records
/// there are, and of the later ten to one of the first ten where it refers to its own kind.
async fn others(app: &TestApp, stage: &Stage<'_>, def: &'static KindDef) {
    let mut targets = Vec::new();
    let given = |field: &&FieldDef| matches!(field.writing, Writing::Always | Writing::NewOnly);
    for field in def.declared.fields.iter().filter(given) {
        // A country's records are about itself.
        let kind = field.shape.target().filter(|kind| !(def.is_national() && *kind == "country"));
        if let Some(kind) = kind {
            let ids = if kind == def.name { Vec::new() } else { newest(app, kind).await };
            targets.push((field, ids));
        }
    }
    let (gaps, mut earlier) = (newest(app, "gap").await, Vec::new());
    // A draft is of what its deadline is of.
    let due = if def.name == "report_draft" { of_deadlines(app).await } else { Vec::new() };
    for numbers in [[0, 10], [10, 20]] {
        let fields = |at: usize| {
            let mut fields = stage.new_of(def, u32::try_from(at).expect("a small number"));
            for (field, ids) in &targets {
                let ids = if ids.is_empty() { &earlier } else { ids };
                let at = if is_parent_of_own(def, field) { at % 10 } else { at };
                let Some(id) = ids.get(at % ids.len().max(1)) else { continue };
                fields[field.name] = if field.shape.is_list() { json!([id]) } else { json!(id) };
            }
            if def.is_national() {
                fields["visibility"] = json!("group");
                fields["shared_with"] = json!({ "agencies": ["MOH"] });
            }
            // Evidence stands below one record.
            if def.name == "evidence_item" {
                // It stands below one of them.
                let places = ["action", "coverage_mark", "submission"].into_iter().enumerate();
                places.filter(|(place, _)| at % 3 != *place).for_each(|(_, name)| fields[name] = Json::Null);
            }
            fill(def, &mut fields, gaps.get(at));
            if let Some(of) = due.get(at % due.len().max(1)) {
                fields["obligation"] = json!(of);
            }
            // What is farther above follows from the nearest one, but for the deadline of a task, which no plan leads to.
            if let Some((nearest, farther)) = def.declared.below.split_first()
                && !fields[*nearest].is_null()
            {
                let farther = farther.iter().filter(|name| **name != "deadline");
                farther.for_each(|name| fields[*name] = Json::Null);
            }
            specimen::settle(def, &mut fields);
            fields
        };
        let mut unit = app.maker(def).await.begin().await.expect("a unit");
        let made = add(&mut unit, def.name, fields, numbers).await;
        unit.commit().await.expect("the records are committed");
        earlier.extend(made);
    }
}

/// Gives money and an origin where the example of the kind has none.
fn fill(def: &KindDef, fields: &mut Json, gap: Option<&Uuid>) {
    for field in def.declared.fields.iter().filter(|field| field.writing == Writing::Always) {
        let value = match field.shape {
            Shape::Money => json!({ "amount": "12.50", "currency": "KGS" }),
            Shape::AnyRef => json!({ "kind": "gap", "id": gap }),
            _ => continue,
        };
        if fields[field.name].is_null() {
            fields[field.name] = value;
        }
    }
}

/// Whether a field is the parent in a kind whose records refer to each other: they do below one parent.
fn is_parent_of_own(def: &KindDef, field: &FieldDef) -> bool {
    let own = def.declared.fields.iter().any(|other| other.shape.target() == Some(def.name));
    own && def.declared.below.contains(&field.name)
}

async fn add(unit: &mut Unit, kind: &str, fields: impl Fn(usize) -> Json, numbers: [usize; 2]) -> Vec<Uuid> {
    let def = KINDS.get(kind).expect("a kind");
    let ops = (numbers[0]..numbers[1]).map(|at| Op::Create(fields(at).as_object().cloned().expect("fields")));
    let made = unit.apply(def, ops.collect(), Atomic::All).await;
    let made = made.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
    made.iter().filter_map(|outcome| outcome.id).collect()
}

fn letter(at: usize) -> char {
    char::from(b'A' + u8::try_from(at).expect("a small number"))
}

/// The fields of a record and, for those from the tenth on, more.
fn with(at: usize, mut fields: Json, more: impl Fn(usize) -> Json) -> Json {
    if at >= 10 {
        let more = more(at - 10).as_object().cloned().expect("fields");
        fields.as_object_mut().expect("fields").extend(more);
    }
    fields
}

async fn reference(unit: &mut Unit) {
    let region = |at| json!({ "code": format!("R{}", letter(at)), "name": format!("Region {at}") });
    add(unit, "region", region, [0, 20]).await;
    let country = |at| {
        json!({ "code": format!("XA{}", letter(at)), "iso2": format!("X{}", letter(at)),
            "name": format!("Country {at}"), "name_long": format!("Country {at}"), "official_languages": ["en"],
            "time_zone": "Asia/Bishkek", "confidence": "high" })
    };
    add(unit, "country", country, [0, 20]).await;
    let membership = |at| {
        json!({ "country": format!("XA{}", letter(at)), "region": format!("R{}", letter(at)),
            "standing": "member", "is_primary": true, "source": "test" })
    };
    add(unit, "region_membership", membership, [0, 20]).await;
    let organisation = |at| {
        let fields = json!({ "code": format!("ORG{at}"), "name": format!("Body {at}"), "kind": "un_body" });
        with(at, fields, |of| json!({ "parent": format!("ORG{of}") }))
    };
    add(unit, "organisation", organisation, [0, 10]).await;
    add(unit, "organisation", organisation, [10, 20]).await;
    let framework = |at| {
        let fields = json!({ "code": format!("FW{at}"), "name": format!("Treaty {at}"),
            "short_name": format!("T{at}"), "kind": "treaty", "domains": ["C"] });
        with(at, fields, |of| json!({ "parent": format!("FW{of}") }))
    };
    add(unit, "framework", framework, [0, 10]).await;
    add(unit, "framework", framework, [10, 20]).await;
    let obligation = |at| {
        let fields = json!({ "code": format!("FW{at}-I"), "framework": format!("FW{at}"), "provision": "I",
            "title": format!("Duty {at}"), "summary": "In own words.", "category": "declaration",
            "domains": ["C"], "periodicity": "continuous", "lead_functions": ["foreign_affairs"],
            "binding": "legally_binding", "source": "I" });
        with(at, fields, |of| {
            json!({ "framework": format!("FW{of}"), "part_of": format!("FW{of}-I"),
                "superseded_in_period_by": format!("FW{of}-I") })
        })
    };
    add(unit, "obligation", obligation, [0, 10]).await;
    add(unit, "obligation", obligation, [10, 20]).await;
    participations(unit).await;
}

async fn participations(unit: &mut Unit) {
    let fact = |at| {
        json!({ "owner": "reference", "country": "KGZ", "framework": format!("FW{at}"), "status": "ratified",
            "confidence": "high", "source": "depositary" })
    };
    let facts = add(unit, "participation", fact, [0, 10]).await;
    let own = |at: usize| {
        json!({ "owner": "KGZ", "country": "KGZ", "framework": format!("FW{at}"), "status": "ratified",
            "confidence": "high", "source": "ministry", "contests": facts[at],
            "visibility": "group", "shared_with": { "agencies": ["MOH"] } })
    };
    add(unit, "participation", own, [0, 10]).await;
    let stated = |at| {
        json!({ "owner": "KGZ", "framework": format!("FW{at}"), "source": "list",
            "visibility": "group", "shared_with": { "agencies": ["MOH"] } })
    };
    add(unit, "country_framework", stated, [0, 20]).await;
}

/// The fields of a national record that is shared with an agency.
fn shared(fields: Json) -> Json {
    let mut fields = fields;
    let all = fields.as_object_mut().expect("fields");
    all.insert("visibility".into(), json!("group"));
    all.insert("shared_with".into(), json!({ "agencies": ["MOH"] }));
    all.insert("language".into(), json!("en"));
    fields
}

async fn bodies(unit: &mut Unit) {
    let agency = |at| {
        let fields = json!({ "owner": "KGZ", "code": format!("AG{at}"), "name": format!("Agency {at}"),
            "kind": "ministry" });
        shared(with(at, fields, |of| {
            json!({ "parent": format!("AG{of}"), "successors": [format!("AG{of}")],
                "valid_until": "2026-01-01" })
        }))
    };
    add(unit, "agency", agency, [0, 10]).await;
    add(unit, "agency", agency, [10, 20]).await;
    let group = |at| shared(json!({ "owner": "KGZ", "name": format!("Group {at}"), "kind": "subgroup" }));
    let mut groups = add(unit, "working_group", group, [0, 10]).await;
    let below = |at: usize| {
        let fields = json!({ "owner": "KGZ", "name": format!("Group {at}"), "kind": "subgroup",
            "parent": groups[at - 10] });
        shared(fields)
    };
    let more = add(unit, "working_group", below, [10, 20]).await;
    groups.extend(more);
    let membership = |at: usize| {
        json!({ "working_group": groups[at], "agency": format!("AG{}", at % 10), "visibility": "group",
            "shared_with": { "agencies": ["MOH"] } })
    };
    add(unit, "membership", membership, [0, 20]).await;
}

async fn plans(unit: &mut Unit) -> Vec<Uuid> {
    let plan = |at| {
        shared(json!({ "owner": "KGZ", "kind": "cbrn_nap", "title": format!("Plan {at}"), "domains": ["C"] }))
    };
    let plans = add(unit, "plan", plan, [0, 20]).await;
    let pillar = |at: usize| shared(json!({ "plan": plans[at], "title": format!("Pillar {at}") }));
    let pillars = add(unit, "pillar", pillar, [0, 20]).await;
    let objective = |at: usize| shared(json!({ "pillar": pillars[at], "title": format!("Objective {at}") }));
    let objectives = add(unit, "objective", objective, [0, 20]).await;
    let action = |at: usize| {
        shared(json!({ "objective": objectives[at], "title": format!("Action {at}"),
            "lead_agency": format!("AG{}", at % 10), "contributing_agencies": ["MOH"],
            "obligations": [format!("FW{at}-I")], "cost": { "amount": "12.50", "currency": "KGS" } }))
    };
    let actions = add(unit, "action", action, [0, 20]).await;
    let task = |at: usize| {
        shared(json!({ "owner": "KGZ", "plan": plans[at], "action": actions[at],
            "title": format!("Task {at}"), "lead_agency": format!("AG{}", at % 10),
            "contributing_agencies": ["MOH"], "origin": { "kind": "decision", "id": plans[at] } }))
    };
    let tasks = add(unit, "task", task, [0, 10]).await;
    let later = |at: usize| {
        let mut fields = task(at);
        fields["depends_on"] = json!([tasks[at - 10]]);
        fields
    };
    add(unit, "task", later, [10, 20]).await;
    let user = |at| json!({ "email": format!("user{at}@test"), "name": format!("User {at}") });
    let users = add(unit, "user", user, [0, 20]).await;
    let grant = |at: usize| {
        json!({ "user": users[at], "owner": "KGZ", "role": "officer", "agency": format!("AG{}", at % 10),
            "within_plan": plans[at] })
    };
    add(unit, "grant", grant, [0, 20]).await;
    actions
}

async fn needs(unit: &mut Unit, actions: &[Uuid]) {
    let area = |at| json!({ "code": format!("AREA{at}"), "title": format!("Area {at}"), "domains": ["C"] });
    add(unit, "capability_area", area, [0, 20]).await;
    let edition = |at| {
        shared(json!({ "owner": "KGZ", "code": format!("Q{at}"), "title": format!("Questionnaire {at}") }))
    };
    let editions = add(unit, "questionnaire", edition, [0, 20]).await;
    let question = |at: usize| {
        shared(json!({ "questionnaire": editions[at], "code": "Q1", "area": format!("AREA{}", at % 10),
            "text": format!("Question {at}"), "answer_type": "scale", "scale_min": 1, "scale_max": 5 }))
    };
    let mut questions = add(unit, "question", question, [0, 10]).await;
    let later = |at: usize| {
        let mut fields = question(at);
        fields["replaces"] = json!(questions[at - 10]);
        fields
    };
    let more = add(unit, "question", later, [10, 20]).await;
    questions.extend(more);
    let def = def_of("questionnaire");
    let publish = def.lifecycle.and_then(|cycle| cycle.find("publish")).expect("a move");
    let moves = editions.iter().map(|id| moves::op(def, publish, (*id, Some(1)), &Map::new()));
    unit.apply(def, moves.collect(), Atomic::All).await.expect("published");
    let cycle = |at| shared(json!({ "owner": "KGZ", "number": 3_000 + at, "title": format!("Cycle {at}") }));
    let cycles = add(unit, "cycle", cycle, [0, 20]).await;
    let assessment = |at: usize| {
        shared(
            json!({ "owner": "KGZ", "cycle": cycles[at], "questionnaire": editions[at], "title": format!("Assessment {at}"),
            "status": "answering" }),
        )
    };
    let mut assessments = add(unit, "assessment", assessment, [0, 10]).await;
    let renewing = |at: usize| {
        let mut fields = assessment(at);
        fields["renews"] = json!(assessments[at - 10]);
        fields
    };
    let more = add(unit, "assessment", renewing, [10, 20]).await;
    assessments.extend(more);
    let answer = |at: usize| {
        shared(json!({ "assessment": assessments[at], "question": questions[at],
            "agency": format!("AG{}", at % 10), "score": 3 }))
    };
    add(unit, "answer", answer, [0, 20]).await;
    let gap = |at: usize| {
        shared(json!({ "owner": "KGZ", "assessment": assessments[at], "area": format!("AREA{}", at % 10),
            "title": format!("Gap {at}"), "domains": ["C"], "obligations": [format!("FW{at}-I")],
            "actions": [actions[at]] }))
    };
    add(unit, "gap", gap, [0, 20]).await;
}
