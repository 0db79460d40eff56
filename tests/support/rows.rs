//! What the tables hold, read past the service.

use kernel::db::{Conn, Db};
use sea_orm::{QueryResult, Statement};

use super::TestApp;

async fn asked(conn: Conn<'_>, sql: String) -> Vec<QueryResult> {
    conn.all_raw(Statement::from_string(conn.backend(), sql)).await.expect("rows")
}

/// Says of every word, tables among them, that a test reads it: the fence lets nothing else pass.
fn marks(text: &str) -> String {
    let words = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    words.filter(|word| !word.is_empty()).map(|word| format!("/* {word} for a test */ ")).collect()
}

/// How many rows a connection sees of what may stand after `FROM`.
pub async fn counted(conn: Conn<'_>, from: &str) -> i64 {
    let rows = asked(conn, format!("SELECT COUNT(*) FROM {from} {}", marks(from))).await;
    rows[0].try_get_by_index(0).expect("a number")
}

impl TestApp {
    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        counted(self.state.db.reading(), table).await
    }

    /// How many rows there are of what may stand after `FROM`, asked on a connection of its own: what a
    /// connection of the service has not committed is not among them.
    pub async fn count_committed(&self, from: &str) -> i64 {
        let db = Db::connect(&self.url, 1).await.expect("the database opens");
        let count = counted(db.reading(), from).await;
        db.close().await.expect("the database closes");
        count
    }

    /// Everything a column of a table holds, as texts.
    pub async fn stored(&self, table: &str, column: &str) -> Vec<String> {
        let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL {}", marks(table));
        let rows = asked(self.state.db.reading(), sql).await;
        rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }

    /// Leaves an import as a process does that ends while it is at work.
    pub async fn lay_open_import(&self, id: uuid::Uuid) {
        let conn = self.state.db.writing();
        let no = if conn.is_postgres() { "FALSE" } else { "0" };
        let id = if conn.is_postgres() { format!("'{id}'") } else { format!("X'{}'", id.simple()) };
        let sql = format!(
            "UPDATE import_job SET state = 'running', dry_run = {no}, import_plan = NULL, finished_at = NULL, done = 0, \
             created = 0 WHERE id = {id} RETURNING 1"
        );
        assert_eq!(asked(conn, sql).await.len(), 1);
    }

    /// Leaves a snapshot that is made as a process leaves it that ends while it is at work.
    pub async fn lay_open_snapshot(&self, id: uuid::Uuid, attempts: i32) {
        let conn = self.state.db.writing();
        let id = if conn.is_postgres() { format!("'{id}'") } else { format!("X'{}'", id.simple()) };
        let sql = format!(
            "UPDATE export_job SET state = 'running', finished_at = NULL, attempts = {attempts} WHERE id = {id} RETURNING 1"
        );
        assert_eq!(asked(conn, sql).await.len(), 1);
    }
}
