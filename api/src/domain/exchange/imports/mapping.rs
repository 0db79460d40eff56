//! Mappings: how files of one form are read.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use entity::{
    Agency, ImportMapping, agency, import_mapping,
    vocab::{DayOrder, DecimalMark},
};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Ctx, Error, KindDef, Result, Unit, row::Row, scalar::MappedColumn, spelling, store, unit::Item,
};
use model::Shape;
use sea_orm::sea_query::{Cond, ExprTrait};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    MAX_COLUMNS,
    columns::{self, Mapped},
    kinds::kind_named,
    lore::Marks,
};
use crate::domain::{KINDS, Registered};

/// Agencies whose names are known to an import.
const AGENCIES: u64 = 5000;

/// A mapping as an import keeps it: later edits change nothing of what the import reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mapping {
    id: Uuid,
    version: i32,
    pub(super) kind: String,
    pub(super) sheet: Option<String>,
    header_row: i32,
    pub(super) ends_at_empty_row: bool,
    pub(super) leaves_out_others: bool,
    day_order: DayOrder,
    #[serde(default)]
    decimal_mark: Option<DecimalMark>,
    pub(super) keys_of: Option<String>,
    columns: Vec<MappedColumn>,
}

/// Names by what they are compared by, with the codes they mean.
pub(super) type Names = HashMap<String, String>;

impl Mapping {
    /// The mapping with this id, or with this code among those of the owner for whom the caller acts.
    ///
    /// # Errors
    /// `BadRequest` where the caller sees none.
    pub(super) async fn named(ctx: &Ctx, name: &str) -> Result<Self> {
        let def = ImportMapping::def();
        let which = match Uuid::try_parse(name.trim()) {
            Ok(id) => def.col("id").eq(id),
            Err(_) => def.col(import_mapping::CODE.column).eq(spelling::key(name)),
        };
        let mut which = Cond::all().add(which);
        if let Some(owner) = ctx.actor.acting.as_deref().filter(|_| Uuid::try_parse(name.trim()).is_err()) {
            which = which.add(def.col("owner").eq(owner));
        }
        let found = store::seen(ctx, def, which, 1).await?;
        found.first().map(Self::of).ok_or_else(|| {
            let text = format!("there is no mapping {}", kernel::input::cut(&name.into()));
            Error::bad_request("?mapping", Code::NotFound, text)
        })
    }

    /// The mapping that is suggested for a file.
    pub(super) fn suggested(body: &serde_json::Value) -> Result<Self> {
        let text = |name: &str| body.get(name).and_then(|text| text.as_str().map(str::to_owned));
        let columns = body.get("columns").cloned().unwrap_or_default();
        Ok(Self {
            id: Uuid::nil(),
            version: 0,
            kind: text("record_kind").unwrap_or_default(),
            sheet: text("sheet"),
            header_row: body.get("header_row").and_then(|row| i32::try_from(row.as_i64()?).ok()).unwrap_or(1),
            ends_at_empty_row: true,
            leaves_out_others: true,
            day_order: DayOrder::DayFirst,
            decimal_mark: None,
            keys_of: None,
            columns: serde_json::from_value(columns)?,
        })
    }

    fn of(row: &Row) -> Self {
        let columns = row.read(import_mapping::COLUMNS).unwrap_or_default();
        Self {
            id: row.id(),
            version: row.version(),
            kind: row.read(import_mapping::RECORD_KIND).unwrap_or_default(),
            sheet: row.read(import_mapping::SHEET),
            header_row: row.read(import_mapping::HEADER_ROW).unwrap_or(1),
            ends_at_empty_row: row.read(import_mapping::ENDS_AT_EMPTY_ROW).unwrap_or_default(),
            leaves_out_others: row.read(import_mapping::LEAVES_OUT_OTHERS).unwrap_or_default(),
            day_order: row.read(import_mapping::DAY_ORDER).unwrap_or(DayOrder::DayFirst),
            decimal_mark: row.read(import_mapping::DECIMAL_MARK),
            keys_of: row.read(import_mapping::KEYS_OF),
            columns: columns.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect(),
        }
    }

