//! The files of the demonstration: records in wire form, nested as people think of them.

use std::collections::BTreeMap;

use kernel::{Error, Result};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json, json};

use crate::seed::reference::embedded;

/// Members of a record in wire form.
pub(super) type Fields = Map<String, Json>;

/// A country of the demonstration.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CountryFile {
    /// Code of the country, the owner of everything below.
    pub(super) owner: String,
    /// The country itself, if it is an invented one.
    pub(super) country: Option<Fields>,
    #[serde(default)]
    pub(super) agencies: Vec<Fields>,
    #[serde(default)]
    pub(super) working_groups: Vec<GroupFile>,
    #[serde(default)]
    pub(super) country_frameworks: Vec<Fields>,
    /// The country's own statements.
    #[serde(default)]
    pub(super) participations: Vec<Fields>,
    #[serde(default)]
    pub(super) plans: Vec<PlanFile>,
    /// Tasks outside plans.
    #[serde(default)]
    pub(super) tasks: Vec<TaskFile>,
    /// Records of every other kind; texts that begin with `@` name a record of the demonstration by its key.
    #[serde(default)]
    pub(super) records: Vec<RecordFile>,
    /// What it has of its duties, once they are worked out.
    #[serde(default)]
    pub(super) duties: Vec<DutyFile>,
}

/// Who is responsible for commitments, and what was sent.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DutyFile {
    /// Code of an obligation, or of a framework for all of its.
    pub(super) of: String,
    /// What was sent under it.
    #[serde(default)]
    pub(super) submissions: Vec<Fields>,
    /// What is set of the commitments.
    #[serde(flatten)]
    pub(super) fields: Fields,
}

/// A record of any kind, with its moves.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordFile {
    /// Kind of the record.
    #[serde(rename = "record")]
    pub(super) of: String,
    pub(super) key: String,
    #[serde(default)]
    pub(super) moves: Vec<MoveFile>,
    #[serde(flatten)]
    pub(super) fields: Fields,
}

/// A working group with its members.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct GroupFile {
    pub(super) key: String,
    /// Key of the group it is part of.
    pub(super) parent: Option<String>,
    /// Whether its members are the ten of the file of agencies.
    #[serde(default)]
    pub(super) members_from_file: bool,
    #[serde(default)]
    pub(super) members: Vec<Fields>,
    #[serde(flatten)]
    pub(super) fields: Fields,
}

/// A plan with its content, its moves and its release.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PlanFile {
    pub(super) key: String,
    /// Whether its content is the template text.
    #[serde(default)]
    pub(super) pillars_from_file: bool,
    /// What it says besides, as the country conceives it.
    #[serde(default)]
    pub(super) sections: Vec<Fields>,
    #[serde(default)]
    pub(super) pillars: Vec<PillarFile>,
    #[serde(default)]
    pub(super) tasks: Vec<TaskFile>,
    /// What measures it, which is content as its actions are.
    #[serde(default)]
    pub(super) indicators: Vec<RecordFile>,
    #[serde(default)]
    pub(super) moves: Vec<MoveFile>,
    /// The edition after the one that the moves adopt.
    pub(super) next: Option<NextFile>,
    pub(super) release: Option<ReleaseFile>,
    #[serde(flatten)]
    pub(super) fields: Fields,
}

/// A pillar.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PillarFile {
    #[serde(default)]
    pub(super) objectives: Vec<ObjectiveFile>,
    #[serde(flatten)]
    pub(super) fields: Fields,
}

/// An objective.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ObjectiveFile {
    #[serde(default)]
    pub(super) actions: Vec<Fields>,
    #[serde(flatten)]
    pub(super) fields: Fields,
}

/// A task.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct TaskFile {
    pub(super) key: String,
    /// Code of the action it carries out.
    pub(super) action: Option<String>,
    /// Keys of tasks of the same plan.
    #[serde(default)]
    pub(super) depends_on: Vec<String>,
    #[serde(default)]
    pub(super) moves: Vec<MoveFile>,
    #[serde(flatten)]
    pub(super) fields: Fields,
}

/// A move of a lifecycle.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct MoveFile {
    pub(super) verb: String,
    /// Columns it sets.
    #[serde(flatten)]
    pub(super) set: Fields,
}

/// What the next edition of a plan changes, and how far it has come.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct NextFile {
    /// Fields of the plan itself.
    #[serde(default)]
    pub(super) plan: Fields,
    /// Fields of actions that stay, by their codes.
    #[serde(default)]
    pub(super) changed: BTreeMap<String, Fields>,
    /// New actions, by the code of their objective.
    #[serde(default)]
    pub(super) added: BTreeMap<String, Fields>,
    /// Codes of actions that go.
    #[serde(default)]
    pub(super) removed: Vec<String>,
    #[serde(default)]
    pub(super) moves: Vec<MoveFile>,
}

/// A release of a plan.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ReleaseFile {
    pub(super) key: String,
    pub(super) audiences: Vec<String>,
    pub(super) basis: String,
    pub(super) purpose: String,
    pub(super) from_at: chrono::DateTime<chrono::Utc>,
}

