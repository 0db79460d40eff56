//! The register of a country's commitments: each with its source, who is responsible for it, and what serves it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::{Enum, SimpleObject};
use chrono::NaiveDate;
use entity::{
    Action, Agency, Commitment, Deadline, Framework, LegalInstrument, Obligation, commitment, deadline,
    obligation, vocab::Domain,
};
use kernel::{
    Code, Ctx, Error, KindDef, Result, Violation, filter::Narrowing, input::cut, policy::visible,
    render::Renderer, row::Row, scalar::Ref, store,
};
use model::Vocabulary;
use sea_orm::sea_query::{ExprTrait, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    coverage::linked::Linked,
    deadline::OPEN,
    recorded::{self, every, natural},
};
use crate::domain::{Registered, small};

/// Why `without` is refused: to those outside, what they do not see would be told as if it were not there.
const FROM_INSIDE: &str = "only who reads the country from inside asks for commitments `without` something";

/// What a commitment may be without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentWithout {
    /// No agency is responsible for it.
    Agency,
    /// No action of a plan serves it.
    Action,
    /// No legal instrument serves it.
    LegalInstrument,
}

/// A commitment of a country, with what is known around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RegisteredCommitment {
    /// Id of the commitment.
    pub id: Uuid,
    /// The obligation.
    pub obligation: Ref,
    /// Its article or paragraph.
    pub provision: String,
    /// Its legal source.
    pub legal_source: String,
    /// What it is about.
    pub category: String,
    /// Its hazard domains, as codes.
    pub domains: Vec<String>,
    /// How binding it is: `legally_binding`, `politically_binding` or `encouraged`.
    pub binding: String,
    /// Framework it comes from.
    #[schema(required = true)]
    pub framework: Option<Ref>,
    /// Whether it applies, as the country says.
    pub applicability: String,
    /// What is to be known before its deadlines are read.
    #[schema(required = true)]
    pub caution: Option<String>,
    /// Responsible agency; null where none is named, or the caller does not see it.
    #[schema(required = true)]
    pub agency: Option<Ref>,
    /// Actions of the country's plans that serve it and are not cancelled.
    pub actions: Vec<Ref>,
    /// Legal instruments of the country that serve it and are not repealed.
    pub legal_instruments: Vec<Ref>,
    /// Next day on which something is due and nothing was sent yet.
    #[schema(required = true, format = Date)]
    pub next_due_on: Option<String>,
}

/// The commitments of a country, as far as the caller sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CommitmentRegister {
    /// The country.
    pub country: Ref,
    /// How many commitments are listed.
    pub count: i32,
    /// The commitments: by framework, then by provision as people count.
    pub commitments: Vec<RegisteredCommitment>,
}

/// Which commitments are wanted; all of them where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those under this framework, by id or code.
    pub framework: Option<String>,
    /// Those about this hazard domain, by code.
    pub domain: Option<String>,
    /// Those that are so binding, by code.
    pub binding: Option<String>,
    /// Those without any of these; only for callers inside the country.
    pub without: Vec<CommitmentWithout>,
}

/// Reads the commitments of a country; statements are as many however many commitments there are.
///
/// # Errors
/// `NotFound` if there is no such country; `Forbidden` for `without` from outside the country; `BadRequest` for a value no filter takes.
pub async fn register(ctx: &Ctx, address: &str, wanted: &Wanted) -> Result<CommitmentRegister> {
    let (country, owner) = recorded::country(ctx, address).await?;
    if !wanted.without.is_empty() && !ctx.actor.is_inside(&owner) {
        return Err(Error::Forbidden(FROM_INSIDE.into()));
    }
    let def = Commitment::def();
    let mut filters = vec![("owner".to_owned(), owner.clone())];
    filters.extend(wanted.framework.iter().map(|one| ("framework".to_owned(), one.clone())));
    filters.extend(wanted.binding.iter().map(|one| ("binding".to_owned(), one.clone())));
    let mut faults = Vec::new();
    let narrowing = Narrowing::read(def, &filters, &mut faults);
    let domain = wanted.domain.as_deref().and_then(|code| {
        let known = Domain::of(code);
        if known.is_none() {
            let text = format!("`domain` is one of C, B, R, N, not {}", cut(&code.into()));
            faults.push(Violation::new("?domain", Code::NotInList, text));
        }
        known
    });
    if !faults.is_empty() {
        return Err(Error::BadRequest(faults));
    }
    let rows = every(ctx, def, &narrowing).await?;
    let around = Around::read(ctx, &owner, &rows).await?;
    let mut found: Vec<RegisteredCommitment> =
        rows.iter().filter_map(|row| around.registered(row, domain, &wanted.without)).collect();
    found.sort_by_cached_key(|one| {
        let framework = one.framework.as_ref().and_then(|framework| framework.code.clone());
        (framework, natural(&one.provision), one.obligation.code.clone())
    });
    let country = around.renderer.named(&country);
    Ok(CommitmentRegister { country, count: small(found.len()), commitments: found })
}

