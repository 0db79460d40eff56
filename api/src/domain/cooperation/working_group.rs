//! Working groups.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{vocab::WorkingGroupKind, working_group};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen},
    policy::Class,
    record::ModelOf,
    scalar::{Date, Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::domain::parts::{NewRecord, RecordPatch};

/// A national team, interagency group, subgroup or steering group.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct WorkingGroup {
    /// What every national record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub seen: Seen,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: WorkingGroupKind,
    /// Legal act that sets it up.
    pub mandate_act: Option<String>,
    /// Group it is part of.
    #[graphql(skip)]
    pub parent: Option<Ref>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A new working group.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"owner": "KGZ", "name": "Interagency Working Group on CBRN", "kind": "interagency_group", "language": "en"}))]
pub struct NewWorkingGroup {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: NewRecord,
    /// Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`.
    #[schema(min_length = 1, max_length = 50)]
    pub owner: String,
    /// Name.
    #[schema(min_length = 1, max_length = 500)]
    pub name: String,
    /// What it is.
    pub kind: WorkingGroupKind,
    /// Legal act that sets it up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub mandate_act: Option<String>,
    /// Group it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Reference>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of a working group.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct WorkingGroupPatch {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: RecordPatch,
    /// Name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub name: Patch<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<WorkingGroupKind>)]
    pub kind: Patch<WorkingGroupKind>,
    /// Legal act that sets it up.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub mandate_act: Patch<String>,
    /// Group it is part of.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub parent: Patch<Reference>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which working groups to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct WorkingGroupFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose kind is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub kind: Vec<WorkingGroupKind>,
    /// Only those whose parent is one of these, by id.
    #[graphql(default)]
    pub parent: Vec<Uuid>,
}

impl Filter for WorkingGroupFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("kind", &self.kind);
        to.refs("parent_id", &self.parent);
    }
}

impl Record for WorkingGroup {
    type Entity = working_group::Entity;
    type Active = working_group::ActiveModel;
    type New = NewWorkingGroup;
    type Patch = WorkingGroupPatch;
    type Filter = WorkingGroupFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<WorkingGroup>("working_group", "working-groups", Class::National)
                .held(&[("shared_set_group", "to_id")])
                .texts(&["name"])
                .refers("parent_id", "working_group")
                .sorts(&["name"])
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.seen.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            seen,
            name: m.name,
            kind: m.kind,
            mandate_act: m.mandate_act,
            parent: lens.reference(m.parent_id),
            valid_until: m.valid_until.map(Date),
        }
    }
}
