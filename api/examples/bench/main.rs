//! A bounded benchmark of the service beside a bare floor, in one process over loopback HTTP.
//!
//! The floor is axum with one prepared statement that reads (or writes) the same rows through the same
//! driver and pool and serialises the same JSON: no sign-in, no policy, no log, no languages. Ratios
//! say what the machinery costs; figures in requests a second belong to the machine. `bench/run` starts it; a part of a load's title
//! runs the loads with it only.

#![expect(clippy::expect_used, reason = "a benchmark that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod client;
#[path = "../shared/databases.rs"]
mod databases;
mod floor;

use std::{
    fs,
    num::NonZeroU32,
    process::Command,
    time::{Duration, Instant},
};

use axum::Router;
use concord::{
    config::{Config, Front},
    domain::{KINDS, Registered},
    migrate, seed, server,
    signin::{secret::InstallationSecret, session, token},
    state::AppState,
};
use entity::{Task, User};
use futures_util::future::join_all;
use kernel::{
    Actor, Ctx,
    clock::Clock,
    db::Db,
    record::Op,
    row::Row,
    store,
    unit::{Atomic, Unit},
};
use sea_orm::{
    Statement, Value,
    sea_query::{Cond, ExprTrait},
};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use client::Client;
use floor::Floor;

/// Connections that ask at the same time, on SQLite and on PostgreSQL.
const CLIENTS: [usize; 2] = [8, 16];
/// Rounds of a load, service and floor by turns: what else the machine does meets both.
const ROUNDS: usize = 5;
/// Tasks in the database besides those of the demonstration.
const TASKS: usize = 5_000;
/// Tasks of one batch.
const BATCH: usize = 100;

/// The nested query over the plans of one kind: 20 of each, 600 actions below the sectoral ones, 1,600 below the
/// operational ones.
fn nested(kind: &str) -> String {
    let query = format!(
        "{{ plans(first: 20, filter: {{ owner: [\"XAA\"], kind: [{kind}], q: \"bench\" }}) {{ nodes {{ title pillars {{ nodes {{ title \
         objectives {{ nodes {{ title actions(first: 20) {{ nodes {{ title leadAgency {{ name }} }} }} }} }} }} }} }} }} }}"
    );
    json!({ "query": query }).to_string()
}

/// A single task in GraphQL, with the fields that REST shows.
fn one_task(task: Uuid) -> String {
    let query = format!(
        "{{ task(id: \"{task}\") {{ id owner version createdAt updatedAt visibility handling language title description
            status priority dueOn leadAgency {{ id code name }} plan {{ id title }} action {{ id title }} }} }}"
    );
    json!({ "query": query }).to_string()
}

#[tokio::main]
async fn main() {
    if let [_, word, url] = std::env::args().collect::<Vec<_>>().as_slice()
        && word == "idle"
    {
        return idle(url).await;
    }
    let only = std::env::args().nth(1).unwrap_or_default();
    println!("database    load                          service/s    floor/s    ratio   statements");
    databases::on_each("bench", async |name, url| measure(name, url, &only).await).await;
}

