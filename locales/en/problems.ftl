# What is wrong with a field, said beside it.

problem-missing = Please fill this in.
problem-too-long = At most { $most } characters; there are { $got }.
problem-too-many = At most { $most } entries; there are { $got }.
problem-unknown-word = Please choose one of: { $allowed }
problem-unknown-site = There is no such site for you. Choose one from the list.
problem-not-a-time = Please write a time like 2026-11-22T14:05:00Z.
problem-in-the-future = This time has not come yet.
problem-too-early = This is before the year 2000.
problem-out-of-range = Please write a number from { $least } to { $most }.
problem-not-a-currency = Please write a currency code like GBP.
problem-unknown-reference = There is no incident by that reference for you.
