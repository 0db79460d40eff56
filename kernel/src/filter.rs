//! Filters: one flat struct per kind serves REST and GraphQL and applies itself to a select.

use std::fmt::Display;

use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, Utc};
use entity::vocab::Visibility;
pub use sea_orm::sea_query::Cond;
use sea_orm::{
    Value,
    sea_query::{Alias, Expr, ExprTrait, LikeExpr, Query},
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    actor::Actor,
    error::{Code, Error, Result, Violation},
    policy::visible,
    record::{KindDef, Registry},
    scalar::Date,
    text,
};

/// Values that all filters of one list may name together; every one is bound in the statement.
pub const MAX_VALUES: usize = 1_000;

/// Words that `q` may have.
pub const MAX_WORDS: usize = 20;

/// What narrows the list of a kind.
pub trait Filter: Default + Send + Sync {
    /// The filters every kind has.
    fn common(&self) -> &Common;
    /// The filter with these common ones.
    #[must_use]
    fn with_common(self, common: Common) -> Self;
    /// Adds the kind's own conditions.
    fn apply(&self, to: &mut Where<'_>);
}

/// The filters every list takes; a repeated one means "any of".
#[derive(Clone, Debug, Default, PartialEq, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Common {
    /// Only these records.
    #[graphql(default)]
    pub id: Vec<Uuid>,
    /// Only records of these owners (`KGZ`, `region:CA`, `org:UNICRI`, `reference`).
    #[graphql(default)]
    pub owner: Vec<String>,
    /// Only records with these external keys.
    #[graphql(default)]
    pub external_key: Vec<String>,
    /// Only records from these source systems.
    #[graphql(default)]
    pub source_system: Vec<String>,
    /// Only records with these visibilities inside their country.
    #[graphql(default)]
    #[param(inline)]
    pub visibility: Vec<Visibility>,
    /// Only records of these countries (ISO 3166 alpha-3), where a country follows from the record.
    #[graphql(default)]
    pub country: Vec<String>,
    /// Only records of countries that are members of these regions now.
    #[graphql(default)]
    pub region: Vec<String>,
    /// Only records changed at or after this instant (RFC 3339).
    pub updated_since: Option<DateTime<Utc>>,
    /// Words the record must have, all of them, in any language, at most 20; accents and case do not count.
    pub q: Option<String>,
}

impl Common {
    /// Refuses filters that say nothing about records of the kind, instead of passing them over.
    ///
    /// # Errors
    /// `BadRequest` naming every one of them.
    pub fn check(&self, def: &KindDef) -> Result<()> {
        let given = [
            ("visibility", !self.visibility.is_empty()),
            ("country", !self.country.is_empty()),
            ("region", !self.region.is_empty()),
            ("q", self.q.is_some()),
        ];
        let refused = given.into_iter().filter(|(name, is_given)| *is_given && !def.filters_by(name));
        let faults: Vec<Violation> = refused.map(|(name, _)| unknown(def, name)).collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::BadRequest(faults)) }
    }
}

fn unknown(def: &KindDef, name: &str) -> Violation {
    let detail = format!("`{name}` is no filter of {}", def.collection);
    Violation::new(format!("?{name}"), Code::UnknownParameter, detail)
}

/// Conditions being gathered for one kind and one caller.
pub struct Where<'a> {
    /// The kind.
    pub def: &'static KindDef,
    actor: &'a Actor,
    kinds: &'static Registry,
    today: NaiveDate,
    all: Cond,
    values: usize,
    words: usize,
}

