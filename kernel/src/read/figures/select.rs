//! The statement of figures: its columns are the keys of a group, the country, the measures, the count, and the newest change.

use sea_orm::sea_query::{
    Alias, Cond, Condition, Expr, ExprTrait, Func, JoinType, Query, SelectStatement, UnionType,
};

use super::{Asked, By, MOST_PARTS, Measure, Step, Way, day_in, measure::Late, zone};
use crate::{
    codes::is_public,
    condition::condition,
    error::Result,
    filter::Narrowing,
    policy::{is_open, visible},
    record::KindDef,
    row::bit,
    view::View,
};

/// Bits of the lower half of a number.
const HALF: i32 = 32;

/// The statement over the records as they are now.
pub(super) fn present(view: &View, asked: &Asked, filters: &Narrowing) -> Result<SelectStatement> {
    let mut making = Making::new(view, asked);
    making.select.from(asked.def.iden());
    let today = Expr::val(day_in(asked.zone, view.clock.now()));
    making.columns(&today);
    making.select.cond_where(condition(view, asked.def, filters)?);
    Ok(making.select)
}

/// How many columns the statement has.
pub(super) fn width(asked: &Asked) -> usize {
    let measures: usize = asked.measures.iter().map(columns_of).sum();
    asked.by.len() + measures + 3
}

/// How many columns a measure has.
pub(super) fn columns_of(measure: &Measure) -> usize {
    match measure {
        Measure::Count => 0,
        Measure::Of(Way::Avg, _) => 2,
        Measure::Late(_) | Measure::Of(..) => 1,
    }
}

/// A statement that is being made.
pub(super) struct Making<'a> {
    view: &'a View,
    asked: &'a Asked,
    pub(super) select: SelectStatement,
    /// Columns that rows are put together by.
    grouped: usize,
}

impl<'a> Making<'a> {
    pub(super) fn new(view: &'a View, asked: &'a Asked) -> Self {
        Self { view, asked, select: Query::select(), grouped: 0 }
    }

    /// Adds a column that rows are put together by.
    pub(super) fn group(&mut self, expr: Expr) {
        self.grouped = self.grouped.saturating_add(1);
        self.select.expr(expr);
        self.select.add_group_by([Expr::cust(self.grouped.to_string())]);
    }

    /// Adds all columns; `today` is the day by which records are late.
    pub(super) fn columns(&mut self, today: &Expr) {
        for (at, grouping) in self.asked.by.iter().enumerate() {
            let expr = self.key(at, grouping.of.name, grouping.of.by, grouping.step);
            self.group(expr);
        }
        let country = match self.asked.def.country_column() {
            Some(column) => self.text(column),
            None => Expr::cust("NULL"),
        };
        self.group(country);
        for measure in &self.asked.measures {
            self.measure(measure, today);
        }
        self.select.expr(Expr::cust("COUNT(*)"));
        self.select.expr(self.asked.def.col("updated_at").max());
        self.select.limit(u64::try_from(MOST_PARTS).unwrap_or(u64::MAX).saturating_add(1));
    }

