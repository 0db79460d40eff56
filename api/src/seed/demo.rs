//! The demonstration: the Kyrgyz Republic with public facts only, and three invented countries.
//!
//! Bodies and statements follow the built-in files. A plan is made once, with everything below
//! it, its moves and its release; what people do to it afterwards stays, so that a repeated run
//! neither undoes their work nor meets the rules of an adopted plan.

mod bodies;
mod duties;
mod file;
mod people;
mod plans;
mod records;
mod refusal;

use kernel::{Result, Unit};
use serde::Serialize;

pub use people::{PASSWORD, SignIn, sign_ins};

use self::{file::CountryFile, plans::Plans};
use super::{reference, report::Report};

/// What the demonstration came to, for printing.
#[derive(Clone, Debug, Serialize)]
pub struct DemoReport {
    /// The reference data.
    pub reference: Report,
    /// The records of the demonstration.
    pub records: Report,
    /// Who can sign in, all with [`PASSWORD`].
    pub sign_ins: Vec<SignIn>,
}

/// What the first unit made, for the second.
pub(super) struct Loaded {
    countries: Vec<CountryFile>,
    plans: Plans,
}

impl Loaded {
    /// Whether this run made any plan, so that there is something to go on with.
    pub(super) fn is_new(&self) -> bool {
        !self.plans.plans.created.is_empty()
    }
}

/// Brings in the reference data and the demonstration, up to the first edition of each plan.
pub(super) async fn load(unit: &mut Unit) -> Result<(DemoReport, Loaded)> {
    let countries = file::countries()?;
    refusal::check(unit, &countries).await?;
    let mut reference = Report::default();
    let mut ids = reference::load(unit, &mut reference).await?;
    let mut records = Report::default();
    bodies::load(unit, &mut records, &mut ids, &countries).await?;
    let plans = plans::load(unit, &mut records, &countries).await?;
    records::load(unit, &mut records, (&countries, &plans)).await?;
    plans::release(unit, &mut records, (&countries, &plans)).await?;
    let sign_ins = people::load(unit, &mut records).await?;
    Ok((DemoReport { reference, records, sign_ins }, Loaded { countries, plans }))
}

/// Goes on with the next editions of the plans that were made, and with the duties that were worked out meanwhile.
///
/// A unit of its own: what stood in an edition is read from the log, which tells states between units.
pub(super) async fn go_on(unit: &mut Unit, loaded: &Loaded) -> Result<()> {
    plans::load_editions(unit, &loaded.countries, &loaded.plans).await?;
    duties::load(unit, &loaded.countries, &loaded.plans).await
}