/// Reads a file of the demonstration.
///
/// # Errors
/// `Internal` naming the place that does not fit.
pub(super) fn read<T: DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Internal(format!("{name}: {error}")))
}

/// Reads the countries, with the rows that stand in CSV files put in their places.
pub(super) fn countries() -> Result<Vec<CountryFile>> {
    let mut kgz: CountryFile = read("kgz.json", include_str!("../../../data/demo/kgz.json"))?;
    complete(&mut kgz)?;
    let xaa = read("xaa.json", include_str!("../../../data/demo/xaa.json"))?;
    let xab = read("xab.json", include_str!("../../../data/demo/xab.json"))?;
    let xac = read("xac.json", include_str!("../../../data/demo/xac.json"))?;
    Ok(vec![kgz, xaa, xab, xac])
}

fn complete(country: &mut CountryFile) -> Result<()> {
    country.agencies = agencies()?;
    country.country_frameworks = country_frameworks()?;
    let members: Vec<Fields> = country.agencies.iter().map(member).collect();
    for group in country.working_groups.iter_mut().filter(|group| group.members_from_file) {
        group.members.clone_from(&members);
    }
    for plan in country.plans.iter_mut().filter(|plan| plan.pillars_from_file) {
        plan.pillars = template()?;
    }
    Ok(())
}

fn member(agency: &Fields) -> Fields {
    Fields::from_iter([("agency".to_owned(), agency.get("code").cloned().unwrap_or_default())])
}

fn object(value: Json) -> Fields {
    if let Json::Object(fields) = value { fields } else { Fields::new() }
}

/// The ten bodies of the interagency working group, by the names of the founding documents.
///
/// Successors are left out: they are not among the ten.
fn agencies() -> Result<Vec<Fields>> {
    let mut all = Vec::new();
    for line in embedded!("agencies_kg.csv")? {
        if !line.flag("working_group")? {
            continue;
        }
        let (valid_from, from_precision) = line.period("valid_from")?;
        let (valid_until, until_precision) = line.period("valid_until")?;
        all.push(object(json!({
            "code": line.text("code")?,
            "language": "en",
            "name": line.text("name_en")?,
            "translations": line.translations("name", &[("ru", "name_ru"), ("ky", "name_ky")])?,
            "kind": line.text("kind")?,
            "mandate": line.given("role")?,
            "functions": line.list("functions")?,
            "valid_from": valid_from,
            "valid_from_precision": from_precision,
            "valid_until": valid_until,
            "valid_until_precision": until_precision,
            "note": line.given("note")?,
        })));
    }
    Ok(all)
}

fn country_frameworks() -> Result<Vec<Fields>> {
    let row = |line: &crate::seed::table::Line| {
        Ok(object(json!({
            "framework": line.text("framework_code")?,
            "basis": line.text("basis")?,
            "source": line.text("source")?,
        })))
    };
    embedded!("country_frameworks.csv")?.iter().map(row).collect()
}

/// The template text as pillars, in the order of the file.
fn template() -> Result<Vec<PillarFile>> {
    let mut pillars: Vec<PillarFile> = Vec::new();
    let titled = |code: &str, title: &str| object(json!({ "code": code, "title": title, "language": "en" }));
    let is = |fields: &Fields, code: &str| fields.get("code").and_then(Json::as_str) == Some(code);
    for line in embedded!("nap_template.csv")? {
        let (pillar, objective) = (line.text("pillar_code")?, line.text("objective_code")?);
        if pillars.last().is_none_or(|last| !is(&last.fields, pillar)) {
            let fields = titled(pillar, line.text("pillar")?);
            pillars.push(PillarFile { objectives: Vec::new(), fields });
        }
        let Some(last) = pillars.last_mut() else { continue };
        if last.objectives.last().is_none_or(|last| !is(&last.fields, objective)) {
            let fields = titled(objective, line.text("objective")?);
            last.objectives.push(ObjectiveFile { actions: Vec::new(), fields });
        }
        let Some(last) = last.objectives.last_mut() else { continue };
        last.actions.push(titled(line.text("action_code")?, line.text("example_action")?));
    }
    Ok(pillars)
}

#[cfg(test)]
mod tests {
    use super::countries;

    #[test]
    fn the_files_hold_what_the_demonstration_promises() {
        let all = countries().unwrap();
        let [kgz, xaa, xab, xac] = all.as_slice() else { panic!("four countries") };

        assert_eq!((kgz.agencies.len(), kgz.country_frameworks.len()), (10, 13));
        assert_eq!(kgz.working_groups.iter().map(|group| group.members.len()).collect::<Vec<_>>(), [10]);
        let template = kgz.plans.last().unwrap();
        let objectives = template.pillars.iter().flat_map(|pillar| &pillar.objectives);
        assert_eq!(template.pillars.len(), 11);
        assert_eq!(objectives.map(|objective| objective.actions.len()).sum::<usize>(), 40);
        assert!(kgz.country.is_none() && [xaa, xab, xac].iter().all(|one| one.country.is_some()));
    }
}
