//! Faces are covered with one colour, of which nothing can be calculated back. A machine looks for them first, so that
//! most are covered before anybody looks; it misses some, and a person confirms what it did. When it fails, everything
//! is covered.

use std::sync::Arc;

use domain::photo::Area;
use fast_image_resize::FilterType;
use image::imageops::{rotate90, rotate180, rotate270};
use image::{Rgb, RgbImage};
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};
use serde::{Deserialize, Serialize};

use super::header::Unfit;
use super::scrub::resized;

/// The detector's weights; where they come from stands in `data/README.md`.
const WEIGHTS: &[u8] = include_bytes!("data/face_detection_yunet_2023mar.onnx");
/// What a face is covered with.
const FILL: Rgb<u8> = Rgb([40, 40, 40]);
/// From which score on something counts as a face: low, since a covered shelf harms nobody.
const THRESHOLD: f32 = 0.45;
/// The longest side of the picture in which faces are looked for in every direction.
const LOOK_SIDE: u32 = 640;
/// How much larger it is looked at once more, upright, for small faces.
const CLOSER: u32 = 2;
/// The detector takes sides that are multiples of this.
const STEP: u32 = 32;
/// How far apart the places are at which the detector looks, coarse to fine.
const STRIDES: [(u32, &str); 3] = [(8, "8"), (16, "16"), (32, "32")];

/// What was covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covered {
    /// These places, in pixels of the review copy; none if no face was found.
    Faces(Vec<Area>),
    /// All of it: no face could be looked for.
    Everything,
}

/// What is to be covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// The faces a machine finds.
    Found,
    /// What a person drew, in pixels of the review copy.
    These(Vec<Area>),
    /// All of it.
    Everything,
}

/// Covers what is to be covered; everything if nobody could look for it.
pub fn cover(pixels: &mut RgbImage, what: &Cover) -> Covered {
    match what {
        Cover::Found => {
            let found = Detector::load().and_then(|detector| detector.all_ways(pixels));
            cover_found(pixels, found)
        }
        Cover::These(areas) => cover_areas(pixels, areas.clone()),
        Cover::Everything => cover_everything(pixels),
    }
}

fn cover_found(pixels: &mut RgbImage, found: Result<Vec<Face>, CannotLook>) -> Covered {
    let Ok(faces) = found else { return cover_everything(pixels) };
    let areas: Vec<Area> = faces.iter().filter_map(|face| face.grown(pixels.dimensions())).collect();
    cover_areas(pixels, joined(areas))
}

fn cover_areas(pixels: &mut RgbImage, areas: Vec<Area>) -> Covered {
    for area in &areas {
        fill(pixels, *area);
    }
    Covered::Faces(areas)
}

fn cover_everything(pixels: &mut RgbImage) -> Covered {
    let (width, height) = pixels.dimensions();
    fill(pixels, Area { left: 0, top: 0, width, height });
    Covered::Everything
}

/// A face is found many times, from near and far and by neighbouring places. Where four fifths of an area lie in
/// another, one that holds both takes their place: what was covered stays covered, and a person who looks through them
/// meets each face less often.
fn joined(areas: Vec<Area>) -> Vec<Area> {
    let mut apart: Vec<Area> = Vec::new();
    let mut left = areas;
    while let Some(area) = left.pop() {
        match apart.iter().position(|other| mostly_one(area, *other)) {
            // What it grew into may touch others that are apart already.
            Some(at) => left.push(around(area, apart.swap_remove(at))),
            None => apart.push(area),
        }
    }
    apart.sort();
    apart
}

fn mostly_one(one: Area, other: Area) -> bool {
    let overlap = |from: u32, length: u32, other_from: u32, other_length: u32| {
        u64::from((from + length).min(other_from + other_length).saturating_sub(from.max(other_from)))
    };
    let shared =
        overlap(one.left, one.width, other.left, other.width) * overlap(one.top, one.height, other.top, other.height);
    let size = |area: Area| u64::from(area.width) * u64::from(area.height);
    shared * 5 >= size(one).min(size(other)) * 4
}

