# Photos.

photos-title = Photos
photo-stored = The photo is stored and sealed as it came. Its SHA-256, to keep: { $sha256 }
photo-readers = Until somebody else has checked what is covered, only you and the managers of the shop see it.
photo-confirmed = Confirmed. Whoever may read this incident sees the photo now.
photo-alt = Photo { $number } of { $reference }, with faces covered
photo-checked = Checked by a person
photo-unchecked = Not checked
photo-covered = places covered by a machine: { $count }
photo-covered-whole = covered as a whole, because no faces could be looked for
photo-hash = SHA-256 of the original:
photo-confirm = Every face is covered
photo-reason = Why you need the original; this goes on record
photo-original = View original
photo-choose = JPEG, PNG or WebP, at most 25 MiB
photo-add = Add photo
photo-alike = A photo here looks like one of
photo-drawn = places covered by a person: { $count }
photo-drawn-whole = covered as a whole by a person
photo-draw = Change what is covered
photo-drew = You drew what is covered, so somebody else confirms it.
photo-overtaken = Somebody else changed what is covered meanwhile. Nothing was saved; look at the photo as it is now.
looks-title = Looks at photos: { $count }
looks-line = { $who } looked at photo …{ $photo }, copy { $copy }
looks-broken = The list of looks at photos was changed by somebody.
boxes-title = What is covered on a photo of { $reference }
boxes-intro = Ticked places are covered for good on the copy that people look at; the original stays as it was sent. Somebody who neither uploaded the photo nor drew on it then confirms.
boxes-how = Draw over the picture to cover a place; tap a place to uncover it. With the keyboard: arrow keys move a place, Shift with arrow keys makes it larger or smaller, Space uncovers it.
boxes-alt = The photo with its covered places
boxes-place = Place { $number }
boxes-places = Covered places
boxes-everything = Cover the whole picture
boxes-new = Add a place
boxes-more = Cover more places
boxes-pixels = In pixels from the left and the upper edge. The picture has { $width } × { $height }.
boxes-left = { $row }: from the left
boxes-top = { $row }: from above
boxes-width = { $row }: width
boxes-height = { $row }: height
boxes-save = Save
boxes-saved = Covered anew. Until somebody else confirms it, only its reporter and the managers of the shop see the photo.
api-photo-media-type = Send the photo as multipart/form-data, in the field “photo”.

step-photo_added = added a photo
step-mask_confirmed = confirmed what is covered on a photo
step-mask_changed = changed what is covered on a photo
step-original_viewed = viewed the original of a photo
step-hold_placed = placed a hold
step-hold_lifted = lifted the hold
step-erasure_asked = asked for this to be erased before its time
step-erased = erased, as its time was over

card-deleted = Deleted on { $date }

hold-title = Hold on { $reference }
hold-kept = It is erased on { $date } at the earliest, once somebody has decided what it is.
hold-since = On hold since { $date }: it is not erased.
hold-reason = Why; this goes on record
hold-place = Place hold
hold-lift = Lift hold
hold-placed = The hold is placed: this incident is not erased.
hold-lifted = The hold is lifted. What is over by now goes after a day of notice.
hold-other = Somebody else has to lift it: whoever placed a hold does not.
on-hold = It is on hold: nothing of it is erased until the hold is lifted.
erase-ask = Ask for it to be erased now
erase-confirm = Erase it now, for good
erase-waits = Since { $date } it waits for another admin to confirm that it is erased before its time.
erase-asked = Asked for. Another admin has to confirm it.
erase-done = Erased: its words and its key are gone, its photos go as soon as their locks let them.
retention-goes = Going from { $date } on, as their time is over: incidents { $incidents }, photos { $photos }.
retention-waits = Nothing is erased until somebody confirms it on the server (shopwatch retention plan). Waiting: incidents { $incidents }, photos { $photos }.

unfit-not_a_photo = This file is not a photo that can be read here. JPEG, PNG and WebP can.
unfit-heic = HEIC and AVIF cannot be read here yet. Please send the photo as JPEG.
unfit-too_large = A photo has at most 25 MiB. Please send a smaller one.
unfit-too_many_pixels = This picture has more pixels than a photo may have. Please send a smaller one.
unfit-animated = This picture moves. Please send a still one.
unfit-truncated = The end of this file is missing. Please send it again.
unfit-damaged = This file is damaged. Please send it again, or another photo.
unfit-too_hard = This file took too long to read. Please send another photo.

photos-unchecked = not checked: { $count }
photos-coming = on their way: { $count }
photos-not-taken = Photos that could not be taken: { $count }. The timeline says why.
photos-received = Your photos for { $reference } have arrived. Its card shows them as soon as they are kept.
photos-not-theirs = Nothing was added: photos of a report come from whoever sent it. What you saw yourself is a report of your own; send the photo in the report channel, and a manager can join the two.

step-photos_sent = sent photos
step-photo_not_taken = could not take a photo

not_taken-gone = it is not there any more
not_taken-too_large = it has more than 25 MiB
not_taken-not_a_photo = it is not a photo that can be read here
not_taken-heic = HEIC and AVIF cannot be read here yet
not_taken-unreadable = it could not be read
not_taken-no_access = the app is not allowed to read it
not_taken-too_many = there are ten already
not_taken-known = it is there already

told-photo_gone = A photo could not be taken: it is not there any more. Please send it again here.
told-photo_too_large = A photo could not be taken: it has more than 25 MiB. Please send a smaller one here.
told-photo_not_a_photo = A file could not be taken: it is not a photo that can be read here. Please send it as JPEG, PNG or WebP.
told-photo_heic = A photo could not be taken: HEIC and AVIF cannot be read here yet. Please send it again here as JPEG.
told-photo_unreadable = A photo could not be taken: it could not be read. Please send it again here, or another one.
told-photo_no_access = A photo could not be taken: the app is not allowed to read it. The shop’s administrator can see why; please keep the photo, and send it again later.
told-photo_too_many = A photo could not be taken: your report has ten already.
told-photo_known = A photo was there already; it is kept once.
