//! Somebody who does things at random: what a country, a steward and a depositary may do.

use chrono::{Days, NaiveDate};
use serde_json::{Value as Json, json};

use crate::support::{
    TestApp,
    client::{Answer, Client},
    dice::Dice,
};

/// Frameworks: code, and the day of entry into force.
const FRAMEWORKS: [(&str, Option<&str>); 3] =
    [("TA", Some("1997-04-29")), ("TB", Some("2027-03-01")), ("TC", None)];
const RULES: [&str; 11] = [
    r#"{"rrule": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15"}"#,
    r#"{"rrule": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"}"#,
    r#"{"rrule": "FREQ=YEARLY;BYYEARDAY=90"}"#,
    r#"{"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"}"#,
    r#"{"rrule": "FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=31", "dtstart": "2019-12-31"}"#,
    r#"{"rrule": "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1"}"#,
    r#"{"rrule": "FREQ=MONTHLY;BYMONTHDAY=-1"}"#,
    r#"{"relative_due": "P30D"}"#,
    r#"{"relative_due": "P1Y6M"}"#,
    r#"{"relative_due": "-P30D"}"#,
    r#"{"relative_due": "PT24H"}"#,
];
const STATUSES: [&str; 6] = ["ratified", "acceded", "in_force", "signed", "not_party", "withdrawn"];
const PRECISIONS: [&str; 3] = ["day", "month", "year"];
/// Somebody who does things at random.
pub struct Walker<'a> {
    dice: Dice,
    pub steward: Client<'a>,
    pub focal: Client<'a>,
    obligations: Vec<String>,
    pub participations: Vec<String>,
    told: Vec<String>,
    /// What came of the last step.
    pub last: String,
}

fn rule(dice: &mut Dice) -> Json {
    let mut rule: Json = serde_json::from_str(dice.pick(&RULES).expect("a rule")).expect("JSON");
    for absent in ["rrule", "dtstart", "relative_due"] {
        if rule[absent].is_null() {
            rule[absent] = Json::Null;
        }
    }
    rule
}

fn day(dice: &mut Dice) -> NaiveDate {
    let first: NaiveDate = "2025-01-01".parse().expect("a day");
    first.checked_add_days(Days::new(dice.below(1_600))).expect("a day")
}

/// An answer that is no fault of the service.
fn taken(answer: &Answer) -> bool {
    assert!(answer.status < 500, "{}", answer.body);
    answer.status < 300
}

impl<'a> Walker<'a> {
    /// Makes frameworks and obligations, and a country that asks.
    pub async fn begin(app: &'a TestApp, seed: u64) -> Self {
        let (steward, focal) = (app.user("steward").await, app.user("focal_point").await);
        let mut walker = Self {
            dice: Dice::of(seed),
            steward,
            focal,
            obligations: Vec::new(),
            participations: Vec::new(),
            told: Vec::new(),
            last: String::new(),
        };
        for (code, in_force_on) in FRAMEWORKS {
            let body = json!({"code": code, "name": code, "short_name": code, "kind": "treaty", "domains": ["C"],
                "adopted_on": "1990-01-01", "in_force_on": in_force_on, "language": "en"});
            walker.steward.post("/frameworks", body).await.ok(201);
            let own = json!({"owner": "KGZ", "country": "KGZ", "framework": code, "status": "ratified", "confidence": "high",
                "source": "ministry"});
            let own = walker.focal.post("/participations", own).await;
            walker.participations.push(format!("/participations/{}", own.id()));
            for number in 0..4 {
                walker.duty(&format!("{code}-{number}"), code).await;
            }
        }
        walker.focal.post("/commitments/compile", json!({"owner": "KGZ"})).await.ok(200);
        walker
    }

    async fn duty(&mut self, code: &str, framework: &str) {
        let mut body = json!({"code": code, "framework": framework, "provision": code, "title": code, "summary": "In own words.",
            "category": "reporting", "domains": ["C"], "periodicity": "annual", "binding": "legally_binding", "source": code,
            "language": "en"});
        body.as_object_mut()
            .expect("an object")
            .extend(rule(&mut self.dice).as_object().cloned().unwrap_or_default());
        if body["relative_due"] == "PT24H" {
            body["trigger"] = json!("An accident");
        }
        let place = self.dice.roll(4);
        let earlier = self.obligations.iter().rev().find(|one| one.starts_with(framework)).cloned();
        body["part_of"] = json!(earlier.clone().filter(|_| place == 0));
        body["superseded_in_period_by"] = json!(earlier.filter(|_| place == 1));
        self.steward.post("/obligations", body).await.ok(201);
        self.obligations.push(code.to_owned());
    }

