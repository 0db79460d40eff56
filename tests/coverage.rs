//! Every operation of both faces, exercised by every sort of caller on every sort of record.
//!
//! What the policy should say is held by the access table; here every operation must say the same.

mod accounts;
mod analytics;
mod bundles;
mod duties;
mod exports;
mod graphql;
mod imports;
mod needs;
mod nodes;
mod plans;
mod rest;
pub mod schema;
mod snapshots;
pub mod stage;
mod webhooks;

use std::sync::atomic::{AtomicU32, Ordering};

use concord::domain::KINDS;
use kernel::{
    Actor, KindDef,
    policy::{Class, Scope, Verb, authorize},
};
use model::Write;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
    specimen::{self, Side},
};
use entity::vocab::Role;
use stage::Stage;

/// One caller who tries everything.
pub struct Caller<'a> {
    pub name: &'static str,
    pub stage: Stage<'a>,
    pub client: Client<'a>,
    pub actor: Actor,
    count: AtomicU32,
}

/// What went otherwise than the policy says.
pub type Faults = Vec<String>;

impl<'a> Caller<'a> {
    async fn of(app: &'a TestApp, name: &'static str) -> Self {
        let stage = Stage::set(app).await;
        let client = if name == "anonymous" { app.anonymous() } else { app.user(name).await };
        Self { name, stage, client, actor: app.actor(name).await, count: AtomicU32::new(0) }
    }

    /// A number that was not used yet.
    pub fn number(&self) -> u32 {
        self.count.fetch_add(1, Ordering::SeqCst)
    }

    /// The system under which the caller may write external keys.
    pub fn system(&self) -> String {
        let grants = || self.actor.grants.iter();
        let of_agency = grants().find_map(|grant| Some(format!("agency:{}", grant.agency_code.as_ref()?)));
        let listed = || grants().find_map(|grant| grant.source_systems.first().cloned());
        of_agency.or_else(listed).unwrap_or_else(|| "coverage".to_owned())
    }

    /// Status of the list of who read a country's records: its focal point's.
    pub fn audits(&self) -> u16 {
        match self.name {
            "anonymous" => 401,
            "focal_point" | "foreign_focal_point" => 200,
            _ => 403,
        }
    }

    pub fn may(&self, verb: Verb, def: &KindDef, scope: &Scope) -> bool {
        authorize(&self.actor, verb, def, scope).is_ok()
    }

    /// The facts of a stored record that the caller may read.
    pub async fn seen(&self, def: &'static KindDef, id: Uuid) -> Option<Scope> {
        self.stage.scope(def, id).await.filter(|scope| self.may(Verb::Read, def, scope))
    }

    /// Status of a read: what is hidden is not there.
    pub async fn read(&self, def: &'static KindDef, id: Uuid) -> u16 {
        if self.seen(def, id).await.is_some() { 200 } else { 404 }
    }

    /// A fault if what is told of the caller's right to a record, which it has [`Self::seen`] or not, is not what the
    /// policy says; of hidden records nothing is told.
    pub fn explained(
        &self,
        what: &str,
        (verb, def): (Verb, &KindDef),
        seen: Option<&Scope>,
        told: &Json,
    ) -> Faults {
        let wanted = seen.map_or(Json::Null, |scope| json!(self.may(verb, def, scope)));
        if *told == wanted {
            return Faults::new();
        }
        vec![format!("{} {what}: {told}, not {wanted}", self.name)]
    }

    /// Status of a write to a stored record, in the order of answers; `allowed` where nothing forbids it.
    pub async fn write(&self, verb: Verb, def: &'static KindDef, id: Uuid, allowed: u16) -> u16 {
        if !self.actor.is_known() {
            return 401;
        }
        match self.seen(def, id).await {
            None => 404,
            Some(scope) if self.may(verb, def, &scope) => allowed,
            Some(_) => 403,
        }
    }

