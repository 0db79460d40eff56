//! Regions, countries, organisations, frameworks and obligations.

use utoipa_axum::router::OpenApiRouter;

use super::kind::rest_kind;
use crate::{
    domain::reference::{
        country::{Country, CountryFilter, CountryPatch, NewCountry},
        framework::{Framework, FrameworkFilter, FrameworkPatch, NewFramework},
        obligation::{NewObligation, Obligation, ObligationFilter, ObligationPatch},
        organisation::{NewOrganisation, Organisation, OrganisationFilter, OrganisationPatch},
        region::{NewRegion, Region, RegionFilter, RegionPatch},
        region_membership::{
            NewRegionMembership, RegionMembership, RegionMembershipFilter, RegionMembershipPatch,
        },
    },
    state::AppState,
};

/// Routes of the area.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(regions::router())
        .merge(countries::router())
        .merge(region_memberships::router())
        .merge(organisations::router())
        .merge(frameworks::router())
        .merge(obligations::router())
}

rest_kind!(regions: Region, RegionFilter, NewRegion, RegionPatch, "/regions", "region", "regions", "Reference data";
    list_regions get_region create_region update_region delete_region get_region_by_key put_region_by_key batch_regions region_history);
rest_kind!(countries: Country, CountryFilter, NewCountry, CountryPatch, "/countries", "country", "countries", "Reference data";
    list_countries get_country create_country update_country delete_country get_country_by_key put_country_by_key batch_countries country_history);
rest_kind!(region_memberships: RegionMembership, RegionMembershipFilter, NewRegionMembership, RegionMembershipPatch, "/region-memberships", "region membership", "region memberships", "Reference data";
    list_region_memberships get_region_membership create_region_membership update_region_membership delete_region_membership get_region_membership_by_key put_region_membership_by_key batch_region_memberships region_membership_history);
rest_kind!(organisations: Organisation, OrganisationFilter, NewOrganisation, OrganisationPatch, "/organisations", "organisation", "organisations", "Reference data";
    list_organisations get_organisation create_organisation update_organisation delete_organisation get_organisation_by_key put_organisation_by_key batch_organisations organisation_history);
rest_kind!(frameworks: Framework, FrameworkFilter, NewFramework, FrameworkPatch, "/frameworks", "framework", "frameworks", "Reference data";
    list_frameworks get_framework create_framework update_framework delete_framework get_framework_by_key put_framework_by_key batch_frameworks framework_history);
rest_kind!(obligations: Obligation, ObligationFilter, NewObligation, ObligationPatch, "/obligations", "obligation", "obligations", "Reference data";
    list_obligations get_obligation create_obligation update_obligation delete_obligation get_obligation_by_key put_obligation_by_key batch_obligations obligation_history);
