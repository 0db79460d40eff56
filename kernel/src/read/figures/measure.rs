//! What can be told of a group of records: made of the declaration of their kind.

use model::{FieldDef, Shape};

use crate::record::KindDef;

/// How the numbers of a group are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Their sum.
    Sum,
    /// Their mean.
    Avg,
    /// The least of them.
    Min,
    /// The greatest of them.
    Max,
}

impl Way {
    /// Every way by its name.
    pub const ALL: [(&'static str, Self); 4] =
        [("sum", Self::Sum), ("avg", Self::Avg), ("min", Self::Min), ("max", Self::Max)];

    /// Whether it says something about a field of this shape.
    const fn fits(self, shape: Shape) -> bool {
        match shape {
            Shape::Int | Shape::Long | Shape::Decimal | Shape::Money => true,
            Shape::Date => matches!(self, Self::Min | Self::Max),
            _ => false,
        }
    }
}

/// When a record of a kind is late: its day is past, and it is in none of the states in which it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// Column with the day.
    pub due: &'static str,
    /// Column with the state.
    pub state: &'static str,
    /// The states.
    pub over: &'static [&'static str],
}

impl Late {
    /// When records of a kind are late; none where they never are.
    #[must_use]
    pub fn of(def: &KindDef) -> Option<Self> {
        let found = |field: &FieldDef| {
            let (state, over) = field.late?;
            Some(Self { due: field.column, state: def.declared.field(state)?.column, over })
        };
        def.declared.fields.iter().find_map(found)
    }
}

/// What is told of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// How many records it has.
    Count,
    /// How many of them are late.
    Late(Late),
    /// What a field of them comes to.
    Of(Way, &'static FieldDef),
}

impl Measure {
    /// The name as it is asked for.
    #[must_use]
    pub fn name(&self) -> String {
        self.named(':')
    }

    /// The name of the column that it has in a table.
    #[must_use]
    pub fn column(&self) -> String {
        self.named('_')
    }

    fn named(&self, between: char) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::Late(_) => "late".to_owned(),
            Self::Of(way, field) => {
                let way = Way::ALL.iter().find(|(_, one)| one == way).map_or("", |(name, _)| name);
                format!("{way}{between}{}", field.name)
            }
        }
    }

    /// Column with the currency of what is measured.
    #[must_use]
    pub fn currency(&self) -> Option<String> {
        match self {
            Self::Of(_, field) if field.shape == Shape::Money => Some(format!("{}_currency", field.name)),
            _ => None,
        }
    }
}

/// What can be told of groups of a kind.
#[must_use]
pub fn measures(def: &KindDef) -> Vec<Measure> {
    let shown = def.declared.fields.iter().filter(|field| {
        field.is_shown() && !field.is_inside && field.shown_with.is_none() && field.is.is_none()
    });
    let of = shown.flat_map(|field| {
        let fit = Way::ALL.into_iter().filter(|(_, way)| way.fits(field.shape));
        fit.map(move |(_, way)| Measure::Of(way, field))
    });
    [Measure::Count].into_iter().chain(Late::of(def).map(Measure::Late)).chain(of).collect()
}
