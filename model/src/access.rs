//! Vocabularies of visibility, roles and releases.

use crate::vocabulary;

/// The circle inside its owner that may see a record.
#[vocabulary]
pub enum Visibility {
    /// The agency responsible and those it shares with.
    Agency,
    /// The working groups concerned.
    Group,
    /// Everybody who works for the country.
    National,
}

/// The care a record asks for.
#[vocabulary]
pub enum Handling {
    /// No special care.
    Normal,
    /// Restricted to those who need to know.
    Restricted,
}

/// A role that a grant gives to a user.
#[vocabulary]
pub enum Role {
    /// National focal point.
    FocalPoint,
    /// National secretariat.
    Secretariat,
    /// Approver of plans.
    Approver,
    /// Lead of an agency.
    AgencyLead,
    /// Officer of an agency.
    Officer,
    /// Observer, reads only.
    Observer,
    /// Public portal.
    Portal,
    /// Regional secretariat.
    Regional,
    /// Partner organisation.
    Partner,
    /// Steward of the reference data.
    Steward,
    /// Operator of the installation.
    Operator,
}

/// The sort of owner that a role is held for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldFor {
    /// A country.
    Country,
    /// A region.
    Region,
    /// An organisation.
    Organisation,
    /// The reference data.
    Reference,
    /// The installation.
    Installation,
}

impl Role {
    /// The sort of owner that the role is held for.
    #[must_use]
    pub const fn held_for(self) -> HeldFor {
        match self {
            Self::FocalPoint
            | Self::Secretariat
            | Self::Approver
            | Self::AgencyLead
            | Self::Officer
            | Self::Observer
            | Self::Portal => HeldFor::Country,
            Self::Regional => HeldFor::Region,
            Self::Partner => HeldFor::Organisation,
            Self::Steward => HeldFor::Reference,
            Self::Operator => HeldFor::Installation,
        }
    }
}

/// The widest circle of data that a grant may read.
#[vocabulary]
pub enum ReadCeiling {
    /// Data open to the public.
    Public,
    /// Data open to everybody who works for the country.
    National,
}

/// What a release shows to its audiences.
#[vocabulary]
pub enum ReleaseMode {
    /// The records themselves.
    Read,
    /// Counts only.
    Count,
}
