# Cards, buttons, timelines, and the answers to a press.

card-headline = { $reference } · { $category } · { $site }
card-standing = { $state }, { $ago }
card-standing-by = { $state } ({ $name }), { $ago }
overdue-look = Po terminie: nikt tego jeszcze nie obejrzał. Ostatnia zmiana: { $ago }.
overdue-decide = Po terminie: zgłoszono { $ago }, a decyzji nadal nie ma.
not-known-yet = Jeszcze nie wiadomo
site-unknown = sklep jeszcze nieznany
site-unsaid = Nie wiadomo, w którym z { $count } sklepów to było. Kto wie, niech go wybierze: wtedy zobaczy to tylko kierownictwo tego sklepu.
site-known = Już wiadomo, w którym sklepie to było.
card-moved = dotyczy innego sklepu i ma to jego kierownictwo
next-level = Minut bez obejrzenia: { $minutes }. Kto może, niech przejmie to na karcie albo wezwie kogoś, kto może.
digest-head = Czeka na pierwsze obejrzenie, { $site }, { $when }: { $count }
digest-more = i jeszcze { $count }
digest-next = Każde zgłoszenie ma na tym kanale swoją kartę: przejmij je tam.
digest-over = Tego, co czekało { $day }, już tu nie ma. To, co czeka teraz, jest na swojej karcie.
still-missing = Do potwierdzenia brakuje: { $facts }
corrected-mark = Tekst poprawiono. Pierwszy tekst jest w przebiegu.
question-open = Pytanie do osoby zgłaszającej, { $ago }: { $text }
merged-here = { $count ->
    [one] Do tego incydentu dołączono jeden inny.
    [few] Do tego incydentu dołączono { $count } inne.
    [many] Do tego incydentu dołączono { $count } innych.
   *[other] Do tego incydentu dołączono { $count } innego.
}
sealed-for-you = Opis jest ukryty dla Twojej roli.
goods-line = { $quantity } × { $what }, po { $value }, { $fate }
goods-line-unpriced = { $quantity } × { $what }, jeszcze bez wartości, { $fate }
goods-sealed = (ukryte)
ago-now = przed chwilą
ago-minutes = { $count ->
    [one] minutę temu
    [few] { $count } minuty temu
    [many] { $count } minut temu
   *[other] { $count } minuty temu
}
ago-hours = { $count ->
    [one] godzinę temu
    [few] { $count } godziny temu
    [many] { $count } godzin temu
   *[other] { $count } godziny temu
}
ago-days = { $count ->
    [one] dzień temu
    [few] { $count } dni temu
    [many] { $count } dni temu
   *[other] { $count } dnia temu
}
when-both = { $ago } ({ $exact })
by-reporter = osoba zgłaszająca
by-system = Shopwatch
step-by = { $who } { $step }
step-from-to = z „{ $from }” na „{ $to }”
step-late = { $minutes ->
    [one] minutę po czasie
    [few] { $minutes } minuty po czasie
    [many] { $minutes } minut po czasie
   *[other] { $minutes } minuty po czasie
}

button-claim = Przejmij
button-release = Oddaj
button-confirm = Potwierdź
button-unmerge = Rozłącz
button-reopen = Otwórz ponownie
button-withdraw = Wycofaj
button-site = Który sklep?
button-ask = Zapytaj osobę zgłaszającą
button-answer = Odpowiedz
button-recategorise = Zmień kategorię
button-facts = Uzupełnij dane
button-details = Dodaj szczegóły
button-decline = Odrzuć
button-merge = Połącz
button-resolve = Zakończ
button-note = Dodaj notatkę
button-correct = Popraw tekst
button-preview = Podgląd alertu
button-look = Zobacz zdjęcie
button-open = Otwórz

intro-ask = Osoba zgłaszająca widzi pytanie, ale nie notatki zespołu.
intro-answer = Odpowiedź trafi do kierownictwa Twojego sklepu.
intro-site = Zobaczy to kierownictwo tego sklepu i nikt więcej.
intro-recategorise = Nic z tego, co już wiadomo, nie przepadnie.
intro-facts = Wypełnij to, co wiesz. Puste pola zostają bez zmian.
intro-details = Wypełnij to, co wiesz. Puste pola zostają bez zmian, a pierwszy tekst nadal można przeczytać.
intro-decline = Odrzucony incydent znika ze statystyk. Można go otworzyć ponownie przez 7 dni.
intro-merge = Oba przebiegi zostają w całości, a połączenie można cofnąć.
intro-resolve = Jak to się skończyło?
intro-note = Może to czytać kierownictwo tego sklepu. Osoba zgłaszająca nie może.
intro-correct = Pierwszy tekst zostaje w przebiegu.

submit-ask = Wyślij pytanie
submit-answer = Wyślij odpowiedź
submit-site = Zapisz sklep
submit-recategorise = Zmień kategorię
submit-facts = Zapisz dane
submit-details = Zapisz szczegóły
submit-decline = Odrzuć incydent
submit-merge = Połącz incydenty
submit-resolve = Zakończ incydent
submit-note = Zapisz notatkę
submit-correct = Zapisz poprawkę

