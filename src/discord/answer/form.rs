//! Forms that were filled in.

use super::super::ids::CustomId;
use super::super::inbound::Arrived;
use super::{Answered, Handler};
use crate::chat::inbound::{Answers, What};
use crate::chat::press::Press;
use crate::failure::Failure;
use crate::operations::triage::Enclosed;

impl Handler<'_> {
    pub(super) async fn form(&self, arrived: &Arrived, id: CustomId, mut answers: Answers) -> Answered {
        let mut also = |field: &str, word: &str| {
            answers.0.insert(field.to_owned(), vec![word.to_owned()]);
        };
        match id {
            CustomId::Report(None) => self.filled(arrived, None, answers).await,
            CustomId::Sealed { pointed, seal } if self.seal(arrived, pointed) == seal => {
                self.filled(arrived, Some(pointed), answers).await
            }
            // A message that nobody showed them: the bot may see what they may not.
            CustomId::Report(Some(_)) | CustomId::Sealed { .. } => self.unknown(arrived),
            CustomId::Press(press) => self.submit(arrived, press, answers).await,
            CustomId::Loss { outcome, press } => {
                also("outcome", outcome.as_str());
                self.submit(arrived, press, answers).await
            }
            CustomId::Goods { fate, page, press } => {
                also("goods_fate", fate.as_str());
                let met = self.meet(arrived).await;
                self.panel(arrived, &met, &press, page, Some(answers)).await
            }
            CustomId::Words { page, press } => {
                let met = self.meet(arrived).await;
                self.panel(arrived, &met, &press, page, Some(answers)).await
            }
            CustomId::Sure(_) | CustomId::Choose { .. } | CustomId::Page { .. } | CustomId::Tell(_) => {
                self.unknown(arrived)
            }
        }
    }

    /// The form of a button. A modal closes whatever is wrong with it: the words that were typed are given back.
    async fn submit(&self, arrived: &Arrived, press: Press, answers: Answers) -> Answered {
        match self.stands_there(arrived, &press).await {
            Ok(true) => {}
            Ok(false) => return self.unknown(arrived),
            Err(_) => return self.not_saved(arrived),
        }
        let met = self.meet(arrived).await;
        let typed = answers.clone();
        let what = What::Submit(press.clone(), Enclosed { answers, answered: true, ..Enclosed::default() });
        let (actor, result) = self.receive(&met, what, arrived).await;
        if let Some(redrawn) = self.redrawn(arrived, &press, &result).await.filter(|_| result.is_ok()) {
            return redrawn;
        }
        match &result {
            Err(Failure::Unavailable(_)) => self.not_saved(arrived),
            Err(failure) => {
                let said = self.reading(&met.origin, &actor, |reading| self.problems(reading, failure, &typed));
                Answered::whisper(&said)
            }
            Ok(_) => self.came_of(arrived, &met, &actor, &result),
        }
    }
}
