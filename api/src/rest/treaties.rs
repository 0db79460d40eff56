//! Participation and what countries say they work under.

use utoipa_axum::router::OpenApiRouter;

use super::kind::rest_kind;
use crate::{
    domain::treaties::{
        country_framework::{
            CountryFramework, CountryFrameworkFilter, CountryFrameworkPatch, NewCountryFramework,
        },
        participation::{NewParticipation, Participation, ParticipationFilter, ParticipationPatch},
    },
    state::AppState,
};

/// Routes of the area.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(participations::router()).merge(country_frameworks::router())
}

rest_kind!(participations: Participation, ParticipationFilter, NewParticipation, ParticipationPatch, "/participations", "participation", "participations", "Treaties";
    list_participations get_participation create_participation update_participation delete_participation get_participation_by_key put_participation_by_key batch_participations participation_history);
rest_kind!(country_frameworks: CountryFramework, CountryFrameworkFilter, NewCountryFramework, CountryFrameworkPatch, "/country-frameworks", "country framework", "country frameworks", "Treaties";
    list_country_frameworks get_country_framework create_country_framework update_country_framework delete_country_framework get_country_framework_by_key put_country_framework_by_key batch_country_frameworks country_framework_history);
