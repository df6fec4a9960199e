use super::*;

use image::{ExtendedColorType, ImageEncoder as _};

fn scrub(bytes: &[u8]) -> Result<Review, Unfit> {
    super::scrub(bytes, &Cover::Found)
}

/// A picture whose corners can be told apart: red, green, blue and white, clockwise from the upper left.
fn corners(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => image::Rgb([220, 0, 0]),
        (false, true) => image::Rgb([0, 220, 0]),
        (false, false) => image::Rgb([0, 0, 220]),
        (true, false) => image::Rgb([240, 240, 240]),
    })
}

/// What EXIF says of a camera that was turned, with a maker that can be looked for.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    tiff.extend(b"\x01\x0f\0\x02\0\0\0\x0e\0\0\0\x26");
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"CANARY-CAMERA\0");
    tiff
}

/// A JPEG as cameras and editors write them: with everything that has no place in a review copy.
fn talkative_jpeg(pixels: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    encoder.add_exif_metadata(&exif(orientation)).unwrap();
    encoder.add_icc_profile(b"CANARY-ICC").unwrap();
    encoder.add_app_segment(1, b"http://ns.adobe.com/xap/1.0/\0CANARY-XMP".to_vec()).unwrap();
    encoder.add_app_segment(13, b"Photoshop 3.0\0CANARY-IPTC".to_vec()).unwrap();
    let (width, height) = (u16::try_from(pixels.width()).unwrap(), u16::try_from(pixels.height()).unwrap());
    encoder.encode(pixels, width, height, ColorType::Rgb).unwrap();
    jpeg.extend(b"PK\x03\x04CANARY-TRAILER");
    jpeg
}

fn png(pixels: &RgbImage) -> Vec<u8> {
    let mut png = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    encoder.write_image(pixels, pixels.width(), pixels.height(), ExtendedColorType::Rgb8).unwrap();
    png
}

fn webp(pixels: &RgbImage) -> Vec<u8> {
    let mut webp = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
    encoder.write_image(pixels, pixels.width(), pixels.height(), ExtendedColorType::Rgb8).unwrap();
    webp
}

fn decoded(jpeg: &[u8]) -> RgbImage {
    let Header { width, height, .. } = header::read(jpeg).unwrap();
    RgbImage::from_raw(width, height, JpegDecoder::new(ZCursor::new(jpeg)).decode().unwrap()).unwrap()
}

