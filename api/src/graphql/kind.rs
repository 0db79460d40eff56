//! The macro that gives a kind its standard fields on the GraphQL face.

use async_graphql::{InputObject, SimpleObject};
use uuid::Uuid;

/// The record to delete.
#[derive(Clone, Debug, InputObject)]
pub struct DeleteInput {
    /// The record.
    pub id: Uuid,
    /// Version that was read; a missing one is refused after rights are checked.
    pub expected_version: i32,
}

/// The record that was deleted.
#[derive(Clone, Debug, SimpleObject)]
pub struct DeletePayload {
    /// Its id.
    pub id: Uuid,
}

/// Expands to the query, the mutations, the inputs and the edges of a kind.
///
/// `refs` are edges to one record, from the field of the same name; `edges` lead to many.
macro_rules! graphql_kind {
    ($R:ident, $Filter:ident, $New:ident, $Patch:ident, $words:literal;
     query $Query:ident { $get:ident by $address:ident, $list:ident, $by_key:ident }
     mutation $Mutation:ident { $create:ident, $update:ident, $delete:ident, $upsert:ident, $batch:ident }
     inputs { $UpdateInput:ident, $Payload:ident { $field:ident } }
     refs { $($ref:ident: $Ref:ident),* $(,)? }
     edges { $($edge:ident: $Edge:ident, $EdgeFilter:ident via $via:expr;)* }
     $(shared by $($shared:ident).+;)?
     $(more { $($more:tt)* })?) => {
        /// Reading of the kind.
        #[derive(Default)]
        pub struct $Query;

        #[async_graphql::Object]
        impl $Query {
            #[doc = concat!("One ", $words, "; null if the caller may not see it.")]
            async fn $get(&self, ctx: &async_graphql::Context<'_>, #[graphql(desc = "Id of the record, or its code where codes address the kind.")] $address: String) -> Result<Option<$R>, $crate::graphql::fault::Fault> {
                $crate::graphql::kind::find::<$R>(ctx, &$address).await
            }

            #[doc = concat!("Records of the kind ", $words, " that the caller may see.")]
            async fn $list(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "What narrows the list.")] filter: Option<$Filter>,
                #[graphql(desc = "Order, at most 3 keys; the id follows always.")] sort: Option<Vec<$crate::graphql::sort::Sort<$R>>>,
                #[graphql(desc = "How many from the beginning, 1 to 200.")] first: Option<i32>,
                #[graphql(desc = "Cursor to go on after.")] after: Option<String>,
                #[graphql(desc = "How many from the end, 1 to 200.")] last: Option<i32>,
                #[graphql(desc = "Cursor to stop before.")] before: Option<String>,
            ) -> Result<$crate::graphql::connection::Connection<$R>, $crate::graphql::fault::Fault> {
                let slicing = $crate::graphql::connection::Slicing { first, after, last, before, sort };
                $crate::graphql::edges::list::<$R>(ctx, filter, slicing).await
            }

            #[doc = concat!("The ", $words, " with an external key, within the owner the caller acts under.")]
            async fn $by_key(&self, ctx: &async_graphql::Context<'_>, #[graphql(desc = "System the key belongs to.")] source_system: String, #[graphql(desc = "The external key.")] key: String) -> Result<Option<$R>, $crate::graphql::fault::Fault> {
                $crate::graphql::kind::by_key::<$R>(ctx, &source_system, &key).await
            }
        }

        #[doc = concat!("Changes of the kind ", $words, ", with the record and the version that was read.")]
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $UpdateInput {
            /// The record.
            pub id: uuid::Uuid,
            /// Version that was read.
            pub expected_version: i32,
            /// The changes.
            #[graphql(flatten)]
            pub patch: $Patch,
        }

        #[doc = concat!("The ", $words, " as it is now.")]
        #[derive(Clone, Debug, async_graphql::SimpleObject)]
        pub struct $Payload {
            /// The record.
            pub $field: $R,
        }

        /// Writing of the kind.
        #[derive(Default)]
        pub struct $Mutation;

        #[async_graphql::Object]
        impl $Mutation {
            #[doc = concat!("Creates one record of the kind ", $words, ".")]
            async fn $create(&self, ctx: &async_graphql::Context<'_>, #[graphql(desc = "The record.")] input: $New) -> Result<$Payload, $crate::graphql::fault::Fault> {
                let op = kernel::record::Op::Create(kernel::unit::members(&input)?);
                Ok($Payload { $field: $crate::graphql::kind::write(ctx, op).await? })
            }

            #[doc = concat!("Edits one record of the kind ", $words, ": absent keeps, null clears.")]
            async fn $update(&self, ctx: &async_graphql::Context<'_>, #[graphql(desc = "The record, the version that was read, and the changes.")] input: $UpdateInput) -> Result<$Payload, $crate::graphql::fault::Fault> {
                let fields = kernel::unit::members(&input.patch)?;
                let op = kernel::record::Op::Update { id: input.id, version: Some(input.expected_version), fields };
                Ok($Payload { $field: $crate::graphql::kind::write(ctx, op).await? })
            }

            #[doc = concat!("Deletes one record of the kind ", $words, " with what stands below it.")]
            async fn $delete(&self, ctx: &async_graphql::Context<'_>, #[graphql(desc = "The record and the version that was read.")] input: $crate::graphql::kind::DeleteInput) -> Result<$crate::graphql::kind::DeletePayload, $crate::graphql::fault::Fault> {
                $crate::graphql::kind::delete::<$R>(ctx, &input).await
            }

            #[doc = concat!("Creates the ", $words, " with its external key, or edits it where it exists.")]
            async fn $upsert(&self, ctx: &async_graphql::Context<'_>, #[graphql(desc = "The record.")] input: $New) -> Result<$Payload, $crate::graphql::fault::Fault> {
                $crate::graphql::kind::known(ctx)?;
                let op = $crate::graphql::kind::upsert_op(&input)?;
                Ok($Payload { $field: $crate::graphql::kind::write(ctx, op).await? })
            }

            #[doc = concat!("Runs up to 1000 operations on records of the kind ", $words, ".")]
            async fn $batch(&self, ctx: &async_graphql::Context<'_>, #[graphql(desc = "The operations.")] input: $crate::domain::batch::BatchInput) -> Result<$crate::domain::batch::BatchResult, $crate::graphql::fault::Fault> {
                let call = $crate::graphql::kind::known(ctx)?;
                Ok($crate::domain::batch::run::<$R>(&call, &input).await?)
            }
        }

        impl $R {
            /// Id of the record, for the interface `Node`.
            ///
            /// # Errors
            /// None.
            pub async fn node_id(&self, _: &async_graphql::Context<'_>) -> Result<uuid::Uuid, $crate::graphql::fault::Fault> {
                Ok(kernel::Record::meta(self).id)
            }
        }

        #[async_graphql::ComplexObject]
        impl $R {
            /// Past states, oldest first, as far as the caller may see them.
            async fn history(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many, 1 to 200.", default = 20)] first: i32,
                #[graphql(desc = "Cursor to go on after.")] after: Option<String>,
            ) -> Result<$crate::graphql::connection::Connection<$crate::domain::history::HistoryEntry>, $crate::graphql::fault::Fault> {
                $crate::graphql::past::history::<$R>(ctx, kernel::Record::meta(self).id, (first, after)).await
            }

            $(
                #[doc = concat!("The record under `", stringify!($ref), "`; null if the caller may not see it.")]
                async fn $ref(&self, ctx: &async_graphql::Context<'_>) -> Result<Option<$Ref>, $crate::graphql::fault::Fault> {
                    $crate::graphql::edges::one::<$Ref>(ctx, self.$ref.as_ref().map(|to| to.id)).await
                }
            )*

            $(
                #[doc = concat!("The records under `", stringify!($edge), "` that the caller may see.")]
                async fn $edge(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    #[graphql(desc = "What narrows the list.")] filter: Option<$EdgeFilter>,
                    #[graphql(desc = "Order, at most 3 keys; the id follows always.")] sort: Option<Vec<$crate::graphql::sort::Sort<$Edge>>>,
                    #[graphql(desc = "How many from the beginning, 1 to 200.")] first: Option<i32>,
                    #[graphql(desc = "Cursor to go on after.")] after: Option<String>,
                    #[graphql(desc = "How many from the end, 1 to 200.")] last: Option<i32>,
                    #[graphql(desc = "Cursor to stop before.")] before: Option<String>,
                ) -> Result<$crate::graphql::connection::Connection<$Edge>, $crate::graphql::fault::Fault> {
                    let slicing = $crate::graphql::connection::Slicing { first, after, last, before, sort };
                    $crate::graphql::edges::many::<$Edge>(ctx, kernel::Record::meta(self).id, $via, (filter, slicing)).await
                }
            )*

            $(
                /// Agencies and groups the record is shared with; null for readers outside the owner.
                async fn shared_with(&self, ctx: &async_graphql::Context<'_>) -> Result<Option<kernel::sets::SharedWith>, $crate::graphql::fault::Fault> {
                    $crate::graphql::edges::shared(ctx, self.$($shared).+.shared_set).await
                }
            )?

            $($($more)*)?
        }
    };
}

