//! Vocabularies of obligations.

use model::vocabulary;

/// A category of obligation.
#[vocabulary]
pub enum ObligationCategory {
    Legislation,
    /// Control of materials and activities.
    Control,
    /// Security and physical protection.
    Security,
    Verification,
    Declaration,
    Reporting,
    Notification,
    /// Institution or plan to be set up.
    Institution,
    Assistance,
    Cooperation,
}

/// How often an obligation falls due.
#[vocabulary]
pub enum Periodicity {
    Continuous,
    /// On an event.
    Event,
    Once,
    /// Every year.
    Annual,
    /// Every two years.
    Biennial,
    /// Every three years.
    Triennial,
    /// Every four years.
    Quadrennial,
}

/// The force with which an obligation binds.
#[vocabulary]
pub enum BindingForce {
    LegallyBinding,
    PoliticallyBinding,
    Encouraged,
}
