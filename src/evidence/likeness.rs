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

/// A likeness, ready to be compared with many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark(Box<[u8]>);

impl Mark {
    /// Reads a likeness; none if it is none.
    pub fn read(text: &str) -> Option<Self> {
        ImageHash::<Box<[u8]>>::from_base64(text).ok().map(|hash| Self(hash.as_bytes().into()))
    }

    /// In how many bits two likenesses differ; none if they cannot be compared.
    pub fn apart(&self, other: &Self) -> Option<u32> {
        let bits = self.0.iter().zip(&other.0).map(|(one, other)| (one ^ other).count_ones()).sum();
        (self.0.len() == other.0.len()).then_some(bits)
    }
}

#[cfg(test)]
mod tests;
