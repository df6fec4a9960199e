//! HEIC and AVIF: nothing here decodes them, so that what is read of one is its container and nothing else: what it says it
//! is, that its boxes stand one after the other to its end, and that it is a still picture.
//! ISO/IEC 14496-12 (boxes), ISO/IEC 23008-12 (HEIF), <https://aomediacodec.github.io/av1-avif/>

use super::header::Unfit;

/// What each brand of a still picture is called.
const STILL: [(&[u8; 4], &str); 8] = [
    (b"heic", HEIC),
    (b"heix", HEIC),
    (b"heim", HEIC),
    (b"heis", HEIC),
    (b"avif", AVIF),
    (b"mif1", HEIF),
    (b"mif2", HEIF),
    (b"miaf", HEIF),
];
/// The main brands of what moves.
const MOVING: [&[u8; 4]; 7] = [b"hevc", b"hevx", b"hevm", b"hevs", b"avis", b"avio", b"msf1"];

const HEIC: &str = "image/heic";
const AVIF: &str = "image/avif";
/// A picture of which the container does not say in which of the two it is written.
const HEIF: &str = "image/heif";

/// A box, and what follows it.
struct Front<'a> {
    kind: [u8; 4],
    inside: &'a [u8],
    after: &'a [u8],
}

/// What such a file is written in; an error if it is none, or not all of it is there.
pub fn media(bytes: &[u8]) -> Result<&'static str, Unfit> {
    let Front { kind, inside: brands, after: mut rest } = front(bytes)?;
    if &kind != b"ftyp" {
        return Err(Unfit::NotAPhoto);
    }
    let media = of_brands(brands)?;
    let mut described = false;
    while !rest.is_empty() {
        let Front { kind, after, .. } = front(rest)?;
        described |= &kind == b"meta";
        rest = after;
    }
    // Without the box that describes it there is no picture, wherever the others may be.
    if described { Ok(media) } else { Err(Unfit::Truncated) }
}

/// The box at the front.
fn front(bytes: &[u8]) -> Result<Front<'_>, Unfit> {
    let (size, rest) = bytes.split_first_chunk().ok_or(Unfit::Truncated)?;
    let (kind, rest) = rest.split_first_chunk().ok_or(Unfit::Truncated)?;
    let (length, rest) = match u32::from_be_bytes(*size) {
        // It goes on to the end of the file.
        0 => return Ok(Front { kind: *kind, inside: rest, after: &[] }),
        // Its size takes more room, and stands behind its kind.
        1 => {
            let (size, rest) = rest.split_first_chunk().ok_or(Unfit::Truncated)?;
            (u64::from_be_bytes(*size).checked_sub(16), rest)
        }
        size => (u64::from(size).checked_sub(8), rest),
    };
    let length = usize::try_from(length.ok_or(Unfit::Damaged)?).map_err(|_why| Unfit::Truncated)?;
    let (inside, after) = rest.split_at_checked(length).ok_or(Unfit::Truncated)?;
    Ok(Front { kind: *kind, inside, after })
}

/// What a file of these brands is: the main one, its version, and those that it fits as well.
fn of_brands(brands: &[u8]) -> Result<&'static str, Unfit> {
    let (main, rest) = brands.split_first_chunk::<4>().ok_or(Unfit::Damaged)?;
    if MOVING.contains(&main) {
        return Err(Unfit::Animated);
    }
    let (_version, others) = rest.split_first_chunk::<4>().ok_or(Unfit::Damaged)?;
    let named = |brand: &[u8]| STILL.iter().find(|(known, _)| *known == brand).map(|(_, media)| *media);
    let of_all: Vec<&str> = std::iter::once(&main[..]).chain(others.chunks_exact(4)).filter_map(named).collect();
    let exact = of_all.iter().find(|media| **media != HEIF);
    exact.or(of_all.first()).copied().ok_or(Unfit::NotAPhoto)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: [u8; 4], inside: &[u8]) -> Vec<u8> {
        let size = u32::try_from(inside.len() + 8).unwrap().to_be_bytes();
        [&size[..], &kind, inside].concat()
    }

    fn file(brands: &[u8]) -> Vec<u8> {
        [boxed(*b"ftyp", brands), boxed(*b"meta", b"\0\0\0\0"), boxed(*b"mdat", b"picture")].concat()
    }

    #[test]
    fn its_brands_say_what_it_is_written_in() {
        for (brands, said) in [
            (&b"heic\0\0\0\0mif1heic"[..], Ok(HEIC)),
            (b"mif1\0\0\0\0mif1heicmiaf", Ok(HEIC)),
            (b"avif\0\0\0\0avifmif1miaf", Ok(AVIF)),
            (b"mif1\0\0\0\0mif1", Ok(HEIF)),
            (b"heic\0\0\0\0", Ok(HEIC)),
            (b"avis\0\0\0\0avifavis", Err(Unfit::Animated)),
            (b"hevc\0\0\0\0heic", Err(Unfit::Animated)),
            (b"mp42\0\0\0\0isommp42", Err(Unfit::NotAPhoto)),
            (b"qt  \0\0\0\0", Err(Unfit::NotAPhoto)),
            (b"heic", Err(Unfit::Damaged)),
            (b"", Err(Unfit::Damaged)),
        ] {
            assert_eq!(media(&file(brands)), said, "{brands:?}");
        }
    }

    #[test]
    fn one_that_breaks_off_anywhere_is_known() {
        let whole = file(b"heic\0\0\0\0mif1heic");
        assert_eq!(media(&whole), Ok(HEIC));
        let ends_with_a_box = whole.len() - boxed(*b"mdat", b"picture").len();
        for end in (8..whole.len()).filter(|end| *end != ends_with_a_box) {
            assert_eq!(media(&whole[..end]), Err(Unfit::Truncated), "after {end} bytes");
        }
    }

    #[test]
    fn long_boxes_and_boxes_without_an_end_are_read_and_those_that_contradict_themselves_are_not() {
        let start = file(b"heic\0\0\0\0mif1");
        let long = |size: u64| [&1_u32.to_be_bytes()[..], b"mdat", &size.to_be_bytes(), b"picture"].concat();
        for (last, said) in [
            (long(23), Ok(HEIC)),
            (long(24), Err(Unfit::Truncated)),
            (long(u64::MAX), Err(Unfit::Truncated)),
            (long(15), Err(Unfit::Damaged)),
            (b"\0\0\0\0mdat and so on".to_vec(), Ok(HEIC)),
            (b"\0\0\0\x07mdat".to_vec(), Err(Unfit::Damaged)),
        ] {
            assert_eq!(media(&[start.clone(), last].concat()), said);
        }
    }
}
