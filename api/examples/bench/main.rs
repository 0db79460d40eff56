//! A bounded benchmark of the service beside a bare floor, in one process over loopback HTTP.
//!
//! The floor is axum with one prepared statement that reads (or writes) the same rows through the same
//! driver and pool and serialises the same JSON: no sign-in, no policy, no log, no languages. Ratios
//! say what the machinery costs; figures in requests a second belong to the machine. `bench/run` starts it.

#![expect(clippy::expect_used, reason = "a benchmark that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod client;

use std::{
    fs,
    num::NonZeroU32,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Json as Body, Router, extract::State, routing};
use concord::{
    config::{Config, Front},
    domain::{
        KINDS,
        access::{
            signin::{secret::InstallationSecret, session, token},
            user::User,
        },
        cooperation::task::Task,
    },
    migrate, seed, server,
    state::AppState,
};
use futures_util::future::join_all;
use kernel::{
    Actor, Ctx, Record,
    clock::Clock,
    db::Db,
    record::Op,
    row::Row,
    store,
    unit::{Atomic, Unit},
};
use sea_orm::{
    ConnectionTrait, Database, Statement, Value,
    sea_query::{Alias, Cond, ExprTrait, InsertStatement, Order},
};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use client::Client;

/// Connections that ask at the same time.
const CLIENTS: usize = 8;
/// Tasks in the database besides those of the demonstration.
const TASKS: usize = 5_000;
/// Tasks of one batch.
const BATCH: usize = 100;

const NESTED: &str = "{ plans(first: 20, filter: { owner: [\"XAA\"] }) { nodes { title pillars { nodes { title \
    objectives { nodes { title actions(first: 10) { nodes { title leadAgency { name } } } } } } } } } }";

/// What the floor reads in one statement for the nested query.
const JOINED: &str = "SELECT plan.title, pillar.title, objective.title, action.title, agency.name FROM plan \
    JOIN pillar ON pillar.plan_id = plan.id JOIN objective ON objective.pillar_id = pillar.id \
    JOIN action ON action.objective_id = objective.id LEFT JOIN agency ON agency.id = action.lead_agency_id \
    WHERE plan.owner = 'XAA'";

#[tokio::main]
async fn main() {
    if let [_, word, url] = std::env::args().collect::<Vec<_>>().as_slice()
        && word == "idle"
    {
        return idle(url).await;
    }
    println!("database    load                          service/s    floor/s    ratio   statements");
    let file = std::env::temp_dir().join(format!("concord_bench_{}.db", std::process::id()));
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
    let name = format!("concord_bench_{}", std::process::id());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let (head, query) = server.split_once('?').map_or((server.as_str(), ""), |(head, query)| (head, query));
    let host = head.rsplit_once('/').map_or(head, |(host, _)| host);
    measure("postgres", &format!("{host}/{name}?{query}")).await;
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("no database");
}

/// Fills a database, starts service and floor on it, and prints a line for each load.
async fn measure(name: &str, url: &str) {
    let state = start(url).await;
    let ctx = system(&state);
    let token = fill(&ctx, &state).await;
    let service = listen(server::app(state.clone())).await;
    let task = first_task(&state).await;
    let bench = Bench { name, service, floor: String::new(), token: &token, db: &state.db };
    let one = format!("/api/v1/tasks/{task}");
    let list = "/api/v1/tasks?owner=XAA&limit=50".to_owned();
    let nested = json!({ "query": NESTED }).to_string();
    let floor = Floor {
        db: state.db.clone(),
        task,
        one: bench.sample("GET", &one, None).await,
        list: bench.sample("GET", &list, None).await,
        nested: bench.sample("POST", "/graphql", Some(&nested)).await,
        batch: bench.sample("POST", "/api/v1/tasks/batch", Some(&batch(0))).await,
        rows: rows_to_copy(&state).await,
    };
    let bench = Bench { floor: listen(floor.router()).await, ..bench };

    bench.load("get one task", 4_000, ("GET", &one), "/one", |_| None).await;
    bench.load("list 50 tasks", 1_200, ("GET", &list), "/list", |_| None).await;
    bench
        .load("nested GraphQL, 20 plans", 240, ("POST", "/graphql"), "/nested", |_| Some(nested.clone()))
        .await;
    let write = ("POST", "/api/v1/tasks/batch");
    bench.load("batch write of 100 tasks", 80, write, "/batch", |number| Some(batch(number))).await;
    let own = std::env::current_exe().expect("this program");
    let idle = Command::new(own).args(["idle", url]).output().expect("a process");
    println!("{name:<11} {}\n", String::from_utf8_lossy(&idle.stdout).trim_end());
}

