//! Lines of the reference files as rows of the record kinds.

use std::collections::HashMap;

use kernel::{Error, Result};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Ids, known};
use crate::seed::{SEED, sync::Wanted, table::Line};

pub(super) fn region(line: &Line) -> Result<Wanted> {
    let code = line.text("code")?;
    let fields = json!({
        "code": code,
        "language": "en",
        "name": line.text("name_en")?,
        "secretariat_city": line.given("secretariat_city")?,
    });
    Ok(Wanted::new(SEED, code, fields))
}

pub(super) fn country(line: &Line) -> Result<Wanted> {
    let code = line.text("iso3")?;
    let mut translations = line.translations("name", &[("ru", "name_ru"), ("fr", "name_fr")])?;
    let local = line.text("local_lang")?;
    if !local.is_empty() {
        translations.insert(local.to_owned(), json!({ "name": line.given("name_local")? }));
    }
    let fields = json!({
        "code": code,
        "iso2": line.text("iso2")?,
        "language": "en",
        "name": line.text("name_en")?,
        "name_long": line.text("name_long_en")?,
        "translations": translations,
        "name_local": line.given("name_local")?,
        "local_language": line.given("local_lang")?,
        "official_languages": line.list("official_languages")?,
        // The capital's zone comes first.
        "time_zone": line.list("time_zones")?.first(),
        "currency": line.given("currency")?,
        "is_partner": line.flag("coe_partner")?,
        "confidence": line.text("confidence")?,
        "note": line.given("note")?,
        "is_demo": false,
    });
    Ok(Wanted::new(SEED, code, fields))
}

pub(super) fn memberships(
    file: &[Line],
    (countries, regions): (&HashMap<String, Uuid>, &HashMap<String, Uuid>),
) -> Result<Vec<Wanted>> {
    let mut seen: HashMap<(&str, &str), u32> = HashMap::new();
    let mut all = Vec::new();
    for line in file {
        let (country, region) = (line.text("country")?, line.text("region")?);
        let number = seen.entry((country, region)).and_modify(|n| *n += 1).or_insert(1);
        let (country_id, region_id) = (known(countries, country)?, known(regions, region)?);
        let (from, from_precision) = line.period("from")?;
        let (until, until_precision) = line.period("until")?;
        let key = format!("{country_id}/{region_id}/{}", from.as_str().unwrap_or_default());
        let fields = json!({
            "country": country_id,
            "region": region_id,
            "from_on": from,
            "from_precision": from_precision,
            "until_on": until,
            "until_precision": until_precision,
            "standing": line.text("standing")?,
            "is_primary": line.flag("is_primary")?,
            "source": line.text("source")?,
            "note": line.given("note")?,
        });
        // Days become known later, so they are no part of the name.
        let name = format!("{country}/{region}/{number}");
        all.push(Wanted::new(SEED, &name, fields).matched_by(key));
    }
    Ok(all)
}

pub(super) fn organisation(line: &Line) -> Result<Wanted> {
    let (code, parent) = (line.text("code")?, line.text("parent_code")?);
    let fields = json!({
        "code": code,
        "language": "en",
        "name": line.text("name_en")?,
        "translations": line.translations("name", &[("ru", "name_ru"), ("fr", "name_fr")])?,
        "kind": line.text("kind")?,
        "parent": line.given("parent_code")?,
        "website": line.given("website")?,
    });
    Ok(Wanted::new(SEED, code, fields).after([parent]))
}

pub(super) fn framework(line: &Line) -> Result<Wanted> {
    let (code, parent) = (line.text("code")?, line.text("parent_code")?);
    let fields = json!({
        "code": code,
        "language": "en",
        "name": line.text("full_name_en")?,
        "translations": line.translations("name", &[("ru", "name_ru"), ("fr", "name_fr")])?,
        "short_name": line.text("short_name")?,
        "kind": line.text("kind")?,
        "domains": line.list("domains")?,
        "adopted_on": line.given("adopted_on")?,
        "in_force_on": line.given("in_force_on")?,
        "depositary": line.given("depositary")?,
        "secretariat_body": line.given("secretariat_body")?,
        "parent": line.given("parent_code")?,
        "website": line.given("website")?,
        "aliases": line.list("aliases")?,
        "alias_note": line.given("alias_note")?,
        "note": line.given("note")?,
    });
    Ok(Wanted::new(SEED, code, fields).after([parent]))
}

pub(super) fn obligation(line: &Line) -> Result<Wanted> {
    let code = line.text("code")?;
    let (whole, fuller) = (line.text("part_of")?, line.text("superseded_in_period_by")?);
    let covers = line.text("covers")?;
    let fields = json!({
        "code": code,
        "framework": line.text("framework_code")?,
        "language": "en",
        "provision": line.text("provision")?,
        "title": line.text("title")?,
        "summary": line.text("summary")?,
        "category": line.text("category")?,
        "domains": line.list("domains")?,
        "periodicity": line.text("periodicity")?,
        "rrule": line.given("rrule")?,
        "dtstart": line.given("dtstart")?,
        "covers": if covers.is_empty() { "previous_years" } else { covers },
        "relative_due": line.given("relative_due")?,
        "trigger": line.given("trigger")?,
        "part_of": line.given("part_of")?,
        "superseded_in_period_by": line.given("superseded_in_period_by")?,
        "lead_functions": line.list("lead_functions")?,
        "binding": line.text("binding")?,
        "source": line.text("source")?,
    });
    Ok(Wanted::new(SEED, code, fields).after([whole, fuller]))
}

pub(super) fn report_question(line: &Line) -> Result<Wanted> {
    let code = line.text("code")?;
    let position: u32 = line
        .text("position")?
        .parse()
        .map_err(|_| Error::Internal(format!("the position of the question `{code}` is no number")))?;
    let fields = json!({
        "code": code,
        "obligation": line.text("obligation_code")?,
        "language": "en",
        "provision": line.text("provision")?,
        "title": line.text("title")?,
        "text": line.text("text")?,
        "answer_kind": line.text("answer_kind")?,
        "position": position,
        "source": line.text("source")?,
    });
    Ok(Wanted::new(SEED, code, fields))
}

pub(super) fn capability_area(line: &Line) -> Result<Wanted> {
    let code = line.text("code")?;
    let fields = json!({
        "code": code,
        "language": "en",
        "title": line.text("area")?,
        "question_example": line.given("question_example")?,
        "domains": line.list("domains")?,
    });
    Ok(Wanted::new(SEED, code, fields))
}

pub(super) fn fact(line: &Line, ids: &Ids) -> Result<Wanted> {
    let (country, framework) = (line.text("iso3")?, line.text("framework_code")?);
    let (country_id, framework_id) = (known(&ids.countries, country)?, known(&ids.frameworks, framework)?);
    // The file's own precision counts: `unknown` stands beside an empty date.
    let (status_on, _) = line.period("status_on")?;
    let (in_force_on, _) = line.period("in_force_on")?;
    let fields: Json = json!({
        "owner": "reference",
        "country": country_id,
        "framework": framework_id,
        "status": line.text("status")?,
        "status_on": status_on,
        "status_precision": line.given("status_precision")?,
        "in_force_on": in_force_on,
        "in_force_precision": line.given("in_force_precision")?,
        "source_seen": line.flag("verified")?,
        "confidence": line.text("confidence")?,
        "source": line.text("source")?,
        "note": line.given("note")?,
    });
    let row = Wanted::new(SEED, &format!("{country}/{framework}"), fields);
    Ok(row.matched_by(format!("reference/{country_id}/{framework_id}")))
}
