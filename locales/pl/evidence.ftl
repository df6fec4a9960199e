# Zdjęcia.

photos-title = Zdjęcia
photo-stored = Zdjęcie jest zapisane i zapieczętowane tak, jak przyszło. Jego SHA-256, do zachowania: { $sha256 }
photo-readers = Dopóki ktoś inny nie sprawdzi, co jest zasłonięte, widzisz je tylko Ty i kierownictwo sklepu.
photo-confirmed = Potwierdzone. Kto może czytać ten incydent, widzi teraz zdjęcie.
photo-alt = Zdjęcie { $number } do { $reference }, z zasłoniętymi twarzami
photo-checked = Sprawdzone przez człowieka
photo-unchecked = Niesprawdzone
photo-covered = miejsca zasłonięte przez maszynę: { $count }
photo-covered-whole = zasłonięte w całości, bo nie dało się szukać twarzy
photo-hash = SHA-256 oryginału:
photo-confirm = Każda twarz jest zasłonięta
photo-reason = Po co potrzebujesz oryginału; to zostaje w rejestrze
photo-original = Zobacz oryginał
photo-choose = JPEG, PNG lub WebP, najwyżej 25 MiB
photo-add = Dodaj zdjęcie
photo-alike = Zdjęcie stąd wygląda jak jedno z
photo-drawn = miejsca zasłonięte przez człowieka: { $count }
photo-drawn-whole = zasłonięte w całości przez człowieka
photo-draw = Zmień, co jest zasłonięte
photo-drew = To Ty zaznaczasz, co jest zasłonięte, więc potwierdza to ktoś inny.
photo-overtaken = Ktoś inny zmienił w tym czasie, co jest zasłonięte. Niczego nie zapisano; obejrzyj zdjęcie takie, jakie jest teraz.
looks-title = Obejrzenia zdjęć: { $count }
looks-line = { $who } ogląda zdjęcie …{ $photo }, kopia { $copy }
looks-broken = Ktoś zmienił listę obejrzeń zdjęć.
boxes-title = Co jest zasłonięte na zdjęciu do { $reference }
boxes-intro = Zaznaczone miejsca są na stałe zasłonięte na kopii, którą się ogląda; oryginał zostaje taki, jak przyszedł. Potem potwierdza ktoś, kto ani nie dodał zdjęcia, ani na nim nie rysował.
boxes-how = Rysuj po obrazie, żeby zasłonić miejsce; dotknij miejsca, żeby je odsłonić. Z klawiatury: strzałki przesuwają miejsce, Shift ze strzałkami zmienia jego rozmiar, spacja je odsłania.
boxes-alt = Zdjęcie z zasłoniętymi miejscami
boxes-place = Miejsce { $number }
boxes-places = Zasłonięte miejsca
boxes-everything = Zasłoń cały obraz
boxes-new = Dodaj miejsce
boxes-more = Zasłoń więcej miejsc
boxes-pixels = W pikselach od lewej i od górnej krawędzi. Obraz ma { $width } × { $height }.
boxes-left = { $row }: od lewej
boxes-top = { $row }: od góry
boxes-width = { $row }: szerokość
boxes-height = { $row }: wysokość
boxes-save = Zapisz
boxes-saved = Zasłonięte na nowo. Dopóki ktoś inny tego nie potwierdzi, zdjęcie widzi tylko osoba, która zgłosiła, i kierownictwo sklepu.
api-photo-media-type = Wyślij zdjęcie jako multipart/form-data, w polu „photo”.

step-photo_added = dodaje zdjęcie
step-mask_confirmed = potwierdza, co jest zasłonięte na zdjęciu
step-mask_changed = zmienia, co jest zasłonięte na zdjęciu
step-original_viewed = ogląda oryginał zdjęcia
step-hold_placed = wstrzymuje usunięcie
step-hold_lifted = znosi wstrzymanie usunięcia
step-erasure_asked = prosi o usunięcie tego przed terminem
step-erased = usunięte, bo minął termin

card-deleted = Usunięto { $date }

