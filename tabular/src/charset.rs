//! Makes UTF-8 of other charsets while reading.

use std::io::{self, BufRead, Read};

use encoding_rs::{DecoderResult, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1251};

use crate::options::Charset;

/// Stands in the output for bytes that are no text, and is never UTF-8 itself, so that the cell it is in shows as bad.
const NOT_TEXT: u8 = 0xFF;

const PIECE: usize = 32 * 1024;

/// The text as UTF-8. UTF-8 is passed through unseen; readers look at it cell by cell.
pub(crate) fn to_utf8<'a>(source: impl BufRead + 'a, charset: Charset) -> Box<dyn BufRead + 'a> {
    let encoding: &'static Encoding = match charset {
        Charset::Utf8 => return Box::new(source),
        Charset::Utf16Le => UTF_16LE,
        Charset::Utf16Be => UTF_16BE,
        Charset::Windows1251 => WINDOWS_1251,
    };
    let decoder = encoding.new_decoder_without_bom_handling();
    Box::new(Transcoded { source, decoder, out: vec![0; PIECE], from: 0, to: 0, ended: false })
}

struct Transcoded<R> {
    source: R,
    decoder: encoding_rs::Decoder,
    out: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
}

impl<R: BufRead> Transcoded<R> {
    fn refill(&mut self) -> io::Result<()> {
        self.from = 0;
        self.to = 0;
        while self.to == 0 && !self.ended {
            let bytes = self.source.fill_buf()?;
            let last = bytes.is_empty();
            // Room is left for the mark of what is no text.
            let room = self.out.get_mut(..PIECE - 1).unwrap_or_default();
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(bytes, room, last);
            self.source.consume(read);
            self.to = written;
            if let DecoderResult::Malformed(..) = result
                && let Some(place) = self.out.get_mut(written)
            {
                *place = NOT_TEXT;
                self.to += 1;
            }
            self.ended = last && result == DecoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for Transcoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.from == self.to {
            self.refill()?;
        }
        Ok(self.out.get(self.from..self.to).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.from = self.to.min(self.from + amount);
    }
}

impl<R: BufRead> Read for Transcoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], charset: Charset) -> Vec<u8> {
        let mut out = Vec::new();
        to_utf8(io::BufReader::with_capacity(3, bytes), charset).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn utf16_is_read_over_the_ends_of_pieces() {
        let bytes: Vec<u8> = "год 𝄞".encode_utf16().flat_map(u16::to_be_bytes).collect();

        assert_eq!(decoded(&bytes, Charset::Utf16Be), "год 𝄞".as_bytes());
    }

    #[test]
    fn a_lone_surrogate_and_a_half_unit_are_no_text() {
        assert_eq!(decoded(b"a\0\x00\xD8b\0c", Charset::Utf16Le), b"a\xFFb\xFF");
    }

    #[test]
    fn windows_1251_is_read() {
        assert_eq!(decoded(b"\xCF\xEB\xE0\xED", Charset::Windows1251), "План".as_bytes());
    }
}
