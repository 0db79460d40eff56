//! Instruments a country says it works under.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{country_framework, vocab::FrameworkBasis};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, National, Seen},
    policy::Class,
    record::ModelOf,
    scalar::{Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::parts::{NationalPatch, NewNational, NewOrigin, OriginPatch};

/// An instrument its owner says it works under, party or not; a statement, no legal status.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct CountryFramework {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: National,
    /// The framework.
    #[graphql(skip)]
    pub framework: Option<Ref>,
    /// What the statement rests on.
    pub basis: FrameworkBasis,
    /// Where the statement is made.
    pub source: String,
}

/// A new country framework.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"owner": "KGZ", "framework": "TEIA", "basis": "self_stated", "source": "List of international instruments, 2025"}))]
pub struct NewCountryFramework {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: NewNational,
    /// Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`.
    #[schema(min_length = 1, max_length = 50)]
    pub owner: String,
    /// The framework.
    pub framework: Reference,
    /// What the statement rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = "self_stated")]
    pub basis: Option<FrameworkBasis>,
    /// Where the statement is made.
    #[schema(min_length = 1, max_length = 1000)]
    pub source: String,
}

/// Changes of a country framework.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct CountryFrameworkPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: NationalPatch,
    /// What the statement rests on.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<FrameworkBasis>)]
    pub basis: Patch<FrameworkBasis>,
    /// Where the statement is made.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
    pub source: Patch<String>,
}

/// Which country frameworks to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CountryFrameworkFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose framework is one of these, by id or code.
    #[graphql(default)]
    pub framework: Vec<String>,
    /// Only those whose basis is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub basis: Vec<FrameworkBasis>,
}

impl Filter for CountryFrameworkFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.refs("framework_id", &self.framework);
        to.any("basis", &self.basis);
    }
}

impl Record for CountryFramework {
    type Entity = country_framework::Entity;
    type Active = country_framework::ActiveModel;
    type New = NewCountryFramework;
    type Patch = CountryFrameworkPatch;
    type Filter = CountryFrameworkFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<CountryFramework>("country_framework", "country-frameworks", Class::National)
                .refers("framework_id", "framework")
                .of_countries()
                .sorts(&[])
                .unique_in(&[&["owner", "framework_id"]])
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            national: seen.national,
            framework: lens.reference(Some(m.framework_id)),
            basis: m.basis,
            source: m.source,
        }
    }
}
