//! Columns of records that a row leads to, and what columns are to programs: their types, and what filters compare.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use kernel::{
    Ctx, KindDef, Result,
    filter::Operand,
    record::{Columns as Read, part::Form},
    render::Renderer,
    row::Row,
    store,
};
use model::field;
use uuid::Uuid;

use super::{Cell, Column, Columns, Holds, Member, Texts, make};
use crate::domain::{KINDS, plans::document::words::Speech};

/// Records that are kept between batches at most: beyond them they are asked for anew.
const MOST: usize = 20_000;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// An id.
    Id,
    /// A text, a code, or items of a list.
    Text,
    /// A whole number.
    Number,
    /// An exact decimal number.
    Decimal,
    /// Whether something is so.
    Truth,
    /// A day.
    Day,
    /// An instant.
    Instant,
}

impl From<field::Column> for Type {
    fn from(column: field::Column) -> Self {
        match column {
            field::Column::Id => Self::Id,
            field::Column::Text | field::Column::Json | field::Column::Mask(_) => Self::Text,
            field::Column::Int | field::Column::BigInt => Self::Number,
            field::Column::Decimal => Self::Decimal,
            field::Column::Bool => Self::Truth,
            field::Column::Date => Self::Day,
            field::Column::Instant => Self::Instant,
        }
    }
}

impl Columns {
    /// Every column of a kind with texts as they are shown: codes, labels and ids.
    #[must_use]
    pub fn every(def: &'static KindDef, speech: &Speech) -> Self {
        Self { def, all: make::all(def, &Texts::Shown, speech).collect() }
    }
}

impl Column {
    /// The column under another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The column of the record that these columns lead to.
    #[must_use]
    pub fn along(self, path: Vec<&'static str>) -> Self {
        if path.is_empty() {
            return self;
        }
        Self { name: self.name.clone(), part: usize::MAX, holds: Holds::Along(path, Box::new(self)) }
    }

    /// The column of a country's code, with the names of the countries in its place.
    #[must_use]
    pub fn with_country(self, names: Arc<HashMap<String, String>>) -> Self {
        Self { holds: Holds::Country(names), ..self }
    }

    /// Whether the records are late on a day.
    #[must_use]
    pub fn late(name: &str, late: kernel::figures::Late, today: chrono::NaiveDate) -> Self {
        Self { name: name.to_owned(), part: usize::MAX, holds: Holds::Late(late, today) }
    }

    /// A column that is the same in every row; nothing where it is empty.
    #[must_use]
    pub fn always(name: &str, text: &'static str) -> Self {
        Self { name: name.to_owned(), part: usize::MAX, holds: Holds::Fixed(text) }
    }

    /// Whether it is the same in every row.
    #[must_use]
    pub const fn is_fixed(&self) -> bool {
        matches!(self.holds, Holds::Fixed(_))
    }

