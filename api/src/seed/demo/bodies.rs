//! Countries, agencies, groups and statements of the demonstration.

use entity::{Agency, Country, CountryFramework, Membership, Participation, WorkingGroup};
use kernel::{Result, Unit, row::Row};
use serde_json::{Value as Json, json};

use super::file::{CountryFile, Fields};
use crate::seed::{
    DEMO,
    reference::{BY_CODE, Ids, PARTICIPATION, bring, known},
    report::Report,
    sync::{Rule, Wanted},
};

const AGENCY: Rule =
    Rule { key: |row| format!("{}/{}", row.owner(), row.text("code").unwrap_or_default()), follows: true };

const STATEMENT: Rule = Rule {
    key: |row| format!("{}/{}", row.owner(), row.uuid("framework_id").unwrap_or_default()),
    follows: true,
};

/// Rows of the demonstration that only its own key tells apart.
pub(super) const BY_KEY: Rule = Rule { key: external_key, follows: true };

/// The same, for rows that are made once and then left to people.
pub(super) const ONCE: Rule = Rule { key: external_key, follows: false };

fn external_key(row: &Row) -> String {
    let ours = row.text("source_system") == Some(DEMO);
    // Rows of others have keys of their own, which must not meet ours.
    if ours { row.text("external_key").unwrap_or_default().to_owned() } else { row.id().to_string() }
}

/// A reference to a record of the demonstration.
pub(super) fn by_key(key: &str) -> Json {
    json!(format!("external_key:{DEMO}:{key}"))
}

/// The same value, of which texts that begin with `@` name records of the owner by their keys.
pub(super) fn named(owner: &str, value: Json) -> Json {
    match value {
        Json::String(text) => match text.strip_prefix('@') {
            Some(key) => by_key(&format!("{owner}/{key}")),
            None => Json::String(text),
        },
        Json::Array(all) => all.into_iter().map(|one| named(owner, one)).collect(),
        Json::Object(all) => all.into_iter().map(|(name, one)| (name, named(owner, one))).collect(),
        other => other,
    }
}

/// The text of a member.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// The same record with these members set.
pub(super) fn with<const N: usize>(fields: &Fields, more: [(&str, Json); N]) -> Json {
    let mut fields = fields.clone();
    fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
    Json::Object(fields)
}

/// Key of a working group.
pub(super) fn group_key(owner: &str, key: &str) -> String {
    format!("{owner}/group/{key}")
}

/// Brings in what plans and tasks refer to.
pub(super) async fn load(
    unit: &mut Unit,
    report: &mut Report,
    ids: &mut Ids,
    files: &[CountryFile],
) -> Result<()> {
    let countries = files.iter().filter_map(|file| file.country.as_ref());
    let countries = countries.map(|fields| Wanted::new(DEMO, text(fields, "code"), with(fields, [])));
    ids.countries.extend(bring::<Country>(unit, report, BY_CODE, countries.collect()).await?.ids);
    bring::<Agency>(unit, report, AGENCY, files.iter().flat_map(agencies).collect()).await?;
    bring::<WorkingGroup>(unit, report, BY_KEY, files.iter().flat_map(groups).collect()).await?;
    bring::<Membership>(unit, report, BY_KEY, files.iter().flat_map(members).collect()).await?;
    bring::<CountryFramework>(unit, report, STATEMENT, listed(files, ids)?).await?;
    bring::<Participation>(unit, report, PARTICIPATION, statements(files, ids)?).await?;
    Ok(())
}

fn agencies(file: &CountryFile) -> Vec<Wanted> {
    let key = |code: &str| format!("{}/{code}", file.owner);
    let row = |fields: &Fields| {
        let after: Vec<String> = fields
            .get("successors")
            .into_iter()
            .chain(fields.get("parent"))
            .flat_map(|given| given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice))
            .filter_map(Json::as_str)
            .map(key)
            .collect();
        let fields_of = with(fields, [("owner", json!(file.owner))]);
        Wanted::new(DEMO, &key(text(fields, "code")), fields_of).after(after.iter().map(String::as_str))
    };
    file.agencies.iter().map(row).collect()
}

fn groups(file: &CountryFile) -> Vec<Wanted> {
    let key = |key: &str| group_key(&file.owner, key);
    let rows = file.working_groups.iter().map(|group| {
        let parent = group.parent.as_deref().map(key);
        let parent_ref = parent.as_deref().map_or(Json::Null, by_key);
        let fields = with(&group.fields, [("owner", json!(file.owner)), ("parent", parent_ref)]);
        Wanted::new(DEMO, &key(&group.key), fields).after(parent.as_deref())
    });
    rows.collect()
}

fn members(file: &CountryFile) -> Vec<Wanted> {
    let rows = file.working_groups.iter().flat_map(|group| {
        let group_key = group_key(&file.owner, &group.key);
        group.members.iter().map(move |fields| {
            let key = format!("{group_key}/{}", text(fields, "agency"));
            Wanted::new(DEMO, &key, with(fields, [("working_group", by_key(&group_key))]))
        })
    });
    rows.collect()
}

fn listed(files: &[CountryFile], ids: &Ids) -> Result<Vec<Wanted>> {
    let rows = files.iter().flat_map(|file| file.country_frameworks.iter().map(move |row| (file, row)));
    let row = |(file, fields): (&CountryFile, &Fields)| {
        let framework = text(fields, "framework");
        let key = format!("{}/{}", file.owner, known(&ids.frameworks, framework)?);
        let name = format!("{}/framework/{framework}", file.owner);
        Ok(Wanted::new(DEMO, &name, with(fields, [("owner", json!(file.owner))])).matched_by(key))
    };
    rows.map(row).collect()
}

fn statements(files: &[CountryFile], ids: &Ids) -> Result<Vec<Wanted>> {
    let rows = files.iter().flat_map(|file| file.participations.iter().map(move |row| (file, row)));
    let row = |(file, fields): (&CountryFile, &Fields)| {
        let (owner, framework) = (&file.owner, text(fields, "framework"));
        let country = known(&ids.countries, owner)?;
        let key = format!("{owner}/{country}/{}", known(&ids.frameworks, framework)?);
        let name = format!("{owner}/statement/{framework}");
        let fields = with(fields, [("owner", json!(owner)), ("country", json!(country))]);
        Ok(Wanted::new(DEMO, &name, fields).matched_by(key))
    };
    rows.map(row).collect()
}