impl<'a> Where<'a> {
    /// Begins with what the caller may see, then adds the filter.
    ///
    /// # Errors
    /// `BadRequest` for more than [`MAX_VALUES`] values or [`MAX_WORDS`] words.
    pub fn of<F: Filter>(def: &'static KindDef, ctx: &'a crate::Ctx, filter: &F) -> Result<Cond> {
        let mut to = Self {
            def,
            actor: &ctx.actor,
            kinds: ctx.kinds,
            today: ctx.clock.today(),
            all: Cond::all().add(visible(&ctx.actor, def)),
            values: 0,
            words: 0,
        };
        to.common(filter.common());
        filter.apply(&mut to);
        let mut faults = Vec::new();
        if to.values > MAX_VALUES {
            let detail = format!("the filters of a list take at most {MAX_VALUES} values together");
            faults.push(Violation::new("?", Code::OutOfRange, detail));
        }
        if to.words > MAX_WORDS {
            faults.push(Violation::new("?q", Code::OutOfRange, format!("at most {MAX_WORDS} words")));
        }
        if faults.is_empty() { Ok(to.all) } else { Err(Error::BadRequest(faults)) }
    }

    /// Any of these values in a column.
    pub fn any<V: Serialize>(&mut self, column: &str, values: &[V]) -> &mut Self {
        self.values += values.len();
        if !values.is_empty() {
            let ty = self.def.at(column).and_then(|at| self.def.columns.get(at)).map(|column| column.ty);
            let parsed = values.iter().filter_map(|value| ty?.parse(&serde_json::to_value(value).ok()?));
            let wanted: Vec<Value> = parsed.filter(is_storable).collect();
            self.add(self.def.col(column).is_in(wanted));
        }
        self
    }

    /// True or false in a column.
    pub fn is(&mut self, column: &str, value: Option<bool>) -> &mut Self {
        if let Some(value) = value {
            self.add(self.def.col(column).eq(value));
        }
        self
    }

    /// Days in a column between two days, both included.
    pub fn days(&mut self, column: &str, from: Option<Date>, to: Option<Date>) -> &mut Self {
        if let Some(from) = from {
            self.add(self.def.col(column).gte(from.0));
        }
        if let Some(to) = to {
            self.add(self.def.col(column).lte(to.0));
        }
        self
    }

    /// Any of these hazard domains in a mask.
    pub fn domains(&mut self, column: &str, values: &[entity::vocab::Domain]) -> &mut Self {
        if !values.is_empty() {
            let mask = values.iter().fold(0, |mask, domain| mask | domain.bit());
            self.add(self.def.col(column).bit_and(mask).ne(0));
        }
        self
    }

    /// References to any of these records, by id, or by code where the kind has one.
    pub fn refs<V: Display>(&mut self, column: &str, values: &[V]) -> &mut Self {
        self.values += values.len();
        if !values.is_empty() {
            let target = self.def.columns.iter().find(|c| c.name == column).and_then(|c| c.target);
            let ids = self.ids_of(target, values);
            self.add(self.def.col(column).in_subquery(ids));
        }
        self
    }

    /// Links to any of these records, by id, or by code where the kind has one.
    pub fn linked<V: Display>(&mut self, column: &str, values: &[V]) -> &mut Self {
        self.values += values.len();
        if let Some(link) = self.def.link(column).filter(|_| !values.is_empty()) {
            let ids = self.ids_of(link.target, values);
            let from = Query::select()
                .column(Alias::new("from_id"))
                .from(Alias::new(link.table))
                .and_where(Expr::col(Alias::new("to_id")).in_subquery(ids))
                .take();
            self.add(self.def.col("id").in_subquery(from));
        }
        self
    }

    /// Any of these codes in a JSON array.
    pub fn lists<V: Serialize>(&mut self, column: &str, values: &[V]) -> &mut Self {
        self.values += values.len();
        let mut any = Cond::any();
        for code in
            values.iter().filter_map(|value| serde_json::to_value(value).ok()?.as_str().map(str::to_owned))
        {
            let text = self.def.col(column).cast_as(Alias::new("text"));
            any = any.add(text.like(LikeExpr::new(format!("%\"{}\"%", escape(&code))).escape('\\')));
        }
        if !values.is_empty() {
            self.all = std::mem::replace(&mut self.all, Cond::all()).add(any);
        }
        self
    }

