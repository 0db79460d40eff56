//! The statement of figures: its columns are the keys of a group, the country, the measures, the count, and the newest change.
//!
//! Records are put together by what their columns hold, and what comes of it by what is told of that: days to months, references to
//! those that the caller sees. So texts are made of groups and not of records, which are far more.

use sea_orm::sea_query::{
    Alias, Cond, Condition, Expr, ExprTrait, Func, JoinType, Query, SelectStatement, UnionType,
};

use super::{Asked, By, MOST_PARTS, Measure, Step, Way, day_in, measure::Late, past, zone};
use crate::{
    codes::is_public,
    condition::{condition, seen},
    error::Result,
    filter::Narrowing,
    policy::is_open,
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
    making.columns();
    making.select.cond_where(condition(view, asked.def, filters)?);
    Ok(making.told())
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

/// How a part of what records are put together by is told.
#[derive(Clone, Copy)]
enum As {
    /// As it is: a text.
    Itself,
    /// As a text.
    Text,
    /// As a text, of ids.
    Id,
    /// As the period that a day lies in.
    Period(Step),
    /// As the id of a record of a kind that the caller sees.
    Seen(&'static KindDef),
}

/// A statement that is being made.
pub(super) struct Making<'a> {
    view: &'a View,
    asked: &'a Asked,
    /// Puts records together by what their columns hold.
    pub(super) select: SelectStatement,
    /// Puts these parts together by what is told of them.
    outer: SelectStatement,
    /// Columns of the inner statement so far.
    columns: usize,
    /// Columns of the outer one.
    told: usize,
}

/// The table of the points in time.
const TIME: &str = "time";

impl<'a> Making<'a> {
    pub(super) fn new(view: &'a View, asked: &'a Asked) -> Self {
        Self { view, asked, select: Query::select(), outer: Query::select(), columns: 0, told: 0 }
    }

    /// Adds a column to the inner statement; answers it as the outer one names it.
    fn add(&mut self, value: Expr) -> Expr {
        self.columns = self.columns.saturating_add(1);
        let name = Alias::new(format!("c{}", self.columns));
        self.select.expr_as(value, name.clone());
        Expr::col((Alias::new("part"), name))
    }

    /// Adds a column that rows are put together by; answers it as the outer statement names it.
    fn part(&mut self, value: Expr) -> Expr {
        let part = self.add(value);
        self.select.add_group_by([Expr::cust(self.columns.to_string())]);
        part
    }

    /// Adds a column to the outer statement.
    fn tell(&mut self, value: Expr) {
        self.told = self.told.saturating_add(1);
        self.outer.expr(value);
    }

    /// Adds a column to the outer statement that parts are put together by.
    fn tell_key(&mut self, value: Expr) {
        self.tell(value);
        self.outer.add_group_by([Expr::cust(self.told.to_string())]);
    }

    /// Adds a column that rows are put together by, and then by what is told of it.
    fn group(&mut self, value: Expr, told: As) {
        let part = self.part(value);
        let is_bytes = !self.is_postgres();
        let told = match told {
            As::Itself => part,
            As::Text => as_text(part, false),
            As::Id => as_text(part, is_bytes),
            As::Period(step) => cut(as_text(part, false), step),
            As::Seen(target) => {
                let is_seen = part.clone().in_subquery(seen(self.view, target));
                Expr::case(is_seen, as_text(part, is_bytes)).into()
            }
        };
        self.tell_key(told);
    }

    /// Adds the place of each point in time that a state lasts over, and the facts of the state.
    fn over_time(&mut self) {
        let [first, past] = [past::FIRST, past::PAST].map(|name| self.part(self.def().col(name)));
        let Some(places) = past::places(self.asked) else { return };
        let lasts = Cond::all().add(place().gte(first)).add(place().lt(past));
        // SQLite would put the parts together anew for each point in time.
        let join = if self.is_postgres() { JoinType::InnerJoin } else { JoinType::CrossJoin };
        self.outer.join_subquery(join, places, Alias::new(TIME), lasts);
        self.tell_key(place().cast_as(Alias::new("bigint")));
        self.group(self.def().col(past::FACTS), As::Text);
    }

    /// Adds all columns.
    pub(super) fn columns(&mut self) {
        let is_past = !self.asked.times.is_empty();
        if is_past {
            self.over_time();
        }
        for (at, grouping) in self.asked.by.iter().enumerate() {
            let (value, told) = self.key(at, grouping.of.name, grouping.of.by, grouping.step);
            self.group(value, told);
        }
        match self.asked.def.country_column() {
            Some(column) => self.group(self.def().col(column), self.told_as(column)),
            None => self.group(Expr::cust("NULL"), As::Itself),
        }
        let count = self.add(Expr::cust("COUNT(*)"));
        for measure in &self.asked.measures {
            self.measure(measure, &count);
        }
        self.tell(count.sum().cast_as(Alias::new("bigint")));
        let newest =
            if is_past { Expr::cust("NULL") } else { self.add(self.def().col("updated_at").max()).max() };
        self.tell(newest);
    }

    /// The statement, once all conditions are in it.
    pub(super) fn told(self) -> SelectStatement {
        let Self { select, mut outer, .. } = self;
        outer.from_subquery(select, Alias::new("part"));
        outer.limit(u64::try_from(MOST_PARTS).unwrap_or(u64::MAX).saturating_add(1)).take()
    }

    fn def(&self) -> &'static KindDef {
        self.asked.def
    }

    fn is_postgres(&self) -> bool {
        self.view.db.reading().is_postgres()
    }

    /// How what a column holds is told.
    fn told_as(&self, column: &str) -> As {
        let is_id = self.def().column(column).is_some_and(|column| column.ty == model::field::Column::Id);
        if is_id { As::Id } else { As::Text }
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

    fn key(&mut self, at: usize, field: &'static str, by: By, step: Step) -> (Expr, As) {
        let def = self.def();
        let (value, told) = match by {
            By::Owner => return (def.col("owner"), As::Text),
            // What the country is in is found from it.
            By::Country | By::Region => return (Expr::cust("NULL"), As::Itself),
            By::Code(column, _) | By::Number(column) | By::Text(column) | By::Truth(column) => {
                (def.col(column), As::Text)
            }
            By::Holds(column, code) => {
                let holds = def.col(column).eq(code);
                (Expr::case(holds, Expr::val("true")).finally(Expr::val("false")).into(), As::Itself)
            }
            By::Day(column) => (def.col(column), As::Period(step)),
            By::Instant(column) => {
                let local = zone::local(def.col(column), self.asked.zone, self.is_postgres());
                (cut(local, step), As::Itself)
            }
            By::Ref(column, kind) => {
                let hiding = self.view.kinds.get(kind).filter(|target| !is_public(target));
                (def.col(column), hiding.map_or(As::Id, As::Seen))
            }
            By::Mask(column, list) => {
                let bits = list.terms.iter().filter_map(|term| Some((term.code, bit(list, term.code)?)));
                let codes: Vec<_> = bits.map(|(code, bit)| (Expr::val(code), Expr::val(bit))).collect();
                let is_in = |to: &Alias, def: &KindDef| {
                    def.col(column).bit_and(Expr::col((to.clone(), Alias::new("is")))).ne(0)
                };
                return (self.each(at, field, codes, is_in), As::Itself);
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
                return (self.each(at, field, codes, is_in), As::Itself);
            }
            By::Refs(column, kind) => return (self.linked(at, field, column, kind), As::Id),
        };
        (self.unless_withheld(field, value), told)
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
            links.and_where(end.in_subquery(seen(self.view, target)));
        }
        let from = Expr::col((to.clone(), Alias::new("from_id")));
        let on = Cond::all().add(from.eq(self.def().col("id"))).add_option(self.open(field));
        self.select.join_subquery(JoinType::LeftJoin, links, to.clone(), on);
        Expr::col((to, Alias::new("to_id")))
    }

    /// Adds a sum as a text. Those of PostgreSQL have any size; SQLite refuses what has more than 64 bits, and adds up the
    /// halves of numbers that are wide themselves.
    fn sum(&mut self, value: Expr, is_wide: bool) {
        let text = |expr: Expr| expr.cast_as(Alias::new("text"));
        if !is_wide || self.is_postgres() {
            let sum = self.add(value.sum());
            self.tell(text(sum.sum()));
            return;
        }
        let high = self.add(value.clone().right_shift(HALF).sum());
        let low = self.add(value.bit_and((1_i64 << HALF) - 1).sum());
        self.tell(Expr::cust_with_exprs("? || ':' || ?", [high, low].map(|half| text(half.sum()))));
    }

    /// Adds how many records of a part are late: now, or at each point in time.
    fn late(&mut self, Late { due, state, over }: &Late, count: &Expr) {
        let is_over = self.def().col(state).is_in(over.iter().copied());
        let due = self.def().col(due);
        let of =
            |is_late: Expr, many: Expr| -> Expr { Expr::case(is_late, many).finally(Expr::val(0)).into() };
        if self.asked.times.is_empty() {
            let today = Expr::val(day_in(self.asked.zone, self.view.clock.now()));
            return self.sum(of(due.lt(today).and(is_over.not()), Expr::val(1)), false);
        }
        let since = Expr::case(is_over, past::never(self.asked)).finally(past::over(self.asked, &due));
        let since = self.part(since.into());
        self.tell(of(place().gte(since), count.clone()).sum().cast_as(Alias::new("text")));
    }

    fn measure(&mut self, measure: &Measure, count: &Expr) {
        match measure {
            Measure::Count => {}
            Measure::Late(late) => self.late(late, count),
            Measure::Of(way, field) => {
                let column = match field.shape {
                    model::Shape::Money => format!("{}_minor", field.name),
                    _ => field.column.to_owned(),
                };
                let value = self.unless_withheld(field.name, self.def().col(&column));
                let is_wide = field.shape != model::Shape::Int;
                let extreme = match way {
                    Way::Min => Expr::min,
                    Way::Max => Expr::max,
                    Way::Sum => return self.sum(value, is_wide),
                    Way::Avg => {
                        self.sum(value.clone(), is_wide);
                        let count = self.add(value.count());
                        self.tell(as_text(count.sum(), false));
                        return;
                    }
                };
                let part = self.add(extreme(value));
                self.tell(as_text(extreme(part), false));
            }
        }
    }
}

/// The place of a point in time.
fn place() -> Expr {
    Expr::col((Alias::new(TIME), Alias::new("place")))
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
