# What a program is told, and through it the person who wrote it.

problem-unknown-field = This field is not known here. Known are: { $known }
problem-not-text = Please send text.
problem-not-a-list = Please send a list.
problem-not-an-object = Please send an object with fields.
problem-given-twice = This field is given twice. Please send it once.
problem-not-a-key = Please send 1 to { $most } visible ASCII characters.
problem-not-a-cursor = Please send the “next” of an earlier page.

api-unauthorised = Send a key that is still good, as “Authorization: Bearer KEY”. Your technical person makes one with: shopwatch key create
api-malformed-json = This is not JSON from line { $line }, column { $column } on. Nothing was stored.
api-broke-off = The body did not come whole. Nothing was stored. Please send it again with the same Idempotency-Key.
api-too-large = A body may have at most { $most } bytes. Nothing was stored.
api-media-type = Send the body as application/json. Nothing was stored.
api-method = This address does not take this method. The Allow header names those it takes.
api-unavailable = This is not possible at the moment. Please try again.
api-not-saved = NOT saved. Please try again with the same Idempotency-Key; then nothing is stored twice.
api-too-many-requests = NOT saved. This key has { $most } requests under way, as many as one key may have. Please wait for their answers and try again with the same Idempotency-Key.
api-misdirected = This server is not called by that name. Use its own address, or set SHOPWATCH_PUBLIC_URL.

title-malformed-json = Not JSON
title-unauthorised = A key is needed
title-forbidden = Not yours to do
title-cross-site = From another page
title-not-found = Nothing here by that name
title-method-not-allowed = Not possible at this address
title-broke-off = It broke off
title-changed = Somebody was faster
title-taken = Somebody else has claimed it
title-already-yours = It is yours already
title-missing-facts = Facts are missing
title-wrong-state = Not possible in this state
title-question-open = A question is waiting
title-no-question = No question is waiting
title-too-late = Closed too long ago
title-has-merged = Others were merged into it
title-other-not-open = The other incident is closed
title-nothing-changes = Nothing would change
title-on-hold = It is on hold
title-misdirected = Not a name of this server
title-too-large = Too large
title-unsupported-media-type = Not sent as it has to be
title-invalid = Something has to change
title-key-reused = The Idempotency-Key was used before
title-broken = Something is wrong on our side
title-too-many-requests = Too many requests under way
title-unavailable = Not possible at the moment
