# What is wrong with a field, said beside it.

problem-missing = Complete este campo.
problem-too-long = Como máximo { $most } caracteres; aquí hay { $got }.
problem-too-many = Como máximo { $most } entradas; aquí hay { $got }.
problem-unknown-word = Elija una de estas opciones: { $allowed }
problem-unknown-site = Esa tienda no existe para usted. Elija una de la lista.
problem-not-a-time = Escriba una hora como 2026-11-22T14:05:00Z.
problem-in-the-future = Esa hora todavía no ha llegado.
problem-too-early = Es anterior al año 2000.
problem-out-of-range = Escriba un número de { $least } a { $most }.
problem-not-a-currency = Escriba un código de moneda como GBP.
problem-unknown-reference = No hay ningún incidente con esa referencia para usted.
