//! OData: what programs for tables ask for, and what they are told.

mod figures;
mod kin;
mod refusals;

use std::collections::BTreeSet;

use axum::http::Method;
use concord::domain::{KINDS, flat::VIEWS};
use serde_json::{Value as Json, json};

use crate::support::{
    app,
    client::{Answer, Client},
};

/// An answer of the service; `path` as programs send it, with spaces as `%20`.
pub async fn get(who: &Client<'_>, path: &str) -> Answer {
    let path = path.replace(' ', "%20").replace('\'', "%27");
    who.send(Method::GET, &format!("/odata/v4{path}"), None, Vec::new()).await
}

/// The entities of one answer.
#[track_caller]
pub fn value(answer: &Answer) -> Vec<Json> {
    assert_eq!(answer.headers["odata-version"], "4.0");
    answer.ok(200)["value"].as_array().cloned().unwrap_or_default()
}

pub fn texts(rows: &[Json], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn every_list_and_view_is_a_set_with_what_its_list_has() {
    app(async |app| {
        let sets = value(&get(&app.anonymous(), "/").await);
        let names: BTreeSet<String> = texts(&sets, "name").into_iter().collect();
        let wanted = KINDS.served().map(|def| def.collection.replace('-', "_"));
        let wanted: BTreeSet<String> = wanted.chain(VIEWS.iter().map(|view| view.name.to_owned())).collect();
        assert_eq!(names, wanted);

        for name in ["anonymous", "focal_point", "officer", "partner", "foreign_focal_point", "operator"] {
            let me = if name == "anonymous" { app.anonymous() } else { app.user(name).await };
            for def in KINDS.served() {
                let list = me.get(&format!("/{}?limit=200&total=true", def.collection)).await;
                let set = def.collection.replace('-', "_");

                let told = get(&me, &format!("/{set}?$count=true")).await;

                if list.status != 200 {
                    assert_eq!(told.status, list.status, "{name} {set}");
                    continue;
                }
                assert_eq!(told.ok(200)["@odata.count"], list.body["page"]["total"], "{name} {set}");
                let listed: BTreeSet<String> =
                    texts(list.body["items"].as_array().unwrap(), "id").into_iter().collect();
                let ids: BTreeSet<String> = texts(&value(&told), "id").into_iter().collect();
                assert_eq!(ids, listed, "{name} {set}");
                let counted = get(&me, &format!("/{set}/$count")).await;
                assert_eq!(String::from_utf8_lossy(&counted.bytes), list.body["page"]["total"].to_string());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn metadata_says_what_entities_have() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let xml = get(&me, "/$metadata").await;
        let xml = String::from_utf8_lossy(&xml.bytes).into_owned();
        let document = roxmltree::Document::parse(&xml).expect("XML that is well formed");
        let json = get(&me, "/$metadata?$format=json").await;
        let json = json.ok(200);

        for entity in document.descendants().filter(|node| node.tag_name().name() == "EntityType") {
            let members = entity.children().filter(|node| node.tag_name().name().ends_with("Property"));
            let names: Vec<&str> = members.filter_map(|node| node.attribute("Name")).collect();
            let distinct: BTreeSet<&str> = names.iter().copied().collect();
            assert_eq!(names.len(), distinct.len(), "{:?}", entity.attribute("Name"));
        }
        for set in ["tasks", "actions", "participation_flat", "country_overview_flat", "calendar_flat"] {
            let entity = document
                .descendants()
                .find(|node| node.attribute("Name") == Some(&format!("{set}_row")))
                .expect("a type");
            let of = |tag: &str| {
                let all = entity.children().filter(move |node| node.tag_name().name() == tag);
                all.filter_map(|node| node.attribute("Name")).map(str::to_owned).collect::<BTreeSet<_>>()
            };
            let rows = value(&get(&me, &format!("/{set}?$top=1")).await);
            let members: BTreeSet<String> =
                rows.iter().filter_map(Json::as_object).flat_map(|row| row.keys().cloned()).collect();
            if !rows.is_empty() {
                assert_eq!(members, of("Property"), "{set}");
            }
            let listed = json["Concord"][format!("{set}_row")].as_object().expect("the type in JSON");
            for name in of("Property").iter().chain(&of("NavigationProperty")) {
                assert!(listed.contains_key(name), "{set}.{name}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn filters_mean_what_the_protocol_says() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for (title, due, family) in [
            ("Alpha's task", json!("2026-03-01"), json!("legal_framework")),
            ("Beta 50%_done", json!("2027-07-15"), Json::Null),
            ("Гамма", Json::Null, json!("legal_framework")),
        ] {
            let body = json!({"owner": "KGZ", "title": title, "lead_agency": "MOH", "language": "ru", "due_on": due, "family": family});
            let made = me.post("/tasks", body).await;
            assert!(made.status == 201, "{}", made.body);
        }
        let agency = app.world.id("agency:KGZ/MOH");
        let ours = "lead_agency_code eq 'MOH'";
        for (filter, wanted) in [
            ("due_on lt 2027-01-01".to_owned(), vec!["Alpha's task"]),
            ("due_on ge 2026-03-01 and due_on le 2027-07-15".to_owned(), vec!["Alpha's task", "Beta 50%_done"]),
            ("due_on eq null".to_owned(), vec!["Гамма"]),
            ("due_on ne null".to_owned(), vec!["Alpha's task", "Beta 50%_done"]),
            ("not (due_on lt 2027-01-01)".to_owned(), vec!["Beta 50%_done", "Гамма"]),
            ("not (due_on ge 2027-01-01 or due_on eq null)".to_owned(), vec!["Alpha's task"]),
            ("due_on ne 2026-03-01".to_owned(), vec!["Beta 50%_done", "Гамма"]),
            ("year(due_on) eq 2027".to_owned(), vec!["Beta 50%_done"]),
            ("2027-01-01 gt due_on".to_owned(), vec!["Alpha's task"]),
            ("due_on lt 2027-01-01T00:00:00Z".to_owned(), vec!["Alpha's task"]),
            ("title eq 'Alpha''s task'".to_owned(), vec!["Alpha's task"]),
            ("contains(title,'50%_')".to_owned(), vec!["Beta 50%_done"]),
            ("contains(title,'alpha')".to_owned(), vec![]),
            ("startswith(title,'Гам')".to_owned(), vec!["Гамма"]),
            ("endswith(title,'мма') eq true".to_owned(), vec!["Гамма"]),
            ("not endswith(title,'done')".to_owned(), vec!["Alpha's task", "Гамма"]),
            ("family in ('legal_framework','x')".to_owned(), vec!["Alpha's task", "Гамма"]),
            ("not (family in ('legal_framework'))".to_owned(), vec!["Beta 50%_done"]),
            (format!("lead_agency_id eq {agency} and progress_percent lt 1"), vec!["Alpha's task", "Beta 50%_done", "Гамма"]),
            ("status eq 'planned' and (family eq null or due_on eq null)".to_owned(), vec!["Beta 50%_done", "Гамма"]),
            ("owner_country eq 'KAZ'".to_owned(), vec![]),
            ("true".to_owned(), vec!["Alpha's task", "Beta 50%_done", "Гамма"]),
        ] {
            for set in ["tasks", "task_flat"] {
                let filter = match set {
                    "task_flat" => filter.replace("owner_country", "country"),
                    _ => filter.clone(),
                };
                let path = format!("/{set}?$filter={ours} and ({filter})&$orderby=title");
                let rows = value(&get(&me, &path.replace('%', "%25").replace("+", "%2B")).await);

                assert_eq!(texts(&rows, "title"), wanted, "{set}: {filter}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pages_lead_to_all_entities_once() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for at in 0..25 {
            let body = json!({"owner": "KGZ", "title": format!("Page {at:02}"), "lead_agency": "MES", "language": "en",
                "due_on": if at % 3 == 0 { Json::Null } else { json!(format!("2027-01-{:02}", 1 + at % 5)) }});
            me.post("/tasks", body).await.ok(201);
        }
        let start = "/tasks?$filter=startswith(title,'Page')&$orderby=due_on desc&$select=id,title&$top=20";

        let whole = value(&get(&me, start).await);
        let some = value(&get(&me, &format!("{}&$skip=5", start.replace("$top=20", "$top=10"))).await);
        let none = get(&me, &format!("{}&$count=true", start.replace("$top=20", "$top=0"))).await;

        assert_eq!(whole.len(), 20);
        assert_eq!(whole[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "title"]);
        assert_eq!(some, whole[5..15]);
        assert_eq!((none.ok(200)["@odata.count"].clone(), value(&none).len()), (json!(25), 0));
    })
    .await;
}

#[tokio::test]
async fn long_sets_go_on_behind_links() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let items: Vec<Json> = (0..1_100)
            .map(|at| json!({"op": "create", "data": {"owner": "KGZ", "title": format!("Many {at:04}"), "lead_agency": "MES", "language": "en"}}))
            .collect();
        for part in items.chunks(500) {
            let made = me.post("/tasks/batch", json!({ "items": part })).await;
            assert!(made.status == 200, "{}", made.body);
        }
        let mut next = "/tasks?$filter=startswith(title,'Many')&$select=title&$count=true".to_owned();
        let (mut pages, mut titles) = (0, BTreeSet::new());
        loop {
            let page = get(&me, &next).await;
            let rows = value(&page);
            assert_eq!(page.body["@odata.count"], 1_100);
            pages += 1;
            titles.extend(texts(&rows, "title"));
            let Some(link) = page.body["@odata.nextLink"].as_str() else { break };
            next = link.split_once("/odata/v4").expect("a link to the service").1.to_owned();
        }
        assert_eq!((pages, titles.len()), (2, 1_100));
        // Of the calendar, whose rows come from several lists, likewise.
        let some = value(&get(&me, "/tasks?$filter=startswith(title,'Many')&$top=1050&$select=id").await);
        assert_eq!(some.len(), 1_000);
    })
    .await;
}

#[tokio::test]
async fn ways_lead_to_what_the_caller_sees() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let rows = value(
            &get(
                &me,
                "/actions?$expand=plan($select=title,status),lead_agency&$filter=title eq 'Action released'",
            )
            .await,
        );
        let single =
            get(&me, &format!("/actions({})?$expand=objective", app.world.id("action:released"))).await;
        let by_key = get(&me, "/participation_flat('KGZ/CWC')").await;
        let hidden = get(&app.anonymous(), &format!("/actions({})", app.world.id("action:released"))).await;

        assert_eq!(rows[0]["plan"], json!({"title": "Plan released", "status": "draft"}));
        assert_eq!(rows[0]["lead_agency"]["code"], "MES");
        assert_eq!(single.ok(200)["objective"]["title"], "Objective released");
        assert!(
            single.body["@odata.context"]
                .as_str()
                .unwrap()
                .ends_with("/$metadata#actions(objective())/$entity")
        );
        assert_eq!(by_key.ok(200)["status"], "ratified");
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.body["error"]["code"], "not_found");
    })
    .await;
}

