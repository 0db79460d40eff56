//! Types that stand in a declaration, and what each is in a row.

use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::Value;
use uuid::Uuid;

use crate::{declaration::Kind, field::Shape, vocabulary::Vocabulary};

/// A reference to one record of the kind `K`.
#[derive(Debug)]
pub struct Ref<K>(PhantomData<fn() -> K>);

/// References to any number of records of the kind `K`, in order.
#[derive(Debug)]
pub struct Refs<K>(PhantomData<fn() -> K>);

/// A list of texts, or of codes of the closed list `T`.
#[derive(Debug)]
pub struct List<T>(PhantomData<fn() -> T>);

/// A set of codes of a closed list, kept as a bit mask.
#[derive(Debug)]
pub struct Mask<T>(PhantomData<fn() -> T>);

/// An amount of money: minor units and currency, in two columns.
#[derive(Debug)]
pub struct Money;

/// An exact decimal number, kept as millionths: 12 digits before the point and 6 after it at most.
#[derive(Debug)]
pub struct Decimal;

/// A reference to a record of any kind: kind and id, in two columns.
#[derive(Debug)]
pub struct AnyRef;

/// What an act is about: one record, a plan with all below it, or all records of a kind of an owner.
#[derive(Debug)]
pub struct Subject;

/// An object of any members, kept as it is.
#[derive(Debug)]
pub struct JsonObject;

/// A list of objects of the schema that `T` names, kept as they are.
#[derive(Debug)]
pub struct Objects<T>(PhantomData<fn() -> T>);

/// What a list of [`Objects`] holds.
pub trait Part {
    /// Name of its schema in both contracts.
    const NAME: &'static str;
}

/// A criterion of a method: code, title and weight.
#[derive(Debug)]
pub struct Criterion;

impl Part for Criterion {
    const NAME: &'static str = "Criterion";
}

/// The score for a criterion.
#[derive(Debug)]
pub struct Score;

impl Part for Score {
    const NAME: &'static str = "Score";
}

/// A column of files, and the field that it holds.
#[derive(Debug)]
pub struct MappedColumn;

impl Part for MappedColumn {
    const NAME: &'static str = "MappedColumn";
}

/// A type that may stand in a declaration.
pub trait FieldType {
    /// What it is on the faces.
    const SHAPE: Shape;
    /// Whether a record may do without it.
    const IS_NULLABLE: bool = false;
    /// What domain code reads from a row and writes into it.
    type Held;

    /// Reads a stored value; none if it is empty.
    fn read(value: &Value) -> Option<Self::Held>;
    /// The stored form of a value.
    fn write(held: Self::Held) -> Value;
}

/// Says how a type is kept: its shape, what rows hold, and the variant of [`Value`].
macro_rules! kept {
    ($($T:ty: $shape:expr, $Held:ty, $variant:ident;)*) => { $(
        impl FieldType for $T {
            const SHAPE: Shape = $shape;
            type Held = $Held;

            fn read(value: &Value) -> Option<$Held> {
                match value {
                    Value::$variant(held) => held.clone(),
                    _ => None,
                }
            }

            fn write(held: $Held) -> Value {
                Value::$variant(Some(held))
            }
        }
    )* };
}

kept! {
    String: Shape::Text, String, String;
    i32: Shape::Int, i32, Int;
    i64: Shape::Long, i64, BigInt;
    bool: Shape::Bool, bool, Bool;
    NaiveDate: Shape::Date, NaiveDate, ChronoDate;
    DateTime<Utc>: Shape::Instant, DateTime<Utc>, ChronoDateTimeUtc;
    Money: Shape::Money, i64, BigInt;
    Decimal: Shape::Decimal, i64, BigInt;
    AnyRef: Shape::AnyRef, Uuid, Uuid;
    Uuid: Shape::Id, Uuid, Uuid;
}

impl<K: Kind> FieldType for Ref<K> {
    const SHAPE: Shape = Shape::Ref(K::NAME);
    type Held = Uuid;

    fn read(value: &Value) -> Option<Uuid> {
        Uuid::read(value)
    }

    fn write(held: Uuid) -> Value {
        Uuid::write(held)
    }
}

/// The JSON array of a list.
fn array(value: &Value) -> Option<&Vec<sea_orm::JsonValue>> {
    match value {
        Value::Json(Some(json)) => json.as_array(),
        _ => None,
    }
}

impl<K: Kind> FieldType for Refs<K> {
    const SHAPE: Shape = Shape::Refs(K::NAME);
    type Held = Vec<Uuid>;

    fn read(value: &Value) -> Option<Vec<Uuid>> {
        Some(array(value)?.iter().filter_map(|id| id.as_str()?.parse().ok()).collect())
    }

    fn write(held: Vec<Uuid>) -> Value {
        let ids = held.iter().map(|id| id.to_string().into()).collect();
        Value::Json(Some(Box::new(sea_orm::JsonValue::Array(ids))))
    }
}

impl FieldType for List<String> {
    const SHAPE: Shape = Shape::Texts;
    type Held = Vec<String>;

    fn read(value: &Value) -> Option<Vec<String>> {
        Some(array(value)?.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect())
    }

    fn write(held: Vec<String>) -> Value {
        let texts = held.into_iter().map(Into::into).collect();
        Value::Json(Some(Box::new(sea_orm::JsonValue::Array(texts))))
    }
}

impl<V: Vocabulary> FieldType for List<V> {
    const SHAPE: Shape = Shape::Codes(V::DEF);
    type Held = Vec<V>;

    fn read(value: &Value) -> Option<Vec<V>> {
        Some(array(value)?.iter().filter_map(|code| V::of(code.as_str()?)).collect())
    }

    fn write(held: Vec<V>) -> Value {
        let codes = held.into_iter().map(|code| code.code().into()).collect();
        Value::Json(Some(Box::new(sea_orm::JsonValue::Array(codes))))
    }
}

impl<T: Part> FieldType for Objects<T> {
    const SHAPE: Shape = Shape::Objects(T::NAME);
    type Held = Vec<sea_orm::JsonValue>;

    fn read(value: &Value) -> Option<Self::Held> {
        array(value).cloned()
    }

    fn write(held: Self::Held) -> Value {
        Value::Json(Some(Box::new(sea_orm::JsonValue::Array(held))))
    }
}

impl FieldType for Subject {
    const SHAPE: Shape = Shape::Object("Subject");
    type Held = sea_orm::JsonValue;

    fn read(value: &Value) -> Option<Self::Held> {
        JsonObject::read(value)
    }

    fn write(held: Self::Held) -> Value {
        JsonObject::write(held)
    }
}

impl FieldType for JsonObject {
    const SHAPE: Shape = Shape::JsonObject;
    type Held = sea_orm::JsonValue;

    fn read(value: &Value) -> Option<Self::Held> {
        match value {
            Value::Json(Some(json)) => Some((**json).clone()),
            _ => None,
        }
    }

    fn write(held: Self::Held) -> Value {
        Value::Json(Some(Box::new(held)))
    }
}

impl<V: Vocabulary> FieldType for Mask<V> {
    const SHAPE: Shape = Shape::Mask(V::DEF);
    type Held = i32;

    fn read(value: &Value) -> Option<i32> {
        i32::read(value)
    }

    fn write(held: i32) -> Value {
        i32::write(held)
    }
}

impl<T: FieldType> FieldType for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const IS_NULLABLE: bool = true;
    type Held = T::Held;

    fn read(value: &Value) -> Option<T::Held> {
        T::read(value)
    }

    fn write(held: T::Held) -> Value {
        T::write(held)
    }
}
