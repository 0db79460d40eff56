//! Letting people in and replacing keys, from the host.

use super::seeded;

#[tokio::test]
async fn an_invitation_is_the_last_line_and_the_log_holds() {
    seeded(async |here| {
        here.run(&["user", "grant", "op@test", "--role", "operator", "--owner", "installation"]).ok();

        let invited = here.run(&["user", "invite", "op@test", "--reason", "first day"]);
        let nobody = here.run(&["user", "invite", "nobody@test"]);
        let proved = here.run(&["log", "verify"]);

        invited.ok();
        assert_eq!(invited.last_line().len(), 43, "{}", invited.out);
        assert!(!invited.err.contains(invited.last_line()));
        nobody.failed(2);
        proved.ok();
    })
    .await;
}

#[tokio::test]
async fn a_key_is_replaced_by_another() {
    seeded(async |here| {
        let first = here.run(&["key", "rotate", "--reason", "yearly"]);
        let second = here.run(&["key", "rotate"]);
        let unreasonable = here.run(&["key", "rotate", "--reason", " "]);

        assert!(first.ok().contains("signs from now on"), "{}", first.out);
        assert_ne!(first.out, second.ok());
        unreasonable.failed(2);
    })
    .await;
}

#[tokio::test]
async fn a_subject_of_a_trusted_issuer_is_linked_and_unlinked() {
    seeded(async |here| {
        let trusted = r#"[{"issuer": "https://id.gov.example", "audience": "concord", "owner": "KGZ",
            "algorithms": ["RS256"], "claim": "roles", "grants": {"desk": "secretariat"}}]"#;
        let run = |arguments: &[&str]| -> super::Ended {
            here.command(arguments).env("CONCORD_ISSUERS", trusted).output().expect("the program runs").into()
        };
        let subject = ["--issuer", "https://id.gov.example", "--subject", "a-1"];
        let link = |email: &'static str| [&["user", "link", email][..], &subject].concat();
        here.run(&["user", "grant", "one@test", "--role", "secretariat", "--owner", "KGZ"]).ok();
        here.run(&["user", "grant", "two@test", "--role", "secretariat", "--owner", "KGZ"]).ok();

        let linked = run(&link("one@test"));
        let again = run(&link("one@test"));
        let other = run(&link("two@test"));
        let nobody = run(&link("nobody@test"));
        let stranger = here.run(&link("one@test"));
        let unlinked = run(&[&["user", "unlink"][..], &subject].concat());
        let gone = run(&[&["user", "unlink"][..], &subject].concat());
        let proved = here.run(&["log", "verify"]);

        assert_eq!(linked.ok(), "a-1 of https://id.gov.example is one@test, for KGZ");
        again.ok();
        assert!(other.failed(2).contains("linked to another account"), "{}", other.err);
        nobody.failed(2);
        assert!(stranger.failed(2).contains("no trusted issuer"), "{}", stranger.err);
        assert!(unlinked.ok().contains("nobody any more"), "{}", unlinked.out);
        gone.failed(2);
        proved.ok();
    })
    .await;
}
