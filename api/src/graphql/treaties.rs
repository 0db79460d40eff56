//! Participation and what countries say they work under.

use async_graphql::MergedObject;
use kernel::store::Via;

use super::kind::graphql_kind;
use crate::domain::{
    reference::{country::Country, framework::Framework},
    treaties::{
        country_framework::{
            CountryFramework, CountryFrameworkFilter, CountryFrameworkPatch, NewCountryFramework,
        },
        participation::{NewParticipation, Participation, ParticipationFilter, ParticipationPatch},
    },
};

/// Reading of the area.
#[derive(Default, MergedObject)]
pub struct TreatiesQuery(ParticipationQuery, CountryFrameworkQuery);

/// Writing of the area.
#[derive(Default, MergedObject)]
pub struct TreatiesMutation(ParticipationMutation, CountryFrameworkMutation);

graphql_kind!(Participation, ParticipationFilter, NewParticipation, ParticipationPatch, "participation";
    query ParticipationQuery { participation by id, participations, participation_by_key }
    mutation ParticipationMutation { create_participation, update_participation, delete_participation, upsert_participation, participations_batch }
    inputs { UpdateParticipationInput, ParticipationPayload { participation } }
    refs { country: Country, framework: Framework, contests: Participation }
    edges {
        contested_by: Participation, ParticipationFilter via Via::Column("contests_id");
    }
    shared by national;
);

graphql_kind!(CountryFramework, CountryFrameworkFilter, NewCountryFramework, CountryFrameworkPatch, "country framework";
    query CountryFrameworkQuery { country_framework by id, country_frameworks, country_framework_by_key }
    mutation CountryFrameworkMutation { create_country_framework, update_country_framework, delete_country_framework, upsert_country_framework, country_frameworks_batch }
    inputs { UpdateCountryFrameworkInput, CountryFrameworkPayload { country_framework } }
    refs { framework: Framework }
    edges {
    }
    shared by national;
);
