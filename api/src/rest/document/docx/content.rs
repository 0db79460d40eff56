//! The content of a file: overview, tables of actions, timeline, obligations.

use kernel::scalar::Ref;

use super::{
    WIDTH,
    parts::Sheet,
    ranked,
    table::{Cell, Table, plain},
};
use crate::{
    domain::plans::document::{
        ActionEntry, Column, Count, Document, Figures,
        timeline::{Bar, Timeline},
    },
    rest::document::years::Years,
};

/// Shades of a timeline: the period of an action.
const PERIOD: &str = "7BA3C8";

/// What the parts of the plan come to.
pub(super) fn overview(sheet: &mut Sheet, document: &Document) {
    sheet.heading(1, document.word("overview"));
    if document.pillars.is_empty() {
        sheet.soft(document.word("nothing"));
        return;
    }
    let mut table = Table::new(&[46, 12, 24, 18], WIDTH);
    table.head(&["pillar", "actions", "status", "costs"].map(|key| document.word(key)));
    for pillar in &document.pillars {
        let name = ranked(pillar.number.as_deref(), &pillar.title);
        table.row(summed(Cell::default().strong(&name), &pillar.figures));
    }
    table.row(summed(Cell::default().strong(&document.title.text), &document.figures));
    sheet.table(table);
    sheet.soft(document.word("as_reported"));
}

fn summed(name: Cell, figures: &Figures) -> Vec<Cell> {
    let state = |cell: Cell, count: &Count| cell.and(&format!("{} ({})", count.status.label, count.actions));
    let states = figures.by_status.iter().fold(Cell::default(), state);
    let costs = figures.costs.iter().fold(Cell::default(), |cell, cost| cell.and(&cost.text));
    vec![name, plain(&figures.actions.to_string()), states, costs]
}

/// The pillars with their objectives and actions.
pub(super) fn pillars(sheet: &mut Sheet, document: &Document) {
    if document.pillars.is_empty() {
        return;
    }
    sheet.chapter(document.word("content"));
    for pillar in &document.pillars {
        let name = ranked(pillar.number.as_deref(), &pillar.title);
        sheet.heading(2, &format!("{} {name}", document.word("pillar")));
        sheet.text(pillar.description.as_ref());
        for objective in &pillar.objectives {
            let name = ranked(objective.number.as_deref(), &objective.title);
            sheet.heading(3, &format!("{} {name}", document.word("objective")));
            sheet.text(objective.description.as_ref());
            if !objective.actions.is_empty() {
                sheet.table(actions(document, &objective.actions));
            }
        }
    }
}

fn actions(document: &Document, actions: &[ActionEntry]) -> Table {
    let shares = document.columns.iter().map(|column| usize::try_from(column.share()).unwrap_or(1));
    let mut table = Table::new(&shares.collect::<Vec<_>>(), WIDTH);
    let names: Vec<&str> = document.columns.iter().map(|column| document.word(column.key())).collect();
    table.head(&names);
    for action in actions {
        table.row(document.columns.iter().map(|column| cell(*column, action)).collect());
    }
    table
}

fn cell(column: Column, action: &ActionEntry) -> Cell {
    let or_empty = |text: Option<&str>| plain(text.unwrap_or_default());
    match column {
        Column::Number => or_empty(action.number.as_deref()),
        Column::Action => {
            let described = action.description.as_ref().map_or("", |text| text.text.as_str());
            Cell::default().strong(&action.title.text).and(described)
        }
        Column::Lead => or_empty(action.lead.as_ref().map(name)),
        Column::Partners => {
            action.partners.iter().fold(Cell::default(), |cell, partner| cell.and(name(partner)))
        }
        Column::Period => or_empty(action.period.as_ref().map(|period| period.text.as_str())),
        Column::Cost => or_empty(action.cost.as_ref().map(|cost| cost.text.as_str()))
            .and(action.funding_source.as_deref().unwrap_or_default()),
        Column::Status => plain(&action.status.label),
        Column::Progress => {
            plain(&action.progress_text).and(action.progress_note.as_deref().unwrap_or_default())
        }
    }
}

/// A record by its name, else by its code.
fn name(of: &Ref) -> &str {
    of.name.as_deref().or(of.code.as_deref()).unwrap_or_default()
}

/// When the actions begin and end: a column for each year, those of an action's period shaded.
pub(super) fn timeline(sheet: &mut Sheet, document: &Document) {
    let Some(timeline) = &document.timeline else { return };
    sheet.chapter(document.word("timeline"));
    let years = Years::of(timeline);
    let labels = years.labels();
    let columns = labels.len();
    let mut shares = vec![6 * columns, 40 * columns];
    shares.extend(std::iter::repeat_n(54, columns));
    let mut table = Table::new(&shares, WIDTH);
    let mut names = vec![document.word("number"), document.word("action")];
    names.extend(labels.iter().map(String::as_str));
    table.head(&names);
    lanes(&mut table, timeline, &years);
    sheet.table(table);
}

fn lanes(table: &mut Table, timeline: &Timeline, years: &Years) {
    let columns = years.labels().len();
    for lane in &timeline.lanes {
        let name = ranked(lane.number.as_deref(), &lane.title);
        table.row(vec![Cell::default().strong(&name).over(columns.saturating_add(2))]);
        for bar in &lane.bars {
            table.row(shaded(bar, years));
        }
    }
}

fn shaded(bar: &Bar, years: &Years) -> Vec<Cell> {
    let mut cells = vec![plain(bar.number.as_deref().unwrap_or_default()), plain(&bar.title.text)];
    let within = years.covered(bar.period.starts_on, bar.period.ends_on);
    cells.extend(
        within.into_iter().map(|is_in| if is_in { Cell::default().on(PERIOD) } else { Cell::default() }),
    );
    cells
}

/// The obligations that the plan serves.
pub(super) fn obligations(sheet: &mut Sheet, document: &Document) {
    if document.obligations.is_empty() {
        return;
    }
    sheet.chapter(document.word("obligations"));
    let mut table = Table::new(&[20, 50, 30], WIDTH);
    table.head(&["code", "obligation", "actions"].map(|key| document.word(key)));
    for served in &document.obligations {
        let part = |text: Option<&str>| plain(text.unwrap_or_default());
        table.row(vec![
            part(served.obligation.code.as_deref()),
            part(served.obligation.name.as_deref()),
            plain(&served.actions.join(", ")),
        ]);
    }
    sheet.table(table);
}
