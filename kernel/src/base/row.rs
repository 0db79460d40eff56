//! Rows without a type, and their JSON forms.

mod fetch;
mod scope;
mod shown;

use base64::Engine;
use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};
use model::{DefaultValue, Field, FieldType, VocabularyDef, field::Column as Type};
use sea_orm::{QueryResult, Value, sea_query::Expr};
use serde_json::Value as Json;
use uuid::Uuid;

use fetch::fetch;
pub use shown::Finds;

use crate::{
    dates, decimal,
    error::{Error, Result},
    record::{Columns, KindDef, null},
};

/// Reads a value of a column from its JSON form, images and wire alike; none when the form is wrong.
#[must_use]
pub fn parse(ty: Type, json: &Json) -> Option<Value> {
    if json.is_null() {
        return Some(null(ty));
    }
    Some(match ty {
        Type::Id => Value::Uuid(Some(json.as_str()?.parse().ok()?)),
        Type::Text => Value::String(Some(json.as_str()?.to_owned())),
        Type::Int => Value::Int(Some(i32::try_from(integer(json)?).ok()?)),
        Type::BigInt => Value::BigInt(Some(integer(json)?)),
        // Images hold the millionths, callers write the number.
        Type::Decimal => Value::BigInt(Some(match json {
            Json::String(text) => decimal::millionths(text)?,
            stored => stored.as_i64()?,
        })),
        Type::Bool => Value::Bool(Some(json.as_bool()?)),
        Type::Date => Value::ChronoDate(Some(dates::day(json.as_str()?)?)),
        Type::Instant => Value::ChronoDateTimeUtc(Some(
            // Both databases keep microseconds.
            dates::instant(json.as_str()?)?.trunc_subsecs(6),
        )),
        Type::Json => Value::Json(Some(Box::new(json.clone()))),
        Type::Mask(list) => Value::Int(Some(match json {
            Json::Array(codes) => {
                codes.iter().try_fold(0, |mask, code| Some(mask | bit(list, code.as_str()?)?))?
            }
            mask => i32::try_from(mask.as_i64()?).ok()?,
        })),
    })
}

/// A whole number, however it is written: `10`, `10.0` and `1e1` are the same in JSON.
fn integer(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| {
        let text = format!("{:.0}", json.as_f64().filter(|number| number.fract() == 0.0)?);
        text.parse().ok()
    })
}

/// The bit of a code in a mask.
#[must_use]
pub fn bit(list: &VocabularyDef, code: &str) -> Option<i32> {
    1_i32.checked_shl(u32::try_from(list.rank(code)?).ok()?)
}

