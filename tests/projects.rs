//! Projects: the countries that decide whether they take part, and actions of other countries.

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

async fn project(who: &Client<'_>, more: Json) -> String {
    let mut body = json!({"owner": "KGZ", "title": "Mobile laboratories", "language": "en"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    who.post("/projects", body).await.ok(201)["id"].as_str().expect("an id").to_owned()
}

async fn ask(who: &Client<'_>, project: &str, more: Json) -> String {
    let mut body = json!({"project": project, "country": "KAZ", "language": "en"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    format!(
        "/project-countries/{}",
        who.post("/project-countries", body).await.ok(201)["id"].as_str().expect("an id")
    )
}

/// Releases a record to an audience; answers the address of the release.
async fn release(who: &Client<'_>, (kind, id): (&str, Json), audience: &str) -> String {
    let body = json!({"subject": {"record": {"kind": kind, "id": id}}, "audiences": [audience]});
    format!("/releases/{}", who.post("/releases", body).await.ok(201)["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_country_alone_decides_whether_it_takes_part() {
    app(async |app| {
        let (me, kaz) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let observer = app.user("foreign_observer").await;
        let project = project(&me, json!({})).await;
        let path = ask(&me, &project, json!({"role": "Training site"})).await;

        let asked = kaz.get(&path).await;
        let own = me.act(&path, "accept", json!({})).await;
        let helper = observer.act(&path, "accept", json!({})).await;
        let accepted = kaz.act(&path, "accept", json!({})).await;
        let again = kaz.act(&path, "accept", json!({})).await;
        let twice = me
            .post("/project-countries", json!({"project": project, "country": "KAZ", "language": "en"}))
            .await;
        let changed = me.edit(&path, json!({"role": "Another"})).await;
        let vague = kaz.act(&path, "decline", json!({})).await;
        let declined = kaz.act(&path, "decline", json!({"reason": "No budget"})).await;

        let body = asked.ok(200);
        assert_eq!(
            (&body["consent"], &body["role"], &body["owner"]),
            (&json!("proposed"), &json!("Training site"), &json!("KGZ"))
        );
        assert!(body["version"].is_number(), "who decides knows the version: {body}");
        assert_eq!(body["project"], Json::Null, "the project itself is not released to it");
        own.problem(403, "forbidden");
        helper.problem(403, "forbidden");
        assert_eq!(
            (&accepted.ok(200)["consent"], &accepted.ok(200)["decided_on"]),
            (&json!("accepted"), &json!("2026-11-21"))
        );
        again.problem(409, "illegal_move");
        assert_eq!(twice.violations(), [("/country".to_owned(), "not_unique".to_owned())]);
        changed.problem(409, "consented");
        vague.problem(409, "illegal_move");
        assert_eq!(declined.ok(200)["consent_reason"], "No budget");
    })
    .await;
}

#[tokio::test]
async fn a_changed_project_is_decided_on_anew() {
    app(async |app| {
        let (me, kaz) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let id = project(&me, json!({})).await;
        let (path, project) = (ask(&me, &id, json!({})).await, format!("/projects/{id}"));
        let read = kaz.get(&path).await;

        me.edit(&project, json!({"summary": "Laboratories at two crossings"})).await.ok(200);
        let late = kaz.with("if-match", read.etag()).post(&format!("{path}/accept"), json!({})).await;
        kaz.act(&path, "accept", json!({})).await.ok(200);
        me.act(&project, "start", json!({})).await.ok(200);
        let kept = kaz.get(&path).await;
        me.edit(&project, json!({"summary": "Laboratories at three crossings"})).await.ok(200);
        let anew = kaz.get(&path).await;

        late.problem(412, "stale_version");
        assert_eq!(kept.ok(200)["consent"], "accepted", "a move changes nothing of what was accepted");
        let anew = anew.ok(200);
        assert_eq!(
            (&anew["consent"], &anew["consent_reason"], &anew["decided_on"], &anew["revision"]),
            (&json!("proposed"), &json!("the project has changed"), &Json::Null, &json!(2))
        );
    })
    .await;
}

#[tokio::test]
async fn until_a_country_accepts_nobody_else_learns_of_it() {
    app(async |app| {
        let (me, kaz) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let (regional, everybody) = (app.user("regional").await, app.anonymous());
        let project = project(&me, json!({})).await;
        let of_project = release(&me, ("project", json!(project)), "public").await;
        let path = ask(&me, &project, json!({})).await;
        let id = path.rsplit('/').next().expect("an id").to_owned();
        release(&me, ("project_country", json!(id)), "public").await;
        let seen = async || {
            let mut all = Vec::new();
            for who in [&everybody, &regional] {
                let listed = who.get("/project-countries?total=true").await.ok(200)["page"]["total"].clone();
                all.push((who.get(&path).await.status, listed));
            }
            all
        };

        let before = seen().await;
        kaz.act(&path, "accept", json!({})).await.ok(200);
        let accepted = seen().await;
        let feed = everybody.get("/changes?kinds=project_country").await;
        kaz.act(&path, "decline", json!({"reason": "No"})).await.ok(200);
        let after = seen().await;
        let next = feed.ok(200)["next"].as_str().expect("a cursor").to_owned();
        let gone = everybody.get(&format!("/changes?kinds=project_country&after={next}")).await;
        me.act(&of_project, "revoke", json!({})).await.ok(200);

        let (hidden, shown) = ((404, json!(0)), (200, json!(1)));
        assert_eq!(before, [hidden.clone(), hidden.clone()]);
        assert_eq!(accepted, [shown.clone(), shown]);
        assert_eq!(feed.ok(200)["items"].as_array().expect("a list").len(), 1);
        assert_eq!(after, [hidden.clone(), hidden]);
        let events: Vec<_> = gone.ok(200)["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["event"].clone())
            .collect();
        assert_eq!(events.last(), Some(&json!("disappeared")), "{events:?}");
        assert_eq!(kaz.get(&path).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn the_named_country_hears_of_it_in_the_feed_and_graphql_decides_as_well() {
    app(async |app| {
        let (me, kaz) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let project = project(&me, json!({})).await;
        let path = ask(&me, &project, json!({})).await;
        let id = path.rsplit('/').next().expect("an id");

        let feed = kaz.get("/changes?kinds=project_country").await;
        let read = "query($id: ID!) { projectCountry(id: $id) { version consent can } }";
        let read = kaz.graphql(read, json!({ "id": id })).await;
        let shown = read.data()["projectCountry"].clone();
        let decide = "mutation($id: ID!, $v: Int!) { acceptProjectCountry(input: {id: $id, expectedVersion: $v}) { projectCountry { consent } } }";
        let decided = kaz.graphql(decide, json!({"id": id, "v": shown["version"]})).await;
        let stranger = app.user("partner").await.graphql(decide, json!({"id": id, "v": 2})).await;

        assert_eq!(feed.ok(200)["items"][0]["id"], json!(id));
        assert_eq!(shown["can"], json!(["ACCEPT", "DECLINE"]));
        assert_eq!(decided.data()["acceptProjectCountry"]["projectCountry"]["consent"], "ACCEPTED");
        assert_eq!(stranger.fault(), "not_found");
    })
    .await;
}

async fn actions_of(who: &Client<'_>, path: &str) -> Vec<Json> {
    let read = who.get(path).await;
    read.ok(200)["actions"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect()
}

async fn release_plan_abroad(app: &TestApp, audience: &str) -> String {
    let kaz = app.user("foreign_focal_point").await;
    let body = json!({"subject": {"plan": app.world.id("plan:foreign")}, "audiences": [audience]});
    format!("/releases/{}", kaz.post("/releases", body).await.id())
}

#[tokio::test]
async fn a_project_names_actions_abroad_that_are_released_to_its_writer() {
    app(async |app| {
        let (me, kaz) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let abroad = app.world.id("action:foreign");
        let body = json!({"owner": "KGZ", "title": "P", "language": "en", "actions": [app.world.id("action:national"), abroad]});

        let hidden = me.post("/projects", body.clone()).await;
        let shown = release_plan_abroad(app, "country:KGZ").await;
        let project = project(&me, body).await;
        let path = format!("/projects/{project}");
        let both = actions_of(&me, &path).await;
        let public = release(&me, ("project", json!(project)), "country:KAZ").await;
        let theirs = actions_of(&kaz, &path).await;
        kaz.act(&shown, "revoke", json!({})).await.ok(200);
        let left = actions_of(&me, &path).await;
        me.edit(&path, json!({"actions": [app.world.id("action:national")]})).await.ok(200);
        let kept = actions_of(&kaz, &path).await;
        let action = format!("/actions/{abroad}");
        let gone = kaz.delete(&action, &kaz.get(&action).await.etag()).await;
        me.act(&public, "revoke", json!({})).await.ok(200);

        assert_eq!(hidden.violations(), [("/actions/1".to_owned(), "reference_not_found".to_owned())]);
        assert_eq!(both, [json!(app.world.id("action:national")), json!(abroad)]);
        assert_eq!(theirs, [json!(abroad)], "each reader sees what it may see");
        assert_eq!(left, [json!(app.world.id("action:national"))]);
        assert_eq!(kept, [json!(abroad)], "what the writer did not see stays");
        assert_eq!(gone.status, 204, "a link from abroad holds nothing: {}", gone.body);
    })
    .await;
}

#[tokio::test]
async fn a_link_abroad_needs_a_live_release_whatever_else_shows_the_record() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let of_region = app.world.id("action:regional");
        let body = json!({"owner": "KGZ", "title": "P", "language": "en", "actions": [of_region]});

        let read = me.get(&format!("/actions/{of_region}")).await;
        let refused = me.post("/projects", body).await;

        assert_eq!(read.status, 200, "its country is a member of the region");
        assert_eq!(refused.violations(), [("/actions/0".to_owned(), "reference_not_found".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn question_18_projects_that_support_a_pillar_and_actions_without_funding() {
    app(async |app| {
        let me = app.user("focal_point").await;
        project(&me, json!({"actions": [app.world.id("action:national")]})).await;

        let text = "query($id: ID!) { pillar(id: $id) { objectives { nodes { actions { nodes { title fundingSource projects { nodes { title } } budgetLines { nodes { id } } } } } } } }";
        let answer = me.graphql(text, json!({"id": app.world.id("pillar:national")})).await;

        let action = &answer.data()["pillar"]["objectives"]["nodes"][0]["actions"]["nodes"][0];
        assert_eq!(action["projects"]["nodes"], json!([{"title": "Mobile laboratories"}]));
        assert_eq!((&action["fundingSource"], &action["budgetLines"]["nodes"]), (&Json::Null, &json!([])));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_project_is_told_at_once() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let wrong = json!({"owner": "KGZ", "title": "P", "language": "en", "sectors": ["15130", "151"], "implementers": [" "],
            "starts_on": "2027-01-02", "ends_on": "2027-01-01", "status": "cancelled"});

        let refused = me.post("/projects", wrong).await;
        let project = project(&me, json!({"budget": {"amount": "10.00", "currency": "EUR"}})).await;
        let mixed = json!({"project": project, "country": "KAZ", "consent": "accepted", "language": "en",
            "budget": {"amount": "10.00", "currency": "USD"}});
        let mixed = me.post("/project-countries", mixed).await;
        ask(&me, &project, json!({"budget": {"amount": "5.00", "currency": "EUR"}})).await;
        let switched = json!({"budget": {"amount": "10.00", "currency": "USD"}});
        let switched = me.edit(&format!("/projects/{project}"), switched).await;

        let told = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(
            refused.violations(),
            [told("/ends_on", "rule_broken"), told("/implementers/0", "bad_format"), told("/sectors/1", "bad_format"),
                told("/status", "rule_broken")]
        );
        assert_eq!(switched.violations(), [told("/budget/currency", "rule_broken")]);
        assert_eq!(mixed.violations(), [told("/budget/currency", "rule_broken"), told("/consent", "rule_broken")]);
    })
    .await;
}
