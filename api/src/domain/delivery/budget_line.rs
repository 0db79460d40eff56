//! Budget lines: one currency for each.

use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

/// Amounts of a line, and the columns of their currencies.
const AMOUNTS: [(&str, &str); 3] =
    [("planned", "planned_currency"), ("committed", "committed_currency"), ("spent", "spent_currency")];

/// All amounts of a line are in one currency.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let given = AMOUNTS.iter().filter_map(|(name, column)| Some((*name, item.after.text(column)?)));
            let given: Vec<(&str, String)> =
                given.map(|(name, currency)| (name, currency.to_owned())).collect();
            let Some(((first, of_all), others)) = given.split_first() else { continue };
            for (name, currency) in others.iter().filter(|(_, currency)| currency != of_all) {
                let text = format!(
                    "all amounts of a line are in one currency: `{first}` is in {of_all}, `{name}` in {currency}"
                );
                item.fault(&format!("/{name}/currency"), Code::RuleBroken, text);
            }
        }
        Ok(())
    })
}
