# What somebody reads who reports.

receipt-sent = Solo usted puede ver esto: { $reference } enviado.
receipt-seen = Solo usted puede ver esto: { $reference } ya había llegado. No se guardó dos veces.
receipt-stored = Guardado: { $category }, { $site }, { $when }.
receipt-text = Sus palabras: { $text }
receipt-readers = Quién puede verlo: responsables de { $site } y quien esté en su canal; sin sus palabras, también quien publica alertas o avisa a la policía; auditoría, solo que existe. Su nombre queda reservado.
receipt-which-site = ¿En qué tienda fue? Hasta { $until } solo usted lo ve; después lo ven los responsables de todas las tiendas para las que usted informa.
receipt-deleted = Se borra el { $date }, salvo que un responsable lo confirme o la ley exija más tiempo.
receipt-next = Aquí verá cuándo alguien empieza a revisarlo.
emergency-line = Llame al { $number } si alguien está en peligro. Este programa nunca llama por usted.
help-first = /report y lo que pasó: basta una línea. Empiece con «now» si está ocurriendo, o con «info» si nadie necesita darse prisa.
help-second = /report solo abre el formulario. Lo ven los responsables de su tienda y quien esté en su canal; sin sus palabras, también quien publica alertas o avisa a la policía. Puede retirarlo hasta que un responsable lo asuma.
unknown-first = Este cuadro no reconoce «{ $text }».

form-report-title = Reporte
form-report-intro = Solo hace falta la tienda. Todo lo demás ayuda y se puede añadir después.
form-send = Enviar reporte
hint-what-happened = Con sus propias palabras. No escriba nombres de personas.
hint-happened = Déjelo vacío si es ahora. Hora de la tienda.
hint-price = En { $currency }, por ejemplo 21.50
hint-merge = Por ejemplo SW-7K3QF-2. Este incidente pasa a formar parte de aquel.
