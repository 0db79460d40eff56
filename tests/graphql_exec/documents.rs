//! Documents that dice make: valid ones, with what a reader needs to answer them by hand.

use std::fmt::Write;

use concord::domain::KINDS;
use kernel::{
    KindDef,
    record::{Edge, part::Form},
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{parity::camel, support::dice::Dice};

/// A value that stands in a document or comes by a variable.
#[derive(Clone, Debug)]
pub enum Value {
    Plain(Json),
    /// As the document writes it, and as the wire has it.
    Written(String, Json),
    Variable(usize),
}

/// `@skip` or `@include`.
#[derive(Clone, Debug)]
pub struct When {
    pub skips: bool,
    pub value: Value,
}

/// A part of a selection.
#[derive(Clone, Debug)]
pub enum Pick {
    Field(Asked),
    Inline(Option<String>, Option<When>, Vec<Pick>),
    Spread(usize, Option<When>),
}

/// A field that is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub alias: Option<String>,
    pub name: String,
    pub arguments: Vec<(&'static str, Value)>,
    pub when: Option<When>,
    pub below: Vec<Pick>,
}

/// A variable: type, default, and what the request gives.
#[derive(Clone, Debug)]
pub struct Variable {
    ty: &'static str,
    default: Option<Json>,
    given: Option<Json>,
}

/// A document with its variables.
#[derive(Clone, Debug, Default)]
pub struct Document {
    pub root: Vec<Pick>,
    /// Type and selection.
    pub fragments: Vec<(String, Vec<Pick>)>,
    variables: Vec<Variable>,
}

impl Document {
    /// The value as it counts.
    pub fn value(&self, of: &Value) -> Json {
        match of {
            Value::Plain(value) | Value::Written(_, value) => value.clone(),
            Value::Variable(at) => {
                let variable = &self.variables[*at];
                variable.given.clone().or(variable.default.clone()).unwrap_or_default()
            }
        }
    }

    /// Whether a selection runs.
    pub fn runs(&self, when: Option<&When>) -> bool {
        when.is_none_or(|when| (self.value(&when.value) == true) != when.skips)
    }

    /// What the request gives.
    pub fn given(&self) -> Json {
        let all = self.variables.iter().enumerate();
        let given = all.filter_map(|(at, of)| Some((format!("v{at}"), of.given.clone()?)));
        Json::Object(given.collect::<Map<_, _>>())
    }

    /// The text.
    pub fn text(&self) -> String {
        let mut out = String::from("query");
        for (at, of) in self.variables.iter().enumerate() {
            let default = of.default.as_ref().map_or(String::new(), |value| format!(" = {value}"));
            let _ = write!(out, "{} $v{at}: {}{default}", if at == 0 { "(" } else { "" }, of.ty);
        }
        out.push_str(if self.variables.is_empty() { " " } else { ") " });
        self.set(&self.root, &mut out);
        for (at, (on, picks)) in self.fragments.iter().enumerate() {
            let _ = write!(out, " fragment F{at} on {on} ");
            self.set(picks, &mut out);
        }
        out
    }

    fn set(&self, picks: &[Pick], out: &mut String) {
        out.push_str("{ ");
        for pick in picks {
            match pick {
                Pick::Field(asked) => self.field(asked, out),
                Pick::Inline(on, when, below) => {
                    out.push_str("... ");
                    out.push_str(&on.as_ref().map_or(String::new(), |on| format!("on {on} ")));
                    out.push_str(&written(when.as_ref()));
                    self.set(below, out);
                }
                Pick::Spread(at, when) => {
                    let _ = write!(out, "...F{at} {}", written(when.as_ref()));
                }
            }
        }
        out.push_str("} ");
    }

    fn field(&self, asked: &Asked, out: &mut String) {
        out.push_str(&asked.alias.as_ref().map_or(String::new(), |alias| format!("{alias}: ")));
        out.push_str(&asked.name);
        for (at, (name, value)) in asked.arguments.iter().enumerate() {
            let _ = write!(out, "{}{name}: {}", if at == 0 { "(" } else { ", " }, shown(value));
        }
        out.push_str(if asked.arguments.is_empty() { " " } else { ") " });
        out.push_str(&written(asked.when.as_ref()));
        if !asked.below.is_empty() {
            self.set(&asked.below, out);
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Plain(value) => value.to_string(),
        Value::Written(text, _) => text.clone(),
        Value::Variable(at) => format!("$v{at}"),
    }
}

fn written(when: Option<&When>) -> String {
    let text = |when: &When| {
        format!("@{}(if: {}) ", if when.skips { "skip" } else { "include" }, shown(&when.value))
    };
    when.map_or(String::new(), text)
}

/// What makes documents.
pub struct Maker<'d> {
    pub dice: &'d mut Dice,
    pub ids: &'d [Uuid],
    made: Document,
    aliases: usize,
}

impl<'d> Maker<'d> {
    /// A document of some root fields.
    pub fn document(dice: &'d mut Dice, ids: &'d [Uuid]) -> Document {
        let mut maker = Self { dice, ids, made: Document::default(), aliases: 0 };
        let root = (0..=maker.dice.roll(3)).flat_map(|_| maker.root()).collect();
        Document { root, ..maker.made }
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.dice.roll(one_in) == 0
    }

    fn alias(&mut self) -> Option<String> {
        self.aliases += 1;
        Some(format!("a{}", self.aliases))
    }

    fn kind(&mut self) -> &'static KindDef {
        let all: Vec<_> = KINDS.served().collect();
        self.dice.pick(&all).expect("a kind")
    }

    fn root(&mut self) -> Vec<Pick> {
        let def = self.kind();
        let id = |of: Uuid| Value::Plain(json!(of));
        match self.dice.roll(5) {
            0 => vec![field(None, "__typename", Vec::new())],
            1 => {
                let id = id(self.dice.pick(self.ids).expect("an id"));
                let below = self.any();
                vec![self.asked("node", vec![("id", id)], below)]
            }
            2 => {
                let ids: Vec<Uuid> = (0..3).filter_map(|_| self.dice.pick(self.ids)).collect();
                let below = self.any();
                vec![self.asked("nodes", vec![("ids", Value::Plain(json!(ids)))], below)]
            }
            _ => self.page(&camel(&def.collection.replace('-', "_")), def, 3),
        }
    }

    /// A field under an alias of its own.
    fn asked(&mut self, name: &str, arguments: Vec<(&'static str, Value)>, below: Vec<Pick>) -> Pick {
        let (alias, when) = (self.alias(), self.when());
        Pick::Field(Asked { alias, name: name.to_owned(), arguments, when, below })
    }

    fn when(&mut self) -> Option<When> {
        if !self.chance(6) {
            return None;
        }
        let truth = json!(self.dice.roll(2) == 0);
        let value = if self.chance(2) { self.variable("Boolean!", truth) } else { Value::Plain(truth) };
        Some(When { skips: self.dice.roll(2) == 0, value })
    }

    /// A variable with this value: given, or by its default.
    fn variable(&mut self, ty: &'static str, value: Json) -> Value {
        let of = match self.dice.roll(3) {
            0 => Variable { ty, default: Some(value), given: None },
            1 => {
                Variable { ty, default: Some(json!(null)).filter(|_| !ty.ends_with('!')), given: Some(value) }
            }
            _ => Variable { ty, default: None, given: Some(value) },
        };
        self.made.variables.push(of);
        Value::Variable(self.made.variables.len() - 1)
    }

    /// What is selected on any record.
    fn any(&mut self) -> Vec<Pick> {
        let mut picks = vec![field(None, "__typename", Vec::new()), field(None, "id", Vec::new())];
        for _ in 0..=self.dice.roll(3) {
            let def = self.kind();
            let below = self.record(def, 2);
            picks.push(Pick::Inline(Some(def.declared.type_name.to_owned()), self.when(), below));
        }
        picks
    }

    /// A connection; now and then one that cannot be, or one that is asked for twice.
    fn page(&mut self, name: &str, def: &'static KindDef, depth: usize) -> Vec<Pick> {
        let size = json!(if self.chance(20) { 500 } else { 1 + self.dice.roll(3) });
        let value = if self.chance(3) { self.variable("Int", size) } else { Value::Plain(size) };
        let way = if self.chance(3) { "last" } else { "first" };
        let mut arguments = vec![(way, value)];
        arguments.extend(self.order(def));
        arguments.extend(self.filter());
        let below = self.connection(def, depth);
        let Pick::Field(first) = self.asked(name, arguments, below) else { return Vec::new() };
        let mut all = vec![Pick::Field(first.clone())];
        if self.chance(4) {
            let below = self.connection(def, depth);
            all.push(Pick::Field(Asked { below, when: None, ..first }));
        }
        all
    }

    fn order(&mut self, def: &'static KindDef) -> Option<(&'static str, Value)> {
        let column = self.dice.pick(&def.sortable).filter(|_| self.chance(3))?;
        let (sign, end) = self.dice.pick(&[("", "ASC"), ("-", "DESC")])?;
        let text = format!("[{}_{end}]", column.to_uppercase());
        Some(("sort", Value::Written(text, json!(format!("{sign}{column}")))))
    }

    fn filter(&mut self) -> Option<(&'static str, Value)> {
        let owners = [json!(["KGZ", "reference"]), json!([]), json!(["KAZ"])][self.dice.roll(3)].clone();
        if !self.chance(3) {
            return None;
        }
        let text = match self.variable("[String!]", owners.clone()) {
            Value::Variable(at) => format!("{{ owner: $v{at} }}"),
            _ => return None,
        };
        Some(("filter", Value::Written(text, json!({ "owner": owners }))))
    }

    fn connection(&mut self, def: &'static KindDef, depth: usize) -> Vec<Pick> {
        let mut picks = Vec::new();
        for _ in 0..=self.dice.roll(3) {
            picks.push(match self.dice.roll(6) {
                0 => field(None, "totalCount", Vec::new()),
                1 => {
                    let below = ["hasNextPage", "hasPreviousPage", "__typename"];
                    field(None, "pageInfo", below.map(|name| field(None, name, Vec::new())).to_vec())
                }
                2 => {
                    let node = field(None, "node", self.record(def, depth));
                    field(None, "edges", vec![node, field(None, "__typename", Vec::new())])
                }
                _ => field(None, "nodes", self.record(def, depth)),
            });
        }
        picks
    }

    fn record(&mut self, def: &'static KindDef, depth: usize) -> Vec<Pick> {
        let mut picks = Vec::new();
        for _ in 0..=self.dice.roll(4) {
            let part = &def.parts[self.dice.roll(def.parts.len())];
            picks.extend(self.part(&camel(part.name), part.form));
        }
        for _ in 0..self.dice.roll(3) {
            if let Some(edge) = self.dice.pick(&def.edges.iter().collect::<Vec<_>>()).filter(|_| depth > 0) {
                picks.extend(self.edge(edge, depth - 1));
            }
        }
        picks.push(field(self.alias(), "__typename", Vec::new()));
        match self.dice.roll(8) {
            0 => vec![Pick::Inline(None, self.when(), picks)],
            1 => vec![Pick::Inline(Some("Node".to_owned()), None, vec![field(None, "id", Vec::new())])]
                .into_iter()
                .chain(picks)
                .collect(),
            2 => {
                self.made.fragments.push((def.declared.type_name.to_owned(), picks));
                vec![Pick::Spread(self.made.fragments.len() - 1, self.when())]
            }
            _ => picks,
        }
    }

    fn part(&mut self, name: &str, form: Form) -> Option<Pick> {
        let below = match form {
            Form::Ref(_) | Form::Refs(_) => return None,
            Form::SharedWith => vec!["agencies", "groups"],
            Form::Money(..) => vec!["currency", "amount"],
            Form::AnyRef(..) => vec!["kind", "id"],
            Form::Object(..) => vec!["plan", "kind"],
            Form::Objects(_, "Criterion") => vec!["weight", "code"],
            Form::Objects(_, "MappedColumn") => vec!["field", "column"],
            Form::Objects(..) => vec!["score", "note"],
            _ => Vec::new(),
        };
        let below: Vec<_> = below.into_iter().map(|name| field(None, name, Vec::new())).collect();
        let alias = if self.chance(4) { self.alias() } else { None };
        Some(Pick::Field(Asked {
            alias,
            name: name.to_owned(),
            arguments: Vec::new(),
            when: self.when(),
            below,
        }))
    }

    fn edge(&mut self, edge: &'static Edge, depth: usize) -> Vec<Pick> {
        let def = KINDS.get(edge.kind()).expect("a kind");
        match edge {
            Edge::One { name, .. } => vec![field(None, &camel(name), self.record(def, depth))],
            Edge::Many(many) => self.page(&camel(many.name), def, depth),
        }
    }
}

fn field(alias: Option<String>, name: &str, below: Vec<Pick>) -> Pick {
    Pick::Field(Asked { alias, name: name.to_owned(), arguments: Vec::new(), when: None, below })
}
