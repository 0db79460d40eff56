//! Vocabularies of obligations.

use model::vocabulary;

/// A category of obligation.
#[vocabulary]
pub enum ObligationCategory {
    /// Legislation.
    Legislation,
    /// Control of materials and activities.
    Control,
    /// Security and physical protection.
    Security,
    /// Verification.
    Verification,
    /// Declaration.
    Declaration,
    /// Reporting.
    Reporting,
    /// Notification.
    Notification,
    /// Institution or plan to be set up.
    Institution,
    /// Assistance.
    Assistance,
    /// Cooperation.
    Cooperation,
}

/// How often an obligation falls due.
#[vocabulary]
pub enum Periodicity {
    /// Continuous.
    Continuous,
    /// On an event.
    Event,
    /// Once.
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
    /// Legally binding.
    LegallyBinding,
    /// Politically binding.
    PoliticallyBinding,
    /// Encouraged.
    Encouraged,
}
