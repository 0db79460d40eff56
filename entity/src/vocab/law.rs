//! Vocabularies of national law and of what is recorded about obligations.

use model::vocabulary;

/// A kind of legal instrument.
#[vocabulary]
pub enum LegalInstrumentKind {
    Law,
    Decree,
    Regulation,
    Procedure,
    /// A body that is set up by an act.
    Institution,
}

/// The place of a legal instrument in its life.
#[vocabulary]
pub enum LegalInstrumentStatus {
    Idea,
    Drafting,
    Consultation,
    Adopted,
    InForce,
    Repealed,
}

/// What a look at the measures for an obligation came to; a fact about what was found, no verdict.
#[vocabulary]
pub enum Mark {
    /// A measure was found.
    Found,
    /// It could not be told whether there is one.
    Unclear,
    /// The obligation asks nothing here.
    NotApplicable,
    /// Nobody has looked yet.
    NotAssessed,
}
