//! The needs assessment: questionnaires, answers, gaps, and what follows from them.

pub mod answer;
pub mod assessment;
pub mod gap;
pub mod proposal;
pub mod question;
pub mod questionnaire;
pub mod renewal;
