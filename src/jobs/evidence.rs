//! Photos whose row is committed go from the spool into the vault; what a crash interrupted is done again.

use uuid::Uuid;

use super::wait;
use crate::app::App;
use crate::failure::Failure;

/// The most photos that are looked at in one go.
const BATCH_MAX: u64 = 50;

/// Puts photos away whenever there are some.
pub async fn work(app: &App) {
    let mut ear = app.work.listen();
    loop {
        let next = step(app).await.map(|_| None);
        wait(app, &mut ear, &next).await;
    }
}

/// Puts away every photo of this replica that is not in the vault; how many.
pub async fn step(app: &App) -> Result<usize, Failure> {
    let (mut after, mut put_away) = (Uuid::nil(), 0);
    loop {
        let outside = app.desk.store.photos_outside(after, BATCH_MAX).await?;
        let Some((last, _)) = outside.last() else { return Ok(put_away) };
        after = last.0;
        for (id, _) in &outside {
            if app.evidence.put_away(*id).await? {
                app.desk.store.photo_in_vault(*id).await?;
                app.evidence.unstage(*id).await?;
                put_away += 1;
            }
        }
    }
}
