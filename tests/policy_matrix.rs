//! The policy against a table of its own, and its two forms against each other.

use std::collections::{BTreeMap, BTreeSet};

use concord::{domain::KINDS, signin::standing::load_actor};
use entity::vocab::{ReadCeiling, Role, Visibility};
use kernel::{
    Actor, KindDef,
    actor::Grant,
    policy::{Class, Holding, Scope, Verb, authorize, visible},
    record::Op,
    row::Row,
    store,
};
use sea_orm::{ActiveEnum, Iterable, sea_query::Cond};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{TestApp, app, world::PEOPLE};

const TABLE: &str = include_str!("access_table.csv");

const ME: Uuid = Uuid::from_u128(1);
const SOMEBODY: Uuid = Uuid::from_u128(2);
const MY_AGENCY: Uuid = Uuid::from_u128(3);
const OTHER_AGENCY: Uuid = Uuid::from_u128(4);
const SHARED_SET: Uuid = Uuid::from_u128(5);
const RELEASE_SET: Uuid = Uuid::from_u128(6);
const PLAN: Uuid = Uuid::from_u128(7);

/// One combination of the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    role: String,
    kind: String,
    verb: String,
    level: String,
    ownership: String,
}

fn roles() -> Vec<String> {
    let named = Role::iter().map(|role| role.to_value());
    named.chain(["anonymous".to_owned(), "portal_national".to_owned()]).collect()
}

/// Reads the table; a combination that is answered twice is a fault of the table.
fn table() -> BTreeMap<Case, bool> {
    let mut table = BTreeMap::new();
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    for line in rows {
        let cells: Vec<Vec<&str>> = line.split(',').map(|cell| cell.split(' ').collect()).collect();
        let [who, kinds, verbs, levels, owners, allowed] = cells.as_slice() else { panic!("{line}") };
        let all = roles();
        let who = if *who == ["*"] { all.iter().map(String::as_str).collect() } else { who.clone() };
        let mut add = |case: Case| {
            assert!(all.contains(&case.role), "no such role: {line}");
            assert_eq!(table.insert(case.clone(), *allowed == ["yes"]), None, "answered twice: {case:?}");
        };
        for role in &who {
            for kind in kinds {
                for verb in verbs {
                    for level in levels {
                        for ownership in owners {
                            let [role, kind, verb, level, ownership] =
                                [*role, *kind, *verb, *level, *ownership].map(str::to_owned);
                            add(Case { role, kind, verb, level, ownership });
                        }
                    }
                }
            }
        }
    }
    table
}

fn role_named(name: &str) -> Option<Role> {
    Role::iter().find(|role| role.to_value() == name)
}

fn home_of(role: &str) -> &'static str {
    match role {
        "regional" => "region:CA",
        "partner" => "org:UNICRI",
        "steward" => "reference",
        "operator" => "installation",
        _ => "KGZ",
    }
}

/// Somebody with one grant of this role.
fn actor(name: &str) -> Actor {
    let mut actor = Actor::anonymous();
    actor.standing.release_sets = [RELEASE_SET].into();
    let is_open = name == "portal_national";
    let Some(role) = role_named(if is_open { "portal" } else { name }) else { return actor };
    let works = matches!(role, Role::Officer | Role::AgencyLead);
    let kinds = KINDS.all().iter().map(|def| def.name.to_owned()).filter(|_| is_open);
    actor.user = Some(ME);
    actor.acting = Some(home_of(name).to_owned());
    actor.grants = vec![Grant {
        id: Uuid::from_u128(8),
        role,
        owner: home_of(name).to_owned(),
        agency: works.then_some(MY_AGENCY),
        agency_code: works.then(|| "MES".to_owned()),
        within_plan: None,
        read_ceiling: is_open.then_some(ReadCeiling::National),
        write_kinds: kinds.collect(),
        source_systems: Vec::new(),
    }];
    if home_of(name) == "KGZ" {
        actor.standing.regions = vec!["region:CA".to_owned()];
    }
    if works {
        actor.standing.shared_sets = [SHARED_SET].into();
    }
    actor
}

