//! Countries.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{country, vocab::Confidence};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen, Texts},
    policy::Class,
    record::ModelOf,
    scalar::Date,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::parts::{NewOrigin, NewTexts, OriginPatch, TextsPatch, listed};

/// A country: partners of the initiative, and others the treaty facts are about.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Country {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: Texts,
    /// Code of the country (ISO 3166-1 alpha-3).
    pub code: String,
    /// Short code (ISO 3166-1 alpha-2).
    pub iso2: String,
    /// Short name.
    pub name: String,
    /// Full name.
    pub name_long: String,
    /// Name in the country's own language.
    pub name_local: Option<String>,
    /// Language of the local name (BCP 47).
    pub local_language: Option<String>,
    /// Official or state languages of the whole state (BCP 47), first the default of its records.
    pub official_languages: Vec<String>,
    /// Time zone of the capital (IANA).
    pub time_zone: Option<String>,
    /// Currency (ISO 4217).
    pub currency: Option<String>,
    /// Whether the country is a partner of the initiative.
    pub is_partner: bool,
    /// How sure the entry is.
    pub confidence: Confidence,
    /// What is doubtful.
    pub note: Option<String>,
    /// Whether the country is invented for the demonstration.
    pub is_demo: bool,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A new country.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"code": "KGZ", "iso2": "KG", "name": "Kyrgyzstan", "name_long": "Kyrgyz Republic", "official_languages": ["ky", "ru"], "time_zone": "Asia/Bishkek", "currency": "KGS", "is_partner": true, "confidence": "high"}))]
pub struct NewCountry {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: NewTexts,
    /// Code of the country (ISO 3166-1 alpha-3).
    #[schema(pattern = r"^[A-Z]{3}$", min_length = 3, max_length = 3)]
    pub code: String,
    /// Short code (ISO 3166-1 alpha-2).
    #[schema(pattern = r"^[A-Z]{2}$", min_length = 2, max_length = 2)]
    pub iso2: String,
    /// Short name.
    #[schema(min_length = 1, max_length = 500)]
    pub name: String,
    /// Full name.
    #[schema(min_length = 1, max_length = 500)]
    pub name_long: String,
    /// Name in the country's own language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 300)]
    pub name_local: Option<String>,
    /// Language of the local name (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 20)]
    pub local_language: Option<String>,
    /// Official or state languages of the whole state (BCP 47), first the default of its records.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub official_languages: Option<Vec<String>>,
    /// Time zone of the capital (IANA).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 60)]
    pub time_zone: Option<String>,
    /// Currency (ISO 4217).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^[A-Z]{3}$", min_length = 3, max_length = 3)]
    pub currency: Option<String>,
    /// Whether the country is a partner of the initiative.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = false)]
    pub is_partner: Option<bool>,
    /// How sure the entry is.
    pub confidence: Confidence,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
    /// Whether the country is invented for the demonstration.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = false)]
    pub is_demo: Option<bool>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of a country.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct CountryPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: TextsPatch,
    /// Short code (ISO 3166-1 alpha-2).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, pattern = r"^[A-Z]{2}$", min_length = 2, max_length = 2)]
    pub iso2: Patch<String>,
    /// Short name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub name: Patch<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub name_long: Patch<String>,
    /// Name in the country's own language.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300)]
    pub name_local: Patch<String>,
    /// Language of the local name (BCP 47).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 20)]
    pub local_language: Patch<String>,
    /// Official or state languages of the whole state (BCP 47), first the default of its records.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub official_languages: Patch<Vec<String>>,
    /// Time zone of the capital (IANA).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60)]
    pub time_zone: Patch<String>,
    /// Currency (ISO 4217).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, pattern = r"^[A-Z]{3}$", min_length = 3, max_length = 3)]
    pub currency: Patch<String>,
    /// Whether the country is a partner of the initiative.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub is_partner: Patch<bool>,
    /// How sure the entry is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Confidence>)]
    pub confidence: Patch<Confidence>,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    pub note: Patch<String>,
    /// Whether the country is invented for the demonstration.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub is_demo: Patch<bool>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which countries to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CountryFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose code is one of these.
    #[graphql(default)]
    pub code: Vec<String>,
    /// Only partner countries, or only others.
    pub is_partner: Option<bool>,
    /// Only invented countries, or only real ones.
    pub is_demo: Option<bool>,
}

impl Filter for CountryFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("code", &self.code);
        to.is("is_partner", self.is_partner);
        to.is("is_demo", self.is_demo);
    }
}

impl Record for Country {
    type Entity = country::Entity;
    type Active = country::ActiveModel;
    type New = NewCountry;
    type Patch = CountryPatch;
    type Filter = CountryFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Country>("country", "countries", Class::Reference)
                .coded()
                .owns("")
                .texts(&["name", "name_long"])
                .sorts(&["code", "name"])
                .unique_in(&[&["iso2"]])
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, _lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            texts: seen.texts,
            code: m.code,
            iso2: m.iso2,
            name: m.name,
            name_long: m.name_long,
            name_local: m.name_local,
            local_language: m.local_language,
            official_languages: listed(&m.official_languages),
            time_zone: m.time_zone,
            currency: m.currency,
            is_partner: m.is_partner,
            confidence: m.confidence,
            note: m.note,
            is_demo: m.is_demo,
            valid_until: m.valid_until.map(Date),
        }
    }
}
