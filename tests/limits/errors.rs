//! Panics: caught, logged once under the request's id, told nobody.

use std::{
    io,
    sync::{Arc, Mutex, Once},
};

use axum::{
    Router,
    http::{Request, header},
    routing::get,
};
use concord::{server, telemetry};
use tracing::subscriber;

use super::{ask, body};
use crate::support::app;

/// Lines that were logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

/// Sets a subscriber of all threads, once, that keeps nothing.
///
/// While there is no other, the first thread that comes to a line decides for all whether the line is
/// wanted: a test beside this one could lose its lines.
fn with_other_subscriber() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let none = tracing_subscriber::fmt().with_writer(io::sink).finish();
        subscriber::set_global_default(none).expect("no other subscriber of all threads");
    });
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn errors(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.0.lock().expect("the lines")).into_owned();
        text.lines().filter(|line| line.contains("ERROR")).map(str::to_owned).collect()
    }
}

async fn broken() -> &'static str {
    panic!("the handler's secret")
}

#[tokio::test]
async fn a_handler_that_panics_is_answered_and_logged_once_with_the_request_s_id() {
    app(async |app| {
        let lines = Lines::default();
        let (writer, routes) = (lines.clone(), Router::new().route("/broken", get(broken).post(broken)));
        let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        telemetry::log_panics();
        with_other_subscriber();
        let guard = subscriber::set_default(log);
        let router = server::guarded(routes, app.state.clone());

        let read = ask(&router, Request::get("/broken").body("".into()).expect("a request")).await;
        let write = ask(&router, Request::post("/broken").body("".into()).expect("a request")).await;
        drop(guard);

        assert_eq!((read.status().as_u16(), write.status().as_u16()), (500, 500));
        assert_eq!(read.headers()[header::CONTENT_TYPE], "application/problem+json");
        let told = [body(read).await, body(write).await];
        let errors = lines.errors();
        assert_eq!(errors.len(), 2, "{errors:?}");
        for (told, line) in told.iter().zip(&errors) {
            assert_eq!(told["code"], "internal");
            assert!(!told.to_string().contains("secret") && line.contains("secret"), "{told} {line}");
            assert!(line.contains(told["request_id"].as_str().expect("an id")), "{told} {line}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_no_text_is_a_problem_everywhere() {
    app(async |app| {
        let paths = ["/problems/%ff", "/graphiql/%ff", "/docs/%ff", "/api/v1/tasks/%ff", "/%ff"];

        let mut found = Vec::new();
        for path in paths {
            let answer = ask(&app.router, Request::get(path).body("".into()).expect("a request")).await;
            found.push((answer.status().as_u16(), body(answer).await["code"].clone()));
        }

        assert_eq!(found, vec![(404, "not_found".into()); 5]);
    })
    .await;
}
