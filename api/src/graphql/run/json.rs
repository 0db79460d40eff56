//! Values that are no records: their members, and the records these name.

use std::{collections::BTreeSet, sync::Arc};

use kernel::{Result, store::Wanted};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Found, Run, Source, one};
use crate::{
    domain::KINDS,
    graphql::{selection::Item, shapes::FieldShape},
};

impl Run {
    /// The member of each value that a field shows.
    pub(super) async fn members(
        &self,
        item: &Item,
        field: &FieldShape,
        sources: &[Source],
    ) -> Result<Vec<Found>> {
        let values: Vec<&Json> = sources.iter().map(|source| member(source, field)).collect();
        let kind = KINDS.served().find(|def| def.declared.type_name == field.ty.named());
        match kind {
            Some(def) => self.named(item.wanted(def), &values).await,
            None => Ok(values.into_iter().map(of_value).collect()),
        }
    }

    /// The records that references name.
    async fn named(&self, wanted: Wanted, values: &[&Json]) -> Result<Vec<Found>> {
        let id = |value: &&Json| value.get("id")?.as_str()?.parse::<Uuid>().ok();
        let ids: Vec<Option<Uuid>> = values.iter().map(id).collect();
        let loaded = self.by_ids(wanted, &ids.iter().flatten().copied().collect::<BTreeSet<_>>()).await?;
        Ok(ids.into_iter().map(|id| one::found(&loaded, id)).collect())
    }
}

/// The member of a value that a field shows.
pub(super) fn member<'a>(source: &'a Source, field: &FieldShape) -> &'a Json {
    const NONE: &Json = &Json::Null;
    match source {
        Source::Json(value) => value.get(&field.member).unwrap_or(NONE),
        _ => NONE,
    }
}

/// A value with fields of its own, or a list of such.
pub(super) fn of_value(value: &Json) -> Found {
    match value {
        Json::Null => Found::Null,
        Json::Array(items) => Found::Many(items.iter().map(of_value).collect()),
        one => Found::One(Source::Json(Arc::new(one.clone()))),
    }
}
