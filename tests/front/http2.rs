//! HTTP/2: who reads slowly, who does not read, who is silent.

use std::time::Duration;

use tokio::time::sleep;

use super::frames::{DATA, END, Frames, GO_AWAY, PING, RESET};
use crate::support::process::process;

const LARGE: &str = "/graphiql/graphiql.min.js";
const LIVE: &str = "/health/live";
const ANY: &str = "*/*";
/// The window HTTP/2 gives where nothing is said.
const WINDOW: u32 = 65_535;

#[tokio::test]
async fn a_large_answer_is_read_as_slowly_as_its_client_likes() {
    let settings =
        [("header_timeout_seconds", "1"), ("body_timeout_seconds", "2"), ("idle_timeout_seconds", "1")];
    process(&settings, async |service| {
        let whole = service.ask(&format!("GET {LARGE} HTTP/1.1")).await;
        let mut frames = Frames::open(service, WINDOW).await;

        frames.get(1, LARGE, ANY).await;
        let mut length = 0;
        loop {
            let part = frames.until(DATA).await;
            length += part.payload.len();
            if part.flags & END == END {
                break;
            }
            sleep(Duration::from_millis(60)).await;
            frames.widen(0, part.payload.len()).await;
            frames.widen(1, part.payload.len()).await;
        }

        assert!(whole.contains(&format!("content-length: {length}\r\n")), "{length} bytes came");
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_which_nothing_is_taken_is_ended_and_its_connection_goes_on() {
    process(&[("body_timeout_seconds", "1")], async |service| {
        let mut frames = Frames::open(service, 0).await;
        frames.get(1, LARGE, ANY).await;
        let unheard = frames.until(RESET).await;
        frames.give(100).await;
        frames.get(3, LARGE, ANY).await;
        let part = frames.until(DATA).await;
        let begun = frames.until(RESET).await;
        frames.give(WINDOW).await;
        frames.get(5, LIVE, ANY).await;
        let other = frames.body(5).await;

        assert_eq!((unheard.stream, begun.stream), (1, 3));
        assert_eq!((part.stream, part.payload.len()), (3, 100));
        assert_eq!(other, "{\"status\":\"live\"}");
    })
    .await;
}

#[tokio::test]
async fn a_stream_of_events_in_which_nothing_happens_goes_on() {
    process(&[("body_timeout_seconds", "1")], async |service| {
        let mut frames = Frames::open(service, 100 * WINDOW).await;
        frames.widen(0, 10_000_000).await;
        frames.get(1, "/api/v1/changes", "text/event-stream").await;

        sleep(Duration::from_secs(3)).await;
        frames.send(PING, 0, 0, b"is it so").await;
        let (mut length, mut ended) = (0, Vec::new());
        loop {
            let frame = frames.next().await.expect("the connection is open");
            if frame.kind == PING {
                break;
            }
            length += frame.payload.len();
            if frame.stream == 1 && (frame.kind == RESET || frame.flags & END == END) {
                ended.push(frame);
            }
        }

        assert_eq!(ended, [], "after {length} bytes");
    })
    .await;
}

#[tokio::test]
async fn pings_are_no_head_and_who_idles_is_told_before_the_end() {
    process(&[("header_timeout_seconds", "1"), ("idle_timeout_seconds", "4")], async |service| {
        let mut frames = Frames::open(service, WINDOW).await;
        frames.get(1, LIVE, ANY).await;
        frames.body(1).await;
        frames.send(PING, 0, 0, b"are you?").await;
        sleep(Duration::from_secs(3)).await;

        frames.get(3, LIVE, ANY).await;
        let answer = frames.body(3).await;
        frames.send(PING, 0, 0, b"are you?").await;
        let told = frames.until(GO_AWAY).await;
        while frames.next().await.is_some() {}

        assert_eq!(answer, "{\"status\":\"live\"}");
        assert_eq!(told.payload[4..], [0; 4], "without an error");
    })
    .await;
}
