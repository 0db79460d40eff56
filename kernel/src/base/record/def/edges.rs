//! Where records lead.

use model::{Class, Declaration, Shape};

use super::{KindDef, Parent};

/// How children hang on their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// A column of the child holds the parent's id.
    Column(&'static str),
    /// A link table of the parent lists the children.
    Link(&'static str),
    /// A link table of the child lists the parents.
    LinkedFrom(&'static str),
}

/// A way from a record to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edge {
    /// To the one record a column refers to.
    One {
        /// Name in the API.
        name: &'static str,
        /// Kind it leads to.
        kind: &'static str,
        /// The column.
        column: &'static str,
    },
    /// To a list of records.
    Many(Many),
}

/// A way from a record to a list of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Many {
    /// Name in the API.
    pub name: &'static str,
    /// Kind it leads to.
    pub kind: &'static str,
    /// How the records hang on it.
    pub via: Via,
}

impl Edge {
    /// Name in the API.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::One { name, .. } | Self::Many(Many { name, .. }) => name,
        }
    }

    /// Kind it leads to.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::One { kind, .. } | Self::Many(Many { kind, .. }) => kind,
        }
    }
}

/// The edges of a kind, found from its own declaration and those of what hangs on it.
pub(super) fn edges(of: &Declaration, all: &[&'static Declaration]) -> Result<Vec<Edge>, String> {
    let mut found = Vec::new();
    for field in of.fields.iter().filter(|field| field.is_shown()) {
        match (field.shape, field.table) {
            (Shape::Ref(kind), _) => found.push(Edge::One { name: field.name, kind, column: field.column }),
            (Shape::Refs(kind), Some(table)) => {
                found.push(Edge::Many(Many { name: field.name, kind, via: Via::Link(table) }));
            }
            _ => {}
        }
    }
    for children in of.children {
        let kind = all.iter().find(|one| one.name == children.kind);
        let kind =
            kind.ok_or_else(|| format!("{}.{}: no kind `{}`", of.name, children.name, children.kind))?;
        let leads = |field: &&model::FieldDef| {
            let is_any = field.shape == Shape::AnyRef && kind.below.contains(&field.name);
            (is_any || field.shape.target() == Some(of.name))
                && children.via.is_none_or(|via| via == field.name)
        };
        let mut ways = kind.fields.iter().filter(leads);
        let (Some(way), None) = (ways.next(), ways.next()) else {
            let text = "name the one field that leads here with `via`";
            return Err(format!("{}.{}: {text}", of.name, children.name));
        };
        let via = match way.table {
            Some(table) => Via::LinkedFrom(table),
            None => Via::Column(way.column),
        };
        found.push(Edge::Many(Many { name: children.name, kind: kind.name, via }));
    }
    Ok(found)
}

impl KindDef {
    /// The kinds that stand below this one, each with the column that says so.
    pub fn below<'a>(
        &'a self,
        all: &'a [&'static Self],
    ) -> impl Iterator<Item = (&'static Self, &'static str)> + 'a {
        let ways = all.iter().flat_map(|child| child.parent.iter().map(move |parent| (*child, parent)));
        let leads = |parent: &Parent| match parent.target {
            Some(target) => target == self.name,
            None => self.is_national() && self.class != Class::Comment,
        };
        ways.filter(move |(_, parent)| leads(parent)).map(|(child, parent)| (child, parent.column))
    }
}
