//! The operations of record kinds: where each is, what the contract says of it, what answers it.

use axum::{
    Router,
    extract::Path,
    handler::Handler,
    http::StatusCode,
    response::IntoResponse,
    routing::{MethodFilter, MethodRouter, on},
};
use kernel::KindDef;
use model::{Move, Write};
use serde_json::Value as Json;

use super::{
    api_keys,
    body::{Input, Members, Optional},
    calendars,
    caller::{Caller, Reading, SignedIn},
    edition::{OfRecord, Stated, Writing},
    exports::{Exporting, Listing},
    flat,
    if_match::{ByKey, Creating, IfMatch, Unconditional},
    listing::ListReader,
    openapi::{exports as exports_contract, kinds as contract},
    problem::Problem,
    records::{Read, Records, read},
};
use crate::{
    domain::{
        KINDS,
        batch::{self, BatchInput},
    },
    state::AppState,
};

/// One operation.
pub struct Operation {
    /// Name of the method in the document.
    pub method: &'static str,
    /// Path below `/api/v1`.
    pub path: String,
    /// What the document says of it.
    pub documented: Json,
    route: MethodRouter<AppState>,
    /// The standard writes that the kind must take for it.
    needs: &'static [Write],
    /// Whether it answers other forms than JSON too.
    has_forms: bool,
}

impl Operation {
    pub(super) fn new<H, T>(method: MethodFilter, path: String, documented: Json, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let name = match method {
            MethodFilter::POST => "post",
            MethodFilter::PUT => "put",
            MethodFilter::PATCH => "patch",
            MethodFilter::DELETE => "delete",
            _ => "get",
        };
        Self { method: name, path, documented, route: on(method, handler), needs: &[], has_forms: false }
    }

    /// The same, which chooses the form of its answer itself.
    pub(super) const fn of_forms(mut self) -> Self {
        self.has_forms = true;
        self
    }

    /// The same, for kinds that take these standard writes only.
    const fn needs(mut self, writes: &'static [Write]) -> Self {
        self.needs = writes;
        self
    }
}

/// The operations of all kinds that have any.
pub fn operations() -> impl Iterator<Item = Operation> {
    let of_kinds = KINDS.served().flat_map(|def| {
        let steps = def.lifecycle.iter().flat_map(|cycle| cycle.moves);
        let moves = steps.map(move |step| make(def, step));
        let states = def.lifecycle.map(|_| moves_of(def));
        let releases = def.is_national().then(|| releases_of(def));
        let all = collection(def)
            .into_iter()
            .chain(by_key(def))
            .chain(single(def))
            .chain(def.is_national().then(|| purging(def)))
            .chain(states)
            .chain(moves)
            .chain(releases);
        all.filter(|operation| operation.needs.iter().all(|write| def.declared.takes(*write)))
    });
    of_kinds.chain([of_several(), api_keys::issue(), calendars::issue()]).chain(flat::operations())
}

/// A batch of several kinds.
fn of_several() -> Operation {
    let batch = async move |SignedIn(ctx): SignedIn, _: Unconditional, Input(input): Input<BatchInput>| {
        batch::run(&ctx, None, &input).await.map(axum::Json).map_err(Problem::from)
    };
    Operation::new(MethodFilter::POST, "/batch".to_owned(), contract::batch_of_several(), batch)
}

/// Routes of all kinds that answer JSON only.
pub fn router() -> Router<AppState> {
    routes(operations().filter(|operation| !operation.has_forms))
}

/// Routes of all kinds that have several forms.
pub fn forms_router() -> Router<AppState> {
    routes(operations().filter(|operation| operation.has_forms))
}

fn routes(all: impl Iterator<Item = Operation>) -> Router<AppState> {
    all.fold(Router::new(), |all, operation| all.route(&operation.path, operation.route))
}

fn at(def: &KindDef, end: &str) -> String {
    format!("/{}{end}", def.collection)
}

fn collection(def: &'static KindDef) -> [Operation; 4] {
    let list = async move |asked: Listing| match asked {
        Listing::Page(page) => {
            let ListReader(reader, parameters) = *page;
            read(def, reader, &Read::List(parameters)).await.map(IntoResponse::into_response)
        }
        Listing::Whole(exporting) => exporting.answer(def).await,
    };
    let export = async move |exporting: Exporting| exporting.answer(def).await;
    let create = async move |Writing(ctx): Writing, _: Creating, Members(fields): Members| {
        Records { def, ctx }.create(fields).await
    };
    let batch = async move |Writing(ctx): Writing, _: Unconditional, Input(input): Input<BatchInput>| {
        Records { def, ctx }.batch(&input).await
    };
    [
        Operation::new(MethodFilter::GET, at(def, ""), contract::list(def), list).of_forms(),
        Operation::new(MethodFilter::GET, at(def, ".{format}"), exports_contract::export(def), export)
            .of_forms(),
        Operation::new(MethodFilter::POST, at(def, ""), contract::create(def), create)
            .needs(&[Write::Create]),
        Operation::new(MethodFilter::POST, at(def, "/batch"), contract::batch(def), batch)
            .needs(&[Write::Create]),
    ]
}

