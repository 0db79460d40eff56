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
mod m20261122_000031_idempotency_key;
mod m20261122_000040_release_term;
mod m20261122_000041_session_agent;
mod m20261122_000042_sign_in_attempt;
mod m20261122_000043_second_factor;
mod m20261122_000044_password_token;
mod m20261126_000045_standing_epoch;
mod m20261126_000046_text_order;
mod m20261126_000050_task_completed_on;
mod m20261126_000060_release_subject;
mod m20261126_000061_disclosure_rule;
mod m20261126_000070_api_key;
mod m20261126_000071_api_key_epoch;
mod m20261126_000073_identity;
mod m20261126_000074_identity_epoch;
mod m20261126_000076_grant_consent;
mod m20261126_000077_erasure;
mod m20261126_000078_purge;
mod m20261126_000082_read_trace;
mod m20261126_000100_capability_area;
mod m20261126_000101_questionnaire;
mod m20261126_000102_question;
mod m20261126_000103_assessment;
mod m20261126_000104_answer;
mod m20261126_000105_gap;
mod m20261126_000120_cycle;
mod m20261126_000121_cycle_step;
mod m20261126_000122_milestone;
mod m20261126_000123_risk;
mod m20261126_000124_priority_method;
mod m20261126_000125_priority;
mod m20261126_000140_indicator;
mod m20261126_000141_measurement;
mod m20261126_000142_budget_line;
mod m20261126_000143_proposal;
mod m20261126_000144_exercise;
mod m20261126_000145_finding;
mod m20261126_000146_capacity_measure;
mod m20261126_000147_good_practice;
mod m20261126_000148_progress_override;
mod m20261126_000180_editions;
mod m20261126_000181_plan_edition;
mod m20261126_000190_plan_section;
mod m20261126_000191_left_out;
mod m20261126_000195_comment;
mod m20261126_000196_project;
mod m20261126_000197_project_country;
mod m20261126_000198_regional_item;
mod m20261126_000199_endorsement;
mod m20261126_000200_plan_preconditions;
mod m20261127_000210_participation_event;
mod m20261127_000220_legal_instrument;
mod m20261127_000221_legal_review;
mod m20261127_000222_coverage_mark;
mod m20261127_000223_evidence_item;
mod m20261127_000224_contact_point;
mod m20261127_000230_obligation_covers;
mod m20261127_000231_obligation_version;
mod m20261127_000232_compilation;
mod m20261127_000233_commitment;
mod m20261127_000234_treaty_event;
mod m20261127_000235_deadline;
mod m20261127_000236_submission;
mod m20261127_000240_calendar;
mod m20261127_000250_report_question;
mod m20261127_000251_fact;
mod m20261127_000252_report_draft;
mod m20261127_000260_deadline_task;
mod m20261127_000261_made_task;
mod m20261128_000300_import;
mod m20261128_000301_import_mapping;
mod m20261128_000302_mapped_import;
mod m20261128_000303_import_upload;
mod m20261128_000304_import_indexes;
mod m20261128_000310_export;
mod m20261128_000321_external_key;
mod m20261128_000330_bundle;
mod m20261128_000340_translated;
mod m20261128_000341_webhook;
mod m20261128_000342_change_kind;
mod m20261128_000350_cube_day;
mod m20261128_000351_change_without_image;
mod m20261128_000360_summarised_set;
mod m20261128_000361_decimal_mark;
mod m20261128_000362_import_reverts;
mod table;

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};

