# What somebody reads who reports.

receipt-sent = Widzisz to tylko Ty: wysłano { $reference }.
receipt-seen = Widzisz to tylko Ty: { $reference } dotarło już wcześniej. Nic nie zapisano dwa razy.
receipt-stored = Zapisano: { $category }, { $site }, { $when }.
receipt-text = Twoje słowa: { $text }
receipt-readers = Kto to widzi: kierownictwo sklepu { $site } i każdy na jego kanale; bez Twoich słów także osoby, które publikują alerty lub zawiadamiają policję; audyt tylko to, że istnieje. Twoje imię i nazwisko są ukryte.
receipt-which-site = W którym sklepie to było? Do { $until } widzisz to tylko Ty; potem zobaczy to kierownictwo wszystkich sklepów, dla których zgłaszasz.
receipt-deleted = Zostanie usunięte { $date }, chyba że kierownictwo je potwierdzi albo prawo wymaga dłużej.
receipt-next = Tutaj dowiesz się, kiedy ktoś się tym zajmie.
emergency-line = Zadzwoń pod { $number }, jeśli ktoś jest w niebezpieczeństwie. Ten program nigdy nie dzwoni za Ciebie.
help-first = /report i co się stało: wystarczy jedna linijka. Zacznij od „now”, jeśli to trwa, albo od „info”, jeśli nikt nie musi się spieszyć.
help-second = Samo /report otwiera formularz. Widzi to kierownictwo Twojego sklepu i każdy na jego kanale, a bez Twoich słów także osoby, które publikują alerty lub zawiadamiają policję; możesz to wycofać, dopóki ktoś z kierownictwa tego nie przejmie.
unknown-first = To pole nie rozpoznaje „{ $text }”.

form-report-title = Zgłoszenie
form-report-intro = Potrzebny jest tylko sklep. Cała reszta pomaga i można ją dodać później.
form-send = Wyślij zgłoszenie
hint-what-happened = Własnymi słowami. Bez imion i nazwisk.
hint-happened = Zostaw puste, jeśli to teraz. Czas sklepu.
hint-price = W walucie { $currency }, na przykład 21.50
hint-merge = Na przykład SW-7K3QF-2. Ten incydent stanie się częścią tamtego.
