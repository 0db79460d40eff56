//! What a caller is told of one part of a record, before it is written in any form.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use model::VocabularyDef;
use sea_orm::Value;
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Renderer, texts::Texts};
use crate::{
    decimal,
    owners::Country,
    policy::Verb,
    scalar::{Money, Ref, SharedWith},
};

/// The value of one part of a record, as its caller is told it.
pub enum Told<'a> {
    /// Nothing: it is empty, or not for this caller.
    Nothing,
    /// An id.
    Id(Uuid),
    /// A text, or a code.
    Text(&'a str),
    /// A whole number.
    Number(i64),
    /// Whether something is so.
    Truth(bool),
    /// A day.
    Day(NaiveDate),
    /// An instant.
    At(DateTime<Utc>),
    /// An exact decimal number, in millionths.
    Decimal(i64),
    /// An amount: minor units and currency.
    Money(i64, &'a str),
    /// An object, as it is stored.
    Json(&'a Json),
    /// Codes, texts or objects, as they are stored.
    List(&'a [Json]),
    /// Codes of a closed list.
    Codes(Codes),
    /// The record that is referred to.
    Ref(Cow<'a, Ref>),
    /// The records that are referred to.
    Refs(Refs<'a>),
    /// A record of any kind: kind and id.
    Any(&'a str, Uuid),
    /// Codes of regions.
    Regions(Regions<'a>),
    /// Whom the record is shared with.
    SharedWith(Cow<'a, SharedWith>),
    /// Field and language of the texts that are shown in translation.
    Languages(Texts<'a>),
    /// What the caller may do.
    Can(Vec<Verb>),
}

impl<'a> Told<'a> {
    /// A value as it is stored.
    pub(super) fn of(value: &'a Value) -> Self {
        match value {
            Value::Uuid(Some(id)) => Self::Id(*id),
            Value::String(Some(text)) => Self::Text(text),
            Value::Int(Some(number)) => Self::Number(i64::from(*number)),
            Value::BigInt(Some(number)) => Self::Number(*number),
            Value::Bool(Some(truth)) => Self::Truth(*truth),
            Value::ChronoDate(Some(day)) => Self::Day(*day),
            Value::ChronoDateTimeUtc(Some(at)) => Self::At(*at),
            Value::Json(Some(json)) => Self::Json(json),
            _ => Self::Nothing,
        }
    }

    /// A text where there is one.
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }
}

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => to.serialize_none(),
            Self::Id(id) => id.serialize(to),
            Self::Text(text) => to.serialize_str(text),
            Self::Number(number) => to.serialize_i64(*number),
            Self::Truth(truth) => to.serialize_bool(*truth),
            Self::Day(day) => day.serialize(to),
            Self::At(at) => at.serialize(to),
            Self::Decimal(millionths) => to.serialize_str(&decimal::written(*millionths)),
            Self::Money(minor, currency) => Money::from_minor(*minor, currency).serialize(to),
            Self::Json(json) => json.serialize(to),
            Self::List(items) => items.serialize(to),
            Self::Codes(codes) => to.collect_seq(codes.all()),
            Self::Ref(reference) => reference.serialize(to),
            Self::Refs(references) => references.serialize(to),
            Self::Any(kind, id) => {
                let mut map = to.serialize_map(Some(2))?;
                map.serialize_entry("kind", kind)?;
                map.serialize_entry("id", id)?;
                map.end()
            }
            Self::Regions(regions) => to.collect_seq(regions.codes()),
            Self::SharedWith(shared) => shared.serialize(to),
            Self::Languages(texts) => to.collect_map(texts.languages()),
            Self::Can(verbs) => verbs.serialize(to),
        }
    }
}

/// Codes of a closed list, as a mask has them.
#[derive(Clone, Copy)]
pub struct Codes {
    pub(super) mask: i32,
    pub(super) list: &'static VocabularyDef,
}

impl Codes {
    /// The codes, in the order of the list.
    pub fn all(self) -> impl Iterator<Item = &'static str> {
        let bits = (0_u32..).zip(self.list.terms);
        bits.filter(move |(bit, _)| self.mask.checked_shr(*bit).unwrap_or(0) & 1 == 1)
            .map(|(_, term)| term.code)
    }
}

/// The records that an array column refers to, as far as the caller sees them.
#[derive(Clone, Copy)]
pub struct Refs<'a> {
    pub(super) renderer: &'a Renderer,
    pub(super) ids: &'a [Json],
}

impl<'a> Refs<'a> {
    /// The records, in the order of the column.
    pub fn all(self) -> impl Iterator<Item = Cow<'a, Ref>> {
        let ids = self.ids.iter().filter_map(|id| id.as_str()?.parse().ok());
        ids.filter_map(move |id| self.renderer.referred(id))
    }
}

impl Serialize for Refs<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(None)?;
        self.all().try_for_each(|reference| seq.serialize_element(&reference))?;
        seq.end()
    }
}

/// The regions of a country on a day.
#[derive(Clone, Copy)]
pub struct Regions<'a> {
    pub(super) country: Option<&'a Country>,
    pub(super) day: NaiveDate,
}

impl<'a> Regions<'a> {
    /// Their codes, the primary one first.
    pub fn codes(self) -> impl Iterator<Item = &'a str> {
        self.country.into_iter().flat_map(move |country| country.regions(self.day))
    }
}
