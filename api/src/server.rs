//! Serving: the router of all addresses, start, and graceful stop.

mod graphql;
mod health;
mod pages;

use std::{fmt, sync::atomic::Ordering, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, middleware, routing::get};
use kernel::{clock::Clock, db::Db};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    config::Config,
    domain::access::signin::secret::InstallationSecret,
    jobs,
    rest::{self, layers},
    seed,
    state::AppState,
};

/// What `serve` is asked besides the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServeOptions {
    /// Fill the database with the demonstration.
    pub demo: bool,
    /// Let the demonstration listen beyond this machine.
    pub demo_open: bool,
}

/// Why the service did not start or ended early.
#[derive(Debug)]
pub struct ServeError(pub String);

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ServeError {}

impl From<kernel::Error> for ServeError {
    fn from(error: kernel::Error) -> Self {
        Self(error.to_string())
    }
}

/// Time given to running requests after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Every address of the service.
pub fn app(state: AppState) -> Router {
    let api = Router::from(rest::router())
        .route_layer(middleware::from_fn(layers::negotiate))
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method);
    let limit = state.body_limit;
    Router::new()
        .nest("/api/v1", api)
        .route("/graphql", get(graphql::by_get).post(graphql::by_post))
        .merge(pages::router())
        .merge(health::router())
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method)
        .layer(middleware::from_fn(layers::outlive))
        .layer(CatchPanicLayer::custom(layers::caught))
        .layer(middleware::from_fn_with_state(state.clone(), layers::time_out))
        .layer(DefaultBodyLimit::max(limit))
        .layer(middleware::from_fn_with_state(state.clone(), layers::identify))
        .layer(CompressionLayer::new())
        .with_state(state)
}

/// Runs the service until it is told to stop.
///
/// # Errors
/// Why it could not start: settings, database, address.
pub async fn serve(config: Config, options: ServeOptions) -> Result<(), ServeError> {
    if options.demo && !options.demo_open && !config.listen.ip().is_loopback() {
        let text = "the demonstration listens on loopback only; --demo-open lets it out";
        return Err(ServeError(text.into()));
    }
    let secret = secret(&config, options.demo)?;
    let db = Db::connect(&config.database_url, config.max_connections).await?;
    crate::migrate::up(&db).await.map_err(|error| ServeError(error.to_string()))?;
    let clock = Clock::system();
    let state = AppState::new(db.clone(), clock, &secret, &config).await?;
    let demo = fill(&state, options.demo).await?;
    let listener = bind(config.listen).await?;
    let address = listener.local_addr().map_err(|error| ServeError(error.to_string()))?;
    tracing::info!(address = %address, "listening on http://{address}");
    if let Some(report) = demo {
        greet(&address.to_string(), &report);
    }
    let admin = match config.admin_listen {
        Some(at) => Some(tokio::spawn(health::serve_metrics(bind(at).await?))),
        None => None,
    };
    let (stopping_jobs, tasks) = (CancellationToken::new(), TaskTracker::new());
    jobs::start(jobs::ALL, &state.service(stopping_jobs.clone()), &tasks);
    let draining = state.draining.clone();
    let (stopped, mut stopping) = tokio::sync::watch::channel(false);
    let signal = async move {
        told_to_stop().await;
        tracing::info!("stopping: requests that run are finished, new ones refused");
        draining.store(true, Ordering::SeqCst);
        stopping_jobs.cancel();
        let _ = stopped.send(true);
    };
    let server = axum::serve(listener, app(state)).with_graceful_shutdown(signal);
    let late = async move {
        let _ = stopping.wait_for(|stop| *stop).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended.map_err(|error| ServeError(error.to_string()))?,
        () = late => tracing::warn!("requests still ran after the time of grace"),
    }
    tasks.close();
    if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
        tracing::warn!("jobs still ran after the time of grace");
    }
    admin.iter().for_each(tokio::task::JoinHandle::abort);
    db.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// The installation secret; the demonstration makes one where there is none.
fn secret(config: &Config, demo: bool) -> Result<InstallationSecret, ServeError> {
    let given = config.secret.as_ref().map(crate::config::Secret::expose);
    if given.is_none() && demo && !config.secret_file.exists() {
        return InstallationSecret::create(&config.secret_file)
            .map_err(|error| ServeError(error.to_string()));
    }
    InstallationSecret::read(given, &config.secret_file).map_err(|error| ServeError(error.to_string()))
}

async fn fill(state: &AppState, demo: bool) -> Result<Option<seed::DemoReport>, ServeError> {
    let mut ctx = state.ctx(None).acting(kernel::Actor::system());
    ctx.cause = kernel::unit::Cause::Seed;
    if demo {
        return Ok(Some(seed::demo(&ctx).await?));
    }
    seed::reference(&ctx).await?;
    Ok(None)
}

async fn bind(at: std::net::SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(at).await.map_err(|error| ServeError(format!("cannot listen on {at}: {error}")))
}

#[expect(clippy::print_stdout, reason = "the demonstration greets whoever started it")]
fn greet(address: &str, report: &seed::DemoReport) {
    println!("Concord demonstration: http://{address}\n\nSign in with the password `{}` as", seed::PASSWORD);
    for who in &report.sign_ins {
        println!("  {:<26} {:<12} {:<12} {}", who.email, who.role, who.owner, who.shows);
    }
    println!("\nRecords: {}", report.records.total());
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
