# Pages of the console.

web-title = { $shop } · Shopwatch
web-skip = Skip to the content
web-tryout = Try-out: an invented shop with three people on one screen. Only this computer can reach it.
web-people = People
web-pane = { $name }, { $role }
web-signed-in-as = Signed in as { $name }
web-leave = Sign out
web-composer = Report
web-composer-label = Write here
web-composer-hint = /report and one line is enough. /report alone opens the form.
web-composer-send = Send
web-my-reports = My reports
web-my-reports-empty = What you report appears here, with what became of it. Type /report above to begin.
web-triage = Triage · { $place }
web-triage-empty = No open incidents. New reports appear here as soon as somebody sends one.
web-notices = News for you
web-notices-empty = When somebody looks at your report, you read it here.
web-older = Older
web-newest = Newest
web-timeline = Timeline
web-back = Back
web-cancel = Cancel
web-sure-title = Are you sure?
web-record-whole = { $lines ->
    [one] The record is whole: one line, checked just now.
   *[other] The record is whole: { $lines } lines, checked just now.
}
web-record-broken = The record is NOT whole: line { $line } is not as it was written.
web-reports-others = Incidents
web-enter-title = Sign in
web-enter-intro = This link signs you in as { $name }, once.
web-enter-press = Sign in
web-enter-gone-title = This link no longer works
web-enter-gone = It was used already, or it is older than 15 minutes. Make a new one with: shopwatch enter NAME
web-sign-in-title = Please sign in
web-sign-in = Ask your technical person for a link. They make one with: shopwatch enter NAME
web-not-found-title = Nothing here
web-not-found = There is nothing here by that name, or it is not for you.
web-broken-title = Something is wrong on our side
web-alerts = Alerts
web-alerts-empty = Alerts for { $area } that you opted into will appear here. This version shows managers a preview and sends none.
web-optional = optional
web-choose = Not chosen
web-tabs = Whose screen
web-live = Changes appear by themselves.
web-csrf = This form came from another page. Nothing was changed. Go back, reload and try again.
web-too-fast = Too much at once. Nothing was stored. Wait a moment and try again.
