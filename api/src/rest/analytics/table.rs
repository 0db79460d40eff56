//! Figures as CSV or as a workbook.

use std::fmt::Display;

use chrono::NaiveDate;
use kernel::Error;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::Value as Json;

use crate::{
    domain::{analytics::Analytics, exchange::columns::guarded},
    rest::forms::made_on,
};

/// The figures as CSV, with a line of names.
pub(super) fn csv(of: &Analytics) -> Result<Vec<u8>, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = of.columns.iter().map(|column| column.name.as_str());
    writer.write_record(head).map_err(|error| failed(&error))?;
    for row in &of.rows {
        let cells = of.columns.iter().map(|column| match row.get(&column.name) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => guarded(text).into_owned(),
            Some(other) => other.to_string(),
        });
        writer.write_record(cells).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

/// The figures as a workbook of one sheet.
pub(super) fn xlsx(of: &Analytics, day: NaiveDate) -> Result<Vec<u8>, Error> {
    workbook(of, day).map_err(|error| failed(&error))
}

fn workbook(of: &Analytics, day: NaiveDate) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&made_on(day)?);
    let head = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("figures")?.set_freeze_panes(1, 0)?;
    for (at, column) in (0_u16..).zip(&of.columns) {
        sheet.write_string_with_format(0, at, &column.name, &head)?;
        sheet.set_column_width(at, 20)?;
        for (line, row) in (1_u32..).zip(&of.rows) {
            match row.get(&column.name) {
                None | Some(Json::Null) => {}
                Some(Json::Number(number)) => {
                    sheet.write_number(line, at, number.as_f64().unwrap_or_default())?;
                }
                Some(Json::Bool(truth)) => {
                    sheet.write_boolean(line, at, *truth)?;
                }
                Some(Json::String(text)) => {
                    sheet.write_string(line, at, guarded(text))?;
                }
                Some(other) => {
                    sheet.write_string(line, at, other.to_string())?;
                }
            }
        }
    }
    book.save_to_buffer()
}

fn failed(error: &dyn Display) -> Error {
    Error::Internal(format!("no table was made: {error}"))
}
