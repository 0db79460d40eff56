//! Vocabularies of treaty duties: commitments, deadlines, events, submissions.

use model::vocabulary;

/// Whether an obligation applies to a country, as the country says.
#[vocabulary]
pub enum Applicability {
    Applies,
    /// The country does it without being bound.
    Voluntary,
    /// It rests for a time.
    InAbeyance,
    /// There is nothing in the country that it could apply to.
    NotApplicable,
    /// Not established.
    Unknown,
}

/// What is to be known of a commitment before its deadlines are read.
#[vocabulary]
pub enum CommitmentCaution {
    /// The day of entry into force is not known to the day: no deadline counts from it, and those of the calendar begin with the current
    /// period.
    EntryNotKnownToTheDay,
    /// The treaty is not in force: nothing falls due yet.
    Prospective,
}

/// The place of a deadline in its life.
#[vocabulary]
pub enum DeadlineStatus {
    Upcoming,
    InPreparation,
    /// Cleared by the agencies concerned.
    Cleared,
    Submitted,
    /// Acknowledged by whom it was sent to.
    Acknowledged,
    Waived,
    NotApplicable,
}

/// What is told of a deadline that is past.
#[vocabulary]
pub enum Timeliness {
    Overdue,
    NoSubmissionRecorded,
}

/// How a due day comes about.
#[vocabulary]
pub enum DueBasis {
    /// A day of the calendar that returns.
    Calendar,
    /// A time after entry into force for the State.
    EntryIntoForce,
    /// A time after or before an event.
    Event,
    /// A day set by a treaty body.
    SetByBody,
}

/// The years that a return covers.
#[vocabulary]
pub enum PeriodCovered {
    /// The years since the last one, up to the year before it is due.
    PreviousYears,
    /// The year after it is due.
    NextYear,
}

/// A kind of event that a rule may count from.
#[vocabulary]
pub enum TreatyEventKind {
    Accident,
    /// Detection of an event or substance.
    Detection,
    /// Theft, loss or unauthorised movement.
    TheftOrLoss,
    /// Import ban or restriction.
    ImportBan,
    /// Planned export, import or transfer.
    Transfer,
    /// Opening or change of a facility.
    Facility,
    /// Change of a law or an authority.
    LegalChange,
    /// Request received from another State or a body.
    Request,
    Other,
}

/// Who may read what was submitted.
#[vocabulary]
pub enum SubmissionAudience {
    Public,
    StatesParties,
    Restricted,
}

/// The place of a submission in its life.
#[vocabulary]
pub enum SubmissionStatus {
    Sent,
    /// Its receipt is on record.
    Received,
}
