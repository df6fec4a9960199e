//! What `two_person = false` turns off, it turns off openly: it is noted in the database from when on, logged, and printed at
//! the start and whenever the rules are read again.

use crate::app::App;
use crate::failure::Failure;

/// Where the database keeps how it stands now; a change has a note of its own, under its time.
const NOTE: &str = "two_person";

/// Notes how it stands now; the line that says so while one person alone may publish.
pub async fn said(app: &App) -> Result<Option<String>, Failure> {
    let (store, now) = (&app.desk.store, app.desk.now());
    let on = app.desk.rules().shop.two_person;
    let word = if on { "on" } else { "off" };
    let known = store.noted(NOTE).await?;
    let known = known.as_deref().and_then(|known| known.split_once(' ')).filter(|(known, _)| *known == word);
    let since = match known {
        Some((_, since)) => since.to_owned(),
        // That it was never off goes without saying.
        None if on && store.noted(NOTE).await?.is_none() => return Ok(None),
        None => {
            let since = now.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            store.note(&format!("{NOTE} {since}"), word).await?;
            store.note(NOTE, &format!("{word} {since}")).await?;
            tracing::warn!(target: "shopwatch::audit", two_person = on, since, "who may publish an alert was changed in the rules");
            since
        }
    };
    Ok((!on).then(|| {
        format!("  alerts   two_person = false: one person alone may publish an alert, on record since {since}")
    }))
}
