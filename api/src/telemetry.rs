//! Logs to standard error and metrics for Prometheus.

use std::io::IsTerminal;
use std::sync::{Once, OnceLock};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Config, LogFormat};

/// Upper bounds of the histograms named `*_seconds`.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts logging as the settings say.
///
/// A second call changes nothing: the first subscriber of a process stays. JSON lines carry the fields
/// of the event and of the span around it (the request with its id).
pub fn init(config: &Config) {
    // The start says in one line what the migrator would say in eighty.
    let quiet = |wanted: &str| EnvFilter::try_new(format!("sea_orm_migration=warn,{wanted}"));
    let filter = quiet(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter);

    let started = match config.log_format {
        LogFormat::Text => registry.with(lines.with_ansi(std::io::stderr().is_terminal())).try_init(),
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_current_span(true).with_span_list(false);
            registry.with(lines).try_init()
        }
    };
    if started.is_err() {
        tracing::debug!("logging was started before; its first settings stay");
    }
    log_panics();
}

/// Lets panics of requests be logged as everything else is, with the request's id; once for a process.
///
/// Panics outside of requests are told as before.
pub fn log_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if tracing::Span::current().is_none() {
                return before(panic);
            }
            let place =
                panic.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
            let text = panic.payload_as_str().unwrap_or("no text");
            tracing::error!(place, "a request panicked at {place}: {text}");
        }));
    });
}

/// Returns the handle that renders the metrics, installing the recorder on first use.
///
/// Where nobody asks for metrics there is no recorder, and nothing is measured: what is recorded stays in
/// memory until it is rendered or `run_upkeep` is called, as whoever serves `/metrics` does every few
/// seconds. If another recorder is installed already, the handle renders nothing rather than failing.
pub fn metrics_handle() -> PrometheusHandle {
    METRICS
        .get_or_init(|| {
            recorder().install_recorder().unwrap_or_else(|_| recorder().build_recorder().handle())
        })
        .clone()
}

fn recorder() -> PrometheusBuilder {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    PrometheusBuilder::new().set_buckets_for_metric(seconds, &SECONDS).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_is_harmless() {
        init(&Config::default());
        init(&Config::default());
    }

    #[test]
    fn nothing_is_measured_before_somebody_asks() {
        metrics::histogram!("telemetry_test_seconds").record(0.001);
        let handle = metrics_handle();
        metrics::histogram!("telemetry_test_seconds").record(0.003);

        let told = handle.render();
        assert!(told.contains("telemetry_test_seconds_bucket{le=\"0.001\"} 0"), "{told}");
        assert!(told.contains("telemetry_test_seconds_bucket{le=\"0.005\"} 1"), "{told}");
    }
}
