//! Files sent as bodies, a piece at a time.

use std::{fs::File, io::Read};

use axum::body::Body;
use futures_util::stream::try_unfold;
use kernel::{Error, Result};

/// Bytes that are read of a file at a time.
const PIECE: u64 = 256 << 10;

/// The next bytes of a file; none at its end. It blocks.
///
/// # Errors
/// `Internal` where the file cannot be read.
pub(super) fn piece(file: &mut File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = file.take(PIECE).read_to_end(&mut bytes);
    read.map_err(|error| Error::Internal(format!("a file cannot be read: {error}")))?;
    Ok(bytes)
}

/// A body that is read of a file as it is sent.
pub(super) fn body(file: File) -> Body {
    Body::from_stream(try_unfold(file, async |mut file| {
        let read = tokio::task::spawn_blocking(move || piece(&mut file).map(|bytes| (bytes, file))).await;
        let (bytes, file) = read.map_err(|error| Error::Internal(error.to_string()))??;
        Ok::<_, Error>(if bytes.is_empty() { None } else { Some((bytes, file)) })
    }))
}
