//! What a record kind is made of: the types that declarations are written in.
//!
//! A kind is declared once, as a struct under [`record`]. The declaration is data: both faces, the write
//! path, the policy and the files read it. Nothing here knows a kind, a database or a face.

extern crate self as model;

pub mod access;
pub mod declaration;
pub mod field;
pub mod lifecycle;
pub mod types;
pub mod vocabulary;

pub use declaration::{Children, Class, Code, Declaration, Kind, Write};
pub use field::{Column, DefaultValue, Field, FieldDef, FilterDef, Shape, Writing};
pub use lifecycle::{By, Lifecycle, Move, Need};
pub use model_macros::{lifecycle, record, vocabulary};
pub use types::{
    AnyRef, Criterion, Decimal, FieldType, JsonObject, List, MappedColumn, Mask, Money, Objects, Part, Ref,
    Refs, Score, Subject,
};
pub use vocabulary::{Term, Vocabulary, VocabularyDef};