/// A record as the row of the table describes it.
fn scope(case: &Case, def: &KindDef) -> Scope {
    let owner = match (case.ownership.as_str(), case.kind.as_str()) {
        ("reference", _) => "reference",
        (_, "user") => "installation",
        (_, "grant:steward") => "reference",
        (_, "grant:partner") => "org:UNICRI",
        (_, "grant:regional") => "region:CA",
        (_, "grant:operator") => "installation",
        ("oneself", "api_key" | "calendar") => home_of(&case.role),
        ("foreign" | "released" | "named" | "unsettled" | "author_released", _) => "KAZ",
        ("member", _) => "region:CA",
        (_, kind) if kind.starts_with("grant:") => "KGZ",
        _ if ["regional", "partner"].contains(&case.role.as_str()) => home_of(&case.role),
        _ => "KGZ",
    };
    let is_mine = case.ownership == "lead";
    let agency = if is_mine { MY_AGENCY } else { OTHER_AGENCY };
    let by_agency =
        matches!(def.class, Class::Work | Class::Comment) || (def.class == Class::Grant && is_mine);
    let holding_owner = if case.ownership == "foreign" { "KAZ" } else { "KGZ" };
    let holding = Holding { owner: holding_owner.to_owned(), agency: Some(agency) };
    let about_me = ["oneself", "author", "author_released"].contains(&case.ownership.as_str());
    let holds = def.class == Class::Person && !about_me;
    Scope {
        owner: owner.to_owned(),
        level: Visibility::iter().find(|level| level.to_value() == case.level),
        agency: by_agency.then_some(agency),
        contributors: if case.ownership == "contributor" { vec![MY_AGENCY] } else { Vec::new() },
        shared_set: (case.ownership == "shared").then_some(SHARED_SET),
        release_set: ["released", "unsettled", "author_released"]
            .contains(&case.ownership.as_str())
            .then_some(RELEASE_SET),
        plan: def.plan_column().map(|_| PLAN),
        person: matches!(def.class, Class::Person | Class::Grant | Class::Key | Class::Comment)
            .then_some(if about_me { ME } else { SOMEBODY }),
        role: case.kind.strip_prefix("grant:").and_then(role_named),
        is_offered: false,
        is_drafted: false,
        named: (case.ownership == "named").then(|| "KGZ".to_owned()),
        is_unsettled: ["named", "unsettled"].contains(&case.ownership.as_str()),
        is_inside: false,
        holdings: if holds { vec![holding] } else { Vec::new() },
    }
}

fn def_of(kind: &str) -> &'static KindDef {
    let name = kind.split(':').next().expect("a name");
    KINDS.get(name).unwrap_or_else(|| panic!("no kind {name}"))
}

fn moves_of(def: &KindDef) -> impl Iterator<Item = Verb> + use<> {
    def.lifecycle.into_iter().flat_map(|cycle| cycle.moves).map(Verb::Move)
}

fn verb_named(def: &KindDef, name: &str) -> Verb {
    let common = Verb::COMMON.into_iter().map(|(verb, _)| verb);
    let others = KINDS.all().iter().flat_map(|def| moves_of(def));
    common
        .chain(moves_of(def))
        .chain(others)
        .find(|verb| verb.name() == name)
        .unwrap_or_else(|| panic!("no verb {name}"))
}

/// What the policy answers otherwise than the table.
fn differences() -> Vec<String> {
    let mut found = Vec::new();
    for (case, wanted) in table() {
        let def = def_of(&case.kind);
        let answer = authorize(&actor(&case.role), verb_named(def, &case.verb), def, &scope(&case, def));
        if answer.is_ok() != wanted {
            found.push(format!("{case:?}: the table says {wanted}, the policy {answer:?}"));
        }
    }
    found
}

