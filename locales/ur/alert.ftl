# What the public would read.
# U+200E stands before dates, amounts and commands, which would else be turned around between Urdu words.

preview-title = عوام کیا پڑھیں گے
preview-nothing-sent = یہ صرف پیش منظر ہے۔ کچھ نہیں بھیجا گیا، اور یہ ورژن کوئی الرٹ نہیں بھیجتا۔
preview-text = { $area } میں { "\u200E" }{ $around } کے لگ بھگ کی رپورٹ: { $kind }۔
preview-over = واقعہ ختم ہو چکا ہے۔
preview-ongoing = ممکن ہے یہ ابھی جاری ہو۔
preview-left-out = جو شامل نہیں
preview-advice = فاصلہ رکھیں، اور مدد چاہیے تو پولیس کو کال کریں۔