/// Starts the service as a new process does, and tells how long it took and what it holds.
async fn idle(url: &str) {
    let began = Instant::now();
    let service = listen(server::app(start(url).await)).await;
    Client::open(service, None).await.ask("GET", "/health/ready", None).await;
    let (took, memory) = (began.elapsed().as_millis(), resident());
    println!("starts in {took} ms with the schema in place, holds {memory} MB when idle");
}

/// The service's state on a database brought up to date.
async fn start(url: &str) -> AppState {
    // One caller asks for everything here.
    let front = Front { caller_rate: NonZeroU32::MAX, ..Front::default() };
    let config = Config { front, ..Config::default() };
    let db = Db::connect(url, config.max_connections).await.expect("the database opens");
    migrate::up(&db).await.expect("the schema is made");
    let secret = InstallationSecret::from_text(&"benchmark-only-".repeat(4)).expect("a secret");
    AppState::new(db.counted(), Clock::system(), &secret, &config).await.expect("a state")
}

fn system(state: &AppState) -> Ctx {
    state.ctx(None).acting(Actor::system())
}

/// The demonstration, plans with content, tasks; answers a focal point's token.
async fn fill(ctx: &Ctx, state: &AppState) -> String {
    seed::demo(ctx).await.expect("the demonstration");
    let mut unit = ctx.begin().await.expect("a unit");
    let plan =
        |at| json!({ "owner": "XAA", "kind": "sectoral", "title": format!("Plan {at}"), "domains": ["C"] });
    let plans = add(&mut unit, "plan", 20, plan).await;
    let pillar = |at: usize| json!({ "plan": at_of(&plans, at / 3), "title": format!("Pillar {at}") });
    let pillars = add(&mut unit, "pillar", 60, pillar).await;
    let objective =
        |at: usize| json!({ "pillar": at_of(&pillars, at / 2), "title": format!("Objective {at}") });
    let objectives = add(&mut unit, "objective", 120, objective).await;
    let action = |at: usize| json!({ "objective": at_of(&objectives, at / 5), "title": format!("Action {at}"), "lead_agency": "NRA" });
    add(&mut unit, "action", 600, action).await;
    add(&mut unit, "task", TASKS, new_task).await;
    unit.commit().await.expect("the records are committed");
    let def = User::def();
    let who = Cond::all().add(def.col("email").eq("focal_point@xaa.demo"));
    let user = store::first(ctx.db.reading(), def, who).await.expect("an answer").expect("a user").id();
    let session = session::open_session(ctx, user).await.expect("a session");
    token::issue(&state.keys, &state.clock, user, session).expect("a token")
}

fn at_of(ids: &[Uuid], at: usize) -> Option<Uuid> {
    ids.get(at).copied()
}

async fn add(unit: &mut Unit, kind: &str, count: usize, fields: impl Fn(usize) -> Json) -> Vec<Uuid> {
    let def = KINDS.get(kind).expect("a kind");
    let op = |at| Op::Create(fields(at).as_object().cloned().expect("fields"));
    let made = unit.apply(def, (0..count).map(op).collect(), Atomic::All).await.expect("records");
    made.iter().filter_map(|outcome| outcome.id).collect()
}

fn new_task(at: usize) -> Json {
    json!({ "owner": "XAA", "title": format!("Bench task {at}"), "lead_agency": "NRA", "due_on": "2027-03-31",
        "description": "Compare national law with each treaty and list the gaps." })
}

/// The body of a batch of new tasks.
fn batch(number: usize) -> String {
    let item = |at: usize| json!({ "op": "create", "data": new_task(number * BATCH + at) });
    json!({ "items": (0..BATCH).map(item).collect::<Vec<_>>() }).to_string()
}

async fn first_task(state: &AppState) -> Uuid {
    let def = Task::def();
    let cond = Cond::all().add(def.col("title").eq("Bench task 7"));
    store::first(state.db.reading(), def, cond).await.expect("an answer").expect("a task").id()
}

