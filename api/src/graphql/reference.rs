//! Regions, countries, organisations, frameworks and obligations.

use async_graphql::MergedObject;
use kernel::store::Via;

use super::kind::graphql_kind;
use crate::domain::{
    plans::action::{Action, ActionFilter},
    reference::{
        country::{Country, CountryFilter, CountryPatch, NewCountry},
        framework::{Framework, FrameworkFilter, FrameworkPatch, NewFramework},
        obligation::{NewObligation, Obligation, ObligationFilter, ObligationPatch},
        organisation::{NewOrganisation, Organisation, OrganisationFilter, OrganisationPatch},
        region::{NewRegion, Region, RegionFilter, RegionPatch},
        region_membership::{
            NewRegionMembership, RegionMembership, RegionMembershipFilter, RegionMembershipPatch,
        },
    },
    treaties::participation::{Participation, ParticipationFilter},
};

/// Reading of the area.
#[derive(Default, MergedObject)]
pub struct ReferenceQuery(
    RegionQuery,
    CountryQuery,
    RegionMembershipQuery,
    OrganisationQuery,
    FrameworkQuery,
    ObligationQuery,
);

/// Writing of the area.
#[derive(Default, MergedObject)]
pub struct ReferenceMutation(
    RegionMutation,
    CountryMutation,
    RegionMembershipMutation,
    OrganisationMutation,
    FrameworkMutation,
    ObligationMutation,
);

graphql_kind!(Region, RegionFilter, NewRegion, RegionPatch, "region";
    query RegionQuery { region by code, regions, region_by_key }
    mutation RegionMutation { create_region, update_region, delete_region, upsert_region, regions_batch }
    inputs { UpdateRegionInput, RegionPayload { region } }
    refs {  }
    edges {
        memberships: RegionMembership, RegionMembershipFilter via Via::Column("region_id");
    }
);

graphql_kind!(Country, CountryFilter, NewCountry, CountryPatch, "country";
    query CountryQuery { country by code, countries, country_by_key }
    mutation CountryMutation { create_country, update_country, delete_country, upsert_country, countries_batch }
    inputs { UpdateCountryInput, CountryPayload { country } }
    refs {  }
    edges {
    }
);

graphql_kind!(RegionMembership, RegionMembershipFilter, NewRegionMembership, RegionMembershipPatch, "region membership";
    query RegionMembershipQuery { region_membership by id, region_memberships, region_membership_by_key }
    mutation RegionMembershipMutation { create_region_membership, update_region_membership, delete_region_membership, upsert_region_membership, region_memberships_batch }
    inputs { UpdateRegionMembershipInput, RegionMembershipPayload { region_membership } }
    refs { country: Country, region: Region }
    edges {
    }
);

graphql_kind!(Organisation, OrganisationFilter, NewOrganisation, OrganisationPatch, "organisation";
    query OrganisationQuery { organisation by code, organisations, organisation_by_key }
    mutation OrganisationMutation { create_organisation, update_organisation, delete_organisation, upsert_organisation, organisations_batch }
    inputs { UpdateOrganisationInput, OrganisationPayload { organisation } }
    refs { parent: Organisation }
    edges {
    }
);

graphql_kind!(Framework, FrameworkFilter, NewFramework, FrameworkPatch, "framework";
    query FrameworkQuery { framework by code, frameworks, framework_by_key }
    mutation FrameworkMutation { create_framework, update_framework, delete_framework, upsert_framework, frameworks_batch }
    inputs { UpdateFrameworkInput, FrameworkPayload { framework } }
    refs { parent: Framework }
    edges {
        obligations: Obligation, ObligationFilter via Via::Column("framework_id");
        participations: Participation, ParticipationFilter via Via::Column("framework_id");
    }
);

graphql_kind!(Obligation, ObligationFilter, NewObligation, ObligationPatch, "obligation";
    query ObligationQuery { obligation by code, obligations, obligation_by_key }
    mutation ObligationMutation { create_obligation, update_obligation, delete_obligation, upsert_obligation, obligations_batch }
    inputs { UpdateObligationInput, ObligationPayload { obligation } }
    refs { framework: Framework, part_of: Obligation, superseded_in_period_by: Obligation }
    edges {
        parts: Obligation, ObligationFilter via Via::Column("part_of_id");
        actions: Action, ActionFilter via Via::LinkedFrom("action_obligation");
    }
);
