# تصاویر۔

photos-title = تصاویر
photo-stored = تصویر جیسی آئی تھی ویسی ہی محفوظ اور سربمہر ہے۔ اس کا SHA-256، رکھنے کے لیے: { $sha256 }
photo-readers = جب تک کوئی اور نہ دیکھ لے کہ کیا ڈھکا ہے، اسے صرف آپ اور دکان کے منتظمین دیکھتے ہیں۔
photo-confirmed = تصدیق ہو گئی۔ جو یہ واقعہ پڑھ سکتا ہے اب تصویر بھی دیکھتا ہے۔
photo-alt = { $reference } کی تصویر { $number }، ڈھکے ہوئے چہروں کے ساتھ
photo-checked = کسی انسان نے دیکھ لی ہے
photo-unchecked = ابھی نہیں دیکھی گئی
photo-covered = مشین نے جو جگہیں ڈھکیں: { $count }
photo-covered-whole = پوری ڈھکی ہوئی، کیونکہ چہرے تلاش نہیں کیے جا سکے
photo-hash = اصل کا SHA-256:
photo-confirm = ہر چہرہ ڈھکا ہوا ہے
photo-reason = آپ کو اصل کیوں چاہیے؛ یہ ریکارڈ میں رہتا ہے
photo-original = اصل دیکھیں
photo-choose = JPEG، PNG یا WebP، زیادہ سے زیادہ 25 MiB
photo-add = تصویر شامل کریں
api-photo-media-type = تصویر multipart/form-data کے طور پر، خانہ “photo” میں بھیجیں۔

step-photo_added = نے تصویر شامل کی
step-mask_confirmed = نے تصدیق کی کہ تصویر میں کیا ڈھکا ہے
step-original_viewed = نے اصل تصویر دیکھی
step-hold_placed = نے مٹانے سے روکا
step-hold_lifted = نے روک ہٹائی
step-erased = مدت پوری ہونے پر مٹا دیا گیا

card-deleted = اعلان کے مطابق { "\u200E" }{ $date } کو مٹا دیا گیا

hold-title = { $reference } پر روک
hold-kept = یہ جلد از جلد { "\u200E" }{ $date } کو مٹتا ہے، جب کوئی فیصلہ کر لے کہ یہ کیا ہے۔
hold-since = { "\u200E" }{ $date } سے روکا ہوا ہے: یہ نہیں مٹتا۔
hold-reason = کیوں؛ یہ ریکارڈ میں رہتا ہے
hold-place = روک لگائیں
hold-lift = روک ہٹائیں
hold-placed = روک لگ گئی: یہ واقعہ نہیں مٹتا۔
hold-lifted = روک ہٹ گئی۔ جس کی مدت پوری ہو چکی وہ ایک دن کی اطلاع کے بعد مٹتا ہے۔
hold-other = اسے کوئی اور ہٹائے: جس نے روک لگائی وہ نہیں ہٹا سکتا۔
retention-goes = { "\u200E" }{ $date } سے مٹ رہے ہیں، کیونکہ ان کی مدت پوری ہوئی: واقعات { $incidents }، تصاویر { $photos }۔
retention-waits = جب تک کوئی سرور پر تصدیق نہ کرے (shopwatch retention plan) کچھ نہیں مٹتا۔ منتظر: واقعات { $incidents }، تصاویر { $photos }۔

unfit-not_a_photo = یہ فائل ایسی تصویر نہیں جو یہاں پڑھی جا سکے۔ JPEG، PNG اور WebP پڑھی جا سکتی ہیں۔
unfit-heic = HEIC اور AVIF ابھی یہاں نہیں پڑھی جا سکتیں۔ براہ کرم تصویر JPEG میں بھیجیں۔
unfit-too_large = تصویر زیادہ سے زیادہ 25 MiB کی ہوتی ہے۔ براہ کرم چھوٹی بھیجیں۔
unfit-too_many_pixels = اس تصویر میں اجازت سے زیادہ پکسل ہیں۔ براہ کرم چھوٹی بھیجیں۔
unfit-animated = یہ تصویر حرکت کرتی ہے۔ براہ کرم ساکن تصویر بھیجیں۔
unfit-truncated = اس فائل کا آخری حصہ موجود نہیں۔ براہ کرم اسے دوبارہ بھیجیں۔
unfit-damaged = یہ فائل خراب ہے۔ براہ کرم اسے دوبارہ بھیجیں، یا کوئی اور تصویر بھیجیں۔
unfit-too_hard = اس فائل کو پڑھنے میں بہت دیر لگی۔ براہ کرم کوئی اور تصویر بھیجیں۔
