//! Running queries and mutations: a level of the selection at a time, for all records of the level together.
//!
//! A level holds what was found and, for each selected field that leads further, where each of its sources
//! leads: to a place in a level below. What a level needs is asked for in one statement for each edge. The
//! answer is then written in the order it was asked for, straight from the rows.

mod analytics;
mod bundles;
mod editions;
mod flat;
mod imports;
mod json;
mod many;
mod one;
mod page;
mod participations;
mod past;
mod risks;
mod roots;
mod settle;
mod snapshots;
mod treaties;
mod webhooks;
mod write;
mod writes;

use std::sync::Arc;

use async_graphql::{Request, ServerError, parser::types::ExecutableDocument};
use futures_util::{StreamExt, future::BoxFuture, stream};
use kernel::{Ctx, Error, Result, db::Db, render::Renderer, row::Row};
use serde_json::Value as Json;

use super::{
    answer::Answer,
    freeze::thawed,
    library::ConcordSchema,
    selection::{Below, Item, Sel, What},
    types::{Does, OfPage, Read},
};
use tokio::sync::Semaphore;

use crate::{outgoing::hooks::Hooks, signin::identity::Identity, state::AppState};
use page::Paged;
use settle::{Found, Place, Settling};
use write::{Introspected, Writer};

/// Edges that one request asks for at a time.
const AT_A_TIME: usize = 4;

/// What is to be run.
#[derive(Debug)]
pub(crate) struct Work {
    /// Whether it is a mutation.
    pub(crate) writes: bool,
    /// What is selected at the root.
    pub(crate) selection: Sel,
    /// The introspection among it, for the library.
    pub(crate) introspection: Option<ExecutableDocument>,
}

/// Where the fields of a level come from.
#[derive(Clone, Debug)]
enum Source {
    /// The root.
    Root,
    /// A record.
    Row(Arc<Row>),
    /// The payload that holds a record.
    Payload(Arc<Row>),
    /// A JSON value.
    Json(Arc<Json>),
    /// A connection.
    Page(Arc<Paged>),
    /// An edge of a connection, by its place.
    Edge(Arc<Paged>, usize),
    /// Where a connection stands.
    Info(Arc<Paged>),
}

/// Sources of one type with what is selected on them.
#[derive(Debug)]
struct Level<'s> {
    sel: &'s Sel,
    sources: Vec<Source>,
    /// Where each selected field leads, in the order of the selection.
    kids: Vec<Kid<'s>>,
}

/// Where a selected field leads.
#[derive(Debug, Default)]
struct Kid<'s> {
    /// For each source.
    places: Vec<Place>,
    /// The levels below, one for each type there is.
    levels: Vec<Level<'s>>,
}

/// One request being run.
pub(crate) struct Run {
    ctx: Ctx,
    /// For writes, whose rows count for nothing here: they are paid as those of REST are.
    unbounded: Db,
    identity: Identity,
    schema: ConcordSchema,
    hooks: Hooks,
    renderer: Arc<Renderer>,
    turns: Semaphore,
}

impl Run {
    /// A request of this caller, which reads through `db`.
    pub(crate) fn new(ctx: &Ctx, db: Db, identity: Identity, state: &AppState) -> Self {
        let (unbounded, mut ctx) = (ctx.db.clone(), ctx.clone());
        ctx.db = db;
        let renderer = Arc::new(Renderer::for_edges(&ctx, Arc::default()));
        let (schema, hooks) = (state.schema.clone(), state.hooks.clone());
        Self { ctx, unbounded, identity, schema, hooks, renderer, turns: Semaphore::new(AT_A_TIME) }
    }

    /// Runs what is asked for and writes the answer.
    pub(crate) async fn answer(&mut self, work: &Work) -> Answer {
        if let Err(error) = self.prepare(&work.selection).await {
            return broken(&error);
        }
        let introspected = match &work.introspection {
            Some(document) => self.introspect(document.clone()).await,
            None => Introspected::default(),
        };
        let mut writer = Writer::new(&self.ctx, self.renderer.clone(), introspected);
        if work.writes {
            self.write_in_order(&work.selection, &mut writer).await;
        } else {
            let level = self.resolve(&work.selection, vec![Source::Root]).await;
            writer.root(&level);
        }
        writer.answer()
    }

