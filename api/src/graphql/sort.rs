//! Orders of lists: the keys a kind is sorted by, both ways, as an enum of the schema.

use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{
    InputType, InputValueError, InputValueResult, Name, OutputType, Value,
    registry::{Deprecation, MetaEnumValue, MetaType, MetaTypeId, Registry},
};
use kernel::{Record, page::SortKey};

/// One key of the order of a list of `R`: a value like `DUE_ON_DESC` of the enum `TaskSort`.
pub struct Sort<R> {
    key: SortKey,
    of: PhantomData<R>,
}

impl<R: Record> Sort<R> {
    /// Every key of the kind, both ways.
    fn all() -> impl Iterator<Item = Self> {
        let columns = R::def().sortable.iter().copied();
        columns.flat_map(|column| {
            [false, true].map(|descending| Self { key: SortKey { column, descending }, of: PhantomData })
        })
    }

    /// The value of the enum.
    fn name(&self) -> String {
        let way = if self.key.descending { "DESC" } else { "ASC" };
        format!("{}_{way}", self.key.column.to_uppercase())
    }

    fn described(&self) -> MetaEnumValue {
        let way = if self.key.descending { "descending" } else { "ascending" };
        MetaEnumValue {
            name: self.name(),
            description: Some(format!("By {}, {way}.", self.key.column.replace('_', " "))),
            deprecation: Deprecation::NoDeprecated,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            directive_invocations: Vec::new(),
        }
    }

    /// The key in the form of REST: `-due_on`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}{}", if self.key.descending { "-" } else { "" }, self.key.column)
    }
}

impl<R: Record + OutputType> InputType for Sort<R> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        format!("{}Sort", <R as OutputType>::type_name()).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| MetaType::Enum {
            name: Self::type_name().into_owned(),
            description: Some(format!("Order of a list of {}.", R::def().collection.replace('-', " "))),
            enum_values: Self::all().map(|key| (key.name(), key.described())).collect(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let name = match &value {
            Value::Enum(name) => name.to_string(),
            Value::String(name) => name.clone(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        let known = Self::all().find(|key| key.name() == name);
        known.ok_or_else(|| InputValueError::custom(format!("{} has no `{name}`", Self::type_name())))
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(self.name()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
