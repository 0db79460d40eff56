//! Frameworks: treaties, resolutions, regulations.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{
    framework,
    vocab::{Domain, FrameworkKind},
};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen, Texts},
    policy::Class,
    record::ModelOf,
    scalar::{Date, Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::parts::{NewOrigin, NewTexts, OriginPatch, TextsPatch, domains, listed};

/// A treaty, resolution or other instrument that obligations come from.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Framework {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: Texts,
    /// Code of the framework.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Short name.
    pub short_name: String,
    /// What it is.
    pub kind: FrameworkKind,
    /// Hazard domains it is about.
    pub domains: Vec<Domain>,
    /// Day of adoption; for the BTWC and the NPT, of opening for signature.
    pub adopted_on: Option<Date>,
    /// Day it entered into force; empty where that is settled with each State.
    pub in_force_on: Option<Date>,
    /// Depositary.
    pub depositary: Option<String>,
    /// Body that serves as secretariat.
    pub secretariat_body: Option<String>,
    /// Framework it belongs to or amends.
    #[graphql(skip)]
    pub parent: Option<Ref>,
    /// Official website.
    pub website: Option<String>,
    /// Other names in use.
    pub aliases: Vec<String>,
    /// What is doubtful about the other names.
    pub alias_note: Option<String>,
    /// What is doubtful.
    pub note: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A new framework.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"code": "CWC", "name": "Chemical Weapons Convention", "short_name": "CWC", "kind": "treaty", "domains": ["C"]}))]
pub struct NewFramework {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: NewTexts,
    /// Code of the framework.
    #[schema(pattern = r"^[A-Za-z0-9_-]+$", min_length = 1, max_length = 40)]
    pub code: String,
    /// Full name.
    #[schema(min_length = 1, max_length = 500)]
    pub name: String,
    /// Short name.
    #[schema(min_length = 1, max_length = 100)]
    pub short_name: String,
    /// What it is.
    pub kind: FrameworkKind,
    /// Hazard domains it is about.
    #[schema(max_items = 4, min_items = 1)]
    pub domains: Vec<Domain>,
    /// Day of adoption; for the BTWC and the NPT, of opening for signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adopted_on: Option<Date>,
    /// Day it entered into force; empty where that is settled with each State.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force_on: Option<Date>,
    /// Depositary.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 300)]
    pub depositary: Option<String>,
    /// Body that serves as secretariat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 300)]
    pub secretariat_body: Option<String>,
    /// Framework it belongs to or amends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Reference>,
    /// Official website.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https://", min_length = 8, max_length = 300)]
    pub website: Option<String>,
    /// Other names in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub aliases: Option<Vec<String>>,
    /// What is doubtful about the other names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub alias_note: Option<String>,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of a framework.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct FrameworkPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: TextsPatch,
    /// Full name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub name: Patch<String>,
    /// Short name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub short_name: Patch<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<FrameworkKind>)]
    pub kind: Patch<FrameworkKind>,
    /// Hazard domains it is about.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Domain>>, max_items = 4, min_items = 1)]
    pub domains: Patch<Vec<Domain>>,
    /// Day of adoption; for the BTWC and the NPT, of opening for signature.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub adopted_on: Patch<Date>,
    /// Day it entered into force; empty where that is settled with each State.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub in_force_on: Patch<Date>,
    /// Depositary.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300)]
    pub depositary: Patch<String>,
    /// Body that serves as secretariat.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300)]
    pub secretariat_body: Patch<String>,
    /// Framework it belongs to or amends.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub parent: Patch<Reference>,
    /// Official website.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, pattern = r"^https://", min_length = 8, max_length = 300)]
    pub website: Patch<String>,
    /// Other names in use.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub aliases: Patch<Vec<String>>,
    /// What is doubtful about the other names.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    pub alias_note: Patch<String>,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    pub note: Patch<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which frameworks to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FrameworkFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose code is one of these.
    #[graphql(default)]
    pub code: Vec<String>,
    /// Only those whose kind is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub kind: Vec<FrameworkKind>,
    /// Only those about one of these hazard domains.
    #[graphql(default)]
    #[param(inline)]
    pub domain: Vec<Domain>,
}

impl Filter for FrameworkFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("code", &self.code);
        to.any("kind", &self.kind);
        to.domains("domains", &self.domain);
    }
}

impl Record for Framework {
    type Entity = framework::Entity;
    type Active = framework::ActiveModel;
    type New = NewFramework;
    type Patch = FrameworkPatch;
    type Filter = FrameworkFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Framework>("framework", "frameworks", Class::Reference)
                .coded()
                .texts(&["name"])
                .mask("domains")
                .refers("parent_id", "framework")
                .sorts(&["code", "short_name", "adopted_on"])
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            texts: seen.texts,
            code: m.code,
            name: m.name,
            short_name: m.short_name,
            kind: m.kind,
            domains: domains(m.domains),
            adopted_on: m.adopted_on.map(Date),
            in_force_on: m.in_force_on.map(Date),
            depositary: m.depositary,
            secretariat_body: m.secretariat_body,
            parent: lens.reference(m.parent_id),
            website: m.website,
            aliases: listed(&m.aliases),
            alias_note: m.alias_note,
            note: m.note,
            valid_until: m.valid_until.map(Date),
        }
    }
}
