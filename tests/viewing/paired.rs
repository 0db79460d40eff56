//! Paired: a focal point who views as an audience is answered what a member of it is answered, everywhere.
//!
//! Left out are what agencies keep and what counts it, which no focal point sees, and what others own and is not public.

use std::collections::{BTreeMap, BTreeSet};

use super::{VIEW_AS, stage::set};
use crate::{
    coverage::schema::{Schema, camel},
    paired::parting,
    support::{TestApp, app, client::Client},
};
use concord::domain::KINDS;
use entity::task;
use kernel::{KindDef, policy::Class, row::Row, store};
use sea_orm::sea_query::Cond;
use serde_json::{Value as Json, json};

/// Members that are made anew for each request, or signed for it.
const PASSING: &[&str] = &["request_id", "next", "startCursor", "endCursor", "cursor"];
/// What members of an audience inside the country have and the focal point has not when it views as they: rights.
const RIGHTS: &[&str] = &["can", "allowed", "recorded_only", "recordedOnly", "missing", "grant"];

/// What a comparison leaves out.
struct LeftOut {
    /// Ids of records.
    records: BTreeSet<String>,
    /// Names of members.
    members: Vec<&'static str>,
}

impl LeftOut {
    fn is_out(&self, json: &Json) -> bool {
        json["id"].as_str().is_some_and(|id| self.records.contains(id))
    }

    /// An answer without what is left out; records that are left out are null, in lists absent.
    fn kept(&self, json: &Json) -> Json {
        match json {
            Json::Object(_) if self.is_out(json) => Json::Null,
            Json::Object(members) => {
                let kept = members.iter().filter(|(name, _)| !self.members.contains(&name.as_str()));
                let kept = kept.map(|(name, value)| {
                    let passes = PASSING.contains(&name.as_str()) && !value.is_null();
                    (name.clone(), if passes { json!("...") } else { self.kept(value) })
                });
                Json::Object(kept.collect())
            }
            Json::Array(items) => {
                let kept = items.iter().filter(|item| !self.is_out(item) && !self.is_out(&item["node"]));
                Json::Array(kept.map(|item| self.kept(item)).collect())
            }
            other => other.clone(),
        }
    }
}

fn kinds() -> impl Iterator<Item = &'static KindDef> {
    KINDS.served().filter(|def| !matches!(def.class, Class::Person | Class::Grant))
}

async fn rows(app: &TestApp, def: &'static KindDef) -> Vec<Row> {
    store::all(app.system().db.reading(), def, Cond::all()).await.expect("rows")
}

/// What is compared, and what is left out.
#[derive(Default)]
struct Scene {
    /// Lists that hold nothing that is left out: compared whole, totals and order too.
    lists: Vec<String>,
    /// Records of the country and of reference data, and what is public of others, with their kinds: compared whole.
    records: Vec<(&'static str, String)>,
    /// What others own and is not public: hidden from whoever views as others.
    hidden: Vec<String>,
    /// What agencies keep: hidden too.
    kept: Vec<String>,
    /// Plans of which an agency keeps a task: it counts among what the agency's own people have done.
    counting: BTreeSet<String>,
}

fn id_of(path: &str) -> String {
    path.rsplit_once('/').expect("an address").1.to_owned()
}

fn is_foreign(owner: &str) -> bool {
    owner != "KGZ" && owner != "reference"
}

impl Scene {
    async fn of(app: &TestApp) -> Self {
        let mut scene = Self::default();
        let public = app.actor("anonymous").await.standing.release_sets;
        for def in kinds() {
            let rows = rows(app, def).await;
            scene.lists.extend(lists(def, rows.is_empty()));
            for row in rows {
                let scope = row.scope();
                let is_public = scope.release_set.is_some_and(|set| public.contains(&set));
                let path = format!("/{}/{}", def.collection, row.id());
                if row.text("visibility") == Some("agency") {
                    let of = Some(&row).filter(|_| def.name == "task").and_then(|row| row.read(task::PLAN));
                    scene.counting.extend(of.map(|plan| plan.to_string()));
                    scene.kept.push(path);
                } else if def.class == Class::Reference || !is_foreign(row.owner()) || is_public {
                    scene.records.push((def.name, path));
                } else {
                    scene.hidden.push(path);
                }
            }
        }
        scene
    }
}

/// Lists of a kind: of the country's records that no agency keeps, or of reference data. Of a kind without records
/// one list says that there are none, however it is asked.
fn lists(def: &KindDef, is_empty: bool) -> Vec<String> {
    let mut narrowed = String::from("total=true");
    if def.class != Class::Reference {
        narrowed.push_str("&owner=KGZ");
    }
    if def.is_national() {
        narrowed.push_str("&visibility=national&visibility=group");
    }
    let mut all = vec![format!("/{}?{narrowed}", def.collection)];
    if !is_empty {
        let more = ["limit=1", "q=plan", "q=task", "lang=ru", "lang=*", "sort=-updated_at", "region=CA"];
        let more = more.iter().map(|one| (*one).to_owned());
        let more = more.chain(def.sortable.iter().map(|key| format!("sort=-{key}")));
        all.extend(more.map(|more| format!("/{}?{narrowed}&{more}", def.collection)));
    }
    all
}

/// Somebody who views, and the member of the audience it is held against.
struct Pair<'a> {
    viewer: Client<'a>,
    member: Client<'a>,
    is_inside: bool,
}

