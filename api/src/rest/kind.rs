//! The macro that gives a kind its standard operations on the REST face.

/// Expands to a module with ordinary typed handlers and their router.
///
/// `rest_kind!(pillars: Pillar, PillarFilter, NewPillar, PillarPatch, "/pillars", "pillar", "pillars", "Plans";
/// list_pillars get_pillar create_pillar update_pillar delete_pillar get_pillar_by_key put_pillar_by_key
/// batch_pillars pillar_history)`.
macro_rules! rest_kind {
    ($module:ident: $R:ident, $Filter:ident, $New:ident, $Patch:ident, $path:literal, $words:literal, $plural:literal, $tag:literal;
     $list:ident $get:ident $create:ident $update:ident $delete:ident $by_key:ident $put:ident $batch:ident $history:ident) => {
        #[doc = concat!("Standard operations of the kind ", $words, ".")]
        mod $module {
            use axum::{extract::Path, http::StatusCode};
            use utoipa_axum::{router::OpenApiRouter, routes};

            use super::{$Filter, $New, $Patch, $R};
            use crate::{
                domain::{
                    batch::{self, BatchInput, BatchResult},
                    history::HistoryEntry,
                },
                rest::{
                    body::{Input, Members},
                    caller::{Caller, Known},
                    listing::{Listing, PageParams, Pages},
                    problem::{Problem, ReadProblems, WriteProblems},
                    saved::{Address, IfMatch, Listed, Page, Saved},
                    standard,
                },
                state::AppState,
            };

            /// A page of records, under one name in the document.
            type OnePage = Page<$R>;

            /// A page of the past, under one name in the document.
            type OnePast = Page<HistoryEntry>;

            /// Routes of the kind.
            pub(super) fn router() -> OpenApiRouter<AppState> {
                OpenApiRouter::new()
                    .routes(routes!($list, $create))
                    .routes(routes!($batch))
                    .routes(routes!($by_key, $put))
                    .routes(routes!($get, $update, $delete))
                    .routes(routes!($history))
            }

            #[utoipa::path(get, path = $path, tag = $tag,
                summary = concat!("List ", $plural),
                description = concat!("Lists the ", $plural, " that the caller may see. Filters narrow the list; a repeated filter means any of its values. Anonymous callers see public records."),
                params($Filter, kernel::filter::Common, PageParams),
                responses((status = 200, description = "A page of the list", body = OnePage, headers(("ETag" = String), ("Link" = String), ("Content-Language" = String))), ReadProblems))]
            async fn $list(listing: Listing<$R>, at: Address) -> Result<Listed<$R>, Problem> {
                standard::list(listing, at).await
            }

            #[utoipa::path(get, path = concat!($path, "/{id}"), tag = $tag,
                summary = concat!("Read one ", $words),
                description = concat!("Reads one ", $words, " by its id, or by its code where codes address the kind. A record the caller may not see answers like one that does not exist."),
                params(("id" = String, Path, description = "Id or code of the record")),
                responses((status = 200, description = "The record", body = $R, headers(("ETag" = String), ("Content-Language" = String))), ReadProblems))]
            async fn $get(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Saved<$R>, Problem> {
                standard::get(&ctx, &id).await
            }

            #[utoipa::path(post, path = $path, tag = $tag,
                summary = concat!("Create one ", $words),
                description = concat!("Creates one ", $words, ". All violations are answered at once and nothing is written then."),
                request_body = $New,
                responses((status = 201, description = "The new record", body = $R, headers(("ETag" = String), ("Location" = String))), WriteProblems))]
            async fn $create(Known(ctx): Known, Members(fields): Members) -> Result<Saved<$R>, Problem> {
                standard::create(&ctx, fields).await
            }

            #[utoipa::path(patch, path = concat!($path, "/{id}"), tag = $tag,
                summary = concat!("Edit one ", $words),
                description = concat!("Edits one ", $words, " (merge patch: absent keeps, null clears). Needs `If-Match` with the ETag that was read."),
                params(("id" = String, Path, description = "Id or code of the record"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
                request_body = $Patch,
                responses((status = 200, description = "The record as it is now", body = $R, headers(("ETag" = String))), WriteProblems))]
            async fn $update(Known(ctx): Known, Path(id): Path<String>, IfMatch(version): IfMatch, Members(fields): Members) -> Result<Saved<$R>, Problem> {
                standard::update(&ctx, &id, version, fields).await
            }

            #[utoipa::path(delete, path = concat!($path, "/{id}"), tag = $tag,
                summary = concat!("Delete one ", $words),
                description = concat!("Deletes one ", $words, " with what stands below it; refused while others refer to it. Needs `If-Match` with the ETag that was read."),
                params(("id" = String, Path, description = "Id or code of the record"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
                responses((status = 204, description = "The record is gone; its history stays in the log"), WriteProblems))]
            async fn $delete(Known(ctx): Known, Path(id): Path<String>, IfMatch(version): IfMatch) -> Result<StatusCode, Problem> {
                standard::delete::<$R>(&ctx, &id, version).await.map(|()| StatusCode::NO_CONTENT)
            }

            #[utoipa::path(get, path = concat!($path, "/by-key/{source_system}/{key}"), tag = $tag,
                summary = concat!("Read one ", $words, " by its external key"),
                description = concat!("Reads the ", $words, " with an external key, within the owner the caller acts under."),
                params(("source_system" = String, Path, description = "System the key belongs to"), ("key" = String, Path, description = "The external key")),
                responses((status = 200, description = "The record", body = $R, headers(("ETag" = String))), ReadProblems))]
            async fn $by_key(Caller(ctx): Caller, Path((system, key)): Path<(String, String)>) -> Result<Saved<$R>, Problem> {
                standard::by_key(&ctx, &system, &key).await
            }

            #[utoipa::path(put, path = concat!($path, "/by-key/{source_system}/{key}"), tag = $tag,
                summary = concat!("Create or edit one ", $words, " by its external key"),
                description = concat!("Creates the ", $words, " with an external key, or edits it where it exists. Repeating the call changes nothing."),
                params(("source_system" = String, Path, description = "System the key belongs to"), ("key" = String, Path, description = "The external key")),
                request_body = $New,
                responses((status = 200, description = "The record as it is now", body = $R, headers(("ETag" = String))),
                    (status = 201, description = "The new record", body = $R, headers(("ETag" = String), ("Location" = String))), WriteProblems))]
            async fn $put(Known(ctx): Known, Path((system, key)): Path<(String, String)>, Members(fields): Members) -> Result<Saved<$R>, Problem> {
                standard::put_by_key(&ctx, system, key, fields).await
            }

            #[utoipa::path(post, path = concat!($path, "/batch"), tag = $tag,
                summary = concat!("Write many ", $plural),
                description = concat!("Runs up to 1000 operations on ", $plural, " in one transaction, all or each, or judges them without writing (`dry_run`)."),
                request_body = BatchInput,
                responses((status = 200, description = "What became of each item", body = BatchResult), WriteProblems))]
            async fn $batch(Known(ctx): Known, Input(input): Input<BatchInput>) -> Result<axum::Json<BatchResult>, Problem> {
                Ok(axum::Json(batch::run::<$R>(&ctx, &input).await?))
            }

            #[utoipa::path(get, path = concat!($path, "/{id}/history"), tag = $tag,
                summary = concat!("Read the history of one ", $words),
                description = concat!("Reads the past states of one ", $words, ", oldest first, as far as the caller may see them."),
                params(("id" = String, Path, description = "Id or code of the record"), ("limit" = Option<i64>, Query, description = "How many states, 1 to 200"), ("after" = Option<String>, Query, description = "Cursor: `page.next` of the page before"), ("total" = Option<bool>, Query, description = "Whether to count all states too")),
                responses((status = 200, description = "A page of the history", body = OnePast, headers(("ETag" = String), ("Link" = String))), ReadProblems))]
            async fn $history(pages: Pages, Path(id): Path<String>, at: Address) -> Result<Listed<HistoryEntry>, Problem> {
                standard::past::<$R>(pages, &id, at).await
            }
        }
    };
}

pub(crate) use rest_kind;
