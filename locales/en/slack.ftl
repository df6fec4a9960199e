# What is said in Slack alone.

slack-close = Close
slack-notice-title = Shopwatch
slack-no-form = The form could not be opened. Write /report and what happened in one line, or try again.
slack-home-more = There is more. The newest stand here; the rest is in the console.
slack-which-question = Several of your reports have a question. Press the answer button under the one you mean.
slack-answered = Your answer was added to { $reference }.
slack-unreachable = Shopwatch cannot post in the triage channel of { $site }. Invite it there, or write another channel in shop.toml. Nothing is lost.
