//! What a document may ask for, found out before anything of it runs.
//!
//! The library's own checks and its execution walk every spread of a fragment anew, so a chain of fragments
//! that each spread the next one twice doubles time and memory a level. Here each fragment is costed once
//! and remembered, so the work grows with the length of the document only. Nothing but the parser runs
//! before.

mod scan;
mod shapes;
mod tally;

use std::{collections::HashMap, convert::Infallible};

use async_graphql::{
    Name, Positioned, ServerError, Value,
    parser::{
        parse_query,
        types::{Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
    },
};
use serde_json::{Map, Value as Json};

use crate::limits::{
    graphql::{ALIASES, DEPTH, DIRECTIVES, INTROSPECTION, NESTING, ROOT_FIELDS, SELECTIONS},
    rates::COSTS,
};
use shapes::{SHAPES, Shapes};
use tally::Cost;

/// Lists of types and fields in introspection: from a type they lead to other types, and from there again.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// Why a document is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be read.
    Syntax(String),
    /// It asks for too much.
    Costly(String),
}

/// Reads a document.
///
/// # Errors
/// What cannot be read, or is too long.
pub fn read(text: &str) -> Result<ExecutableDocument, Refusal> {
    scan::scan(text)?;
    // The parser quotes the line, which may be the whole document.
    let told = |error: ServerError| Refusal::Syntax(error.message.chars().take(200).collect());
    parse_query(text).map_err(|error| told(error.into()))
}

/// Says how many units the operation with this name costs before it runs: what it writes, and introspection.
///
/// What runs is bounded in its form; of the rest of the document only how much there is to check.
///
/// # Errors
/// Of what the document asks too much.
pub fn assess(
    document: &ExecutableDocument,
    name: Option<&str>,
    variables: &Map<String, Json>,
) -> Result<u32, Refusal> {
    let (mut units, mut selections) = (0, 0_u64);
    for (of, operation) in document.operations.iter() {
        let cost = Walk::of(document, &operation.node, variables).operation(&operation.node)?;
        selections = selections.saturating_add(cost.selections);
        if selections > SELECTIONS {
            return Err(Refusal::Costly(format!(
                "the operations of the document have more than {SELECTIONS} fields after its fragments are put in"
            )));
        }
        if usize::try_from(cost.levels).unwrap_or(usize::MAX) > NESTING {
            return Err(Refusal::Costly(format!("fields stand more than {NESTING} deep")));
        }
        if name.is_none_or(|name| of.is_none_or(|of| of.as_str() == name)) {
            bounded(&cost)?;
            units = cost.units().max(units);
        }
    }
    Ok(units)
}

/// Holds an operation that runs to the limits of its form.
fn bounded(cost: &Cost) -> Result<(), Refusal> {
    let caps = [
        ("fields one below the other", cost.depth, DEPTH),
        ("aliases", cost.aliases, ALIASES),
        ("fields of the operation itself", cost.fields, ROOT_FIELDS),
        ("fields of introspection", cost.introspection, INTROSPECTION),
        ("lists of introspection one below the other", cost.lists, 1),
    ];
    match caps.into_iter().find(|(_, found, most)| found > most) {
        Some((what, found, most)) => {
            Err(Refusal::Costly(format!("the document has {found} {what}, at most {most} are allowed")))
        }
        None => Ok(()),
    }
}

/// A walk through one operation.
struct Walk<'a> {
    document: &'a ExecutableDocument,
    defaults: HashMap<&'a Name, &'a Value>,
    variables: &'a Map<String, Json>,
    /// Cost of each fragment; none while it is being found out.
    fragments: HashMap<&'a Name, Option<Cost>>,
    /// How many fragments are being found out, each spread in the one before.
    open: usize,
}

