//! What reading photos costs, beside libvips; how many faces are found; and what becomes of hostile files.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use clap::Args;
use domain::photo::Area;
use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use shopwatch::evidence::child::{COMMAND, Reader};
use shopwatch::evidence::mask::Covered;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

use crate::load::as_f64;
use crate::report::{Table, Targets, machine};
use crate::{Common, Result, corpora, hostile, said, usage};

/// The sides of a phone's 12-megapixel photo.
const PHONE: (u32, u32) = (4_032, 3_024);
/// EXIF of a phone that was held upright: a quarter to be turned.
const UPRIGHT: &[u8] = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
/// What the process is asked: the review copy with nothing covered, and with every face covered.
const BARE: &str = r#"{"review":{"these":[]}}"#;
const MASKED: &str = r#"{"review":"found"}"#;

/// How to measure it.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often the two take turns.
    #[arg(long, default_value_t = 20)]
    rounds: u32,
}

/// Measures decode, turn, make smaller and encode beside `vipsthumbnail`, on one core, as processor time of whole processes.
pub fn run(common: &Common, options: &Options) -> Result<()> {
    println!("photos: {}\n", machine(&common.folder, common.seed()));
    let binary = common.binary()?;
    let folder = tempfile::tempdir_in(&common.folder).map_err(said)?;
    let photo = phone_photo()?;
    let path = folder.path().join("photo.jpg");
    fs::write(&path, &photo).map_err(said)?;
    let (mut bare, mut vips, mut masked) = (Cost::default(), Cost::default(), Cost::default());
    for _ in 0..options.rounds {
        bare.add(ours(&binary, BARE, &photo)?);
        vips.add(theirs(&path)?);
        masked.add(ours(&binary, MASKED, &photo)?);
    }
    let mut table = Table::new(&["4032 × 3024, turned, to 2048", "CPU ms", "most MB"]);
    for (name, cost) in [("ours", bare), ("libvips (vipsthumbnail)", vips), ("ours, faces covered", masked)] {
        table.row([name.to_owned(), format!("{:.0}", cost.milliseconds(options.rounds)), format!("{:.0}", cost.peak)]);
    }
    println!("{table}");
    let mut targets = Targets::default();
    let rounds = options.rounds;
    targets.at_most("without masking, of libvips", 0.7, bare.milliseconds(rounds) / vips.milliseconds(rounds));
    targets.at_most("with masking, CPU ms", 1_500.0, masked.milliseconds(rounds));
    targets.at_most("the process at most, MB", 268.0, bare.peak.max(masked.peak));
    targets.verdict()
}

/// Processor time of all rounds, and the most memory of any.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    seconds: f64,
    peak: f64,
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.seconds += other.seconds;
        self.peak = self.peak.max(other.peak);
    }

    fn milliseconds(self, rounds: u32) -> f64 {
        self.seconds * 1_000.0 / f64::from(rounds)
    }
}

/// A photo as a phone writes it: of a camera's picture, since no package carries a phone's.
pub fn phone_photo() -> Result<Vec<u8>> {
    let camera = corpora::photo("pillow/fujifilm.mpo");
    let mut decoder = JpegDecoder::new(ZCursor::new(&camera));
    let rgb = decoder.decode().map_err(said)?;
    let (width, height) = decoder.dimensions().ok_or("no picture")?;
    let side = |length: usize| u32::try_from(length).map_err(said);
    let from = Image::from_vec_u8(side(width)?, side(height)?, rgb, PixelType::U8x3).map_err(said)?;
    let mut to = Image::new(PHONE.0, PHONE.1, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&from, &mut to, &options).map_err(said)?;
    let mut photo = Vec::new();
    let mut encoder = Encoder::new(&mut photo, 92);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.add_exif_metadata(UPRIGHT).map_err(said)?;
    let (width, height) = (u16::try_from(PHONE.0).map_err(said)?, u16::try_from(PHONE.1).map_err(said)?);
    encoder.encode(to.buffer(), width, height, ColorType::Rgb).map_err(said)?;
    Ok(photo)
}

