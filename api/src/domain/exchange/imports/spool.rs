//! Rows on their way: kept in a file beside the memory, read again in any order.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::{Error, KindDef, Result};
use tokio::task::JoinHandle;

use super::entry::Entry;

/// What is known of a row without reading it again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Where it stands in the file.
    at: u64,
    /// Bytes it has.
    len: u32,
    /// Place of its table among those of the file.
    pub(super) table: u32,
}

/// A table of the file: a sheet, a part of a package, or the whole of it.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Its name, where it has one.
    pub(super) name: Option<String>,
    /// Kind of its rows.
    pub(super) def: &'static KindDef,
    /// Its columns, by field and name; none where rows are objects.
    pub(super) columns: Vec<(String, String)>,
    /// Names of columns and members that were left alone because the service says what stands there, or shows texts there in
    /// translation.
    pub(super) told: Vec<String>,
    /// Names of columns that were left out because the mapping says so.
    pub(super) left_out: Vec<String>,
}

impl Table {
    /// What it is called: by its name, else by the kind of its rows.
    pub(super) fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(self.def.collection)
    }

    /// A table without columns: of rows that are objects, or before its columns are known.
    pub(super) const fn new(name: Option<String>, def: &'static KindDef) -> Self {
        Self { name, def, columns: Vec::new(), told: Vec::new(), left_out: Vec::new() }
    }

    /// Notes a column or member that was left alone.
    pub(super) fn tell(&mut self, name: &str) {
        if !self.told.iter().any(|known| known == name) {
            self.told.push(name.to_owned());
        }
    }
}

/// Writes rows.
#[derive(Debug)]
pub(super) struct Writing {
    file: BufWriter<File>,
    at: u64,
    slots: Vec<Slot>,
}

impl Writing {
    /// Begins with no row.
    ///
    /// # Errors
    /// `Internal` where no file can be made.
    pub(super) fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(|error| io(&error))?;
        Ok(Self { file: BufWriter::with_capacity(1 << 18, file), at: 0, slots: Vec::new() })
    }

    /// How many rows there are.
    pub(super) const fn len(&self) -> usize {
        self.slots.len()
    }

    /// Adds a row of a table.
    ///
    /// # Errors
    /// `Internal` where the file cannot be written.
    pub(super) fn add(&mut self, table: usize, entry: &Entry) -> Result<()> {
        let bytes = serde_json::to_vec(entry)?;
        self.file.write_all(&bytes).map_err(|error| io(&error))?;
        let len = u32::try_from(bytes.len()).map_err(|_| Error::Internal("a row is too long".into()))?;
        self.slots.push(Slot { at: self.at, len, table: u32::try_from(table).unwrap_or(u32::MAX) });
        self.at += u64::from(len);
        Ok(())
    }

    /// Ends writing.
    ///
    /// # Errors
    /// `Internal` where the file cannot be written.
    pub(super) fn done(self) -> Result<Spool> {
        let file = self.file.into_inner().map_err(|error| io(error.error()))?;
        Ok(Spool {
            file: Arc::new(Mutex::new(BufReader::with_capacity(1 << 18, file))),
            slots: self.slots.into(),
            ahead: Arc::default(),
        })
    }
}

/// Rows that were read from a file.
#[derive(Clone, Debug)]
pub(super) struct Spool {
    file: Arc<Mutex<BufReader<File>>>,
    /// The rows in the order of the file.
    pub(super) slots: Arc<[Slot]>,
    /// The rows that are read beside what is done with others.
    ahead: Arc<Mutex<Option<Ahead>>>,
}

/// Rows by their places, which are being read.
type Ahead = (Arc<[u32]>, JoinHandle<Result<Vec<Entry>>>);

/// Rows that are read ahead at most.
const MOST_AHEAD: usize = 2000;

impl Spool {
    /// Rows by their places in the file; those that come next are read meanwhile.
    ///
    /// # Errors
    /// As [`Spool::read`].
    pub(super) async fn take(&self, places: &Arc<[u32]>, next: Option<&Arc<[u32]>>) -> Result<Vec<Entry>> {
        let begun = lock(&self.ahead).take().filter(|(begun, _)| Arc::ptr_eq(begun, places));
        let reading = begun.map_or_else(|| self.begin(places), |(_, reading)| reading);
        let read =
            reading.await.map_err(|error| Error::Internal(format!("rows could not be read: {error}")))?;
        let next = next.filter(|next| next.len() <= MOST_AHEAD);
        *lock(&self.ahead) = next.map(|next| (next.clone(), self.begin(next)));
        read
    }

    /// The table of a row, by its place among those of the file.
    pub(super) fn table(&self, place: u32) -> Option<usize> {
        let slot = usize::try_from(place).ok().and_then(|place| self.slots.get(place))?;
        usize::try_from(slot.table).ok()
    }

    /// Begins to read rows beside the threads that serve.
    fn begin(&self, places: &Arc<[u32]>) -> JoinHandle<Result<Vec<Entry>>> {
        let (spool, places) = (self.clone(), places.clone());
        tokio::task::spawn_blocking(move || spool.read(&places))
    }

    /// Reads rows by their places in the file.
    ///
    /// # Errors
    /// `Internal` where the file cannot be read.
    pub(super) fn read(&self, places: &[u32]) -> Result<Vec<Entry>> {
        let mut file = lock(&self.file);
        let mut bytes = Vec::new();
        let mut entries = Vec::with_capacity(places.len());
        for place in places {
            let slot = usize::try_from(*place).ok().and_then(|place| self.slots.get(place));
            let slot = slot.ok_or_else(|| Error::Internal("a row is not there".into()))?;
            seek(&mut file, slot.at).map_err(|error| io(&error))?;
            bytes.resize(usize::try_from(slot.len).unwrap_or_default(), 0);
            file.read_exact(&mut bytes).map_err(|error| io(&error))?;
            entries.push(serde_json::from_slice(&bytes)?);
        }
        Ok(entries)
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Goes to a place; where that is near, what is buffered is kept.
fn seek(file: &mut BufReader<File>, at: u64) -> std::io::Result<()> {
    let now = file.stream_position()?;
    match i64::try_from(at).ok().zip(i64::try_from(now).ok()) {
        Some((at, now)) => file.seek_relative(at - now),
        None => file.seek(SeekFrom::Start(at)).map(drop),
    }
}

fn io(error: &std::io::Error) -> Error {
    Error::Internal(format!("rows on their way cannot be kept: {error}"))
}
