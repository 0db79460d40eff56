//! Facts: what each says, and how long it counts as fresh.

use chrono::{Days, Months};
use entity::{
    fact::{AS_ON, CONTACT_POINT, KIND, LEGAL_INSTRUMENT, NUMBER, STALE_ON, TEXT, UNIT, VALID_FOR_MONTHS},
    vocab::FactKind,
};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

/// A fact says something, of a day that has begun; its age limit follows from that day.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let today = unit.ctx.clock.today();
        // Somewhere it is tomorrow already.
        let latest = today.checked_add_days(Days::new(1)).unwrap_or(today);
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            check_content(item);
            let day = item.after.read(AS_ON);
            if day.is_some_and(|day| day > latest) {
                item.fault("/as_on", Code::RuleBroken, "a fact was so on a day that has begun");
                continue;
            }
            let months = item.after.read(VALID_FOR_MONTHS).and_then(|months| u32::try_from(months).ok());
            let limit = day.zip(months);
            match limit.and_then(|(day, months)| day.checked_add_months(Months::new(months))) {
                Some(day) => item.after.write(STALE_ON, day),
                None => item.after.clear(STALE_ON.column),
            }
        }
        Ok(())
    })
}

fn check_content(item: &mut Item) {
    let row = &item.after;
    let (number, unit) = (row.read(NUMBER).is_some(), row.read(UNIT).is_some());
    let says = row.read(TEXT).is_some() || number;
    let leads = row.read(LEGAL_INSTRUMENT).is_some() || row.read(CONTACT_POINT).is_some();
    let is_count = row.read(KIND) == Some(FactKind::Count);
    if number && !unit {
        item.fault("/unit", Code::Required, "a number has a unit: say what is counted or measured");
    }
    if !number && (unit || is_count) {
        let why =
            if unit { "a unit stands beside a number" } else { "a fact of the kind `count` has a number" };
        item.fault("/number", Code::Required, why);
    }
    if !says && !leads && !item.has_fault_at("/number") {
        let text = "a fact says something: give `text`, `number`, `legal_instrument` or `contact_point`";
        item.fault("/text", Code::Required, text);
    }
}