    /// Line, or row of the sheet, that names the columns.
    pub(super) fn first_line(&self) -> u64 {
        u64::try_from(self.header_row).unwrap_or_default()
    }

    /// The line of the mapping for a column.
    pub(super) fn column(&self, name: &str) -> Option<&MappedColumn> {
        let wanted = same(name);
        self.columns.iter().find(|column| same(&column.column) == wanted)
    }

    /// How days and numbers are written.
    pub(super) const fn marks(&self) -> Marks {
        Marks { day_order: self.day_order, decimal_mark: self.decimal_mark }
    }
}

/// A mapping that an import keeps, with what it needs to know of the owner.
///
/// # Errors
/// What the database says.
pub(super) async fn mapped(ctx: &Ctx, kept: Option<Mapping>) -> Result<Option<Mapped>> {
    match kept {
        Some(mapping) => Ok(Some((Arc::new(mapping), agencies(ctx).await?))),
        None => Ok(None),
    }
}

/// A name by which it is compared: spaces, line breaks, capitals and `ё` make no difference.
pub(super) fn same(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().replace('ё', "е")
}

/// The names of the agencies of the owner for whom the caller acts, in every language, with their codes.
///
/// # Errors
/// What the database says.
pub(super) async fn agencies(ctx: &Ctx) -> Result<Arc<Names>> {
    let def = Agency::def();
    let Some(owner) = ctx.actor.acting.as_deref() else { return Ok(Arc::default()) };
    let rows = store::seen(ctx, def, Cond::all().add(def.col("owner").eq(owner)), AGENCIES).await?;
    let mut all = BTreeMap::<String, Option<String>>::new();
    for row in &rows {
        let Some(code) = row.read(agency::CODE) else { continue };
        let translated = row.json("translations").and_then(|all| all.as_object());
        let names =
            translated.into_iter().flat_map(|all| all.values()).filter_map(|of| of.get("name")?.as_str());
        let names: HashSet<String> =
            names.map(str::to_owned).chain(row.read(agency::NAME)).map(|name| same(&name)).collect();
        for name in names {
            // A name of two agencies means neither.
            all.entry(name).and_modify(|held| *held = None).or_insert_with(|| Some(code.clone()));
        }
    }
    Ok(Arc::new(all.into_iter().filter_map(|(name, code)| Some((name, code?))).collect()))
}

/// Whether a field refers to agencies.
pub(super) fn is_agency(def: &KindDef, field: &str) -> bool {
    let shape = def.declared.field(field).map(|field| field.shape);
    matches!(shape, Some(Shape::Ref(kind) | Shape::Refs(kind)) if kind == Agency::def().name)
}

/// A mapping is of a kind there is, and each column of it holds a field of that kind that no other one holds.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let mapping = Mapping::of(&item.after);
            let def = match kind_named(&KINDS, &mapping.kind) {
                Ok(def) => def,
                Err(text) => {
                    item.fault("/record_kind", Code::NotInList, text);
                    continue;
                }
            };
            let (mut columns, mut fields) = (HashSet::new(), HashSet::new());
            for (at, one) in mapping.columns.iter().enumerate().take(MAX_COLUMNS) {
                if !columns.insert(same(&one.column)) {
                    item.fault(
                        &format!("/columns/{at}/column"),
                        Code::NotUnique,
                        "the column stands there twice",
                    );
                }
                if let Some(text) = columns::fault(def, &one.field) {
                    item.fault(&format!("/columns/{at}/field"), Code::UnknownMember, text);
                } else if !one.field.starts_with("x_") && !fields.insert(one.field.clone()) {
                    item.fault(
                        &format!("/columns/{at}/field"),
                        Code::NotUnique,
                        "another column holds the field",
                    );
                }
            }
        }
        Ok(())
    })
}
