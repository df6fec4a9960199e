# Co mówimy tylko na Discordzie.

discord-receipt-next = Naciśnij przycisk, aby dostać wiadomość prywatną, gdy ktoś się tym zajmie.
discord-told-next = Dostaniesz wiadomość prywatną, gdy ktoś zajmie się twoimi zgłoszeniami.
discord-tell = Powiadom mnie prywatnie
discord-hush = Bez wiadomości prywatnych
discord-hushed = Nie dostaniesz więcej wiadomości prywatnych.
discord-more = Więcej
discord-unreachable = Shopwatch nie może pisać na kanale decyzji sklepu { $site }. Pozwól mu widzieć ten kanał i na nim pisać albo wpisz inny w shop.toml. Nic nie przepadło.
discord-unreachable-person = Shopwatch nie może do ciebie napisać. Zezwól na wiadomości prywatne od członków tego serwera i naciśnij ponownie.
discord-dropped = { $reference } przyjęte. Treść widzą tylko kierownicy tego sklepu.
discord-not-dropped = To nie zostało zapisane jako zgłoszenie. Napisz /report, aby wysłać własne.

# The commands, as they stand in Discord's own menus: names in small letters, without spaces.
discord_command-report = zgłoś
discord_command-message = Zgłoś tę wiadomość
discord_option-what_happened = co_się_stało
discord_option-category = kategoria
discord_option-site = sklep
discord_option-zone = miejsce
discord_option-goods = towar
discord_option-value = wartość
discord_option-weapon = broń
discord_option-still_present = czy_są
discord_option-staff_safe = czy_bezpiecznie
discord_option-photo1 = zdjęcie1
discord_option-photo2 = zdjęcie2
discord_option-photo3 = zdjęcie3
discord_hint-report = Zgłoś, co się stało; wystarczy jedna linia
discord_hint-what_happened = Własnymi słowami; zacznij od „now”, jeśli to trwa
discord_hint-category = Jak szybko ktoś musi spojrzeć
discord_hint-site = Sklep, jeśli ten kanał go nie określa
discord_hint-zone = W której części sklepu
discord_hint-goods = Co zabrano
discord_hint-value = Cena jednej sztuki, na przykład 21.50
discord_hint-weapon = Czy była broń
discord_hint-still_present = Czy nadal tam są
discord_hint-staff_safe = Czy wszyscy są bezpieczni
discord_hint-photo1 = Zdjęcie
discord_hint-photo2 = Drugie zdjęcie
discord_hint-photo3 = Trzecie zdjęcie
