//! What a caller sees of a kind, narrowed by filters.

mod joined;
mod named;
mod predicate;

use chrono::NaiveDate;
use model::FieldDef;
use sea_orm::{
    Value,
    sea_query::{Alias, Cond, Expr, ExprTrait, Func, LikeExpr, Query, SelectStatement, UnionType},
};
use serde_json::Value as Json;
use uuid::Uuid;

pub(crate) use joined::joined;

use crate::{
    actor::Actor,
    codes::is_public,
    dates,
    error::{Code, Error, Result, Violation},
    filter::{Filter, MAX_VALUES, MAX_WORDS, Narrowing, Predicate, Rule},
    policy::{self, visible},
    record::{KindDef, Registry},
    row::{bit, parse},
    text,
    view::View,
};

/// The condition under which the caller sees a record and the filters let it pass.
///
/// # Errors
/// `BadRequest` for filters that say nothing about the kind, for more than [`MAX_VALUES`] values or
/// [`MAX_WORDS`] words.
pub fn condition(view: &View, def: &'static KindDef, asked: &Narrowing) -> Result<Cond> {
    Ok(Cond::all().add(visible(&view.actor, def)).add(narrowed(view, def, asked)?))
}

/// The condition under which the filters let a record pass, seen or not.
///
/// # Errors
/// As [`condition`].
pub(crate) fn narrowed(view: &View, def: &'static KindDef, asked: &Narrowing) -> Result<Cond> {
    let mut to = Where {
        def,
        actor: &view.actor,
        kinds: view.kinds,
        today: view.clock.today(),
        all: Cond::all(),
        words: 0,
    };
    let mut faults = Vec::new();
    for (filter, _) in asked.given().iter().filter(|(filter, _)| !filter.applies) {
        let detail = format!("`{}` is no filter of {}", filter.name, def.collection);
        faults.push(Violation::new(format!("?{}", filter.name), Code::UnknownParameter, detail));
    }
    let values: usize = asked.given().iter().filter(|(f, _)| f.accepts.is_list()).map(|(_, v)| v.len()).sum();
    if values + asked.predicate().map_or(0, Predicate::values) > MAX_VALUES {
        let detail = format!("the filters of a list take at most {MAX_VALUES} values together");
        faults.push(Violation::new("?", Code::OutOfRange, detail));
    }
    if faults.is_empty() {
        asked.given().iter().for_each(|(filter, values)| to.apply(filter, values));
        to.places(asked);
        if let Some(predicate) = asked.predicate() {
            to.all = to.all.add(predicate::says(view, def, predicate, true));
        }
        if to.words > MAX_WORDS {
            faults.push(Violation::new("?q", Code::OutOfRange, format!("at most {MAX_WORDS} words")));
        }
    }
    if faults.is_empty() { Ok(to.all) } else { Err(Error::BadRequest(faults)) }
}

/// The ids of all records of a kind that the caller sees.
pub(crate) fn seen(view: &View, def: &KindDef) -> SelectStatement {
    let mut ids = Query::select().expr(def.col("id")).from(def.iden()).take();
    ids.cond_where(visible(&view.actor, def));
    ids
}

/// Conditions being gathered for one kind and one caller.
struct Where<'a> {
    def: &'static KindDef,
    actor: &'a Actor,
    kinds: &'static Registry,
    today: NaiveDate,
    all: Cond,
    words: usize,
}

