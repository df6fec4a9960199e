//! What the form says that covers places on a photo.

use std::str::FromStr;

use domain::photo::Area;
use domain::problems::{Fault, Problems};

use crate::failure::Failure;
use crate::operations::mask::Drawn;

type Sent = [(String, String)];

fn all<'a>(fields: &'a Sent, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
}

/// The review copy that somebody saw; without it nobody knows of which one they speak.
pub fn version(fields: &Sent) -> Result<usize, Failure> {
    let version = all(fields, "version").next().and_then(|text| text.parse().ok());
    version.ok_or_else(|| Problems::one("version", Fault::Missing).into())
}

/// What is to be covered: the places that are still ticked, those whose numbers were typed, or everything.
pub fn places(fields: &Sent) -> Result<Drawn, Failure> {
    if all(fields, "everything").next().is_some() {
        return Ok(Drawn::Everything);
    }
    let ticked = all(fields, "box").map(|text| area(text.split(',')));
    let columns = ["left", "top", "width", "height"].map(|side| all(fields, side).collect::<Vec<_>>());
    let rows = columns.iter().map(Vec::len).max().unwrap_or_default();
    let row = |at: usize| columns.iter().map(|column| column.get(at).copied().unwrap_or_default()).collect::<Vec<_>>();
    let typed =
        (0..rows).map(row).filter(|row| row.iter().any(|text| !text.is_empty())).map(|row| area(row.into_iter()));
    let places = ticked.chain(typed).collect::<Option<Vec<_>>>();
    places
        .map(Drawn::Places)
        .ok_or_else(|| Problems::one("boxes", Fault::OutOfRange { least: 0, most: i64::from(u16::MAX) }).into())
}

fn area<'a>(mut numbers: impl Iterator<Item = &'a str>) -> Option<Area> {
    let mut next = || numbers.next().and_then(|text| u32::from_str(text).ok());
    let area = Area { left: next()?, top: next()?, width: next()?, height: next()? };
    numbers.next().is_none().then_some(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn ticked_and_typed_places_are_taken_together_and_empty_rows_are_none() {
        let area = |left, top, width, height| Area { left, top, width, height };
        let numbers = [("left", "5"), ("top", "6"), ("width", "7"), ("height", "8")];
        let empty = [("left", ""), ("top", ""), ("width", " "), ("height", "")];
        let fields = [&[("box", "1,2,3,4")][..], &empty, &numbers].concat();
        assert_eq!(places(&sent(&fields)).unwrap(), Drawn::Places(vec![area(1, 2, 3, 4), area(5, 6, 7, 8)]));
        assert_eq!(places(&sent(&[])).unwrap(), Drawn::Places(Vec::new()));
        assert_eq!(places(&sent(&[("everything", "yes"), ("box", "x")])).unwrap(), Drawn::Everything);
    }

    #[test]
    fn what_is_no_place_is_refused_and_so_is_a_form_that_says_not_of_which_copy_it_speaks() {
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,3,-4", "a,b,c,d", "1,2,3,99999999999"] {
            assert!(places(&sent(&[("box", wrong)])).is_err(), "{wrong}");
        }
        assert!(places(&sent(&[("left", "1"), ("top", "2"), ("width", "3"), ("height", "")])).is_err());
        assert!(version(&sent(&[])).is_err() && version(&sent(&[("version", "x")])).is_err());
        assert_eq!(version(&sent(&[("version", "3")])).unwrap(), 3);
    }
}