/// Fills a database, starts service and floor on it, and prints a line for each load.
async fn measure(name: &str, url: &str, only: &str) {
    let state = start(url).await;
    let ctx = system(&state);
    let token = fill(&ctx, &state).await;
    // As a database that has run for a while: its planner knows the tables.
    state.db.writing().all_raw(raw(&state.db, "ANALYZE", [])).await.expect("statistics");
    let service = listen(server::app(state.clone())).await;
    let task = first_task(&state).await;
    let [few, many] = CLIENTS;
    let clients = if name == "postgres" { many } else { few };
    let (db, floor) = (&state.db, String::new());
    let bench = Bench { name, only, clients, service, floor, token: &token, db };
    let one = format!("/api/v1/tasks/{task}");
    let list = "/api/v1/tasks?owner=XAA&limit=50&total=true".to_owned();
    let (fewer, more) = (nested("SECTORAL"), nested("OPERATIONAL"));
    let single = one_task(task);
    let floor = Floor {
        db: state.db.clone(),
        task,
        one: bench.sample("GET", &one, None).await,
        list: bench.sample("GET", &list, None).await,
        single: bench.sample("POST", "/graphql", Some(&single)).await,
        few: bench.sample("POST", "/graphql", Some(&fewer)).await,
        many: bench.sample("POST", "/graphql", Some(&more)).await,
        batch: bench.sample("POST", "/api/v1/tasks/batch", Some(&batch(0))).await,
        rows: rows_to_copy(&state).await,
    };
    let bench = Bench { floor: listen(floor.router()).await, ..bench };

    bench.load("get one task", 4_000, ("GET", &one), "/one", |_| None).await;
    bench
        .load("get one task, GraphQL", 4_000, ("POST", "/graphql"), "/single", |_| Some(single.clone()))
        .await;
    bench.load("list 50 tasks with total", 1_200, ("GET", &list), "/list", |_| None).await;
    bench.load("nested, 600 actions", 480, ("POST", "/graphql"), "/few", |_| Some(fewer.clone())).await;
    bench.load("nested, 1,600 actions", 240, ("POST", "/graphql"), "/many", |_| Some(more.clone())).await;
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
    contents(&mut unit, "sectoral", [3, 2, 5]).await;
    contents(&mut unit, "operational", [4, 2, 10]).await;
    add(&mut unit, "task", TASKS, new_task).await;
    unit.commit().await.expect("the records are committed");
    let def = User::def();
    let who = Cond::all().add(def.col("email").eq("focal_point@xaa.demo"));
    let user = store::first(ctx.db.reading(), def, who).await.expect("an answer").expect("a user").id();
    let session = session::open_session(ctx, user).await.expect("a session");
    token::issue(&state.keys, &state.clock, user, session).expect("a token")
}

/// 20 plans of a kind, each with so many pillars, so many objectives in each, so many actions in each of them.
async fn contents(unit: &mut Unit, kind: &str, [pillars, objectives, actions]: [usize; 3]) {
    let plan =
        |at| json!({ "owner": "XAA", "kind": kind, "title": format!("Bench plan {at}"), "domains": ["C"] });
    let above = add(unit, "plan", 20, plan).await;
    let below = |name: &'static str, title: &'static str, above: Vec<Uuid>, each: usize| move |at: usize| json!({ name: at_of(&above, at / each), "title": format!("{title} {at}") });
    let above = add(unit, "pillar", 20 * pillars, below("plan", "Pillar", above, pillars)).await;
    let count = above.len() * objectives;
    let above = add(unit, "objective", count, below("pillar", "Objective", above, objectives)).await;
    let action = below("objective", "Action", above.clone(), actions);
    let led = |at: usize| {
        let mut fields = action(at);
        fields.as_object_mut().expect("fields").insert("lead_agency".into(), json!("NRA"));
        fields
    };
    add(unit, "action", above.len() * actions, led).await;
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
    /// Part of the titles of the loads that are run.
    only: &'a str,
    clients: usize,
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

    /// Runs a load on the service and on the floor by turns, and prints both.
    async fn load(
        &self,
        title: &str,
        count: usize,
        (method, path): (&str, &str),
        floor: &str,
        body: impl Fn(usize) -> Option<String> + Copy,
    ) {
        if !title.contains(self.only) {
            return;
        }
        let (mut service, mut bare, mut asked) = (Duration::ZERO, Duration::ZERO, 0);
        let part = count / ROUNDS;
        for round in 0..ROUNDS {
            let body = |number| body(round * part + number);
            let before = self.db.statements();
            service += run((&self.service, self.clients), Some(self.token), (method, path), part, body).await;
            asked += self.db.statements() - before;
            bare += run((&self.floor, self.clients), None, (method, floor), part, body).await;
        }
        let rate = |took: Duration| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64();
        let each = f64::from(u32::try_from(asked).unwrap_or(u32::MAX)) / rate(Duration::from_secs(1));
        let (service, bare) = (rate(service), rate(bare));
        let name = self.name;
        println!("{name:<11} {title:<28} {service:>10.0} {bare:>10.0} {:>8.2} {each:>12.1}", service / bare);
    }
}

/// Sends `count` requests over so many connections; answers how long it took.
async fn run(
    (address, clients): (&str, usize),
    token: Option<&str>,
    (method, path): (&str, &str),
    count: usize,
    body: impl Fn(usize) -> Option<String> + Copy,
) -> Duration {
    let connections = join_all((0..clients).map(|_| Client::open(address.to_owned(), token))).await;
    let share = count / clients;
    let began = Instant::now();
    let asked = connections.into_iter().enumerate().map(|(of, mut client)| async move {
        for number in 0..share {
            client.ask(method, path, body(of * share + number).as_deref()).await;
        }
    });
    join_all(asked).await;
    began.elapsed()
}
