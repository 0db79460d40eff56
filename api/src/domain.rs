//! What users call things: the record kinds, their rules and their verbs.

pub mod access;
pub mod batch;
pub mod cooperation;
pub mod exchange;
pub mod history;
pub mod lifecycle;
pub mod me;
pub mod moves;
pub mod parts;
pub mod plans;
pub mod reference;
pub mod sharing;
pub mod treaties;
pub mod tree;
pub mod vocabularies;

use std::sync::LazyLock;

use kernel::{Record, record::Registry};

/// Every record kind, those that others refer to first.
pub static KINDS: LazyLock<Registry> = LazyLock::new(|| {
    Registry::new(vec![
        reference::region::Region::def,
        reference::country::Country::def,
        reference::region_membership::RegionMembership::def,
        reference::organisation::Organisation::def,
        reference::framework::Framework::def,
        reference::obligation::Obligation::def,
        treaties::participation::Participation::def,
        treaties::country_framework::CountryFramework::def,
        cooperation::agency::Agency::def,
        cooperation::working_group::WorkingGroup::def,
        cooperation::membership::Membership::def,
        plans::plan::Plan::def,
        plans::pillar::Pillar::def,
        plans::objective::Objective::def,
        plans::action::Action::def,
        cooperation::task::Task::def,
        access::user::User::def,
        access::grant::Grant::def,
        sharing::release_def,
        sharing::release_set_def,
    ])
});