impl Pair<'_> {
    async fn get(&self, path: &str) -> [(u16, Json, String); 2] {
        let (seen, real) = (self.viewer.get(path).await, self.member.get(path).await);
        [seen, real].map(|answer| (answer.status, answer.body.clone(), answer.etag()))
    }

    /// Where a read is answered otherwise.
    async fn parting(&self, path: &str, left_out: &LeftOut) -> Option<String> {
        let [(status, seen, tag), (real_status, real, real_tag)] = self.get(path).await;
        let (seen, real) = (left_out.kept(&seen), left_out.kept(&real));
        // Who may nothing is answered byte for byte the same; cursors are signed for their caller.
        let is_tagged = !self.is_inside && seen["page"]["next"].is_null();
        let same = (status, &seen) == (real_status, &real) && (!is_tagged || tag == real_tag);
        (!same).then(|| {
            format!("{path}: {status} {tag}, {real_status} {real_tag}, {:?}", parting(&seen, &real, ""))
        })
    }

    /// Every read of REST.
    async fn rest(&self, scene: &Scene, left_out: &LeftOut) -> Vec<String> {
        let mut found = Vec::new();
        let is_counting = |path: &str| self.is_inside && scene.counting.contains(&id_of(path));
        for path in &scene.lists {
            found.extend(self.parting(path, left_out).await);
        }
        for (kind, path) in scene.records.iter().filter(|(_, path)| !left_out.records.contains(&id_of(path)))
        {
            let mut ends = vec!["", "?lang=ru", "/history?total=true"];
            ends.extend(
                ["/tree", "/document", "/progress", "/funding"]
                    .into_iter()
                    .filter(|_| path.starts_with("/plans/"))
                    .filter(|end| *end != "/progress" || !is_counting(path)),
            );
            ends.extend(["/plans/", "/tasks/"].iter().any(|kind| path.starts_with(kind)).then_some("/moves"));
            for end in ends {
                found.extend(self.parting(&format!("{path}{end}"), left_out).await);
            }
            for verb in ["read", "update"] {
                let asked = format!("/access/explain?kind={kind}&id={}&verb={verb}", id_of(path));
                found.extend(self.parting(&asked, left_out).await);
            }
        }
        for path in scene.hidden.iter().chain(&scene.kept) {
            let seen = self.viewer.get(path).await;
            found.extend((seen.status != 404).then(|| format!("{path} is shown: {}", seen.body)));
        }
        found
    }

    /// Every list of GraphQL with its edges, and every record by its id.
    async fn graphql(&self, scene: &Scene, left_out: &LeftOut) -> Vec<String> {
        let schema = Schema::load().await;
        let names: BTreeMap<String, &KindDef> = kinds().map(|def| (camel(def.collection), def)).collect();
        let mut documents = Vec::new();
        for field in schema.queries() {
            let Some(def) = names.get(&field.name) else { continue };
            let picked = schema.selection(&field.output, 2);
            let narrowed = match def.class {
                Class::Reference => "",
                _ if def.is_national() => ", filter: {owner: [\"KGZ\"], visibility: [NATIONAL, GROUP]}",
                _ => ", filter: {owner: [\"KGZ\"]}",
            };
            let name = &field.name;
            documents.push(format!("{{ {name}(first: 60{narrowed}) {{ {picked} }} }}"));
            documents.push(format!(
                "{{ {name}(last: 1{narrowed}) {{ totalCount pageInfo {{ hasPreviousPage }} }} }}"
            ));
        }
        let ids = scene.records.iter().map(|(_, path)| id_of(path));
        let ids: Vec<String> = ids.filter(|id| !left_out.records.contains(id)).take(200).collect();
        documents.push(format!("{{ nodes(ids: {}) {{ id }} }}", json!(ids)));
        let mut found = Vec::new();
        for text in documents {
            let (seen, real) =
                (self.viewer.graphql(&text, json!({})).await, self.member.graphql(&text, json!({})).await);
            let members = if text.contains("nodes {") { &["totalCount", "pageInfo"][..] } else { &[] };
            let nested = LeftOut {
                records: left_out.records.clone(),
                members: left_out.members.iter().chain(members).copied().collect(),
            };
            let (seen, real) = (nested.kept(seen.data()), nested.kept(real.data()));
            found.extend(parting(&seen, &real, "").map(|place| format!("{text}: {place}")));
        }
        found
    }

    /// The feed from its beginning, on either face.
    async fn feed(&self, left_out: &LeftOut) -> Vec<String> {
        let mut told = Vec::new();
        for who in [&self.viewer, &self.member] {
            let (mut all, mut after) = (Vec::new(), String::new());
            loop {
                let path = format!("/changes?limit=200{after}");
                let answer = who.get(&path).await;
                all.extend(answer.ok(200)["items"].as_array().cloned().unwrap_or_default());
                if answer.body["has_more"] == false {
                    break;
                }
                after = format!("&after={}", answer.body["next"].as_str().expect("a cursor"));
            }
            // Whoever is signed in is told of its own account and grants; an audience is no person.
            all.retain(|change| change["kind"] != "user" && change["kind"] != "grant");
            told.push(left_out.kept(&Json::Array(all)));
        }
        parting(&told[0], &told[1], "feed").into_iter().collect()
    }
}

