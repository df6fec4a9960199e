# What the public would read.

preview-title = Co przeczytaliby odbiorcy
preview-nothing-sent = To tylko podgląd. Nic nie zostało wysłane, a ta wersja nie wysyła alertów.
preview-text = Zgłoszenie z obszaru { $area }, około { $around }: { $kind }.
preview-over = Zdarzenie już się zakończyło.
preview-ongoing = To może jeszcze trwać.
preview-left-out = Pominięto
preview-advice = Zachowaj odległość i zadzwoń na policję, jeśli potrzebujesz pomocy.
