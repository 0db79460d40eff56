//! Participation of countries in frameworks.

mod statement;

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{
    participation,
    vocab::{Confidence, DatePrecision, ParticipationStatus},
};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, National, Seen},
    policy::Class,
    record::ModelOf,
    scalar::{Date, Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::domain::parts::{NationalPatch, NewNational, NewOrigin, OriginPatch};

/// The standing of a country towards a framework: a depositary's fact, or the country's own statement.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Participation {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: National,
    /// The country.
    #[graphql(skip)]
    pub country: Option<Ref>,
    /// The framework.
    #[graphql(skip)]
    pub framework: Option<Ref>,
    /// Standing of the country; `unknown` is a fact too.
    pub status: ParticipationStatus,
    /// Day of the act of consent; first day of the period where it is known less exactly.
    pub status_on: Option<Date>,
    /// How exact `status_on` is.
    pub status_precision: Option<DatePrecision>,
    /// Day of entry into force for the country.
    pub in_force_on: Option<Date>,
    /// How exact `in_force_on` is.
    pub in_force_precision: Option<DatePrecision>,
    /// Whether a source was seen when the row was made.
    pub source_seen: bool,
    /// How sure the fact is.
    pub confidence: Confidence,
    /// Whether the confidence is high; everything below is unverified.
    pub is_verified: bool,
    /// Where the fact is from.
    pub source: String,
    /// What is doubtful.
    pub note: Option<String>,
    /// Fact that this statement of the country contests.
    #[graphql(skip)]
    pub contests: Option<Ref>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A new participation.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"owner": "KGZ", "country": "KGZ", "framework": "CWC", "status": "ratified", "status_on": "2003-09-29", "status_precision": "day", "confidence": "high", "source": "Ministry of Foreign Affairs"}))]
pub struct NewParticipation {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: NewNational,
    /// Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`, or `reference` for facts of depositaries.
    #[schema(min_length = 1, max_length = 50)]
    pub owner: String,
    /// The country.
    pub country: Reference,
    /// The framework.
    pub framework: Reference,
    /// Standing of the country; `unknown` is a fact too.
    pub status: ParticipationStatus,
    /// Day of the act of consent; first day of the period where it is known less exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_on: Option<Date>,
    /// How exact `status_on` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_precision: Option<DatePrecision>,
    /// Day of entry into force for the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force_on: Option<Date>,
    /// How exact `in_force_on` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force_precision: Option<DatePrecision>,
    /// Whether a source was seen when the row was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = false)]
    pub source_seen: Option<bool>,
    /// How sure the fact is.
    pub confidence: Confidence,
    /// Where the fact is from.
    #[schema(min_length = 1, max_length = 1000)]
    pub source: String,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
    /// Fact that this statement of the country contests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contests: Option<Reference>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of a participation.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct ParticipationPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: NationalPatch,
    /// Standing of the country; `unknown` is a fact too.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<ParticipationStatus>)]
    pub status: Patch<ParticipationStatus>,
    /// Day of the act of consent; first day of the period where it is known less exactly.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub status_on: Patch<Date>,
    /// How exact `status_on` is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<DatePrecision>)]
    pub status_precision: Patch<DatePrecision>,
    /// Day of entry into force for the country.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub in_force_on: Patch<Date>,
    /// How exact `in_force_on` is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<DatePrecision>)]
    pub in_force_precision: Patch<DatePrecision>,
    /// Whether a source was seen when the row was made.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub source_seen: Patch<bool>,
    /// How sure the fact is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Confidence>)]
    pub confidence: Patch<Confidence>,
    /// Where the fact is from.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
    pub source: Patch<String>,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    pub note: Patch<String>,
    /// Fact that this statement of the country contests.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub contests: Patch<Reference>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which participations to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ParticipationFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose framework is one of these, by id or code.
    #[graphql(default)]
    pub framework: Vec<String>,
    /// Only those whose status is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub status: Vec<ParticipationStatus>,
    /// Only those whose confidence is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub confidence: Vec<Confidence>,
    /// Only those that contest one of these statements, by id.
    #[graphql(default)]
    pub contests: Vec<Uuid>,
    /// Only those in force since this day or later.
    pub in_force_from: Option<Date>,
    /// Only those in force since this day or earlier.
    pub in_force_to: Option<Date>,
}

impl Filter for ParticipationFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.refs("framework_id", &self.framework);
        to.any("status", &self.status);
        to.any("confidence", &self.confidence);
        to.refs("contests_id", &self.contests);
        to.days("in_force_on", self.in_force_from, self.in_force_to);
    }
}

impl Record for Participation {
    type Entity = participation::Entity;
    type Active = participation::ActiveModel;
    type New = NewParticipation;
    type Patch = ParticipationPatch;
    type Filter = ParticipationFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Participation>("participation", "participations", Class::National)
                .refers("country_id", "country")
                .refers("framework_id", "framework")
                .refers("contests_id", "participation")
                .sorts(&["status_on", "in_force_on"])
                .unique_in(&[&["owner", "country_id", "framework_id"]])
                .or_fact()
                .of_countries()
                .checks(statement::check)
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
            country: lens.reference(Some(m.country_id)),
            framework: lens.reference(Some(m.framework_id)),
            status: m.status,
            status_on: m.status_on.map(Date),
            status_precision: m.status_precision,
            in_force_on: m.in_force_on.map(Date),
            in_force_precision: m.in_force_precision,
            source_seen: m.source_seen,
            confidence: m.confidence,
            is_verified: m.confidence == Confidence::High,
            source: m.source,
            note: m.note,
            contests: lens.reference(m.contests_id),
            valid_until: m.valid_until.map(Date),
        }
    }
}
