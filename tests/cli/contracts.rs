//! The contracts, written and compared from the command line.

use std::fs;

use serde_json::Value as Json;

use super::installation;

#[tokio::test]
async fn contracts_are_compared_with_the_committed_ones() {
    installation(async |here| {
        here.file("Cargo.toml", "");
        fs::create_dir(here.folder.join("openapi")).expect("a folder");

        let before = here.run(&["contracts", "--check"]);
        let written = here.run(&["contracts"]);
        let after = here.run(&["contracts", "--check"]);

        assert!(before.failed(1).contains("openapi/openapi.json differs from line 1 on"), "{}", before.err);
        assert_eq!(written.ok(), "wrote openapi/openapi.json\nwrote openapi/schema.graphql");
        after.ok();
        let text = fs::read_to_string(here.folder.join("openapi/openapi.json")).expect("a document");
        assert_eq!(serde_json::from_str::<Json>(&text).expect("JSON")["openapi"], "3.1.0");
    })
    .await;
}

#[tokio::test]
async fn what_breaks_the_released_contract_must_stand_in_the_change_log() {
    installation(async |here| {
        here.file("Cargo.toml", "");
        fs::create_dir(here.folder.join("openapi")).expect("a folder");
        here.run(&["contracts", "--release"]).ok();
        let released = fs::read_to_string(here.folder.join("openapi/released/schema.graphql")).expect("it");
        here.file("openapi/released/schema.graphql", &format!("{released}\nscalar Gone\n"));

        let untold = here.run(&["contracts", "--check"]);
        here.file("CHANGELOG.md", "## [Unreleased]\n### Breaking\n- `Gone`: nobody used it.\n");
        let told = here.run(&["contracts", "--check"]);

        assert!(untold.failed(1).contains("the released contract breaks: `Gone` is gone"), "{}", untold.err);
        told.ok();
    })
    .await;
}
