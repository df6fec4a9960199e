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
api-photo-media-type = Send the photo as multipart/form-data, in the field “photo”.

step-photo_added = added a photo
step-mask_confirmed = confirmed what is covered on a photo
step-original_viewed = viewed the original of a photo
step-hold_placed = placed a hold
step-hold_lifted = lifted the hold
step-erased = erased, as its time was over

card-deleted = Deleted on { $date }, as announced

hold-title = Hold on { $reference }
hold-kept = It is erased on { $date } at the earliest, once somebody has decided what it is.
hold-since = On hold since { $date }: it is not erased.
hold-reason = Why; this goes on record
hold-place = Place hold
hold-lift = Lift hold
hold-placed = The hold is placed: this incident is not erased.
hold-lifted = The hold is lifted. What is over by now goes after a day of notice.
hold-other = Somebody else has to lift it: whoever placed a hold does not.
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
