//! Who may import whom; how long files are; the one clock.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A source file: its path below the workspace, and its text without comments.
struct Source {
    path: String,
    text: String,
    lines: usize,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// The sources below a folder of the workspace.
fn sources(folder: &str) -> Vec<Source> {
    let (root, mut files) = (root(), Vec::new());
    collect(&root.join(folder), &mut files);
    files.sort();
    assert!(!files.is_empty(), "{folder} has no sources");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source");
        let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        let name = path.strip_prefix(&root).expect("a path below the workspace").display().to_string();
        Source { path: name, lines: text.lines().count(), text: code.collect::<Vec<_>>().join("\n") }
    };
    files.into_iter().map(read).collect()
}

/// Every path a file imports, `use` trees opened.
fn imports(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for part in source.text.split("\n") {
        let line = part.trim_start();
        let visible = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "];
        if let Some(start) = visible.iter().find(|start| line.starts_with(**start)) {
            let from = source.text.find(part).unwrap_or_default();
            let rest = &source.text[from..];
            let tree = rest.split(';').next().unwrap_or_default().trim_start();
            open("", tree.trim_start_matches(start), &mut found);
        }
    }
    found
}

/// Modules that the file itself declares; what is theirs is no import.
fn own_modules(source: &Source) -> Vec<&str> {
    let lines = source.text.lines().map(str::trim);
    let named = lines.filter_map(|line| {
        let name = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ").strip_prefix("mod ")?;
        name.strip_suffix(';')
    });
    named.collect()
}

/// Opens a `use` tree.
fn open(before: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, inner)) = tree.split_once('{') else {
        if !tree.is_empty() {
            found.push(format!("{before}{tree}"));
        }
        return;
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut start) = (0_usize, 0_usize);
    let before = format!("{before}{head}");
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                open(&before, &inner[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
    open(&before, &inner[start..], found);
}

fn starts(path: &str, roots: &[&str]) -> bool {
    roots.iter().any(|root| path == *root || path.starts_with(&format!("{root}::")))
}

/// Whether the code names a path of this root, imported or written out.
fn names(source: &Source, root: &str) -> bool {
    let needle = format!("{root}::");
    let mut rest = source.text.as_str();
    while let Some(at) = rest.find(&needle) {
        let before = rest[..at].chars().next_back();
        if !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            return true;
        }
        rest = &rest[at + needle.len()..];
    }
    imports(source).iter().any(|path| starts(path, &[root]))
}

/// Files below a folder that name one of these roots.
fn namers(folder: &str, roots: &[&str]) -> Vec<String> {
    let all = sources(folder);
    let found = all.iter().flat_map(|source| {
        let named = roots.iter().filter(|root| names(source, root));
        named.map(|root| format!("{} names {root}", source.path))
    });
    found.collect()
}

/// Imports below a folder that are not allowed.
fn imported(folder: &str, is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources(folder) {
        let own = own_modules(&source);
        let found = imports(&source).into_iter().filter(|path| !starts(path, &own));
        let found = found.filter(|path| is_wrong(&source.path, path));
        wrong.extend(found.map(|path| format!("{} imports {path}", source.path)));
    }
    wrong
}

const NONE: [String; 0] = [];

#[test]
fn migrations_import_the_migrator_only() {
    let allowed = ["sea_orm_migration", "crate", "super", "self", "std"];

    let wrong = imported("migration/src", |_, path| !starts(path, &allowed));

    assert_eq!(wrong, NONE);
    assert_eq!(namers("migration/src", &["entity", "kernel", "concord"]), NONE);
}

/// What the faces, and everything that answers, are built of.
const FACES: [&str; 8] = [
    "axum",
    "http",
    "hyper",
    "tower",
    "tower_http",
    "async_graphql::Context",
    "async_graphql::Schema",
    "async_graphql::Object",
];

#[test]
fn declarations_know_neither_the_machinery_nor_the_faces() {
    let own = ["model", "sea_orm", "serde", "crate", "super", "self", "std"];

    let wrong = imported("entity/src", |_, path| !starts(path, &own));

    assert_eq!(namers("model/src", &["entity", "kernel", "concord"]), NONE);
    assert_eq!(namers("model/src", &FACES), NONE);
    assert_eq!(wrong, NONE);
}

#[test]
fn the_kernel_knows_neither_the_faces_nor_the_kinds() {
    assert_eq!(namers("kernel/src", &FACES), NONE);
    assert_eq!(namers("kernel/src", &["entity", "concord"]), NONE);
}

/// The layers of the kernel, the highest first.
const LAYERS: [&str; 3] = ["write", "read", "base"];

/// What the kernel's root takes from a layer: its modules, and what it names shortly.
fn of_layer(layer: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("kernel/src/lib.rs")).expect("the kernel's root");
    let marker = format!("use {layer}::");
    let trees = text.split(&marker).skip(1).filter_map(|rest| rest.split(';').next());
    let words = trees.flat_map(|tree| tree.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| !word.is_empty() && *word != "self").map(|word| format!("crate::{word}")).collect()
}

