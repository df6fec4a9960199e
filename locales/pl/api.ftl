# What a program is told, and through it the person who wrote it.

problem-unknown-field = To pole nie jest tu znane. Znane są: { $known }
problem-not-text = Wyślij tekst.
problem-not-a-list = Wyślij listę.
problem-not-an-object = Wyślij obiekt z polami.
problem-given-twice = To pole podano dwa razy. Wyślij je tylko raz.
problem-not-a-key = Wyślij widoczne znaki ASCII w liczbie od 1 do { $most }.
problem-not-a-cursor = Wyślij „next” z wcześniejszej strony.

api-unauthorised = Wyślij ważny klucz jako „Authorization: Bearer KEY”. Osoba od spraw technicznych tworzy go poleceniem: shopwatch key create
api-malformed-json = Od wiersza { $line }, kolumny { $column } to nie jest JSON. Nic nie zapisano.
api-broke-off = Treść nie dotarła w całości. Nic nie zapisano. Wyślij ją jeszcze raz z tym samym Idempotency-Key.
api-too-large = Największa treść, w bajtach: { $most }. Nic nie zapisano.
api-media-type = Wyślij treść jako application/json. Nic nie zapisano.
api-method = Ten adres nie przyjmuje tej metody. Nagłówek Allow wymienia te, które przyjmuje.
api-unavailable = Chwilowo niemożliwe. Spróbuj jeszcze raz.
api-not-saved = NIE zapisano. Spróbuj jeszcze raz z tym samym Idempotency-Key; wtedy nic nie zostanie zapisane dwa razy.
api-too-many-requests = NIE zapisano. Ten klucz ma w toku { $most } żądań, czyli tyle, ile może mieć jeden klucz. Proszę poczekać na odpowiedzi i spróbować ponownie z tym samym Idempotency-Key.
api-misdirected = Ten serwer nie ma takiej nazwy. Użyj jego własnego adresu albo ustaw SHOPWATCH_PUBLIC_URL.

title-malformed-json = To nie jest JSON
title-unauthorised = Potrzebny jest klucz
title-forbidden = To należy do innej roli
title-cross-site = Z innej strony
title-not-found = Nie ma tu nic o tej nazwie
title-method-not-allowed = Pod tym adresem niemożliwe
title-broke-off = Przerwano
title-changed = Ktoś zrobił to szybciej
title-taken = Incydent przejął już ktoś inny
title-already-yours = Ten incydent jest już u Ciebie
title-missing-facts = Brakuje danych
title-wrong-state = W tym stanie niemożliwe
title-question-open = Pytanie czeka na odpowiedź
title-no-question = Żadne pytanie nie czeka na odpowiedź
title-too-late = Zamknięto zbyt dawno
title-has-merged = Dołączono do niego inne incydenty
title-other-not-open = Tamten incydent jest zamknięty
title-nothing-changes = Nic by się nie zmieniło
title-on-hold = Usunięcie jest wstrzymane
title-misdirected = To nie jest nazwa tego serwera
title-too-large = Za duże
title-unsupported-media-type = Nie wysłano tak, jak trzeba
title-invalid = Coś trzeba zmienić
title-key-reused = Ten Idempotency-Key był już użyty
title-broken = Coś nie działa po naszej stronie
title-too-many-requests = Za dużo żądań w toku
title-unavailable = Chwilowo niemożliwe
