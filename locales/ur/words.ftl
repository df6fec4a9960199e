# The closed vocabularies. A key is its family and its word.

category-info = اطلاع
category-potential_theft = ممکنہ چوری
category-in_progress = ابھی ہو رہا ہے

kind-shop_theft = دکان سے چوری
kind-attempted_theft = چوری کی کوشش
kind-deterred = روک لیا گیا
kind-robbery = ڈکیتی
kind-burglary = نقب زنی
kind-violence = تشدد
kind-threat = دھمکی
kind-verbal_abuse = بدزبانی
kind-criminal_damage = املاک کو نقصان
kind-refund_fraud = رقم کی واپسی میں دھوکا
kind-payment_fraud = ادائیگی میں دھوکا
kind-label_tampering = لیبل میں رد و بدل
kind-antisocial_behaviour = سماج مخالف رویہ
kind-breach_of_exclusion = داخلے کی پابندی کی خلاف ورزی
kind-suspicious_activity = مشکوک سرگرمی
kind-other = کچھ اور

method-concealment = چھپا کر
method-walk_out = ادائیگی کے بغیر باہر جانا
method-grab_and_run = جھپٹ کر بھاگنا
method-push_out_trolley = ٹرالی باہر لے جانا
method-self_checkout_skip = سیلف چیک آؤٹ پر چھوڑ دینا
method-label_swap = لیبل بدلنا
method-tag_removal = ٹیگ اتارنا
method-distraction = توجہ بٹانا
method-refund = رقم کی واپسی
method-delivery_interference = ترسیل میں مداخلت
method-till_snatch = کیش کاؤنٹر سے رقم جھپٹنا
method-other = کسی اور طرح

zone-entrance = داخلی دروازہ
zone-aisle = راہداری
zone-till = کیش کاؤنٹر
zone-self_checkout = سیلف چیک آؤٹ
zone-stockroom = گودام
zone-car_park = کار پارک
zone-delivery = ترسیل
zone-other = کہیں اور

weapon-none = کوئی نہیں
weapon-seen = نظر آیا
weapon-threatened = دھمکی میں استعمال
weapon-used = استعمال ہوا

injury-none = کوئی نہیں
injury-first_aid = ابتدائی طبی امداد
injury-hospital = ہسپتال
injury-unknown = معلوم نہیں

staff_safe-yes = ہاں
staff_safe-no = نہیں
staff_safe-unknown = معلوم نہیں

still_present-yes = ہاں
still_present-left = جا چکے
still_present-detained = روکے گئے
still_present-unknown = معلوم نہیں

persons-1 = ایک
persons-2 = دو
persons-3 = تین
persons-4-plus = چار یا زیادہ
persons-unknown = معلوم نہیں

cctv-captured = کیمرے میں موجود
cctv-none = کیمرے میں نہیں
cctv-unknown = معلوم نہیں

fate-taken = لے لیا گیا
fate-attempted = کوشش ہوئی
fate-recovered = واپس مل گیا
fate-damaged = نقصان ہوا

reason-false_positive = ایسا نہیں ہوا
reason-benign = بے ضرر بات تھی
reason-insufficient = معلومات بہت کم ہیں
reason-out_of_scope = اس نظام کے لیے نہیں
reason-test = آزمائش

outcome-loss = نقصان
outcome-recovered = سامان واپس مل گیا
outcome-deterred = روک لیا گیا
outcome-police = پولیس کے پاس
outcome-no_action = مزید کارروائی نہیں

role-staff = عملہ
role-reviewer = مینیجر
role-publisher = الرٹ ناشر
role-escalator = معاملہ آگے بڑھانے والے
role-liaison = پولیس رابطہ کار
role-admin = منتظم
role-auditor = آڈیٹر

state-new = نیا
state-claimed = سنبھالا گیا
state-confirmed = تصدیق شدہ
state-resolved = نمٹ گیا
state-declined = مسترد
state-merged = ضم شدہ
state-withdrawn = واپس لیا گیا

platform-console = کنسول میں
platform-slack = Slack پر
platform-discord = Discord پر
platform-api = پروگرام کے ذریعے
platform-system = مقررہ وقت پر

field-site = دکان
field-category = کتنا فوری ہے؟
field-what_happened = کیا ہوا
field-kind = قسم
field-method = طریقہ
field-zone = حصہ
field-when = کب
field-happened = یہ کب ہوا؟
field-goods = سامان اور قیمت
field-net_loss = کل نقصان
field-staff_safe = عملہ محفوظ
field-still_present = ابھی موجود
field-weapon = ہتھیار
field-injury = چوٹ
field-persons = کتنے افراد
field-cctv = کیمرا
field-goods_what = سامان
field-goods_quantity = کتنے عدد
field-goods_price = ایک کی قیمت
field-goods_fate = سامان کا کیا ہوا
field-text = آپ کا متن
field-reason = وجہ
field-into = دوسرے واقعے کا حوالہ نمبر
field-outcome = نتیجہ
field-loss = نقصان
field-camera = کون سا کیمرا
field-precision = وقت کتنا درست معلوم ہے؟
field-photos = تصاویر

left_out-what_happened = کیا ہوا، لوگوں کے اپنے الفاظ میں
left_out-exact_time = ٹھیک وقت
left_out-site = دکان کا نام
left_out-zone = دکان کا حصہ
left_out-goods = سامان اور اس کی قیمت
left_out-persons = کتنے افراد شامل تھے
left_out-reporter = کس نے رپورٹ کی

pane-staff = عملہ
pane-reviewer = مینیجر
pane-neighbour = الرٹ کے لیے رضامند