hold-title = Wstrzymanie usunięcia { $reference }
hold-kept = Zostanie usunięte najwcześniej { $date }, gdy ktoś zdecyduje, co to jest.
hold-since = Wstrzymane od { $date }: nie zostanie usunięte.
hold-reason = Dlaczego; to zostaje w rejestrze
hold-place = Wstrzymaj usunięcie
hold-lift = Znieś wstrzymanie
hold-placed = Usunięcie jest wstrzymane: ten incydent zostaje.
hold-lifted = Wstrzymanie zniesione. To, czego termin minął, zniknie po dniu od zapowiedzi.
hold-other = Znosi je ktoś inny niż osoba, która wstrzymała.
on-hold = Usunięcie jest wstrzymane: nic z tego nie zniknie, dopóki ktoś nie zniesie wstrzymania.
erase-ask = Poproś o usunięcie teraz
erase-confirm = Usuń teraz, na zawsze
erase-waits = Od { $date } czeka, aż inna osoba z administracji potwierdzi usunięcie przed terminem.
erase-asked = Prośba zapisana. Musi ją potwierdzić inna osoba z administracji.
erase-done = Usunięte: słów i klucza już nie ma, zdjęcia znikną, gdy tylko pozwolą na to ich blokady.
retention-goes = Od { $date } znikają, bo minął ich termin: incydenty { $incidents }, zdjęcia { $photos }.
retention-waits = Nic nie zniknie, dopóki ktoś nie potwierdzi na serwerze (shopwatch retention plan). Czekają: incydenty { $incidents }, zdjęcia { $photos }.

unfit-not_a_photo = Ten plik nie jest zdjęciem, które można tu odczytać. Można JPEG, PNG i WebP.
unfit-heic = HEIC i AVIF nie da się tu jeszcze odczytać. Wyślij zdjęcie jako JPEG.
unfit-too_large = Zdjęcie ma najwyżej 25 MiB. Wyślij mniejsze.
unfit-too_many_pixels = Ten obraz ma więcej pikseli, niż może mieć zdjęcie. Wyślij mniejszy.
unfit-animated = Ten obraz się rusza. Wyślij nieruchomy.
unfit-truncated = Brakuje końca tego pliku. Wyślij go jeszcze raz.
unfit-damaged = Ten plik jest uszkodzony. Wyślij go jeszcze raz albo wyślij inne zdjęcie.
unfit-too_hard = Odczytanie tego pliku trwało zbyt długo. Wyślij inne zdjęcie.

photos-unchecked = niesprawdzone: { $count }
photos-coming = w drodze: { $count }
photos-not-taken = Zdjęcia, których nie udało się pobrać: { $count }. Historia mówi dlaczego.
photos-received = Twoje zdjęcia do { $reference } dotarły. Karta pokaże je, gdy tylko zostaną zapisane.
photos-not-theirs = Niczego nie dodano: zdjęcia do zgłoszenia przysyła ten, kto je wysłał. To, co widzisz na własne oczy, jest osobnym zgłoszeniem; wyślij zdjęcie na kanale zgłoszeń, a kierownictwo może je połączyć.

step-photos_sent = wysyła zdjęcia
step-photo_not_taken = nie może pobrać zdjęcia

not_taken-gone = już go nie ma
not_taken-too_large = ma więcej niż 25 MiB
not_taken-not_a_photo = to nie jest zdjęcie, które można tu odczytać
not_taken-heic = HEIC i AVIF nie da się tu jeszcze odczytać
not_taken-unreadable = nie dało się go odczytać
not_taken-no_access = aplikacja nie ma prawa go odczytać
not_taken-too_many = jest już dziesięć
not_taken-known = już tu jest

told-photo_gone = Nie udało się pobrać zdjęcia: już go nie ma. Wyślij je tutaj jeszcze raz.
told-photo_too_large = Nie udało się pobrać zdjęcia: ma więcej niż 25 MiB. Wyślij tutaj mniejsze.
told-photo_not_a_photo = Nie udało się pobrać pliku: to nie jest zdjęcie, które można tu odczytać. Wyślij je jako JPEG, PNG lub WebP.
told-photo_heic = Nie udało się pobrać zdjęcia: HEIC i AVIF nie da się tu jeszcze odczytać. Wyślij je tutaj jeszcze raz jako JPEG.
told-photo_unreadable = Nie udało się pobrać zdjęcia: nie dało się go odczytać. Wyślij je tutaj jeszcze raz albo wyślij inne.
told-photo_no_access = Nie udało się pobrać zdjęcia: aplikacja nie ma prawa go odczytać. Administracja sklepu może zobaczyć dlaczego; zachowaj zdjęcie i wyślij je później jeszcze raz.
told-photo_too_many = Nie udało się pobrać zdjęcia: Twoje zgłoszenie ma już dziesięć.
told-photo_known = Zdjęcie już tu było; przechowujemy je raz.