/// What the process that reads photos costs for this one.
fn ours(binary: &Path, asked: &str, photo: &[u8]) -> Result<Cost> {
    let before = usage::of_children(std::process::id())?;
    let mut child = Command::new("taskset")
        .args(["--cpu-list", "0"])
        .arg(binary)
        .arg(COMMAND)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|why| format!("taskset (util-linux): {why}"))?;
    let peak = converse(&mut child, asked, photo)?;
    if !child.wait().map_err(said)?.success() {
        return Err("the process that reads photos failed".to_owned());
    }
    Ok(Cost { seconds: usage::of_children(std::process::id())?.saturating_sub(before).as_secs_f64(), peak })
}

/// Hands over the photo and takes the answer; what the process held at most, which it says itself while it still writes.
fn converse(child: &mut Child, asked: &str, photo: &[u8]) -> Result<f64> {
    let (mut stdin, mut stdout) = child.stdin.take().zip(child.stdout.take()).ok_or("no pipes")?;
    let length = u32::try_from(asked.len()).map_err(said)?.to_be_bytes();
    stdin.write_all(&[&length[..], asked.as_bytes(), photo].concat()).map_err(said)?;
    drop(stdin);
    let mut first = [0; 4];
    stdout.read_exact(&mut first).map_err(said)?;
    let (_, peak) = usage::memory(child.id())?;
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).map_err(said)?;
    // More than a pipe holds: it had not ended when it was asked.
    if rest.len() < 100_000 { Err(format!("an answer of {} bytes", rest.len())) } else { Ok(peak) }
}

/// What `vipsthumbnail` costs for the same: decode, turn, make smaller, encode without metadata.
fn theirs(photo: &Path) -> Result<Cost> {
    let before = usage::of_children(std::process::id())?;
    let done = Command::new("taskset")
        .args(["--cpu-list", "0", "vipsthumbnail", "--size", "2048x2048", "--output", "small.jpg[Q=85,strip]"])
        .arg(photo)
        .env("VIPS_CONCURRENCY", "1")
        .output()
        .map_err(|why| format!("vipsthumbnail (Debian: libvips-tools): {why}"))?;
    if !done.status.success() {
        return Err(format!("vipsthumbnail (Debian: libvips-tools): {}", String::from_utf8_lossy(&done.stderr)));
    }
    Ok(Cost { seconds: usage::of_children(std::process::id())?.saturating_sub(before).as_secs_f64(), peak: 0.0 })
}

/// Gives every hostile file to the process that reads photos, and looks for faces in all of them.
pub async fn hostile(common: &Common) -> Result<()> {
    let reader = Reader::starting(common.binary()?);
    let counts = hostile::read_all(&reader, 1).await;
    let files: usize = counts.values().sum();
    let words: Vec<String> = counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
    println!("hostile: {files} files, each taken or refused with a reason: {}", words.join(", "));
    Ok(())
}

/// Photographs with the middle of every face that people make out, as parts of the sides.
const FACES: [(&str, &[(f64, f64)]); 11] = [
    ("astronaut.png", &[(0.43, 0.24)]),
    ("biden.jpg", &[(0.58, 0.16)]),
    ("obama.jpg", &[(0.53, 0.22)]),
    ("obama2.jpg", &[(0.47, 0.36)]),
    ("obama3.jpg", &[(0.56, 0.19)]),
    ("obama_partial_face.jpg", &[(0.14, 0.25)]),
    ("obama_partial_face2.jpg", &[(0.88, 0.24)]),
    ("Tom_Hanks_54745.png", &[(0.48, 0.55)]),
    ("../pillow/hopper.jpg", &[(0.44, 0.40)]),
    ("t1.jpg", &[(0.088, 0.373), (0.243, 0.233), (0.405, 0.379), (0.617, 0.465), (0.737, 0.157), (0.909, 0.384)]),
    (
        "city.jpg",
        &[
            (0.080, 0.267),
            (0.139, 0.258),
            (0.244, 0.243),
            (0.296, 0.229),
            (0.397, 0.271),
            (0.422, 0.260),
            (0.477, 0.249),
            (0.543, 0.262),
            (0.600, 0.265),
            (0.615, 0.306),
            (0.676, 0.260),
            (0.740, 0.203),
            (0.762, 0.233),
            (0.778, 0.298),
            (0.811, 0.298),
            (0.829, 0.243),
            (0.974, 0.238),
        ],
    ),
];

type Way = fn(Picture) -> Result<Picture>;

