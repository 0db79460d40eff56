//! Files loaded by the service itself, without a report that is kept: for the command line.

use std::{fs::File, sync::Arc};

use kernel::{Ctx, Error, Result, Unit, Violation};

use super::{
    ImportOptions,
    chunk::How,
    read,
    units::{Judging, Told, has_rejected, taken_back},
};
use crate::domain::KINDS;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Records made.
    pub created: usize,
    /// Records changed.
    pub updated: usize,
    /// Rows that change nothing.
    pub unchanged: usize,
    /// Rows of the file; none where it cannot be read row by row.
    pub rows: Option<usize>,
    /// Rows that are wrong.
    pub wrong: usize,
    /// What is wrong, as lines, in the order of the file.
    pub faults: Vec<String>,
}

/// Loads a file, all or none.
///
/// # Errors
/// `BadRequest` for settings that do not go together; what the database says.
pub async fn load(ctx: &Ctx, file: File, options: ImportOptions) -> Result<Loaded> {
    options.check(&KINDS)?;
    let read = match read::read(file, &options.reading(&KINDS, None)?) {
        Ok(read) => Arc::new(read),
        Err(Error::Invalid(found)) => {
            return Ok(Loaded { faults: found.iter().map(place).collect(), ..Loaded::default() });
        }
        Err(error) => return Err(error),
    };
    let mut ctx = ctx.clone();
    ctx.language = options.language.as_deref().map(Arc::from);
    let how = How { mode: options.mode(), tells_changes: false };
    let judging = Judging { read: read.clone(), how, sync: None, job: None };
    let told = Arc::new(Told::default());
    let held = told.clone();
    let work = async move |unit: &mut Unit| {
        let verdicts = judging.run(unit).await?;
        let done = if has_rejected(&verdicts) { Err(taken_back()) } else { Ok(()) };
        held.put(verdicts);
        done
    };
    let done = if options.is_dry() { ctx.take_back(work).await } else { ctx.run(work).await };
    match done {
        Ok(()) | Err(Error::Rejected(_)) => {}
        Err(error) => return Err(error),
    }
    let verdicts = told.take();
    let count = |result: &str| verdicts.iter().filter(|verdict| verdict.row.result == result).count();
    let faults = verdicts.iter().flat_map(|verdict| &verdict.row.errors).map(ToString::to_string).collect();
    Ok(Loaded {
        created: count("created"),
        updated: count("updated"),
        unchanged: count("unchanged"),
        rows: Some(read.order.len()),
        wrong: count("rejected"),
        faults,
    })
}

/// What is wrong with a file, with its place.
fn place(fault: &Violation) -> String {
    let parts: Vec<&str> = fault.pointer.split('/').skip(1).collect();
    let place = match parts[..] {
        ["lines", line] => format!("line {line}: "),
        ["lines", line, "columns", column] => format!("line {line}, column {column}: "),
        _ => String::new(),
    };
    format!("{place}{}: {}", fault.code.name(), fault.detail)
}
