//! What every chat shares, with no platform in it: what a person did ([`inbound`]), what we show and ask ([`card`],
//! [`form`], [`filled`]), the ids of buttons ([`press`]) and what we answer ([`reply`]).

pub mod card;
pub mod cut;
pub mod filled;
pub mod form;
pub mod inbound;
pub mod press;
pub mod reply;
pub mod timeline;
pub mod voice;