    fn def(&self) -> &'static KindDef {
        self.asked.def
    }

    fn is_postgres(&self) -> bool {
        self.view.db.reading().is_postgres()
    }

    /// A column as a text.
    fn text(&self, column: &str) -> Expr {
        let is_id = self.def().column(column).is_some_and(|column| column.ty == model::field::Column::Id);
        as_text(self.def().col(column), is_id && !self.is_postgres())
    }

    /// The condition that a field is not withheld; none if it never is.
    fn open(&self, field: &str) -> Option<Condition> {
        is_open(&self.view.actor, self.def(), |name| name == field)
    }

    /// A value where a field is not withheld.
    fn unless_withheld(&self, field: &str, value: Expr) -> Expr {
        match self.open(field) {
            Some(open) => Expr::case(open, value).into(),
            None => value,
        }
    }

    fn key(&mut self, at: usize, field: &'static str, by: By, step: Step) -> Expr {
        let value = match by {
            By::Owner => return self.text("owner"),
            // What the country is in is found from it.
            By::Country | By::Region => return Expr::cust("NULL"),
            By::Code(column, _) | By::Number(column) | By::Text(column) | By::Truth(column) => {
                self.text(column)
            }
            By::Holds(column, code) => {
                let holds = self.def().col(column).eq(code);
                Expr::case(holds, Expr::val("true")).finally(Expr::val("false")).into()
            }
            By::Day(column) => cut(self.text(column), step),
            By::Instant(column) => {
                cut(zone::local(self.def().col(column), self.asked.zone, self.is_postgres()), step)
            }
            By::Ref(column, kind) => self.seen(column, kind),
            By::Mask(column, list) => {
                let bits = list.terms.iter().filter_map(|term| Some((term.code, bit(list, term.code)?)));
                let codes: Vec<_> = bits.map(|(code, bit)| (Expr::val(code), Expr::val(bit))).collect();
                let is_in = |to: &Alias, def: &KindDef| {
                    def.col(column).bit_and(Expr::col((to.clone(), Alias::new("is")))).ne(0)
                };
                return self.each(at, field, codes, is_in);
            }
            By::Codes(column, list) => {
                let quoted = |code: &str| Expr::val(format!("\"{code}\""));
                let codes = list.terms.iter().map(|term| (Expr::val(term.code), quoted(term.code))).collect();
                let find = if self.is_postgres() { "strpos" } else { "instr" };
                let is_in = |to: &Alias, def: &KindDef| {
                    let all = def.col(column).cast_as(Alias::new("text"));
                    let one = Expr::col((to.clone(), Alias::new("is")));
                    Expr::expr(Func::cust(find).args([all, one])).gt(0)
                };
                return self.each(at, field, codes, is_in);
            }
            By::Refs(column, kind) => return self.linked(at, field, column, kind),
        };
        self.unless_withheld(field, value)
    }

    /// The record that a column refers to, where the caller sees it.
    fn seen(&self, column: &str, kind: &str) -> Expr {
        let Some(target) = self.view.kinds.get(kind).filter(|target| !is_public(target)) else {
            return self.text(column);
        };
        let is_seen = self.def().col(column).in_subquery(self.all_seen(target));
        Expr::case(is_seen, self.text(column)).into()
    }

    /// The records of a kind that the caller sees.
    fn all_seen(&self, target: &KindDef) -> SelectStatement {
        let mut ids = Query::select().expr(target.col("id")).from(target.iden()).take();
        ids.cond_where(visible(&self.view.actor, target));
        ids
    }

    /// A row for each of some codes that a record has; one without where it has none.
    fn each(
        &mut self,
        at: usize,
        field: &str,
        codes: Vec<(Expr, Expr)>,
        is_in: impl Fn(&Alias, &KindDef) -> Expr,
    ) -> Expr {
        let to = Alias::new(format!("d{at}"));
        let one = |(code, is): (Expr, Expr)| {
            Query::select().expr_as(code, Alias::new("code")).expr_as(is, Alias::new("is")).take()
        };
        let listed =
            codes.into_iter().map(one).reduce(|mut all, next| all.union(UnionType::All, next).take());
        let Some(listed) = listed else { return Expr::cust("NULL") };
        let on = Cond::all().add(is_in(&to, self.def())).add_option(self.open(field));
        self.select.join_subquery(JoinType::LeftJoin, listed, to.clone(), on);
        Expr::col((to, Alias::new("code")))
    }

    /// A row for each of the records that one is linked to and the caller sees; one without where there are none.
    fn linked(&mut self, at: usize, field: &str, column: &str, kind: &str) -> Expr {
        let (Some(link), Some(target)) = (self.def().link(column), self.view.kinds.get(kind)) else {
            return Expr::cust("NULL");
        };
        let (to, end) = (Alias::new(format!("d{at}")), Expr::col(Alias::new("to_id")));
        let mut links = Query::select().columns(["from_id", "to_id"].map(Alias::new)).take();
        links.from(Alias::new(link.table));
        if !is_public(target) {
            links.and_where(end.in_subquery(self.all_seen(target)));
        }
        let from = Expr::col((to.clone(), Alias::new("from_id")));
        let on = Cond::all().add(from.eq(self.def().col("id"))).add_option(self.open(field));
        self.select.join_subquery(JoinType::LeftJoin, links, to.clone(), on);
        as_text(Expr::col((to, Alias::new("to_id"))), !self.is_postgres())
    }

    /// A sum as a text. Those of PostgreSQL have any size; SQLite, which refuses what has more than 64 bits, adds up the
    /// halves of the numbers.
    fn sum(&self, value: Expr) -> Expr {
        let text = |expr: Expr| expr.cast_as(Alias::new("text"));
        if self.is_postgres() {
            return text(value.sum());
        }
        let high = text(value.clone().right_shift(HALF).sum());
        let low = text(value.bit_and((1_i64 << HALF) - 1).sum());
        Expr::cust_with_exprs("? || ':' || ?", [high, low])
    }

    fn measure(&mut self, measure: &Measure, today: &Expr) {
        match measure {
            Measure::Count => {}
            Measure::Late(Late { due, state, over }) => {
                let is_over = self.def().col(state).is_in(over.iter().copied());
                let late = self.def().col(due).lt(today.clone()).and(is_over.not());
                let one: Expr = Expr::case(late, Expr::val(1)).finally(Expr::val(0)).into();
                self.select.expr(one.sum().cast_as(Alias::new("text")));
            }
            Measure::Of(way, field) => {
                let column = match field.shape {
                    model::Shape::Money => format!("{}_minor", field.name),
                    _ => field.column.to_owned(),
                };
                let value = self.unless_withheld(field.name, self.def().col(&column));
                let text = |expr: Expr| expr.cast_as(Alias::new("text"));
                match way {
                    Way::Sum => self.select.expr(self.sum(value)),
                    Way::Min => self.select.expr(text(value.min())),
                    Way::Max => self.select.expr(text(value.max())),
                    Way::Avg => self.select.expr(self.sum(value.clone())).expr(text(value.count())),
                };
            }
        }
    }
}

/// What a number of a column comes to, written as [`Making::sum`] does.
pub(super) fn sum(text: &str) -> Option<i128> {
    let Some((high, low)) = text.split_once(':') else { return text.parse().ok() };
    let high: i128 = high.parse().ok()?;
    Some((high << HALF) + low.parse::<i128>().ok()?)
}

/// A value as a text; ids of SQLite are bytes.
fn as_text(value: Expr, is_bytes: bool) -> Expr {
    if is_bytes { Expr::expr(Func::cust("hex").arg(value)) } else { value.cast_as(Alias::new("text")) }
}

/// As much of a day as says what it is put together to; quarters are made of months.
fn cut(day: Expr, step: Step) -> Expr {
    let length = match step {
        Step::Day => 10,
        Step::Month | Step::Quarter => 7,
        Step::Year => 4,
    };
    Expr::expr(Func::cust("substr").args([day, Expr::val(1), Expr::val(length)]))
}
