//! Imports: everything but the bytes, which are HTTP's.

use async_graphql::{InputObject, registry::MetaField};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    ImportRead, ImportWrite, Read, Types, Write,
    entry::{field, following, input, with_arguments, with_default},
};
use crate::domain::exchange::imports::{Import, ImportPage, ImportRowPage};

/// An import that something is done with.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct ImportInput {
    /// Id of the import.
    pub(crate) id: Uuid,
}

/// A dry run that is to be committed.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct CommitImportInput {
    /// Id of the import.
    pub(crate) id: Uuid,
    /// `importPlan` of the dry run.
    pub(crate) import_plan: String,
}

/// An import that is to be taken back.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct RevertImportInput {
    /// Id of the import.
    pub(crate) id: Uuid,
    /// Only tells what would become of each record.
    pub(crate) dry_run: Option<bool>,
}

impl Types<'_> {
    /// The types of imports.
    pub(super) fn imports(&mut self) {
        self.gives::<Import>();
        self.gives::<ImportPage>();
        self.gives::<ImportRowPage>();
        self.takes::<ImportInput>();
        self.takes::<CommitImportInput>();
        self.takes::<RevertImportInput>();
    }
}

/// The reads of imports.
pub(super) fn reads() -> Vec<(MetaField, Read)> {
    let id = || input("id", "Id of the import.", "ID!");
    let result = "Results, separated by commas: `created`, `updated`, `unchanged`, `deleted`, `rejected`.";
    let made = |name, text, ty, arguments, read| {
        (with_arguments(field(name, text, ty), arguments), Read::Import(read))
    };
    vec![
        made(
            "imports",
            "Imports that the caller has sent for the owner it acts under, the last one first.",
            "ImportPage!",
            [
                following(),
                vec![with_default(
                    input(
                        "ofOwner",
                        "Lists those of everybody of the owner, for its focal points and secretariats.",
                        "Boolean!",
                    ),
                    "false",
                )],
            ]
            .concat(),
            ImportRead::List,
        ),
        made(
            "import",
            "How far an import of the caller is, and what became of it; null if it has none such.",
            "Import",
            vec![id()],
            ImportRead::One,
        ),
        made(
            "importRows",
            "What became of each row, in the order of the file; null if the caller has no such import.",
            "ImportRowPage",
            [vec![id(), input("result", result, "String")], following()].concat(),
            ImportRead::Rows,
        ),
        made(
            "importErrors",
            "The rows that were refused, each with everything that is wrong with it; null if the caller has no such import.",
            "ImportRowPage",
            [vec![id()], following()].concat(),
            ImportRead::Errors,
        ),
    ]
}

/// The writes of imports.
pub(super) fn writes() -> Vec<(MetaField, Write)> {
    let made = |name, text, about, ty: &str, write| {
        let one = field(name, text, "Import!");
        (with_arguments(one, vec![input("input", about, ty.to_owned())]), Write::Import(write))
    };
    vec![
        made(
            "commitImport",
            "Does exactly what the dry run of a file showed, or nothing. A long one is carried out behind the answer.",
            "The import, and the plan of its dry run.",
            "CommitImportInput!",
            ImportWrite::Commit,
        ),
        made(
            "cancelImport",
            "Ends an import that is not done, or a dry run that waits to be committed.",
            "The import.",
            "ImportInput!",
            ImportWrite::Cancel,
        ),
        made(
            "revertImport",
            "Takes back what an import wrote, as an import of its own; what has changed since is listed and stays.",
            "The import.",
            "RevertImportInput!",
            ImportWrite::Revert,
        ),
        made(
            "reviewImport",
            "Judges again what somebody else of the owner sends, as an import of the caller's own, which it then commits. A long one is carried out behind the answer.",
            "The import.",
            "ImportInput!",
            ImportWrite::Review,
        ),
    ]
}
