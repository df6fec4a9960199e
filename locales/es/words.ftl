# The closed vocabularies. A key is its family and its word.

category-info = Información
category-potential_theft = Posible hurto
category-in_progress = Ocurre ahora

kind-shop_theft = Hurto en la tienda
kind-attempted_theft = Intento de hurto
kind-deterred = Evitado
kind-robbery = Robo con violencia
kind-burglary = Robo con entrada forzada
kind-violence = Violencia
kind-threat = Amenaza
kind-verbal_abuse = Insultos
kind-criminal_damage = Daños intencionados
kind-refund_fraud = Fraude en devolución
kind-payment_fraud = Fraude en pago
kind-label_tampering = Etiquetas alteradas
kind-antisocial_behaviour = Conducta antisocial
kind-breach_of_exclusion = Entrada pese a prohibición
kind-suspicious_activity = Actividad sospechosa
kind-other = Otra cosa

method-concealment = Ocultación
method-walk_out = Salida sin pagar
method-grab_and_run = Tirón y huida
method-push_out_trolley = Salida con el carrito
method-self_checkout_skip = Sin pasar por la caja automática
method-label_swap = Cambio de etiqueta
method-tag_removal = Retirada de la alarma
method-distraction = Distracción
method-refund = Devolución
method-delivery_interference = Interferencia en una entrega
method-till_snatch = Dinero tomado de la caja
method-other = De otro modo

zone-entrance = Entrada
zone-aisle = Pasillo
zone-till = Caja
zone-self_checkout = Caja automática
zone-stockroom = Almacén
zone-car_park = Estacionamiento
zone-delivery = Entregas
zone-other = Otro lugar

weapon-none = Ninguna
weapon-seen = Vista
weapon-threatened = Usada para amenazar
weapon-used = Usada

injury-none = Ninguna
injury-first_aid = Primeros auxilios
injury-hospital = Hospital
injury-unknown = No se sabe

staff_safe-yes = Sí
staff_safe-no = No
staff_safe-unknown = No se sabe

still_present-yes = Sí
still_present-left = Ya no
still_present-detained = Persona retenida
still_present-unknown = No se sabe

persons-1 = Una
persons-2 = Dos
persons-3 = Tres
persons-4-plus = Cuatro o más
persons-unknown = No se sabe

cctv-captured = Captado por cámara
cctv-none = No captado por cámara
cctv-unknown = No se sabe

fate-taken = se lo llevaron
fate-attempted = hubo intento
fate-recovered = se recuperó
fate-damaged = se dañó

reason-false_positive = No ocurrió
reason-benign = No tuvo importancia
reason-insufficient = Muy pocos datos
reason-out_of_scope = No corresponde a este sistema
reason-test = Una prueba

outcome-loss = Pérdida
outcome-recovered = Mercancía recuperada
outcome-deterred = Se evitó
outcome-police = En manos de la policía
outcome-no_action = Sin más acciones

role-staff = personal
role-reviewer = responsable
role-publisher = publicación de alertas
role-escalator = escalamiento
role-liaison = enlace con la policía
role-admin = administración
role-auditor = auditoría

state-new = Nuevo
state-claimed = Asumido
state-confirmed = Confirmado
state-resolved = Resuelto
state-declined = Descartado
state-merged = Unido
state-withdrawn = Retirado

platform-console = en la consola
platform-slack = en Slack
platform-discord = en Discord
platform-api = por un programa
platform-system = por el reloj

field-site = Tienda
field-category = ¿Qué urgencia tiene?
field-what_happened = Qué pasó
field-kind = Tipo
field-method = Método
field-zone = Zona
field-when = Cuándo
field-happened = ¿Cuándo ocurrió?
field-goods = Mercancía con valor
field-net_loss = Pérdida neta
field-staff_safe = Personal a salvo
field-still_present = Siguen allí
field-weapon = Arma
field-injury = Lesiones
field-persons = Personas implicadas
field-cctv = Cámara
field-goods_what = Mercancía
field-goods_quantity = Cantidad
field-goods_price = Precio por unidad
field-goods_fate = Qué pasó con ella
field-text = Su texto
field-reason = Motivo
field-into = Referencia del otro incidente
field-outcome = Resultado
field-loss = Pérdida
field-camera = Qué cámara
field-precision = ¿Con qué exactitud se sabe la hora?
field-photos = Fotos

left_out-what_happened = Qué pasó, en palabras de la gente
left_out-exact_time = La hora exacta
left_out-site = El nombre de la tienda
left_out-zone = La zona de la tienda
left_out-goods = La mercancía y su valor
left_out-persons = Cuántas personas participaron
left_out-reporter = Quién lo reportó

pane-staff = personal
pane-reviewer = responsable
pane-neighbour = aceptó recibir alertas
