//! Stored documents: texts an operator keeps in a folder, asked for by their SHA-256.
//!
//! They are read once, at start; callers cannot add any, so nobody fills the memory.

use std::{collections::HashMap, fs, path::Path, sync::Arc};

use kernel::{Code, crypto::sha256};
use serde_json::{Map, Value as Json};

use super::cost::{self, Refusal};

/// Ending of the files that are read.
const ENDING: &str = "graphql";

/// The documents by their hashes, and whether only these are run.
#[derive(Clone, Debug, Default)]
pub struct StoredDocuments {
    texts: Arc<HashMap<String, String>>,
    only: bool,
}

/// Why a document is not the one to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unstored {
    /// No stored document has this hash.
    NotFound,
    /// Only stored documents are run here, and it is none.
    NotStored,
}

impl Unstored {
    /// Code of the refusal.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::NotFound => Code::DocumentNotFound,
            Self::NotStored => Code::DocumentNotStored,
        }
    }

    /// What the caller is told.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            // The text by which clients of automatic persisted queries know to send the document itself.
            Self::NotFound => "PersistedQueryNotFound",
            Self::NotStored => "only the documents stored by the operator are run here",
        }
    }
}

impl StoredDocuments {
    /// Reads every `*.graphql` file of a folder; `only` refuses all other documents.
    ///
    /// # Errors
    /// Everything that is wrong: what cannot be read or parsed, and what no caller could run.
    pub fn read(folder: &Path, only: bool) -> Result<Self, Vec<String>> {
        let (mut texts, mut faults) = (HashMap::new(), Vec::new());
        match files(folder) {
            Err(error) => faults.push(format!("{} cannot be read: {error}", folder.display())),
            Ok(files) => {
                for file in files {
                    match document(&file) {
                        Ok(text) => drop(texts.insert(sha256(&[text.as_bytes()]), text)),
                        Err(fault) => faults.push(format!("{}: {fault}", file.display())),
                    }
                }
            }
        }
        if faults.is_empty() { Ok(Self { texts: Arc::new(texts), only }) } else { Err(faults) }
    }

    /// How many documents there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.texts.len()
    }

    /// The text of the document to run.
    ///
    /// # Errors
    /// Where it is not stored although it must be.
    pub fn text(&self, asked: Asked) -> Result<String, Unstored> {
        let refusal = if self.only { Unstored::NotStored } else { Unstored::NotFound };
        match asked {
            Asked::Hash(hash) => self.texts.get(&hash).cloned().ok_or(refusal),
            Asked::Text(text) if self.only && !self.texts.contains_key(&sha256(&[text.as_bytes()])) => {
                Err(refusal)
            }
            Asked::Text(text) => Ok(text),
        }
    }
}

fn files(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let all = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files = all.collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == ENDING));
    files.sort();
    Ok(files)
}

/// The document in a file, which callers who are signed in could run.
fn document(file: &Path) -> Result<String, String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let assessed = cost::read(&text).and_then(|read| cost::assess(&read, None, &Map::new()));
    match assessed {
        Ok(_) => Ok(text),
        Err(Refusal::Syntax(why) | Refusal::Costly(why)) => Err(why),
    }
}

/// How a request says which document is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// By its text.
    Text(String),
    /// By its hash, 64 small hex digits.
    Hash(String),
}

impl Asked {
    /// Reads which document is meant from the members of a request: `query`, `documentId`, `extensions`.
    ///
    /// # Errors
    /// What is wrong with the members, or that text and hash do not fit.
    pub fn read(
        query: Option<&Json>,
        id: Option<&Json>,
        extensions: Option<&Map<String, Json>>,
    ) -> Result<Self, &'static str> {
        let text = match query {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some(text),
            Some(_) => return Err("`query` must be a text"),
        };
        let by_id = id.filter(|id| !id.is_null()).map(by_id).transpose()?;
        let persisted = extensions.and_then(|all| all.get("persistedQuery")).filter(|one| !one.is_null());
        let by_extension = persisted.map(by_extension).transpose()?;
        let hash = match (by_id, by_extension) {
            (Some(one), Some(other)) if one != other => {
                return Err("`documentId` and `extensions.persistedQuery` name two documents");
            }
            (one, other) => one.or(other),
        };
        match (text, hash) {
            (Some(text), Some(hash)) if sha256(&[text.as_bytes()]) != hash => {
                Err("`query` does not have the hash given")
            }
            (Some(text), _) => Ok(Self::Text(text.clone())),
            (None, Some(hash)) => Ok(Self::Hash(hash)),
            (None, None) => Err("`query` must be a text, or `documentId` the hash of a stored one"),
        }
    }
}

/// `sha256:<hex>`, as GraphQL over HTTP writes it.
fn by_id(id: &Json) -> Result<String, &'static str> {
    let hash = id.as_str().and_then(|id| id.strip_prefix("sha256:")).and_then(hash);
    hash.ok_or("`documentId` must be `sha256:` and 64 hex digits")
}

/// `{"version": 1, "sha256Hash": "<hex>"}`, as clients of automatic persisted queries write it.
fn by_extension(persisted: &Json) -> Result<String, &'static str> {
    let is_known = persisted.get("version").and_then(Json::as_u64) == Some(1);
    let given = persisted.get("sha256Hash").and_then(Json::as_str).filter(|_| is_known);
    given.and_then(hash).ok_or("`extensions.persistedQuery` must have `version` 1 and a `sha256Hash`")
}

fn hash(text: &str) -> Option<String> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase())
}