    /// What stands in every row.
    #[must_use]
    pub fn fixed(&self) -> Option<Cell<'static>> {
        match self.holds {
            Holds::Fixed("") => Some(Cell::Empty),
            Holds::Fixed(text) => Some(Cell::Text(text.into())),
            _ => None,
        }
    }

    /// The kind that a column is of in the end, and the column there.
    fn end<'a>(&'a self, def: &'static KindDef) -> Option<(&'static KindDef, &'a Self)> {
        let Holds::Along(path, inner) = &self.holds else { return Some((def, self)) };
        let led_to = path.iter().try_fold(def, |at, column| target_of(at, column));
        Some((led_to?, inner))
    }

    /// What it holds: text of contracts.
    #[must_use]
    pub fn doc(&self, def: &'static KindDef) -> String {
        let Some((of, column)) = self.end(def) else { return String::new() };
        let text =
            of.parts.get(column.part).map_or("Whether it is late: due, and not over.", |part| part.text);
        match column.holds {
            Holds::Label(_) => format!("Label of the code in the caller's language. {text}"),
            Holds::Name => format!("Name in the caller's language. {text}"),
            Holds::Id => format!("Id. {text}"),
            Holds::Code => format!("Code. {text}"),
            Holds::Country(_) => "Name of the country in the caller's language.".to_owned(),
            Holds::Fixed(_) => "Kind of the record.".to_owned(),
            _ => text.to_owned(),
        }
    }

    /// What its cells hold.
    #[must_use]
    pub fn ty(&self, def: &'static KindDef) -> Type {
        let Some((def, column)) = self.end(def) else { return Type::Text };
        let stored = |at: usize| def.columns.get(at).map_or(Type::Text, |column| column.ty.into());
        match (&column.holds, def.parts.get(column.part).map(|part| part.form)) {
            (Holds::Id | Holds::Member(Member::Id), _) => Type::Id,
            (Holds::Late(..), _) | (Holds::Whole, Some(Form::Is(..) | Form::IsDemo(_))) => Type::Truth,
            (Holds::Member(Member::Amount), _) | (Holds::Whole, Some(Form::Decimal(_))) => Type::Decimal,
            (Holds::Whole, Some(Form::Version(_))) => Type::Number,
            (Holds::Whole, Some(Form::Column(at) | Form::Inside(at))) => stored(at),
            _ => Type::Text,
        }
    }

    /// The part of a record that it tells all of, or the id of.
    #[must_use]
    pub fn part(&self, def: &KindDef) -> Option<&'static str> {
        matches!(self.holds, Holds::Whole | Holds::Id)
            .then(|| def.parts.get(self.part).map(|part| part.name))?
    }

    /// The kind of the records that its ids name.
    #[must_use]
    pub fn target(&self, def: &'static KindDef) -> Option<&'static KindDef> {
        let Form::Ref(at) = def.parts.get(self.part)?.form else { return None };
        matches!(self.holds, Holds::Id).then(|| KINDS.get(def.columns.get(at)?.target?)).flatten()
    }

    /// Whether its cells are codes of what is referred to, or items of a list of such codes.
    #[must_use]
    pub const fn is_code_of_reference(&self) -> bool {
        matches!(self.holds, Holds::Code)
    }

    /// What a filter compares; none where the column is made of more than the row, or tells less to some than it holds.
    #[must_use]
    pub fn operand(&self, def: &'static KindDef) -> Option<Operand> {
        if let Holds::Along(path, inner) = &self.holds {
            let (first, rest) = path.split_first()?;
            let target = target_of(def, first)?;
            let next = Column::clone(inner).along(rest.to_vec());
            return Some(Operand::Of(first, target.name, Box::new(next.operand(target)?)));
        }
        let part = def.parts.get(self.part)?;
        let is_told = |name: &str| {
            let of = def.declared.field(name);
            of.is_none_or(|field| field.shown_with.is_none() && !field.is_inside && field.overdue.is_none())
        };
        let stored = |at: usize| def.columns.get(at).map(|column| Operand::Column(column.name));
        match (&self.holds, part.form) {
            _ if !is_told(part.name) => None,
            (Holds::Whole, Form::Column(at)) => {
                stored(at).filter(|_| def.columns.get(at).is_some_and(|one| one.ty != field::Column::Json))
            }
            (Holds::Whole, Form::Code(at, _) | Form::Text(at) | Form::Decimal(at))
            | (Holds::Id, Form::Ref(at)) => stored(at),
            (Holds::Whole, Form::Is(at, code)) => {
                def.columns.get(at).map(|column| Operand::Holds(column.name, code))
            }
            (Holds::Whole, Form::Country(_)) => Some(Operand::Country),
            (Holds::Code | Holds::Name, Form::Ref(at)) => {
                let column = def.columns.get(at)?;
                let target = KINDS.get(column.target?)?;
                let named = if self.is_code_of_reference() { target.code } else { target.label };
                Some(Operand::Of(column.name, target.name, Box::new(Operand::Column(named?))))
            }
            _ => None,
        }
    }

    /// The column that lists are sorted by for it; none where its order would tell of what is withheld.
    #[must_use]
    pub fn order(&self, def: &'static KindDef) -> Option<&'static str> {
        match self.operand(def)? {
            Operand::Column(column) => {
                let is_open = |name: &str| def.declared.field(name).is_none_or(|one| !one.is_disclosable);
                let part = def.parts.get(self.part)?;
                (is_open(part.name) && def.column(column)?.target.is_none()).then_some(column)
            }
            _ => None,
        }
    }
}

/// The kind that a column refers to.
fn target_of(def: &KindDef, column: &str) -> Option<&'static KindDef> {
    KINDS.get(def.column(column)?.target?)
}

/// Records that earlier batches have looked up along rows; none where the caller sees none.
pub type Kept = HashMap<Uuid, Option<Arc<Row>>>;

/// Looks up the records that the columns lead to from rows: a statement for each step, and none for what is known.
///
/// # Errors
/// What the database says.
pub async fn look_along(
    ctx: &Ctx,
    columns: &Columns,
    rows: &[Row],
    (renderer, kept): (&mut Renderer, &mut Kept),
) -> Result<()> {
    let mut steps: BTreeMap<(usize, Vec<&'static str>), &'static KindDef> = BTreeMap::new();
    let mut reads: HashMap<&'static str, Read> = HashMap::new();
    for column in &columns.all {
        let Holds::Along(path, inner) = &column.holds else { continue };
        let mut at = columns.def;
        for (place, step) in path.iter().enumerate() {
            let Some(target) = target_of(at, step) else { break };
            let next = place + 1;
            let read = path.get(next).map_or_else(|| inner.read(target), |next| target.named(&[next]));
            let all = reads.entry(target.name).or_insert_with(|| target.base());
            *all = all.and(read);
            steps.insert((next, path.iter().take(next).copied().collect()), target);
            at = target;
        }
    }
    if kept.len() > MOST {
        kept.clear();
    }
    let mut used: BTreeSet<Uuid> = BTreeSet::new();
    for ((_, path), target) in steps {
        let Some((last, before)) = path.split_last() else { continue };
        let ids = rows.iter().filter_map(|row| {
            let before = before.iter().try_fold(row, |at, step| kept.get(&at.uuid(step)?)?.as_deref());
            before?.uuid(last)
        });
        let ids: BTreeSet<Uuid> = ids.collect();
        let new: BTreeSet<Uuid> = ids.iter().filter(|id| !kept.contains_key(id)).copied().collect();
        let columns = reads.get(target.name).copied().unwrap_or_else(|| target.base());
        let mut found = store::by_ids(ctx, store::Wanted { def: target, columns }, &new).await?;
        kept.extend(new.into_iter().map(|id| (id, found.remove(&id).map(Arc::new))));
        used.extend(ids);
    }
    renderer.keep(used.iter().filter_map(|id| kept.get(id)?.clone()));
    Ok(())
}
