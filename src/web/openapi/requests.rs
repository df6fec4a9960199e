//! What is sent, for the document. Bodies are read by hand in `api/bodies.rs`, so that every problem is told at once;
//! a test holds these structs against the fields that are read there.

use utoipa::ToSchema;

use super::words;

/// A line of goods.
#[derive(ToSchema)]
pub struct GoodsRequest {
    /// What it was.
    #[schema(value_type = words::Name)]
    pub what: String,
    #[schema(value_type = Option<words::Quantity>)]
    pub quantity: Option<i64>,
    /// What one of them costs, in minor units.
    #[schema(value_type = Option<words::MinorUnits>)]
    pub unit_value_minor: Option<i64>,
    /// The shop's own if left out.
    #[schema(value_type = Option<words::Currency>)]
    pub currency: Option<String>,
    /// `taken` if left out.
    #[schema(value_type = Option<words::Fate>)]
    pub fate: Option<String>,
}

/// What is known; everything may be left out.
#[derive(ToSchema)]
pub struct Facts {
    #[schema(value_type = Option<words::WhatHappened>)]
    pub what_happened: Option<String>,
    #[schema(value_type = Option<words::Kind>)]
    pub kind: Option<String>,
    #[schema(value_type = Option<Vec<words::Method>>)]
    pub method: Option<Vec<String>>,
    #[schema(value_type = Option<words::Zone>)]
    pub zone: Option<String>,
    /// When it happened, RFC 3339, from the year 2000 until now; now if left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub happened: Option<String>,
    /// `exact` if left out.
    #[schema(value_type = Option<words::Precision>)]
    pub precision: Option<String>,
    #[schema(value_type = Option<words::GoodsList>)]
    pub goods: Option<Vec<GoodsRequest>>,
    #[schema(value_type = Option<words::StaffSafe>)]
    pub staff_safe: Option<String>,
    #[schema(value_type = Option<words::StillPresent>)]
    pub still_present: Option<String>,
    #[schema(value_type = Option<words::Weapon>)]
    pub weapon: Option<String>,
    #[schema(value_type = Option<words::Injury>)]
    pub injury: Option<String>,
    #[schema(value_type = Option<words::Persons>)]
    pub persons: Option<String>,
    #[schema(value_type = Option<words::Cctv>)]
    pub cctv: Option<String>,
    /// Which camera.
    #[schema(value_type = Option<words::Name>)]
    pub camera: Option<String>,
}

/// A report. A site is enough; where the key reports for one site alone, nothing is needed.
#[derive(ToSchema)]
#[schema(example = json!({
    "site": "kings-cross", "category": "potential_theft", "what_happened": "Two people, spirits, left by the side door",
    "kind": "shop_theft", "method": ["concealment"], "zone": "aisle", "happened": "2026-11-22T14:05:00Z",
    "goods": [{"what": "Gin 70 cl", "quantity": 2, "unit_value_minor": 2150, "currency": "GBP", "fate": "taken"}],
    "persons": "2", "cctv": "captured"
}))]
pub struct ReportRequest {
    /// The id of a site, as in `shop.toml`.
    pub site: Option<String>,
    /// `potential_theft` if left out.
    #[schema(value_type = Option<words::Category>)]
    pub category: Option<String>,
    #[serde(flatten)]
    pub facts: Facts,
}

/// A photo, as browsers send a form with a file.
#[derive(ToSchema)]
pub struct PhotoRequest {
    /// JPEG, PNG or WebP, of at most 25 MiB, 12,000 pixels a side and 50 million in all; or HEIC or AVIF, best with a
    /// rendition: without one nobody can look at it.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    pub photo: Vec<u8>,
    /// The same picture as JPEG, PNG or WebP, of at most as much; looked at only where the photo is HEIC or AVIF.
    #[schema(value_type = Option<String>, format = Binary, content_media_type = "application/octet-stream")]
    pub rendition: Option<Vec<u8>>,
}

/// A step of triage. Beside `action` and `version` it takes: `text` for ask, answer, note, correct, and as the reason for
/// `place_hold`, `lift_hold` and `erase` (whoever confirms needs none); `category` for recategorise; `reason` for decline; `into` for merge; `outcome` and, if wanted, `loss_minor` and `currency` for
/// resolve; `facts` for `complete_facts` and `add_details`, whose fields may also stand beside `action`. The other
/// actions take nothing more.
#[derive(ToSchema)]
#[schema(example = json!({"action": "decline", "version": 3, "reason": "benign"}))]
pub struct ActionRequest {
    #[schema(value_type = words::Action)]
    pub action: String,
    #[schema(value_type = Option<words::Version>)]
    pub version: Option<u32>,
    #[schema(value_type = Option<words::Said>)]
    pub text: Option<String>,
    #[schema(value_type = Option<words::Category>)]
    pub category: Option<String>,
    #[schema(value_type = Option<words::DeclineReason>)]
    pub reason: Option<String>,
    /// The reference of the incident that it becomes part of.
    pub into: Option<String>,
    #[schema(value_type = Option<words::Outcome>)]
    pub outcome: Option<String>,
    /// What the shop lost in the end, in minor units.
    #[schema(value_type = Option<words::MinorUnits>)]
    pub loss_minor: Option<i64>,
    /// The shop's own if left out.
    #[schema(value_type = Option<words::Currency>)]
    pub currency: Option<String>,
    pub facts: Option<Facts>,
}
