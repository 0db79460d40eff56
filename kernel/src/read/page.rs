//! Pages: sort keys, signed cursors, keyset conditions.

use aws_lc_rs::{constant_time, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{
    Value,
    sea_query::{Alias, Asterisk, CaseStatement, Cond, Expr, ExprTrait, Order, SelectStatement},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    error::{Code, Error, Result},
    input::{cut, hint},
    record::{Column, KindDef},
    row::{self, Row},
    text,
    view::View,
};

/// Records of a REST page where no limit is given.
pub const DEFAULT_LIMIT: usize = 50;
/// Records of a GraphQL connection where no size is given.
pub const DEFAULT_FIRST: usize = 20;
/// Records of a page at most.
pub const MAX_LIMIT: usize = 200;
/// Sort keys of a list at most.
pub const MAX_KEYS: usize = 3;

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The column.
    pub column: &'static str,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// Which page of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Page {
    /// How many records.
    pub limit: usize,
    /// Where to go on.
    pub cursor: Option<String>,
    /// Whether to read towards the beginning (`last`, `before`).
    pub backwards: bool,
    /// The order; the id follows always.
    pub sort: Vec<SortKey>,
    /// Whether the records are counted too.
    pub total: bool,
    /// How many records are passed over from where it goes on.
    pub skip: usize,
}

/// A part of a list.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// The rows, in the order of the list.
    pub rows: Vec<Row>,
    /// Whether there are more in the direction of reading.
    pub has_more: bool,
    /// How many there are altogether, if asked.
    pub total: Option<u64>,
}

impl Page {
    /// The first page of a list.
    #[must_use]
    pub fn first(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Checks a size.
    ///
    /// # Errors
    /// `BadRequest` naming the cap.
    pub fn check_limit(parameter: &str, limit: i64) -> Result<usize> {
        usize::try_from(limit).ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| {
            let text =
                format!("`{parameter}` is 1 to {MAX_LIMIT}, not {limit}; read on with the cursor for more");
            Error::bad_request(&format!("?{parameter}"), Code::LimitOutOfRange, text)
        })
    }

