//! Documents as they were read: parsed once, checked once, kept by their text.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use tokio::sync::OnceCell;

use super::{
    cost::{self, Refusal},
    hints,
    library::ConcordSchema,
    overlap, usage,
};

/// Bytes that the documents kept may take, as far as they can be told from their texts.
const MOST_BYTES: usize = 32 << 20;
/// Bytes a document takes for each byte of its text, at the least.
const BYTES_PER_BYTE: usize = 24;
/// Bytes every document takes.
const BYTES_EACH: usize = 2_048;

/// A document that was read.
#[derive(Debug)]
pub(crate) struct Document {
    /// What it holds.
    pub(crate) parsed: ExecutableDocument,
    faults: OnceCell<Vec<ServerError>>,
}

impl Document {
    /// What is wrong with the document whatever its variables are; found out once.
    pub(crate) async fn faults(&self, schema: &ConcordSchema) -> &[ServerError] {
        self.faults
            .get_or_init(async || {
                let mut found = schema.faults_of(&self.parsed).await;
                // The library does not know that a position with a default takes a variable that may be null.
                found.retain(|fault| !usage::is_about_positions(&fault.message));
                found.extend(usage::faults(&self.parsed));
                if found.iter().all(hints::is_about_merging) {
                    let conflicts = overlap::conflicts(&self.parsed);
                    found = if conflicts.is_empty() { found } else { conflicts };
                }
                hints::hinted(found)
            })
            .await
    }

    /// Whether every operation that could be meant is a query.
    pub(crate) fn only_reads(&self, name: Option<&str>) -> bool {
        let is_meant = |of: Option<&Name>| name.is_none_or(|name| of.is_some_and(|of| of == name));
        let mut meant = self.parsed.operations.iter().filter(|(of, _)| is_meant(*of));
        meant.all(|(_, operation)| operation.node.ty == OperationType::Query)
    }

    /// The operation to run.
    ///
    /// # Errors
    /// Where the name fits none, or none is named among several.
    pub(crate) fn operation(
        &self,
        name: Option<&str>,
    ) -> Result<&Positioned<OperationDefinition>, ServerError> {
        let refused = |text: String| Err(ServerError::new(text, None));
        match (&self.parsed.operations, name) {
            (DocumentOperations::Single(one), None) => Ok(one),
            (DocumentOperations::Multiple(all), Some(name)) if all.contains_key(name) => {
                all.get(name).ok_or_else(|| ServerError::new("the operation is gone", None))
            }
            (_, Some(name)) => refused(format!("the document has no operation `{name}`")),
            (DocumentOperations::Multiple(all), None) => match all.values().next() {
                Some(one) if all.len() == 1 => Ok(one),
                _ => refused("the document has several operations; name one in `operationName`".to_owned()),
            },
        }
    }
}

/// The documents that were read lately.
///
/// They stand in two generations: what is asked for moves into the young one, and once that is full, the old
/// one is dropped and the young one grows old.
#[derive(Debug, Default)]
pub struct Documents(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Arc<str>, Arc<Document>>,
    old: HashMap<Arc<str>, Arc<Document>>,
    bytes: usize,
}

impl Documents {
    /// The document with this text.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) fn read(&self, text: &str) -> Result<Arc<Document>, Refusal> {
        if let Some(found) = self.0.lock().unwrap_or_else(PoisonError::into_inner).find(text) {
            return Ok(found);
        }
        let document = Arc::new(Document { parsed: cost::read(text)?, faults: OnceCell::new() });
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.keep(text.into(), document.clone());
        Ok(document)
    }
}

impl Generations {
    fn find(&mut self, text: &str) -> Option<Arc<Document>> {
        if let Some(found) = self.young.get(text) {
            return Some(found.clone());
        }
        let (text, found) = self.old.remove_entry(text)?;
        self.keep(text, found.clone());
        Some(found)
    }

    fn keep(&mut self, text: Arc<str>, document: Arc<Document>) {
        let bytes = text.len().saturating_mul(BYTES_PER_BYTE).saturating_add(BYTES_EACH);
        if self.bytes.saturating_add(bytes) > MOST_BYTES / 2 {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
        if bytes <= MOST_BYTES / 2 && self.young.insert(text, document).is_none() {
            self.bytes = self.bytes.saturating_add(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{BYTES_EACH, Documents, MOST_BYTES};

    #[test]
    fn a_text_is_read_once_while_it_is_asked_for() {
        let documents = Documents::default();

        let first = documents.read("{ regions { totalCount } }").unwrap();
        let again = documents.read("{ regions { totalCount } }").unwrap();

        assert!(Arc::ptr_eq(&first, &again));
        assert!(documents.read("{ oops").is_err());
    }

    #[test]
    fn what_nobody_asks_for_any_more_is_dropped() {
        let documents = Documents::default();
        let first = documents.read("{ a }").unwrap();
        let kept = documents.read("{ kept }").unwrap();

        for number in 0..MOST_BYTES / BYTES_EACH {
            documents.read(&format!("{{ a{number} }}")).unwrap();
            documents.read("{ kept }").unwrap();
        }

        assert!(Arc::ptr_eq(&kept, &documents.read("{ kept }").unwrap()));
        assert!(!Arc::ptr_eq(&first, &documents.read("{ a }").unwrap()));
    }
}
