//! What is calculated for every pixel of a photo. It is a package only because packages can be optimised where the rest is
//! not: tests read photos some hundred times, and without that each takes twice as long.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// The picture in another size; none if there is no picture of such a size.
pub fn resized(pixels: RgbImage, width: u32, height: u32, filter: FilterType) -> Option<RgbImage> {
    let (from_width, from_height) = pixels.dimensions();
    let from = Image::from_vec_u8(from_width, from_height, pixels.into_raw(), PixelType::U8x3).ok()?;
    let mut to = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new().resize(&from, &mut to, &options).ok()?;
    RgbImage::from_raw(width, height, to.into_vec())
}

/// All blue, then all green, then all red from 0 to 255, with so many columns and rows; what is not in the picture is black.
pub fn planes(pixels: &RgbImage, columns: usize, rows: usize) -> Vec<f32> {
    let plane = columns * rows;
    let mut values = vec![0.0; 3 * plane];
    for (colour, plane) in values.chunks_exact_mut(plane).enumerate() {
        let lines = pixels.as_raw().chunks_exact(pixels.width() as usize * 3);
        for (line, row) in lines.zip(plane.chunks_exact_mut(columns)) {
            for (pixel, value) in line.chunks_exact(3).zip(row) {
                *value = pixel.get(2 - colour).copied().map_or(0.0, f32::from);
            }
        }
    }
    values
}
