//! Photographs out of registry packages: they lie outside the clone, where `tests/data/photos/fetch` puts them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use image::imageops::crop_imm;
use image::{ImageFormat, RgbImage, load_from_memory_with_format};
use jpeg_encoder::{ColorType, Encoder};
use ring::digest::{SHA256, digest};

/// What is taken; the folder is named after it.
const LIST: &[u8] = include_bytes!("../../data/photos/requirements.txt");

/// Eileen Collins, NASA, 1999: one face, as a camera's JPEG would have it. Only the strip in which she stands: where it is not
/// about what else is in the picture, nobody has to look for faces there.
pub static ASTRONAUT: LazyLock<Vec<u8>> = LazyLock::new(|| as_jpeg(&strip()));

/// The whole picture, four times as wide.
pub static WHOLE_ASTRONAUT: LazyLock<Vec<u8>> = LazyLock::new(|| as_jpeg(&whole()));

/// A picture in HEIC, which nothing here reads.
pub static HEIC: LazyLock<Vec<u8>> = LazyLock::new(|| photo("pillow/avif/hopper.heif"));

/// The pixels of [`ASTRONAUT`].
pub fn strip() -> RgbImage {
    crop_imm(&whole(), 156, 0, 128, 512).to_image()
}

fn whole() -> RgbImage {
    load_from_memory_with_format(&photo("faces/astronaut.png"), ImageFormat::Png).unwrap().into_rgb8()
}

fn as_jpeg(picture: &RgbImage) -> Vec<u8> {
    let (width, height) = (u16::try_from(picture.width()).unwrap(), u16::try_from(picture.height()).unwrap());
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 90).encode(picture, width, height, ColorType::Rgb).unwrap();
    jpeg
}

/// Where the photographs lie.
///
/// # Panics
///
/// When they were not fetched.
pub fn folder() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let hash = digest(&SHA256, LIST).as_ref().iter().take(8).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
    let name = format!("photos-{hash:016x}");
    let folder = cache.expect("a home directory").join("shopwatch-tests").join(name);
    assert!(folder.is_dir(), "{} is not there: run tests/setup, which takes it from the registries", folder.display());
    folder
}

/// One of them.
///
/// # Panics
///
/// When it is not there.
pub fn photo(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Every file of a corpus, in the order of their paths.
///
/// # Panics
///
/// When it is not there.
pub fn corpus(name: &str) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder().join(name)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
