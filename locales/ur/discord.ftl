# جو صرف Discord میں کہا جاتا ہے۔

discord-receipt-next = جب کوئی اسے دیکھے تو ذاتی پیغام پانے کے لیے بٹن دبائیں۔
discord-told-next = جب کوئی آپ کی رپورٹیں دیکھے گا تو آپ کو ذاتی پیغام ملے گا۔
discord-tell = مجھے ذاتی پیغام میں بتائیں
discord-hush = مزید ذاتی پیغام نہیں
discord-hushed = اب آپ کو ذاتی پیغام نہیں ملے گا۔
discord-more = مزید
discord-unreachable = Shopwatch { $site } کے فیصلوں کے چینل میں نہیں لکھ سکتا۔ اسے وہ چینل دیکھنے اور وہاں لکھنے دیں، یا shop.toml میں کوئی اور چینل لکھیں۔ کچھ ضائع نہیں ہوا۔
discord-unreachable-person = Shopwatch آپ کو نہیں لکھ سکتا۔ اس سرور کے ارکان کے ذاتی پیغامات کی اجازت دیں، پھر دوبارہ دبائیں۔
discord-dropped = { $reference } مل گئی۔ اس میں جو ہے وہ صرف اس دکان کے منتظمین دیکھتے ہیں۔
discord-not-dropped = یہ رپورٹ کے طور پر محفوظ نہیں ہوا۔ اپنی رپورٹ کے لیے /report لکھیں۔

# The commands, as they stand in Discord's own menus: names in small letters, without spaces.
discord_command-report = رپورٹ
discord_command-message = اس پیغام کی رپورٹ کریں
discord_option-what_happened = کیا_ہوا
discord_option-category = قسم
discord_option-site = دکان
discord_option-zone = جگہ
discord_option-goods = سامان
discord_option-value = قیمت
discord_option-weapon = ہتھیار
discord_option-still_present = ابھی_موجود
discord_option-staff_safe = عملہ_محفوظ
discord_option-photo1 = تصویر1
discord_option-photo2 = تصویر2
discord_option-photo3 = تصویر3
discord_hint-report = بتائیں کیا ہوا؛ ایک سطر کافی ہے
discord_hint-what_happened = اپنے الفاظ میں؛ اگر ابھی ہو رہا ہے تو “now” سے شروع کریں
discord_hint-category = کتنی جلدی دیکھنا ضروری ہے
discord_hint-site = دکان، اگر یہ چینل نہیں بتاتا
discord_hint-zone = دکان کے کس حصے میں
discord_hint-goods = کیا لیا گیا
discord_hint-value = ایک کی قیمت، مثلاً 21.50
discord_hint-weapon = کیا کوئی ہتھیار تھا
discord_hint-still_present = کیا وہ ابھی وہاں ہیں
discord_hint-staff_safe = کیا سب محفوظ ہیں
discord_hint-photo1 = ایک تصویر
discord_hint-photo2 = دوسری تصویر
discord_hint-photo3 = تیسری تصویر
