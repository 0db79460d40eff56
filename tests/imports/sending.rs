//! What is said with a file as it is sent.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{counts, send};
use crate::support::app;

const FILE: &str = "title,owner,lead_agency,language\nDrill,KGZ,MES,en\n";

#[tokio::test]
async fn a_file_is_held_against_the_digest_that_comes_with_it() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let with = |digest: &str| me.with("content-digest", digest);
        let own = hex::decode(kernel::crypto::sha256(&[FILE.as_bytes()])).expect("digits");
        let (own, none) = (STANDARD.encode(own), STANDARD.encode([0; 32]));

        let wrong = send(&with(&format!("sha-256=:{none}:")), "kind=tasks", FILE).await;
        let short = send(&with("sha-256=:AAAA:"), "kind=tasks", FILE).await;
        let unreadable = send(&with("sha-256=nonsense"), "kind=tasks", FILE).await;
        let letters = send(&with("sha-256=:\u{44f}:"), "kind=tasks", FILE).await;
        let right = send(&with(&format!("sha-512=:AAAA:, sha-256=:{own}:")), "kind=tasks", FILE).await;

        wrong.problem(422, "invalid");
        for refused in [short, unreadable, letters] {
            refused.problem(400, "bad_request");
        }
        assert_eq!(counts(right.ok(200)), [1, 0, 0, 0, 0]);
        assert_eq!(app.count("import_job").await, 1);
    })
    .await;
}

#[tokio::test]
async fn warnings_refuse_a_file_where_its_sender_says_so() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = "title,owner,lead_agency,language,created_at\nDrill,KGZ,MES,en,2026-01-01\n";

        let refused = send(&me, "kind=tasks&fail_on=warning", file).await;
        let other = send(&me, "kind=tasks&fail_on=rain", file).await;
        let taken = send(&me, "kind=tasks", file).await;

        let why =
            "these are left alone, for nobody writes them, or they show texts in translation: created_at";
        assert_eq!(refused.problem(422, "invalid")["errors"][0]["detail"], why);
        other.problem(400, "bad_request");
        assert_eq!(taken.ok(200)["warnings"][0]["message"], why);
    })
    .await;
}