    /// Reads `-due_on,title`, for a reader of these languages.
    ///
    /// # Errors
    /// `BadRequest` naming the keys there are.
    pub fn parse_sort(def: &KindDef, text: &str, languages: &[String]) -> Result<Vec<SortKey>> {
        let mut keys: Vec<SortKey> = Vec::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
            let known = def.sortable.iter().find(|column| **column == name);
            let known = known.map(|column| ordered(def, column, languages));
            let Some(column) = known.filter(|column| keys.iter().all(|key| key.column != *column)) else {
                let near = hint(name, def.sortable.iter().copied());
                let given = cut(&Json::from(name));
                let text = format!("{given}: sort by one of {}, each once{near}", def.sortable.join(", "));
                return Err(Error::bad_request("?sort", Code::UnknownParameter, text));
            };
            keys.push(SortKey { column, descending });
        }
        if keys.len() > MAX_KEYS {
            return Err(Error::bad_request(
                "?sort",
                Code::OutOfRange,
                format!("at most {MAX_KEYS} sort keys"),
            ));
        }
        Ok(keys)
    }

    fn spec(&self) -> String {
        let keys =
            self.sort.iter().map(|key| format!("{}{}", if key.descending { "-" } else { "" }, key.column));
        keys.collect::<Vec<_>>().join(",")
    }

    /// Orders a select.
    pub fn order(&self, def: &KindDef, select: &mut SelectStatement) {
        for (expr, order) in self.orders(def) {
            select.order_by_expr(expr, order);
        }
    }

    /// The order as expressions, nulls last in the direction of the list.
    #[must_use]
    pub fn orders(&self, def: &KindDef) -> Vec<(Expr, Order)> {
        let turn = |descending: bool| if descending == self.backwards { Order::Asc } else { Order::Desc };
        let mut all = Vec::new();
        for key in &self.sort {
            if is_nullable(def, key.column) {
                all.push((def.col(key.column).is_null(), turn(false)));
            }
            all.push((sorted(def, key.column), turn(key.descending)));
        }
        all.push((def.col("id"), turn(false)));
        all
    }

    /// The cursor that goes on after `row`.
    #[must_use]
    pub fn cursor_at(&self, view: &View, row: &Row) -> String {
        let values: Vec<Json> = self.sort.iter().map(|key| row::json(row.get(key.column))).collect();
        let text = json!([1, row.def().name, self.spec(), values, row.id()]).to_string();
        let mut bytes = sign(view, &text);
        bytes.extend(text.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The condition that goes on where the cursor points.
    ///
    /// # Errors
    /// `BadRequest` if the cursor was not made for this caller, kind and order.
    pub fn seek(&self, view: &View, def: &KindDef) -> Result<Cond> {
        let Some(cursor) = &self.cursor else { return Ok(Cond::all()) };
        let (values, id) = self.read_cursor(view, def, cursor).ok_or_else(|| {
            let text = "the cursor was not made for you, this list and this order; begin without one";
            Error::bad_request(if self.backwards { "?before" } else { "?after" }, Code::CursorInvalid, text)
        })?;
        let simple = self.sort.iter().all(|key| !key.descending && !is_nullable(def, key.column));
        if simple {
            let columns = self.sort.iter().map(|key| sorted(def, key.column)).chain([def.col("id")]);
            let bound = values.into_iter().map(Expr::val).chain([Expr::val(id)]);
            let (columns, bound) = (Expr::tuple(columns), Expr::tuple(bound));
            return Ok(Cond::all().add(if self.backwards { columns.lt(bound) } else { columns.gt(bound) }));
        }
        let mut any = Cond::any();
        let mut equal = Cond::all();
        for (key, value) in self.sort.iter().zip(values) {
            let column = || sorted(def, key.column);
            let is_null = row::is_null(&value);
            let beyond = match (self.backwards, is_null) {
                (false, true) => None,
                (true, true) => Some(Cond::any().add(column().is_not_null())),
                (true, false) if key.descending => Some(Cond::any().add(column().gt(value.clone()))),
                (true, false) => Some(Cond::any().add(column().lt(value.clone()))),
                (false, false) => {
                    let next =
                        if key.descending { column().lt(value.clone()) } else { column().gt(value.clone()) };
                    Some(Cond::any().add(next).add(column().is_null()))
                }
            };
            if let Some(beyond) = beyond {
                any = any.add(equal.clone().add(beyond));
            }
            equal = equal.add(if is_null { column().is_null() } else { column().eq(value) });
        }
        let last = if self.backwards { def.col("id").lt(id) } else { def.col("id").gt(id) };
        Ok(any.add(equal.add(last)))
    }

    fn read_cursor(&self, view: &View, def: &KindDef, cursor: &str) -> Option<(Vec<Value>, Uuid)> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, text) = bytes.split_at_checked(16)?;
        let text = std::str::from_utf8(text).ok()?;
        constant_time::verify_slices_are_equal(tag, &sign(view, text)).ok()?;
        let Json::Array(parts) = serde_json::from_str(text).ok()? else { return None };
        let [version, kind, spec, Json::Array(values), id] = parts.as_slice() else { return None };
        if *version != json!(1) || *kind != json!(def.name) || *spec != json!(self.spec()) {
            return None;
        }
        let read = |(key, value): (&SortKey, &Json)| place(def.column(key.column)?, value);
        Some((self.sort.iter().zip(values).map(read).collect::<Option<_>>()?, id.as_str()?.parse().ok()?))
    }
}

fn sign(view: &View, text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &view.cursor_key);
    let tag = hmac::sign(&key, format!("{text}\n{}", view.actor.fingerprint()).as_bytes());
    tag.as_ref().iter().take(16).copied().collect()
}

/// The column that a list is sorted by: of a text for people, the sort keys of the reader's language.
fn ordered(def: &KindDef, column: &'static str, languages: &[String]) -> &'static str {
    match def.declared.ordered_text() {
        Some(text) if text.column != column => column,
        None => column,
        Some(text) if text.is_text => text::column_of(languages),
        Some(_) => text::column_of(&[]),
    }
}

/// What lists are sorted by: the column, or the place of its code in the closed list.
fn sorted(def: &KindDef, column: &str) -> Expr {
    let Some(list) = def.column(column).and_then(|column| column.ranks) else { return def.col(column) };
    let cases = (0_i32..).zip(list.terms);
    let case = cases.fold(CaseStatement::new(), |case, (place, term)| {
        case.case(def.col(column).eq(term.code), Expr::val(place))
    });
    case.into()
}

/// The value of a cursor in the terms of [`sorted`].
fn place(column: &Column, value: &Json) -> Option<Value> {
    match column.ranks {
        None => row::parse(column.ty, value),
        Some(list) => i32::try_from(list.rank(value.as_str()?)?).ok().map(Into::into),
    }
}

fn is_nullable(def: &KindDef, column: &str) -> bool {
    def.column(column).is_some_and(|column| column.nullable)
}

/// A select of one number.
#[must_use]
pub fn counting(def: &KindDef, cond: Cond) -> SelectStatement {
    let mut select = SelectStatement::new();
    select.expr_as(Expr::col(Asterisk).count(), Alias::new("n")).from(def.iden()).cond_where(cond);
    select
}
