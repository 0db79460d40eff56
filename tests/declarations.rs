//! What kinds say of themselves: beside the tables they have, and where they say what cannot be.

use std::collections::{BTreeMap, BTreeSet};

use concord::domain::{KINDS, vocabularies::terms};
use entity::{Pillar, Region, Task};
use kernel::{
    KindDef,
    kinds::{Kinds, Staged, kind},
};
use model::{
    Declaration, FieldDef, Kind, Ref, Vocabulary,
    access::{Handling, Visibility},
    field::Column,
};
use sea_orm::{Statement, prelude::Date};

use crate::support::{TestApp, app, db};

/// Name, type and whether it may be null, of every column of a table.
async fn columns(app: &TestApp, table: &str) -> BTreeMap<String, (String, bool)> {
    let text = if db::is_postgres() {
        format!(
            "SELECT column_name::text, data_type::text, is_nullable = 'YES' FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}'"
        )
    } else {
        format!("SELECT name, type, \"notnull\" = 0 AND pk = 0 FROM pragma_table_info('{table}')")
    };
    let conn = app.state.db.reading();
    let rows = conn.all_raw(Statement::from_string(conn.backend(), text)).await.expect("the columns");
    let column = |row: &sea_orm::QueryResult| {
        let of = |at| row.try_get_by_index::<String>(at).expect("a text");
        (of(0), (of(1).to_lowercase(), row.try_get_by_index::<bool>(2).expect("a truth value")))
    };
    rows.iter().map(column).collect()
}

/// Types of the database that hold what a column stores.
fn types(column: Column) -> &'static [&'static str] {
    match column {
        Column::Id => &["uuid", "uuid_text"],
        Column::Text => &["text", "varchar", "character varying", "char(3)", "character"],
        Column::Int | Column::Mask(_) => &["integer", "smallint"],
        Column::BigInt | Column::Decimal if !db::is_postgres() => &["bigint", "integer"],
        Column::BigInt | Column::Decimal => &["bigint"],
        Column::Bool => &["boolean"],
        Column::Date => &["date", "date_text"],
        Column::Instant => &["timestamp with time zone", "timestamp_with_timezone_text"],
        Column::Json => &["jsonb", "jsonb_text"],
    }
}

/// What a kind says otherwise than its table.
async fn differences(app: &TestApp, def: &KindDef) -> Vec<String> {
    let stored = columns(app, def.table).await;
    let declared: BTreeSet<&str> = def.columns.iter().map(|column| column.name).collect();
    let mut found: Vec<String> = stored
        .keys()
        .filter(|name| !declared.contains(name.as_str()))
        .map(|name| format!("{}.{name} is not declared", def.table))
        .collect();
    for column in &def.columns {
        match stored.get(column.name) {
            None => found.push(format!("{}.{} has no column", def.table, column.name)),
            Some((ty, _)) if !types(column.ty).contains(&ty.as_str()) => {
                found.push(format!("{}.{}: {:?} is a {ty}", def.table, column.name, column.ty));
            }
            // Releases of older versions get these when the service starts.
            Some(_) if def.name == "release" && LATER.contains(&column.name) => {}
            Some((_, nullable)) if *nullable != column.nullable => {
                found.push(format!("{}.{}: the table says nullable {nullable}", def.table, column.name));
            }
            Some(_) => {}
        }
    }
    for link in &def.links {
        let stored = columns(app, link.table).await;
        let parts = ["from_id", "position"].iter().all(|name| stored.contains_key(*name));
        if !parts {
            found.push(format!("{}: the relation {} has no table", def.table, link.table));
        }
    }
    found
}

/// Columns that releases got later, and that are never empty once the service has started.
const LATER: [&str; 5] = ["subject", "include_future", "include_references", "status", "member_regions"];

#[tokio::test]
async fn every_table_has_the_columns_of_its_declaration() {
    app(async |app| {
        let mut found = Vec::new();
        for def in KINDS.all() {
            found.extend(differences(app, def).await);
        }

        assert_eq!(found, Vec::<String>::new());
    })
    .await;
}

fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// A pillar with one field more.
fn with(field: FieldDef) -> KindDef {
    let mut fields = Pillar::DECLARATION.fields.to_vec();
    fields.push(field);
    KindDef::of(kept(Declaration { fields: kept(fields), ..*Pillar::DECLARATION }))
}

/// Why a registry with this kind in the place of another one is refused.
fn refusal(other: &str, staged: impl Into<Staged>) -> String {
    let others = KINDS.all().iter().filter(|one| one.name != other);
    let others =
        others.map(|one| Staged::from(KindDef::of(kept(Declaration { moves: None, ..*one.declared }))));
    Kinds::checked(others.chain([staged.into()]).collect()).err().unwrap_or_default()
}

#[test]
fn a_declaration_that_cannot_be_is_refused_with_its_reason() {
    let text = |name| FieldDef::of::<String>(name, name, "A text.");
    let twice = Declaration { name: "plan", ..*Region::DECLARATION };

    let refusals = [
        refusal("pillar", with(FieldDef::of::<Ref<Nothing>>("of", "of_id", "Nothing."))),
        refusal("no kind", KindDef::of(kept(twice))),
        refusal("pillar", with(text("basis").not_before("title"))),
        refusal("pillar", with(text("basis").is("nothing", "code"))),
        refusal("pillar", with(FieldDef::of::<Date>("due_on", "due_on", "A day.").late("basis", &["done"]))),
        refusal("pillar", KindDef::of(kept(Pillar::DECLARATION.moves(&MOVES)))),
        refusal("task", kind::<Task>()),
    ];

    let wanted = [
        "pillar: there is no kind `nothing`",
        "two kinds are called `plan`",
        "pillar: `basis` is compared with no day",
        "pillar: `basis` follows from no field",
        "pillar: nothing is late by `due_on`, or over in states that there are not",
        "pillar: its lifecycle knows no column `state`",
        "task: `complete` needs Fact(\"dependencies_done\"), which nothing finds out",
    ];
    assert_eq!(refusals, wanted);
}

/// A kind that is not registered.
struct Nothing;

impl Kind for Nothing {
    const NAME: &'static str = "nothing";
    const DECLARATION: &'static Declaration = Region::DECLARATION;
}

static MOVES: model::Lifecycle = model::Lifecycle {
    state: "state",
    reason: "title",
    before: None,
    working: None,
    is_recorded: false,
    moves: &[],
};

#[test]
fn every_code_that_a_record_holds_has_a_label() {
    let labelled: BTreeSet<(String, &str)> =
        terms().iter().map(|term| (term.vocabulary.replace('_', ""), term.code.as_str())).collect();
    let of_all = [Visibility::DEF, Handling::DEF];
    let own = KINDS.served().flat_map(|def| def.declared.fields).filter_map(|field| field.shape.vocabulary());
    let lists = own.chain(of_all);

    let missing: BTreeSet<(String, &str)> = lists
        .flat_map(|list| list.terms.iter().map(|term| (list.name.to_lowercase(), term.code)))
        .filter(|term| !labelled.contains(term))
        .collect();

    assert_eq!(missing, BTreeSet::new());
}
