//! Writing the answer: JSON straight from rows, in the order asked, with nulls that propagate.

use std::sync::Arc;

use async_graphql::{PathSegment, Response, ServerError, Value};
use kernel::{Code, Ctx, Error, render::Renderer, row::Row};
use serde::Serialize;

use super::{Kid, Level, Place, Source, json::member, page::Paged};
use crate::graphql::{
    answer::Answer,
    fault::field_fault,
    selection::{Below, Item, Sel, What},
    shapes::{FieldShape, Ty},
    types::{Does, OfPage},
};
use crate::limits::graphql::{ANSWER_BYTES, ANSWER_BYTES_ANONYMOUS};

/// What the library answered to introspection.
#[derive(Default)]
pub(super) struct Introspected {
    data: Value,
    errors: Vec<ServerError>,
}

impl Introspected {
    pub(super) fn of(response: Response) -> Self {
        Self { data: response.data, errors: response.errors }
    }

    fn member(&self, key: &str) -> &Value {
        match &self.data {
            Value::Object(members) => members.get(key).unwrap_or(&Value::Null),
            other => other,
        }
    }
}

/// The value could not be shown: the nearest one around it that may be null is null.
pub(super) struct Nulled;

type Written = Result<(), Nulled>;

/// An answer being written.
pub(super) struct Writer {
    ctx: Ctx,
    renderer: Arc<Renderer>,
    introspected: Introspected,
    out: Vec<u8>,
    errors: Vec<ServerError>,
    path: Vec<PathSegment>,
    most_bytes: usize,
    /// Whether more was asked for than one answer may hold: then nothing of it is told.
    is_over: bool,
}

impl Writer {
    pub(super) fn new(ctx: &Ctx, renderer: Arc<Renderer>, mut introspected: Introspected) -> Self {
        let errors = std::mem::take(&mut introspected.errors);
        let most_bytes = if ctx.actor.is_known() { ANSWER_BYTES } else { ANSWER_BYTES_ANONYMOUS };
        Self {
            ctx: ctx.clone(),
            renderer,
            introspected,
            out: Vec::with_capacity(4_096),
            errors,
            path: Vec::new(),
            most_bytes,
            is_over: false,
        }
    }

    /// Shows what follows in the light of what a write has changed.
    pub(super) fn show_by(&mut self, renderer: Arc<Renderer>) {
        self.renderer = renderer;
    }

    /// The answer as it was written.
    pub(super) fn answer(self) -> Answer {
        Answer::of(self.out, self.errors)
    }

    /// Writes a whole query.
    pub(super) fn root(&mut self, level: &Level<'_>) {
        if self.object(level, 0).is_err() {
            self.nothing();
        }
    }

    /// Begins the fields of a mutation.
    pub(super) fn begin(&mut self) {
        self.out.push(b'{');
    }

    /// Writes one field of a mutation; false where the whole answer is null.
    pub(super) fn root_field(&mut self, (sel, item): (&Sel, &Item), kid: &Kid<'_>) -> bool {
        if self.out.len() > 1 {
            self.out.push(b',');
        }
        let is_shown = self.field((sel, item, kid), (&Source::Root, 0)).is_ok();
        if !is_shown {
            self.nothing();
        }
        is_shown
    }

    /// Ends the fields of a mutation.
    pub(super) fn end(&mut self) {
        self.out.push(b'}');
    }

    fn nothing(&mut self) {
        self.out.clear();
        self.out.extend_from_slice(b"null");
    }

