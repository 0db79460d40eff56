//! Drafts of returns, and what answers their questions.

use serde_json::{Value as Json, json};

use super::{draft, fact, faults, question, refused, returns, told};
use crate::{
    coverage_marks::duty,
    delivery::made,
    statements::counted,
    support::{
        TestApp, app,
        client::{Answer, Client},
    },
};

async fn answers(who: &Client<'_>, path: &str) -> Answer {
    let read = who.get(&format!("{path}/answers")).await;
    read.ok(200);
    read
}

fn pairs(all: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    all.iter().map(|(code, facts)| ((*code).to_owned(), texts(facts))).collect()
}

#[tokio::test]
async fn one_fact_answers_questions_of_two_returns_with_source_age_and_visibility() {
    app(async |app| {
        returns(app).await;
        let me = app.user("officer").await;
        let law = json!({"owner": "KGZ", "language": "en", "kind": "law", "title": "Law No. 30", "lead_agency": "MES", "visibility": "national"});
        let law = made(&me, "/legal-instruments", law).await;
        let known = json!({"valid_for_months": 12, "legal_instrument": law.rsplit('/').next()});
        let known = made(&me, "/facts", fact(known)).await;
        made(&me, "/facts", fact(json!({"title": "Older", "as_on": "2025-01-31", "questions": ["E-EXPORT"],
            "kind": "count", "number": "12.50", "unit": "licences"}))).await;
        let cbm = made(&me, "/report-drafts", draft("BTWC-CBM-RETURN", json!({}))).await;
        let report = made(&me, "/report-drafts", draft("UNSCR1540-OP4", json!({}))).await;

        let in_cbm = answers(&me, &cbm).await;
        let in_report = answers(&me, &report).await;

        let exports = "Exports need a licence";
        assert_eq!(told(&in_cbm.body), pairs(&[("E-LAW", &[]), ("E-EXPORT", &[exports, "Older"])]));
        assert_eq!(told(&in_report.body), pairs(&[("OP3D", &[exports])]));
        assert_eq!((&in_cbm.body["with_fact"], &in_cbm.body["without_fact"]), (&json!(1), &json!(1)));
        let shown = &in_cbm.body["answers"][1]["facts"];
        let wanted = json!({"id": known.rsplit('/').next(), "kind": "law", "title": exports,
            "text": "Every export needs a licence.", "language": "en", "number": null, "unit": null,
            "legal_instrument": {"id": law.rsplit('/').next(), "code": null, "name": "Law No. 30"}, "contact_point": null,
            "source": "Law No. 30, article 4", "lead_agency": shown[0]["lead_agency"], "as_on": "2026-11-01", "age_days": 20,
            "stale_on": "2027-11-01", "is_past_limit": false, "visibility": "national", "handling": shown[0]["handling"],
            "is_public": false, "audiences": null});
        assert_eq!(shown[0], wanted);
        assert_eq!((&shown[1]["number"], &shown[1]["unit"]), (&json!("12.5"), &json!("licences")));
        assert_eq!(shown[0]["lead_agency"]["code"], "MES");
    })
    .await;
}

