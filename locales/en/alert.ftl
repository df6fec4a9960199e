# What the public would read.

preview-title = What the public would read
preview-nothing-sent = This is a preview. Nothing has been sent, and this version sends no alerts.
preview-text = Reported in { $area }, around { $around }: { $kind }.
preview-over = It is over.
preview-ongoing = It may still be going on.
preview-left-out = Left out
preview-advice = Keep your distance and call the police if you need help.
