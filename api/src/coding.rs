//! Codings of bodies: gzip and zstd, packed and unpacked.

use std::io;

use async_compression::{
    Level,
    tokio::bufread::{GzipDecoder, GzipEncoder, ZstdDecoder, ZstdEncoder},
    zstd::DParameter,
};
use axum::body::Bytes;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt};

/// Window of zstd, as a power of two: what HTTP allows (RFC 9659), and no more memory.
const WINDOW: u32 = 23;

/// What requests may be coded with, for `Accept-Encoding`.
pub const TAKEN: &str = "gzip, zstd";

/// A coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// The coding with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Name in headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Unpacks what is read; more than `most` bytes end it.
    ///
    /// # Errors
    /// What is wrong with what is read; none of it is the coding's where the reader itself failed.
    pub async fn unpack(self, packed: impl AsyncBufRead + Unpin, most: usize) -> io::Result<Unpacked> {
        match self {
            Self::Gzip => {
                let mut decoder = GzipDecoder::new(packed);
                decoder.multiple_members(true);
                whole(decoder, most).await
            }
            Self::Zstd => {
                let window = [DParameter::window_log_max(WINDOW)];
                let mut decoder = ZstdDecoder::with_params(packed, &window);
                decoder.multiple_members(true);
                whole(decoder, most).await
            }
        }
    }

    /// Packs bytes, as well as it can be done in a moment.
    pub async fn pack(self, bytes: &[u8]) -> Bytes {
        let mut packed = Vec::new();
        let done = match self {
            Self::Gzip => GzipEncoder::with_quality(bytes, Level::Precise(9)).read_to_end(&mut packed).await,
            Self::Zstd => ZstdEncoder::with_quality(bytes, Level::Precise(12)).read_to_end(&mut packed).await,
        };
        // Memory is read and memory written: nothing can fail.
        done.map_or_else(|_| Bytes::new(), |_| Bytes::from(packed))
    }
}

/// What became of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unpacked {
    /// All of it.
    Whole(Bytes),
    /// It is larger than it may be; the rest was not unpacked.
    TooLarge,
}

async fn whole(decoder: impl AsyncRead + Unpin, most: usize) -> io::Result<Unpacked> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut found = Vec::new();
    decoder.take(limit).read_to_end(&mut found).await?;
    Ok(if found.len() > most { Unpacked::TooLarge } else { Unpacked::Whole(found.into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_packed_is_unpacked() {
        let text = b"Plans, actions, tasks. ".repeat(100);

        for coding in [Coding::Gzip, Coding::Zstd] {
            let packed = coding.pack(&text).await;
            let exactly = coding.unpack(&*packed, text.len()).await.unwrap();
            let more = coding.unpack(&*packed, text.len() - 1).await.unwrap();
            let cut = coding.unpack(&packed[..packed.len() - 5], text.len()).await;

            assert!(packed.len() < 100, "{}", packed.len());
            assert_eq!((exactly, more), (Unpacked::Whole(text.clone().into()), Unpacked::TooLarge));
            assert!(cut.is_err(), "{cut:?}");
        }
    }
}
