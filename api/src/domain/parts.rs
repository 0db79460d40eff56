//! The parts that inputs of many kinds share.

use async_graphql::InputObject;
use entity::vocab::{Domain, Handling, Visibility};
use kernel::{Patch, scalar::Object, sets::SharedWithInput};
use sea_orm::Iterable;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use utoipa::ToSchema;

/// Where a new record comes from.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct NewOrigin {
    /// Key of the record in the system it comes from; needs `source_system`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub external_key: Option<String>,
    /// System the external key belongs to; one of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub source_system: Option<String>,
}

/// Changes of where a record comes from.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct OriginPatch {
    /// Key of the record in the system it comes from; needs `source_system`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub external_key: Patch<String>,
    /// System the external key belongs to; one of the caller's own.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub source_system: Patch<String>,
}

/// Who may see a new national record.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct NewNational {
    /// Who sees the record inside its country; not wider than the record above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = "national")]
    pub visibility: Option<Visibility>,
    /// Care the record asks for when it is passed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = "normal")]
    pub handling: Option<Handling>,
    /// Agencies and groups it is shared with at visibility `group`, which is the default where any is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_with: Option<SharedWithInput>,
}

/// Changes of who may see a national record.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct NationalPatch {
    /// Who sees the record inside its country; narrowing it narrows what stands below.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Visibility>)]
    pub visibility: Patch<Visibility>,
    /// Care the record asks for when it is passed on.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Handling>)]
    pub handling: Patch<Handling>,
    /// Agencies and groups it is shared with at visibility `group`, written whole.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<SharedWithInput>)]
    pub shared_with: Patch<SharedWithInput>,
}

/// Languages of a new record.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct NewTexts {
    /// Language of the base texts (BCP 47); default the owner's first official language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    pub language: Option<String>,
    /// Translations: language -> field -> text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, std::collections::BTreeMap<String, Option<String>>>>)]
    pub translations: Option<Object>,
}

/// Changes of a record's languages.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct TextsPatch {
    /// Language of the base texts (BCP 47).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, pattern = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    pub language: Patch<String>,
    /// Translations to merge: language -> field -> text; null removes a text or a language.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Option<std::collections::BTreeMap<String, Option<String>>>>>)]
    pub translations: Patch<Object>,
}

/// What every new national record with texts may be given.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct NewRecord {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: NewNational,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: NewTexts,
}

/// What may be changed in every national record with texts.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct RecordPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: NationalPatch,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: TextsPatch,
}

/// Hazard domains from their stored form.
#[must_use]
pub fn domains(mask: i32) -> Vec<Domain> {
    Domain::iter().filter(|domain| mask & domain.bit() != 0).collect()
}

/// A list from its stored form.
#[must_use]
pub fn listed<T: DeserializeOwned>(stored: &Json) -> Vec<T> {
    let items = stored.as_array().into_iter().flatten();
    items.filter_map(|item| serde_json::from_value(item.clone()).ok()).collect()
}