sure-withdraw = Wycofać to zgłoszenie? Kierownictwo zobaczy, że zostało wycofane.
sure-unmerge = Znów oddzielić ten incydent od tamtego?
sure-release = Oddać ten incydent, aby mógł go przejąć ktoś inny?
sure-decline = Odrzucić to zgłoszenie? Osoba, która je wysłała, zostanie powiadomiona.
sure-merge = Połączyć ten incydent z innym? Można go znów oddzielić.

# A step stands after a name; in the present tense, because the past would need to know the gender.
step-reported = zgłasza incydent
step-claimed = przejmuje incydent
step-released = oddaje incydent
step-silently_released = oddaje incydent po długiej ciszy
step-reminded = przypomina kierownictwu, że nikt tego nie obejrzał
step-end_near = przypomina kierownictwu, że incydent wkrótce zniknie bez decyzji
step-undecided = przypomina kierownictwu, że na czas nie zapadła decyzja
step-end_moved = zmienia dzień usunięcia, bo zmieniły się zasady sklepu
step-asked = pyta osobę zgłaszającą
step-answered = odpowiada
step-recategorised = zmienia kategorię
step-facts_completed = uzupełnia dane
step-confirmed = potwierdza incydent
step-declined = odrzuca incydent
step-merged = dołącza incydent do innego
step-absorbed = dołącza tu inny incydent
step-unmerged = oddziela incydent od tamtego
step-let_go = oddziela stąd inny incydent
step-followed = idzie za incydentem, do którego dołączono to zgłoszenie
step-resolved = kończy incydent
step-reopened = otwiera incydent ponownie
step-withdrawn = wycofuje zgłoszenie
step-site_said = wskazuje, w którym sklepie to było
step-site_unanswered = nie doczekał się wskazania sklepu
step-noted = notuje
step-corrected = poprawia tekst

told-claimed = Ktoś z kierownictwa zajmuje się Twoim zgłoszeniem.
told-asked = Kierownictwo ma pytanie o Twoje zgłoszenie.
told-confirmed = Twoje zgłoszenie potwierdzono.
told-declined = Twoje zgłoszenie odrzucono. Powód jest przy zgłoszeniu.
told-merged = Twoje zgłoszenie połączono z innym o tym samym zdarzeniu.
told-resolved = Sprawę z Twojego zgłoszenia zakończono.
told-reopened = Twoje zgłoszenie otwarto ponownie.
told-followed = Są wieści o zgłoszeniu, z którym połączono Twoje. Twoje zgłoszenie mówi jakie.

lost-race = Ktoś zrobił to szybciej. { $reference } ma teraz stan: { $standing }. Twoje naciśnięcie nic nie zmieniło.
lost-race-unseen = Ktoś zrobił to szybciej. Twoje naciśnięcie nic nie zmieniło. Otwórz incydent jeszcze raz, aby zobaczyć jego stan.
taken = Incydent jest już przejęty: { $name }, { $ago }.
already-yours = Ten incydent jest już u Ciebie.
missing-facts = Jeszcze nie można potwierdzić. Najpierw uzupełnij: { $facts }
question-is-open = Jedno pytanie już czeka na odpowiedź.
no-question = Żadne pytanie nie czeka na odpowiedź.
too-late = Zamknięto ponad { $days } dni temu; nie można już otworzyć ponownie.
merge-itself = Incydentu nie można połączyć z nim samym. Wpisz numer innego.
end-near = Incydent zniknie { $date }, a nikt nie podjął decyzji. Potwierdź go albo odrzuć wcześniej.
merge-has-merged = Do tego incydentu dołączono inne. Najpierw je rozłącz.
in-use = Kierownictwo już pracuje z tym zgłoszeniem, więc nie można go wycofać. Napisz w szczegółach, że to pomyłka.
merge-not-open = Tamten incydent jest zamknięty. Wybierz nowy, przejęty albo potwierdzony.
nothing-changes = Nic by się nie zmieniło. Wpisz coś nowego.
wrong-state = Teraz to niemożliwe. Stan incydentu: { $state }.
needs-role = To należy do innej roli: { $roles }. Nic nie zmieniono.
same-person = Ten drugi krok musi zrobić inna osoba.
switched-off = Wyłączone: potrzeba dwóch osób, a ten sklep wyznaczył mniej.
not-found = Nie ma tu nic o tej nazwie albo nie jest to dla Ciebie.
unknown-press = Ten przycisk jest z innej wersji. Otwórz incydent jeszcze raz i naciśnij tam.
key-reused = Ten sam Idempotency-Key przyszedł z innym zgłoszeniem. Użyj nowego klucza dla nowego zgłoszenia.
not-saved = NIE zapisano. Wyślij jeszcze raz; nie zostanie zapisane dwa razy.
broken = Coś nie działa po naszej stronie. Podaj ten numer osobie od spraw technicznych: { $reference }
problems-intro = { $count ->
    [one] Trzeba zmienić jedną rzecz. Nic nie przepadło.
    [few] Trzeba zmienić { $count } rzeczy. Nic nie przepadło.
    [many] Trzeba zmienić { $count } rzeczy. Nic nie przepadło.
   *[other] Trzeba zmienić { $count } rzeczy. Nic nie przepadło.
}
