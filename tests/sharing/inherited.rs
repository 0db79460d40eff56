//! What a release takes along, and that nothing is shown more widely than the record above it.

use serde_json::json;

use super::{of_plan, of_record, seen};
use crate::support::app;

#[tokio::test]
async fn only_what_is_national_is_swept_along() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let action = format!("/actions/{}", app.world.id("action:national"));
        me.edit(&action, json!({"visibility": "group"})).await.ok(200);

        let preview = me.post("/releases/preview", of_plan(app, json!({}))).await;
        me.post("/releases", of_plan(app, json!({}))).await.ok(201);

        assert_eq!(seen(&partner, app).await, [200, 200, 200, 404]);
        let left_out = json!([{"kind": "action", "id": app.world.id("action:national"), "name": "Action national", "reason": "not_national"}]);
        assert_eq!(preview.ok(200)["left_out"], left_out);
        // By its own id it goes, below what is shown to the same audience.
        let own = of_record("action", app.world.id("action:national"), "partners");
        me.post("/releases", own).await.ok(201);
        assert_eq!(seen(&partner, app).await, [200; 4]);
    })
    .await;
}

#[tokio::test]
async fn what_is_narrowed_leaves_the_release_that_swept_it_along() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        me.post("/releases", of_plan(app, json!({}))).await.ok(201);
        let pillar = format!("/pillars/{}", app.world.id("pillar:national"));

        me.edit(&pillar, json!({"visibility": "group"})).await.ok(200);
        let narrowed = seen(&partner, app).await;
        me.edit(&pillar, json!({"visibility": "national"})).await.ok(200);

        assert_eq!(narrowed, [200, 404, 404, 404]);
        assert_eq!(seen(&partner, app).await, [200, 404, 404, 404]);
    })
    .await;
}

#[tokio::test]
async fn a_record_goes_out_below_what_the_same_audiences_see_only() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let pillar = of_record("pillar", app.world.id("pillar:national"), "partners");

        let refused = me.post("/releases", pillar.clone()).await;
        let preview = me.post("/releases/preview", pillar.clone()).await;
        let plan = me.post("/releases", of_record("plan", app.world.id("plan:national"), "public")).await;
        me.post("/releases", pillar).await.ok(201);
        let shown = seen(&partner, app).await;
        me.act(&format!("/releases/{}", plan.id()), "revoke", json!({})).await.ok(200);

        let violation = [("/subject/record/id".to_owned(), "parent_not_released".to_owned())];
        assert_eq!((refused.violations(), preview.violations()), (violation.to_vec(), violation.to_vec()));
        assert_eq!(shown, [200, 200, 404, 404]);
        // What stood below is not shown alone, though its own release goes on.
        assert_eq!(seen(&partner, app).await, [404; 4]);
    })
    .await;
}

#[tokio::test]
async fn a_part_of_the_audiences_is_taken_back_for_what_stands_below_too() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let region = app.user("regional").await;
        let partners = me.post("/releases", of_plan(app, json!({}))).await;
        me.post("/releases", of_plan(app, json!({"audiences": ["region:CA"]}))).await.ok(201);
        let both = (seen(&partner, app).await, seen(&region, app).await);

        me.act(&format!("/releases/{}", partners.id()), "revoke", json!({})).await.ok(200);

        assert_eq!(both, (vec![200; 4], vec![200; 4]));
        assert_eq!((seen(&partner, app).await, seen(&region, app).await), (vec![404; 4], vec![200; 4]));
    })
    .await;
}

#[tokio::test]
async fn a_kind_goes_out_but_for_what_stands_below_the_hidden() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let body = json!({"subject": {"kind": "pillars"}, "audiences": ["partners"]});

        let preview = me.post("/releases/preview", body.clone()).await;
        let made = me.post("/releases", body).await;

        assert_eq!(made.ok(201)["subject"], json!({"kind": "pillar"}));
        let reasons: Vec<_> = preview.ok(200)["left_out"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| (one["name"].clone(), one["reason"].clone()))
            .collect();
        assert_eq!(
            reasons,
            [
                (json!("Pillar group"), json!("not_national")),
                (json!("Pillar national"), json!("parent_not_released"))
            ]
        );
        // That of the released plan is shown already.
        let audience = &preview.body["audiences"][0];
        assert_eq!(
            audience["already_shown"],
            json!([{"release": app.world.id("release:partners"), "count": 1}])
        );
        assert_eq!(seen(&partner, app).await, [404; 4]);
    })
    .await;
}

#[tokio::test]
async fn records_made_later_are_shown_where_the_release_says_so() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let new = |title: &str| json!({"plan": app.world.id("plan:national"), "title": title});
        let plain = me.post("/releases", of_plan(app, json!({}))).await;
        let without = me.post("/pillars", new("Without")).await.id();
        me.act(&format!("/releases/{}", plain.id()), "revoke", json!({})).await.ok(200);
        me.post("/releases", of_plan(app, json!({"include_future": true}))).await.ok(201);
        let with = me.post("/pillars", new("With")).await.id();
        let narrow = me
            .post(
                "/pillars",
                json!({"plan": app.world.id("plan:national"), "title": "N", "visibility": "group"}),
            )
            .await
            .id();
        let kind =
            json!({"subject": {"kind": "working_group"}, "audiences": ["partners"], "include_future": true});
        me.post("/releases", kind).await.ok(201);
        let group =
            json!({"owner": "KGZ", "name": "New group", "kind": "interagency_group", "language": "en"});
        let group = me.post("/working-groups", group).await.id();

        let mut found = Vec::new();
        for path in [
            format!("/pillars/{without}"),
            format!("/pillars/{with}"),
            format!("/pillars/{narrow}"),
            format!("/working-groups/{group}"),
        ] {
            found.push(partner.get(&path).await.status);
        }

        // Made before the second release: that one takes it along, for it is below the plan by then.
        assert_eq!(found, [200, 200, 404, 200]);
    })
    .await;
}

#[tokio::test]
async fn agencies_that_released_records_name_go_along_where_the_release_says_so() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let action = format!("/actions/{}", app.world.id("action:national"));
        let lead = async |body| {
            let made = me.post("/releases", body).await;
            let read = partner.get(&action).await;
            me.act(&format!("/releases/{}", made.id()), "revoke", json!({})).await.ok(200);
            read.ok(200)["lead_agency"]["name"].clone()
        };

        let without = lead(of_plan(app, json!({}))).await;
        let with = lead(of_plan(app, json!({"include_references": true}))).await;

        assert_eq!((without, with), (json!(null), json!("Agency MES")));
    })
    .await;
}

#[tokio::test]
async fn a_record_that_moves_is_shown_as_where_it_comes_to() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let (open, other) = (app.world.id("objective:released"), app.world.id("pillar:released"));
        let pillar = json!({"plan": app.world.id("plan:released"), "title": "Hidden"});
        let hidden = me.post("/pillars", pillar).await.id();
        let path = format!("/objectives/{open}");

        let before = partner.get(&path).await.status;
        me.edit(&path, json!({"pillar": hidden})).await.ok(200);
        let below_hidden = partner.get(&path).await.status;
        me.edit(&path, json!({"pillar": other})).await.ok(200);

        assert_eq!((before, below_hidden, partner.get(&path).await.status), (200, 404, 404));
    })
    .await;
}
