//! The content of a document: overview, tables of actions, timeline, obligations.

use kernel::scalar::Ref;
use maud::{Markup, html};

use super::{bars, said, told};
use crate::{
    domain::plans::document::{
        ActionEntry, Column, Document, Figures, ObjectiveEntry, PillarEntry, Text, timeline::Timeline,
    },
    rest::document::years::Years,
};

/// A number before a title.
pub(super) fn ranked(document: &Document, number: Option<&str>, title: &Text) -> Markup {
    html! {
        @if let Some(number) = number { span.rank { (number) } " " }
        (said(document, title))
    }
}

/// What the parts of the plan come to.
pub(super) fn overview(document: &Document) -> Markup {
    if document.pillars.is_empty() {
        return html! { section { h2 { (document.word("overview")) } p.soft { (document.word("nothing")) } } };
    }
    html! {
        section {
            h2 { (document.word("overview")) }
            div.wide {
                table.fixed {
                    colgroup { col width="42%"; col width="14%"; col; @if has_costs(document) { col width="18%"; } }
                    thead {
                        tr {
                            th scope="col" { (document.word("pillar")) }
                            th.number scope="col" { (document.word("actions")) }
                            th scope="col" { (document.word("status")) }
                            @if has_costs(document) { th scope="col" { (document.word("costs")) } }
                        }
                    }
                    tbody {
                        @for pillar in &document.pillars {
                            tr {
                                th scope="row" { (ranked(document, pillar.number.as_deref(), &pillar.title)) }
                                (summed(document, &pillar.figures))
                            }
                        }
                        tr { th scope="row" { (said(document, &document.title)) } (summed(document, &document.figures)) }
                    }
                }
            }
            (bars::legend(document))
            p.soft { (document.word("as_reported")) }
        }
    }
}

/// Whether an action says what it costs.
fn has_costs(document: &Document) -> bool {
    !document.figures.costs.is_empty()
}

fn summed(document: &Document, figures: &Figures) -> Markup {
    html! {
        td.number { (figures.actions) }
        td { (bars::in_words(figures)) (bars::states(figures)) }
        @if has_costs(document) { td.number { @for cost in &figures.costs { div { (cost.text) } } } }
    }
}

/// The pillars with their objectives and actions.
pub(super) fn pillars(document: &Document) -> Markup {
    html! {
        @if !document.pillars.is_empty() {
            section.chapter {
                h2 { (document.word("content")) }
                @for pillar in &document.pillars { (one(document, pillar)) }
            }
        }
    }
}

fn one(document: &Document, pillar: &PillarEntry) -> Markup {
    html! {
        h3 {
            span.rank { (document.word("pillar")) " " }
            (ranked(document, pillar.number.as_deref(), &pillar.title))
        }
        (told(document, pillar.description.as_ref()))
        @for objective in &pillar.objectives { (aim(document, objective)) }
    }
}

fn aim(document: &Document, objective: &ObjectiveEntry) -> Markup {
    html! {
        h4 {
            span.rank { (document.word("objective")) " " }
            (ranked(document, objective.number.as_deref(), &objective.title))
        }
        (told(document, objective.description.as_ref()))
        @if !objective.actions.is_empty() {
            div.wide {
                table.fixed {
                    (columns(document))
                    thead {
                        tr {
                            @for column in &document.columns { th scope="col" { (document.word(column.key())) } }
                        }
                    }
                    tbody {
                        @for action in &objective.actions {
                            tr { @for column in &document.columns { td { (cell(document, *column, action)) } } }
                        }
                    }
                }
            }
        }
    }
}

/// How wide the columns of actions are.
fn columns(document: &Document) -> Markup {
    let all: u32 = document.columns.iter().map(|column| column.share()).sum();
    html! {
        colgroup {
            @for column in &document.columns {
                col width=(format!("{}%", column.share() * 100 / all.max(1)));
            }
        }
    }
}

fn cell(document: &Document, column: Column, action: &ActionEntry) -> Markup {
    html! {
        @match column {
            Column::Number => { (action.number.as_deref().unwrap_or_default()) }
            Column::Action => {
                p.title { (said(document, &action.title)) }
                (told(document, action.description.as_ref()))
            }
            Column::Lead => { @if let Some(lead) = &action.lead { (name(lead)) } }
            Column::Partners => { ul { @for partner in &action.partners { li { (name(partner)) } } } }
            Column::Period => { @if let Some(period) = &action.period { (period.text) } }
            Column::Cost => {
                @if let Some(cost) = &action.cost { (cost.text) }
                @if let Some(source) = &action.funding_source { p.fine { (source) } }
            }
            Column::Status => { (action.status.label) }
            Column::Progress => {
                (action.progress_text)
                (bars::progress(action.progress_percent, &action.progress_text))
                @if let Some(note) = &action.progress_note { p.fine { (note) } }
            }
        }
    }
}

/// A record by its name, else by its code.
fn name(of: &Ref) -> &str {
    of.name.as_deref().or(of.code.as_deref()).unwrap_or_default()
}

/// When the actions begin and end.
pub(super) fn timeline(document: &Document) -> Markup {
    let Some(timeline) = &document.timeline else { return html! {} };
    let years = Years::of(timeline);
    html! {
        section.chapter {
            h2 { (document.word("timeline")) }
            div.wide {
                table.fixed.timeline {
                    colgroup { col width="6%"; col width="34%"; @for _ in 0..years.columns { col; } }
                    thead {
                        tr {
                            th scope="col" { (document.word("number")) }
                            th scope="col" { (document.word("action")) }
                            @for year in years.labels() { th.year scope="col" { (year) } }
                        }
                    }
                    tbody { (lanes(document, timeline, years)) }
                }
            }
            p.soft { (document.word("as_reported")) }
        }
    }
}

fn lanes(document: &Document, timeline: &Timeline, years: Years) -> Markup {
    html! {
        @for lane in &timeline.lanes {
            tr.pillar {
                th scope="rowgroup" colspan=(years.columns.saturating_add(2)) {
                    (ranked(document, lane.number.as_deref(), &lane.title))
                }
            }
            @for bar in &lane.bars {
                tr {
                    td { (bar.number.as_deref().unwrap_or_default()) }
                    td { (said(document, &bar.title)) }
                    td.lane colspan=(years.columns) { (bars::track(document, years, bar)) }
                }
            }
        }
    }
}

/// The obligations that the plan serves.
pub(super) fn obligations(document: &Document) -> Markup {
    html! {
        @if !document.obligations.is_empty() {
            section.chapter {
                h2 { (document.word("obligations")) }
                table.fixed {
                    colgroup { col width="20%"; col width="50%"; col width="30%"; }
                    thead {
                        tr {
                            @for key in ["code", "obligation", "actions"] { th scope="col" { (document.word(key)) } }
                        }
                    }
                    tbody {
                        @for served in &document.obligations {
                            tr {
                                td { (served.obligation.code.as_deref().unwrap_or_default()) }
                                td { (served.obligation.name.as_deref().unwrap_or_default()) }
                                td { (served.actions.join(", ")) }
                            }
                        }
                    }
                }
            }
        }
    }
}
