# What chats are told of the app when it is installed.

manifest-description = Report what happens in the shop in ten seconds; managers decide by buttons; the public reads only what is safe.
manifest-long = Staff write /report and one line, or fill in a short form. The managers of the site see a card and claim, ask, confirm, decline and resolve by buttons; every step is on record. Whoever reported follows it in a direct message. The app reads only what is sent to it and photos dropped in the report channels, and everything is kept on the shop’s own server.
manifest-command = Report something that happened in the shop
manifest-hint = [now|info] what happened, in one line
manifest-shortcut = Report an incident
manifest-message = Report this message
manifest-message-about = Makes a report of this message, with its words, its link and its photos.