fn around(one: Area, other: Area) -> Area {
    let (left, top) = (one.left.min(other.left), one.top.min(other.top));
    let right = (one.left + one.width).max(other.left + other.width);
    let bottom = (one.top + one.height).max(other.top + other.height);
    Area { left, top, width: right - left, height: bottom - top }
}

fn fill(pixels: &mut RgbImage, area: Area) {
    for y in area.top..area.top.saturating_add(area.height).min(pixels.height()) {
        for x in area.left..area.left.saturating_add(area.width).min(pixels.width()) {
            pixels.put_pixel(x, y, FILL);
        }
    }
}

/// The detector does not work here.
#[derive(Debug)]
struct CannotLook;

impl From<Unfit> for CannotLook {
    fn from(_: Unfit) -> Self {
        Self
    }
}

/// A face, as parts of the picture's width and height.
#[derive(Debug, Clone, Copy)]
struct Face {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Face {
    /// In the upright picture, where the one it was found in had been turned clockwise by so many quarters.
    fn turned_back(self, quarters: u32) -> Self {
        let Self { left, top, right, bottom } = self;
        match quarters {
            1 => Self { left: top, top: 1.0 - right, right: bottom, bottom: 1.0 - left },
            2 => Self { left: 1.0 - right, top: 1.0 - bottom, right: 1.0 - left, bottom: 1.0 - top },
            3 => Self { left: 1.0 - bottom, top: left, right: 1.0 - top, bottom: right },
            _ => self,
        }
    }

    /// In pixels and a quarter larger to every side: hair and chin stand out of what a detector calls a face.
    fn grown(self, (width, height): (u32, u32)) -> Option<Area> {
        let (more_x, more_y) = ((self.right - self.left) / 4.0, (self.bottom - self.top) / 4.0);
        let (left, right) = span(self.left - more_x, self.right + more_x, width)?;
        let (top, bottom) = span(self.top - more_y, self.bottom + more_y, height)?;
        Some(Area { left, top, width: right - left, height: bottom - top })
    }
}

/// From where to where it reaches along a side of this length; none if that is nowhere.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "clamped")]
fn span(from: f32, to: f32, length: u32) -> Option<(u32, u32)> {
    let pixels = length as f32;
    let from = (from * pixels).floor().clamp(0.0, pixels) as u32;
    let to = (to * pixels).ceil().clamp(0.0, pixels) as u32;
    (from < to).then_some((from, to))
}

struct Detector {
    model: Model,
    input: NodeId,
    /// Of every stride: how likely, how certain, where.
    outputs: Vec<NodeId>,
    options: RunOptions,
}

impl Detector {
    fn load() -> Result<Self, CannotLook> {
        let model = Model::load_static_slice(WEIGHTS).map_err(|_why| CannotLook)?;
        let node = |name: &str| model.node_id(name).map_err(|_why| CannotLook);
        let names = STRIDES.iter().flat_map(|(_, stride)| ["cls", "obj", "bbox"].map(|of| format!("{of}_{stride}")));
        let outputs = names.map(|name| node(&name)).collect::<Result<_, _>>()?;
        // One thread: the process may not take more of the machine than one core.
        let options = RunOptions::default().with_thread_pool(Some(Arc::new(ThreadPool::with_num_threads(1))));
        Ok(Self { input: node("input")?, outputs, options, model })
    }

    /// Faces in every direction, and once more the upright ones from nearer.
    fn all_ways(&self, pixels: &RgbImage) -> Result<Vec<Face>, CannotLook> {
        let upright = fitted(pixels, LOOK_SIDE)?;
        let mut faces = self.faces(&upright)?;
        for (quarters, turned) in [(1, rotate90(&upright)), (2, rotate180(&upright)), (3, rotate270(&upright))] {
            faces.extend(self.faces(&turned)?.into_iter().map(|face| face.turned_back(quarters)));
        }
        faces.extend(self.faces(&fitted(pixels, LOOK_SIDE * CLOSER)?)?);
        Ok(faces)
    }

