//! What is to be said of a file that was read, before it is an import.

use kernel::{Code, Ctx, Error, Result, Violation};

use super::{
    ImportAtomic, ImportFailOn, ImportOptions, ImportWarning, MAX_ROWS_AT_ONCE, read::Read, review,
    spool::Table,
};

/// Refuses a file that was read where its settings say so, and has it wait for a second person where its owner wants one;
/// answers what its sender should know.
///
/// # Errors
/// `Invalid` where it refuses warnings and there are some; `BadRequest` for more rows than are written at once.
pub(super) async fn settled(
    ctx: &Ctx,
    read: &Read,
    owner: &str,
    options: &mut ImportOptions,
) -> Result<Vec<ImportWarning>> {
    let mut warnings = warnings(read);
    if options.fail_on == Some(ImportFailOn::Warning) && !warnings.is_empty() {
        let fault = |warning: &ImportWarning| Violation::new("", Code::UnknownMember, &*warning.message);
        return Err(Error::Invalid(warnings.iter().map(fault).collect()));
    }
    if !options.is_dry() && review::needs_two(ctx, owner).await? {
        options.dry_run = Some(true);
        warnings.push(ImportWarning {
            code: "awaits_second_person".into(),
            kind: String::new(),
            columns: Vec::new(),
            message: "nothing is written yet: a second person of the owner reviews and commits it".into(),
        });
    }
    let rows = read.order.len();
    if options.atomic() == ImportAtomic::All && !options.is_dry() && rows > MAX_ROWS_AT_ONCE {
        let text = format!(
            "the file has {rows} rows: `all` takes {MAX_ROWS_AT_ONCE} at most; take `group` or `row`"
        );
        return Err(Error::bad_request("?atomic", Code::OutOfRange, text));
    }
    Ok(warnings)
}

/// What the sender should know: what of the file is left alone.
fn warnings(read: &Read) -> Vec<ImportWarning> {
    let of_table = |table: &Table, code: &str, columns: &[String], why: String| ImportWarning {
        code: code.into(),
        kind: table.def.name.into(),
        columns: columns.to_vec(),
        message: why,
    };
    let told = read.tables.iter().filter(|table| !table.told.is_empty()).map(|table| {
        let why = "nobody writes them, or they show texts in translation";
        let text = format!("these are left alone, for {why}: {}", table.told.join(", "));
        of_table(table, "columns_left_alone", &table.told, text)
    });
    let others = read.tables.iter().filter(|table| !table.left_out.is_empty()).map(|table| {
        let text =
            format!("the mapping does not know {}: these columns are left out", table.left_out.join(", "));
        of_table(table, "columns_left_out", &table.left_out, text)
    });
    let (below, line) = read.below;
    let rows = read.tables.first().filter(|_| below > 0).map(|table| {
        let text = format!(
            "the table ends at an empty row, as the mapping says: rows below it are left out, {below} of them, from line {line} on"
        );
        of_table(table, "rows_left_out", &[], text)
    });
    let sheets = read.tables.first().filter(|_| !read.left_out.is_empty()).map(|table| {
        let text = format!("these tables of the file are left out: {}", read.left_out.join(", "));
        of_table(table, "tables_left_out", &[], text)
    });
    told.chain(others).chain(rows).chain(sheets).collect()
}
