//! Who takes part in activities, and where they are.

use entity::{Country, Organisation, Region, action, budget_line, country, project};
use kernel::{Error, KindDef, Result, row::Row, store};
use sea_orm::sea_query::Cond;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::{
    Registered,
    plans::{
        document::{Scribe, Text},
        editions::PlanRows,
    },
};

/// Organisations that are read at most.
const MOST: u64 = 10_000;

/// An organisation in its role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiOrganisation)]
pub struct Party {
    /// Its code here, `KGZ-MES` or `UNICRI`; empty where it is known by name only.
    #[serde(rename = "ref")]
    pub code: String,
    /// Code of what it is: 10 a government, 40 a multilateral; null where that is not known.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Code of its role; null for who reports and who pays or is paid.
    pub role: Option<String>,
    /// Its name.
    pub narrative: Option<Text>,
}

/// A code with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiCode)]
pub struct Place {
    /// The code.
    pub code: String,
    /// What it means.
    pub narrative: Option<Text>,
}

/// Who may take part in the activities of a plan.
pub(super) struct Parties {
    pub(super) reporting: Party,
    pub(super) country: Option<Place>,
    pub(super) region: Option<Place>,
    owner: String,
    /// Organisations of the reference data, by code and name in small letters.
    organisations: Vec<(String, String, Party)>,
}

const GOVERNMENT: &str = "10";
const MULTILATERAL: &str = "40";
const FUNDS: &str = "1";
const ACCOUNTABLE: &str = "2";
const IMPLEMENTS: &str = "4";

impl Parties {
    /// Reads the owner of a plan, and the organisations there are.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn of(scribe: &Scribe<'_>, rows: &PlanRows) -> Result<Self> {
        let owner = rows.plan.owner();
        let (def, code): (&'static KindDef, &str) = match owner.split_once(':') {
            Some(("region", code)) => (Region::def(), code),
            Some((_, code)) => (Organisation::def(), code),
            None => (Country::def(), owner),
        };
        let found = match store::by_code(scribe.ctx, def, code).await {
            Err(Error::NotFound) => None,
            found => Some(found?),
        };
        let name = found.as_ref().and_then(|row| scribe.text(row, def.label?));
        let is_of = |kind: &KindDef| def.name == kind.name;
        let short = found.as_ref().filter(|_| is_of(Country::def())).and_then(|row| row.read(country::ISO2));
        let place = |code: String| Place { code, narrative: name.clone() };
        let kind = if is_of(Country::def()) { GOVERNMENT } else { MULTILATERAL };
        let organisations = store::seen(scribe.ctx, Organisation::def(), Cond::all(), MOST).await?;
        let organisations = organisations.iter().filter_map(|row| known(scribe, row)).collect();
        Ok(Self {
            country: short.map(place),
            region: is_of(Region::def()).then(|| place(code.to_owned())),
            reporting: Party { code: coded(owner), kind: Some(kind.to_owned()), role: None, narrative: name },
            owner: owner.to_owned(),
            organisations,
        })
    }

    /// An organisation that a text names, by its code or name; one that is not known keeps the text.
    pub(super) fn named(&self, text: &str) -> Party {
        let small = text.trim().to_lowercase();
        let known = self.organisations.iter().find(|(code, name, _)| *code == small || *name == small);
        known.map_or_else(
            || Party {
                code: String::new(),
                kind: None,
                role: None,
                narrative: Some(Text { text: text.to_owned(), language: None }),
            },
            |(.., party)| party.clone(),
        )
    }

    fn agency(&self, scribe: &Scribe<'_>, id: Option<Uuid>) -> Option<Party> {
        let found = scribe.renderer.reference(id)?;
        let narrative = found.name.map(|text| Text { text, language: None });
        let code = found.code.map(|code| format!("{}-{code}", coded(&self.owner))).unwrap_or_default();
        let is_country = !self.owner.contains(':');
        Some(Party { code, kind: is_country.then(|| GOVERNMENT.to_owned()), role: None, narrative })
    }

    /// Everybody who takes part in an action, each role of each once; its owner is accountable where no agency is told.
    pub(super) fn taking_part(
        &self,
        scribe: &Scribe<'_>,
        row: &Row,
        (projects, lines): (&[&Row], &[Row]),
    ) -> Vec<Party> {
        let lead = self.agency(scribe, row.read(action::LEAD_AGENCY));
        let mut all = vec![(ACCOUNTABLE, lead.unwrap_or_else(|| self.reporting.clone()))];
        let contributors = row.read(action::CONTRIBUTING_AGENCIES).unwrap_or_default();
        let contributors = contributors.into_iter().filter_map(|id| self.agency(scribe, Some(id)));
        all.extend(contributors.map(|party| (IMPLEMENTS, party)));
        let implementers =
            projects.iter().flat_map(|one| one.read(project::IMPLEMENTERS).unwrap_or_default());
        all.extend(implementers.map(|name| (IMPLEMENTS, self.named(&name))));
        let funders = projects.iter().filter_map(|one| one.read(project::FUNDER));
        let sources = lines.iter().filter_map(|line| line.read(budget_line::FUNDING_SOURCE));
        let own = row.read(action::FUNDING_SOURCE);
        let funders = funders.chain(sources).chain(own);
        all.extend(funders.map(|name| (FUNDS, self.named(&name))));
        let mut told: Vec<Party> = Vec::new();
        for (role, party) in all {
            let party = Party { role: Some(role.to_owned()), ..party };
            if !told.contains(&party) {
                told.push(party);
            }
        }
        told
    }
}

/// An owner as a code of the standard, which knows no colons: `region-CA`; of an organisation its own.
fn coded(owner: &str) -> String {
    owner.strip_prefix("org:").unwrap_or(owner).replace(':', "-")
}

fn known(scribe: &Scribe<'_>, row: &Row) -> Option<(String, String, Party)> {
    let code = row.text(Organisation::def().code?)?.to_owned();
    let label = Organisation::def().label?;
    let kind = row.text("kind").filter(|kind| {
        matches!(
            *kind,
            "un_body" | "international_organisation" | "treaty_secretariat" | "regional_secretariat"
        )
    });
    let narrative = scribe.text(row, label);
    let name = row.text(label).unwrap_or_default().to_lowercase();
    let party =
        Party { code: code.clone(), kind: kind.map(|_| MULTILATERAL.to_owned()), role: None, narrative };
    Some((code.to_lowercase(), name, party))
}
