//! What Slack gives page by page. <https://docs.slack.dev/apis/web-api/pagination/>

use serde_json::Value;

use super::{ASK_AGAIN, pause};
use crate::app::App;
use crate::chats::pace::Rate;
use crate::slack::Slack;
use crate::slack::api::Trouble;

/// Entries on one page: what Slack recommends at most.
/// <https://docs.slack.dev/reference/methods/conversations.history/>
const PAGE: usize = 200;

/// The pages of one question.
pub(super) struct Pages<'a> {
    slack: &'a Slack,
    app: &'a App,
    method: &'static str,
    rate: Rate,
    arguments: Vec<(&'static str, String)>,
    /// Where the next page begins; none behind the last one.
    cursor: Option<String>,
}

impl<'a> Pages<'a> {
    pub fn of(
        slack: &'a Slack,
        app: &'a App,
        (method, rate): (&'static str, Rate),
        mut arguments: Vec<(&'static str, String)>,
    ) -> Self {
        arguments.push(("limit", PAGE.to_string()));
        Self { slack, app, method, rate, arguments, cursor: Some(String::new()) }
    }

    /// Whether there are more.
    pub fn are_more(&self) -> bool {
        self.cursor.is_some()
    }

    /// The next one. Slack's pauses are waited for.
    pub async fn next(&mut self) -> Result<Option<Value>, Trouble> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let mut arguments = self.arguments.clone();
        if !cursor.is_empty() {
            arguments.push(("cursor", cursor.clone()));
        }
        loop {
            match self.slack.read(self.method, self.rate, &arguments, self.app.desk.now()).await {
                Err(Trouble::Limited(wait)) if !self.app.stopping.is_cancelled() => {
                    pause(self.app, wait.to_std().unwrap_or(ASK_AGAIN)).await;
                }
                answer => {
                    let page = answer?;
                    let next = page.pointer("/response_metadata/next_cursor").and_then(Value::as_str);
                    self.cursor = next.filter(|next| !next.is_empty()).map(ToOwned::to_owned);
                    return Ok(Some(page));
                }
            }
        }
    }
}