/// The kinds of a JPEG's segments, up to its pixels.
fn segments(jpeg: &[u8]) -> Vec<u8> {
    let (mut kinds, mut at) = (Vec::new(), 2);
    while kinds.last() != Some(&0xda) {
        kinds.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    kinds
}

#[test]
fn of_a_file_only_its_pixels_are_left() {
    let file = talkative_jpeg(&corners(64, 48), 1);
    let contains = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
    assert!(contains(&file, b"CANARY-TRAILER") && contains(&file, b"CANARY-XMP"));
    let review = scrub(&file).unwrap();
    assert!(!contains(&review.jpeg, b"CANARY") && !contains(&review.jpeg, b"Exif"));
    // JFIF's own header, quantisation, frame, Huffman tables, scan: no other application segment, no comment.
    assert!(segments(&review.jpeg).iter().all(|kind| matches!(kind, 0xe0 | 0xdb | 0xc0 | 0xc4 | 0xda)));
    assert!(review.jpeg.ends_with(&[0xff, 0xd9]));
}

#[test]
fn a_review_copy_stands_upright_whatever_the_camera_did() {
    let red_corner = |orientation| {
        let pixels = decoded(&scrub(&talkative_jpeg(&corners(64, 32), orientation)).unwrap().jpeg);
        let (right, bottom) = (pixels.width() - 4, pixels.height() - 4);
        let places = [
            ("upper left", 4, 4),
            ("upper right", right, 4),
            ("lower right", right, bottom),
            ("lower left", 4, bottom),
        ];
        let red = |(_, x, y): &&(&str, u32, u32)| {
            let image::Rgb([r, g, b]) = *pixels.get_pixel(*x, *y);
            r > 150 && g < 90 && b < 90
        };
        (places.iter().find(red).unwrap().0, pixels.dimensions())
    };
    assert_eq!(red_corner(1), ("upper left", (64, 32)));
    assert_eq!(red_corner(2), ("upper right", (64, 32)));
    assert_eq!(red_corner(3), ("lower right", (64, 32)));
    assert_eq!(red_corner(4), ("lower left", (64, 32)));
    assert_eq!(red_corner(5), ("upper left", (32, 64)));
    assert_eq!(red_corner(6), ("upper right", (32, 64)));
    assert_eq!(red_corner(7), ("lower right", (32, 64)));
    assert_eq!(red_corner(8), ("lower left", (32, 64)));
    assert_eq!(red_corner(99), ("upper left", (64, 32)));
}

#[test]
fn a_review_copy_is_at_most_2048_pixels_long_and_keeps_its_shape() {
    let review = scrub(&talkative_jpeg(&corners(3_000, 1_000), 6)).unwrap();
    assert_eq!((review.width, review.height), (683, 2_048));
    assert_eq!(header::read(&review.jpeg).unwrap(), Header { media: Media::Jpeg, width: 683, height: 2_048 });
    let small = scrub(&png(&corners(20, 10))).unwrap();
    assert_eq!((small.width, small.height), (20, 10));
}

#[test]
fn png_and_webp_are_read_too_and_what_is_transparent_is_white() {
    assert_eq!(scrub(&png(&corners(40, 30))).unwrap().media, Media::Png);
    assert_eq!(scrub(&webp(&corners(40, 30))).unwrap().media, Media::Webp);
    let mut clear = Vec::new();
    let hidden = RgbaImage::from_pixel(32, 32, image::Rgba([200, 0, 0, 0]));
    let encoder = image::codecs::png::PngEncoder::new(&mut clear);
    encoder.write_image(&hidden, 32, 32, ExtendedColorType::Rgba8).unwrap();
    let image::Rgb(colours) = *decoded(&scrub(&clear).unwrap().jpeg).get_pixel(16, 16);
    assert!(colours.iter().all(|colour| *colour > 245), "{colours:?}");
}

#[test]
fn a_file_that_breaks_off_is_refused_wherever_it_does() {
    for file in [talkative_jpeg(&corners(64, 48), 1), png(&corners(64, 48)), webp(&corners(64, 48))] {
        let whole = file.len() - if file.starts_with(&[0xff]) { b"PK\x03\x04CANARY-TRAILER".len() } else { 0 };
        for length in 0..whole {
            assert!(scrub(&file[..length]).is_err(), "{length} of {whole} bytes");
        }
        assert!(matches!(scrub(&file[..whole * 3 / 4]), Err(Unfit::Truncated)));
    }
}

#[test]
fn what_is_no_photo_is_told_by_what_it_is() {
    let refusal = |bytes: &[u8]| scrub(bytes).unwrap_err();
    assert_eq!(refusal(b""), Unfit::NotAPhoto);
    assert_eq!(refusal(b"<html><body>please sign in</body></html>"), Unfit::NotAPhoto);
    assert_eq!(refusal(b"GIF89a\x01\0\x01\0\0\0\0;"), Unfit::NotAPhoto);
    assert_eq!(refusal(&crate::evidence::corpora::HEIC), Unfit::Heic);
    assert_eq!(refusal(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Unfit::Truncated);
    assert_eq!(refusal(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"), Unfit::NotAPhoto);
    assert_eq!(refusal(&[&[0xff, 0xd8, 0xff, 0xd9][..], b"<?php"].concat()), Unfit::Damaged);
    assert_eq!(refusal(&vec![0; header::BYTES_MAX + 1]), Unfit::TooLarge);
}

#[test]
fn a_bomb_is_known_by_its_header() {
    let declared = |width: u32, height: u32| {
        let mut file = png(&corners(8, 8));
        file[16..20].copy_from_slice(&width.to_be_bytes());
        file[20..24].copy_from_slice(&height.to_be_bytes());
        scrub(&file).unwrap_err()
    };
    assert_eq!(declared(12_001, 1), Unfit::TooManyPixels);
    assert_eq!(declared(1, u32::MAX), Unfit::TooManyPixels);
    assert_eq!(declared(8_000, 8_000), Unfit::TooManyPixels);
    assert_eq!(declared(0, 8), Unfit::Damaged);
    assert_eq!(declared(9, 8), Unfit::Damaged, "a checksum that does not fit");
}

#[test]
fn what_moves_is_refused() {
    let mut moving = png(&corners(8, 8));
    moving.splice(33..33, *b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0");
    assert_eq!(scrub(&moving).unwrap_err(), Unfit::Animated);
    let mut webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0".to_vec();
    webp.extend([7, 0, 0, 7, 0, 0]);
    assert_eq!(scrub(&webp).unwrap_err(), Unfit::Animated);
}

#[test]
fn a_picture_of_endless_passes_is_refused_before_it_is_decoded() {
    let jpeg = talkative_jpeg(&corners(16, 16), 1);
    let scan = jpeg.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let end = jpeg.len() - b"\xff\xd9PK\x03\x04CANARY-TRAILER".len();
    let mut long = jpeg[..scan].to_vec();
    (0..=100).for_each(|_| long.extend(&jpeg[scan..end]));
    long.extend([0xff, 0xd9]);
    assert_eq!(scrub(&long).unwrap_err(), Unfit::TooHard);
}

#[test]
fn no_changed_byte_makes_reading_fail_loudly() {
    for file in [talkative_jpeg(&corners(24, 16), 1), png(&corners(24, 16)), webp(&corners(24, 16))] {
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 0xff;
            // Whatever it is taken for, it is one of the two.
            let _: Result<(), Unfit> = header::read(&changed).and_then(|header| match header.media {
                Media::Jpeg => jpeg(&changed, header).map(|_| ()),
                Media::Png | Media::Webp => Ok(()),
            });
        }
    }
}
