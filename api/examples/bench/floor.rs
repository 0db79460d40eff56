//! What the service is measured beside.

use std::sync::Arc;

use axum::{Json as Body, Router, extract::State, routing};
use concord::domain::Registered;
use entity::Task;
use kernel::{db::Db, row::Row, store};
use sea_orm::sea_query::{Alias, ExprTrait, InsertStatement, Order};
use serde_json::Value as Json;
use uuid::Uuid;

use super::raw;

/// What the floor reads in one statement for the nested query.
const JOINED: &str = "SELECT plan.title, pillar.title, objective.title, action.title, agency.name FROM plan \
    JOIN pillar ON pillar.plan_id = plan.id JOIN objective ON objective.pillar_id = pillar.id \
    JOIN action ON action.objective_id = objective.id LEFT JOIN agency ON agency.id = action.lead_agency_id \
    WHERE plan.owner = 'XAA' AND plan.kind = $1 AND plan.title LIKE 'Bench plan %'";

/// The bare floor: one statement a request, the answer of the service as JSON.
pub struct Floor {
    pub db: Db,
    pub task: Uuid,
    pub one: Json,
    pub list: Json,
    pub single: Json,
    pub few: Json,
    pub many: Json,
    pub batch: Json,
    pub rows: Vec<Row>,
}

impl Floor {
    /// Its routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/one", routing::get(async |State(floor): State<Arc<Self>>| floor.one().await))
            .route("/list", routing::get(async |State(floor): State<Arc<Self>>| floor.list().await))
            .route("/single", routing::post(async |State(floor): State<Arc<Self>>| floor.single().await))
            .route("/few", routing::post(async |State(floor): State<Arc<Self>>| floor.few().await))
            .route("/many", routing::post(async |State(floor): State<Arc<Self>>| floor.many().await))
            .route(
                "/batch",
                routing::post(async |State(floor): State<Arc<Self>>, _: Body<Json>| floor.write().await),
            )
            .with_state(Arc::new(self))
    }

    async fn one(&self) -> Body<Json> {
        self.read_one().await;
        Body(self.one.clone())
    }

    async fn single(&self) -> Body<Json> {
        self.read_one().await;
        Body(self.single.clone())
    }

    async fn read_one(&self) {
        let def = Task::def();
        let mut select = store::select(def);
        select.and_where(def.col("id").eq(self.task));
        store::rows(self.db.reading(), def, &select).await.expect("a row");
    }

    async fn list(&self) -> Body<Json> {
        let def = Task::def();
        let mut select = store::select(def);
        select.and_where(def.col("owner").eq("XAA")).order_by(Alias::new("id"), Order::Asc);
        store::rows(self.db.reading(), def, select.limit(51)).await.expect("rows");
        let count = raw(&self.db, "SELECT COUNT(*) FROM task WHERE owner = $1", ["XAA".into()]);
        self.db.reading().all_raw(count).await.expect("a count");
        Body(self.list.clone())
    }

    async fn few(&self) -> Body<Json> {
        self.joined("sectoral", 600).await;
        Body(self.few.clone())
    }

    async fn many(&self) -> Body<Json> {
        self.joined("operational", 1_600).await;
        Body(self.many.clone())
    }

    /// Reads the texts that the nested query shows, of the same records, in one statement.
    async fn joined(&self, kind: &str, count: usize) {
        let rows = self.db.reading().all_raw(raw(&self.db, JOINED, [kind.into()])).await.expect("rows");
        let texts = rows.iter().flat_map(|row| (0..5).map(move |at| row.try_get_by_index::<String>(at)));
        let read = texts.map(|text| text.expect("a text")).filter(|text| !text.is_empty()).count();
        assert_eq!(read, count * 5, "the floor reads what the service reads");
    }

    async fn write(&self) -> Body<Json> {
        let mut insert = InsertStatement::new();
        let names = Task::def().columns.iter().map(|column| Alias::new(column.name));
        insert.into_table(Alias::new("floor_task")).columns(names);
        for row in &self.rows {
            insert.values_panic(row.exprs());
        }
        self.db.writing().run(&insert).await.expect("rows");
        Body(self.batch.clone())
    }
}
