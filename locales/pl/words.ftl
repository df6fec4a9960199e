# The closed vocabularies. A key is its family and its word.

category-info = Informacja
category-potential_theft = Możliwa kradzież
category-in_progress = Dzieje się teraz

kind-shop_theft = Kradzież sklepowa
kind-attempted_theft = Próba kradzieży
kind-deterred = Udaremniono
kind-robbery = Rozbój
kind-burglary = Włamanie
kind-violence = Przemoc
kind-threat = Groźba
kind-verbal_abuse = Wyzwiska
kind-criminal_damage = Uszkodzenie mienia
kind-refund_fraud = Oszustwo przy zwrocie
kind-payment_fraud = Oszustwo przy płatności
kind-label_tampering = Manipulacja etykietą
kind-antisocial_behaviour = Zachowanie aspołeczne
kind-breach_of_exclusion = Złamanie zakazu wstępu
kind-suspicious_activity = Podejrzana sytuacja
kind-other = Coś innego

method-concealment = Ukrycie towaru
method-walk_out = Wyjście bez zapłaty
method-grab_and_run = Porwanie towaru i ucieczka
method-push_out_trolley = Wywiezienie wózkiem
method-self_checkout_skip = Pominięcie w kasie samoobsługowej
method-label_swap = Zamiana etykiety
method-tag_removal = Usunięcie zabezpieczenia
method-distraction = Odwrócenie uwagi
method-refund = Zwrot
method-delivery_interference = Ingerencja w dostawę
method-till_snatch = Pieniądze zabrane z kasy
method-other = Inny sposób

zone-entrance = Wejście
zone-aisle = Alejka
zone-till = Kasa
zone-self_checkout = Kasa samoobsługowa
zone-stockroom = Zaplecze
zone-car_park = Parking
zone-delivery = Dostawy
zone-other = Gdzie indziej

weapon-none = Brak
weapon-seen = Widoczna
weapon-threatened = Użyta jako groźba
weapon-used = Użyta

injury-none = Brak
injury-first_aid = Pierwsza pomoc
injury-hospital = Szpital
injury-unknown = Nie wiadomo

staff_safe-yes = Tak
staff_safe-no = Nie
staff_safe-unknown = Nie wiadomo

still_present-yes = Tak
still_present-left = Już nie
still_present-detained = Osoba zatrzymana
still_present-unknown = Nie wiadomo

persons-1 = Jedna
persons-2 = Dwie
persons-3 = Trzy
persons-4-plus = Cztery lub więcej
persons-unknown = Nie wiadomo

cctv-captured = Jest nagranie
cctv-none = Brak nagrania
cctv-unknown = Nie wiadomo

fate-taken = zabrane
fate-attempted = próba zabrania
fate-recovered = odzyskane
fate-damaged = uszkodzone

reason-false_positive = Nie doszło do tego
reason-benign = Nic groźnego
reason-insufficient = Za mało informacji
reason-out_of_scope = Nie dla tego systemu
reason-test = Próba

outcome-loss = Strata
outcome-recovered = Towar odzyskany
outcome-deterred = Udaremniono
outcome-police = Przekazano policji
outcome-no_action = Bez dalszych działań

role-staff = personel
role-reviewer = kierownictwo
role-publisher = publikowanie alertów
role-escalator = eskalacja
role-liaison = kontakt z policją
role-admin = administracja
role-auditor = audyt

state-new = Nowy
state-claimed = Przejęty
state-confirmed = Potwierdzony
state-resolved = Zakończony
state-declined = Odrzucony
state-merged = Połączony
state-withdrawn = Wycofany

platform-console = w konsoli
platform-slack = przez Slack
platform-discord = przez Discord
platform-api = przez program
platform-system = według zegara

field-site = Sklep
field-category = Jak pilne to jest?
field-what_happened = Co się stało
field-kind = Rodzaj
field-method = Sposób
field-zone = Strefa
field-when = Kiedy
field-happened = Kiedy to się stało?
field-goods = Towar z wartością
field-net_loss = Strata netto
field-staff_safe = Personel bezpieczny
field-still_present = Nadal na miejscu
field-weapon = Broń
field-injury = Obrażenia
field-persons = Liczba osób
field-cctv = Kamera
field-goods_what = Towar
field-goods_quantity = Ile sztuk
field-goods_price = Cena za sztukę
field-goods_fate = Co się z nim stało
field-text = Twój tekst
field-reason = Powód
field-into = Numer drugiego incydentu
field-outcome = Wynik
field-loss = Strata
field-camera = Która kamera
field-precision = Jak dokładnie znany jest czas?
field-photos = Zdjęcia

left_out-what_happened = Co się stało, własnymi słowami świadków
left_out-exact_time = Dokładny czas
left_out-site = Nazwa sklepu
left_out-zone = Strefa w sklepie
left_out-goods = Towar i jego wartość
left_out-persons = Ile osób brało udział
left_out-reporter = Kto zgłosił

pane-staff = personel
pane-reviewer = kierownictwo
pane-neighbour = otrzymuje alerty za zgodą