/// Verbs somebody may try on a record of the kind.
pub fn verbs_of(def: &KindDef) -> Vec<Verb> {
    let mut verbs = vec![Verb::Read, Verb::Create];
    verbs.extend(def.verbs());
    if def.lifecycle.is_some_and(|cycle| cycle.is_recorded) {
        verbs.push(Verb::Record);
    }
    if def.is_national() {
        verbs.extend([Verb::Release, Verb::Purge]);
    }
    verbs
}

fn has_operations(def: &KindDef) -> bool {
    def.class != Class::Shared
}

/// Combinations of role, kind and verb that the table leaves out, at the level and ownership it must have.
fn gaps() -> Vec<String> {
    let table = table();
    let mut missing = Vec::new();
    let kinds = KINDS.all().iter().filter(|def| has_operations(def));
    for (def, role) in kinds.flat_map(|def| roles().into_iter().map(move |role| (*def, role))) {
        let national = if def.is_national() { "national" } else { "-" };
        for verb in verbs_of(def) {
            let fits = |case: &&Case| {
                let is_usual = case.ownership == "own" || !def.is_national();
                case.role == role && case.verb == verb.name() && case.level == national && is_usual
            };
            let names = match def.class {
                Class::Grant => Role::iter().map(|given| format!("grant:{}", given.to_value())).collect(),
                _ => vec![def.name.to_owned()],
            };
            for name in names {
                if !table.keys().filter(fits).any(|case| case.kind == name) {
                    missing.push(format!("{role} {} {name}", verb.name()));
                }
            }
        }
    }
    missing
}

