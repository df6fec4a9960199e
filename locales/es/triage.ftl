# Cards, buttons, timelines, and the answers to a press.

card-headline = { $reference } · { $category } · { $site }
card-standing = { $state }, { $ago }
card-standing-by = { $state } por { $name }, { $ago }
overdue-look = Fuera de plazo: nadie lo ha revisado. Espera desde { $ago }.
overdue-decide = Fuera de plazo: se reportó { $ago } y sigue sin decidirse.
not-known-yet = Aún no se sabe
site-unknown = tienda aún desconocida
site-unsaid = No se sabe en cuál de { $count } tiendas fue. Quien lo sepa, que la elija: entonces solo la ven sus responsables.
site-known = Ya se sabe en qué tienda fue.
card-moved = corresponde a otra tienda, y lo tienen sus responsables
next-level = Minutos sin que nadie lo revise: { $minutes }. Quien pueda, que lo asuma en su tarjeta o avise a alguien que pueda.
digest-head = A la espera de una primera revisión en { $site }, { $when }: { $count }
digest-more = y { $count } más
digest-next = Cada uno tiene su tarjeta en este canal: asúmalo allí.
digest-over = Lo que esperaba el { $day } ya no figura aquí. Lo que espera ahora está en su tarjeta.
still-missing = Falta para poder confirmarlo: { $facts }
corrected-mark = El texto se corrigió. El primer texto está en la cronología.
question-open = Pregunta para quien reportó, { $ago }: { $text }
merged-here = { $count ->
    [one] Otro incidente se unió a este.
   *[other] Otros { $count } incidentes se unieron a este.
}
sealed-for-you = El texto libre está reservado; su rol no lo ve.
goods-line = { $quantity } × { $what }, { $value } cada uno, { $fate }
goods-line-unpriced = { $quantity } × { $what }, aún sin valor, { $fate }
goods-sealed = (reservado)
ago-now = ahora mismo
ago-minutes = { $count ->
    [one] hace un minuto
   *[other] hace { $count } minutos
}
ago-hours = { $count ->
    [one] hace una hora
   *[other] hace { $count } horas
}
ago-days = { $count ->
    [one] hace un día
   *[other] hace { $count } días
}
when-both = { $ago } ({ $exact })
by-reporter = quien reportó
by-system = Shopwatch
step-by = { $who } { $step }
step-from-to = de «{ $from }» a «{ $to }»
step-late = { $minutes ->
    [one] un minuto después de lo previsto
   *[other] { $minutes } minutos después de lo previsto
}

button-claim = Asumir
button-release = Liberar
button-confirm = Confirmar
button-unmerge = Separar
button-reopen = Reabrir
button-withdraw = Retirar
button-site = ¿Qué tienda?
button-ask = Preguntar a quien reportó
button-answer = Responder
button-recategorise = Cambiar categoría
button-facts = Completar datos
button-details = Añadir detalles
button-decline = Descartar
button-merge = Unir
button-resolve = Resolver
button-note = Añadir nota
button-correct = Corregir el texto
button-preview = Ver la alerta
button-look = Ver foto
button-open = Abrir

intro-ask = Quien reportó ve su pregunta, no las notas de sus colegas.
intro-answer = Su respuesta llega a los responsables de su tienda.
intro-site = Lo ven los responsables de esa tienda y nadie más.
intro-recategorise = No se pierde nada de lo que ya se sabe.
intro-facts = Complete lo que sepa. Lo que deje vacío queda como está.
intro-details = Complete lo que sepa. Lo que deje vacío queda como está, y su primer texto sigue siendo legible.
intro-decline = Un incidente descartado sale de las cifras. Se puede reabrir durante 7 días.
intro-merge = Ambas cronologías quedan enteras, y la unión se puede deshacer.
intro-resolve = ¿Cómo terminó?
intro-note = La leen los responsables de esta tienda. Quien reportó no la ve.
intro-correct = El primer texto queda en la cronología.

submit-ask = Enviar pregunta
submit-answer = Enviar respuesta
submit-site = Guardar tienda
submit-recategorise = Cambiar categoría
submit-facts = Guardar datos
submit-details = Guardar detalles
submit-decline = Descartarlo
submit-merge = Unirlo
submit-resolve = Resolverlo
submit-note = Guardar nota
submit-correct = Guardar corrección

