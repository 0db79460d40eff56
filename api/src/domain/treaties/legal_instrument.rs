//! Legal instruments: later states have their days, and no day lies before the one that comes first.

use entity::{
    legal_instrument::{ADOPTED_ON, IN_FORCE_ON, REPEALED_ON, REPEALING_ACT, STATUS},
    vocab::LegalInstrumentStatus as Status,
};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

/// An instrument in a later state has the days that brought it there; everything that is wrong is told at once.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            check_facts(item);
            check_repeal(item);
        }
        Ok(())
    })
}

fn check_facts(item: &mut Item) {
    let Some(status) = item.after.read(STATUS) else { return };
    let has_adoption = item.after.read(ADOPTED_ON).is_some();
    let has_entry = item.after.read(IN_FORCE_ON).is_some();
    let is_adopted = matches!(status, Status::Adopted | Status::InForce | Status::Repealed);
    if is_adopted && !has_adoption {
        item.fault("/adopted_on", Code::Required, "an instrument that is adopted says when");
    }
    if status == Status::InForce && !has_entry {
        item.fault("/in_force_on", Code::Required, "an instrument in force says since when");
    }
    if status != Status::Repealed {
        return;
    }
    if item.after.read(REPEALED_ON).is_none() {
        item.fault("/repealed_on", Code::Required, "a repealed instrument says since when");
    }
    if item.after.read(REPEALING_ACT).is_none() {
        item.fault("/repealing_act", Code::Required, "a repealed instrument names the act that repeals it");
    }
}

/// A repeal follows the adoption, of an instrument that never entered into force too.
fn check_repeal(item: &mut Item) {
    let (adopted, repealed) = (item.after.read(ADOPTED_ON), item.after.read(REPEALED_ON));
    let is_early = adopted.zip(repealed).is_some_and(|(adopted, repealed)| repealed < adopted);
    if is_early && item.after.read(IN_FORCE_ON).is_none() {
        item.fault("/repealed_on", Code::RuleBroken, "nothing is repealed before it is adopted");
    }
}