/// Ways to look at the same photograph.
const WAYS: [(&str, Way); 4] = [
    ("as they are", Ok),
    ("half as large", |picture| picture.smaller(2)),
    ("a quarter as large", |picture| picture.smaller(4)),
    ("with a quarter of the light", |picture| Ok(picture.darker())),
];

/// A photograph as pixels.
struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    fn read(name: &str) -> Result<Self> {
        decoded(&corpora::photo(&format!("faces/{name}")))
    }

    fn smaller(self, times: u32) -> Result<Self> {
        let (width, height) = ((self.width / times).max(1), (self.height / times).max(1));
        let from = Image::from_vec_u8(self.width, self.height, self.rgb, PixelType::U8x3).map_err(said)?;
        let mut to = Image::new(width, height, PixelType::U8x3);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new().resize(&from, &mut to, &options).map_err(said)?;
        Ok(Self { width, height, rgb: to.into_vec() })
    }

    fn darker(self) -> Self {
        Self { rgb: self.rgb.into_iter().map(|colour| colour / 4).collect(), ..self }
    }

    fn jpeg(&self) -> Result<Vec<u8>> {
        let mut jpeg = Vec::new();
        let (width, height) = (u16::try_from(self.width).map_err(said)?, u16::try_from(self.height).map_err(said)?);
        Encoder::new(&mut jpeg, 90).encode(&self.rgb, width, height, ColorType::Rgb).map_err(said)?;
        Ok(jpeg)
    }
}

fn decoded(bytes: &[u8]) -> Result<Picture> {
    if bytes.starts_with(b"\x89PNG") {
        let picture = image::load_from_memory(bytes).map_err(said)?.into_rgb8();
        return Ok(Picture { width: picture.width(), height: picture.height(), rgb: picture.into_raw() });
    }
    let mut decoder = JpegDecoder::new(ZCursor::new(bytes));
    let rgb = decoder.decode().map_err(said)?;
    let (width, height) = decoder.dimensions().ok_or("no picture")?;
    Ok(Picture { width: u32::try_from(width).map_err(said)?, height: u32::try_from(height).map_err(said)?, rgb })
}

/// How much of a picture is covered, between 0 and 1: who covers everything misses no face.
fn share_of(areas: &[Area], width: u32, height: u32) -> f64 {
    let holds = |from: u32, length: u32, at: u32| (from..from + length).contains(&at);
    let is_covered = |x, y| areas.iter().any(|area| holds(area.left, area.width, x) && holds(area.top, area.height, y));
    let covered = (0..height).map(|y| (0..width).filter(|x| is_covered(*x, y)).count()).sum::<usize>();
    as_f64(covered) / (f64::from(width) * f64::from(height))
}

/// How many of the faces are covered.
pub async fn faces(common: &Common) -> Result<()> {
    let reader = Reader::starting(common.binary()?);
    let mut table = Table::new(&["11 photographs", "faces", "covered", "recall", "of the pictures"]);
    for (way, change) in WAYS {
        let (mut all, mut covered, mut missed, mut share) = (0, 0, Vec::new(), 0.0);
        for (name, faces) in FACES {
            let picture = change(Picture::read(name)?)?;
            let review = reader.review(&picture.jpeg()?).await.map_err(said)?;
            let Covered::Faces(areas) = review.covered else {
                return Err(format!("{name}: no faces could be looked for"));
            };
            share += share_of(&areas, review.width, review.height);
            for (at, (x, y)) in faces.iter().enumerate() {
                let (x, y) = (x * f64::from(review.width), y * f64::from(review.height));
                let holds = |from: u32, length: u32, at: f64| f64::from(from) <= at && at < f64::from(from + length);
                all += 1;
                if areas.iter().any(|area| holds(area.left, area.width, x) && holds(area.top, area.height, y)) {
                    covered += 1;
                } else {
                    missed.push(format!("{name} {}", at + 1));
                }
            }
        }
        let recall = format!("{:.0} %", as_f64(covered) * 100.0 / as_f64(all));
        let share = format!("{:.0} %", share * 100.0 / as_f64(FACES.len()));
        table.row([way.to_owned(), all.to_string(), covered.to_string(), recall, share]);
        println!("{way}, not covered: {}", if missed.is_empty() { "none".to_owned() } else { missed.join(", ") });
    }
    println!("\n{table}\na human must check");
    Ok(())
}