pub(crate) use graphql_kind;

use async_graphql::{Context, QueryPathNode};
use kernel::{Code, Ctx, Error, Record, record::Op, store, unit::members};
use serde_json::Value as Json;

use super::{
    edges::{call, loader},
    fault::Fault,
};
use crate::domain::access::signin::sign_in_first;

/// The caller, who must be signed in to write; each root field is kept apart under an idempotency key.
///
/// # Errors
/// `Unauthenticated` for anonymous callers.
pub fn known(ctx: &Context<'_>) -> Result<Ctx, Fault> {
    let mut call = call(ctx)?.clone();
    if !call.actor.is_known() {
        return Err(Fault(sign_in_first()));
    }
    let path = ctx.path_node.map(QueryPathNode::to_string_vec).unwrap_or_default().join("/");
    call.idempotency = call.idempotency.map(|whole| whole.part(&path));
    Ok(call)
}

/// The visible record at an address; none if there is none.
///
/// # Errors
/// What the database says.
pub async fn find<R: Record>(ctx: &Context<'_>, address: &str) -> Result<Option<R>, Fault> {
    let def = R::def();
    let found = match address.parse() {
        Ok(id) => store::get(call(ctx)?, def, id).await,
        Err(_) if def.code.is_some() && !def.code_per_owner => store::by_code(call(ctx)?, def, address).await,
        Err(_) => Err(Error::NotFound),
    };
    shown(ctx, found).await
}

