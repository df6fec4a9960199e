# What somebody reads who reports.
# U+200E stands before dates, amounts and commands, which would else be turned around between Urdu words.

receipt-sent = یہ صرف آپ دیکھ سکتے ہیں: { $reference } بھیج دی گئی۔
receipt-seen = یہ صرف آپ دیکھ سکتے ہیں: { $reference } پہلے ہی پہنچ چکی تھی۔ کچھ بھی دو بار محفوظ نہیں ہوا۔
receipt-stored = محفوظ: { $category }، { $site }، { "\u200E" }{ $when }۔
receipt-text = آپ کے الفاظ: { $text }
receipt-readers = کون دیکھ سکتا ہے: { $site } کے مینیجر۔ آپ کا نام پوشیدہ ہے۔
receipt-which-site = یہ کس دکان میں ہوا؟ { $until } تک یہ صرف آپ کو نظر آتا ہے؛ اس کے بعد ان سب دکانوں کے مینیجر اسے دیکھیں گے جن کے لیے آپ اطلاع دیتے ہیں۔
receipt-deleted = یہ { "\u200E" }{ $date } کو مٹا دی جائے گی، سوائے اس کے کہ کوئی مینیجر تصدیق کرے یا قانون زیادہ مدت مانگے۔
receipt-next = جب کوئی اسے دیکھے گا تو آپ کو یہیں بتایا جائے گا۔
emergency-line = اگر کوئی خطرے میں ہے تو { $number } پر کال کریں۔ یہ سافٹ ویئر آپ کی طرف سے کبھی کال نہیں کرتا۔
help-first = { "\u200E" }/report کے بعد لکھیں کہ کیا ہوا: ایک سطر کافی ہے۔ ابھی ہو رہا ہو تو شروع میں “now” لکھیں، اور جلدی نہ ہو تو “info”۔
help-second = صرف { "\u200E" }/report لکھنے سے فارم کھلتا ہے۔ اسے آپ کی دکان کے مینیجر دیکھتے ہیں، کوئی اور نہیں؛ جب تک ان میں سے کوئی اسے نہ سنبھالے، آپ اسے واپس لے سکتے ہیں۔
unknown-first = یہ خانہ “{ "\u200E" }{ $text }” کو نہیں پہچانتا۔

form-report-title = رپورٹ
form-report-intro = صرف دکان بتانا ضروری ہے۔ باقی سب سے مدد ملتی ہے اور بعد میں بھی لکھا جا سکتا ہے۔
form-send = رپورٹ بھیجیں
hint-what-happened = اپنے الفاظ میں۔ لوگوں کے نام نہ لکھیں۔
hint-happened = ابھی کی بات ہو تو خالی چھوڑ دیں۔ دکان کا وقت۔
hint-price = { $currency } میں، جیسے 21.50
hint-merge = جیسے SW-7K3QF-2۔ یہ واقعہ اُس واقعے کا حصہ بن جائے گا۔