#[test]
fn the_policy_answers_as_the_table_written_from_the_rule_says() {
    let found = differences();

    assert!(found.is_empty(), "{} differ:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_table_has_a_row_for_every_role_kind_and_verb() {
    let found = gaps();

    assert!(found.is_empty(), "{} are missing:\n{}", found.len(), found.join("\n"));
}

/// Records the world does not have: other levels, sets and owners; a grant within a plan.
async fn enrich(app: &TestApp) -> Uuid {
    let id = |name: &str| app.world.id(name).to_string();
    let group = json!({"groups": [id("working_group:KGZ")]});
    let mut unit = app.system().begin().await.expect("a unit");
    let more: Vec<(&str, Json)> = vec![
        (
            "agency",
            json!({"owner": "org:UNICRI", "code": "SIT", "name": "U", "kind": "service", "language": "en"}),
        ),
        (
            "agency",
            json!({"owner": "KAZ", "code": "MOH", "name": "Health", "kind": "ministry", "language": "en",
            "visibility": "group"}),
        ),
        (
            "task",
            json!({"owner": "KGZ", "title": "For a group", "lead_agency": "MES", "visibility": "group",
            "shared_with": group, "language": "en"}),
        ),
        (
            "task",
            json!({"owner": "KGZ", "title": "In a plan", "lead_agency": "MOF", "plan": id("plan:national"),
            "language": "en"}),
        ),
        (
            "task",
            json!({"owner": "region:CA", "title": "Of the region", "lead_agency": "SEC", "language": "en"}),
        ),
        (
            "task",
            json!({"owner": "region:CA", "title": "Of its agency", "lead_agency": "SEC",
            "visibility": "agency", "language": "en"}),
        ),
        (
            "task",
            json!({"owner": "KAZ", "title": "Shared abroad", "lead_agency": "MES", "visibility": "group",
            "language": "en"}),
        ),
        (
            "working_group",
            json!({"owner": "KGZ", "name": "Quiet group", "kind": "interagency_group",
            "visibility": "group", "shared_with": {"agencies": ["MOF"]}, "language": "en"}),
        ),
        (
            "grant",
            json!({"owner": "KGZ", "user": "narrowed@test", "role": "secretariat",
            "within_plan": id("plan:national")}),
        ),
        ("grant", json!({"owner": "KAZ", "user": id("officer"), "role": "observer"})),
    ];
    for (kind, fields) in more {
        let op = Op::Create(fields.as_object().cloned().expect("an object"));
        unit.apply_one(def_of(kind), op).await.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
    }
    unit.commit().await.expect("committed");
    for name in ["secretariat", "foreign_focal_point", "partner"] {
        let mut unit = app.state.ctx(None).acting(app.actor(name).await).begin().await.expect("a unit");
        let key = json!({"name": "Copy"}).as_object().cloned().expect("an object");
        for kind in ["api_key", "calendar"] {
            unit.apply_one(def_of(kind), Op::Create(key.clone())).await.expect("a key");
        }
        unit.commit().await.expect("committed");
    }
    let offer = json!({"owner": "KAZ", "user": "bystander@test", "role": "observer"});
    assert_eq!(app.user("foreign_focal_point").await.post("/grants", offer).await.status, 201);
    let user = def_of("user");
    let cond = Cond::all().add(sea_orm::sea_query::ExprTrait::eq(user.col("email"), "narrowed@test"));
    let ctx = app.system();
    store::first(ctx.db.reading(), user, cond).await.expect("an answer").expect("a user").id()
}

async fn all_of(app: &TestApp, def: &'static KindDef) -> Vec<Row> {
    store::all(app.system().db.reading(), def, Cond::all()).await.expect("rows")
}

pub async fn permitted(app: &TestApp, actor: &Actor, def: &'static KindDef) -> BTreeSet<Uuid> {
    let rows = all_of(app, def).await;
    let ids = rows.iter().map(Row::id).collect();
    let holdings = store::holdings(app.system().db.reading(), &ids).await.expect("holdings");
    let mut found = BTreeSet::new();
    for row in rows {
        let mut scope = row.scope();
        scope.holdings = holdings.get(&row.id()).cloned().unwrap_or_default();
        if authorize(actor, Verb::Read, def, &scope).is_ok() {
            found.insert(row.id());
        }
    }
    found
}

async fn selected(app: &TestApp, actor: &Actor, def: &'static KindDef) -> BTreeSet<Uuid> {
    let rows = store::all(app.system().db.reading(), def, Cond::all().add(visible(actor, def))).await;
    rows.expect("rows").iter().map(Row::id).collect()
}

/// Where the condition in SQL and the rule over facts part, for one caller.
pub async fn partings(app: &TestApp, name: &str, actor: &Actor) -> Vec<String> {
    let mut found = Vec::new();
    for def in KINDS.all() {
        let (by_rule, by_sql) = (permitted(app, actor, def).await, selected(app, actor, def).await);
        let apart: Vec<_> = by_rule.symmetric_difference(&by_sql).collect();
        if !apart.is_empty() {
            found.push(format!("{name} {}: {apart:?}; the rule permits {}", def.name, by_rule.len()));
        }
    }
    found
}

#[tokio::test]
async fn the_condition_in_sql_selects_exactly_what_the_rule_permits() {
    app(async |app| {
        let narrowed = enrich(app).await;
        let mut found = Vec::new();

        for (name, ..) in PEOPLE.iter().filter(|(name, ..)| *name != "officer") {
            found.extend(partings(app, name, &app.actor(name).await).await);
        }
        found.extend(partings(app, "anonymous", &app.actor("anonymous").await).await);
        let ctx = app.system();
        for (user, owner) in
            [(narrowed, "KGZ"), (app.world.id("officer"), "KGZ"), (app.world.id("officer"), "KAZ")]
        {
            let session = concord::signin::session::open_session(&ctx, user).await;
            let who = Some((user, session.expect("a session")));
            let actor = load_actor(&app.state.ctx(None), who, Some(owner)).await.expect("an actor");
            found.extend(partings(app, &format!("{user} for {owner}"), &actor).await);
        }

        assert!(found.is_empty(), "{}", found.join("\n"));
    })
    .await;
}
