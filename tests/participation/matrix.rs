//! Countries by frameworks.

use serde_json::{Value as Json, json};

use super::{btwc, event, fact, tell};
use crate::support::{TestApp, app, client::Client};

/// Kyrgyzstan is party to both frameworks, Kazakhstan to the CWC since 2010, and of its BTWC nothing is known before a day.
async fn facts(app: &TestApp) -> [String; 3] {
    let steward = app.user("steward").await;
    btwc(app).await;
    let both = fact(&steward, "KGZ", "BTWC", "unknown").await;
    let one = fact(&steward, "KAZ", "CWC", "unknown").await;
    let none = fact(&steward, "KAZ", "BTWC", "unknown").await;
    let kgz = format!("/participations/{}", app.world.id("participation:fact"));
    tell(&steward, event(&both, "entry_into_force", "2004-01-01", "2004-01-01")).await;
    tell(&steward, event(&kgz, "entry_into_force", "2003-10-29", "2003-10-29")).await;
    tell(&steward, event(&one, "entry_into_force", "2010-01-01", "2010-01-01")).await;
    tell(&steward, event(&none, "signature", "2012-01-01", "2012-01-01")).await;
    [both, one, none]
}

async fn rows(who: &Client<'_>, query: &str) -> Vec<String> {
    let answer = who.get(&format!("/participation-matrix?{query}")).await;
    let rows = answer.ok(200)["rows"].as_array().expect("rows").clone();
    rows.iter().map(|row| row["country"]["code"].as_str().expect("a code").to_owned()).collect()
}

#[tokio::test]
async fn question_13_the_matrix_of_a_region_and_who_is_party_to_one_framework_and_not_to_another() {
    app(async |app| {
        facts(app).await;
        let reader = app.anonymous();

        let matrix = reader.get("/participation-matrix?region=CA&framework=BTWC&framework=CWC").await;
        let text = "{ participationMatrix(region: [\"CA\"], partyTo: [\"cwc\"], notPartyTo: [\"BTWC\"], validOn: \"2020-01-01\") { validOn undetermined
            frameworks { code } rows { country { code } cells { framework standing status isContested stated { standing } } } } }";
        let twin = reader.graphql(text, json!({})).await;

        let body = matrix.ok(200);
        assert_eq!((&body["frameworks"][0]["code"], &body["frameworks"][1]["code"]), (&json!("BTWC"), &json!("CWC")));
        let cell = &body["rows"][1]["cells"][1];
        assert_eq!((&body["rows"][1]["country"]["code"], &body["rows"][1]["country"]["name"]), (&json!("KGZ"), &json!("Kyrgyzstan")));
        assert_eq!((&cell["standing"], &cell["in_force_on"], &cell["in_force_precision"]), (&json!("party"), &json!("2003-10-29"), &json!("day")));
        assert_eq!((&cell["source"], &cell["confidence"], &cell["is_verified"]), (&json!("depositary"), &json!("high"), &json!(true)));
        assert_eq!(body["rows"][0]["cells"][0]["standing"], "signatory");
        assert_eq!(
            twin.data()["participationMatrix"],
            json!({"validOn": "2020-01-01", "undetermined": [], "frameworks": [{"code": "BTWC"}, {"code": "CWC"}],
                "rows": [{"country": {"code": "KAZ"}, "cells": [
                    {"framework": "BTWC", "standing": "SIGNATORY", "status": "SIGNED", "isContested": false, "stated": null},
                    {"framework": "CWC", "standing": "PARTY", "status": "IN_FORCE", "isContested": false, "stated": null}]}]})
        );
        assert_eq!(rows(&reader, "region=CA&party_to=CWC&not_party_to=BTWC&valid_on=2020-01-01").await, ["KAZ"]);
        assert_eq!(rows(&reader, "region=CA&party_to=CWC&not_party_to=BTWC&valid_on=2003-12-01").await, ["KGZ"]);
        assert_eq!(rows(&reader, "region=CA&party_to=CWC&party_to=BTWC").await, ["KGZ"]);
        let wrong = reader.get("/participation-matrix?region=CB&framework=BTWX&valid_on=soon").await;
        let mut told: Vec<String> = wrong.violations().into_iter().map(|(pointer, _)| pointer).collect();
        told.sort();
        assert_eq!(told, ["?framework", "?region", "?valid_on"]);
    })
    .await;
}