    /// Looks up what showing records needs.
    async fn prepare(&mut self, selection: &Sel) -> Result<()> {
        if selection.takes_owners {
            let owners = Renderer::owners(&self.ctx).await?;
            self.renderer = Arc::new(Renderer::for_edges(&self.ctx, owners));
        }
        Ok(())
    }

    async fn introspect(&self, document: ExecutableDocument) -> Introspected {
        let mut request = Request::new("").only_introspection();
        request.set_parsed_query(document);
        Introspected::of(thawed(self.schema.execute(request).await))
    }

    /// Finds everything below some sources of one type.
    fn resolve<'s>(&'s self, sel: &'s Sel, sources: Vec<Source>) -> BoxFuture<'s, Level<'s>> {
        Box::pin(async move {
            let mut asked = Vec::with_capacity(sel.items.len());
            for item in &sel.items {
                asked.push(self.kid(item, &sources));
            }
            let kids = stream::iter(asked).buffered(AT_A_TIME).collect().await;
            Level { sel, sources, kids }
        })
    }

    /// Where a field leads from each source, and what is below.
    fn kid<'a, 's: 'a>(&'s self, item: &'s Item, sources: &'a [Source]) -> BoxFuture<'a, Kid<'s>> {
        Box::pin(async move {
            let is_read = matches!(item.what, What::Field(field) if matches!(field.does, Does::Read(_)));
            if matches!(item.below, Below::Value) && !is_read {
                return Kid::default();
            }
            let found = self.load(item, sources).await;
            self.settle(item, found).await
        })
    }

    /// Puts what was found into levels, and goes on below.
    async fn settle<'s>(&'s self, item: &'s Item, found: Vec<Found>) -> Kid<'s> {
        let mut settling = Settling::default();
        let places = found.into_iter().map(|one| settling.place(&item.below, one)).collect();
        let mut levels = Vec::new();
        for (sel, sources) in settling.into_levels() {
            levels.push(self.resolve(sel, sources).await);
        }
        Kid { places, levels }
    }

    /// What a field finds for each source; a fault of the whole is one of each.
    async fn load(&self, item: &Item, sources: &[Source]) -> Vec<Found> {
        let _turn = self.turns.acquire().await;
        let found = match item.what {
            What::Field(field) => match field.does {
                Does::Member => self.members(item, field, sources).await,
                Does::Part(at) => self.parts(at, sources),
                Does::One(def, column) => self.one(item.wanted(def), column, sources).await,
                Does::Many(def, many) => self.many(item, (def, many), sources).await,
                Does::History => self.histories(item, sources).await,
                Does::Moves => self.moves(sources).await,
                Does::SharedWith => self.shared(sources).await,
                Does::AnyRef(kind, id) => self.any(kind, id, sources).await,
                Does::Record => Ok(sources.iter().map(of_payload).collect()),
                Does::Page(of) => Ok(sources.iter().map(|source| of_page(of, source)).collect()),
                Does::Read(read) => self.read(item, read).await.map(|one| vec![one]),
                Does::Write(_) => Err(Error::Internal("a write stands among reads".into())),
            },
            What::Typename | What::Library => Ok(Vec::new()),
        };
        found.unwrap_or_else(|error| {
            let fault = Arc::new(error);
            sources.iter().map(|_| Found::Fault(fault.clone())).collect()
        })
    }

    async fn read(&self, item: &Item, read: Read) -> Result<Found> {
        match read {
            Read::Node | Read::Nodes => self.nodes(item, read).await,
            Read::Me => self.me().await,
            Read::Export => self.export(item).await,
            Read::Vocabularies => self.vocabularies(),
            Read::Document => self.document(item).await,
            Read::ReleasePreview => self.release_preview(item).await,
            Read::PlanProposal => self.plan_proposal(item).await,
            Read::PlanProgress => self.plan_progress(item).await,
            Read::PlanFunding => self.plan_funding(item).await,
            Read::PlanConsultation => self.plan_consultation(item).await,
            Read::PlanRollUp => self.plan_roll_up(item).await,
            Read::RegionGaps => self.region_gaps(item).await,
            Read::CountryDue => self.country_due(item).await,
            Read::CalendarEntries => self.calendar_entries(item).await,
            Read::CommitmentSeries => self.commitment_series(item).await,
            Read::Simulation => self.simulation(item).await,
            Read::CountryCoverage => self.country_coverage(item).await,
            Read::CountryCommitments => self.country_commitments(item).await,
            Read::CountryMatrix1540 => self.country_matrix_1540(item).await,
            Read::ReportDraftAnswers => self.report_draft_answers(item).await,
            Read::CountryStaleFacts => self.country_stale_facts(item).await,
            Read::ParticipationMatrix => self.participation_matrix(item).await,
            Read::ParticipationStanding => self.participation_standing(item).await,
            Read::Changes => self.changes(item).await,
            Read::History => self.history(item).await,
            Read::Explain => self.explain(item).await,
            Read::Reads => self.reads(item).await,
            Read::Plan(read) => self.plan(item, read).await,
            Read::RiskTrend => self.risk_trend(item).await,
            Read::PriorityRanking => self.priority_ranking(item).await,
            Read::Import(read) => self.imports(item, read).await,
            Read::Analytics => self.analytics(item, false).await,
            Read::AnalyticsSeries => self.analytics(item, true).await,
            Read::FlatView => self.flat_view(item).await,
            Read::Cubes => analytics::cubes(),
            Read::Cube => self.cube(item).await,
            Read::Bundles => self.bundles(item).await,
            Read::Bundle => self.bundle(item).await,
            Read::Snapshots => self.snapshots(item).await,
            Read::Snapshot => self.snapshot(item).await,
            Read::Webhooks => self.webhooks(item).await,
            Read::Webhook => self.webhook(item).await,
            Read::WebhookAttempts => self.webhook_attempts(item).await,
            Read::Get(def) => self.get(def, item).await,
            Read::List(def) => self.list(def, item).await,
            Read::ByKey(def) => self.by_key(def, item).await,
        }
    }
}

