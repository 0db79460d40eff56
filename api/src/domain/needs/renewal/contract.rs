//! What a renewal takes and tells, on both faces.

use async_graphql::{Enum, SimpleObject};
use kernel::scalar::Reference;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an assessment is renewed with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"questionnaire": "0198c0de-0000-7000-8000-000000000001", "title": "Needs assessment 2030", "starts_on": "2026-11-20"}))]
pub struct RenewalInput {
    /// Questionnaire of the new assessment: a published one, of the same questionnaire a newer edition.
    pub questionnaire: Reference,
    /// Title of the new assessment; that of the old one where none is given.
    #[schema(min_length = 1, max_length = 500)]
    pub title: Option<String>,
    /// First day of its period.
    #[schema(format = Date)]
    pub starts_on: Option<String>,
}

/// What became of the answers of an assessment that was renewed, as far as the caller sees them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Renewed {
    /// Answers that were carried over.
    pub carried: Vec<CarriedAnswer>,
    /// Answers that were not.
    pub not_carried: Vec<AnswerNotCarried>,
}

/// The schema of a renewal, by name: the new assessment beside what became of the answers.
#[must_use]
pub fn schemas() -> Map<String, Json> {
    let link = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let list = |text: &str, of: &str| json!({ "description": text, "items": link(of), "type": "array" });
    let whole = json!({
        "description": "An assessment that renews another one.",
        "properties": {
            "assessment": link("Assessment"),
            "carried": list("Answers that were carried over.", "CarriedAnswer"),
            "not_carried": list("Answers that were not.", "AnswerNotCarried"),
        },
        "required": ["assessment", "carried", "not_carried"],
        "type": "object",
    });
    Map::from_iter([("AssessmentRenewal".to_owned(), whole)])
}

/// An answer that was carried over.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct CarriedAnswer {
    /// The answer of the old assessment.
    pub from: Uuid,
    /// The answer of the new assessment; null once it is there no more.
    #[schema(required = true)]
    pub answer: Option<Uuid>,
    /// Question that it answers now.
    pub question: Uuid,
    /// Agency that gave it.
    pub agency: Uuid,
}

/// An answer that was not carried over.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct AnswerNotCarried {
    /// The answer of the old assessment.
    pub answer: Uuid,
    /// Question that it answers.
    pub question: Uuid,
    /// Agency that gave it.
    pub agency: Uuid,
    /// Why.
    pub reason: RenewalReason,
    /// The reason in words.
    pub detail: String,
}

/// Why an answer was not carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum RenewalReason {
    /// The new questionnaire has no question with its code, and none that replaces it.
    NoSuccessor,
    /// The question is answered otherwise now.
    OtherAnswerType,
    /// The value is not on the scale of the question any more.
    OutOfScale,
    /// The choice is not among those of the question any more.
    NotAChoice,
    /// Another answer of the agency was carried over to the same question.
    AlreadyAnswered,
}

impl RenewalReason {
    /// The reason in words.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::NoSuccessor => "the new questionnaire has no question in its place",
            Self::OtherAnswerType => "the question in its place has another answer type",
            Self::OutOfScale => "the scale of the question in its place does not have this value",
            Self::NotAChoice => "the question in its place does not have this choice",
            Self::AlreadyAnswered => {
                "another answer of the agency was carried over to the question in its place"
            }
        }
    }
}