#[tokio::test]
async fn countries_of_which_nobody_can_tell_are_listed_apart() {
    app(async |app| {
        facts(app).await;

        let answer = app
            .anonymous()
            .get("/participation-matrix?region=CA&party_to=CWC&not_party_to=BTWC&known_on=2011-01-01")
            .await;

        assert_eq!(answer.ok(200)["rows"], json!([]));
        assert_eq!(
            answer.ok(200)["undetermined"],
            json!(["KAZ"]),
            "of Kyrgyzstan it was known that it is party to both"
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_country_states_is_seen_by_whoever_sees_its_statement() {
    app(async |app| {
        facts(app).await;
        let path = "/participation-matrix?country=KGZ&framework=CWC";
        let cell = async |who: &Client<'_>| who.get(path).await.ok(200)["rows"][0]["cells"][0].clone();
        let own = format!("/participations/{}", app.world.id("participation:own"));
        let change = json!({"status": "acceded", "visibility": "group"});
        app.user("focal_point").await.edit(&own, change).await.ok(200);

        let inside = cell(&app.user("secretariat").await).await;
        let outside = [
            cell(&app.user("observer").await).await,
            cell(&app.user("foreign_focal_point").await).await,
            cell(&app.anonymous()).await,
        ];

        assert_eq!((&inside["is_contested"], &inside["stated"]["status"]), (&json!(true), &json!("acceded")));
        assert_eq!(inside["standing"], "party");
        for cell in outside {
            assert_eq!((&cell["is_contested"], &cell["stated"]), (&json!(false), &Json::Null));
        }
    })
    .await;
}

#[tokio::test]
async fn an_event_that_few_see_counts_for_them_only() {
    app(async |app| {
        let focal = app.user("focal_point").await;
        let own = format!("/participations/{}", app.world.id("participation:own"));
        tell(&focal, event(&own, "entry_into_force", "2003-10-29", "2003-10-29")).await;
        let mut notice = event(&own, "withdrawal", "2026-11-20", "2026-11-20");
        notice["visibility"] = json!("group");
        tell(&focal, notice).await;
        let standing = async |who: &str| {
            app.user(who).await.get(&format!("{own}/standing")).await.ok(200)["held"]["standing"].clone()
        };

        assert_eq!(standing("secretariat").await, "not_party");
        assert_eq!(standing("observer").await, "party");
        assert_eq!(app.user("observer").await.get(&own).await.ok(200)["status"], "in_force");
        app.anonymous().get(&format!("{own}/standing")).await.problem(404, "not_found");
    })
    .await;
}

/// Makes countries, frameworks, and for each pair a fact with an event.
async fn many(app: &TestApp, countries: usize, frameworks: usize) {
    let steward = app.user("steward").await;
    let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).expect("a letter"));
    let country = |at: usize| format!("Q{}{}", letter(at / 26), letter(at));
    let send = async |path: &str, all: Vec<Json>| -> Vec<Json> {
        let mut made = Vec::new();
        for some in all.chunks(500) {
            let items: Vec<Json> = some.iter().map(|data| json!({"op": "create", "data": data})).collect();
            let answer = steward.post(&format!("{path}/batch"), json!({ "items": items })).await;
            made.extend(
                answer.ok(200)["outcomes"].as_array().expect("outcomes").iter().map(|one| one["id"].clone()),
            );
        }
        made
    };
    let new = |at: usize| {
        json!({"code": country(at), "iso2": country(at)[1..], "name": country(at), "name_long": country(at),
            "official_languages": ["en"], "is_partner": true, "confidence": "high"})
    };
    send("/countries", (0..countries).map(new).collect()).await;
    let new = |at: usize| json!({"code": format!("F{at}"), "name": "F", "short_name": format!("F{at}"), "kind": "treaty", "domains": ["C"]});
    send("/frameworks", (0..frameworks).map(new).collect()).await;
    let new = |at: usize| {
        json!({"owner": "reference", "country": country(at / frameworks), "framework": format!("F{}", at % frameworks),
            "status": "unknown", "confidence": "low", "source": "none"})
    };
    let made = send("/participations", (0..countries * frameworks).map(new).collect()).await;
    let new = |id: &Json| {
        json!({"participation": id, "event_type": "entry_into_force", "happened_on": "2001-01-01", "happened_precision": "day",
            "known_on": "2001-01-01", "confidence": "high", "source": "depositary"})
    };
    send("/participation-events", made.iter().map(new).collect()).await;
}

#[tokio::test]
async fn the_matrix_takes_as_many_statements_for_sixty_four_countries_and_twenty_nine_frameworks_as_for_two()
{
    app(async |app| {
        facts(app).await;
        let counted = crate::statements::counted(app);
        let reader = counted.anonymous();
        let cost = async |query: &str| {
            let before = counted.state.db.statements();
            let answer = reader.get(&format!("/participation-matrix{query}")).await;
            let cells: usize = answer.ok(200)["rows"]
                .as_array()
                .expect("rows")
                .iter()
                .map(|row| row["cells"].as_array().map_or(0, Vec::len))
                .sum();
            (counted.state.db.statements() - before, cells)
        };
        // Names of codes are read once, and remembered.
        cost("").await;
        let (few, past) = (cost("").await, cost("?known_on=2020-01-01").await);
        many(app, 62, 27).await;
        cost("").await;

        let (all, all_past) = (cost("").await, cost("?known_on=2020-01-01").await);

        assert_eq!((few.1, all.1), (4, 64 * 29));
        assert_eq!((few.0, past.0), (all.0, all_past.0));
        assert!(all.0 <= 8 && all_past.0 <= 12, "{all:?} {all_past:?}");
    })
    .await;
}
