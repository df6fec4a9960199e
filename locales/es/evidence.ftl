# Fotos.

photos-title = Fotos
photo-stored = La foto está guardada y sellada tal como llegó. Su SHA-256, para conservarlo: { $sha256 }
photo-readers = Hasta que otra persona compruebe lo que está tapado, solo la ven usted y los responsables de la tienda.
photo-confirmed = Confirmado. Quien puede leer este incidente ve ahora la foto.
photo-alt = Foto { $number } de { $reference }, con las caras tapadas
photo-checked = Comprobada por una persona
photo-unchecked = Sin comprobar
photo-covered = partes tapadas por una máquina: { $count }
photo-covered-whole = tapada por completo, porque no se pudieron buscar caras
photo-hash = SHA-256 del original:
photo-confirm = Todas las caras están tapadas
photo-reason = Por qué necesita el original; queda registrado
photo-original = Ver original
photo-choose = JPEG, PNG o WebP, como máximo 25 MiB
photo-add = Añadir foto
photo-alike = Una foto de aquí se parece a una de
photo-drawn = partes tapadas por una persona: { $count }
photo-drawn-whole = tapada por completo por una persona
photo-draw = Cambiar lo que está tapado
photo-drew = Usted marcó lo que está tapado, así que lo confirma otra persona.
photo-overtaken = Otra persona cambió entretanto lo que está tapado. No se ha guardado nada; mire la foto como está ahora.
looks-title = Miradas a las fotos: { $count }
looks-line = { $who } miró la foto …{ $photo }, copia { $copy }
looks-broken = Alguien cambió la lista de miradas a las fotos.
boxes-title = Lo que está tapado en una foto de { $reference }
boxes-intro = Las partes marcadas quedan tapadas para siempre en la copia que se mira; el original sigue como se envió. Después lo confirma alguien que ni subió la foto ni dibujó en ella.
boxes-how = Dibuje sobre la imagen para tapar una parte; toque una parte para destaparla. Con el teclado: las flechas mueven una parte, Mayús con las flechas la agranda o la reduce, la barra espaciadora la destapa.
boxes-alt = La foto con sus partes tapadas
boxes-place = Parte { $number }
boxes-places = Partes tapadas
boxes-everything = Tapar toda la imagen
boxes-new = Añadir una parte
boxes-more = Tapar más partes
boxes-pixels = En píxeles desde el borde izquierdo y el superior. La imagen tiene { $width } × { $height }.
boxes-left = { $row }: desde la izquierda
boxes-top = { $row }: desde arriba
boxes-width = { $row }: ancho
boxes-height = { $row }: alto
boxes-save = Guardar
boxes-saved = Tapada de nuevo. Hasta que otra persona lo confirme, solo ven la foto quien informó y los responsables de la tienda.
api-photo-media-type = Envíe la foto como multipart/form-data, en el campo «photo».

step-photo_added = añadió una foto
step-mask_confirmed = confirmó lo que está tapado en una foto
step-mask_changed = cambió lo que está tapado en una foto
step-original_viewed = vio el original de una foto
step-hold_placed = impuso una retención
step-hold_lifted = levantó la retención
step-erasure_asked = pidió que se borre antes de su plazo
step-erased = borrado, porque su plazo terminó

card-deleted = Borrado el { $date }

hold-title = Retención de { $reference }
hold-kept = Se borra el { $date } como muy pronto, cuando alguien haya decidido qué es.
hold-since = Retenido desde el { $date }: no se borra.
hold-reason = Por qué; queda registrado
hold-place = Imponer retención
hold-lift = Levantar retención
hold-placed = La retención está puesta: este incidente no se borra.
hold-lifted = La retención está levantada. Lo que ya venció se borra tras un día de aviso.
hold-other = La levanta otra persona: quien la impuso no puede.
on-hold = Está retenido: no se borra nada de él hasta que se levante la retención.
erase-ask = Pedir que se borre ya
erase-confirm = Borrarlo ya, para siempre
erase-waits = Desde el { $date } espera a que otra persona de administración confirme que se borra antes de su plazo.
erase-asked = Pedido. Otra persona de administración tiene que confirmarlo.
erase-done = Borrado: sus palabras y su clave ya no existen; sus fotos se borran en cuanto lo permitan sus bloqueos.
retention-goes = Se borran desde el { $date }, porque su plazo terminó: incidentes { $incidents }, fotos { $photos }.
retention-waits = No se borra nada hasta que alguien lo confirme en el servidor (shopwatch retention plan). Esperan: incidentes { $incidents }, fotos { $photos }.

unfit-not_a_photo = Este archivo no es una foto que se pueda leer aquí. JPEG, PNG y WebP sí.
unfit-heic = HEIC y AVIF todavía no se pueden leer aquí. Envíe la foto como JPEG.
unfit-too_large = Una foto tiene como máximo 25 MiB. Envíe una más pequeña.
unfit-too_many_pixels = Esta imagen tiene más píxeles de los que puede tener una foto. Envíe una más pequeña.
unfit-animated = Esta imagen se mueve. Envíe una fija.
unfit-truncated = Falta el final de este archivo. Envíelo otra vez.
unfit-damaged = Este archivo está dañado. Envíelo otra vez, o envíe otra foto.
unfit-too_hard = Se tardó demasiado en leer este archivo. Envíe otra foto.

photos-unchecked = sin comprobar: { $count }
photos-coming = en camino: { $count }
photos-not-taken = Fotos que no se pudieron tomar: { $count }. El historial dice por qué.
photos-received = Sus fotos para { $reference } han llegado. Su ficha las muestra en cuanto estén guardadas.
photos-not-theirs = No se añadió nada: las fotos de un reporte vienen de quien lo envió. Lo que usted vio es un reporte propio; envíe la foto en el canal de reportes y una persona responsable puede unir los dos.

step-photos_sent = envió fotos
step-photo_not_taken = no pudo tomar una foto

not_taken-gone = ya no está
not_taken-too_large = tiene más de 25 MiB
not_taken-not_a_photo = no es una foto que se pueda leer aquí
not_taken-heic = HEIC y AVIF todavía no se pueden leer aquí
not_taken-unreadable = no se pudo leer
not_taken-no_access = la aplicación no tiene permiso para leerla
not_taken-too_many = ya hay diez
not_taken-known = ya está

told-photo_gone = No se pudo tomar una foto: ya no está. Envíela otra vez aquí.
told-photo_too_large = No se pudo tomar una foto: tiene más de 25 MiB. Envíe aquí una más pequeña.
told-photo_not_a_photo = No se pudo tomar un archivo: no es una foto que se pueda leer aquí. Envíela como JPEG, PNG o WebP.
told-photo_heic = No se pudo tomar una foto: HEIC y AVIF todavía no se pueden leer aquí. Envíela otra vez aquí como JPEG.
told-photo_unreadable = No se pudo tomar una foto: no se pudo leer. Envíela otra vez aquí, o envíe otra.
told-photo_no_access = No se pudo tomar una foto: la aplicación no tiene permiso para leerla. La administración de la tienda puede ver por qué; conserve la foto y envíela otra vez más tarde.
told-photo_too_many = No se pudo tomar una foto: su reporte ya tiene diez.
told-photo_known = Una foto ya estaba; se guarda una sola vez.
