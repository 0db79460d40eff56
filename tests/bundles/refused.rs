//! Bundles that are not taken: each wrong thing is told, and nothing is half-written.

use concord::domain::exchange::bundles::file::{
    Chain, FORMAT, Header, Line, SentRecord, SentRelease, pair, public,
};
use kernel::scalar::Subject;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Receiver, made, release, send, two};
use crate::support::start;

const SEED: [u8; 32] = [7; 32];

/// A bundle that somebody with a pinned key has signed, whatever it says.
fn signed(records: &[Json], change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let mut header = Header {
        format: FORMAT.into(),
        id: Uuid::from_u128(1),
        owner: "KGZ".into(),
        audiences: vec!["partners".into()],
        plan: None,
        made_at: start(),
        valid_until: start() + chrono::TimeDelta::days(9),
    };
    change(&mut header);
    let (mut chain, mut bytes) = (Chain::default(), Vec::new());
    chain.add(Line::Bundle(header), &mut bytes).expect("a line");
    let id = Uuid::from_u128(2);
    let release = SentRelease {
        id,
        audiences: vec!["partners".into()],
        subject: Subject { kind: Some("plan".into()), ..Subject::default() },
        from_at: start(),
        until_at: None,
    };
    chain.add(Line::Release(release), &mut bytes).expect("a line");
    for record in records {
        let kind = record["kind"].as_str().expect("a kind").to_owned();
        let record = record["record"].as_object().cloned().expect("members");
        let sent = SentRecord { kind, releases: vec![id], record };
        chain.add(Line::Record(sent), &mut bytes).expect("a line");
    }
    chain.sign(&pair(&SEED).expect("a pair"), &mut bytes).expect("signed");
    bytes
}

async fn pinned(receiver: &Receiver) {
    receiver.pins_key(&public(&pair(&SEED).expect("a pair"))).await.expect("pinned");
}

fn agency(id: u128, more: Json) -> Json {
    let mut record = json!({"id": Uuid::from_u128(id), "owner": "KGZ", "code": format!("A{id}"), "name": "Agency",
        "kind": "ministry", "language": "en", "visibility": "national", "handling": "normal"});
    record.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("members"));
    json!({"kind": "agency", "record": record})
}

#[tokio::test]
async fn only_operators_receive_and_withdraw() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let bytes = made(&me, json!({"audiences": ["partners"]})).await;

        for name in ["regional", "partner", "neighbour", "steward"] {
            send(&receiver.user(name).await, &bytes).await.problem(403, "forbidden");
        }
        send(&receiver.app.anonymous(), &bytes).await.problem(401, "unauthenticated");
        let id = receiver.receives(&bytes).await.ok(200)["id"].clone();
        let path = format!("/bundles/{}/withdraw", id.as_str().expect("an id"));
        receiver.user("regional").await.post(&path, json!({})).await.problem(404, "not_found");
        receiver.user("operator").await.post(&path, json!({})).await.ok(200);
        receiver.user("operator").await.post(&path, json!({})).await.problem(409, "illegal_move");
    })
    .await;
}