/// The JSON form of a stored value: what images hold.
#[must_use]
pub fn json(value: &Value) -> Json {
    match value {
        Value::Uuid(Some(id)) => Json::String(id.to_string()),
        Value::String(Some(text)) => Json::String(text.clone()),
        Value::Int(Some(number)) => Json::from(*number),
        Value::BigInt(Some(number)) => Json::from(*number),
        Value::Bool(Some(truth)) => Json::Bool(*truth),
        Value::ChronoDate(Some(day)) => Json::String(day.to_string()),
        Value::ChronoDateTimeUtc(Some(at)) => Json::String(at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        Value::Json(Some(json)) => sorted(json),
        Value::Bytes(Some(bytes)) => Json::String(base64::engine::general_purpose::STANDARD.encode(bytes)),
        _ => Json::Null,
    }
}

/// Whether a value is a null.
#[must_use]
pub fn is_null(value: &Value) -> bool {
    json(value) == Json::Null
}

/// Sorts the keys of every object, so that equal values have equal bytes.
///
/// RFC 8785, as far as keys are ASCII and numbers whole: all are that we name ourselves. Callers name the members of free
/// objects; these are sorted by their UTF-8, and their numbers written as everywhere.
#[must_use]
pub fn sorted(json: &Json) -> Json {
    match json {
        Json::Object(members) => {
            let mut pairs: Vec<_> = members.iter().collect();
            pairs.sort_by_key(|(key, _)| *key);
            Json::Object(pairs.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// A row of a record table, or what was selected of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The values of the columns it holds, in the kind's order.
    values: Vec<Value>,
    held: Columns,
    def: &'static KindDef,
}

/// Columns that say when and by whom, and so never make a difference.
pub(crate) const STAMPS: [&str; 5] = ["version", "created_at", "created_by", "updated_at", "updated_by"];

/// The value where there is no column.
const NONE: &Value = &Value::Bool(None);

impl Row {
    /// A row with every column empty.
    #[must_use]
    pub fn empty(def: &'static KindDef) -> Self {
        let values = def.columns.iter().map(|column| null(column.ty)).collect();
        Self { values, held: Columns::ALL, def }
    }

    /// A row of which only this is known: which record, and in which version.
    #[must_use]
    pub fn known_by(def: &'static KindDef, id: Uuid, version: i32) -> Self {
        let mut row = Self::empty(def);
        row.set("id", id);
        row.set("version", version);
        row
    }

    /// A row of which these columns were selected, in the kind's order, before anything else.
    ///
    /// # Errors
    /// `Internal` if the table does not fit its description.
    pub fn fetch(def: &'static KindDef, held: Columns, from: &QueryResult) -> Result<Self> {
        let mut values = Vec::with_capacity(held.before(def.columns.len()));
        for (_, column) in def.columns.iter().enumerate().filter(|(at, _)| held.has(*at)) {
            values.push(fetch(column.ty, from, values.len())?);
        }
        Ok(Self { values, held, def })
    }

    /// Reads a row from an image of the change log; columns the image does not know are empty, or hold a default code.
    ///
    /// # Errors
    /// `Internal` if a value has the wrong form.
    pub fn from_image(def: &'static KindDef, image: &Json) -> Result<Self> {
        let mut row = Self::empty(def);
        for (column, value) in def.columns.iter().zip(&mut row.values) {
            // What a later migration added is empty, but for codes, which hold their default; a list is one without items.
            let default = || {
                let field = def.declared.field(column.field)?;
                match field.default {
                    Some(DefaultValue::Code(code)) => Some(Json::from(code)),
                    _ => (column.ty == Type::Json && field.shape.is_list()).then(|| Json::Array(Vec::new())),
                }
            };
            let stored = match image.get(column.name) {
                Some(stored) => parse(column.ty, stored),
                None if column.nullable => continue,
                None => {
                    default().and_then(|default| parse(column.ty, &default)).or_else(|| Some(null(column.ty)))
                }
            };
            *value = stored.ok_or_else(|| {
                Error::Internal(format!("image of a {} has a wrong {}", def.name, column.name))
            })?;
        }
        Ok(row)
    }

    /// The image for the change log: every column by name but those made of others or kept beside the log, keys sorted.
    #[must_use]
    pub fn image(&self) -> Json {
        let all = self.def.columns.iter().zip(&self.values);
        let mut members: Vec<_> =
            all.filter(|(column, _)| !column.is_derived && !column.is_unlogged).collect();
        members.sort_unstable_by_key(|(column, _)| column.name);
        let members = members.into_iter().map(|(column, value)| (column.name.to_owned(), json(value)));
        Json::Object(members.collect())
    }

    /// The kind the row is of.
    #[must_use]
    pub const fn def(&self) -> &'static KindDef {
        self.def
    }

    /// The value of a column; an untyped null if there is no such column.
    #[must_use]
    pub fn get(&self, column: &str) -> &Value {
        self.def.at(column).map_or(NONE, |at| self.at(at))
    }

    /// The value of the column at a place.
    ///
    /// # Panics
    /// In debug builds, where the column was not selected.
    #[must_use]
    pub fn at(&self, place: usize) -> &Value {
        let (name, all) = (self.def.name, &self.def.columns);
        debug_assert!(self.held.has(place), "{:?} of a {name} was not selected", all.get(place));
        if self.held.has(place) { self.values.get(self.held.before(place)).unwrap_or(NONE) } else { NONE }
    }

    fn at_mut(&mut self, place: usize) -> Option<&mut Value> {
        if self.held.has(place) { self.values.get_mut(self.held.before(place)) } else { None }
    }

    /// Reads a field; none if it is empty.
    #[must_use]
    pub fn read<T: FieldType>(&self, field: Field<T>) -> Option<T::Held> {
        T::read(self.get(field.column))
    }

    /// Writes a field.
    pub fn write<T: FieldType>(&mut self, field: Field<T>, held: T::Held) {
        self.set(field.column, T::write(held));
    }

    /// Writes a field, or empties it.
    pub fn put<T: FieldType>(&mut self, field: Field<T>, held: Option<T::Held>) {
        match held {
            Some(held) => self.write(field, held),
            None => self.clear(field.column),
        }
    }

    /// Whether the row was read with a column.
    #[must_use]
    pub fn holds(&self, column: &str) -> bool {
        self.def.at(column).is_some_and(|at| self.held.has(at))
    }

    /// Sets a column that the kind has.
    ///
    /// # Panics
    /// In debug builds, where the kind has no such column.
    pub fn set(&mut self, column: &str, value: impl Into<Value>) {
        match self.def.at(column).and_then(|at| self.at_mut(at)) {
            Some(slot) => *slot = value.into(),
            None => self.has_no(column),
        }
    }

    /// Sets a column where the kind has it.
    pub fn set_if_any(&mut self, column: &str, value: impl Into<Value>) {
        if self.def.has(column) {
            self.set(column, value);
        }
    }

    fn has_no(&self, column: &str) {
        tracing::error!("a {} has no column `{column}`", self.def.name);
        debug_assert!(false, "a {} has no column `{column}`", self.def.name);
    }

    /// Empties a field, with its translations.
    pub(crate) fn withhold(&mut self, field: &str) {
        let Some(field) = self.def.declared.field(field) else { return };
        for (column, _) in field.columns() {
            self.clear(&column);
        }
        if field.is_text && self.holds("translations") {
            let mut all = self.json("translations").cloned().unwrap_or_default();
            let of_languages = all.as_object_mut().into_iter().flat_map(|all| all.values_mut());
            of_languages.filter_map(Json::as_object_mut).for_each(|texts| drop(texts.remove(field.name)));
            self.set("translations", all);
        }
    }

    /// Empties a column.
    pub fn clear(&mut self, column: &str) {
        let def = self.def;
        if let Some(at) = def.at(column)
            && let (Some(column), Some(slot)) = (def.columns.get(at), self.at_mut(at))
        {
            *slot = null(column.ty);
        }
    }

    /// The text in a column.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        match self.get(column) {
            Value::String(text) => text.as_deref(),
            _ => None,
        }
    }

    /// The id in a column.
    #[must_use]
    pub fn uuid(&self, column: &str) -> Option<Uuid> {
        match self.get(column) {
            Value::Uuid(id) => *id,
            _ => None,
        }
    }

    /// The number in a column.
    #[must_use]
    pub fn int(&self, column: &str) -> Option<i32> {
        match self.get(column) {
            Value::Int(number) => *number,
            _ => None,
        }
    }

    /// The day in a column.
    #[must_use]
    pub fn date(&self, column: &str) -> Option<NaiveDate> {
        match self.get(column) {
            Value::ChronoDate(day) => *day,
            _ => None,
        }
    }

    /// The instant in a column.
    #[must_use]
    pub fn instant(&self, column: &str) -> Option<DateTime<Utc>> {
        match self.get(column) {
            Value::ChronoDateTimeUtc(at) => *at,
            _ => None,
        }
    }

    /// Whether a column holds what is true.
    #[must_use]
    pub fn truth(&self, column: &str) -> bool {
        matches!(self.get(column), Value::Bool(Some(true)))
    }

    /// The JSON in a column.
    #[must_use]
    pub fn json(&self, column: &str) -> Option<&Json> {
        match self.get(column) {
            Value::Json(json) => json.as_deref(),
            _ => None,
        }
    }

    /// The ids in an array column.
    #[must_use]
    pub fn ids(&self, column: &str) -> Vec<Uuid> {
        let items = self.json(column).and_then(Json::as_array);
        items.into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect()
    }

    /// The record's id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.uuid("id").unwrap_or_default()
    }

    /// The record's version.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.int("version").unwrap_or_default()
    }

    /// The record's owner.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.text("owner").unwrap_or_default()
    }

    /// Whether a column is empty.
    #[must_use]
    pub fn is_null(&self, column: &str) -> bool {
        is_null(self.get(column))
    }

    /// The values as expressions for an insert.
    pub fn exprs(&self) -> impl Iterator<Item = Expr> {
        self.values.iter().cloned().map(Expr::val)
    }
}
