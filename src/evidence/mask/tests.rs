use super::*;

use super::super::corpora;

/// The middle of her face in that photo, as parts of its sides.
const NOSE: (f32, f32) = (0.43, 0.24);

fn astronaut() -> RgbImage {
    image::load_from_memory(&corpora::photo("faces/astronaut.png")).unwrap().into_rgb8()
}

/// Whether the pixel at these parts of the sides is covered.
fn is_covered(pixels: &RgbImage, (x, y): (f32, f32)) -> bool {
    let at = |part, side| span(part, 1.0, side).unwrap().0;
    *pixels.get_pixel(at(x, pixels.width()), at(y, pixels.height())) == FILL
}

#[test]
fn a_face_is_covered_however_the_picture_lies() {
    let (x, y) = NOSE;
    let upright = astronaut();
    let ways = [
        (upright.clone(), (x, y)),
        (rotate90(&upright), (1.0 - y, x)),
        (rotate180(&upright), (1.0 - x, 1.0 - y)),
        (rotate270(&upright), (y, 1.0 - x)),
    ];
    for (quarters, (mut pixels, nose)) in ways.into_iter().enumerate() {
        assert!(!is_covered(&pixels, nose));
        let covered = cover(&mut pixels, &Cover::Found);
        assert!(matches!(&covered, Covered::Faces(areas) if !areas.is_empty()), "{quarters}: {covered:?}");
        assert!(is_covered(&pixels, nose), "{quarters}: {covered:?}");
    }
}

#[test]
fn where_no_face_can_be_looked_for_everything_is_covered() {
    let mut pixels = astronaut();
    assert_eq!(cover_found(&mut pixels, Err(CannotLook)), Covered::Everything);
    assert!(pixels.pixels().all(|pixel| *pixel == FILL));
}

fn near(face: Face, [left, top, right, bottom]: [f32; 4]) -> bool {
    let parts = [face.left - left, face.top - top, face.right - right, face.bottom - bottom];
    parts.iter().all(|part| part.abs() < 1e-5)
}

#[test]
fn a_place_in_a_turned_picture_is_found_in_the_upright_one() {
    // The upper left corner of the upright picture, where turning clockwise takes it.
    let upright = [0.0, 0.0, 0.1, 0.2];
    let turned = [
        Face { left: 0.0, top: 0.0, right: 0.1, bottom: 0.2 },
        Face { left: 0.8, top: 0.0, right: 1.0, bottom: 0.1 },
        Face { left: 0.9, top: 0.8, right: 1.0, bottom: 1.0 },
        Face { left: 0.0, top: 0.9, right: 0.2, bottom: 1.0 },
    ];
    for (quarters, face) in (0..).zip(turned) {
        assert!(near(face.turned_back(quarters), upright), "{quarters}: {:?}", face.turned_back(quarters));
    }
}

#[test]
fn a_face_is_covered_a_quarter_beyond_what_was_found_and_never_beyond_the_picture() {
    let face = Face { left: 0.4, top: 0.4, right: 0.6, bottom: 0.8 };
    assert_eq!(face.grown((100, 100)), Some(Area { left: 35, top: 30, width: 30, height: 60 }));
    let edge = Face { left: -0.2, top: 0.9, right: 0.205, bottom: 1.4 };
    assert_eq!(edge.grown((100, 100)), Some(Area { left: 0, top: 77, width: 31, height: 23 }));
    let outside = Face { left: 1.5, top: 0.0, right: 1.6, bottom: 0.1 };
    assert_eq!(outside.grown((100, 100)), None);
}

#[test]
fn where_no_face_is_nothing_is_covered() {
    let mut shelf =
        RgbImage::from_fn(
            320,
            200,
            |x, y| if (x / 20 + y / 50) % 2 == 0 { Rgb([90, 60, 30]) } else { Rgb([200, 190, 170]) },
        );
    let before = shelf.clone();
    assert_eq!(cover(&mut shelf, &Cover::Found), Covered::Faces(Vec::new()));
    assert_eq!(shelf, before);
}

#[test]
fn areas_that_are_mostly_one_become_one_and_nothing_that_was_covered_is_bare() {
    let area = |left, top, width, height| Area { left, top, width, height };
    let areas = vec![
        area(10, 10, 20, 20),
        area(12, 12, 20, 20),
        area(12, 9, 10, 10),
        area(100, 10, 20, 20),
        area(119, 10, 20, 20),
        area(28, 28, 30, 30),
    ];
    let joined = joined(areas.clone());
    assert_eq!(joined, [area(10, 9, 22, 23), area(28, 28, 30, 30), area(100, 10, 20, 20), area(119, 10, 20, 20)]);
    let holds = |outer: &Area, x, y| {
        x >= outer.left && x < outer.left + outer.width && y >= outer.top && y < outer.top + outer.height
    };
    for (x, y) in (0..160).flat_map(|x| (0..60).map(move |y| (x, y))) {
        let before = areas.iter().any(|area| holds(area, x, y));
        assert!(!before || joined.iter().any(|area| holds(area, x, y)), "{x} {y}");
    }
}

#[test]
fn what_a_person_drew_is_covered_and_nothing_else() {
    let drawn = Area { left: 10, top: 20, width: 30, height: 40 };
    let beyond = Area { left: 500, top: 500, width: u32::MAX, height: u32::MAX };
    let (before, mut pixels) = (astronaut(), astronaut());
    assert_eq!(cover(&mut pixels, &Cover::These(vec![drawn, beyond])), Covered::Faces(vec![drawn, beyond]));
    for (x, y, pixel) in pixels.enumerate_pixels() {
        let inside = (10..40).contains(&x) && (20..60).contains(&y) || x >= 500 && y >= 500;
        assert_eq!(*pixel, if inside { FILL } else { *before.get_pixel(x, y) }, "{x} {y}");
    }
    assert_eq!(cover(&mut pixels, &Cover::Everything), Covered::Everything);
    assert!(pixels.pixels().all(|pixel| *pixel == FILL));
}
