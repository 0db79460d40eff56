//! Changes that left their record as it was have no images: figures of the past leave out these few, and look not through all images.

use crate::table::{Indexes, NamedIndex};

pub(crate) const MIGRATION: Indexes = Indexes {
    module: module_path!(),
    all: &[NamedIndex {
        name: "ix_change_payload_bare",
        on: "change_payload (set_id, ordinal)",
        only: Some("\"before\" IS NULL AND \"after\" IS NULL AND salt IS NOT NULL"),
    }],
};