/// The answer where nothing can be shown.
pub(super) fn broken(error: &Error) -> Answer {
    let fault = super::fault::field_fault(error, async_graphql::Pos::default());
    Answer::of(b"null".to_vec(), vec![ServerError { locations: Vec::new(), ..fault }])
}

fn of_payload(source: &Source) -> Found {
    match source {
        Source::Payload(row) => Found::One(Source::Row(row.clone())),
        _ => Found::Null,
    }
}

fn of_page(of: OfPage, source: &Source) -> Found {
    let all = |page: &Arc<Paged>, make: &dyn Fn(usize, &Source) -> Source| {
        Found::Many(page.nodes.iter().enumerate().map(|(at, node)| Found::One(make(at, node))).collect())
    };
    match (of, source) {
        (OfPage::Nodes, Source::Page(page)) => all(page, &|_, node| node.clone()),
        (OfPage::Edges, Source::Page(page)) => all(page, &|at, _| Source::Edge(page.clone(), at)),
        (OfPage::Info, Source::Page(page)) => Found::One(Source::Info(page.clone())),
        (OfPage::Node, Source::Edge(page, at)) => {
            page.nodes.get(*at).map_or(Found::Null, |node| Found::One(node.clone()))
        }
        _ => Found::Null,
    }
}

/// The rows among some sources.
fn rows(sources: &[Source]) -> impl Iterator<Item = &Arc<Row>> {
    sources.iter().filter_map(|source| if let Source::Row(row) = source { Some(row) } else { None })
}