    fn ids_of<V: Display>(&self, target: Option<&str>, values: &[V]) -> sea_orm::sea_query::SelectStatement {
        let values: Vec<String> = values.iter().map(V::to_string).collect();
        let mut select = Query::select();
        let Some(target) = target.and_then(|name| self.kinds.get(name)) else { return select };
        let ids = values.iter().filter_map(|value| value.parse::<Uuid>().ok());
        let mut named = Cond::any().add(target.col("id").is_in(ids));
        if let Some(code) = target.code {
            named = named.add(target.col(code).is_in(storable(&values)));
        }
        select.column((target.iden(), Alias::new("id"))).from(target.iden());
        select.cond_where(Cond::all().add(visible(self.actor, target)).add(named));
        select
    }

    fn add(&mut self, expr: Expr) {
        self.all = std::mem::replace(&mut self.all, Cond::all()).add(expr);
    }

    fn common(&mut self, common: &Common) {
        self.any("id", &common.id).any("owner", &common.owner);
        self.any("external_key", &common.external_key).any("source_system", &common.source_system);
        if let Some(since) = common.updated_since {
            self.add(self.def.col("updated_at").gte(since));
        }
        if self.def.is_national() {
            self.any("visibility", &common.visibility);
        }
        if let Some(words) = common.q.as_deref().map(text::words).filter(|_| self.def.has("search")) {
            self.words = words.len();
            for word in words.iter().map(|word| word.replace('\0', "\u{fffd}")) {
                let like = LikeExpr::new(format!("%{}%", escape(&word))).escape('\\');
                self.add(self.def.col("search").like(like));
            }
        }
        self.values += common.country.len() + common.region.len();
        self.places(common);
    }

    /// Countries and regions: by the record's country, its own code, or its owner.
    fn places(&mut self, common: &Common) {
        let codes = |select: &mut sea_orm::sea_query::SelectStatement| {
            if !common.country.is_empty() {
                select.and_where(
                    Expr::col((Alias::new("country"), Alias::new("code"))).is_in(storable(&common.country)),
                );
            }
            if !common.region.is_empty() {
                select.and_where(
                    Expr::col((Alias::new("country"), Alias::new("id")))
                        .in_subquery(self.members(&common.region)),
                );
            }
        };
        if common.country.is_empty() && common.region.is_empty() {
            return;
        }
        let mut countries = Query::select();
        countries.from(Alias::new("country"));
        let (own, of) = match self.def.name {
            "country" => ("id", "id"),
            "region" => {
                self.regions(common);
                return;
            }
            _ if self.def.has("country_id") => ("country_id", "id"),
            _ => ("owner", "code"),
        };
        countries.column((Alias::new("country"), Alias::new(of)));
        codes(&mut countries);
        self.add(self.def.col(own).in_subquery(countries));
    }

    fn regions(&mut self, common: &Common) {
        if !common.region.is_empty() {
            self.add(self.def.col("code").is_in(storable(&common.region)));
        }
    }

    /// Ids of countries that are members of these regions today.
    fn members(&self, regions: &[String]) -> sea_orm::sea_query::SelectStatement {
        let (membership, region) = (Alias::new("region_membership"), Alias::new("region"));
        let from = Expr::col((membership.clone(), Alias::new("from_on")));
        let until = Expr::col((membership.clone(), Alias::new("until_on")));
        Query::select()
            .column((membership.clone(), Alias::new("country_id")))
            .from(membership.clone())
            .inner_join(
                region.clone(),
                Expr::col((region.clone(), Alias::new("id")))
                    .eq(Expr::col((membership, Alias::new("region_id")))),
            )
            .and_where(Expr::col((region, Alias::new("code"))).is_in(storable(regions)))
            .cond_where(Cond::any().add(from.clone().is_null()).add(from.lte(self.today)))
            .cond_where(Cond::any().add(until.clone().is_null()).add(until.gte(self.today)))
            .take()
    }
}

/// The condition that a column holds this id.
#[must_use]
pub fn is(def: &KindDef, column: &str, id: Uuid) -> Expr {
    def.col(column).eq(id)
}

/// Texts with U+0000 are stored nowhere, and PostgreSQL takes none as a bound value.
fn is_storable(value: &Value) -> bool {
    !matches!(value, Value::String(Some(text)) if text.contains('\0'))
}

fn storable(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str).filter(|text| !text.contains('\0'))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
