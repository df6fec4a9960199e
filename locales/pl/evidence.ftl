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
api-photo-media-type = Wyślij zdjęcie jako multipart/form-data, w polu „photo”.

step-photo_added = dodaje zdjęcie
step-mask_confirmed = potwierdza, co jest zasłonięte na zdjęciu
step-original_viewed = ogląda oryginał zdjęcia
step-hold_placed = wstrzymuje usunięcie
step-hold_lifted = znosi wstrzymanie usunięcia
step-erased = usunięte, bo minął termin

card-deleted = Usunięto { $date }, zgodnie z zapowiedzią

hold-title = Wstrzymanie usunięcia { $reference }
hold-kept = Zostanie usunięte najwcześniej { $date }, gdy ktoś zdecyduje, co to jest.
hold-since = Wstrzymane od { $date }: nie zostanie usunięte.
hold-reason = Dlaczego; to zostaje w rejestrze
hold-place = Wstrzymaj usunięcie
hold-lift = Znieś wstrzymanie
hold-placed = Usunięcie jest wstrzymane: ten incydent zostaje.
hold-lifted = Wstrzymanie zniesione. To, czego termin minął, zniknie po dniu od zapowiedzi.
hold-other = Znosi je ktoś inny niż osoba, która wstrzymała.
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
