//! The library's part: checking documents, introspection, subscriptions.

use std::{
    borrow::Cow,
    ops::Deref,
    sync::{Arc, LazyLock},
};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, Request, Schema,
    ServerError, ServerResult, ValidationResult, Value,
    async_trait::async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation},
    parser::types::{ExecutableDocument, Field},
    registry::Registry,
};

use super::{document::Documents, subscription::Subscription, typename, types};

/// The library's schema.
type Library = Schema<Query, Mutation, Subscription>;

/// The schema, with the documents that were read lately; cheap to clone.
#[derive(Clone)]
pub struct ConcordSchema {
    library: Library,
    pub(crate) documents: Arc<Documents>,
}

impl Deref for ConcordSchema {
    type Target = Library;

    fn deref(&self) -> &Library {
        &self.library
    }
}

/// Built once for each process: nothing in it belongs to one service.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    Schema::build(Query, Mutation, Subscription).extension(Checking).disable_suggestions().finish()
});

/// The schema, without documents.
#[must_use]
pub fn schema() -> ConcordSchema {
    ConcordSchema { library: LIBRARY.clone(), documents: Arc::default() }
}

impl ConcordSchema {
    /// What the library finds wrong with a document; nothing of it runs.
    pub(crate) async fn faults_of(&self, document: &ExecutableDocument) -> Vec<ServerError> {
        let mut request = Request::new("").data(OnlyCheck);
        request.set_parsed_query(typename::apart(document));
        self.library.execute(request).await.errors
    }
}

/// Marks a request that is checked and not run.
struct OnlyCheck;

/// Ends requests that are only checked once they are.
struct Checking;

impl ExtensionFactory for Checking {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Checking {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let found = next.run(ctx).await;
        if ctx.data_opt::<OnlyCheck>().is_some() { found.and(Err(Vec::new())) } else { found }
    }
}

/// The root of queries: its type only, for the library runs none of its fields.
pub struct Query;

/// The root of mutations: its type only, for the library runs none of its fields.
pub struct Mutation;

impl OutputType for Query {
    fn type_name() -> Cow<'static, str> {
        "Query".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        // Both roots at once; what the executor needs beside the registry is kept elsewhere.
        types::put_all(registry);
        Self::qualified_type_name()
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

impl ContainerType for Query {
    async fn resolve_field(&self, _: &Context<'_>) -> ServerResult<Option<Value>> {
        Ok(None)
    }
}

impl ObjectType for Query {}

impl OutputType for Mutation {
    fn type_name() -> Cow<'static, str> {
        "Mutation".into()
    }

    fn create_type_info(_: &mut Registry) -> String {
        Self::qualified_type_name()
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

impl ContainerType for Mutation {
    async fn resolve_field(&self, _: &Context<'_>) -> ServerResult<Option<Value>> {
        Ok(None)
    }
}

impl ObjectType for Mutation {}
