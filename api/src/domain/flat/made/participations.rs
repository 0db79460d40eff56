//! Countries by frameworks.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use kernel::{Ctx, Result};
use model::Vocabulary;

use super::{NOT_RECORDED, day, id, joined, maybe, text};
use crate::domain::{
    exchange::columns::{Cell, Type},
    flat::{Named, Row, countries, speech, views::Told},
    treaties::{
        participation_matrix::{Asked, ParticipationCell, matrix},
        standing::TreatyStanding,
    },
};

pub(in crate::domain::flat) const COLUMNS: &[Told] = &[
    ("key", Type::Text, "What tells the row apart: country and framework."),
    ("country", Type::Text, "Code of the country (ISO 3166-1 alpha-3)."),
    ("country_name", Type::Text, "Name of the country in the caller's language."),
    (
        "regions",
        Type::Text,
        "Codes of the regions that the country is a member of now, the primary one first.",
    ),
    ("framework_id", Type::Id, "Id of the framework."),
    ("framework_code", Type::Text, "Code of the framework."),
    ("framework_name", Type::Text, "Name of the framework in the caller's language."),
    (
        "standing",
        Type::Text,
        "How the country stands today by the reference fact: `party`, `contracting`, `signatory`, `not_party`, `unknown`; `not_recorded` where there is no fact.",
    ),
    ("status", Type::Text, "Status by that fact; `not_recorded` where there is none."),
    ("status_label", Type::Text, "Label of the status in the caller's language."),
    (
        "status_on",
        Type::Day,
        "Day of the act that the status is from; first day of the period where it is known less exactly.",
    ),
    ("status_precision", Type::Text, "How exact `status_on` is."),
    ("in_force_on", Type::Day, "Day of entry into force for the country."),
    ("in_force_precision", Type::Text, "How exact `in_force_on` is."),
    ("confidence", Type::Text, "How sure the fact is."),
    ("is_verified", Type::Truth, "Whether the confidence is high; null where there is no fact."),
    ("source", Type::Text, "Where the fact is from."),
    ("participation_id", Type::Id, "Id of the fact."),
    (
        "is_contested",
        Type::Truth,
        "Whether a statement of the country that the caller sees contests the fact.",
    ),
    ("stated_status", Type::Text, "Status that the country itself states."),
    ("stated_standing", Type::Text, "Standing that the country itself states."),
];

/// A row for each country and framework.
pub(in crate::domain::flat) fn rows(ctx: &Ctx) -> BoxFuture<'_, Result<Vec<Row>>> {
    Box::pin(async move {
        let known = countries(ctx).await?;
        let shown = known.iter().filter(|one| one.is_shown()).map(|one| one.code.clone()).collect();
        let told = matrix(ctx, &Asked { country: shown, ..Asked::default() }, Vec::new()).await?;
        let of: HashMap<&str, &Named> = known.iter().map(|one| (one.code.as_str(), one)).collect();
        let frameworks: HashMap<&str, _> =
            told.frameworks.iter().filter_map(|one| Some((one.code.as_deref()?, one))).collect();
        let labels = speech(ctx);
        let mut all = Vec::new();
        for row in &told.rows {
            let Some(country) = row.country.code.as_deref().and_then(|code| of.get(code)) else { continue };
            for cell in &row.cells {
                let framework = frameworks.get(cell.framework.as_str());
                let status = status(cell);
                let label = cell.participation.map(|_| labels.label("participation_status", status).label);
                let fact = |cell: Cell<'static>| if status == NOT_RECORDED { Cell::Empty } else { cell };
                all.push(vec![
                    text(format!("{}/{}", country.code, cell.framework)),
                    text(&country.code),
                    text(&country.name),
                    joined(&country.regions),
                    id(framework.map(|one| one.id)),
                    text(&cell.framework),
                    maybe(framework.and_then(|one| one.name.as_ref())),
                    text(if cell.participation.is_some() { standing(cell.standing) } else { NOT_RECORDED }),
                    text(status),
                    maybe(label),
                    day(cell.status_on),
                    maybe(cell.status_precision.map(Vocabulary::code)),
                    day(cell.in_force_on),
                    maybe(cell.in_force_precision.map(Vocabulary::code)),
                    maybe(cell.confidence.map(Vocabulary::code)),
                    fact(Cell::Truth(cell.is_verified)),
                    maybe(cell.source.as_ref()),
                    id(cell.participation),
                    fact(Cell::Truth(cell.is_contested)),
                    maybe(cell.stated.as_ref().map(|one| one.status.code())),
                    maybe(cell.stated.as_ref().map(|one| standing(one.standing))),
                ]);
            }
        }
        Ok(all)
    })
}

fn status(cell: &ParticipationCell) -> &'static str {
    if cell.participation.is_some() { cell.status.code() } else { NOT_RECORDED }
}

const fn standing(of: TreatyStanding) -> &'static str {
    match of {
        TreatyStanding::Party => "party",
        TreatyStanding::Contracting => "contracting",
        TreatyStanding::Signatory => "signatory",
        TreatyStanding::NotParty => "not_party",
        TreatyStanding::Unknown => "unknown",
    }
}
