# What the public would read.

preview-title = Lo que leería el público
preview-nothing-sent = Es una vista previa. No se ha enviado nada, y esta versión no envía alertas.
preview-text = Reportado en { $area }, hacia { $around }: { $kind }.
preview-over = Ya terminó.
preview-ongoing = Puede que siga ocurriendo.
preview-left-out = No se incluye
preview-advice = Mantenga la distancia y llame a la policía si necesita ayuda.
