# Lo que solo se dice en Discord.

discord-receipt-next = Pulsa el botón para recibir un mensaje directo cuando alguien lo revise.
discord-told-next = Recibirás un mensaje directo cuando alguien revise tus informes.
discord-tell = Avisarme por mensaje directo
discord-hush = No más mensajes directos
discord-hushed = Ya no recibirás mensajes directos.
discord-more = Más
discord-unreachable = Shopwatch no puede publicar en el canal de revisión de { $site }. Deja que vea ese canal y escriba en él, o pon otro en shop.toml. No se pierde nada.
discord-unreachable-person = Shopwatch no puede escribirte. Permite los mensajes directos de los miembros de este servidor y vuelve a pulsar.
discord-dropped = { $reference } recibido. Solo las personas encargadas de esta tienda ven lo que contiene.
discord-not-dropped = Esto no se ha guardado como informe. Escribe /report para enviar el tuyo.

# The commands, as they stand in Discord's own menus: names in small letters, without spaces.
discord_command-report = informar
discord_command-message = Informar de este mensaje
discord_option-what_happened = que_paso
discord_option-category = categoria
discord_option-site = tienda
discord_option-zone = zona
discord_option-goods = articulos
discord_option-value = valor
discord_option-weapon = arma
discord_option-still_present = siguen_ahi
discord_option-staff_safe = personal_a_salvo
discord_option-photo1 = foto1
discord_option-photo2 = foto2
discord_option-photo3 = foto3
discord_hint-report = Informa de lo que ha pasado; basta una línea
discord_hint-what_happened = Con tus palabras; empieza por “now” si está pasando ahora
discord_hint-category = Con qué rapidez hay que mirarlo
discord_hint-site = La tienda, si este canal no lo dice
discord_hint-zone = En qué parte de la tienda
discord_hint-goods = Qué se llevaron
discord_hint-value = Lo que cuesta una unidad, por ejemplo 21.50
discord_hint-weapon = Si había un arma
discord_hint-still_present = Si siguen ahí
discord_hint-staff_safe = Si todo el mundo está a salvo
discord_hint-photo1 = Una foto
discord_hint-photo2 = Otra foto
discord_hint-photo3 = Una foto más