    fn faces(&self, pixels: &RgbImage) -> Result<Vec<Face>, CannotLook> {
        let (input, columns, rows) = tensor(pixels);
        let run = self.model.run(vec![(self.input, input.into())], &self.outputs, Some(self.options.clone()));
        let mut values = run.map_err(|_why| CannotLook)?.into_iter();
        let mut faces = Vec::new();
        for (stride, _) in STRIDES {
            let mut next = || -> Result<NdTensor<f32, 3>, CannotLook> {
                values.next().and_then(|value| value.try_into().ok()).ok_or(CannotLook)
            };
            let (likely, certain, places) = (next()?, next()?, next()?);
            let grid = Grid { stride, columns: columns / stride, rows: rows / stride, of: pixels.dimensions() };
            grid.read(&likely.view(), &certain.view(), &places.view(), &mut faces)?;
        }
        Ok(faces)
    }
}

/// The places at which the detector looked with one stride.
struct Grid {
    stride: u32,
    columns: u32,
    rows: u32,
    of: (u32, u32),
}

impl Grid {
    /// What stands there as faces; how it is written:
    /// <https://github.com/opencv/opencv/blob/4.x/modules/objdetect/src/face_detect.cpp>
    #[expect(clippy::cast_precision_loss, reason = "sides of pictures are small numbers")]
    fn read(
        &self,
        likely: &NdTensorView<f32, 3>,
        certain: &NdTensorView<f32, 3>,
        places: &NdTensorView<f32, 3>,
        faces: &mut Vec<Face>,
    ) -> Result<(), CannotLook> {
        let (stride, width, height) = (self.stride as f32, self.of.0 as f32, self.of.1 as f32);
        let cells = (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (row as f32, column as f32)));
        for (at, (row, column)) in cells.enumerate() {
            let one = |values: &NdTensorView<f32, 3>, part| values.get([0, at, part]).copied().ok_or(CannotLook);
            let score = (one(likely, 0)?.clamp(0.0, 1.0) * one(certain, 0)?.clamp(0.0, 1.0)).sqrt();
            // Not a number is no score to rely on.
            if score.is_nan() {
                return Err(CannotLook);
            }
            if score < THRESHOLD {
                continue;
            }
            let (x, y) = ((column + one(places, 0)?) * stride, (row + one(places, 1)?) * stride);
            let (half_width, half_height) =
                (one(places, 2)?.exp() * stride / 2.0, one(places, 3)?.exp() * stride / 2.0);
            let face = Face {
                left: (x - half_width) / width,
                top: (y - half_height) / height,
                right: (x + half_width) / width,
                bottom: (y + half_height) / height,
            };
            // A face that is nowhere could not be covered.
            if ![face.left, face.top, face.right, face.bottom].iter().all(|part| part.is_finite()) {
                return Err(CannotLook);
            }
            faces.push(face);
        }
        Ok(())
    }
}

/// The picture with its longer side as long as this, larger or smaller.
fn fitted(pixels: &RgbImage, side: u32) -> Result<RgbImage, CannotLook> {
    let (width, height) = pixels.dimensions();
    let longest = u64::from(width.max(height).max(1));
    let scaled = |length: u32| u32::try_from(u64::from(length) * u64::from(side) / longest).unwrap_or(side).max(1);
    Ok(resized(pixels.clone(), scaled(width), scaled(height), FilterType::Bilinear)?)
}

/// The picture as the detector takes it: blue, green, red from 0 to 255, black up to the next step; with its new sides.
fn tensor(pixels: &RgbImage) -> (NdTensor<f32, 4>, u32, u32) {
    let (columns, rows) = (pixels.width().next_multiple_of(STEP), pixels.height().next_multiple_of(STEP));
    let values = pixels::planes(pixels, columns as usize, rows as usize);
    (NdTensor::from_data([1, 3, rows as usize, columns as usize], values), columns, rows)
}

#[cfg(test)]
mod tests;
