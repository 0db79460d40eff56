//! Obligations of frameworks.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{
    obligation,
    vocab::{BindingForce, Domain, Function, ObligationCategory, Periodicity},
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

/// One duty under a framework, with its legal source.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Obligation {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: Texts,
    /// Code of the obligation; begins with that of its framework.
    pub code: String,
    /// Framework it comes from.
    #[graphql(skip)]
    pub framework: Option<Ref>,
    /// Article or paragraph.
    pub provision: String,
    /// Title in own words.
    pub title: String,
    /// What it asks, in own words; no official text.
    pub summary: String,
    /// What it is about.
    pub category: ObligationCategory,
    /// Hazard domains it is about.
    pub domains: Vec<Domain>,
    /// How often it falls due.
    pub periodicity: Periodicity,
    /// Recurrence of the due date (RFC 5545).
    pub rrule: Option<String>,
    /// First due date, where the rule needs one.
    pub dtstart: Option<Date>,
    /// Time from the trigger, or from entry into force for the State (ISO 8601; a leading minus means before).
    pub relative_due: Option<String>,
    /// Event it follows.
    pub trigger: Option<String>,
    /// Whole it is a part of; only the whole has a due date.
    #[graphql(skip)]
    pub part_of: Option<Ref>,
    /// Fuller report that counts instead when both fall due on one day.
    #[graphql(skip)]
    pub superseded_in_period_by: Option<Ref>,
    /// State functions that usually lead; a country decides.
    pub lead_functions: Vec<Function>,
    /// How binding it is.
    pub binding: BindingForce,
    /// Legal source.
    pub source: String,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A new obligation.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"code": "BTWC-CBM", "framework": "BTWC", "provision": "CBM", "title": "Return of confidence-building measures", "summary": "Send the yearly return.", "category": "reporting", "domains": ["B"], "periodicity": "annual", "rrule": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15", "lead_functions": ["foreign_affairs"], "binding": "politically_binding", "source": "Final Declaration of the Third Review Conference"}))]
pub struct NewObligation {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: NewTexts,
    /// Code of the obligation; begins with that of its framework.
    #[schema(pattern = r"^[A-Za-z0-9_.()/-]+$", min_length = 1, max_length = 60)]
    pub code: String,
    /// Framework it comes from.
    pub framework: Reference,
    /// Article or paragraph.
    #[schema(min_length = 1, max_length = 100)]
    pub provision: String,
    /// Title in own words.
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// What it asks, in own words; no official text.
    #[schema(min_length = 1, max_length = 5000)]
    pub summary: String,
    /// What it is about.
    pub category: ObligationCategory,
    /// Hazard domains it is about.
    #[schema(max_items = 4, min_items = 1)]
    pub domains: Vec<Domain>,
    /// How often it falls due.
    pub periodicity: Periodicity,
    /// Recurrence of the due date (RFC 5545).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 300)]
    pub rrule: Option<String>,
    /// First due date, where the rule needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dtstart: Option<Date>,
    /// Time from the trigger, or from entry into force for the State (ISO 8601; a leading minus means before).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 40)]
    pub relative_due: Option<String>,
    /// Event it follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 300)]
    pub trigger: Option<String>,
    /// Whole it is a part of; only the whole has a due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<Reference>,
    /// Fuller report that counts instead when both fall due on one day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_in_period_by: Option<Reference>,
    /// State functions that usually lead; a country decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub lead_functions: Option<Vec<Function>>,
    /// How binding it is.
    pub binding: BindingForce,
    /// Legal source.
    #[schema(min_length = 1, max_length = 1000)]
    pub source: String,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of an obligation.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct ObligationPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: TextsPatch,
    /// Article or paragraph.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub provision: Patch<String>,
    /// Title in own words.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub title: Patch<String>,
    /// What it asks, in own words; no official text.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 5000)]
    pub summary: Patch<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<ObligationCategory>)]
    pub category: Patch<ObligationCategory>,
    /// Hazard domains it is about.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Domain>>, max_items = 4, min_items = 1)]
    pub domains: Patch<Vec<Domain>>,
    /// How often it falls due.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Periodicity>)]
    pub periodicity: Patch<Periodicity>,
    /// Recurrence of the due date (RFC 5545).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300)]
    pub rrule: Patch<String>,
    /// First due date, where the rule needs one.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub dtstart: Patch<Date>,
    /// Time from the trigger, or from entry into force for the State (ISO 8601; a leading minus means before).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40)]
    pub relative_due: Patch<String>,
    /// Event it follows.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300)]
    pub trigger: Patch<String>,
    /// Whole it is a part of; only the whole has a due date.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub part_of: Patch<Reference>,
    /// Fuller report that counts instead when both fall due on one day.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub superseded_in_period_by: Patch<Reference>,
    /// State functions that usually lead; a country decides.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Function>>, max_items = 100)]
    pub lead_functions: Patch<Vec<Function>>,
    /// How binding it is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<BindingForce>)]
    pub binding: Patch<BindingForce>,
    /// Legal source.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
    pub source: Patch<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which obligations to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ObligationFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose code is one of these.
    #[graphql(default)]
    pub code: Vec<String>,
    /// Only those whose framework is one of these, by id or code.
    #[graphql(default)]
    pub framework: Vec<String>,
    /// Only those whose provision is one of these.
    #[graphql(default)]
    pub provision: Vec<String>,
    /// Only those whose category is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub category: Vec<ObligationCategory>,
    /// Only those about one of these hazard domains.
    #[graphql(default)]
    #[param(inline)]
    pub domain: Vec<Domain>,
    /// Only those whose periodicity is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub periodicity: Vec<Periodicity>,
    /// Only those whose binding is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub binding: Vec<BindingForce>,
    /// Only those led by one of these functions.
    #[graphql(default)]
    #[param(inline)]
    pub lead_function: Vec<Function>,
    /// Only parts of one of these, by id or code.
    #[graphql(default)]
    pub part_of: Vec<String>,
}

impl Filter for ObligationFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("code", &self.code);
        to.refs("framework_id", &self.framework);
        to.any("provision", &self.provision);
        to.any("category", &self.category);
        to.domains("domains", &self.domain);
        to.any("periodicity", &self.periodicity);
        to.any("binding", &self.binding);
        to.lists("lead_functions", &self.lead_function);
        to.refs("part_of_id", &self.part_of);
    }
}

impl Record for Obligation {
    type Entity = obligation::Entity;
    type Active = obligation::ActiveModel;
    type New = NewObligation;
    type Patch = ObligationPatch;
    type Filter = ObligationFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Obligation>("obligation", "obligations", Class::Reference)
                .coded()
                .texts(&["title", "summary"])
                .refers("framework_id", "framework")
                .mask("domains")
                .refers("part_of_id", "obligation")
                .refers("superseded_in_period_by_id", "obligation")
                .sorts(&["code", "title", "provision"])
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
            framework: lens.reference(Some(m.framework_id)),
            provision: m.provision,
            title: m.title,
            summary: m.summary,
            category: m.category,
            domains: domains(m.domains),
            periodicity: m.periodicity,
            rrule: m.rrule,
            dtstart: m.dtstart.map(Date),
            relative_due: m.relative_due,
            trigger: m.trigger,
            part_of: lens.reference(m.part_of_id),
            superseded_in_period_by: lens.reference(m.superseded_in_period_by_id),
            lead_functions: listed(&m.lead_functions),
            binding: m.binding,
            source: m.source,
            valid_until: m.valid_until.map(Date),
        }
    }
}