#[tokio::test]
async fn both_faces_answer_alike_and_in_the_language_asked_for() {
    app(async |app| {
        returns(app).await;
        let me = app.user("focal_point").await;
        let texts = json!({"translations": {"ru": {"title": "Вывоз", "text": "Нужна лицензия."}}});
        made(&me, "/facts", fact(texts)).await;
        let path = made(&me, "/report-drafts", draft("BTWC-CBM-E", json!({}))).await;
        let query = "query($id: ID!) { reportDraftAnswers(id: $id) { withFact madeOn obligation { code } answers { question { code } provision facts { text language asOn ageDays source audiences isPublic visibility } } } }";

        let by_rest = me.get(&format!("{path}/answers?lang=ru")).await;
        let page = me.get(&format!("{path}/answers?lang=ru&format=html")).await;
        let other = me.get(&format!("{path}/answers?format=csv")).await;
        let by_graphql = me.with("accept-language", "ru").graphql(query, json!({"id": path.rsplit('/').next()})).await;

        let told = &by_graphql.data()["reportDraftAnswers"];
        let (graphql, rest) = (&told["answers"][1]["facts"][0], &by_rest.ok(200)["answers"][1]["facts"][0]);
        assert_eq!((&rest["text"], &rest["language"]), (&json!("Нужна лицензия."), &json!("ru")));
        for (one, other) in [("text", "text"), ("language", "language"), ("asOn", "as_on"), ("ageDays", "age_days"),
            ("source", "source"), ("audiences", "audiences"), ("isPublic", "is_public")] {
            assert_eq!(graphql[one], rest[other], "{one}");
        }
        let text = String::from_utf8_lossy(&page.bytes);
        let said = ["Нужна лицензия.", "Law No. 30, article 4", "Сведений не записано.", "Кому видно", "<html lang=\"ru\">"];
        assert!(said.iter().all(|one| text.contains(one)), "{text}");
        other.problem(400, "bad_request");
        assert_eq!((&told["obligation"]["code"], &told["withFact"]), (&json!("BTWC-CBM-E"), &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn a_fact_that_another_agency_keeps_to_itself_leaves_no_trace() {
    app(async |app| {
        returns(app).await;
        let me = app.user("officer").await;
        made(&me, "/facts", fact(json!({}))).await;
        let path = made(&me, "/report-drafts", draft("BTWC-CBM-RETURN", json!({}))).await;
        let readers = ["officer", "secretariat", "focal_point", "observer"];
        let mut before = Vec::new();
        for reader in readers {
            before.push(answers(&app.user(reader).await, &path).await.body);
        }

        let other = app.user("contributor").await;
        let secret = json!({"title": "Kept", "lead_agency": "MOH", "visibility": "agency", "questions": ["E-LAW", "E-EXPORT"]});
        made(&other, "/facts", fact(secret)).await;

        for (reader, before) in readers.iter().zip(before) {
            assert_eq!(answers(&app.user(reader).await, &path).await.body, before, "{reader}");
        }
        let own = answers(&other, &path).await;
        assert_eq!(told(&own.body)[0].1, ["Kept"]);
    })
    .await;
}

#[tokio::test]
async fn a_link_to_what_the_reader_does_not_see_is_empty() {
    app(async |app| {
        returns(app).await;
        let me = app.user("officer").await;
        let law = json!({"owner": "KGZ", "language": "en", "kind": "law", "title": "Draft law", "lead_agency": "MES", "visibility": "agency"});
        let law = made(&me, "/legal-instruments", law).await;
        made(&me, "/facts", fact(json!({"legal_instrument": law.rsplit('/').next()}))).await;
        let path = made(&me, "/report-drafts", draft("UNSCR1540-OP4", json!({}))).await;

        let seen = answers(&me, &path).await;
        let hidden = answers(&app.user("observer").await, &path).await;

        let law = |read: &Answer| read.body["answers"][0]["facts"][0]["legal_instrument"]["name"].clone();
        assert_eq!((law(&seen), law(&hidden)), (json!("Draft law"), Json::Null));
        assert!(!hidden.body.to_string().contains("Draft law"));
    })
    .await;
}

/// Releases a record to an audience.
async fn release(app: &TestApp, (kind, path): (&str, &str), audience: &str) {
    let body = json!({"subject": {"record": {"kind": kind, "id": path.rsplit('/').next()}},
        "audiences": [audience], "purpose": "Report"});
    app.user("focal_point").await.post("/releases", body).await.ok(201);
}

#[tokio::test]
async fn a_draft_says_whom_each_fact_is_released_to_and_outside_it_shows_what_is_released() {
    app(async |app| {
        returns(app).await;
        let me = app.user("focal_point").await;
        let open = made(&me, "/facts", fact(json!({"title": "Open"}))).await;
        let partly = made(&me, "/facts", fact(json!({"title": "Partly", "as_on": "2026-10-01"}))).await;
        made(&me, "/facts", fact(json!({"title": "Inside", "as_on": "2026-09-01", "visibility": "group"})))
            .await;
        let path = made(&me, "/report-drafts", draft("BTWC-CBM-RETURN", json!({}))).await;
        let mut outside = Vec::new();
        for reader in ["partner", "foreign_focal_point", "regional"] {
            outside.push(app.user(reader).await.get(&format!("{path}/answers")).await);
        }
        outside.push(app.anonymous().get(&format!("{path}/answers")).await);
        release(app, ("fact", &open), "public").await;
        release(app, ("fact", &partly), "partners").await;
        release(app, ("report_draft", &path), "partners").await;
        let rule = json!({"owner": "KGZ", "kind": "fact", "field": "text", "scope": "outside"});
        me.post("/disclosure-rules", rule).await.ok(201);

        let inside = answers(&me, &path).await;
        let partner = answers(&app.user("partner").await, &path).await;

        for answer in &outside {
            answer.problem(404, "not_found");
        }
        let shown = &inside.body["answers"][1]["facts"];
        let of = |at: usize| [&shown[at]["is_public"], &shown[at]["audiences"], &shown[at]["visibility"]];
        assert_eq!(of(0), [&json!(true), &json!(["public"]), &json!("national")]);
        assert_eq!(of(1), [&json!(false), &json!(["partners"]), &json!("national")]);
        assert_eq!(of(2), [&json!(false), &json!([]), &json!("group")]);
        assert_eq!(told(&partner.body)[1].1, ["Open", "Partly"]);
        let first = &partner.body["answers"][1]["facts"][0];
        assert_eq!((&first["text"], &first["audiences"]), (&Json::Null, &Json::Null));
        // What is not recorded says nothing outside.
        assert_eq!((&partner.body["with_fact"], &partner.body["without_fact"]), (&Json::Null, &Json::Null));
        let traces = me.get("/audit/reads?kind=fact").await;
        assert_ne!(traces.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_of_what_asks_something_and_for_a_deadline_of_it() {
    app(async |app| {
        returns(app).await;
        duty(app, "BTWC", ("BTWC-NCP", json!({}))).await;
        let steward = app.user("steward").await;
        let id = steward.get("/obligations/BTWC-CBM-RETURN").await.ok(200)["id"].clone();
        let commitment = json!({"owner": "KGZ", "obligation": "CWC-III", "applicability": "applies"});
        let commitment = made(&app.user("secretariat").await, "/commitments", commitment).await;
        let due = deadline(app, commitment.rsplit('/').next().expect("an id")).await;

        let of_nothing = refused(app, "/report-drafts", draft("BTWC-NCP", json!({"deadline": due}))).await;
        let late = json!({"period_from": "2026-01-01", "period_to": "2025-12-31", "obligation": id});
        let backwards = refused(app, "/report-drafts", draft("BTWC-CBM-RETURN", late)).await;

        let wanted = [("/deadline", "rule_broken"), ("/obligation", "rule_broken")];
        assert_eq!(of_nothing.violations(), faults(&wanted));
        assert_eq!(backwards.violations(), faults(&[("/period_to", "rule_broken")]));
    })
    .await;
}

/// A deadline of a commitment, as the service makes them.
async fn deadline(app: &TestApp, commitment: &str) -> String {
    use concord::domain::Registered;
    let fields =
        json!({"commitment": commitment, "due_on": "2027-04-15", "basis": "calendar", "rule": "FREQ=YEARLY"});
    let op = kernel::record::Op::Create(fields.as_object().cloned().expect("fields"));
    let ctx = app.system();
    let made = ctx.write(async |unit| unit.apply_one(entity::Deadline::def(), op.clone()).await).await;
    made.expect("a deadline").id.expect("an id").to_string()
}

#[tokio::test]
async fn who_leads_a_draft_finishes_it_and_reopens_it_with_a_reason() {
    app(async |app| {
        returns(app).await;
        let me = app.user("officer").await;
        let path = made(&me, "/report-drafts", draft("BTWC-CBM-RETURN", json!({}))).await;

        let by_other = app.user("bystander").await.act(&path, "finish", json!({})).await;
        let finished = me.act(&path, "finish", json!({})).await;
        let again = me.act(&path, "finish", json!({})).await;
        let bare = me.act(&path, "reopen", json!({})).await;
        let reopened = me.act(&path, "reopen", json!({"reason": "One law is new"})).await;

        by_other.problem(403, "forbidden");
        assert_eq!(finished.ok(200)["status"], "finished");
        again.problem(409, "illegal_move");
        assert_eq!(bare.problem(409, "illegal_move")["missing"], json!(["reason"]));
        assert_eq!(
            (&reopened.ok(200)["status"], &reopened.body["status_reason"]),
            (&json!("drafting"), &json!("One law is new"))
        );
    })
    .await;
}

#[tokio::test]
async fn answers_take_as_many_statements_for_two_hundred_facts_as_for_one() {
    app(async |app| {
        returns(app).await;
        let me = app.user("focal_point").await;
        let path = made(&me, "/report-drafts", draft("BTWC-CBM-RETURN", json!({}))).await;
        let mut taken = Vec::new();
        for (from, to) in [(0, 1), (1, 200)] {
            let questions = (from..to).map(|at| json!({"op": "create", "data": question(&format!("E-{at}"), "BTWC-CBM-E", at)}));
            let questions: Vec<Json> = questions.collect();
            app.user("steward").await.post("/report-questions/batch", json!({"items": questions})).await.ok(200);
            let facts = (from..to).map(|at| {
                let more = json!({"questions": [format!("E-{at}"), "OP3D"], "valid_for_months": 1, "as_on": "2026-01-31"});
                json!({"op": "create", "data": fact(more)})
            });
            let facts: Vec<Json> = facts.collect();
            me.post("/facts/batch", json!({"items": facts})).await.ok(200);
            let app = counted(app);
            let me = me.at(&app);
            for path in [format!("{path}/answers"), "/countries/KGZ/stale-facts".to_owned()] {
                // What is remembered of callers and owners is asked for once.
                me.get(&path).await.ok(200);
                let before = app.state.db.statements();
                me.get(&path).await.ok(200);
                taken.push(app.state.db.statements() - before);
            }
        }

        assert_eq!(taken[..2], taken[2..]);
        assert!(taken.iter().all(|count| *count <= 9), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn a_return_of_more_than_a_thousand_questions_is_read_whole() {
    app(async |app| {
        returns(app).await;
        let steward = app.user("steward").await;
        for from in [0, 600] {
            let questions = (from..from + 600)
                .map(|at| json!({"op": "create", "data": question(&format!("E-{at}"), "BTWC-CBM-E", at)}));
            let questions: Vec<Json> = questions.collect();
            steward.post("/report-questions/batch", json!({"items": questions})).await.ok(200);
        }
        let me = app.user("focal_point").await;
        let path = made(&me, "/report-drafts", draft("BTWC-CBM-RETURN", json!({}))).await;
        made(&me, "/facts", fact(json!({"questions": ["E-1199"]}))).await;

        let answers = me.get(&format!("{path}/answers")).await;

        let answers = answers.ok(200);
        assert_eq!(answers["answers"].as_array().map(Vec::len), Some(1_202));
        assert_eq!((&answers["with_fact"], &answers["without_fact"]), (&json!(1), &json!(1_201)));
    })
    .await;
}