fn by_key(def: &'static KindDef) -> [Operation; 2] {
    let get = async move |Reading(reader): Reading, Path((system, key)): Path<(String, String)>| {
        read(def, reader, &Read::ByKey(system, key)).await
    };
    let put = async move |Writing(ctx): Writing,
                          Path(key): Path<(String, String)>,
                          ByKey(expected): ByKey,
                          Members(fields): Members| {
        Records { def, ctx }.put_by_key(key, expected, fields).await
    };
    let path = || at(def, "/by-key/{source_system}/{key}");
    [
        Operation::new(MethodFilter::GET, path(), contract::get_by_key(def), get),
        Operation::new(MethodFilter::PUT, path(), contract::put_by_key(def), put)
            .needs(&[Write::Create, Write::Update]),
    ]
}

fn single(def: &'static KindDef) -> [Operation; 4] {
    let get = async move |asked: OfRecord, Path(address): Path<String>| match asked {
        OfRecord::InForce(reader) => read(def, *reader, &Read::One(address)).await,
        OfRecord::Stated(stated) => {
            let Stated(ctx, edition) = *stated;
            Records { def, ctx }.stated(&address, edition).await
        }
    };
    let update = async move |Writing(ctx): Writing,
                             Path(address): Path<String>,
                             IfMatch(version): IfMatch,
                             Members(fields): Members| {
        Records { def, ctx }.update(&address, version, fields).await
    };
    let delete =
        async move |Writing(ctx): Writing, Path(address): Path<String>, IfMatch(version): IfMatch| {
            Records { def, ctx }.delete(&address, version).await.map(|()| StatusCode::NO_CONTENT)
        };
    let history = async move |ListReader(reader, parameters): ListReader, Path(address): Path<String>| {
        read(def, reader, &Read::History(parameters, address)).await
    };
    [
        Operation::new(MethodFilter::GET, at(def, "/{id}"), contract::get(def), get),
        Operation::new(MethodFilter::PATCH, at(def, "/{id}"), contract::update(def), update)
            .needs(&[Write::Update]),
        Operation::new(MethodFilter::DELETE, at(def, "/{id}"), contract::delete(def), delete)
            .needs(&[Write::Delete]),
        Operation::new(MethodFilter::GET, at(def, "/{id}/history"), contract::history(def), history),
    ]
}

fn releases_of(def: &'static KindDef) -> Operation {
    let releases = async move |ListReader(reader, parameters): ListReader, Path(address): Path<String>| {
        read(def, reader, &Read::Releases(parameters, address)).await
    };
    Operation::new(MethodFilter::GET, at(def, "/{id}/releases"), contract::releases(def), releases)
}

/// Destroying a record with its past.
fn purging(def: &'static KindDef) -> Operation {
    let purge = async move |SignedIn(ctx): SignedIn,
                            Path(address): Path<String>,
                            IfMatch(version): IfMatch,
                            Members(members): Members| {
        Records { def, ctx }.purge(&address, version, members).await.map(|()| StatusCode::NO_CONTENT)
    };
    Operation::new(MethodFilter::POST, at(def, "/{id}/purge"), contract::purge(def), purge)
}

fn moves_of(def: &'static KindDef) -> Operation {
    let moves = async move |Caller(ctx): Caller, Path(address): Path<String>| {
        Records { def, ctx }.moves(&address).await
    };
    Operation::new(MethodFilter::GET, at(def, "/{id}/moves"), contract::moves(def), moves)
}

fn make(def: &'static KindDef, step: &'static Move) -> Operation {
    let make = async move |SignedIn(ctx): SignedIn,
                           Path(address): Path<String>,
                           IfMatch(version): IfMatch,
                           Optional(Members(input)): Optional<Members>| {
        Records { def, ctx }.make(step, &address, version, input).await
    };
    let path = at(def, &format!("/{{id}}/{}", step.name));
    Operation::new(MethodFilter::POST, path, contract::make(def, step), make)
}