#[tokio::test]
async fn the_expanded_entity_is_null_where_the_caller_does_not_see_it() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        let body = json!({"owner": "KGZ", "title": "Seen alone", "lead_agency": "MOF", "plan": app.world.id("plan:group"),
            "language": "en", "visibility": "group"});
        fp.post("/tasks", body).await.ok(201);
        let me = app.user("bystander").await;

        let rows = value(&get(&me, "/tasks?$expand=plan&$filter=title eq 'Seen alone'").await);
        let asked = value(&get(&me, &format!("/tasks?$filter=plan_id eq {}", app.world.id("plan:group"))).await);
        let absent = value(&get(&me, "/tasks?$filter=plan_id eq null and title eq 'Seen alone'").await);

        assert_eq!([&rows[0]["plan"], &rows[0]["plan_id"]], [&Json::Null, &Json::Null]);
        assert_eq!((asked.len(), absent.len()), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_key_is_a_password_of_basic() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        let key = json!({"name": "Tables", "expires_at": "2027-01-01T00:00:00Z", "read_ceiling": "national"});
        let made = fp.post("/api-keys", key).await;
        assert!(made.status == 201, "{}", made.body);
        let secret = made.body["secret"].as_str().expect("a secret");
        use base64::{Engine, engine::general_purpose::STANDARD};
        let basic = |password: &str| format!("Basic {}", STANDARD.encode(format!("any:{password}")));

        let known = get(&app.anonymous().with("authorization", basic(secret)), "/tasks/$count").await;
        let wrong = get(&app.anonymous().with("authorization", basic("wrong")), "/tasks/$count").await;

        assert_ne!(String::from_utf8_lossy(&known.bytes), "0");
        assert_eq!(wrong.status, 401);
        assert!(wrong.headers["www-authenticate"].to_str().unwrap().starts_with("Basic"));
        assert_eq!(wrong.body["error"]["code"], "unauthenticated", "{}", wrong.body);
    })
    .await;
}
