//! Lifecycles: the moves between the states of a record, as data.

/// Who may make a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Focal point and secretariat, or who stands in their place for a region or an organisation.
    Full,
    /// The lead agency besides.
    Lead,
    /// The contributing agencies besides.
    Contributor,
    /// The approver alone.
    Approver,
    /// The focal point alone.
    FocalPoint,
    /// Whoever may edit the record.
    Owner,
    /// The focal point of the country that the record names, and nobody else.
    Named,
}

/// Where a move leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// To this state.
    State(&'static str),
    /// Back to the state that was remembered.
    Back,
    /// Nowhere: the state stays.
    Same,
}

/// What must be there before a move is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The reason, which comes with the call.
    Reason,
    /// A column that is filled.
    Field(&'static str),
    /// A fact about other records, that a function of the kind finds out by this name.
    Fact(&'static str),
}

/// A field that comes with the call of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Name of the field.
    pub field: &'static str,
    /// Whether the call must give it.
    pub is_required: bool,
}

/// One move of a lifecycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The verb (`assign`).
    pub name: &'static str,
    /// What it does: text of both contracts.
    pub doc: &'static str,
    /// The states it starts from.
    pub from: &'static [&'static str],
    /// Where it leads.
    pub to: To,
    /// Who may make it.
    pub by: By,
    /// What comes with the call besides the reason.
    pub takes: &'static [Taken],
    /// What must be there.
    pub needs: &'static [Need],
    /// Whether the state it starts from is remembered, to come back to.
    pub is_remembered: bool,
    /// Whether its legal act comes with the call: the fields `act_body`, `act_number`, `act_on`, `act_source`.
    pub is_act: bool,
    /// Whether it is about the working edition, where the records of the kind have editions.
    pub is_working: bool,
}

/// The states of a kind and the moves between them; written by the macro [`crate::lifecycle!`].
#[derive(Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Column with the state.
    pub state: &'static str,
    /// Column with the reason of the last move.
    pub reason: &'static str,
    /// Column with the state that a move remembered.
    pub before: Option<&'static str>,
    /// Columns with the state of the working edition beside one in force, and with the reason of its last move.
    pub working: Option<(&'static str, &'static str)>,
    /// Whether moves made on paper are recorded, by the focal point.
    pub is_recorded: bool,
    /// The moves.
    pub moves: &'static [Move],
}

impl Lifecycle {
    /// Whether a state is one of a working edition: a move of it starts there.
    #[must_use]
    pub fn is_working(&self, state: &str) -> bool {
        self.working.is_some() && self.moves.iter().any(|step| step.is_working && step.from.contains(&state))
    }

    /// The move with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static Move> {
        self.moves.iter().find(|one| one.name == name)
    }
}
