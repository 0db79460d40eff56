//! Vocabularies of the needs assessment.

use model::vocabulary;

/// The place of a questionnaire in its life.
#[vocabulary]
pub enum QuestionnaireStatus {
    /// Being written: its questions may be edited.
    Draft,
    /// Fixed: it may be answered, and is not edited any more.
    Published,
}

/// What a question is answered with.
#[vocabulary]
pub enum AnswerType {
    /// A whole number on the question's scale.
    Scale,
    /// Yes or no.
    YesNo,
    /// An exact number.
    Number,
    /// A text.
    Text,
    /// One of the question's choices.
    Choice,
}

/// The place of a needs assessment in its life.
#[vocabulary]
pub enum AssessmentStatus {
    /// Set up, and not answered yet.
    Open,
    /// Being answered by agencies.
    Answering,
    /// Answered, and agreed by the country.
    Validated,
    Closed,
}

/// The place of a gap in its life.
#[vocabulary]
pub enum GapStatus {
    /// Found, and nothing decided.
    Open,
    /// To be closed by actions.
    Planned,
    Closed,
    /// Left as it is, for the reason given.
    Accepted,
}
