//! Vocabularies of domains, hazards and exercises.

use model::vocabulary;

/// A CBRN domain.
#[vocabulary(verbatim)]
pub enum Domain {
    /// Chemical.
    C,
    /// Biological.
    B,
    /// Radiological.
    R,
    /// Nuclear.
    N,
}

impl Domain {
    /// Gives the bit that stands for the domain in a mask.
    #[must_use]
    pub const fn bit(self) -> i32 {
        match self {
            Self::C => 1,
            Self::B => 2,
            Self::R => 4,
            Self::N => 8,
        }
    }
}

/// The origin of a hazard.
#[vocabulary]
pub enum HazardOrigin {
    Natural,
    Accidental,
    /// Deliberate (criminal or terrorist).
    Deliberate,
}

/// A professional community concerned with CBRN risks.
#[vocabulary]
pub enum Community {
    LawEnforcement,
    /// First responders.
    FirstResponse,
    /// Border and customs officials.
    Border,
    /// Health professionals.
    Health,
    /// Crisis teams.
    CrisisManagement,
    /// Scientific community.
    Science,
    Other,
}

/// The level at which countries cooperate.
#[vocabulary]
pub enum CooperationLevel {
    National,
    Bilateral,
    Regional,
    Interregional,
    Global,
}

/// A kind of exercise.
#[vocabulary]
pub enum ExerciseKind {
    /// Table-top exercise (TTX).
    TableTop,
    /// Functional exercise.
    Functional,
    Drill,
    /// Field training exercise (FTX).
    Field,
    /// Full-scale exercise.
    FullScale,
    /// Cross-border exercise.
    CrossBorder,
    Other,
}