impl Where<'_> {
    fn apply(&mut self, filter: &Filter, values: &[String]) {
        self.pass_by_withheld(filter);
        let first = values.first().map_or("", String::as_str);
        match filter.rule {
            Rule::Any(column) if self.def.code == Some(column) => {
                self.add(has_code(self.def, column, values));
            }
            Rule::Any(column) => {
                let ty = self.def.column(column).map(|column| column.ty);
                let text = |value: &String| Json::String(value.clone());
                let parsed = values.iter().filter_map(|value| parse(ty?, &text(value)));
                let wanted: Vec<Value> = parsed.filter(is_storable).collect();
                self.add(self.def.col(column).is_in(wanted));
                if column == "visibility" && self.def.declared.or_fact {
                    // Facts that belong to nobody have none.
                    self.add(self.def.col("owner").ne("reference"));
                }
            }
            Rule::Is(column) => self.add(self.def.col(column).eq(first == "true")),
            Rule::Holds(column, code) => {
                let holds = self.def.col(column).eq(code);
                self.add(if first == "true" { holds } else { holds.not() });
            }
            Rule::From(column) => self.day(first, |day| self.def.col(column).gte(day)),
            Rule::Until(column) => self.day(first, |day| self.def.col(column).lte(day)),
            Rule::Mask(column, list) => {
                let mask = values.iter().filter_map(|code| bit(list, code)).fold(0, |mask, bit| mask | bit);
                self.add(self.def.col(column).bit_and(mask).ne(0));
            }
            Rule::Listed(column) => {
                let has = |code: &String| {
                    let text = self.def.col(column).cast_as(Alias::new("text"));
                    text.like(LikeExpr::new(format!("%\"{}\"%", escape(code))).escape('\\'))
                };
                let any = values.iter().map(has).fold(Cond::any(), Cond::add);
                self.all = std::mem::replace(&mut self.all, Cond::all()).add(any);
            }
            Rule::Refers(column, kind) => {
                let ids = self.ids_of(kind, values);
                self.add(self.def.col(column).in_subquery(ids));
            }
            Rule::Linked(column, kind) => self.linked(column, kind, values),
            Rule::Shows => self.shows(values),
            Rule::Since => {
                if let Some(since) = dates::instant(first) {
                    self.add(self.def.col("updated_at").gte(since));
                }
            }
            Rule::Words => self.words(first),
            Rule::Country | Rule::Region => {}
        }
    }

    /// Leaves out the records whose field the filter looks at and the caller does not see.
    fn pass_by_withheld(&mut self, filter: &Filter) {
        let looks_at = |field: &FieldDef| match filter.rule {
            Rule::Words => field.is_text,
            Rule::Any(column)
            | Rule::Is(column)
            | Rule::From(column)
            | Rule::Until(column)
            | Rule::Mask(column, _)
            | Rule::Listed(column)
            | Rule::Holds(column, _) => field.column == column,
            _ => false,
        };
        let is_meant = |name: &str| self.def.declared.field(name).is_some_and(looks_at);
        if let Some(open) = policy::is_open(self.actor, self.def, is_meant) {
            self.all = std::mem::replace(&mut self.all, Cond::all()).add(open);
        }
    }

    fn day(&mut self, text: &str, condition: impl Fn(NaiveDate) -> Expr) {
        if let Some(day) = dates::day(text) {
            let made = condition(day);
            self.add(made);
        }
    }

    fn linked(&mut self, column: &str, kind: &str, values: &[String]) {
        let Some(link) = self.def.link(column) else { return };
        let from = Query::select()
            .column(Alias::new("from_id"))
            .from(Alias::new(link.table))
            .and_where(Expr::col(Alias::new("to_id")).in_subquery(self.ids_of(kind, values)))
            .take();
        self.add(self.def.col("id").in_subquery(from));
    }

    /// Releases in the sets of visible records.
    fn shows(&mut self, values: &[String]) {
        let ids: Vec<Uuid> = values.iter().filter_map(|value| value.parse().ok()).collect();
        let of_kind = |def: &&KindDef| {
            let is_one = def.col("id").is_in(ids.iter().copied());
            let mut sets = Query::select().expr(def.col("release_set_id")).from(def.iden()).take();
            sets.cond_where(Cond::all().add(visible(self.actor, def)).add(is_one));
            sets
        };
        let national = self.kinds.all().iter().copied().filter(|def| def.is_national());
        let sets =
            national.map(|def| of_kind(&def)).reduce(|mut all, one| all.union(UnionType::All, one).take());
        let Some(sets) = sets else { return };
        let members = Query::select()
            .column(Alias::new("to_id"))
            .from(Alias::new("release_set_member"))
            .and_where(Expr::col(Alias::new("from_id")).in_subquery(sets))
            .take();
        self.add(self.def.col("id").in_subquery(members));
    }

    fn words(&mut self, query: &str) {
        let words = text::words(query);
        self.words = words.len();
        for text::Word { folded, stems } in words {
            let has = |part: &String| {
                let part = escape(&part.replace('\0', "\u{fffd}"));
                self.def.col("search").like(LikeExpr::new(format!("%{part}%")).escape('\\'))
            };
            let any = stems.iter().chain([&folded]).map(has).fold(Cond::any(), Cond::add);
            self.all = std::mem::replace(&mut self.all, Cond::all()).add(any);
        }
    }

    fn ids_of(&self, kind: &str, values: &[String]) -> SelectStatement {
        let mut select = Query::select();
        let Some(target) = self.kinds.get(kind) else { return select };
        let ids = values.iter().filter_map(|value| value.parse::<Uuid>().ok());
        let mut named = Cond::any().add(target.col("id").is_in(ids));
        if let Some(code) = target.code {
            named = named.add(has_code(target, code, values));
        }
        select.column((target.iden(), Alias::new("id"))).from(target.iden());
        select.cond_where(Cond::all().add(visible(self.actor, target)).add(named));
        select
    }

    fn add(&mut self, expr: Expr) {
        self.all = std::mem::replace(&mut self.all, Cond::all()).add(expr);
    }

    /// Countries and regions: by the record's country, its own code, or its owner.
    fn places(&mut self, asked: &Narrowing) {
        let (countries_named, regions_named) = (asked.values("country"), asked.values("region"));
        let codes = |select: &mut SelectStatement| {
            if !countries_named.is_empty() {
                select.and_where(
                    Expr::col((Alias::new("country"), Alias::new("code"))).is_in(storable(countries_named)),
                );
            }
            if !regions_named.is_empty() {
                select.and_where(
                    Expr::col((Alias::new("country"), Alias::new("id")))
                        .in_subquery(self.members(regions_named)),
                );
            }
        };
        if countries_named.is_empty() && regions_named.is_empty() {
            return;
        }
        let Some(own) = self.def.country_column() else {
            self.regions(regions_named);
            return;
        };
        let of = if own == "owner" { "code" } else { "id" };
        let mut countries = Query::select();
        countries.from(Alias::new("country"));
        countries.column((Alias::new("country"), Alias::new(of)));
        codes(&mut countries);
        self.add(self.def.col(own).in_subquery(countries));
    }

    fn regions(&mut self, codes: &[String]) {
        if !codes.is_empty() {
            self.add(self.def.col("code").is_in(storable(codes)));
        }
    }

    /// Ids of countries that are members of these regions today.
    fn members(&self, regions: &[String]) -> SelectStatement {
        let (membership, region) = (Alias::new("region_membership"), Alias::new("region"));
        let from = Expr::col((membership.clone(), Alias::new("from_on")));
        let until = Expr::col((membership.clone(), Alias::new("until_on")));
        let closed = Expr::col((membership.clone(), Alias::new("valid_until")));
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
            .cond_where(Cond::any().add(closed.clone().is_null()).add(closed.gte(self.today)))
            .take()
    }
}

/// Texts with U+0000 are stored nowhere, and PostgreSQL takes none as a bound value.
fn is_storable(value: &Value) -> bool {
    !matches!(value, Value::String(Some(text)) if text.contains('\0'))
}

fn storable(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str).filter(|text| !text.contains('\0'))
}

/// Whether the code of a record is one of these, in any case; codes that everybody may read are settled before.
fn has_code(def: &KindDef, code: &str, values: &[String]) -> Expr {
    if is_public(def) {
        return def.col(code).is_in(storable(values));
    }
    Expr::expr(Func::lower(def.col(code))).is_in(storable(values).map(str::to_ascii_lowercase))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
