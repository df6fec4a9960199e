//! What a file says it is, read from its first bytes and its structure before anything is decoded: kind, size, number of
//! pictures, and whether it is all there.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::heif;

/// The largest file, in bytes.
pub const BYTES_MAX: usize = 25 * 1024 * 1024;
/// The longest side of a photo, in pixels.
pub const SIDE_MAX: u32 = 12_000;
/// The most pixels of a photo.
pub const PIXELS_MAX: u64 = 50_000_000;
/// The most passes over a JPEG's picture: each costs as much as the first, and cameras write at most about ten.
const SCANS_MAX: usize = 100;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($(#[$about:meta])* $word:ident = $text:literal,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$about])* #[serde(rename = $text)] $word),+ }

        impl $name {
            /// Every word.
            pub const WORDS: &'static [&'static str] = &[$($text),+];

            /// The word as it is stored and named in locales.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a photo is written in.
    Media:
    Jpeg = "image/jpeg",
    Png = "image/png",
    Webp = "image/webp",
}

words! {
    /// Why a file is not taken as a photo.
    Unfit:
    /// It is no picture of a kind that is read here.
    NotAPhoto = "not_a_photo",
    /// HEIC or AVIF, whole as far as its boxes say: there is nothing here that reads it.
    Heic = "heic",
    /// More bytes than are read.
    TooLarge = "too_large",
    /// More pixels than are decoded.
    TooManyPixels = "too_many_pixels",
    /// It moves.
    Animated = "animated",
    /// Its end is missing.
    Truncated = "truncated",
    /// It contradicts itself.
    Damaged = "damaged",
    /// It took more computing or memory than any photo takes.
    TooHard = "too_hard",
}

/// What a file says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub media: Media,
    pub width: u32,
    pub height: u32,
}

/// Reads what a file says it is, and refuses what is not to be decoded.
pub fn read(bytes: &[u8]) -> Result<Header, Unfit> {
    if bytes.len() > BYTES_MAX {
        return Err(Unfit::TooLarge);
    }
    let header = match bytes {
        [0xff, 0xd8, 0xff, ..] => jpeg(bytes),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', rest @ ..] => png(rest),
        [b'R', b'I', b'F', b'F', a, b, c, d, b'W', b'E', b'B', b'P', rest @ ..] => {
            webp(u32::from_le_bytes([*a, *b, *c, *d]), rest)
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => heif::media(bytes).and(Err(Unfit::Heic)),
        _ => Err(Unfit::NotAPhoto),
    }?;
    let Header { width, height, .. } = header;
    if width == 0 || height == 0 {
        return Err(Unfit::Damaged);
    }
    if width > SIDE_MAX || height > SIDE_MAX || u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Unfit::TooManyPixels);
    }
    Ok(header)
}

/// Bytes that are taken from the front.
struct Left<'a>(&'a [u8]);

impl<'a> Left<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Unfit> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unfit::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unfit> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Unfit::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }
}

/// Walks the segments of a JPEG (ITU-T T.81, annex B) to its end mark: decoders take one that breaks off for whole.
fn jpeg(bytes: &[u8]) -> Result<Header, Unfit> {
    let mut left = Left(bytes);
    left.take(2)?;
    let (mut size, mut scans) = (None, 0);
    loop {
        let [mark] = left.array()?;
        if mark != 0xff {
            return Err(Unfit::Damaged);
        }
        let mut kind = 0xff;
        while kind == 0xff {
            [kind] = left.array()?;
        }
        match kind {
            0xd9 if scans > 0 => break,
            0x01 | 0xd0..=0xd7 => continue,
            0x00 | 0xd8 | 0xd9 => return Err(Unfit::Damaged),
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(left.array()?));
        let segment = left.take(length.checked_sub(2).ok_or(Unfit::Damaged)?)?;
        match kind {
            0xc0..=0xc2 if size.is_some() => return Err(Unfit::Damaged),
            0xc0..=0xc2 => size = Some(frame(segment)?),
            // Lossless, hierarchical and arithmetic ones: no camera writes them.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Err(Unfit::NotAPhoto),
            0xda => {
                scans += 1;
                if scans > SCANS_MAX {
                    return Err(Unfit::TooHard);
                }
                left = Left(after_scan(left.0)?);
            }
            _ => {}
        }
    }
    let (width, height) = size.ok_or(Unfit::Damaged)?;
    Ok(Header { media: Media::Jpeg, width, height })
}

fn frame(segment: &[u8]) -> Result<(u32, u32), Unfit> {
    match segment {
        [_, h1, h0, w1, w0, ..] => Ok((u16::from_be_bytes([*w1, *w0]).into(), u16::from_be_bytes([*h1, *h0]).into())),
        _ => Err(Unfit::Damaged),
    }
}

/// What follows the compressed bytes of a scan: the next mark that is not part of them.
fn after_scan(bytes: &[u8]) -> Result<&[u8], Unfit> {
    let ends = |pair: &[u8]| matches!(pair, [0xff, kind] if !matches!(kind, 0x00 | 0xd0..=0xd7 | 0xff));
    let end = bytes.windows(2).position(ends).ok_or(Unfit::Truncated)?;
    bytes.get(end..).ok_or(Unfit::Truncated)
}

/// Walks the chunks of a PNG (<https://www.w3.org/TR/png-3/>) to its last one.
fn png(rest: &[u8]) -> Result<Header, Unfit> {
    let mut left = Left(rest);
    let mut size = None;
    loop {
        let length = usize::try_from(u32::from_be_bytes(left.array()?)).map_err(|_why| Unfit::Damaged)?;
        let kind: [u8; 4] = left.array()?;
        let data = left.take(length)?;
        left.take(4)?;
        match (&kind, size) {
            (b"IHDR", None) => {
                let mut data = Left(data);
                size = Some((u32::from_be_bytes(data.array()?), u32::from_be_bytes(data.array()?)));
            }
            (_, None) | (b"IHDR", Some(_)) => return Err(Unfit::Damaged),
            (b"acTL", Some(_)) => return Err(Unfit::Animated),
            (b"IEND", Some((width, height))) => return Ok(Header { media: Media::Png, width, height }),
            (_, Some(_)) => {}
        }
    }
}

/// The first chunk of a WebP (RFC 9649) says how large the picture is.
fn webp(size: u32, rest: &[u8]) -> Result<Header, Unfit> {
    let inside = usize::try_from(size).ok().and_then(|size| size.checked_sub(4)).ok_or(Unfit::Damaged)?;
    let mut left = Left(rest.get(..inside).ok_or(Unfit::Truncated)?);
    let kind: [u8; 4] = left.array()?;
    left.take(4)?;
    let (width, height) = match &kind {
        b"VP8X" => {
            let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = left.array()?;
            if flags & 0x02 != 0 {
                return Err(Unfit::Animated);
            }
            (u32::from_le_bytes([w0, w1, w2, 0]) + 1, u32::from_le_bytes([h0, h1, h2, 0]) + 1)
        }
        b"VP8L" => {
            let [mark, a, b, c, d] = left.array()?;
            let bits = u32::from_le_bytes([a, b, c, d]);
            if mark != 0x2f {
                return Err(Unfit::Damaged);
            }
            ((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1)
        }
        b"VP8 " => {
            let [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1] = left.array()? else { return Err(Unfit::Damaged) };
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            (side(w0, w1), side(h0, h1))
        }
        _ => return Err(Unfit::Damaged),
    };
    Ok(Header { media: Media::Webp, width, height })
}
