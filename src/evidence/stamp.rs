//! Who looks, and when, drawn into the picture itself: a line beside it on a page would stay behind when somebody passes
//! the picture on. Runs in the [child](super::child), since what it decodes lies outside our hands between two looks.

use image::{Rgb, RgbImage};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, RasterizedChar, get_raster, get_raster_width};

use super::header::{self, Media, Unfit};
use super::scrub;

/// From this width on, in pixels, letters are large.
const LARGE_FROM: u32 = 1_000;
/// The line stands so many times in a picture, one below the other: what is cut out of it mostly carries it still.
const TIMES: u32 = 4;
/// How much of a pixel a letter takes, of 255, and how much its shadow: readable on anything, and seen through.
const LETTER: u16 = 190;
const SHADOW: u16 = 150;

/// Whether a text can be drawn: the letters of Western and Central Europe.
pub fn can_draw(text: &str) -> bool {
    text.chars().all(|letter| glyph(letter, RasterHeight::Size16).is_some())
}

fn glyph(letter: char, size: RasterHeight) -> Option<RasterizedChar> {
    get_raster(letter, FontWeight::Regular, size)
}

/// A review copy with these words on it.
pub fn stamp(review: &[u8], words: &str) -> Result<Vec<u8>, Unfit> {
    let header = header::read(review)?;
    if header.media != Media::Jpeg {
        return Err(Unfit::NotAPhoto);
    }
    let (mut pixels, _) = scrub::jpeg(review, header)?;
    draw(&mut pixels, words);
    scrub::encode(&pixels)
}

fn draw(pixels: &mut RgbImage, words: &str) {
    let size = if pixels.width() < LARGE_FROM { RasterHeight::Size16 } else { RasterHeight::Size24 };
    let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let (wide, high) = (number(get_raster_width(FontWeight::Regular, size)), number(size.val()));
    let letters: Vec<char> = words.chars().collect();
    let fitting = usize::try_from(pixels.width().saturating_sub(2 * wide) / wide).unwrap_or_default().max(1);
    let lines: Vec<&[char]> = letters.chunks(fitting).collect();
    let block = (number(lines.len()) + 1) * high;
    // As often as there is room; once in any case.
    let times = TIMES.min(pixels.height() / block.max(1)).max(1);
    for time in 0..times {
        let top = time * (pixels.height() / times) + high / 2;
        for (at, line) in lines.iter().enumerate() {
            for (column, letter) in line.iter().enumerate() {
                let (left, top) = (wide * (number(column) + 1), top + number(at) * high);
                if let Some(glyph) = glyph(*letter, size) {
                    blend(pixels, &glyph, (left + 1, top + 1), Rgb([0; 3]), SHADOW);
                    blend(pixels, &glyph, (left, top), Rgb([255; 3]), LETTER);
                }
            }
        }
    }
}

/// Lays a letter's colour over the picture, as far as it lies in it.
fn blend(pixels: &mut RgbImage, glyph: &RasterizedChar, (left, top): (u32, u32), colour: Rgb<u8>, most: u16) {
    for (row, y) in glyph.rows().zip(top..) {
        for (strength, x) in row.iter().zip(left..) {
            let Some(Rgb(under)) = pixels.get_pixel_mut_checked(x, y) else { continue };
            let share = u16::from(*strength) * most / 255;
            for (under, over) in under.iter_mut().zip(colour.0) {
                let mixed = (u16::from(over) * share + u16::from(*under) * (255 - share)) / 255;
                *under = u8::try_from(mixed).unwrap_or(u8::MAX);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pixels of each quarter of the picture's height are no longer what they were.
    fn changed(width: u32, height: u32, words: &str) -> Vec<usize> {
        let before = RgbImage::from_pixel(width, height, Rgb([120, 130, 140]));
        let mut after = before.clone();
        draw(&mut after, words);
        let quarters = (0..4).map(|quarter| (quarter * height / 4, (quarter + 1) * height / 4));
        quarters
            .map(|(from, to)| {
                let places = (from..to).flat_map(|y| (0..width).map(move |x| (x, y)));
                places.filter(|(x, y)| before.get_pixel(*x, *y) != after.get_pixel(*x, *y)).count()
            })
            .collect()
    }

    #[test]
    fn the_words_stand_in_every_quarter_of_a_photo() {
        for (width, height) in [(2_048, 1_536), (1_536, 2_048), (640, 480), (300, 400)] {
            let changed = changed(width, height, "Noor · 3f9a2c41d0 · 2026-11-22 21:50 UTC");
            assert!(changed.iter().all(|pixels| *pixels > 500), "{width} × {height}: {changed:?}");
        }
    }

    #[test]
    fn a_picture_too_small_for_words_is_left_whole() {
        for (width, height) in [(1, 1), (20, 10), (9, 300), (300, 5)] {
            changed(width, height, "Noor · 3f9a2c41d0");
        }
    }

    #[test]
    fn names_of_western_and_central_europe_can_be_drawn() {
        assert!(can_draw("Zoë Łukasiewicz-Núñez · 2026"));
        assert!(!can_draw("نور") && !can_draw("Noor 🙂"));
    }
}