#[test]
fn layers_of_the_kernel_look_down_only() {
    let (mut wrong, mut above) = (Vec::new(), Vec::<String>::new());
    for layer in LAYERS {
        let folder = format!("kernel/src/{layer}");
        let higher: Vec<&str> = above.iter().map(String::as_str).collect();
        wrong.extend(namers(&folder, &higher));
        let own = of_layer(layer);
        assert!(own.len() > 5, "{layer} has little: {own:?}");
        above.extend(own);
        above.push(format!("crate::{layer}"));
    }

    assert_eq!(wrong, NONE);
}

#[test]
fn the_domain_knows_neither_http_nor_the_faces() {
    let own = ["crate::rest", "crate::graphql", "crate::server", "crate::cli", "crate::jobs"];

    for folder in ["api/src/domain", "api/src/signin"] {
        assert_eq!(namers(folder, &FACES), NONE);
        assert_eq!(namers(folder, &own), NONE);
    }
}

fn is_table(path: &str) -> bool {
    starts(path, &["entity"]) && !starts(path, &["entity::vocab"])
}

#[test]
fn rest_reaches_data_through_the_domain_only() {
    let wrong = imported("api/src/rest", |_, path| is_table(path));

    assert_eq!(namers("api/src/rest", &["sea_orm", "crate::graphql", "crate::cli"]), NONE);
    assert_eq!(wrong, NONE);
}

#[test]
fn graphql_reaches_data_through_the_domain_only() {
    let wrong = imported("api/src/graphql", |_, path| is_table(path));

    assert_eq!(namers("api/src/graphql", &["sea_orm", "crate::rest", "crate::cli"]), NONE);
    assert_eq!(wrong, NONE);
}

#[test]
fn jobs_reach_data_through_the_domain_only() {
    let wrong = imported("api/src/jobs", |_, path| is_table(path));
    let others =
        ["sea_orm", "axum", "crate::rest", "crate::graphql", "crate::server", "crate::cli", "crate::state"];

    assert_eq!(namers("api/src/jobs", &others), NONE);
    assert_eq!(wrong, NONE);
}

/// The areas of the domain, each with those it imports.
fn areas() -> BTreeMap<String, BTreeSet<String>> {
    let known = [
        "needs",
        "delivery",
        "regional",
        "treaties",
        "plans",
        "cooperation",
        "roadmap",
        "risks",
        "sharing",
        "access",
        "exchange",
        "calendars",
    ];
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources("api/src/domain") {
        let own = source.path.trim_start_matches("api/src/domain/");
        let own = own.split(['/', '.']).next().unwrap_or_default().to_owned();
        if !known.contains(&own.as_str()) {
            continue;
        }
        let area = |path: String| {
            let rest = path.strip_prefix("crate::domain::")?.split("::").next()?.to_owned();
            known.contains(&rest.as_str()).then_some(rest)
        };
        let others = imports(&source).into_iter().filter_map(area).filter(|other| *other != own);
        found.entry(own.clone()).or_default().extend(others);
    }
    found
}

/// Areas that reach themselves again.
fn circles() -> Vec<String> {
    let areas = areas();
    let mut wrong = Vec::new();
    for (area, others) in &areas {
        let (mut open, mut seen): (Vec<&String>, BTreeSet<&String>) =
            (others.iter().collect(), BTreeSet::new());
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(areas.get(next).into_iter().flatten());
            }
        }
        if seen.contains(area) {
            wrong.push(format!("{area} imports {others:?}"));
        }
    }
    wrong
}

#[test]
fn areas_of_the_domain_depend_in_one_direction() {
    assert_eq!(circles(), NONE);
}

fn everything() -> Vec<Source> {
    let folders = ["model", "entity/src", "migration/src", "kernel/src", "api/src", "tests"];
    folders.into_iter().flat_map(sources).collect()
}

#[test]
fn no_source_is_longer_than_four_hundred_lines() {
    let long: Vec<_> = everything().into_iter().filter(|source| source.lines > 400).collect();

    let long: Vec<_> = long.iter().map(|source| format!("{}: {}", source.path, source.lines)).collect();

    assert_eq!(long, NONE);
}

#[test]
fn folders_have_no_mod_rs() {
    let found: Vec<_> = everything().into_iter().filter(|one| one.path.ends_with("/mod.rs")).collect();

    let found: Vec<_> = found.into_iter().map(|source| source.path).collect();

    assert_eq!(found, NONE);
}

#[test]
fn only_the_clock_asks_the_machine_for_the_time() {
    let asks = |source: &Source| {
        let calls =
            [["Utc::", "now()"], ["SystemTime::", "now()"], ["Uuid::", "now_v7()"], ["Uuid::", "new_v4()"]];
        calls.iter().any(|call| source.text.contains(&call.concat()))
    };

    let asking = everything().into_iter().filter(asks).map(|source| source.path);
    let asking: Vec<_> = asking.filter(|path| path != "kernel/src/base/clock.rs").collect();

    assert_eq!(asking, NONE);
}

#[test]
fn no_join_loses_its_condition() {
    // SeaQuery leaves out the condition of a cross join of a table; `cross_join` says that there is none.
    let loses = |source: &Source| {
        ["join", "join_as"]
            .iter()
            .any(|join| source.text.contains(&format!(".{join}({}", ["JoinType::", "CrossJoin"].concat())))
    };

    let losing: Vec<_> = everything().into_iter().filter(loses).map(|source| source.path).collect();

    assert_eq!(losing, NONE);
}