/// Rows by their ids.
type Rows = BTreeMap<Uuid, Row>;

/// What stands around commitments.
struct Around {
    renderer: Renderer,
    obligations: Rows,
    called: BTreeMap<Uuid, Ref>,
    linked: Linked,
    actions: Rows,
    legal_instruments: Rows,
    next: BTreeMap<Uuid, NaiveDate>,
}

impl Around {
    async fn read(ctx: &Ctx, owner: &str, rows: &[Row]) -> Result<Self> {
        let all = async |def: &'static KindDef, ids: BTreeSet<Uuid>| -> Result<Rows> {
            Ok(store::by_ids(ctx, def, &ids).await?.into_iter().collect())
        };
        let named = |column: &str| rows.iter().filter_map(|row| row.uuid(column)).collect();
        let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
        let links = [
            (Framework::def(), commitment::FRAMEWORK.column),
            (Agency::def(), commitment::LEAD_AGENCY.column),
        ];
        let linked = Linked::of(ctx, owner).await?;
        let of = |all: &HashMap<Uuid, Vec<Uuid>>| {
            let ids = rows.iter().filter_map(|row| all.get(&row.read(commitment::OBLIGATION)?));
            ids.flatten().copied().collect::<BTreeSet<Uuid>>()
        };
        Ok(Self {
            called: recorded::called(ctx, &renderer, rows, links).await?,
            renderer,
            obligations: all(Obligation::def(), named(commitment::OBLIGATION.column)).await?,
            actions: all(Action::def(), of(&linked.actions)).await?,
            legal_instruments: all(LegalInstrument::def(), of(&linked.legal_instruments)).await?,
            linked,
            next: next(ctx, owner).await?,
        })
    }

    /// A commitment, if it is about a domain and without some things.
    fn registered(
        &self,
        row: &Row,
        domain: Option<Domain>,
        without: &[CommitmentWithout],
    ) -> Option<RegisteredCommitment> {
        let obligation = self.obligations.get(&row.read(commitment::OBLIGATION)?)?;
        let is_about = |domain: &Domain| recorded::is_about(obligation, *domain);
        let called = |column: &str| row.uuid(column).and_then(|id| self.called.get(&id).cloned());
        let agency = called(commitment::LEAD_AGENCY.column);
        let actions = self.serving(&self.linked.actions, &self.actions, obligation.id());
        let legal_instruments =
            self.serving(&self.linked.legal_instruments, &self.legal_instruments, obligation.id());
        let lacks = |what: &CommitmentWithout| match what {
            CommitmentWithout::Agency => agency.is_none(),
            CommitmentWithout::Action => actions.is_empty(),
            CommitmentWithout::LegalInstrument => legal_instruments.is_empty(),
        };
        if !domain.iter().all(is_about) || !without.iter().all(lacks) {
            return None;
        }
        let text = |column: &str| obligation.text(column).unwrap_or_default().to_owned();
        let own = |column: &str| row.text(column).map(str::to_owned);
        Some(RegisteredCommitment {
            id: row.id(),
            obligation: self.renderer.named(obligation),
            provision: text(obligation::PROVISION.column),
            legal_source: text(obligation::SOURCE.column),
            category: text(obligation::CATEGORY.column),
            domains: Domain::ALL
                .iter()
                .filter(|one| is_about(one))
                .map(|one| one.code().to_owned())
                .collect(),
            binding: own(commitment::BINDING.column).unwrap_or_default(),
            framework: called(commitment::FRAMEWORK.column),
            applicability: own(commitment::APPLICABILITY.column).unwrap_or_default(),
            caution: own(commitment::CAUTION.column),
            agency,
            actions,
            legal_instruments,
            next_due_on: self.next.get(&row.id()).map(NaiveDate::to_string),
        })
    }

    fn serving(&self, of: &HashMap<Uuid, Vec<Uuid>>, rows: &Rows, obligation: Uuid) -> Vec<Ref> {
        let ids = of.get(&obligation).into_iter().flatten();
        ids.filter_map(|id| rows.get(id)).map(|row| self.renderer.named(row)).collect()
    }
}

/// The next open day of each commitment by its visible deadlines, however many these are.
async fn next(ctx: &Ctx, owner: &str) -> Result<BTreeMap<Uuid, NaiveDate>> {
    let def = Deadline::def();
    let of = def.col(deadline::COMMITMENT.column);
    let select = Query::select()
        .exprs([of.clone(), def.col(deadline::DUE_ON.column).min()])
        .from(def.iden())
        .cond_where(visible(&ctx.actor, def))
        .and_where(def.col("owner").eq(owner))
        .and_where(def.col(deadline::STATUS.column).is_in(OPEN))
        .and_where(def.col(deadline::DUE_AT.column).gte(ctx.clock.now()))
        .add_group_by([of])
        .take();
    let rows = ctx.db.reading().all(&select).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}
