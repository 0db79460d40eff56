//! Columns that are made of a record's texts: what is searched, and what its alphabetical order is by.
//!
//! They are made anew with every write, and for all records where the program folds or orders texts in
//! another way than the one that made them.

use std::collections::BTreeSet;

use model::declaration::ORDERS;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    db::{Conn, Db},
    error::Result,
    owners::Owners,
    record::{KindDef, Registry},
    render::Texts,
    row::Row,
    store, text,
    view::Locale,
};

/// Records that are read and written at a time.
const PAGE: u64 = 500;

/// Makes the derived columns of a row.
pub(crate) fn derive(row: &mut Row, owners: &Owners) {
    let def = row.def();
    if def.has("search") {
        row.set("search", search_text(row));
    }
    let Some(ordered) = def.declared.ordered_text() else { return };
    for (tag, column) in ORDERS.iter().filter(|(_, column)| def.has(column)) {
        let is_tailored = *tag != "und";
        let locale =
            Locale { chain: is_tailored.then(|| (*tag).to_owned()).into_iter().collect(), all: false };
        let shown = Texts::of(row, &locale, owners).get(ordered.column).unwrap_or_default();
        let key = text::key(column, shown);
        row.set(column, key);
    }
}

/// What `q` searches: every text in every language, the code, and the stems of the words.
fn search_text(row: &Row) -> String {
    let (mut all, mut stems) = (String::new(), BTreeSet::new());
    let mut add = |language: &str, text: &str| {
        all.push_str(&text::fold(text));
        all.push('\n');
        stems.extend(text::stems(language, text));
    };
    row.text("code").into_iter().for_each(|code| add("", code));
    let language = row.text("language").unwrap_or_default().to_owned();
    for column in row.def().columns.iter().filter(|column| column.is_text) {
        row.text(column.name).into_iter().for_each(|text| add(&language, text));
    }
    let translations = row.json("translations").and_then(Json::as_object);
    for (language, texts) in translations.into_iter().flatten() {
        let texts = texts.as_object().into_iter().flatten().filter_map(|(_, text)| text.as_str());
        texts.for_each(|text| add(language, text));
    }
    all.extend(stems);
    all
}

/// Brings the derived columns of every record to how this program makes them; answers how many were written.
///
/// # Errors
/// What the database says.
pub async fn refresh(db: &Db, kinds: &Registry) -> Result<u64> {
    let (table, column) = (Alias::new("text_algorithm"), Alias::new("name"));
    let made_by = Query::select().column(column.clone()).from(table.clone()).take();
    let made_by =
        db.reading().one(&made_by).await?.map(|row| row.try_get_by_index::<String>(0)).transpose()?;
    if made_by.as_deref() == Some(text::ALGORITHM) {
        return Ok(0);
    }
    let transaction = db.begin(true).await?;
    let conn = db.within(&transaction);
    let claim = Query::update()
        .table(table)
        .value(column.clone(), text::ALGORITHM)
        .and_where(Expr::col(column).ne(text::ALGORITHM))
        .take();
    // Of several processes that start at once, one finds the row as it was, and the others wait for it.
    let written = match conn.run(&claim).await?.rows_affected() {
        0 => 0,
        _ => rebuild(conn, kinds, None).await?,
    };
    transaction.commit().await?;
    Ok(written)
}

/// Makes the derived columns of all records anew, or of those of one owner.
pub(crate) async fn rebuild(conn: Conn<'_>, kinds: &Registry, owner: Option<&str>) -> Result<u64> {
    let owners = Owners::read(conn).await?;
    let mut written = 0;
    for def in kinds.all().iter().copied().filter(|def| def.columns.iter().any(|column| column.is_derived)) {
        let mut after = Uuid::nil();
        loop {
            let mut select = store::unseen(def);
            select
                .and_where(def.col("id").gt(after))
                .and_where_option(owner.map(|one| def.col("owner").eq(one)));
            select.order_by((def.iden(), Alias::new("id")), Order::Asc).limit(PAGE);
            let rows = store::rows(conn, def, &select).await?;
            let Some(last) = rows.last() else { break };
            after = last.id();
            for row in rows {
                written += write(conn, def, row, &owners).await?;
            }
        }
    }
    Ok(written)
}

/// Writes the derived columns of a row, unless somebody has edited it meanwhile.
async fn write(conn: Conn<'_>, def: &'static KindDef, mut row: Row, owners: &Owners) -> Result<u64> {
    derive(&mut row, owners);
    let derived = def.columns.iter().zip(row.exprs()).filter(|(column, _)| column.is_derived);
    let update = Query::update()
        .table(def.iden())
        .values(derived.map(|(column, value)| (Alias::new(column.name), value)))
        .and_where(def.col("id").eq(row.id()))
        .and_where(def.col("version").eq(row.version()))
        .take();
    Ok(conn.run(&update).await?.rows_affected())
}
