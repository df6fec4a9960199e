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
api-photo-media-type = Envíe la foto como multipart/form-data, en el campo «photo».

step-photo_added = añadió una foto
step-mask_confirmed = confirmó lo que está tapado en una foto
step-original_viewed = vio el original de una foto
step-hold_placed = impuso una retención
step-hold_lifted = levantó la retención
step-erased = borrado, porque su plazo terminó

card-deleted = Borrado el { $date }, como se anunció

hold-title = Retención de { $reference }
hold-kept = Se borra el { $date } como muy pronto, cuando alguien haya decidido qué es.
hold-since = Retenido desde el { $date }: no se borra.
hold-reason = Por qué; queda registrado
hold-place = Imponer retención
hold-lift = Levantar retención
hold-placed = La retención está puesta: este incidente no se borra.
hold-lifted = La retención está levantada. Lo que ya venció se borra tras un día de aviso.
hold-other = La levanta otra persona: quien la impuso no puede.
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
