# What chats are told of the app when it is installed.

manifest-description = Zgłoś w dziesięć sekund, co dzieje się w sklepie; kierownictwo decyduje przyciskami; publicznie widać tylko to, co bezpieczne.
manifest-long = Pracownicy piszą /report i jeden wiersz albo wypełniają krótki formularz. Kierownictwo miejsca widzi kartę i przejmuje, pyta, potwierdza, odrzuca i zamyka przyciskami; każdy krok jest zapisany. Kto zgłosił, śledzi to w wiadomości prywatnej. Aplikacja czyta tylko to, co się do niej wysyła, i zdjęcia z kanałów zgłoszeń, a wszystko zostaje na serwerze sklepu.
manifest-command = Zgłoś coś, co stało się w sklepie
manifest-hint = [now|info] co się stało, w jednym wierszu
manifest-shortcut = Zgłoś incydent
manifest-message = Zgłoś tę wiadomość
manifest-message-about = Robi z tej wiadomości zgłoszenie, z jej słowami, linkiem i zdjęciami.
