# Páginas de la consola.

web-title = { $shop } · Shopwatch
web-skip = Ir al contenido
web-tryout = Prueba: una tienda inventada con tres personas en una pantalla. Solo este equipo puede abrirla.
web-people = Personas
web-pane = { $name }, { $role }
web-signed-in-as = Sesión de { $name }
web-leave = Cerrar sesión
web-composer = Reportar
web-composer-label = Escriba aquí
web-composer-hint = Basta /report y una línea. /report solo abre el formulario.
web-composer-send = Enviar
web-my-reports = Mis reportes
web-my-reports-empty = Aquí aparece lo que usted reporta y en qué quedó. Escriba /report arriba para empezar.
web-triage = Revisión · { $place }
web-triage-empty = No hay incidentes abiertos. Los reportes nuevos aparecen aquí en cuanto alguien los envía.
web-notices = Novedades para usted
web-notices-empty = Cuando alguien revise su reporte, lo leerá aquí.
web-older = Anteriores
web-newest = Más recientes
web-timeline = Cronología
web-back = Volver
web-cancel = Cancelar
web-sure-title = ¿Seguro?
web-record-whole = { $lines ->
    [one] El registro está íntegro: una línea, comprobada ahora mismo.
   *[other] El registro está íntegro: { $lines } líneas, comprobadas ahora mismo.
}
web-record-broken = El registro NO está íntegro: la línea { $line } no es como se escribió.
web-reports-others = Incidentes
web-enter-title = Entrar
web-enter-intro = Este enlace le permite entrar como { $name }, una sola vez.
web-enter-press = Entrar
web-enter-gone-title = Este enlace ya no funciona
web-enter-gone = Ya se usó o tiene más de 15 minutos. Cree uno nuevo con: shopwatch enter NAME
web-sign-in-title = Inicie sesión
web-sign-in = Pida un enlace a su soporte técnico. Se crea con: shopwatch enter NAME
web-not-found-title = Aquí no hay nada
web-not-found = Aquí no hay nada con ese nombre, o no es para usted.
web-broken-title = Algo falla por nuestra parte
web-alerts = Alertas
web-alerts-empty = Aquí aparecerán las alertas de { $area } que usted aceptó recibir. Esta versión muestra una vista previa a los responsables y no envía ninguna.
web-optional = opcional
web-choose = Sin elegir
web-tabs = De quién es la pantalla
web-live = Los cambios aparecen solos.
web-csrf = Este formulario vino de otra página. No se cambió nada. Vuelva, recargue la página e inténtelo de nuevo.
web-too-fast = Demasiado a la vez. No se guardó nada. Espere un momento e inténtelo de nuevo.
