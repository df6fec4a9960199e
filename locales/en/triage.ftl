# Cards, buttons, timelines, and the answers to a press.

card-headline = { $reference } · { $category } · { $site }
card-standing = { $state }, { $ago }
card-standing-by = { $state } by { $name }, { $ago }
overdue-look = Overdue: nobody has looked at it. Last change: { $ago }.
overdue-decide = Overdue: it was reported { $ago } and is not decided.
not-known-yet = Not known yet
site-unknown = site not known yet
site-unsaid = It is not known which of { $count } sites it was at. Whoever knows, choose it: then only that site’s managers see it.
site-known = It is known already which site it was at.
card-moved = belongs to another site, whose managers have it
next-level = Nobody has looked at it, in minutes: { $minutes }. Whoever can, claim it on its card, or call somebody who can.
digest-head = Waiting for a first look at { $site }, { $when }: { $count }
digest-more = and { $count } more
digest-next = Each has its card in this channel: claim it there.
digest-over = What waited on { $day } is not listed here any more. What waits now is on its card.
still-missing = Still missing before it can be confirmed: { $facts }
corrected-mark = The text was corrected. The first text is in the timeline.
question-open = Question to the reporter, { $ago }: { $text }
merged-here = { $count ->
    [one] One other incident was merged into this one.
   *[other] { $count } other incidents were merged into this one.
}
sealed-for-you = Free text is sealed for your role.
goods-line = { $quantity } × { $what }, { $value } each, { $fate }
goods-line-unpriced = { $quantity } × { $what }, no value yet, { $fate }
goods-sealed = (sealed)
ago-now = just now
ago-minutes = { $count ->
    [one] a minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] an hour ago
   *[other] { $count } hours ago
}
ago-days = { $count ->
    [one] a day ago
   *[other] { $count } days ago
}
when-both = { $ago } ({ $exact })
by-reporter = the reporter
by-system = Shopwatch
step-by = { $who } { $step }
step-from-to = from “{ $from }” to “{ $to }”
step-late = { $minutes ->
    [one] one minute late
   *[other] { $minutes } minutes late
}

button-claim = Claim
button-release = Release
button-confirm = Confirm
button-unmerge = Unmerge
button-reopen = Reopen
button-withdraw = Withdraw
button-site = Which site?
button-ask = Ask the reporter
button-answer = Answer
button-recategorise = Change category
button-facts = Complete facts
button-details = Add details
button-decline = Decline
button-merge = Merge
button-resolve = Resolve
button-note = Add note
button-correct = Correct the text
button-preview = Preview alert
button-look = View photo
button-open = Open

intro-ask = The reporter sees your question, not your colleagues' notes.
intro-answer = Your answer goes to the managers of your site.
intro-site = The managers of that site see it, and nobody else.
intro-recategorise = Nothing that is known gets lost.
intro-facts = Fill in what you know. What you leave empty stays as it is.
intro-details = Fill in what you know. What you leave empty stays as it is, and your first text stays readable.
intro-decline = A declined incident leaves the figures. It can be reopened for 7 days.
intro-merge = Both timelines stay whole, and the merge can be undone.
intro-resolve = How did it end?
intro-note = Managers of this site can read it. The reporter cannot.
intro-correct = The first text stays in the timeline.

submit-ask = Send question
submit-answer = Send answer
submit-site = Save site
submit-recategorise = Change category
submit-facts = Save facts
submit-details = Save details
submit-decline = Decline it
submit-merge = Merge it
submit-resolve = Resolve it
submit-note = Save note
submit-correct = Save correction

sure-withdraw = Withdraw this report? Managers see that it was withdrawn.
sure-unmerge = Take this incident out of the other one again?
sure-release = Give this incident back, so that somebody else can claim it?
sure-decline = Decline this report? Whoever sent it is told.
sure-merge = Join this incident with another one? It can be taken out again.

step-reported = reported it
step-claimed = claimed it
step-released = released it
step-silently_released = gave the claim back after silence
step-reminded = reminded the managers that nobody has looked
step-end_near = reminded the managers that it is erased soon, undecided
step-undecided = reminded the managers that it is not decided in time
step-end_moved = moved the day on which it is erased, as the shop's rules changed
step-asked = asked the reporter
step-answered = answered
step-recategorised = changed the category
step-facts_completed = completed facts
step-confirmed = confirmed it
step-declined = declined it
step-merged = merged it into another incident
step-absorbed = merged another incident into it
step-unmerged = took it out of the other incident
step-let_go = let the other incident go
step-followed = follows what it was merged into
step-resolved = resolved it
step-reopened = reopened it
step-withdrawn = withdrew it
step-site_said = said which site it was at
step-site_unanswered = waited in vain to be told which site it was at
step-noted = added a note
step-corrected = corrected the text

told-claimed = A manager is looking at your report.
told-asked = A manager has a question about your report.
told-confirmed = Your report was confirmed.
told-declined = Your report was declined. The reason is on it.
told-merged = Your report was joined with another one about the same event.
told-resolved = Your report was resolved.
told-reopened = Your report was reopened.
told-followed = There is news about the report that yours was joined with. Your own report says what.

lost-race = Somebody was faster: { $reference } is now { $standing }. Your press changed nothing.
lost-race-unseen = Somebody was faster. Your press changed nothing. Open the incident again to see how it stands.
taken = { $name } was first, { $ago }.
already-yours = You have claimed it already.
missing-facts = It cannot be confirmed yet. Complete these facts first: { $facts }
question-is-open = A question is waiting for its answer already.
no-question = No question is waiting for an answer.
too-late = It was closed more than { $days } days ago and cannot be reopened.
merge-itself = An incident cannot be merged into itself. Type the reference of another one.
end-near = It is erased on { $date }, and nobody has decided it. Confirm or decline it before.
merge-has-merged = Other incidents were merged into this one. Unmerge them first.
in-use = Managers are working with this report already, so it can no longer be withdrawn. Say with Add details that it was a mistake.
merge-not-open = The other incident is closed. Merge into one that is new, claimed or confirmed.
nothing-changes = Nothing would change. Fill in something new.
wrong-state = Not possible now. State of the incident: { $state }.
needs-role = That is not yours to do. It belongs to: { $roles }. Nothing was changed.
same-person = Somebody else has to do this second step.
switched-off = Switched off: it takes two people, and this shop has named fewer.
not-found = There is nothing here by that name, or it is not for you.
unknown-press = This button is from another version. Open the incident again and press there.
key-reused = The same Idempotency-Key came with another report. Use a new key for a new report.
not-saved = NOT saved. Please send it again; it will not be stored twice.
broken = Something is wrong on our side. Please tell your technical person this number: { $reference }
problems-intro = { $count ->
    [one] One thing has to change. Nothing is lost.
   *[other] { $count } things have to change. Nothing is lost.
}
