//! The reference data: what the files say, as rows of the record kinds.

mod rows;

use std::collections::HashMap;

use entity::{
    CapabilityArea, Country, Framework, Obligation, Organisation, Participation, Region, RegionMembership,
    ReportQuestion,
};
use kernel::{Error, Result, Unit, row::Row};
use model::Kind;
use uuid::Uuid;

use super::{
    report::Report,
    sync::{Rule, Synced, Wanted, sync},
    table::Line,
};
use crate::domain::Registered;

/// Embeds a file of the folder `data` and reads its lines.
macro_rules! embedded {
    ($name:literal) => {
        $crate::seed::table::lines($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", $name)))
    };
}
pub(super) use embedded;

/// Ids of the rows others refer to, by code.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub(super) countries: HashMap<String, Uuid>,
    pub(super) frameworks: HashMap<String, Uuid>,
}

/// Rows with a code follow the file.
pub(super) const BY_CODE: Rule =
    Rule { key: |row| row.text("code").unwrap_or_default().to_owned(), follows: true };

const MEMBERSHIP: Rule = Rule {
    key: |row| {
        let from = row.date("from_on").map(|day| day.to_string()).unwrap_or_default();
        format!("{}/{}/{from}", id(row, "country_id"), id(row, "region_id"))
    },
    follows: true,
};

/// Facts and statements: one for each owner, country and framework.
pub(super) const PARTICIPATION: Rule = Rule {
    key: |row| format!("{}/{}/{}", row.owner(), id(row, "country_id"), id(row, "framework_id")),
    follows: true,
};

fn id(row: &Row, column: &str) -> Uuid {
    row.uuid(column).unwrap_or_default()
}

/// Brings all reference kinds in line, those that others refer to first.
pub(super) async fn load(unit: &mut Unit, report: &mut Report) -> Result<Ids> {
    let regions =
        bring::<Region>(unit, report, BY_CODE, each(embedded!("regions.csv"), rows::region)?).await?.ids;
    let countries =
        bring::<Country>(unit, report, BY_CODE, each(embedded!("countries.csv"), rows::country)?).await?.ids;
    let of = (&countries, &regions);
    let memberships = rows::memberships(&embedded!("region_memberships.csv")?, of)?;
    bring::<RegionMembership>(unit, report, MEMBERSHIP, memberships).await?;
    let organisations = each(embedded!("organisations.csv"), rows::organisation)?;
    bring::<Organisation>(unit, report, BY_CODE, organisations).await?;
    let frameworks =
        bring::<Framework>(unit, report, BY_CODE, each(embedded!("frameworks.csv"), rows::framework)?)
            .await?
            .ids;
    bring::<Obligation>(unit, report, BY_CODE, each(embedded!("obligations.csv"), rows::obligation)?).await?;
    let questions = each(embedded!("report_questions.csv"), rows::report_question)?;
    bring::<ReportQuestion>(unit, report, BY_CODE, questions).await?;
    let areas = each(embedded!("naq_areas.csv"), rows::capability_area)?;
    bring::<CapabilityArea>(unit, report, BY_CODE, areas).await?;
    let ids = Ids { countries, frameworks };
    let facts = each(embedded!("participation.csv"), |line| rows::fact(line, &ids))?;
    bring::<Participation>(unit, report, PARTICIPATION, facts).await?;
    Ok(ids)
}

/// Brings the rows of one kind in line and counts them.
pub(super) async fn bring<K: Kind>(
    unit: &mut Unit,
    report: &mut Report,
    rule: Rule,
    wanted: Vec<Wanted>,
) -> Result<Synced> {
    let done = sync(unit, K::def(), rule, wanted).await?;
    report.add(K::def().name, done.counts);
    Ok(done)
}

/// The rows of a file.
pub(super) fn each(file: Result<Vec<Line>>, row: impl Fn(&Line) -> Result<Wanted>) -> Result<Vec<Wanted>> {
    file?.iter().map(row).collect()
}

/// The id of the row with this code.
pub(super) fn known(ids: &HashMap<String, Uuid>, code: &str) -> Result<Uuid> {
    ids.get(code).copied().ok_or_else(|| Error::Internal(format!("the built-in files know no `{code}`")))
}
