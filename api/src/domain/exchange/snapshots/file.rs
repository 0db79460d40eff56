//! A file of a snapshot in parts: on its way into the database, and out of it from any byte on.

use std::ops::Range;

use async_compression::tokio::write::GzipEncoder;
use futures_util::{Stream, stream::try_unfold};
use kernel::{Code, Ctx, Error, Result, crypto::Hasher};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{SnapshotFile, job, start::is_readable};
use crate::signin::identity::rights;

/// Bytes of each part but the last one.
const PART: usize = 1 << 20;

/// What becomes of bytes before they are kept.
enum Coder {
    Plain(Vec<u8>),
    Packed(Box<GzipEncoder<Vec<u8>>>),
}

/// A file that is being written.
pub(super) struct Writer<'a> {
    ctx: &'a Ctx,
    job: Uuid,
    file: i32,
    number: i32,
    coder: Coder,
    hash: Hasher,
    bytes: i64,
}

impl<'a> Writer<'a> {
    /// Begins a file of a snapshot.
    pub(super) fn new(ctx: &'a Ctx, (job, file): (Uuid, i32), is_packed: bool) -> Self {
        let coder = if is_packed {
            Coder::Packed(Box::new(GzipEncoder::new(Vec::new())))
        } else {
            Coder::Plain(Vec::new())
        };
        Self { ctx, job, file, number: 0, coder, hash: Hasher::default(), bytes: 0 }
    }

    /// How many bytes are kept by now.
    pub(super) const fn bytes(&self) -> i64 {
        self.bytes
    }

    /// Adds bytes; parts that are full are kept.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.coder {
            Coder::Plain(out) => out.extend_from_slice(bytes),
            Coder::Packed(coder) => coder.write_all(bytes).await.map_err(|error| broken(&error))?,
        }
        while self.out().len() >= PART {
            let rest = self.out().split_off(PART);
            let full = std::mem::replace(self.out(), rest);
            self.keep(full).await?;
        }
        Ok(())
    }

    fn out(&mut self) -> &mut Vec<u8> {
        match &mut self.coder {
            Coder::Plain(out) => out,
            Coder::Packed(coder) => coder.get_mut(),
        }
    }

    async fn keep(&mut self, part: Vec<u8>) -> Result<()> {
        self.hash.update(&part);
        self.bytes = self.bytes.saturating_add(i64::try_from(part.len()).unwrap_or(i64::MAX));
        job::keep_part(self.ctx.db.writing(), (self.job, self.file, self.number), part).await?;
        self.number = self.number.saturating_add(1);
        Ok(())
    }

    /// Ends the file; answers how many bytes it has, and their SHA-256.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn finish(mut self) -> Result<(i64, String)> {
        if let Coder::Packed(coder) = &mut self.coder {
            coder.shutdown().await.map_err(|error| broken(&error))?;
        }
        self.write_rest().await?;
        Ok((self.bytes, self.hash.done()))
    }

    async fn write_rest(&mut self) -> Result<()> {
        while !self.out().is_empty() {
            let most = self.out().len().min(PART);
            let rest = self.out().split_off(most);
            let part = std::mem::replace(self.out(), rest);
            self.keep(part).await?;
        }
        Ok(())
    }
}

fn broken(error: &std::io::Error) -> Error {
    Error::Internal(format!("a file cannot be packed: {error}"))
}

/// A file of a snapshot, ready to be read.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What is said of it.
    pub file: SnapshotFile,
    ctx: Ctx,
    job: Uuid,
    number: i32,
}

/// Opens a file of the caller's snapshot.
///
/// # Errors
/// `NotFound` where the caller has no such snapshot, or it has no such file yet; `Gone` where the caller may see less now than
/// it might when it was made.
pub async fn open(ctx: &Ctx, id: Uuid, name: &str) -> Result<Opened> {
    let job = job::find(ctx, id).await?;
    let files: Vec<SnapshotFile> = serde_json::from_value(job.files.clone())?;
    let place = files.iter().position(|file| file.name == name).filter(|_| job.state == "completed");
    let place = place.ok_or(Error::NotFound)?;
    if !is_readable(ctx, &hex::encode(rights(ctx).await?), &job)? {
        let why = "what you may see is not what it was when the snapshot was made: ask for another one";
        return Err(Error::Gone(Code::RightsChanged, why.into()));
    }
    let file = files.into_iter().nth(place).ok_or(Error::NotFound)?;
    let number = i32::try_from(place).unwrap_or(i32::MAX);
    Ok(Opened { file, ctx: ctx.clone(), job: job.id, number })
}

impl Opened {
    /// The bytes of a range, part by part; no connection is held between them. Where the file is deleted meanwhile, they end with
    /// an error.
    pub fn bytes(self, range: Range<u64>) -> impl Stream<Item = Result<Vec<u8>>> + Send + 'static {
        try_unfold((self, range), |(opened, range)| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let each = u64::try_from(PART).unwrap_or(u64::MAX);
            let number = i32::try_from(range.start / each).unwrap_or(i32::MAX);
            let part = job::part(opened.ctx.db.reading(), (opened.job, opened.number, number)).await?;
            let from = usize::try_from(range.start % each).unwrap_or(usize::MAX);
            let most = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
            let gone = || Error::Unavailable("the snapshot was deleted while it was read".into());
            let mut part = part.filter(|part| part.len() > from).ok_or_else(gone)?;
            let mut piece = part.split_off(from);
            piece.truncate(most);
            let next = range.start.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            Ok::<_, Error>(Some((piece, (opened, next..range.end))))
        })
    }
}
