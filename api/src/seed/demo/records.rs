//! Records of every other kind: made once, with the plans of their country.

use std::{collections::HashMap, sync::Arc};

use entity::Release;
use kernel::{Actor, Error, KindDef, Result, Unit};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    bodies::{ONCE, named, with},
    file::{CountryFile, RecordFile},
    plans::{Moves, Plans, make_moves},
};
use crate::{
    domain::{KINDS, Registered},
    seed::{
        DEMO,
        report::Report,
        sync::{Synced, Wanted, sync},
    },
};

/// Kinds in the order in which they are made; the moves of each group are made before the next one.
const GROUPS: [&[&str]; 5] = [
    &[
        "compilation",
        "cycle",
        "milestone",
        "questionnaire",
        "question",
        "priority_method",
        "legal_instrument",
        "coverage_mark",
    ],
    &["assessment", "answer", "risk", "legal_review", "evidence_item", "contact_point"],
    &["cycle_step", "gap", "measurement", "budget_line", "exercise", "fact", "report_draft"],
    &["proposal", "finding", "capacity_measure", "good_practice", "project"],
    &["priority", "project_country", "comment"],
];

/// A record with its country.
type Placed<'a> = (&'a CountryFile, &'a RecordFile);

/// Brings in the records.
pub(super) async fn load(
    unit: &mut Unit,
    report: &mut Report,
    (files, plans): (&[CountryFile], &Plans),
) -> Result<()> {
    let all: Vec<Placed<'_>> =
        files.iter().flat_map(|file| file.records.iter().map(move |record| (file, record))).collect();
    let mut ids = plans.actions.ids.clone();
    for group in GROUPS {
        let mut made: Vec<(&'static KindDef, Synced, Moves)> = Vec::new();
        for kind in group {
            let def = KINDS.get(kind).ok_or_else(|| Error::Internal(format!("there is no kind `{kind}`")))?;
            let of_kind = || all.iter().copied().filter(|(_, record)| record.of == *kind);
            let rows = of_kind().map(|placed| row(def, placed, (plans, &ids))).collect();
            let done = sync(unit, def, ONCE, rows).await?;
            report.add(def.name, done.counts);
            ids.extend(done.ids.iter().map(|(key, id)| (key.clone(), *id)));
            let moves = of_kind().map(|placed| (key(placed), placed.1.moves.clone())).collect();
            made.push((def, done, moves));
        }
        for (def, done, moves) in made {
            make_moves(unit, def, &done, moves).await?;
        }
    }
    for file in files {
        release(unit, report, (file, plans)).await?;
    }
    Ok(())
}

/// Makes the releases of a country, which are of the owner that is acted for.
async fn release(unit: &mut Unit, report: &mut Report, (file, plans): (&CountryFile, &Plans)) -> Result<()> {
    let def = Release::def();
    let of_kind = file.records.iter().filter(|record| record.of == def.name);
    let rows = of_kind.map(|record| row(def, (file, record), (plans, &HashMap::new()))).collect();
    let caller = unit.actor().clone();
    let mut actor = Actor::clone(&caller);
    actor.acting = Some(file.owner.clone());
    unit.act_as(Arc::new(actor));
    let done = sync(unit, def, ONCE, rows).await;
    unit.act_as(caller);
    report.add(def.name, done?.counts);
    Ok(())
}

fn key((file, record): Placed<'_>) -> String {
    format!("{}/{}/{}", file.owner, record.of, record.key)
}

fn row(def: &KindDef, placed: Placed<'_>, (plans, ids): (&Plans, &HashMap<String, Uuid>)) -> Wanted {
    let (file, record) = placed;
    let mut fields = record.fields.clone();
    for name in ["origin", "subject"] {
        if let Some(id) = fields.get_mut(name).and_then(|any| any.get_mut("id")) {
            // Records of any kind are named by their ids alone.
            let found =
                id.as_str().and_then(|text| ids.get(&format!("{}/{}", file.owner, text.strip_prefix('@')?)));
            *id = found.map_or(Json::Null, |found| json!(found));
        }
    }
    let takes_owner = def.schemas.new.members().iter().any(|member| member == "owner");
    let fields =
        if takes_owner { with(&fields, [("owner", json!(file.owner))]) } else { Json::Object(fields) };
    let names = record.fields.get("depends_on").and_then(Json::as_array).into_iter().flatten();
    let names = names.filter_map(Json::as_str).filter_map(|name| name.strip_prefix('@'));
    let after: Vec<String> = names.map(|name| format!("{}/{name}", file.owner)).collect();
    let row = Wanted::new(DEMO, &key(placed), named(&file.owner, fields));
    Wanted { is_made: plans.are_new(file), ..row.after(after.iter().map(String::as_str)) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::GROUPS;
    use crate::seed::demo::file::countries;

    #[test]
    fn every_record_of_the_files_is_of_a_kind_that_is_made() {
        let known: BTreeSet<&str> = GROUPS.into_iter().flatten().copied().chain(["release"]).collect();

        let files = countries().unwrap();
        let of: BTreeSet<&str> =
            files.iter().flat_map(|file| &file.records).map(|record| record.of.as_str()).collect();

        assert_eq!(of.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
    }
}
