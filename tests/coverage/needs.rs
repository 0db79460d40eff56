//! Needs assessments that operations are tried on: a questionnaire is published once it has its questions, and answers
//! are written while an assessment is being answered.

use concord::domain::{KINDS, moves};
use entity::vocab::Visibility;
use kernel::{
    KindDef,
    policy::{Scope, Verb},
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    Caller, Faults,
    graphql::{run, status},
    schema::{Field, Schema},
    stage::{Stage, def_of},
};
use crate::support::specimen::{self, Side};

impl Caller<'_> {
    /// Status of what follows from an assessment that is being answered: whoever may make the next one, or a plan, of
    /// its owner may ask.
    pub async fn follows_up(&self, def: &'static KindDef, id: Uuid, is_renewal: bool) -> u16 {
        if !self.actor.is_known() {
            return 401;
        }
        if self.read(def, id).await == 404 {
            return 404;
        }
        let scope = self.stage.scope(def, id).await.expect("a readable record");
        let plain =
            Scope { owner: scope.owner.clone(), level: Some(Visibility::National), ..Scope::default() };
        let level = Scope { level: scope.level, ..plain.clone() };
        let (of, facts) = if is_renewal { (def, level) } else { (def_of("pillar"), plain) };
        if self.may(Verb::Create, of, &facts) { 409 } else { 403 }
    }
}

impl Stage<'_> {
    /// Adds questionnaires with their questions, assessments and answers, of several owners and levels.
    pub(super) async fn needs(&mut self) {
        let area = specimen::new(def_of("capability_area"), 600, Side::Home, |name| self.id(name));
        self.add("capability_area:home".into(), "capability_area", area).await;
        for (name, owner, code) in
            [("home", "KGZ", "ONE"), ("foreign", "KAZ", "ONE"), ("fact", "reference", "ONE")]
        {
            let questions: &[&str] = if name == "home" { &["spare", "other"] } else { &[name] };
            self.questionnaire((name, owner, code), questions).await;
            self.publish(name).await;
        }
        self.questionnaire(("spare", "KGZ", "TWO"), &["draft"]).await;
        for (name, owner, of) in [("spare", "KGZ", "home"), ("foreign", "KAZ", "foreign")] {
            let mut fields = json!({ "owner": owner, "language": "en", "title": format!("Assessment {name}"),
                "status": "answering", "questionnaire": self.id(&format!("questionnaire:{of}")) });
            if owner == "KGZ" {
                fields["visibility"] = json!("national");
            }
            self.add(format!("assessment:{name}"), "assessment", fields).await;
        }
        self.share(def_of("assessment")).await;
        self.answers().await;
    }

    async fn questionnaire(&mut self, (name, owner, code): (&str, &str, &str), questions: &[&str]) {
        let fields = json!({ "owner": owner, "language": "en", "code": code, "title": format!("Questionnaire {name}") });
        self.add(format!("questionnaire:{name}"), "questionnaire", fields).await;
        for question in questions {
            let fields = json!({ "questionnaire": self.id(&format!("questionnaire:{name}")), "code": format!("Q-{question}"),
                "area": self.id("capability_area"), "text": format!("Question {question}"), "answer_type": "scale",
                "scale_min": 1, "scale_max": 5 });
            self.add(format!("question:{question}"), "question", fields).await;
        }
    }

    async fn publish(&self, name: &str) {
        let def = def_of("questionnaire");
        let step = def.lifecycle.and_then(|cycle| cycle.find("publish")).expect("a move");
        assert_eq!(Verb::Move(step).name(), "publish");
        let id = self.id(&format!("questionnaire:{name}"));
        let mut unit = self.app.system().begin().await.expect("a unit");
        let moved = moves::make(&mut unit, def, step, id, Some(1), &Map::new()).await;
        moved.expect("published");
        unit.commit().await.expect("committed");
    }

    async fn answers(&mut self) {
        let answer = |stage: &Self, agency: &str, more: Json| {
            let mut fields = json!({ "assessment": stage.id("assessment:spare"), "question": stage.id("question:other"),
                "agency": agency, "score": 2 });
            let more = more.as_object().cloned().expect("fields");
            fields.as_object_mut().expect("fields").extend(more);
            fields
        };
        let own = answer(self, "MES", json!({ "visibility": "national" }));
        self.add("answer:home".into(), "answer", own).await;
        let shared = json!({ "visibility": "group", "shared_with": { "agencies": ["MES"] } });
        let shared = answer(self, "MOF", shared);
        self.add("answer:shared".into(), "answer", shared).await;
        let kept = answer(self, "MOH", json!({ "visibility": "agency" }));
        self.add("answer:agency".into(), "answer", kept).await;
        let abroad =
            json!({ "assessment": self.id("assessment:foreign"), "question": self.id("question:foreign") });
        let abroad = answer(self, "MES", abroad);
        self.add("answer:foreign".into(), "answer", abroad).await;
    }
}

/// Asks for the plan that follows from each assessment.
pub async fn proposals(caller: &Caller<'_>) -> Faults {
    let (def, mut faults) = (KINDS.get("assessment").expect("a kind"), Faults::new());
    for (name, id) in caller.stage.targets(def.name) {
        let text = "query($id: ID!) { planProposal(assessment: $id) { batch } }";
        let answer = caller.client.graphql(text, json!({ "id": id })).await;
        let wanted = caller.follows_up(def, id, false).await;
        let what = format!("proposal from {name}");
        faults.extend(caller.expect(&what, status(&answer, "planProposal"), wanted, &answer));
    }
    faults
}

/// Renews each assessment.
pub async fn renewals(caller: &Caller<'_>, schema: &Schema, field: &Field) -> Faults {
    let (def, mut faults) = (KINDS.get("assessment").expect("a kind"), Faults::new());
    for (name, id) in caller.stage.targets(def.name) {
        let input = json!({"id": id, "questionnaire": caller.stage.id("questionnaire:home")});
        let answer = run(caller, schema, field, &input).await;
        let wanted = caller.follows_up(def, id, true).await;
        let what = format!("renewal of {name}");
        faults.extend(caller.expect(&what, status(&answer, &field.name), wanted, &answer));
    }
    faults
}