    fn object(&mut self, level: &Level<'_>, at: usize) -> Written {
        let Some(source) = level.sources.get(at) else { return Err(Nulled) };
        self.out.push(b'{');
        for (place, (item, kid)) in level.sel.items.iter().zip(&level.kids).enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.field((level.sel, item, kid), (source, at))?;
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Key and value; a value that may be null takes what could not be shown.
    fn field(
        &mut self,
        (sel, item, kid): (&Sel, &Item, &Kid<'_>),
        (source, at): (&Source, usize),
    ) -> Written {
        self.put(&item.key);
        self.out.push(b':');
        let field = match item.what {
            What::Field(field) => field,
            What::Typename => {
                self.put(&sel.of);
                return Ok(());
            }
            What::Library => {
                let value = self.introspected.member(&item.key).clone();
                self.put(&value);
                return Ok(());
            }
        };
        let start = self.out.len();
        self.path.push(PathSegment::Field(item.key.clone()));
        let written = match item.below {
            _ if start > self.most_bytes => self.overflow(item),
            Below::Value if kid.places.is_empty() => self.value((item, field), source),
            _ => self.placed(item, &field.ty, kid.places.get(at).unwrap_or(&Place::Null), kid),
        };
        let written = self.nullable(start, &field.ty, written);
        self.path.pop();
        written
    }

    fn overflow(&mut self, item: &Item) -> Written {
        let text = "the answer is too long; ask for fewer records, or fewer fields of each";
        self.fail(item, &Error::Conflict(Code::ResultTooLarge, text.into()))
    }

    /// Puts null in the place of what could not be shown, where null may stand.
    fn nullable(&mut self, start: usize, ty: &Ty, written: Written) -> Written {
        if written.is_err() && ty.is_nullable() && !self.is_over {
            self.out.truncate(start);
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        written
    }

    fn placed(&mut self, item: &Item, ty: &Ty, place: &Place, kid: &Kid<'_>) -> Written {
        match (ty, place) {
            (_, Place::Fault(error)) => self.fail(item, error),
            (Ty::NonNull(_), Place::Null) => self.fail(item, &never_null()),
            (Ty::NonNull(of), _) => self.placed(item, of, place, kid),
            (_, Place::Null) => {
                self.out.extend_from_slice(b"null");
                Ok(())
            }
            (_, Place::Whole(json)) => {
                self.put(json);
                Ok(())
            }
            (Ty::List(of), Place::Many(all)) => self.list((item, of), all, kid),
            (_, Place::At(level, at)) => match kid.levels.get(*level) {
                Some(level) => self.object(level, *at),
                None => self.fail(item, &never_null()),
            },
            (_, Place::Many(_)) => self.fail(item, &never_null()),
        }
    }

    fn list(&mut self, (item, of): (&Item, &Ty), all: &[Place], kid: &Kid<'_>) -> Written {
        self.out.push(b'[');
        for (index, place) in all.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            let start = self.out.len();
            self.path.push(PathSegment::Index(index));
            let written = self.placed(item, of, place, kid);
            let written = self.nullable(start, of, written);
            self.path.pop();
            written?;
        }
        self.out.push(b']');
        Ok(())
    }

    /// A value without fields of its own.
    fn value(&mut self, (item, field): (&Item, &FieldShape), source: &Source) -> Written {
        let start = self.out.len();
        match (field.does, source) {
            (Does::Part(at), Source::Row(row)) => self.part(row, at),
            (Does::Page(of), Source::Page(page) | Source::Info(page)) => self.of_page(of, page, 0),
            (Does::Page(of), Source::Edge(page, at)) => self.of_page(of, page, *at),
            _ => self.put(member(source, field)),
        }
        let Some(written) = self.out.get_mut(start..).filter(|written| *written != b"null") else {
            return if field.ty.is_nullable() { Ok(()) } else { self.fail(item, &never_null()) };
        };
        if item.is_code {
            written.make_ascii_uppercase();
        }
        Ok(())
    }

    fn part(&mut self, row: &Row, at: usize) {
        match row.def().parts.get(at) {
            Some(part) => put(&mut self.out, &self.renderer.part(row, part)),
            None => self.out.extend_from_slice(b"null"),
        }
    }

    fn of_page(&mut self, of: OfPage, page: &Paged, at: usize) {
        let last = page.nodes.len().saturating_sub(1);
        match of {
            OfPage::Total => self.put(&page.total.and_then(|total| i32::try_from(total).ok())),
            OfPage::HasNext => self.put(&page.has_next),
            OfPage::HasPrevious => self.put(&page.has_previous),
            OfPage::Cursor => self.put(&page.cursor(&self.ctx, at)),
            OfPage::Start => self.put(&page.cursor(&self.ctx, 0)),
            OfPage::End => self.put(&page.cursor(&self.ctx, last)),
            OfPage::Edges | OfPage::Nodes | OfPage::Info | OfPage::Node => {
                self.out.extend_from_slice(b"null");
            }
        }
    }

    fn fail(&mut self, item: &Item, error: &Error) -> Written {
        self.is_over |= error.code() == Code::ResultTooLarge;
        let mut fault = field_fault(error, item.pos);
        fault.path.clone_from(&self.path);
        self.errors.push(fault);
        Err(Nulled)
    }

    fn put<T: Serialize + ?Sized>(&mut self, value: &T) {
        put(&mut self.out, value);
    }
}

fn put<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let start = out.len();
    if let Err(error) = serde_json::to_writer(&mut *out, value) {
        tracing::error!("a value cannot be written: {error}");
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

fn never_null() -> Error {
    Error::Internal("a field that is never null has no value".into())
}
