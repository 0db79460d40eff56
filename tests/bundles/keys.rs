//! Keys that are pinned, and owners who have grants.

use serde_json::json;

use super::{made, release, two};
use concord::domain::exchange::bundles;

#[tokio::test]
async fn only_what_a_pinned_key_has_signed_is_taken() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        let bytes = made(&me, json!({"audiences": ["partners"]})).await;

        let unknown = receiver.receives(&bytes).await;
        let key = receiver.pins(sender).await;
        receiver.receives(&bytes).await.ok(200);
        receiver
            .app
            .system()
            .run(async |unit| bundles::unpin(unit, "KGZ", Some(&key)).await)
            .await
            .expect("unpinned");
        let later =
            made(&me, json!({"audiences": ["partners"], "valid_until": "2027-01-01T00:00:00Z"})).await;
        let revoked = receiver.receives(&later).await;
        let again = receiver.pins_key(&key).await;

        for answer in [unknown, revoked] {
            assert_eq!(answer.problem(422, "invalid")["errors"][0]["code"], "bundle_broken");
        }
        // What was received before stays; a key that was revoked is not pinned again.
        assert!(receiver.sees("partner", "plans").await > 0);
        assert!(again.is_err());
    })
    .await;
}

#[tokio::test]
async fn another_key_takes_over_with_grace() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        let first = receiver.pins(sender).await;
        let ctx = sender.system();
        let second = ctx.run(async |unit| bundles::rotate(unit, "KGZ").await).await.expect("a key");
        receiver.pins_key(&second).await.expect("both are pinned");

        let bytes = made(&me, json!({"audiences": ["partners"]})).await;
        let taken = receiver.receives(&bytes).await;

        assert_ne!(first, second);
        assert_eq!(taken.ok(200)["key"], json!(second));
    })
    .await;
}

#[tokio::test]
async fn an_owner_is_here_or_elsewhere() {
    two(async |sender, receiver| {
        let key = receiver.pins(sender).await;
        let operator = receiver.user("operator").await;

        let grant = json!({"user": "nfp@example.org", "owner": "KGZ", "role": "focal_point"});
        let granted = operator.post("/grants", grant).await;
        let at_home = sender.system().run(async |unit| bundles::pin(unit, "KGZ", &key).await).await;
        let nobody = receiver.app.system().run(async |unit| bundles::pin(unit, "XYZ", &key).await).await;
        let no_key = receiver.pins_key("c2hvcnQ").await;

        granted.problem(409, "kept_elsewhere");
        assert_eq!(at_home.expect_err("KGZ has grants").code().name(), "kept_elsewhere");
        assert_eq!(nobody.expect_err("there is none").code().name(), "not_found");
        assert_eq!(no_key.expect_err("it is none").code().name(), "invalid");
    })
    .await;
}