/// The visible record with an external key; none if there is none.
///
/// # Errors
/// What the database says.
pub async fn by_key<R: Record>(ctx: &Context<'_>, system: &str, key: &str) -> Result<Option<R>, Fault> {
    shown(ctx, store::by_key(call(ctx)?, R::def(), None, system, key).await).await
}

async fn shown<R: Record>(
    ctx: &Context<'_>,
    found: kernel::Result<kernel::row::Row>,
) -> Result<Option<R>, Fault> {
    match found {
        Ok(row) => Ok(Some(R::from_row(row, &loader(ctx)?.loader().lens().await?)?)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Makes one write and renders what came of it.
///
/// # Errors
/// Why the write was refused.
pub async fn write<R: Record>(ctx: &Context<'_>, op: Op) -> Result<R, Fault> {
    let outcome = known(ctx)?.write(async move |unit| unit.apply_one(R::def(), op.clone()).await).await?;
    let row = outcome.row.ok_or_else(|| Error::Internal("a write has no row".into()))?;
    Ok(R::from_row(row, &loader(ctx)?.loader().lens().await?)?)
}

/// Deletes one record.
///
/// # Errors
/// Why the deletion was refused.
pub async fn delete<R: Record>(ctx: &Context<'_>, input: &DeleteInput) -> Result<DeletePayload, Fault> {
    let op = Op::Delete { id: input.id, version: Some(input.expected_version) };
    known(ctx)?.write(async move |unit| unit.apply_one(R::def(), op.clone()).await).await?;
    Ok(DeletePayload { id: input.id })
}

/// An upsert from the input of a creation, which must have its external key.
///
/// # Errors
/// `Invalid` without the key.
pub fn upsert_op<N: serde::Serialize>(input: &N) -> Result<Op, Fault> {
    let fields = members(input)?;
    let text = |name: &str| fields.get(name).and_then(Json::as_str).map(str::to_owned);
    if let (Some(source_system), Some(external_key)) = (text("source_system"), text("external_key")) {
        return Ok(Op::Upsert { source_system, external_key, fields });
    }
    let detail = "an upsert needs `sourceSystem` and `externalKey`";
    Err(Fault(Error::invalid("/external_key", Code::Required, detail)))
}