    /// Status of a creation with the body of [`Stage::new_of`].
    pub async fn create(&self, def: &'static KindDef, allowed: u16) -> u16 {
        if !self.actor.is_known() {
            return 401;
        }
        let is_hidden = match specimen::parent(def, Side::Home) {
            Some((kind, name)) => self.read(stage::def_of(kind), self.stage.id(&name)).await == 404,
            None => false,
        };
        // Of what says whose it is the right is known before the record above is.
        let says_owner = !self.stage.new_of(def, 0)["owner"].is_null();
        if is_hidden && !says_owner {
            return 422;
        }
        if !self.may(Verb::Create, def, &self.planned(def)) {
            return 403;
        }
        if is_hidden {
            return 422;
        }
        // Keys are of whoever makes them; other specimens name what is of one country.
        let is_free = !def.declared.of_caller || def.class == Class::Key;
        let owns = is_free || self.actor.acting.as_deref() == Some("KGZ");
        if owns { allowed } else { 422 }
    }

    /// Status of a creation with an external key: of accounts only the operator writes keys.
    pub fn keyed(&self, def: &KindDef, created: u16) -> u16 {
        let operates = self.actor.with_role(&[Role::Operator]).next().is_some();
        // Who reads a record may comment on it, and yet write no keys.
        let writes_keys = def.class != Class::Comment || self.actor.writes_under(&self.system());
        let may = writes_keys && (def.class != Class::Person || operates);
        if !may && created < 300 { 422 } else { created }
    }

    /// Whether the caller sees the plan that specimens of releases name, which is not its own.
    async fn is_outside(&self) -> bool {
        self.read(stage::def_of("plan"), self.stage.id("plan:released")).await == 200
    }

    /// The facts of the record that [`Stage::new_of`] describes.
    fn planned(&self, def: &KindDef) -> Scope {
        let below = def.plan_column().is_some() && specimen::parent(def, Side::Home).is_some();
        let someone = match def.class {
            Class::Person => Some(stage::MISSING),
            Class::Grant => Some(self.stage.id("user:bystander")),
            Class::Key => self.actor.user,
            _ => None,
        };
        Scope {
            owner: match self.actor.acting.as_deref().filter(|_| def.declared.of_caller) {
                Some(own) => own.to_owned(),
                None => def.fixed_owner.unwrap_or("KGZ").to_owned(),
            },
            level: def.is_national().then_some(def.declared.level),
            agency: (def.class == Class::Work).then(|| self.stage.id("agency:KGZ/MES")),
            plan: below.then(|| self.stage.id("plan:national")),
            person: someone,
            role: (def.class == Class::Grant).then_some(Role::Observer),
            ..Scope::default()
        }
    }

    /// Status of a read by key: keys count within the owner the caller acts under.
    pub async fn read_key(&self, def: &'static KindDef, id: Uuid) -> u16 {
        let row = self.stage.row(def, id).await.expect("a stored record");
        let owner = def.fixed_owner.or(self.actor.acting.as_deref());
        if owner.is_none_or(|owner| owner == row.owner()) { self.read(def, id).await } else { 404 }
    }

    /// Status of an answer to a grant of the stage, all of which are accepted.
    pub fn reply(&self, grant: &str, reply: &str) -> u16 {
        let is_own = grant.strip_prefix("grant:") == Some(self.name);
        match (self.actor.is_known(), is_own, reply) {
            (false, ..) => 401,
            (_, false, _) => 404,
            (_, _, "accept") => 200,
            _ => 409,
        }
    }

    /// A fault if the status is another one than wanted.
    pub fn expect(&self, what: &str, status: u16, wanted: u16, answer: &Answer) -> Faults {
        if status == wanted {
            return Faults::new();
        }
        let text = String::from_utf8_lossy(&answer.bytes).chars().take(300).collect::<String>();
        vec![format!("{} {what}: {status}, not {wanted}: {text}", self.name)]
    }
}

