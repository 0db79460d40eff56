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
