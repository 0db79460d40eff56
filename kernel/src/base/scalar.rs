//! Small value types of both contracts.

use async_graphql::{
    InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};
use serde::{Deserialize, Serialize};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// A JSON object, for values whose members are data (translations).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object(pub serde_json::Value);

/// A JSON value in the form of the REST face.
#[Scalar(name = "JSON")]
impl ScalarType for Object {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Object(_) => Ok(Self(value.into_json()?)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// A reference to a record: its id, its code within the same owner,
/// `external_key:<source system>:<key>`, or the object as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference(pub serde_json::Value);

impl Reference {
    /// A reference by id.
    #[must_use]
    pub fn id(id: Uuid) -> Self {
        Self(serde_json::Value::String(id.to_string()))
    }

    /// A reference by code.
    #[must_use]
    pub fn code(code: &str) -> Self {
        Self(serde_json::Value::String(code.to_owned()))
    }
}

/// A record by its id, its code, or `external_key:<source_system>:<key>`.
#[Scalar]
impl ScalarType for Reference {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(_) | Value::Object(_) => Ok(Self(value.into_json()?)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

impl ToSchema for Reference {
    fn name() -> std::borrow::Cow<'static, str> {
        "Reference".into()
    }
}

impl PartialSchema for Reference {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .min_length(Some(1))
            .max_length(Some(400));
        let id = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Uuid)));
        let object = ObjectBuilder::new().schema_type(SchemaType::new(Type::Object)).property("id", id);
        OneOfBuilder::new()
            .item(text)
            .item(object.required("id"))
            .description(Some(
                "A reference: the record's id, its code within the same owner, \
                 `external_key:<source system>:<key>`, or the object as it was read.",
            ))
            .into()
    }
}

/// A record that another one refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct Ref {
    /// Id of the record.
    pub id: Uuid,
    /// Its code, where its kind has one.
    pub code: Option<String>,
    /// Its name or title, in the caller's language.
    pub name: Option<String>,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "MoneyInput")]
pub struct Money {
    /// Decimal number in the currency's main unit.
    #[schema(pattern = r"^\d{1,15}(\.\d{1,3})?$", example = "12.50")]
    pub amount: String,
    /// Currency (ISO 4217).
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
}

impl Money {
    /// How many decimals the currency has (ISO 4217).
    #[must_use]
    pub fn decimals(currency: &str) -> u32 {
        match currency {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI"
            | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }

    /// The amount in minor units; none if it has more decimals than the currency.
    #[must_use]
    pub fn minor(&self) -> Option<i64> {
        let decimals = Self::decimals(&self.currency);
        let (whole, part) = self.amount.split_once('.').unwrap_or((&self.amount, ""));
        let missing = decimals.checked_sub(u32::try_from(part.len()).ok()?)?;
        format!("{whole}{part}").parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(missing)?)
    }

    /// The amount from minor units; a sum may be greater than a column holds.
    #[must_use]
    pub fn from_minor(minor: impl Into<i128>, currency: &str) -> Self {
        let minor: i128 = minor.into();
        let amount = match Self::decimals(currency) {
            0 => minor.to_string(),
            decimals => {
                let unit = 10_i128.pow(decimals);
                let width = usize::try_from(decimals).unwrap_or(2);
                format!("{}.{:0width$}", minor / unit, minor % unit)
            }
        };
        Self { amount, currency: currency.to_owned() }
    }
}

/// The agencies and working groups a record at level `group` is shared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct SharedWith {
    /// Ids of agencies.
    pub agencies: Vec<Uuid>,
    /// Ids of working groups; every agency that is a member counts.
    pub groups: Vec<Uuid>,
}

/// The agencies and working groups to share a record at level `group` with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct SharedWithInput {
    /// Agencies, by id or code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[graphql(default)]
    #[schema(max_items = 200)]
    pub agencies: Vec<Reference>,
    /// Working groups, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[graphql(default)]
    #[schema(max_items = 200)]
    pub groups: Vec<Reference>,
}

/// What a release shows: exactly one of these.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject,
)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "SubjectInput")]
pub struct Subject {
    /// A plan, with everything that hangs on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Uuid>,
    /// One record, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<SubjectRecord>,
    /// All records of this kind of the owner, such as `participation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 50)]
    pub kind: Option<String>,
}

/// One record that an act is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "SubjectRecordInput")]
pub struct SubjectRecord {
    /// Kind of the record, such as `task`.
    #[schema(min_length = 1, max_length = 50)]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

/// A criterion of a method of setting priorities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "CriterionInput")]
pub struct Criterion {
    /// Code, unique within the method.
    #[schema(min_length = 1, max_length = 40, pattern = "^[A-Za-z0-9_-]+$", example = "feasibility")]
    pub code: String,
    /// What it is about.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// How much its score counts.
    #[schema(minimum = 1, maximum = 100)]
    pub weight: i32,
}

/// The score for a criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ScoreInput")]
pub struct Score {
    /// Code of the criterion.
    #[schema(min_length = 1, max_length = 40, pattern = "^[A-Za-z0-9_-]+$", example = "feasibility")]
    pub criterion: String,
    /// The score, within the scale of the method.
    #[schema(minimum = 0, maximum = 100)]
    pub score: i32,
    /// Why it is this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

/// A column of files, and the field that it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "MappedColumnInput")]
pub struct MappedColumn {
    /// Name of the column as the file has it; spaces, line breaks and capitals make no difference.
    #[schema(min_length = 1, max_length = 500, example = "Наименование")]
    pub column: String,
    /// Field that it holds, by the name of its column in exports, such as `title`, `title@ru` or `cost.amount`; a name that begins
    /// with `x_` leaves the column out.
    #[schema(min_length = 1, max_length = 100, example = "title")]
    pub field: String,
    /// What the column writes, and the codes that it means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 500)]
    #[graphql(default)]
    pub values: Vec<MappedValue>,
}

/// A text that a file writes, and the code or text that it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "MappedValueInput")]
pub struct MappedValue {
    /// What the file writes; spaces and capitals make no difference.
    #[schema(min_length = 1, max_length = 500, example = "выполнено")]
    pub label: String,
    /// What it means.
    #[schema(min_length = 1, max_length = 500, example = "done")]
    pub code: String,
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn money_keeps_its_minor_units() {
        let money = |amount: &str, currency: &str| Money { amount: amount.into(), currency: currency.into() };

        assert_eq!(money("12.5", "EUR").minor(), Some(1250));
        assert_eq!(money("12.505", "EUR").minor(), None);
        assert_eq!(money("7", "JPY").minor(), Some(7));
        assert_eq!(Money::from_minor(1205, "KWD"), money("1.205", "KWD"));
    }
}
