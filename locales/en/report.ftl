# What somebody reads who reports.

receipt-sent = Only you can see this: { $reference } sent.
receipt-seen = Only you can see this: { $reference } had arrived before. Nothing was stored twice.
receipt-stored = Stored: { $category }, { $site }, { $when }.
receipt-text = Your words: { $text }
receipt-readers = Who can see it: the managers of { $site } and whoever is in their channel; without your words also who publishes alerts or calls the police; auditors only that it exists. Your name is sealed.
receipt-which-site = Which site was it at? Until { $until } only you see this; then the managers of every site that you report for see it.
receipt-deleted = It is deleted on { $date }, unless a manager confirms it or the law asks for longer.
receipt-next = You will be told here when somebody looks at it.
emergency-line = Call { $number } if anyone is in danger. This software never calls for you.
help-first = /report what happened: one line is enough. Begin with “now” while it is happening, with “info” if nobody needs to hurry.
help-second = /report alone opens the form. Managers of your site see it, with whoever is in their channel, and without your words those who publish alerts or call the police; you can withdraw it until a manager claims it.
unknown-first = “{ $text }” is not something this box knows.

form-report-title = Report
form-report-intro = Only the site is needed. Everything else helps, and can be added later.
form-send = Send report
hint-what-happened = In your own words. Leave out names of people.
hint-happened = Leave empty if it is happening now. The shop's local time.
hint-price = In { $currency }, for example 21.50
hint-merge = For example SW-7K3QF-2. This incident becomes part of that one.
