//! Unpacks streams and counts what comes out of them.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::MultiGzDecoder;
use memchr::memmem;

use crate::fault::{Carried, Fault, FaultCode};

/// What zstd streams may ask to be held: 8 MiB, which every decoder has to provide.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Counts the unpacked bytes of one file against its limit.
pub(crate) struct Budget {
    limit: u64,
    left: Cell<u64>,
}

impl Budget {
    pub fn new(limit: u64) -> Self {
        Self { limit, left: Cell::new(limit) }
    }

    /// A budget of the same size for a second look at the same bytes.
    pub fn again(&self) -> Self {
        Self::new(self.limit)
    }

    /// # Errors
    /// `TooLarge` once the limit is passed.
    pub fn spend(&self, bytes: usize) -> Result<(), Fault> {
        let left = u64::try_from(bytes).ok().and_then(|bytes| self.left.get().checked_sub(bytes));
        let over = || {
            let text = format!("unpacked, the file is larger than {} bytes; send it in parts", self.limit);
            Fault::new(FaultCode::TooLarge, text)
        };
        self.left.set(left.ok_or_else(over)?);
        Ok(())
    }

    /// A reader whose bytes are counted and whose errors are faults with the code.
    pub fn counted<R: Read>(&self, inner: R, code: FaultCode) -> Counted<'_, R> {
        Counted { inner, budget: self, code }
    }
}

pub(crate) struct Counted<'b, R> {
    inner: R,
    budget: &'b Budget,
    code: FaultCode,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into).map_err(|error| coded(error, self.code))?;
        self.budget.spend(read)?;
        Ok(read)
    }
}

/// The error as a fault with the code, unless it is one already or asks to try again.
pub(crate) fn coded(error: io::Error, code: FaultCode) -> io::Error {
    let carried = error.get_ref().and_then(|inner| inner.downcast_ref::<Carried>()).is_some();
    if carried || error.kind() == io::ErrorKind::Interrupted {
        return error;
    }
    let what = match code {
        FaultCode::BrokenCompression => "the packed file is damaged",
        FaultCode::BrokenZip => "the zip is damaged",
        _ => "the file cannot be read",
    };
    Fault::new(code, format!("{what}: {error}")).into()
}

/// The file itself, whose errors stay apart from those of unpacking it.
pub(crate) struct Source<R>(pub R);

impl<R: Read> Read for Source<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(|error| coded(error, FaultCode::Unreadable))
    }
}

impl<R: Seek> Seek for Source<R> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.0.seek(place)
    }
}

pub(crate) fn gzip<R: Read>(file: R) -> MultiGzDecoder<BufReader<R>> {
    MultiGzDecoder::new(BufReader::with_capacity(32 * 1024, file))
}

pub(crate) fn zstd<'a, R: Read>(file: R) -> io::Result<zstd::Decoder<'a, BufReader<R>>> {
    let mut decoder = zstd::Decoder::with_buffer(BufReader::with_capacity(32 * 1024, file))?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(decoder)
}

/// The fault of a compound file: it is an old workbook, or an XLSX file within one that a password guards.
pub(crate) fn compound(mut file: impl Read) -> io::Result<Fault> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    Ok(if contains(&mut file, &name)? {
        Fault::new(FaultCode::Encrypted, "the workbook has a password; save it as .xlsx without one")
    } else {
        let text = "the file is in an old format such as .xls; save it as .xlsx";
        Fault::new(FaultCode::OldWorkbook, text)
    })
}

/// Whether the bytes are in the stream.
pub(crate) fn contains(stream: &mut impl Read, bytes: &[u8]) -> io::Result<bool> {
    const PIECE: usize = 64 * 1024;
    let mut window = Vec::with_capacity(PIECE + bytes.len());
    let finder = memmem::Finder::new(bytes);
    loop {
        let read = stream.take(PIECE.try_into().unwrap_or(u64::MAX)).read_to_end(&mut window)?;
        if finder.find(&window).is_some() {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        let keep = window.len().saturating_sub(bytes.len() - 1);
        window.drain(..keep);
    }
}
