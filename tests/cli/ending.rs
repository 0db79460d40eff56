//! Taking back from the host what was given: roles, sessions, accounts.

use super::{Installation, seeded};

/// Makes the first focal point of a country, and an officer.
fn people(here: &Installation) {
    let officer = ["user", "grant", "aida@test", "--role", "officer", "--owner", "KGZ", "--agency", "MES"];
    here.run(&["user", "grant", "nfp@test", "--role", "focal_point", "--owner", "KGZ"]).ok();
    here.run(&officer).ok();
    here.run(&["user", "grant", "aida@test", "--role", "observer", "--owner", "KGZ"]).ok();
}

/// Row R8.
#[tokio::test]
async fn the_help_names_what_an_operator_looks_for() {
    seeded(async |here| {
        let help = here.run(&["help"]);
        let user = here.run(&["user", "--help"]);

        let has = |text: &str, word: &str| text.lines().any(|line| line.trim_start().starts_with(word));
        assert!(["health ", "restore ", "backup "].iter().all(|word| has(help.ok(), word)), "{}", help.out);
        assert!(
            ["disable ", "enable ", "revoke ", "sign-out "].iter().all(|word| has(user.ok(), word)),
            "{}",
            user.out
        );
    })
    .await;
}

/// Row R8.
#[tokio::test]
async fn a_role_is_taken_back_and_the_others_stay() {
    seeded(async |here| {
        people(here);
        let revoke = ["user", "revoke", "aida@test", "--owner", "KGZ"];

        let observer = here.run(&[&revoke[..], &["--role", "observer", "--reason", "moved"]].concat());
        let list = here.run(&["user", "list"]);
        let again = here.run(&[&revoke[..], &["--role", "observer"]].concat());
        let wrong = here.run(&[&revoke[..], &["--agency", "NONE"]].concat());
        let all = here.run(&revoke);
        let nobody = here.run(&["user", "revoke", "nobody@test", "--owner", "KGZ"]);
        let last = here.run(&["user", "revoke", "nfp@test", "--owner", "KGZ"]);

        assert!(observer.ok().starts_with("revoked observer of KGZ from aida@test"), "{}", observer.out);
        assert!(list.ok().contains("aida@test\taida@test\topen\tofficer KGZ/MES\n"), "{}", list.out);
        assert!(again.failed(2).contains("does not hold observer of KGZ"), "{}", again.err);
        assert!(wrong.failed(2).contains("KGZ has no agency NONE"), "{}", wrong.err);
        assert!(all.ok().starts_with("revoked officer of KGZ"), "{}", all.out);
        nobody.failed(2);
        assert!(last.failed(2).contains("last_focal_point"), "{}", last.err);
        here.run(&["log", "verify"]).ok();
    })
    .await;
}

/// Row R8.
#[tokio::test]
async fn an_account_is_closed_and_opened_again_and_its_sessions_end() {
    seeded(async |here| {
        people(here);
        here.run(&["user", "token", "aida@test"]).ok();

        let out = here.run(&["user", "sign-out", "Aida@test"]);
        let closed = here.run(&["user", "disable", "aida@test", "--reason", "left the ministry"]);
        let again = here.run(&["user", "disable", "aida@test"]);
        let token = here.run(&["user", "token", "aida@test"]);
        let list = here.run(&["user", "list"]);
        let opened = here.run(&["user", "enable", "aida@test"]);
        let last = here.run(&["user", "disable", "nfp@test"]);

        assert_eq!(out.ok(), "1 sessions of aida@test have ended");
        assert!(closed.ok().starts_with("closed aida@test"), "{}", closed.out);
        assert!(again.ok().contains("is closed already"), "{}", again.out);
        token.failed(2);
        assert!(list.ok().contains("aida@test\taida@test\tclosed"), "{}", list.out);
        assert_eq!(opened.ok(), "aida@test is open");
        assert!(last.failed(2).contains("last_focal_point"), "{}", last.err);
        here.run(&["user", "token", "aida@test"]).ok();
        here.run(&["log", "verify"]).ok();
    })
    .await;
}
