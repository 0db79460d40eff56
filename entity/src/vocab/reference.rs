//! Vocabularies of the reference data.

use model::vocabulary;

/// A kind of international instrument.
#[vocabulary]
pub enum FrameworkKind {
    Treaty,
    Amendment,
    /// Agreement between a State and an organisation.
    Agreement,
    Resolution,
    /// Regulations.
    Regulation,
}

/// A ground for saying that a country works under a framework.
#[vocabulary]
pub enum FrameworkBasis {
    /// The country itself says it works under the instrument.
    SelfStated,
}

/// A kind of organisation.
#[vocabulary]
pub enum OrganisationKind {
    /// Body, programme or institute of the United Nations.
    UnBody,
    /// Institution or service of the European Union.
    EuBody,
    /// Delegation of the European Union.
    EuDelegation,
    TreatySecretariat,
    InternationalOrganisation,
    Donor,
    /// Regional Secretariat.
    RegionalSecretariat,
    /// Implementing organisation.
    Implementer,
}

/// The standing of a country in a region.
#[vocabulary]
pub enum MembershipStanding {
    Member,
    Suspended,
    Unclear,
}

/// The precision of a date that is known in part.
#[vocabulary]
pub enum DatePrecision {
    Day,
    Month,
    Quarter,
    /// Half-year.
    Half,
    Year,
    Unknown,
}

/// The confidence in recorded facts.
#[vocabulary]
pub enum Confidence {
    High,
    Medium,
    Low,
}

/// The standing of a country under a framework.
#[vocabulary]
pub enum ParticipationStatus {
    /// Signed, not bound yet.
    Signed,
    Ratified,
    Acceded,
    Accepted,
    Approved,
    /// Succeeded to a predecessor State.
    Succeeded,
    /// In force (manner of consent not recorded).
    InForce,
    /// Binding on all members of the United Nations.
    BindingAllUnMembers,
    Withdrawn,
    /// Not a party.
    NotParty,
    /// Not established.
    Unknown,
}

/// What happened between a country and a framework.
#[vocabulary]
pub enum ParticipationEventType {
    Signature,
    Ratification,
    Accession,
    Acceptance,
    Approval,
    /// Succession to a predecessor State.
    Succession,
    /// Approval by the country's own law, before the act of consent.
    DomesticApproval,
    /// Deposit of an instrument with a depositary.
    Deposit,
    /// Entry into force for the country.
    EntryIntoForce,
    Reservation,
    Declaration,
    /// Withdrawal, on the day from which it counts.
    Withdrawal,
}
