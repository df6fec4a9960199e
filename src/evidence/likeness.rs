//! What a picture looks like as a whole, in 144 bits: light against dark between neighbouring parts (a difference hash).
//! It is made in the [child](super::child), before anything is covered, and says nothing about faces.

use fast_image_resize::FilterType;
use image::RgbImage;
use image_hasher::{HashAlg, HasherConfig, ImageHash};

use super::scrub::resized;

/// Bits along each side.
const SIDE: u32 = 12;
/// The picture's sides before its parts are compared: quick to make, and finer than the parts.
const FINE: u32 = 96;

/// A picture's likeness, as text; none if there is too little of a picture.
pub fn likeness(pixels: &RgbImage) -> Option<String> {
    let small = resized(pixels.clone(), FINE, FINE, FilterType::Bilinear).ok()?;
    let hasher = HasherConfig::new().hash_size(SIDE, SIDE).hash_alg(HashAlg::Gradient).to_hasher();
    Some(hasher.hash_image(&small).to_base64())
}

/// In how many bits two likenesses differ; none if one of them is no likeness.
pub fn apart(one: &str, other: &str) -> Option<u32> {
    let read = |text: &str| ImageHash::<Box<[u8]>>::from_base64(text).ok();
    let (one, other) = (read(one)?, read(other)?);
    (one.as_bytes().len() == other.as_bytes().len()).then(|| one.dist(&other))
}

#[cfg(test)]
mod tests;