/// The changes of the schema, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(m20261121_000001_owner::MIGRATION),
            Box::new(m20261121_000002_fixed_owners::Migration),
            Box::new(m20261121_000003_shared_set::MIGRATION),
            Box::new(m20261121_000004_release::MIGRATION),
            Box::new(m20261121_000005_release_set::MIGRATION),
            Box::new(m20261121_000006_region::MIGRATION),
            Box::new(m20261121_000007_country::MIGRATION),
            Box::new(m20261121_000008_region_membership::MIGRATION),
            Box::new(m20261121_000009_organisation::MIGRATION),
            Box::new(m20261121_000010_framework::MIGRATION),
            Box::new(m20261121_000011_obligation::MIGRATION),
            Box::new(m20261121_000012_participation::MIGRATION),
            Box::new(m20261121_000013_country_framework::MIGRATION),
            Box::new(m20261121_000014_agency::MIGRATION),
            Box::new(m20261121_000015_working_group::MIGRATION),
            Box::new(m20261121_000016_membership::MIGRATION),
            Box::new(m20261121_000017_plan::MIGRATION),
            Box::new(m20261121_000018_pillar::MIGRATION),
            Box::new(m20261121_000019_objective::MIGRATION),
            Box::new(m20261121_000020_action::MIGRATION),
            Box::new(m20261121_000021_task::MIGRATION),
            Box::new(m20261121_000022_user::MIGRATION),
            Box::new(m20261121_000023_grant::MIGRATION),
            Box::new(m20261121_000024_session::MIGRATION),
            Box::new(m20261121_000025_credential::MIGRATION),
            Box::new(m20261121_000026_signing_key::MIGRATION),
            Box::new(m20261121_000027_change_set::MIGRATION),
            Box::new(m20261121_000028_change::MIGRATION),
            Box::new(m20261121_000029_change_payload::MIGRATION),
            Box::new(m20261121_000030_log_triggers::Migration),
            Box::new(m20261122_000031_idempotency_key::MIGRATION),
            Box::new(m20261122_000040_release_term::MIGRATION),
            Box::new(m20261122_000041_session_agent::Migration),
            Box::new(m20261122_000042_sign_in_attempt::MIGRATION),
            Box::new(m20261122_000043_second_factor::MIGRATION),
            Box::new(m20261122_000044_password_token::MIGRATION),
            Box::new(m20261126_000045_standing_epoch::Migration),
            Box::new(m20261126_000046_text_order::Migration),
            Box::new(m20261126_000050_task_completed_on::Migration),
            Box::new(m20261126_000060_release_subject::Migration),
            Box::new(m20261126_000061_disclosure_rule::Migration),
            Box::new(m20261126_000070_api_key::MIGRATION),
            Box::new(m20261126_000071_api_key_epoch::Migration),
            Box::new(m20261126_000073_identity::MIGRATION),
            Box::new(m20261126_000074_identity_epoch::Migration),
            Box::new(m20261126_000076_grant_consent::Migration),
            Box::new(m20261126_000077_erasure::Migration),
            Box::new(m20261126_000078_purge::MIGRATION),
            Box::new(m20261126_000082_read_trace::Migration),
            Box::new(m20261126_000180_editions::Migration),
            Box::new(m20261126_000181_plan_edition::MIGRATION),
            Box::new(m20261126_000100_capability_area::MIGRATION),
            Box::new(m20261126_000101_questionnaire::MIGRATION),
            Box::new(m20261126_000102_question::MIGRATION),
            Box::new(m20261126_000120_cycle::MIGRATION),
            Box::new(m20261126_000121_cycle_step::MIGRATION),
            Box::new(m20261126_000122_milestone::MIGRATION),
            // Below cycles, whose table they refer to.
            Box::new(m20261126_000103_assessment::MIGRATION),
            Box::new(m20261126_000104_answer::MIGRATION),
            Box::new(m20261126_000105_gap::MIGRATION),
            Box::new(m20261126_000123_risk::MIGRATION),
            Box::new(m20261126_000124_priority_method::MIGRATION),
            Box::new(m20261126_000125_priority::MIGRATION),
            Box::new(m20261126_000140_indicator::MIGRATION),
            Box::new(m20261126_000141_measurement::MIGRATION),
            Box::new(m20261126_000142_budget_line::MIGRATION),
            Box::new(m20261126_000143_proposal::MIGRATION),
            Box::new(m20261126_000144_exercise::MIGRATION),
            Box::new(m20261126_000145_finding::MIGRATION),
            Box::new(m20261126_000146_capacity_measure::MIGRATION),
            Box::new(m20261126_000147_good_practice::MIGRATION),
            Box::new(m20261126_000148_progress_override::Migration),
            Box::new(m20261126_000190_plan_section::MIGRATION),
            Box::new(m20261126_000195_comment::MIGRATION),
            Box::new(m20261126_000196_project::MIGRATION),
            Box::new(m20261126_000197_project_country::MIGRATION),
            Box::new(m20261126_000198_regional_item::MIGRATION),
            Box::new(m20261126_000199_endorsement::MIGRATION),
            // Leads to projects.
            Box::new(m20261126_000191_left_out::Migration),
            Box::new(m20261126_000200_plan_preconditions::MIGRATION),
        ];
        all.extend(treaties());
        all.push(Box::new(m20261128_000300_import::MIGRATION));
        all.push(Box::new(m20261128_000301_import_mapping::MIGRATION));
        all.push(Box::new(m20261128_000302_mapped_import::MIGRATION));
        all.push(Box::new(m20261128_000303_import_upload::MIGRATION));
        all.push(Box::new(m20261128_000304_import_indexes::MIGRATION));
        all.push(Box::new(m20261128_000310_export::MIGRATION));
        all.push(Box::new(m20261128_000321_external_key::MIGRATION));
        all.push(Box::new(m20261128_000330_bundle::MIGRATION));
        all.push(Box::new(m20261128_000340_translated::MIGRATION));
        all.push(Box::new(m20261128_000341_webhook::MIGRATION));
        all.push(Box::new(m20261128_000342_change_kind::MIGRATION));
        all.push(Box::new(m20261128_000350_cube_day::MIGRATION));
        all.push(Box::new(m20261128_000351_change_without_image::MIGRATION));
        all.push(Box::new(m20261128_000360_summarised_set::MIGRATION));
        all.push(Box::new(m20261128_000361_decimal_mark::MIGRATION));
        all.push(Box::new(m20261128_000362_import_reverts::MIGRATION));
        all
    }
}

/// The steps for duties under treaties and what belongs to them, after all others.
fn treaties() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261127_000210_participation_event::MIGRATION),
        Box::new(m20261127_000220_legal_instrument::MIGRATION),
        Box::new(m20261127_000221_legal_review::MIGRATION),
        Box::new(m20261127_000222_coverage_mark::MIGRATION),
        Box::new(m20261127_000223_evidence_item::MIGRATION),
        Box::new(m20261127_000224_contact_point::MIGRATION),
        Box::new(m20261127_000230_obligation_covers::MIGRATION),
        Box::new(m20261127_000231_obligation_version::MIGRATION),
        Box::new(m20261127_000232_compilation::MIGRATION),
        Box::new(m20261127_000233_commitment::MIGRATION),
        Box::new(m20261127_000234_treaty_event::MIGRATION),
        Box::new(m20261127_000235_deadline::MIGRATION),
        Box::new(m20261127_000236_submission::MIGRATION),
        Box::new(m20261127_000240_calendar::MIGRATION),
        Box::new(m20261127_000250_report_question::MIGRATION),
        Box::new(m20261127_000251_fact::MIGRATION),
        Box::new(m20261127_000252_report_draft::MIGRATION),
        Box::new(m20261127_000260_deadline_task::Migration),
        Box::new(m20261127_000261_made_task::MIGRATION),
    ]
}
