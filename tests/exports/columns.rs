//! The columns of tables: texts, codes, labels, references, and what no program shall calculate.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Sheet, lines, task};
use crate::support::app;

#[tokio::test]
async fn every_translation_has_its_column_and_none_is_lost() {
    app(async |app| {
        let more = json!({"title": "Учение \u{4a8}\u{4ae}\u{4a2} өүң", "language": "ky", "translations": {
            "ru": {"title": "Учение", "description": "Описание"}, "uz-Latn": {"title": "Mashq"}}});
        let id = task(app, more).await;
        let me = app.user("officer").await;

        let table = Sheet::get(&me, &format!("/tasks.csv?id={id}")).await;
        let chosen = Sheet::get(&me, &format!("/tasks.csv?id={id}&columns=title@uz-Latn,title@fr,id")).await;

        let at = |name: &str| table.header.iter().position(|known| known == name);
        // Those in use, and the official ones of the owner.
        assert_eq!(at("title@ky"), at("title").map(|at| at + 1), "{:?}", table.header);
        assert_eq!(table.column("title"), ["Учение \u{4a8}\u{4ae}\u{4a2} өүң"]);
        assert_eq!(
            (table.column("title@ru"), table.column("title@uz-Latn")),
            (vec!["Учение"], vec!["Mashq"])
        );
        assert_eq!(
            (table.column("description@ru"), table.column("language")),
            (vec!["Описание"], vec!["ky"])
        );
        assert!(at("shown_in").is_none() && at("can").is_none() && at("translations").is_none());
        assert_eq!(chosen.header, ["title@uz-Latn", "title@fr", "id"]);
        assert_eq!(chosen.rows, [vec!["Mashq", "", id.as_str()]]);
    })
    .await;
}

#[tokio::test]
async fn heads_have_the_languages_of_what_the_caller_may_read_and_filters_let_pass() {
    app(async |app| {
        let hidden = json!({"title": "Drill", "translations": {"uz-Latn": {"title": "Mashq"}}});
        let plain = task(app, json!({"title": "Other"})).await;
        let hidden = task(app, hidden).await;
        app.user("steward").await.edit("/countries/KAZ", json!({"official_languages": ["kk"]})).await.ok(200);
        let officials = json!({"KGZ": ["ky", "ru"], "KAZ": ["kk"], "region:CA": ["en"]});

        for (name, query) in [
            ("anonymous", String::new()),
            ("officer", String::new()),
            ("officer", format!("&id={plain}")),
            ("officer", format!("&id={hidden}")),
            ("officer", "&q=nothing+has+this".into()),
            ("partner", String::new()),
            ("foreign_focal_point", String::new()),
        ] {
            let me = if name == "anonymous" { app.anonymous() } else { app.user(name).await };
            let list = me.get(&format!("/tasks?limit=200&lang=*{query}")).await;
            let items = list.ok(200)["items"].as_array().expect("items").clone();

            let table = Sheet::get(&me, &format!("/tasks.csv?{}", query.trim_start_matches('&'))).await;

            let mut wanted: BTreeSet<String> = BTreeSet::new();
            for item in &items {
                wanted.extend(
                    item["translations"].as_object().into_iter().flatten().map(|(tag, _)| tag.clone()),
                );
                let official = &officials[item["owner"].as_str().expect("an owner")];
                let official = official.as_array().expect("languages").iter().filter_map(|tag| tag.as_str());
                wanted.extend(official.map(str::to_owned));
            }
            let told = table.header.iter().filter_map(|name| name.strip_prefix("title@"));
            assert_eq!(told.map(str::to_owned).collect::<BTreeSet<_>>(), wanted, "{name} {query}");
        }
    })
    .await;
}

#[tokio::test]
async fn in_one_language_texts_are_as_they_are_shown() {
    app(async |app| {
        let more = json!({"title": "Drill", "translations": {"ru": {"title": "Учение"}}});
        let (translated, plain) = (task(app, more).await, task(app, json!({"title": "Other"})).await);
        let me = app.user("officer").await;

        let table = Sheet::get(&me, &format!("/tasks.csv?id={translated}&id={plain}&lang=ru")).await;
        let rows = lines(&me.get(&format!("/tasks.ndjson?id={translated}&lang=ru")).await);

        assert_eq!(table.column("title"), ["Учение", "Other"]);
        assert_eq!(table.column("shown_in"), ["ru", "en"]);
        assert!(!table.header.iter().any(|name| name.contains('@')), "{:?}", table.header);
        assert_eq!((&rows[0]["title"], rows[0].get("translations")), (&json!("Учение"), None));
    })
    .await;
}

