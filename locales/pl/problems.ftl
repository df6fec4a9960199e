# What is wrong with a field, said beside it.

problem-missing = Wypełnij to pole.
problem-too-long = Najwięcej znaków: { $most }; teraz: { $got }.
problem-too-many = Najwięcej pozycji: { $most }; teraz: { $got }.
problem-unknown-word = Wybierz jedno z: { $allowed }
problem-unknown-site = Takiego sklepu nie ma na Twojej liście. Wybierz jeden z listy.
problem-not-a-time = Podaj czas w postaci 2026-11-22T14:05:00Z.
problem-in-the-future = Ten czas jeszcze nie nadszedł.
problem-too-early = To czas sprzed roku 2000.
problem-out-of-range = Podaj liczbę od { $least } do { $most }.
problem-not-a-currency = Podaj kod waluty, na przykład GBP.
problem-unknown-reference = Nie ma dla Ciebie incydentu o tym numerze.