impl<'a> Walk<'a> {
    fn of(
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        variables: &'a Map<String, Json>,
    ) -> Self {
        let defaults = operation.variable_definitions.iter();
        let defaults =
            defaults.filter_map(|of| Some((&of.node.name.node, &of.node.default_value.as_ref()?.node)));
        Self { document, defaults: defaults.collect(), variables, fragments: HashMap::new(), open: 0 }
    }

    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Cost, Refusal> {
        check_directives(&operation.directives)?;
        let root = Shapes::root(operation.ty);
        self.selections(Some(root), &operation.selection_set.node)
    }

    /// The cost of a selection on a type; `fields` counts its own fields only.
    fn selections(&mut self, of: Option<&'static str>, set: &'a SelectionSet) -> Result<Cost, Refusal> {
        let mut all = Cost::default();
        for item in &set.items {
            check_directives(item.node.directives())?;
            let cost = match &item.node {
                Selection::Field(field) => self.field(of, &field.node)?,
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    let of = on.map_or(of, |on| SHAPES.known(&on.node.on.node));
                    self.selections(of, &fragment.node.selection_set.node)?
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node)?,
            };
            all.add(if self.runs(item.node.directives()) { cost } else { cost.skipped() });
        }
        Ok(all)
    }

    fn fragment(&mut self, name: &Name) -> Result<Cost, Refusal> {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Cost::default());
        };
        match self.fragments.get(name) {
            Some(Some(cost)) => return Ok(*cost),
            Some(None) => return Err(Refusal::Syntax(format!("the fragment `{name}` spreads itself"))),
            None => {}
        }
        if self.open == NESTING {
            return Err(Refusal::Costly(format!("fragments spread one another more than {NESTING} deep")));
        }
        self.fragments.insert(name, None);
        self.open += 1;
        check_directives(&fragment.node.directives)?;
        let of = SHAPES.known(&fragment.node.type_condition.node.on.node);
        let cost = self.selections(of, &fragment.node.selection_set.node)?;
        self.fragments.insert(name, Some(cost));
        self.open -= 1;
        Ok(cost)
    }

    fn field(&mut self, of: Option<&'static str>, field: &'a Field) -> Result<Cost, Refusal> {
        let to = of.and_then(|of| SHAPES.field(of, &field.name.node));
        let below = self.selections(to, &field.selection_set.node)?;
        let name = field.name.node.as_str();
        let is_list = of.is_none() && INTROSPECTION_LISTS.contains(&name);
        Ok(Cost {
            selections: below.selections.saturating_add(1),
            depth: below.depth.saturating_add(1),
            levels: below.levels.saturating_add(1),
            aliases: below.aliases.saturating_add(field.alias.is_some().into()),
            fields: 1,
            introspection: below.introspection.saturating_add(of.is_none().into()),
            lists: below.lists.saturating_add(is_list.into()),
            writes: if of == Some("Mutation") { COSTS.of_mutation(name) } else { 0 },
        })
    }

    fn variable(&self, name: &Name) -> Value {
        let given = self.variables.get(name.as_str()).and_then(|value| Value::from_json(value.clone()).ok());
        given.or_else(|| self.defaults.get(name).map(|value| Value::clone(value))).unwrap_or_default()
    }

    /// Whether `@skip` and `@include` let a selection run; what they are given is checked elsewhere.
    fn runs(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let value = directive.node.get_argument("if").map(|value| {
                value
                    .node
                    .clone()
                    .into_const_with(|name| Ok::<_, Infallible>(self.variable(&name)))
                    .unwrap_or_default()
            });
            match directive.node.name.node.as_str() {
                "skip" => value != Some(Value::Boolean(true)),
                "include" => value != Some(Value::Boolean(false)),
                _ => true,
            }
        })
    }
}

fn check_directives(directives: &[Positioned<Directive>]) -> Result<(), Refusal> {
    if directives.len() <= DIRECTIVES {
        return Ok(());
    }
    let found = directives.len();
    Err(Refusal::Costly(format!("{found} directives stand in one place, at most {DIRECTIVES} are allowed")))
}
