# What a program is told, and through it the person who wrote it.

problem-unknown-field = Este campo no se conoce aquí. Se conocen: { $known }
problem-not-text = Envíe texto.
problem-not-a-list = Envíe una lista.
problem-not-an-object = Envíe un objeto con campos.
problem-given-twice = Este campo está dos veces. Envíelo una sola vez.
problem-not-a-key = Envíe de 1 a { $most } caracteres ASCII visibles.
problem-not-a-cursor = Envíe el «next» de una página anterior.

api-unauthorised = Envíe una clave vigente, como «Authorization: Bearer KEY». Su soporte técnico la crea con: shopwatch key create
api-malformed-json = Desde la línea { $line }, columna { $column }, esto no es JSON. No se guardó nada.
api-broke-off = El cuerpo no llegó entero. No se guardó nada. Envíelo otra vez con la misma Idempotency-Key.
api-too-large = El cuerpo puede tener como máximo { $most } bytes. No se guardó nada.
api-media-type = Envíe el cuerpo como application/json. No se guardó nada.
api-method = Esta dirección no admite este método. La cabecera Allow nombra los que admite.
api-unavailable = No es posible en este momento. Inténtelo de nuevo.
api-not-saved = NO se guardó. Inténtelo de nuevo con la misma Idempotency-Key; así nada se guarda dos veces.
api-too-many-requests = NO se ha guardado. Esta clave tiene { $most } solicitudes en curso, el máximo para una clave. Espere a que se respondan y vuelva a intentarlo con la misma Idempotency-Key.
api-misdirected = Este servidor no se llama así. Use su propia dirección o configure SHOPWATCH_PUBLIC_URL.

title-malformed-json = No es JSON
title-unauthorised = Hace falta una clave
title-forbidden = Corresponde a otro rol
title-cross-site = Viene de otra página
title-not-found = Aquí no hay nada con ese nombre
title-method-not-allowed = No es posible en esta dirección
title-broke-off = Se interrumpió
title-changed = Otra persona se adelantó
title-taken = Otra persona ya lo asumió
title-already-yours = Ya lo tiene usted
title-missing-facts = Faltan datos
title-wrong-state = No es posible en este estado
title-question-open = Hay una pregunta que espera respuesta
title-no-question = Ninguna pregunta espera respuesta
title-too-late = Se cerró hace demasiado tiempo
title-has-merged = Tiene otros incidentes unidos
title-other-not-open = El otro incidente está cerrado
title-nothing-changes = No cambiaría nada
title-on-hold = Está retenido
title-misdirected = Este servidor no se llama así
title-too-large = Demasiado grande
title-unsupported-media-type = No se envió como hace falta
title-invalid = Hay algo que cambiar
title-key-reused = La Idempotency-Key ya se usó
title-broken = Algo falla por nuestra parte
title-too-many-requests = Demasiadas solicitudes en curso
title-unavailable = No es posible en este momento
