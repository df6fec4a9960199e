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

unfit-not_a_photo = یہ فائل ایسی تصویر نہیں جو یہاں پڑھی جا سکے۔ JPEG، PNG اور WebP پڑھی جا سکتی ہیں۔
unfit-heic = HEIC اور AVIF ابھی یہاں نہیں پڑھی جا سکتیں۔ براہ کرم تصویر JPEG میں بھیجیں۔
unfit-too_large = تصویر زیادہ سے زیادہ 25 MiB کی ہوتی ہے۔ براہ کرم چھوٹی بھیجیں۔
unfit-too_many_pixels = اس تصویر میں اجازت سے زیادہ پکسل ہیں۔ براہ کرم چھوٹی بھیجیں۔
unfit-animated = یہ تصویر حرکت کرتی ہے۔ براہ کرم ساکن تصویر بھیجیں۔
unfit-truncated = اس فائل کا آخری حصہ موجود نہیں۔ براہ کرم اسے دوبارہ بھیجیں۔
unfit-damaged = یہ فائل خراب ہے۔ براہ کرم اسے دوبارہ بھیجیں، یا کوئی اور تصویر بھیجیں۔
unfit-too_hard = اس فائل کو پڑھنے میں بہت دیر لگی۔ براہ کرم کوئی اور تصویر بھیجیں۔

photos-unchecked = ابھی نہیں دیکھی گئیں: { $count }
photos-coming = راستے میں: { $count }
photos-not-taken = جو تصاویر نہیں لی جا سکیں: { $count }۔ وجہ روداد میں لکھی ہے۔

step-photos_sent = نے تصاویر بھیجیں
step-photo_not_taken = تصویر نہیں لے سکا

not_taken-gone = وہ اب وہاں نہیں ہے
not_taken-too_large = وہ 25 MiB سے زیادہ ہے
not_taken-not_a_photo = وہ ایسی تصویر نہیں جو یہاں پڑھی جا سکے
not_taken-heic = HEIC اور AVIF ابھی یہاں نہیں پڑھی جا سکتیں
not_taken-unreadable = وہ پڑھی نہیں جا سکی
not_taken-no_access = ایپ کو اسے پڑھنے کی اجازت نہیں
not_taken-too_many = پہلے ہی دس موجود ہیں
not_taken-known = وہ پہلے سے موجود ہے

told-photo_gone = ایک تصویر نہیں لی جا سکی: وہ اب وہاں نہیں ہے۔ براہ کرم اسے یہاں دوبارہ بھیجیں۔
told-photo_too_large = ایک تصویر نہیں لی جا سکی: وہ 25 MiB سے زیادہ ہے۔ براہ کرم یہاں چھوٹی بھیجیں۔
told-photo_not_a_photo = ایک فائل نہیں لی جا سکی: وہ ایسی تصویر نہیں جو یہاں پڑھی جا سکے۔ براہ کرم اسے JPEG، PNG یا WebP میں بھیجیں۔
told-photo_heic = ایک تصویر نہیں لی جا سکی: HEIC اور AVIF ابھی یہاں نہیں پڑھی جا سکتیں۔ براہ کرم اسے یہاں JPEG میں دوبارہ بھیجیں۔
told-photo_unreadable = ایک تصویر نہیں لی جا سکی: وہ پڑھی نہیں جا سکی۔ براہ کرم اسے یہاں دوبارہ بھیجیں، یا کوئی اور بھیجیں۔
told-photo_no_access = ایک تصویر نہیں لی جا سکی: ایپ کو اسے پڑھنے کی اجازت نہیں۔ دکان کے ایڈمن وجہ دیکھ سکتے ہیں؛ براہ کرم تصویر سنبھال کر رکھیں اور بعد میں دوبارہ بھیجیں۔
told-photo_too_many = ایک تصویر نہیں لی جا سکی: آپ کی رپورٹ میں پہلے ہی دس ہیں۔
told-photo_known = ایک تصویر پہلے سے موجود تھی؛ وہ ایک ہی بار رکھی جاتی ہے۔