#[tokio::test]
async fn what_is_altered_is_not_taken() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let bytes = made(&me, json!({"audiences": ["partners"]})).await;
        let text = String::from_utf8(bytes.clone()).expect("text");

        let altered = text.replacen("partners", "strangers", 1);
        let cut = &bytes[..bytes.len() / 2];
        for wrong in [altered.as_bytes(), cut, b"", b"{}\n", b"\0\0", &[bytes.as_slice(), b"{}\n"].concat()] {
            let answer = receiver.receives(wrong).await;
            assert_eq!(answer.problem(422, "invalid")["errors"][0]["code"], "bundle_broken");
        }
        assert_ne!(altered, text);
        assert_eq!(receiver.app.count("plan").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_stored_is_told_line_by_line() {
    two(async |_, receiver| {
        pinned(receiver).await;
        let records = [
            agency(10, json!({"kind": "nonsense"})),
            agency(11, json!({"owner": "KAZ"})),
            agency(12, json!({"name": null})),
            agency(13, json!({"parent": {"id": Uuid::from_u128(99)}})),
            agency(14, json!({"name": "x".repeat(501)})),
            json!({"kind": "user", "record": {"id": Uuid::from_u128(15), "owner": "KGZ"}}),
            json!({"kind": "comment", "record": {"id": Uuid::from_u128(16), "owner": "KGZ"}}),
            agency(17, json!({"valid_from": "yesterday"})),
            agency(18, json!({})),
            agency(18, json!({})),
            agency(19, json!({"mandate": "a\u{0}b"})),
            agency(20, json!({"external_key": "alone"})),
        ];

        let answer = receiver.receives(&signed(&records, |_| {})).await;

        answer.problem(422, "invalid");
        let found: Vec<String> =
            answer.violations().into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect();
        let wanted = [
            "/lines/3/kind not_in_list",
            "/lines/4/record rule_broken",
            "/lines/5/name required",
            "/lines/6/parent reference_not_found",
            "/lines/7/name too_long",
            "/lines/8/kind not_in_list",
            "/lines/9/kind not_in_list",
            "/lines/10/valid_from wrong_type",
            "/lines/12/record rule_broken",
            "/lines/13/mandate null_character",
            "/lines/14/external_key rule_broken",
        ];
        for one in wanted {
            assert!(found.iter().any(|told| told == one), "{one} is not among {found:#?}");
        }
        assert_eq!(receiver.app.count("agency").await, 0);
    })
    .await;
}

#[tokio::test]
async fn records_do_not_stand_below_one_another_in_a_circle() {
    two(async |_, receiver| {
        pinned(receiver).await;
        let below = |id: u128, above: u128| agency(id, json!({"parent": {"id": Uuid::from_u128(above)}}));

        let oneself = receiver.receives(&signed(&[below(10, 10)], |_| {})).await;
        let three = receiver.receives(&signed(&[below(10, 11), below(11, 12), below(12, 10)], |_| {})).await;
        let right =
            receiver.receives(&signed(&[below(10, 11), below(11, 12), agency(12, json!({}))], |_| {})).await;

        for answer in [oneself, three] {
            assert_eq!(answer.problem(422, "invalid")["errors"][0]["code"], "reference_cycle");
        }
        right.ok(200);
        assert_eq!(receiver.app.count("agency").await, 3);
    })
    .await;
}

#[tokio::test]
async fn nobody_elses_record_is_taken_over() {
    two(async |_, receiver| {
        pinned(receiver).await;
        let fields =
            json!({"owner": "KAZ", "code": "MES", "name": "Neighbour", "kind": "ministry", "language": "ru"});
        let theirs = receiver.add("agency", fields).await;

        let bytes = signed(&[agency(theirs.as_u128(), json!({}))], |_| {});
        receiver.receives(&bytes).await.problem(409, "kept_elsewhere");
        let other_owner = signed(&[], |header| header.owner = "KAZ".into());
        let answer = receiver.receives(&other_owner).await;

        assert_eq!(answer.problem(422, "invalid")["errors"][0]["code"], "bundle_broken");
        let seen = receiver.user("neighbour").await.get(&format!("/agencies/{theirs}")).await;
        assert_eq!(seen.ok(200)["name"], "Neighbour");
    })
    .await;
}

#[tokio::test]
async fn what_no_release_shows_and_what_is_of_another_day_is_no_bundle() {
    two(async |_, receiver| {
        pinned(receiver).await;
        let days = |count: i64| chrono::TimeDelta::days(count);
        let ahead = |header: &mut Header| header.made_at = start() + days(2);
        let endless = |header: &mut Header| header.valid_until = start() + days(400);
        let form = |header: &mut Header| header.format = "concord-bundle/9".into();
        let hidden = signed(&[agency(10, json!({}))], |_| {});
        let hidden = resigned(&hidden, |line| line["record"]["releases"] = json!([Uuid::from_u128(9)]));
        let elsewhere = |header: &mut Header| header.audiences = vec!["region:CA".into()];
        let other = signed(&[agency(10, json!({}))], elsewhere);

        for bytes in [signed(&[], ahead), signed(&[], endless), signed(&[], form), hidden, other] {
            let answer = receiver.receives(&bytes).await;
            assert_eq!(answer.problem(422, "invalid")["errors"][0]["code"], "bundle_broken");
        }
        assert_eq!(receiver.app.count("agency").await, 0);
    })
    .await;
}

/// The same lines, changed where they are records, and signed again.
fn resigned(bytes: &[u8], change: impl Fn(&mut Json)) -> Vec<u8> {
    let (mut chain, mut again) = (Chain::default(), Vec::new());
    for mut line in super::lines(bytes) {
        if line.get("record").is_some() {
            change(&mut line);
        }
        let members = line.as_object_mut().expect("an object");
        members.retain(|name, _| !["n", "prev"].contains(&name.as_str()));
        if members.contains_key("end") {
            continue;
        }
        let line: Line = serde_json::from_value(line).expect("a line");
        chain.add(line, &mut again).expect("added");
    }
    chain.sign(&pair(&SEED).expect("a pair"), &mut again).expect("signed");
    again
}
