//! The risks that a plan is about.

use std::collections::BTreeMap;

use entity::{Risk, plan, risk, vocab::Domain};
use kernel::{
    Result,
    filter::Narrowing,
    render::{Detail, Renderer},
    row::{self, Row},
};
use model::Vocabulary;
use serde_json::{Map, json};

use super::{Annex, Cell, Matrix, Table, named};
use crate::domain::{
    Registered,
    plans::document::{Rows, Scribe, rows},
};

/// The owner's risks about a hazard domain of the plan, the greatest product of likelihood and impact first.
pub(super) async fn risks(scribe: &Scribe<'_>, of: &Rows) -> Result<Option<Annex>> {
    let def = Risk::def();
    let mask = of.plan.read(plan::DOMAINS).unwrap_or_default();
    let is_in = |domain: &&Domain| row::bit(Domain::DEF, domain.code()).is_some_and(|bit| mask & bit != 0);
    let domains: Vec<&str> = Domain::ALL.iter().filter(is_in).map(|domain| domain.code()).collect();
    let wanted = Map::from_iter([
        ("owner".to_owned(), json!([of.plan.owner()])),
        ("domain".to_owned(), json!(domains)),
    ]);
    let narrowing = Narrowing::from_json(def, &wanted)?;
    let mut found = rows::every(scribe.ctx, def, &narrowing, risk::SCORE.column).await?;
    if found.is_empty() {
        return Ok(None);
    }
    found.reverse();
    let renderer = Renderer::on(scribe.ctx, def, &found, Detail::List).await?;
    let mut cells: BTreeMap<(i32, i32), Vec<String>> = BTreeMap::new();
    let mut lines = Vec::new();
    for (place, row) in (1..).zip(&found) {
        let code = format!("R{place}");
        let at = (row.read(risk::LIKELIHOOD).unwrap_or(1), row.read(risk::IMPACT).unwrap_or(1));
        cells.entry(at).or_default().push(code.clone());
        lines.push(line(scribe, &renderer, (code, row)));
    }
    let cells = cells.into_iter().map(|((likelihood, impact), codes)| Cell { likelihood, impact, codes });
    let columns = ["code", "risk", "origin", "likelihood", "impact", "agency"];
    let columns = columns.map(|key| scribe.speech.word(key).to_owned()).to_vec();
    Ok(Some(Annex {
        matrix: Some(Matrix { cells: cells.collect() }),
        table: Some(Table { columns, rows: lines }),
        ..Annex::named(scribe, "risks")
    }))
}

fn line(scribe: &Scribe<'_>, renderer: &Renderer, (code, row): (String, &Row)) -> Vec<String> {
    let figure = |figure: Option<i32>| figure.unwrap_or_default().to_string();
    let origin = row.text(risk::HAZARD_ORIGIN.column).unwrap_or_default();
    vec![
        code,
        scribe.title(row, risk::TITLE.column).text,
        scribe.speech.label("hazard_origin", origin).label,
        figure(row.read(risk::LIKELIHOOD)),
        figure(row.read(risk::IMPACT)),
        named(renderer, row.read(risk::RESPONSIBLE_AGENCY)),
    ]
}
