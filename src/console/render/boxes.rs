//! The page on which people draw what is covered on a photo.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::incident::Incident;
use domain::photo::{Area, Photo};

use super::{Shell, respond};
use crate::app::App;
use crate::console::people::Visit;
use crate::texts::keys;

/// How many places can be added at a time where no script runs.
const ROWS: usize = 3;

#[derive(Template)]
#[template(path = "boxes.html")]
struct BoxesPage<'a> {
    shell: Shell<'a>,
    /// The incident's page.
    back: String,
    href: String,
    alt: String,
    width: u32,
    height: u32,
    version: usize,
    places: Vec<Place>,
    everything: bool,
    rows: std::ops::RangeInclusive<usize>,
}

/// A covered place.
struct Place {
    area: Area,
    name: String,
    /// As the form sends it.
    value: String,
}

/// The page for a photo as it is now.
pub fn page(app: &App, visit: &Visit, incident: &Incident, photo: &Photo) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, visit.manner.locale.as_deref());
    let reference = incident.reference.as_str();
    let title = voice.say(&keys::boxes_title(reference));
    let shell = Shell::visited(app, &voice, visit, title);
    let back = format!("{}/incidents/{reference}", visit.base);
    let place = |(at, area): (usize, &Area)| Place {
        area: *area,
        name: shell.say(&keys::boxes_place(at + 1)),
        value: format!("{},{},{},{}", area.left, area.top, area.width, area.height),
    };
    let page = BoxesPage {
        href: format!("{back}/photos/{}", photo.id),
        back,
        alt: shell.say(&keys::boxes_alt()),
        width: photo.about.width,
        height: photo.about.height,
        version: photo.about.version(),
        places: photo.about.boxes.iter().enumerate().map(place).collect(),
        everything: photo.about.covered.is_none(),
        rows: 1..=ROWS,
        shell,
    };
    respond(StatusCode::OK, &voice, &page)
}