sure-withdraw = ¿Retirar este reporte? Los responsables verán que se retiró.
sure-unmerge = ¿Volver a separar este incidente del otro?
sure-release = ¿Liberar este incidente para que otra persona pueda asumirlo?
sure-decline = ¿Rechazar este reporte? Se avisará a quien lo envió.
sure-merge = ¿Unir este incidente con otro? Se puede volver a separar.

step-reported = envió el reporte
step-claimed = lo asumió
step-released = lo liberó
step-silently_released = lo liberó por falta de actividad
step-reminded = recordó a los responsables que nadie lo ha revisado
step-end_near = recordó a los responsables que pronto se borra sin decidir
step-undecided = recordó a los responsables que no se decidió a tiempo
step-end_moved = cambió el día en que se borra, pues cambiaron las reglas de la tienda
step-asked = preguntó a quien reportó
step-answered = respondió
step-recategorised = cambió la categoría
step-facts_completed = completó datos
step-confirmed = lo confirmó
step-declined = lo descartó
step-merged = lo unió a otro incidente
step-absorbed = le unió otro incidente
step-unmerged = lo separó del otro incidente
step-let_go = dejó salir el otro incidente
step-followed = sigue al incidente al que se unió
step-resolved = lo resolvió
step-reopened = lo reabrió
step-withdrawn = lo retiró
step-site_said = indicó en qué tienda fue
step-site_unanswered = esperó en vano a que se indicara la tienda
step-noted = anotó
step-corrected = corrigió el texto

told-claimed = Un responsable está revisando su reporte.
told-asked = Un responsable tiene una pregunta sobre su reporte.
told-confirmed = Su reporte se confirmó.
told-declined = Su reporte se descartó. El motivo figura en él.
told-merged = Su reporte se unió a otro sobre el mismo hecho.
told-resolved = Su reporte se resolvió.
told-reopened = Su reporte se reabrió.
told-followed = Hay novedades del reporte al que se unió el suyo. Su propio reporte dice cuáles.

lost-race = Otra persona se adelantó: { $reference } está ahora en «{ $standing }». Su acción no cambió nada.
lost-race-unseen = Otra persona se adelantó. Su acción no cambió nada. Vuelva a abrir el incidente para ver cómo está.
taken = { $name } se adelantó, { $ago }.
already-yours = Usted ya lo asumió.
missing-facts = Aún no se puede confirmar. Complete antes estos datos: { $facts }
question-is-open = Ya hay una pregunta que espera respuesta.
no-question = No hay ninguna pregunta que espere respuesta.
too-late = Se cerró hace más de { $days } días y no se puede reabrir.
merge-itself = Un incidente no se puede unir a sí mismo. Escriba la referencia de otro.
end-near = Se borra el { $date } y nadie lo ha decidido. Confírmelo o descártelo antes.
merge-has-merged = A este se unieron otros incidentes. Sepárelos antes.
in-use = Los responsables ya trabajan con este reporte, así que ya no se puede retirar. Diga con «Añadir detalles» que fue un error.
merge-not-open = El otro incidente está cerrado. Únalo a uno nuevo, asumido o confirmado.
nothing-changes = No cambiaría nada. Complete algo nuevo.
wrong-state = Ahora no es posible. Estado del incidente: { $state }.
needs-role = Esta acción corresponde a otro rol: { $roles }. No se cambió nada.
same-person = Este segundo paso corresponde a otra persona.
switched-off = Desactivado: hacen falta dos personas, y esta tienda ha nombrado menos.
not-found = Aquí no hay nada con ese nombre, o no es para usted.
unknown-press = Este botón es de otra versión. Vuelva a abrir el incidente y pulse allí.
key-reused = La misma Idempotency-Key llegó con otro reporte. Use una clave nueva para un reporte nuevo.
not-saved = NO se guardó. Envíelo otra vez; no se guardará dos veces.
broken = Algo falla por nuestra parte. Indique este número a su soporte técnico: { $reference }
problems-intro = { $count ->
    [one] Hay que cambiar una cosa. No se ha perdido nada.
   *[other] Hay que cambiar { $count } cosas. No se ha perdido nada.
}