/// Ids of everything an owner has: its own people see that from inside, others only as what is public.
async fn owned(app: &TestApp, owner: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for def in kinds().filter(|def| def.class != Class::Reference) {
        let own = rows(app, def).await.into_iter().filter(|row| row.owner() == owner);
        found.extend(own.map(|row| row.id().to_string()));
    }
    found
}

/// What is answered otherwise to the focal point who views as an audience and to a member of it.
async fn partings(app: &TestApp, audience: &str, member: &str) -> Vec<String> {
    let added = set(app).await;
    let member = match added.iter().find(|(name, _)| *name == member) {
        Some((_, id)) => app.person(*id).await,
        None if member == "anonymous" => app.anonymous(),
        None => app.user(member).await,
    };
    let is_inside = audience.starts_with("agency:") || audience == "country:KGZ";
    let viewer = app.user("focal_point").await.with(VIEW_AS, audience);
    let pair = Pair { viewer, member, is_inside };
    let scene = Scene::of(app).await;
    let mut left_out = LeftOut {
        records: scene.hidden.iter().chain(&scene.kept).map(|path| id_of(path)).collect(),
        members: if is_inside { RIGHTS.to_vec() } else { Vec::new() },
    };
    if audience == "country:KAZ" {
        left_out.records.extend(owned(app, "KAZ").await);
    }
    let mut found = pair.rest(&scene, &left_out).await;
    found.extend(pair.graphql(&scene, &left_out).await);
    found.extend(pair.feed(&left_out).await);
    found
}

macro_rules! audiences {
    ($($name:ident $audience:literal $member:literal)*) => { $(
        #[tokio::test]
        async fn $name() {
            app(async |app| {
                let found = partings(app, $audience, $member).await;

                assert!(found.is_empty(), "{} answers differ:\n{}", found.len(), found.join("\n"));
            })
            .await;
        }
    )* };
}

audiences! {
    viewing_as_the_public_shows_what_anonymous_callers_see "public" "anonymous"
    viewing_as_partners_shows_what_any_partner_sees "partners" "other_partner"
    viewing_as_the_network_shows_what_a_member_of_it_sees "network" "other_secretariat"
    viewing_as_a_region_shows_what_its_secretariat_sees "region:CA" "regional"
    viewing_as_another_country_shows_what_its_observers_see "country:KAZ" "foreign_observer"
    viewing_as_an_organisation_shows_what_its_partners_see "org:UNICRI" "partner"
    viewing_as_an_agency_shows_what_its_officers_see "agency:MES" "officer"
    viewing_as_an_agency_that_contributes_shows_what_its_officers_see "agency:MOH" "contributor"
    viewing_as_an_agency_that_is_shared_with_shows_what_its_officers_see "agency:MOF" "bystander"
    viewing_as_the_own_country_shows_what_its_observers_see "country:KGZ" "observer"
}

#[tokio::test]
async fn another_audience_hears_the_difference() {
    app(async |app| {
        let found = partings(app, "partners", "partner").await;

        assert!(found.iter().any(|line| line.starts_with("/plans?")), "{found:?}");
        assert!(found.iter().any(|line| line.starts_with("{ plans(")), "{found:?}");
        assert!(found.iter().any(|line| line.starts_with("feed")), "{found:?}");
    })
    .await;
}
