# What is said in Slack alone.

slack-close = Zamknij
slack-notice-title = Shopwatch
slack-no-form = Nie udało się otworzyć formularza. Napisz /report i w jednym wierszu, co się stało, albo spróbuj ponownie.
slack-home-more = Jest tego więcej. Tu są najnowsze; reszta jest w konsoli.
slack-which-question = Do kilku twoich zgłoszeń jest pytanie. Naciśnij przycisk odpowiedzi pod właściwym.
slack-answered = Twoja odpowiedź została dodana do { $reference }.
slack-unreachable = Shopwatch nie może pisać na kanale decyzyjnym miejsca { $site }. Zaproś go tam albo wpisz inny kanał w shop.toml. Nic nie ginie.
