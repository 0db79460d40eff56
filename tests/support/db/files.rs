//! Templates as SQLite files, copied for each test.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::OnceCell;

use super::{BUILD, COUNTER, Content, Ordering, World, fill, migrate};

/// The folder of the build for files of tests.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// What is copied for each test.
struct Templates {
    blank: Vec<u8>,
    filled: Vec<u8>,
    world: Arc<World>,
}

static TEMPLATES: OnceCell<Templates> = OnceCell::const_new();

pub fn url(file: &Path) -> String {
    format!("sqlite://{}?mode=rwc", file.display())
}

pub async fn copy(content: Content, to: &Path) -> (String, Arc<World>) {
    let templates = TEMPLATES.get_or_init(templates).await;
    let bytes = match content {
        Content::Blank => &templates.blank,
        Content::World => &templates.filled,
    };
    fs::write(to, bytes).expect("a copy of the template");
    // As the service makes it.
    fs::set_permissions(to, Permissions::from_mode(0o600)).expect("a mode");
    (url(to), templates.world.clone())
}

/// The path in an address.
pub fn path(url: &str) -> &str {
    url.trim_start_matches("sqlite://").trim_end_matches("?mode=rwc")
}

pub fn remove(url: &str) {
    let file = path(url);
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{file}{end}"));
    }
}

/// What files of all builds at this place begin with.
fn place() -> String {
    format!("suite-{:08x}-", BUILD.place)
}

fn kept(part: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{}{:08x}.{part}", place(), BUILD.print))
}

async fn templates() -> Templates {
    match stored() {
        Some(found) => found,
        None => made().await,
    }
}

fn stored() -> Option<Templates> {
    // The world is written last: where it stands, the others do.
    let world = serde_json::from_slice(&fs::read(kept("world")).ok()?).ok()?;
    let [blank, filled] = ["blank", "filled"].map(|part| fs::read(kept(part)));
    Some(Templates { blank: blank.ok()?, filled: filled.ok()?, world: Arc::new(world) })
}

async fn made() -> Templates {
    let file = super::file(COUNTER.fetch_add(1, Ordering::SeqCst));
    let bytes = || fs::read(&file).expect("the template");
    migrate(&url(&file)).await;
    let blank = bytes();
    let world = fill(&url(&file)).await;
    let filled = bytes();
    remove(&url(&file));

    fs::create_dir_all(FOLDER).expect("a folder");
    for old in fs::read_dir(FOLDER).expect("the folder").flatten() {
        if old.file_name().to_string_lossy().starts_with(&place()) {
            let _ = fs::remove_file(old.path());
        }
    }
    keep("blank", &blank);
    keep("filled", &filled);
    keep("world", &serde_json::to_vec(&world).expect("JSON"));
    Templates { blank, filled, world: Arc::new(world) }
}

/// Writes a file that is whole as soon as it is there.
fn keep(part: &str, bytes: &[u8]) {
    let beside = kept(&format!("{part}-{}", std::process::id()));
    fs::write(&beside, bytes).expect("a file");
    fs::rename(&beside, kept(part)).expect("the file is put in its place");
}
