//! Registers of any size.

use concord::domain::Registered;
use entity::{Deadline, deadline};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{compiled, find, world};
use crate::support::{TestApp, app};

/// Puts copies of a deadline beside it, past the service.
async fn copy(app: &TestApp, deadline: &str, copies: u32) {
    let id = deadline.trim_start_matches("/deadlines/").replace('-', "");
    let (new, is_it) = if app.state.db.reading().is_postgres() {
        ("gen_random_uuid()", format!("REPLACE(CAST(id AS text), '-', '') = '{id}'"))
    } else {
        ("randomblob(16)", format!("LOWER(HEX(id)) = '{id}'"))
    };
    let names: Vec<&str> = Deadline::def().columns.iter().map(|column| column.name).collect();
    let value = |name: &&str| match *name {
        "id" => new.to_owned(),
        name if name == deadline::ORIGIN.column => "'copy ' || CAST(i AS text)".to_owned(),
        name => name.to_owned(),
    };
    let values: Vec<String> = names.iter().map(value).collect();
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) INSERT INTO deadline ({}) SELECT {} FROM deadline, n WHERE {is_it}",
        names.join(", "),
        values.join(", ")
    );
    app.state.db.for_migrations().execute_unprepared(&sql).await.expect("copies");
}

#[tokio::test]
async fn the_next_day_of_a_commitment_is_told_however_many_deadlines_come_before() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        copy(app, &find(&me, "CWC-YEAR", "2027-04-15").await, 20_001).await;

        let register = me.get("/countries/KGZ/commitments").await;

        let all = register.ok(200)["commitments"].as_array().expect("a list").clone();
        let next = |code: &str| {
            let one = all.iter().find(|one| one["obligation"]["code"] == code).expect("a commitment");
            one["next_due_on"].clone()
        };
        assert_eq!((next("CWC-YEAR"), next("CWC-NEXT")), (json!("2027-04-15"), json!("2027-10-02")));
        let gone = "DELETE FROM deadline WHERE origin LIKE 'copy %'";
        app.state.db.for_migrations().execute_unprepared(gone).await.expect("no copies");
    })
    .await;
}
