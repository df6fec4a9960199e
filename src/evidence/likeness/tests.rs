use image::imageops::{brighten, crop_imm, resize};

use super::*;

use super::super::corpora;

fn apart(one: &str, other: &str) -> Option<u32> {
    Mark::read(one)?.apart(&Mark::read(other)?)
}

fn picture(name: &str) -> RgbImage {
    image::load_from_memory(&corpora::photo(name)).unwrap().into_rgb8()
}

#[test]
fn altered_copies_of_a_photo_look_alike_and_other_photos_do_not() {
    let astronaut = picture("faces/astronaut.png");
    let mark = likeness(&astronaut).unwrap();
    let far = |other: &RgbImage| apart(&mark, &likeness(other).unwrap()).unwrap();
    assert_eq!(far(&astronaut), 0);
    let smaller = resize(&astronaut, 200, 200, image::imageops::FilterType::Triangle);
    let cut = crop_imm(&astronaut, 5, 5, 502, 502).to_image();
    for copy in [&astronaut, &smaller, &brighten(&astronaut, 30), &cut] {
        assert!(far(copy) <= 22, "{}", far(copy));
    }
    for other in ["faces/32bit.png", "faces/Tom_Hanks_54745.png", "pillow/hopper.png"] {
        assert!(far(&picture(other)) > 40, "{other}: {}", far(&picture(other)));
    }
}

#[test]
fn what_is_no_likeness_is_like_nothing() {
    let mark = likeness(&RgbImage::new(3, 3)).unwrap();
    assert_eq!(apart(&mark, &mark), Some(0));
    assert!(apart(&mark, "").is_none_or(|bits| bits > 0) && apart(&mark, "no base64 §").is_none());
}
