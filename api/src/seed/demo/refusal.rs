//! The demonstration stays out of databases that hold anything real.

use entity::{Commitment, Deadline, PlanEdition, ReleaseSet, Task};
use kernel::{Code, Error, KindDef, Result, Unit, store};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query};

use super::file::CountryFile;
use crate::{
    domain::Registered,
    seed::{DEMO, SEED},
};

/// Refuses a database with records that neither a seed nor anybody of the demonstration made.
///
/// What people of the demonstration make, and what belongs to an invented country, is part of it:
/// whoever tries the service can start it again.
pub(super) async fn check(unit: &Unit, files: &[CountryFile]) -> Result<()> {
    let invented: Vec<&str> =
        files.iter().filter(|file| file.country.is_some()).map(|file| file.owner.as_str()).collect();
    let mut foreign = Vec::new();
    for def in unit.ctx.kinds.all() {
        // Sets of releases and adopted editions are made by the service, for anybody's release or plan.
        let is_ours = [ReleaseSet::def().name, PlanEdition::def().name].contains(&def.name);
        if !is_ours && store::exists(unit.conn(), def, of_others(def, &invented)).await? {
            foreign.push(def.name.replace('_', " "));
        }
    }
    if foreign.is_empty() {
        return Ok(());
    }
    let text = format!(
        "the database holds records the demonstration did not make ({}); start the demonstration on a \
         database of its own, such as CONCORD_DATABASE_URL=sqlite://demo.db?mode=rwc",
        foreign.join(", ")
    );
    Err(Error::Conflict(Code::InUse, text))
}

fn of_others(def: &KindDef, invented: &[&str]) -> Cond {
    let or_empty = |column: &str, condition: Expr| Cond::any().add(def.col(column).is_null()).add(condition);
    let people = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("user"))
        .and_where(Expr::col(Alias::new("source_system")).eq(DEMO))
        .take();
    // These are made by the service too, where a country asked for it.
    let is_worked_out = [Commitment::def().name, Deadline::def().name, Task::def().name].contains(&def.name);
    Cond::all()
        .add_option(is_worked_out.then(|| def.col("created_by").is_not_null()))
        .add(or_empty("source_system", def.col("source_system").is_not_in([SEED, DEMO])))
        .add(or_empty("created_by", def.col("created_by").not_in_subquery(people)))
        .add(def.col("owner").is_not_in(invented.iter().copied()))
}