    fn obligation(&mut self) -> String {
        let at = self.dice.roll(self.obligations.len());
        self.obligations[at].clone()
    }

    fn participation(&mut self) -> String {
        let at = self.dice.roll(self.participations.len());
        self.participations[at].clone()
    }

    /// Does one thing; whether it was taken.
    pub async fn step(&mut self) -> bool {
        let kind = self.dice.roll(9);
        let answer = match kind {
            0 | 1 => self.stand().await,
            2 => self.tell().await,
            3 => self.take_back().await,
            4 => self.amend().await,
            5 => self.version().await,
            6 => self.happen().await,
            7 => self.weigh().await,
            _ => self.work().await,
        };
        self.last =
            format!("{kind}: {:?}", answer.as_ref().map(|answer| (answer.status, answer.body.to_string())));
        answer.as_ref().is_some_and(taken)
    }

    async fn stand(&mut self) -> Option<Answer> {
        let of = self.participation();
        let on = Some(day(&mut self.dice)).filter(|_| self.dice.roll(4) > 0);
        let precision = on.and_then(|_| self.dice.pick(&PRECISIONS));
        let status = self.dice.pick(&STATUSES);
        let body = json!({"status": status, "in_force_on": on, "in_force_precision": precision});
        Some(self.focal.edit(&of, body).await)
    }

    /// Tells an event: an accession, an entry into force, or a withdrawal.
    async fn tell(&mut self) -> Option<Answer> {
        let of = self.participation();
        let what = self.dice.pick(&["accession", "entry_into_force", "withdrawal"]);
        let on = day(&mut self.dice);
        let body = json!({"participation": of.rsplit('/').next(), "event_type": what, "happened_on": on,
            "happened_precision": self.dice.pick(&PRECISIONS), "confidence": "high", "source": "ministry"});
        let answer = self.focal.post("/participation-events", body).await;
        if answer.status == 201 {
            self.told.push(format!("/participation-events/{}", answer.id()));
        }
        Some(answer)
    }

    async fn take_back(&mut self) -> Option<Answer> {
        let of = self.told.pop()?;
        Some(self.focal.edit(&of, json!({"taken_back_on": "2026-11-21"})).await)
    }

    async fn amend(&mut self) -> Option<Answer> {
        let mut body = rule(&mut self.dice);
        if self.dice.roll(4) == 0 {
            body["valid_until"] = json!("2026-01-01");
        }
        let code = self.obligation();
        let id =
            self.steward.get(&format!("/obligations?code={code}")).await.ok(200)["items"][0]["id"].clone();
        Some(self.steward.edit(&format!("/obligations/{}", id.as_str()?), body).await)
    }

    async fn version(&mut self) -> Option<Answer> {
        let mut body = rule(&mut self.dice);
        body["obligation"] = json!(self.obligation());
        body["valid_from"] = json!(day(&mut self.dice));
        body["reason"] = json!("Decision");
        body["source"] = json!("Report");
        Some(self.steward.post("/obligation-versions", body).await)
    }

    async fn happen(&mut self) -> Option<Answer> {
        let body = json!({"owner": "KGZ", "title": "Release", "kind": "accident", "obligations": [self.obligation()],
            "happened_at": format!("{}T22:30:00Z", day(&mut self.dice)), "lead_agency": "MES", "language": "en"});
        Some(self.focal.post("/treaty-events", body).await)
    }

    async fn weigh(&mut self) -> Option<Answer> {
        let code = self.obligation();
        let found = self.focal.get(&format!("/commitments?obligation={code}")).await;
        let id = found.ok(200)["items"][0]["id"].as_str()?.to_owned();
        let says = self.dice.pick(&["applies", "voluntary", "in_abeyance", "not_applicable", "unknown"]);
        let body = json!({"applicability": says, "applicability_reason": "Looked at"});
        Some(self.focal.edit(&format!("/commitments/{id}"), body).await)
    }

    /// Works on a deadline, or moves it by hand.
    async fn work(&mut self) -> Option<Answer> {
        let found = self.focal.get("/deadlines?limit=200&status=upcoming").await;
        let items = found.ok(200)["items"].as_array()?.clone();
        if items.is_empty() {
            return None;
        }
        let one = &items[self.dice.roll(items.len())];
        let path = format!("/deadlines/{}", one["id"].as_str()?);
        Some(match self.dice.roll(4) {
            0 => self.focal.act(&path, "prepare", json!({})).await,
            1 => self.focal.act(&path, "submit", json!({})).await,
            2 => self.focal.act(&path, "waive", json!({"reason": "Agreed"})).await,
            _ => {
                let body = json!({"due_on": day(&mut self.dice), "due_reason": "Extension"});
                self.focal.edit(&path, body).await
            }
        })
    }
}
