# What chats are told of the app when it is installed.

manifest-description = Reporta en diez segundos lo que pasa en la tienda; los responsables deciden con botones; el público solo lee lo seguro.
manifest-long = El personal escribe /report y una línea, o rellena un formulario corto. Los responsables del local ven una tarjeta y la asumen, preguntan, confirman, rechazan y resuelven con botones; cada paso queda registrado. Quien reportó lo sigue en un mensaje directo. La aplicación solo lee lo que se le envía y las fotos en los canales de reporte, y todo se guarda en el servidor de la tienda.
manifest-command = Reporta algo que pasó en la tienda
manifest-hint = [now|info] qué pasó, en una línea
manifest-shortcut = Reportar un incidente
manifest-message = Reportar este mensaje
manifest-message-about = Convierte este mensaje en un reporte, con su texto, su enlace y sus fotos.
