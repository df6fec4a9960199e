# What is wrong with a field, said beside it.
# U+200E stands before dates, amounts and commands, which would else be turned around between Urdu words.

problem-missing = یہ خانہ بھریں۔
problem-too-long = زیادہ سے زیادہ { $most } حروف؛ ابھی { $got } ہیں۔
problem-too-many = زیادہ سے زیادہ { $most } اندراج؛ ابھی { $got } ہیں۔
problem-unknown-word = ان میں سے ایک چنیں: { "\u200E" }{ $allowed }
problem-unknown-site = آپ کے لیے ایسی کوئی دکان نہیں۔ فہرست میں سے ایک چنیں۔
problem-not-a-time = وقت اس طرح لکھیں: { "\u200E" }2026-11-22T14:05:00Z
problem-in-the-future = یہ وقت ابھی نہیں آیا۔
problem-too-early = یہ سن 2000 سے پہلے کا ہے۔
problem-out-of-range = { $least } سے { $most } تک کا عدد لکھیں۔
problem-not-a-currency = کرنسی کا کوڈ لکھیں، جیسے GBP۔
problem-unknown-reference = آپ کے لیے اس حوالہ نمبر کا کوئی واقعہ نہیں۔
