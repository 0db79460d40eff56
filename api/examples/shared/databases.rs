//! Databases that are made for one measurement, and go with it.

use std::fs;

use sea_orm::{ConnectionTrait, Database};

/// Measures on SQLite and, where a server answers (`CONCORD_TEST_POSTGRES_URL`, else 127.0.0.1:5432), on PostgreSQL: each time on
/// an empty database, whose name and address are given.
pub async fn on_each(title: &str, measure: impl AsyncFn(&str, &str)) {
    let own = format!("concord_{title}_{}", std::process::id());
    let file = std::env::temp_dir().join(format!("{own}.db"));
    measure("sqlite", &format!("sqlite://{}?mode=rwc", file.display())).await;
    for end in ["", "-wal", "-shm"] {
        drop(fs::remove_file(format!("{}{end}", file.display())));
    }
    let given = std::env::var("CONCORD_TEST_POSTGRES_URL").unwrap_or_default();
    let server = if given.is_empty() { "postgres://postgres@127.0.0.1:5432/postgres".into() } else { given };
    let Ok(admin) = Database::connect(&server).await else {
        println!("postgres    SKIPPED: no server answers");
        return;
    };
    admin.execute_unprepared(&format!("CREATE DATABASE {own}")).await.expect("a database");
    let (head, query) = server.split_once('?').map_or((server.as_str(), ""), |(head, query)| (head, query));
    let host = head.rsplit_once('/').map_or(head, |(host, _)| host);
    measure("postgres", &format!("{host}/{own}?{query}")).await;
    admin.execute_unprepared(&format!("DROP DATABASE {own} WITH (FORCE)")).await.expect("no database");
}
