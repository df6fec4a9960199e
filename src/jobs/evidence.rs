//! Photos whose row is committed go from the spool into the vault; what a crash interrupted is done again. While the
//! vault does not work they stay on the spool, and it is tried again later and later.

use domain::photo::PhotoId;
use uuid::Uuid;

use super::{gather, wait};
use crate::app::App;
use crate::evidence::trouble::Trouble;
use crate::failure::Failure;

/// The most photos that are looked at in one go.
const BATCH_MAX: u64 = 50;

/// Why putting photos away was ended before all of them were.
enum Stop {
    /// The vault does not work.
    Vault(Trouble),
    /// Something of ours does not.
    Ours(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Ours(failure)
    }
}

/// Puts photos away whenever there are some.
pub async fn work(app: &App) {
    let mut ear = app.work.listen();
    loop {
        let next = step(app).await.map(|_| app.evidence.standing.again_at());
        gather(app).await;
        wait(app, &mut ear, &next).await;
    }
}

/// Puts away every photo of this replica that is not in the vault; how many. In an outage nothing is done before its time.
pub async fn step(app: &App) -> Result<usize, Failure> {
    let now = app.desk.now();
    if !app.evidence.standing.is_due(now) {
        return Ok(0);
    }
    let mut put_away = 0;
    match put_all_away(app, &mut put_away).await {
        Ok(()) => app.evidence.standing.works(now),
        Err(Stop::Vault(trouble)) => app.evidence.broke(now, &trouble),
        Err(Stop::Ours(failure)) => return Err(failure),
    }
    Ok(put_away)
}

/// Looks whether the vault can be used, and says what it cannot do.
pub async fn look(app: &App) {
    let now = app.desk.now();
    match app.evidence.prepare().await {
        Ok(()) => app.evidence.standing.works(now),
        Err(trouble) => app.evidence.broke(now, &trouble),
    }
}

async fn put_all_away(app: &App, put_away: &mut usize) -> Result<(), Stop> {
    let (evidence, now) = (&app.evidence, app.desk.now());
    evidence.prepare().await.map_err(Stop::Vault)?;
    if evidence.standing.is_first_sweep() {
        sweep(app).await?;
    }
    if evidence.standing.is_hour_for_locks(now) {
        extend_locks(app).await?;
    }
    // Where the last try ended, this one begins.
    let stuck = evidence.standing.stuck();
    if let Some(stuck) = stuck {
        put_away_between(app, stuck.0, None, put_away).await?;
    }
    put_away_between(app, Uuid::nil(), stuck, put_away).await
}

/// Puts away the photos after this one, up to and including that one if there is one.
async fn put_away_between(
    app: &App,
    mut after: Uuid,
    until: Option<PhotoId>,
    put_away: &mut usize,
) -> Result<(), Stop> {
    let (evidence, store, now) = (&app.evidence, &app.desk.store, app.desk.now());
    let is_within = |id: PhotoId| until.is_none_or(|until| id.0 <= until.0);
    loop {
        let outside = store.photos_outside(after, BATCH_MAX).await?;
        let Some(last) = outside.last().filter(|_| until.is_none_or(|until| after < until.0)) else { return Ok(()) };
        after = last.id.0;
        let ours = outside.iter().filter(|photo| is_within(photo.id) && !evidence.standing.is_aside(photo.id, now));
        for photo in ours {
            let kept = match Box::pin(evidence.put_away(photo.id, photo.retain_until)).await {
                Ok(Some(kept)) => kept,
                Ok(None) => continue,
                Err(trouble) if trouble.concerns_all() => {
                    evidence.standing.stuck_at(photo.id);
                    return Err(Stop::Vault(trouble));
                }
                Err(trouble) => {
                    evidence.standing.set_aside(photo.id, now, &trouble);
                    continue;
                }
            };
            store.photo_in_vault(photo.id, &kept).await?;
            evidence.unstage(photo.id).await?;
            evidence.standing.put_away(photo.id);
            *put_away += 1;
        }
    }
}

/// Locks photos for as long as their incident is kept now: a step may have made that longer.
async fn extend_locks(app: &App) -> Result<(), Stop> {
    let (evidence, store, now) = (&app.evidence, &app.desk.store, app.desk.now());
    let mut after = Uuid::nil();
    loop {
        let short = store.photos_locked_too_short(after, BATCH_MAX).await?;
        let Some((last, _)) = short.last() else { return Ok(()) };
        after = last.id.0;
        for (photo, kept) in short.into_iter().filter(|(photo, _)| !evidence.standing.is_aside(photo.id, now)) {
            match Box::pin(evidence.extend(photo.id, kept, photo.retain_until)).await {
                Ok(kept) => store.photo_in_vault(photo.id, &kept).await?,
                Err(trouble) if trouble.concerns_all() => return Err(Stop::Vault(trouble)),
                Err(trouble) => evidence.standing.set_aside(photo.id, now, &trouble),
            }
        }
    }
}

/// Takes photos off the spool whose row says that they are in the vault: the last run ended between the two.
async fn sweep(app: &App) -> Result<(), Failure> {
    let ids: Vec<PhotoId> = app.evidence.on_the_spool().await?;
    for inside in app.desk.store.photos_inside(&ids).await? {
        app.evidence.unstage(inside).await?;
    }
    Ok(())
}
