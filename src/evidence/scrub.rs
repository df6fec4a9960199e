//! A photo becomes its review copy: decoded whole, made smaller and upright, its faces covered, and encoded anew, so that
//! nothing of the file is left but what it looks like. Runs in the [child](super::child), never in the server itself.

use std::io::Cursor;

use fast_image_resize::FilterType;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits, RgbImage, RgbaImage};
use jpeg_encoder::{ColorType, Encoder};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::header::{self, Header, Media, SIDE_MAX, Unfit};
use super::likeness::likeness;
use super::mask::{self, Cover, Covered};

/// The longest side of a review copy, in pixels.
pub const REVIEW_SIDE: u32 = 2_048;
/// How well a review copy is kept: more cannot be told apart on a screen.
const QUALITY: u8 = 85;
/// The most memory that a decoder of ours asks for, in bytes: the largest photo with 16 bits a colour and transparency.
const DECODER_MEMORY: u64 = 450 * 1024 * 1024;

/// A photo as people look at it.
#[derive(Debug)]
pub struct Review {
    /// What the original is written in.
    pub media: Media,
    /// The review copy, a JPEG.
    pub jpeg: Vec<u8>,
    pub width: u32,
    pub height: u32,
    pub covered: Covered,
    /// What the whole of it looks like; none where only what is covered was asked for.
    pub likeness: Option<String>,
}

/// Makes the review copy of a photo.
pub fn scrub(bytes: &[u8], what: &Cover) -> Result<Review, Unfit> {
    let header = header::read(bytes)?;
    let (pixels, orientation) = match header.media {
        Media::Jpeg => jpeg(bytes, header)?,
        Media::Png => {
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits()).map_err(|why| unfit(&why))?;
            plain(decoder, header)?
        }
        Media::Webp => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|why| unfit(&why))?;
            decoder.set_limits(limits()).map_err(|why| unfit(&why))?;
            plain(decoder, header)?
        }
    };
    let mut picture = DynamicImage::ImageRgb8(smaller(pixels, REVIEW_SIDE)?);
    picture.apply_orientation(orientation);
    let mut pixels = picture.into_rgb8();
    let likeness = if *what == Cover::Found { likeness(&pixels) } else { None };
    let covered = mask::cover(&mut pixels, what);
    let (width, height) = pixels.dimensions();
    Ok(Review { media: header.media, jpeg: encode(&pixels)?, width, height, covered, likeness })
}

pub(super) fn jpeg(bytes: &[u8], header: Header) -> Result<(RgbImage, Orientation), Unfit> {
    let side = usize::try_from(SIDE_MAX).map_err(|_why| Unfit::Damaged)?;
    let options =
        DecoderOptions::default().set_max_width(side).set_max_height(side).jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let rgb = decoder.decode().map_err(|_why| Unfit::Damaged)?;
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let pixels = RgbImage::from_raw(header.width, header.height, rgb).ok_or(Unfit::Damaged)?;
    Ok((pixels, orientation.unwrap_or(Orientation::NoTransforms)))
}

fn plain(mut decoder: impl ImageDecoder, header: Header) -> Result<(RgbImage, Orientation), Unfit> {
    if decoder.dimensions() != (header.width, header.height) {
        return Err(Unfit::Damaged);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|why| unfit(&why))?;
    let pixels = if picture.color().has_alpha() { on_white(&picture.into_rgba8()) } else { picture.into_rgb8() };
    Ok((pixels, orientation))
}

/// What is transparent is white: the colours behind it are as little seen as in the original.
fn on_white(picture: &RgbaImage) -> RgbImage {
    let blend = |colour: u8, alpha: u8| {
        let blended = (u32::from(colour) * u32::from(alpha) + 255 * u32::from(255 - alpha)) / 255;
        u8::try_from(blended).unwrap_or(u8::MAX)
    };
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let image::Rgba([r, g, b, alpha]) = *picture.get_pixel(x, y);
        image::Rgb([blend(r, alpha), blend(g, alpha), blend(b, alpha)])
    })
}

/// The picture with no side longer than this.
pub(super) fn smaller(pixels: RgbImage, side: u32) -> Result<RgbImage, Unfit> {
    let (width, height) = pixels.dimensions();
    let longest = u64::from(width.max(height));
    if longest <= u64::from(side) {
        return Ok(pixels);
    }
    let scaled = |length: u32| {
        u32::try_from((u64::from(length) * u64::from(side) + longest / 2) / longest).unwrap_or(side).max(1)
    };
    resized(pixels, scaled(width), scaled(height), FilterType::CatmullRom)
}

/// The picture in another size.
pub(super) fn resized(pixels: RgbImage, width: u32, height: u32, filter: FilterType) -> Result<RgbImage, Unfit> {
    pixels::resized(pixels, width, height, filter).ok_or(Unfit::Damaged)
}

pub(super) fn encode(pixels: &RgbImage) -> Result<Vec<u8>, Unfit> {
    let side = |length| u16::try_from(length).map_err(|_why| Unfit::Damaged);
    let (width, height) = (side(pixels.width())?, side(pixels.height())?);
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, QUALITY).encode(pixels, width, height, ColorType::Rgb).map_err(|_why| Unfit::Damaged)?;
    Ok(jpeg)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_MEMORY);
    limits
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else a decoder finds, the file is not what it says")]
fn unfit(why: &ImageError) -> Unfit {
    match why {
        ImageError::Limits(_) => Unfit::TooHard,
        ImageError::IoError(why) if why.kind() == std::io::ErrorKind::UnexpectedEof => Unfit::Truncated,
        ImageError::Unsupported(_) => Unfit::NotAPhoto,
        _ => Unfit::Damaged,
    }
}

#[cfg(test)]
mod tests;
