# What is said in Discord alone.

discord-receipt-next = Press the button to be told by direct message when somebody looks at it.
discord-told-next = You are told by direct message when somebody looks at your reports.
discord-tell = Tell me by direct message
discord-hush = No more direct messages
discord-hushed = You are told nothing more by direct message.
discord-more = More
discord-unreachable = Shopwatch cannot post in the triage channel of { $site }. Let it see that channel and write there, or write another one in shop.toml. Nothing is lost.
discord-unreachable-person = Shopwatch may not write to you. Allow direct messages from members of this server, then press again.
discord-dropped = { $reference } received. Only the managers of this site see what is in it.
discord-not-dropped = This was not kept as a report. Write /report for a report of your own.

# The commands, as they stand in Discord's own menus: names in small letters, without spaces.
discord_command-report = report
discord_command-message = Report this message
discord_option-what_happened = what_happened
discord_option-category = category
discord_option-site = site
discord_option-zone = zone
discord_option-goods = goods
discord_option-value = value
discord_option-weapon = weapon
discord_option-still_present = still_present
discord_option-staff_safe = staff_safe
discord_option-photo1 = photo1
discord_option-photo2 = photo2
discord_option-photo3 = photo3
discord_hint-report = Report what happened; one line is enough
discord_hint-what_happened = In your own words; begin with “now” while it is happening
discord_hint-category = How fast somebody has to look
discord_hint-site = The site, if this channel does not say it
discord_hint-zone = Where in the shop
discord_hint-goods = What was taken
discord_hint-value = What one of it costs, for example 21.50
discord_hint-weapon = Whether there was a weapon
discord_hint-still_present = Whether they are still there
discord_hint-staff_safe = Whether everybody is safe
discord_hint-photo1 = A photo
discord_hint-photo2 = A second photo
discord_hint-photo3 = A third photo
