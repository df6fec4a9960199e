# What is said in Slack alone.

slack-close = Cerrar
slack-notice-title = Shopwatch
slack-no-form = No se pudo abrir el formulario. Escribe /report y lo que pasó en una línea, o inténtalo de nuevo.
slack-home-more = Hay más. Aquí están los más recientes; el resto está en la consola.
slack-which-question = Varios de tus reportes tienen una pregunta. Pulsa el botón de respuesta debajo del que quieras.
slack-answered = Tu respuesta se añadió a { $reference }.
slack-unreachable = Shopwatch no puede publicar en el canal de triaje de { $site }. Invítalo allí o escribe otro canal en shop.toml. No se pierde nada.