async fn rows_to_copy(state: &AppState) -> Vec<Row> {
    let def = Task::def();
    state
        .db
        .writing()
        .all_raw(raw(&state.db, "CREATE TABLE floor_task AS SELECT * FROM task WHERE 1 = 0", []))
        .await
        .expect("a table");
    let mut select = store::select(def);
    select.and_where(def.col("title").like("Bench task %")).limit(100);
    store::rows(state.db.reading(), def, &select).await.expect("rows")
}

fn raw<const N: usize>(db: &Db, text: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(db.backend(), text, values)
}

/// The bare floor: one statement a request, the answer of the service as JSON.
struct Floor {
    db: Db,
    task: Uuid,
    one: Json,
    list: Json,
    nested: Json,
    batch: Json,
    rows: Vec<Row>,
}

impl Floor {
    fn router(self) -> Router {
        Router::new()
            .route("/one", routing::get(async |State(floor): State<Arc<Self>>| floor.one().await))
            .route("/list", routing::get(async |State(floor): State<Arc<Self>>| floor.list().await))
            .route("/nested", routing::post(async |State(floor): State<Arc<Self>>| floor.nested().await))
            .route(
                "/batch",
                routing::post(async |State(floor): State<Arc<Self>>, _: Body<Json>| floor.write().await),
            )
            .with_state(Arc::new(self))
    }

    async fn one(&self) -> Body<Json> {
        let def = Task::def();
        let mut select = store::select(def);
        select.and_where(def.col("id").eq(self.task));
        store::rows(self.db.reading(), def, &select).await.expect("a row");
        Body(self.one.clone())
    }

    async fn list(&self) -> Body<Json> {
        let def = Task::def();
        let mut select = store::select(def);
        select.and_where(def.col("owner").eq("XAA")).order_by(Alias::new("id"), Order::Asc);
        store::rows(self.db.reading(), def, select.limit(51)).await.expect("rows");
        Body(self.list.clone())
    }

    async fn nested(&self) -> Body<Json> {
        let rows = self.db.reading().all_raw(raw(&self.db, JOINED, [])).await.expect("rows");
        let texts = rows.iter().map(|row| row.try_get_by_index::<String>(3).expect("a title"));
        assert!(texts.count() >= 600, "the floor reads what the service reads");
        Body(self.nested.clone())
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

/// Serves a router on a free port of this machine.
async fn listen(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Memory of this process in megabytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default()
        / 1024
}

struct Bench<'a> {
    name: &'a str,
    service: String,
    floor: String,
    token: &'a str,
    db: &'a Db,
}

impl Bench<'_> {
    /// One answer of the service, for the floor to give too.
    async fn sample(&self, method: &str, path: &str, body: Option<&str>) -> Json {
        let answer = Client::open(self.service.clone(), Some(self.token)).await.ask(method, path, body).await;
        let answer: Json = serde_json::from_slice(&answer).expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer}");
        answer
    }

    /// Runs a load on the service, then on the floor, and prints both.
    async fn load(
        &self,
        title: &str,
        count: usize,
        (method, path): (&str, &str),
        floor: &str,
        body: impl Fn(usize) -> Option<String> + Copy,
    ) {
        let before = self.db.statements();
        let service = run(&self.service, Some(self.token), (method, path), count, body).await;
        let asked = self.db.statements() - before;
        let bare = run(&self.floor, None, (method, floor), count, body).await;
        let rate = |took: Duration| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64();
        let each = f64::from(u32::try_from(asked).unwrap_or(u32::MAX)) / rate(Duration::from_secs(1));
        let (service, bare) = (rate(service), rate(bare));
        let name = self.name;
        println!("{name:<11} {title:<28} {service:>10.0} {bare:>10.0} {:>8.2} {each:>12.1}", service / bare);
    }
}

/// Sends `count` requests over [`CLIENTS`] connections; answers how long it took.
async fn run(
    address: &str,
    token: Option<&str>,
    (method, path): (&str, &str),
    count: usize,
    body: impl Fn(usize) -> Option<String> + Copy,
) -> Duration {
    let clients = join_all((0..CLIENTS).map(|_| Client::open(address.to_owned(), token))).await;
    let share = count / CLIENTS;
    let began = Instant::now();
    let asked = clients.into_iter().enumerate().map(|(of, mut client)| async move {
        for number in 0..share {
            client.ask(method, path, body(of * share + number).as_deref()).await;
        }
    });
    join_all(asked).await;
    began.elapsed()
}