#[tokio::test]
async fn references_are_codes_and_labels_stand_in_the_callers_language() {
    app(async |app| {
        let more = json!({"contributing_agencies": ["MOH", "MOF"], "family": "legal_framework",
            "visibility": "group", "shared_with": {"agencies": ["MOF"]}, "plan": app.world.id("plan:national")});
        let id = task(app, more).await;
        let me = app.user("officer").await.with("accept-language", "ru");
        let path = format!("/tasks.csv?id={id}");

        let codes = Sheet::get(&me, &path).await;
        let labels = Sheet::get(&me, &format!("{path}&labels=labels")).await;
        let both = Sheet::get(&me, &format!("{path}&labels=both")).await;

        assert_eq!((codes.column("lead_agency"), codes.column("status")), (vec!["MES"], vec!["planned"]));
        assert_eq!(codes.column("contributing_agencies"), ["MOH;MOF"]);
        assert_eq!(codes.column("shared_with.agencies"), ["MOF"]);
        assert_eq!(codes.column("plan"), [app.world.id("plan:national").to_string()]);
        assert!(!codes.header.iter().any(|name| name.ends_with(".label") || name.ends_with(".name")));
        assert_eq!(labels.column("lead_agency.name"), ["Agency MES"]);
        assert_eq!(labels.column("status.label"), ["Запланирована"]);
        assert!(!labels.header.iter().any(|name| name == "status" || name == "lead_agency"));
        assert_eq!((both.column("status"), both.column("status.label")), (vec!["planned"], vec!["Запланирована"]));
        assert_eq!(both.column("plan.name"), ["Plan national"]);
    })
    .await;
}

#[tokio::test]
async fn no_cell_is_taken_for_a_formula_and_every_sign_is_kept() {
    app(async |app| {
        let title = "=HYPERLINK(\"http://x\";\"y\"),\nnext line; 'quoted' \u{1f9ea}";
        let id = task(app, json!({"title": title, "description": "'=1+1", "progress_note": "- first"})).await;
        let me = app.user("officer").await;
        let path =
            format!("/tasks.csv?id={id}&columns=title,description,progress_note,progress_percent,due_on");

        let plain = me.get(&path).await;
        let excel = me.get(&format!("{path}&excel=1&separator=semicolon")).await;
        let tabs = Sheet::of(&me.get(&format!("{path}&separator=tab")).await, b'\t');

        let wanted = vec![format!("'{title}"), "''=1+1".into(), "'- first".into(), "0".into(), String::new()];
        let wanted = vec![wanted];
        assert_eq!(Sheet::of(&plain, b',').rows, wanted);
        assert_eq!(tabs.rows, wanted);
        assert!(!plain.bytes.contains(&b'\r') && !plain.bytes.starts_with(b"\xef\xbb\xbf"));
        let text = std::str::from_utf8(&excel.bytes).expect("UTF-8");
        assert!(text.starts_with("\u{feff}title;description;") && text.ends_with(";0;\r\n"), "{text:?}");
        assert_eq!(Sheet::of(&excel, b';').rows, wanted);
    })
    .await;
}

#[tokio::test]
async fn small_objects_have_a_column_for_each_member() {
    app(async |app| {
        let path = format!("/actions/{}", app.world.id("action:national"));
        let focal_point = app.user("focal_point").await;
        let body = json!({"cost": {"amount": "12.50", "currency": "EUR"}});
        focal_point.edit(&path, body).await.ok(200);
        let origin = json!({"kind": "action", "id": app.world.id("action:national")});
        let id = task(app, json!({ "origin": origin })).await;

        let actions =
            Sheet::get(&focal_point, "/actions.csv?columns=cost.currency,cost.amount,obligations,id").await;
        let tasks = Sheet::get(&focal_point, &format!("/tasks.csv?id={id}")).await;

        let national = app.world.id("action:national").to_string();
        let row = actions.rows.iter().find(|row| row[3] == national).expect("the action");
        assert_eq!(row[..3], ["EUR", "12.50", "CWC-III"]);
        assert_eq!(
            (tasks.column("origin.kind"), tasks.column("origin.id")),
            (vec!["action"], vec![&*national])
        );
        assert_eq!((tasks.column("owner_country"), tasks.column("regions")), (vec!["KGZ"], vec!["CA"]));
    })
    .await;
}

#[tokio::test]
async fn a_table_of_one_column_keeps_its_empty_cells() {
    app(async |app| {
        let me = app.user("officer").await;

        let table = Sheet::get(&me, "/tasks.csv?columns=family").await;
        let some = lines(&me.get("/tasks.ndjson?columns=title,lead_agency").await);

        assert!(table.rows.len() > 3 && table.rows.iter().all(|row| row[..] == [""]));
        let members: Vec<_> = some[0].as_object().expect("a record").keys().collect();
        assert_eq!(members, ["lead_agency", "title"]);
    })
    .await;
}
