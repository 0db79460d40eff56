//! The body of an export: parts are sent while the next ones are read.

use std::{io, sync::Arc, task::Poll};

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, future::join, stream::poll_fn};
use kernel::{Error, Result};
use tokio::{sync::mpsc, task::spawn_blocking, time::timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::{
    super::file::piece,
    Begun,
    book::{Book, Page},
};
use crate::{
    domain::exchange::{
        export::{Batch, Export},
        print::{Lines, Objects, Print, Table},
    },
    limits::{
        exports::{LONGEST, SLOW},
        meter::Meter,
        rates::COSTS,
    },
    state::AppState,
    streams::Said,
};

/// Bytes of a part of a body, about.
const PART: usize = 64 << 10;
/// Parts that are made ahead of the reader.
const AHEAD: usize = 4;

/// What writes records.
pub(in crate::rest) enum Printer {
    /// As a table.
    Table(Table),
    /// As lines of JSON.
    Lines(Lines),
    /// As lines of JSON with the columns of a table.
    Objects(Objects),
    /// As a workbook, which is made before it is sent.
    Book(Book),
}

/// Where parts of a body go.
#[derive(Clone)]
struct Outlet(mpsc::Sender<Said<Bytes>>);

impl Outlet {
    async fn send(&self, bytes: Vec<u8>) -> Result<()> {
        let slow = || Error::Unavailable("its reader was too slow".into());
        let sent = timeout(SLOW, self.0.send(Said::Item(bytes.into()))).await.map_err(|_| slow())?;
        sent.map_err(|_| Error::Unavailable("its reader has left".into()))
    }

    /// Prints a batch; answers how many bytes it came to.
    async fn print(&self, printer: &impl Print, batch: &Batch) -> Result<usize> {
        let (mut all, mut bytes) = (0_usize, Vec::with_capacity(PART + PART / 4));
        for row in &batch.rows {
            printer.row(&batch.renderer, row, &mut bytes)?;
            if bytes.len() >= PART {
                all = all.saturating_add(bytes.len());
                self.send(std::mem::replace(&mut bytes, Vec::with_capacity(PART + PART / 4))).await?;
            }
        }
        all = all.saturating_add(bytes.len());
        if !bytes.is_empty() {
            self.send(bytes).await?;
        }
        Ok(all)
    }
}

/// What an export costs while it goes on: who has not so much left pays all it has.
struct Bill {
    meter: Option<Meter>,
    rows: usize,
}

impl Bill {
    fn add(&mut self, rows: usize) {
        let each = usize::try_from(COSTS.export_rows_per_unit).unwrap_or(usize::MAX).max(1);
        let before = self.rows / each;
        self.rows = self.rows.saturating_add(rows);
        if let Some(meter) = &self.meter {
            meter.settle(u32::try_from(self.rows / each - before).unwrap_or(u32::MAX));
        }
    }
}

/// The body of a list that has begun. It is made in a task of its own, which ends when the reader leaves, is too slow, or
/// the service stops; then the body has no end, so that nobody takes it for whole. `held` is kept as long.
pub(super) fn body(state: &AppState, held: impl Send + 'static, begun: Begun, meter: Option<Meter>) -> Body {
    let (to, mut from) = mpsc::channel(AHEAD);
    let stopping = state.stopping.clone();
    let made = async move {
        let _held = held;
        let work = make(begun, Outlet(to.clone()), Bill { meter, rows: 0 });
        let done = tokio::select! {
            () = stopping.cancelled() => Err(Error::Unavailable("the service stops".into())),
            () = to.closed() => return,
            done = timeout(LONGEST, work) => {
                done.unwrap_or_else(|_| Err(Error::Unavailable("it took too long".into())))
            }
        };
        match done {
            Ok(()) => drop(to.send(Said::End).await),
            Err(error @ Error::Unavailable(_)) => tracing::warn!("an export was broken off: {error:?}"),
            Err(error) => tracing::error!("an export was broken off: {error:?}"),
        }
    };
    state.tasks.spawn(made.instrument(tracing::Span::current()));
    let mut is_over = false;
    Body::from_stream(poll_fn(move |context| {
        if is_over {
            return Poll::Ready(None);
        }
        from.poll_recv(context).map(|said| match said {
            Some(Said::Item(bytes)) => Some(Ok(bytes)),
            Some(Said::End) => {
                is_over = true;
                None
            }
            None => {
                is_over = true;
                Some(Err(io::Error::other("the export was broken off")))
            }
        })
    }))
}

async fn make(begun: Begun, outlet: Outlet, mut bill: Bill) -> Result<()> {
    let (export, first, printer) = match begun {
        Begun::Read(read) => *read,
        Begun::Made(bytes) => {
            for part in bytes.chunks(PART) {
                outlet.send(part.to_vec()).await?;
            }
            return Ok(());
        }
        Begun::Parts(mut parts) => {
            while let Some(part) = parts.next().await {
                let (bytes, rows) = part?;
                bill.add(rows);
                if !bytes.is_empty() {
                    outlet.send(bytes).await?;
                }
            }
            return Ok(());
        }
    };
    match printer {
        Printer::Table(table) => print((export, first), table, &outlet, bill).await,
        Printer::Lines(lines) => print((export, first), lines, &outlet, bill).await,
        Printer::Objects(objects) => print((export, first), objects, &outlet, bill).await,
        Printer::Book(book) => bind((export, first), book, &outlet, bill).await,
    }
}

/// Prints a list while it is read.
async fn print(
    (mut export, first): (Export, Option<Batch>),
    printer: impl Print + 'static,
    outlet: &Outlet,
    mut bill: Bill,
) -> Result<()> {
    let printer = Arc::new(printer);
    let (pace, mut batch) = (export.pace(), first);
    let mut head = Vec::new();
    printer.head(&mut head);
    if !head.is_empty() {
        outlet.send(head).await?;
    }
    while let Some(now) = batch {
        let rows = now.rows.len();
        let (printer, to) = (printer.clone(), outlet.clone());
        // The next batch is read while this one is printed, by another thread where one is free.
        let work = async move { to.print(&*printer, &now).await };
        let printing = AbortOnDropHandle::new(tokio::spawn(work.in_current_span()));
        let (next, bytes) = join(export.next(), printing).await;
        pace.note(
            rows,
            bytes.map_err(|error| Error::Internal(format!("a batch was not printed: {error}")))??,
        );
        bill.add(rows);
        batch = next?;
    }
    Ok(())
}

/// Makes a workbook of a list while it is read, on a thread that may block, and then sends it.
async fn bind(
    (mut export, first): (Export, Option<Batch>),
    book: Book,
    outlet: &Outlet,
    mut bill: Bill,
) -> Result<()> {
    let (to, parts) = mpsc::channel(1);
    let (pace, made_at, mut batch) = (export.pace(), export.at(), first);
    let writer = spawn_blocking(move || book.write(made_at, parts, &pace));
    while let Some(now) = batch {
        bill.add(now.rows.len());
        let (next, sent) = join(export.next(), to.send(Page::Rows(Box::new(now)))).await;
        if sent.is_err() {
            break;
        }
        batch = next?;
    }
    // The connection is free before the reader has the first byte.
    drop(export);
    drop(to.send(Page::End).await);
    let ended = |error| Error::Internal(format!("a workbook ended early: {error}"));
    let mut file = writer.await.map_err(ended)??;
    loop {
        let read = spawn_blocking(move || piece(&mut file).map(|part| (part, file)));
        let (part, rest) = read.await.map_err(ended)??;
        if part.is_empty() {
            return Ok(());
        }
        outlet.send(part).await?;
        file = rest;
    }
}
