//! Answers with files. serenity gives every file of a request that others send the same name; so the request is made here.
//! <https://docs.discord.com/developers/reference#uploading-files>

use std::time::Duration;

use domain::clock::Moment;
use reqwest_for_serenity::RequestBuilder;
use reqwest_for_serenity::header::USER_AGENT;
use reqwest_for_serenity::multipart::{Form, Part};
use serde_json::Value;
use serenity::http::Route;
use tokio::time::timeout;

use super::super::parts::File;
use super::{ASIDE, Api, Budget, Call, Trouble};

/// How long an answer with files may take: 25 MiB over a shop's slow line, and well before its token ends.
const UPLOAD_DEADLINE: Duration = Duration::from_mins(2);
/// When it is tried again: the promise of it may be on its way to Discord yet, or the way there broke.
const AGAIN_AFTER: [Duration; 3] = [Duration::from_millis(200), Duration::from_millis(600), Duration::from_secs(2)];
/// Discord's codes for an answer whose promise has not arrived.
const NOT_PROMISED: [i64; 2] = [10008, 10015];

impl Api {
    /// Gives an answer that was promised, with files. However often it arrives, it is the same answer.
    pub async fn upload(&self, route: Route<'_>, body: &Value, files: &[File], now: Moment) -> Result<(), Trouble> {
        self.turn(Budget::Answer, ASIDE, now).await?;
        let mut pauses = AGAIN_AFTER.iter();
        loop {
            let call = Call { budget: Budget::Answer, bucket: ASIDE, at: now, token: "" };
            let request = self.form(&route, body, files)?;
            let Err(trouble) = self.carry(&call, request).await else { return Ok(()) };
            let passes = match &trouble {
                Trouble::Said { code, .. } => NOT_PROMISED.contains(code),
                Trouble::Limited(_) => false,
                Trouble::Unsent | Trouble::Lost => true,
            };
            let Some(pause) = pauses.next().filter(|_| passes) else { return Err(trouble) };
            drop(timeout(*pause, std::future::pending::<()>()).await);
        }
    }

    fn form(&self, route: &Route<'_>, body: &Value, files: &[File]) -> Result<RequestBuilder, Trouble> {
        let path = route.path().replace("https://discord.com", &self.base);
        let payload = Part::text(body.to_string()).mime_str("application/json").map_err(|_why| Trouble::Unsent)?;
        let mut form = Form::new().part("payload_json", payload);
        for (at, file) in files.iter().enumerate() {
            let length = u64::try_from(file.bytes.len()).map_err(|_why| Trouble::Unsent)?;
            let part = Part::stream_with_length(file.bytes.clone(), length).file_name(file.name.clone());
            form = form.part(format!("files[{at}]"), part.mime_str(file.media).map_err(|_why| Trouble::Unsent)?);
        }
        let agent = serenity::constants::USER_AGENT;
        Ok(self.http.patch(path).header(USER_AGENT, agent).timeout(UPLOAD_DEADLINE).multipart(form))
    }
}
