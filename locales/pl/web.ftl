# Pages of the console.

web-title = { $shop } · Shopwatch
web-skip = Przejdź do treści
web-tryout = Na próbę: zmyślony sklep z trzema osobami na jednym ekranie. Dostęp ma tylko ten komputer.
web-pane = { $name }, { $role }
web-signed-in-as = Sesja: { $name }
web-leave = Wyloguj
web-composer = Zgłoś
web-composer-label = Pisz tutaj
web-composer-hint = Wystarczy /report i jedna linijka. Samo /report otwiera formularz.
web-composer-send = Wyślij
web-my-reports = Moje zgłoszenia
web-my-reports-empty = Tu pojawią się Twoje zgłoszenia i to, co z nich wynikło. Na początek wpisz powyżej /report.
web-triage = Ocena zgłoszeń · { $place }
web-triage-empty = Nie ma otwartych incydentów. Nowe zgłoszenia pojawią się tu, gdy tylko ktoś je wyśle.
web-notices = Wiadomości dla Ciebie
web-notices-empty = Gdy ktoś zajmie się Twoim zgłoszeniem, przeczytasz o tym tutaj.
web-older = Starsze
web-newest = Najnowsze
web-urgent-first = Najpierw najpilniejsze, potem te, które czekają najdłużej. Nie wszystkie mieszczą się na jednej stronie.
web-first-page = Pierwsza strona
web-next-page = Następna strona
web-timeline = Przebieg
web-back = Wróć
web-cancel = Anuluj
web-sure-title = Na pewno?
web-record-whole = { $lines ->
    [one] Zapis jest nienaruszony: sprawdzono przed chwilą jeden wiersz.
    [few] Zapis jest nienaruszony: sprawdzono przed chwilą { $lines } wiersze.
    [many] Zapis jest nienaruszony: sprawdzono przed chwilą { $lines } wierszy.
   *[other] Zapis jest nienaruszony: sprawdzono przed chwilą { $lines } wiersza.
}
web-record-broken = Zapis jest NARUSZONY: wiersz { $line } różni się od tego, co zapisano.
web-reports-others = Incydenty
web-enter-title = Zaloguj się
web-enter-intro = Ten odnośnik loguje jeden raz jako: { $name }.
web-enter-press = Zaloguj się
web-enter-gone-title = Ten odnośnik już nie działa
web-enter-gone = Został już użyty albo ma ponad 15 minut. Nowy utworzysz poleceniem: shopwatch enter NAME
web-sign-in-title = Zaloguj się
web-sign-in = Poproś o odnośnik osobę od spraw technicznych. Tworzy go polecenie: shopwatch enter NAME
web-not-found-title = Nic tu nie ma
web-not-found = Nie ma tu nic o tej nazwie albo nie jest to dla Ciebie.
web-broken-title = Coś nie działa po naszej stronie
web-alerts = Alerty
web-alerts-empty = Tu pojawią się alerty z obszaru { $area }, na które się zgadzasz. Ta wersja pokazuje kierownictwu podgląd i niczego nie wysyła.
web-optional = nieobowiązkowe
web-choose = Nie wybrano
web-tabs = Czyj ekran
web-live = Zmiany pojawiają się same.
web-csrf = Ten formularz przyszedł z innej strony. Nic nie zmieniono. Wróć, odśwież stronę i spróbuj jeszcze raz.
web-tryout-short = Na próbę
web-tryout-intro = Zgłoś coś jako Amal, a potem zobacz, jak to dociera do Noor.
web-enter-tryout = Ten odnośnik jeden raz otwiera wersję na próbę: trzy osoby ze zmyślonego sklepu na jednym ekranie.
web-continue = Masz już otwartą sesję w tej przeglądarce? Przejdź dalej
web-more = Więcej
web-open-list = Otwarte
web-list-empty = Nic tu nie ma stanu „{ $state }”. Pojawi się tu wszystko, co go otrzyma.
web-lists = Incydenty według stanu
web-notices-full = Starsze wiadomości są w przebiegu każdego zgłoszenia.
web-long-line = To za długie na jedną linijkę; mieści się w niej znaków: { $most }. Formularz przyjmie więcej i ma już Twoje słowa.
web-required = wymagane
web-group-what = Jaki rodzaj, jak i gdzie
web-group-goods = Towar
web-group-people = Ludzie i bezpieczeństwo
web-group-time = Kamera i czas
web-record = Zapis
web-unavailable-title = Chwilowo niedostępne
web-unavailable = Baza danych nie odpowiada. Nic nie zmieniono. Odczekaj chwilę i odśwież tę stronę.
web-too-many-title = Za dużo naraz
web-too-many = Zbyt wiele żądań stąd jest jeszcze w toku. Nic nie zostało zmienione. Proszę chwilę poczekać i spróbować ponownie.
web-neighbour = Sąsiedztwo
web-nothing-yours = Dla tej roli nie ma tu niczego do oglądania. Jej zadania wykonuje się w wierszu poleceń: shopwatch help
web-holds = Wstrzymania i wcześniejsze usunięcie
web-holds-called = Jak nazywa się zdarzenie, na przykład SW-7K2MD-Q
web-holds-open = Otwórz
