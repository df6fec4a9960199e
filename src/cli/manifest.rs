//! `shopwatch manifest`: what a chat needs to know of the app, ready to be pasted.

use std::process::ExitCode;

use url::Url;

use super::Complaint;
use crate::slack;
use crate::texts::{FALLBACK, Texts};

/// Prints Slack's app manifest.
pub fn slack(http: Option<&str>, locale: Option<&str>, rotates: bool) -> Result<ExitCode, Complaint> {
    let texts = Texts::load().map_err(|why| why.to_string())?;
    let lang = texts.choose(locale, FALLBACK);
    let http = http.map(address).transpose()?;
    let manifest = slack::manifest::manifest(&texts, lang, http.as_ref(), rotates);
    println!("{}", serde_json::to_string_pretty(&manifest).map_err(|why| why.to_string())?);
    eprintln!(
        "do   open https://api.slack.com/apps, Create New App, From a manifest, and paste it; then copy the tokens to .env"
    );
    Ok(ExitCode::SUCCESS)
}

/// Slack posts to encrypted addresses only.
fn address(text: &str) -> Result<Url, Complaint> {
    let url: Option<Url> = text.parse().ok().filter(|url: &Url| url.scheme() == "https" && url.has_host());
    url.ok_or_else(|| {
        format!("{text} is not an address that Slack posts to\n  why  Slack wants https://\n  do   --http https://shop.example, or leave it out for Socket Mode")
    })
}
