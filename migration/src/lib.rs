//! Schema of Concord, one reversible change per module.

mod m20261121_000001_owner;
mod m20261121_000002_fixed_owners;
mod m20261121_000003_shared_set;
mod m20261121_000004_release;
mod m20261121_000005_release_set;
mod m20261121_000006_region;
mod m20261121_000007_country;
mod m20261121_000008_region_membership;
mod m20261121_000009_organisation;
mod m20261121_000010_framework;
mod m20261121_000011_obligation;
mod m20261121_000012_participation;
mod m20261121_000013_country_framework;
mod m20261121_000014_agency;
mod m20261121_000015_working_group;
mod m20261121_000016_membership;
mod m20261121_000017_plan;
mod m20261121_000018_pillar;
mod m20261121_000019_objective;
mod m20261121_000020_action;
mod m20261121_000021_task;
mod m20261121_000022_user;
mod m20261121_000023_grant;
mod m20261121_000024_session;
mod m20261121_000025_credential;
mod m20261121_000026_signing_key;
mod m20261121_000027_change_set;
mod m20261121_000028_change;
mod m20261121_000029_change_payload;
mod m20261121_000030_log_triggers;
mod table;

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};

/// The changes of the schema, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_owner::Migration),
            Box::new(m20261121_000002_fixed_owners::Migration),
            Box::new(m20261121_000003_shared_set::Migration),
            Box::new(m20261121_000004_release::Migration),
            Box::new(m20261121_000005_release_set::Migration),
            Box::new(m20261121_000006_region::Migration),
            Box::new(m20261121_000007_country::Migration),
            Box::new(m20261121_000008_region_membership::Migration),
            Box::new(m20261121_000009_organisation::Migration),
            Box::new(m20261121_000010_framework::Migration),
            Box::new(m20261121_000011_obligation::Migration),
            Box::new(m20261121_000012_participation::Migration),
            Box::new(m20261121_000013_country_framework::Migration),
            Box::new(m20261121_000014_agency::Migration),
            Box::new(m20261121_000015_working_group::Migration),
            Box::new(m20261121_000016_membership::Migration),
            Box::new(m20261121_000017_plan::Migration),
            Box::new(m20261121_000018_pillar::Migration),
            Box::new(m20261121_000019_objective::Migration),
            Box::new(m20261121_000020_action::Migration),
            Box::new(m20261121_000021_task::Migration),
            Box::new(m20261121_000022_user::Migration),
            Box::new(m20261121_000023_grant::Migration),
            Box::new(m20261121_000024_session::Migration),
            Box::new(m20261121_000025_credential::Migration),
            Box::new(m20261121_000026_signing_key::Migration),
            Box::new(m20261121_000027_change_set::Migration),
            Box::new(m20261121_000028_change::Migration),
            Box::new(m20261121_000029_change_payload::Migration),
            Box::new(m20261121_000030_log_triggers::Migration),
        ]
    }
}
