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