/// What the outcomes of the rehearsed batch of [`rehearsal`] should be.
pub async fn rehearsed(caller: &Caller<'_>, def: &'static KindDef) -> Vec<&'static str> {
    let word = |status: u16| match status {
        200 | 201 => "",
        403 => "forbidden",
        404 => "not_found",
        412 => "stale_version",
        _ => "reference_not_found",
    };
    let target = caller.stage.targets(def.name)[0].1;
    let update = caller.write(Verb::Update, def, target, 412).await;
    let create = match caller.create(def, 201).await {
        422 if def.declared.of_caller && caller.is_outside().await => "rule_broken",
        status => word(status),
    };
    let taken = |write, code| if def.declared.takes(write) { code } else { "not_in_list" };
    vec![taken(Write::Create, create), taken(Write::Update, word(update)), taken(Write::Delete, "not_found")]
}

/// A batch with a creation, a stale edit and the deletion of a missing record, without writing.
pub fn rehearsal(caller: &Caller<'_>, def: &'static KindDef) -> Json {
    let data = caller.stage.new_of(def, caller.number());
    let target = caller.stage.targets(def.name)[0].1;
    let edit = if def.declared.takes(Write::Update) { specimen::edit(def) } else { json!({}) };
    json!({"atomic": "each", "dry_run": true, "items": [
        {"op": "create", "data": data},
        {"op": "update", "id": target, "version": 999_999, "data": edit},
        {"op": "delete", "id": stage::MISSING, "version": 1},
    ]})
}

/// The same of every kind in one batch.
pub fn rehearsal_of_all(caller: &Caller<'_>) -> Json {
    let mut items = Vec::new();
    for def in KINDS.served() {
        let of_kind = rehearsal(caller, def)["items"].as_array().cloned().unwrap_or_default();
        items.extend(of_kind.into_iter().map(|mut item| {
            item["kind"] = json!(def.name);
            item
        }));
    }
    json!({"atomic": "each", "dry_run": true, "items": items})
}

/// Where the outcomes of [`rehearsal_of_all`] are other ones than each kind's alone.
pub async fn differences(caller: &Caller<'_>, codes: &[String]) -> Faults {
    let mut faults = Faults::new();
    for (def, found) in KINDS.served().zip(codes.chunks(3)) {
        let wanted = rehearsed(caller, def).await;
        if found != wanted {
            faults.push(format!("{} batch of all, {}: {found:?}, not {wanted:?}", caller.name, def.name));
        }
    }
    faults
}

/// The codes of the outcomes of a batch; an empty one where an item passed.
pub fn codes(result: &Json) -> Vec<String> {
    let outcomes = result["outcomes"].as_array().cloned().unwrap_or_default();
    outcomes.iter().map(|one| one["errors"][0]["code"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn every_rest_operation(name: &'static str) {
    app(async |app| {
        let caller = Caller::of(app, name).await;

        let faults = rest::exercise(&caller).await;

        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    })
    .await;
}

async fn every_graphql_field(name: &'static str) {
    app(async |app| {
        let caller = Caller::of(app, name).await;

        let faults = graphql::exercise(&caller).await;

        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    })
    .await;
}

macro_rules! callers {
    ($($name:ident)*) => { $(mod $name {
        #[tokio::test]
        async fn meets_the_policy_in_every_rest_operation() {
            super::every_rest_operation(stringify!($name)).await;
        }

        #[tokio::test]
        async fn meets_the_policy_in_every_graphql_field() {
            super::every_graphql_field(stringify!($name)).await;
        }
    })* };
}

callers!(anonymous foreign_focal_point partner observer officer lead focal_point operator);
callers!(steward approver portal);

#[tokio::test]
async fn a_group_that_a_record_is_shared_with_is_in_use() {
    app(async |app| {
        let focal_point = app.user("focal_point").await;
        let path = format!("/working-groups/{}", app.world.id("working_group:KGZ"));
        let read = focal_point.get(&path).await;

        let answer = focal_point.delete(&path, &read.etag()).await;

        answer.problem(409, "in_use");
    })
    .await;
}

#[tokio::test]
async fn a_plan_without_hazard_domains_is_a_violation_and_no_fault() {
    app(async |app| {
        let focal_point = app.user("focal_point").await;
        let plan =
            json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Plan", "language": "en", "domains": []});

        let answer = focal_point.post("/plans", plan).await;

        answer.problem(422, "invalid");
    })
    .await;
}
