//! Any number of ids, texts or keys.

use std::collections::BTreeMap;

use sea_orm::{
    Value,
    sea_query::{ArrayType, BinOper, Cond, Expr, ExprTrait, extension::postgres::PgFunc},
};
use serde_json::json;
use uuid::Uuid;

use super::Conn;
use crate::{condition::joined, record::KindDef};

impl Conn<'_> {
    /// The condition that a column holds one of these ids, which are bound as one value: the text of the
    /// statement is the same for any number of them.
    #[must_use]
    pub fn among<'i>(&self, column: Expr, ids: impl IntoIterator<Item = &'i Uuid>) -> Expr {
        let ids = self.ids(ids);
        if self.is_postgres() {
            return column.eq(PgFunc::any(Expr::val(ids)));
        }
        column.binary(BinOper::In, Expr::cust_with_values("SELECT unhex(value) FROM json_each(?)", [ids]))
    }

    /// The condition that a column holds one of these texts, which are bound as one value like the ids of [`Conn::among`].
    #[must_use]
    pub fn among_texts<'t>(&self, column: Expr, texts: impl IntoIterator<Item = &'t str>) -> Expr {
        let texts = texts.into_iter();
        if self.is_postgres() {
            let texts = texts.map(Value::from).collect();
            let texts = Value::Array(ArrayType::String, Some(Box::new(texts)));
            return column.eq(PgFunc::any(Expr::val(texts)));
        }
        let texts = json!(texts.collect::<Vec<_>>()).to_string();
        column.binary(BinOper::In, Expr::cust_with_values("SELECT value FROM json_each(?)", [texts]))
    }

    /// The condition that a record of a kind has one of these keys, by source system and external key.
    #[must_use]
    pub fn among_keys<'k>(&self, def: &KindDef, keys: impl IntoIterator<Item = (&'k str, &'k str)>) -> Cond {
        let mut by_system: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (system, key) in keys {
            by_system.entry(system).or_default().push(key);
        }
        let of_system = |(system, keys): (&str, Vec<&str>)| {
            let keys = self.among_texts(def.col("external_key"), keys);
            Cond::all().add(def.col("source_system").eq(system)).add(keys)
        };
        joined(by_system.into_iter().map(of_system).collect(), false)
    }

    /// Ids as the one value that [`Conn::among`] binds: an array, or a JSON text of the bytes in hex, for SQLite has
    /// no arrays and JSON no blobs.
    pub(crate) fn ids<'i>(&self, ids: impl IntoIterator<Item = &'i Uuid>) -> Value {
        let ids = ids.into_iter();
        if self.is_postgres() {
            let ids = ids.map(|id| Value::Uuid(Some(*id))).collect();
            return Value::Array(ArrayType::Uuid, Some(Box::new(ids)));
        }
        let ids: Vec<String> = ids.map(|id| id.simple().to_string()).collect();
        json!(ids).to_string().into()
    }
}
