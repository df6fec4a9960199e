# Pages of the console.
# U+200E stands before dates, amounts and commands, which would else be turned around between Urdu words.

web-title = { $shop } · Shopwatch
web-skip = سیدھے مواد پر جائیں
web-tryout = آزمائش: ایک فرضی دکان، تین افراد ایک اسکرین پر۔ صرف یہی کمپیوٹر اسے کھول سکتا ہے۔
web-people = افراد
web-pane = { $name }، { $role }
web-signed-in-as = سائن ان: { $name }
web-leave = سائن آؤٹ
web-composer = رپورٹ
web-composer-label = یہاں لکھیں
web-composer-hint = { "\u200E" }/report اور ایک سطر کافی ہے۔ صرف { "\u200E" }/report لکھنے سے فارم کھلتا ہے۔
web-composer-send = بھیجیں
web-my-reports = میری رپورٹیں
web-my-reports-empty = آپ کی رپورٹیں اور ان کا نتیجہ یہاں نظر آئے گا۔ شروع کرنے کے لیے اوپر { "\u200E" }/report لکھیں۔
web-triage = جانچ · { $place }
web-triage-empty = کوئی کھلا واقعہ نہیں۔ کوئی رپورٹ بھیجے تو فوراً یہاں نظر آئے گی۔
web-notices = آپ کے لیے خبریں
web-notices-empty = جب کوئی آپ کی رپورٹ دیکھے گا تو آپ یہاں پڑھیں گے۔
web-older = پرانے
web-newest = تازہ ترین
web-timeline = روداد
web-back = واپس
web-cancel = رہنے دیں
web-sure-title = کیا آپ کو یقین ہے؟
web-record-whole = { $lines ->
    [one] ریکارڈ سالم ہے: ایک سطر، ابھی جانچی گئی۔
   *[other] ریکارڈ سالم ہے: { $lines } سطریں، ابھی جانچی گئیں۔
}
web-record-broken = ریکارڈ سالم نہیں ہے: سطر { $line } ویسی نہیں جیسی لکھی گئی تھی۔
web-reports-others = واقعات
web-enter-title = سائن ان
web-enter-intro = یہ لنک آپ کو { $name } کے طور پر ایک بار سائن ان کرتا ہے۔
web-enter-press = سائن ان کریں
web-enter-gone-title = یہ لنک اب کام نہیں کرتا
web-enter-gone = یہ استعمال ہو چکا ہے یا 15 منٹ سے پرانا ہے۔ نیا لنک اس طرح بنائیں: shopwatch enter NAME
web-sign-in-title = سائن ان کریں
web-sign-in = اپنے تکنیکی فرد سے لنک مانگیں۔ لنک اس طرح بنتا ہے: shopwatch enter NAME
web-not-found-title = یہاں کچھ نہیں
web-not-found = یہاں اس نام کی کوئی چیز نہیں، یا یہ آپ کے لیے نہیں۔
web-broken-title = ہماری طرف کوئی خرابی ہے
web-alerts = الرٹ
web-alerts-empty = { $area } کے جو الرٹ آپ نے خود منتخب کیے وہ یہاں نظر آئیں گے۔ یہ ورژن مینیجروں کو صرف پیش منظر دکھاتا ہے اور کوئی الرٹ نہیں بھیجتا۔
web-optional = اختیاری
web-choose = نہیں چنا گیا
web-tabs = کس کی اسکرین
web-live = تبدیلیاں خود نظر آتی ہیں۔
web-csrf = یہ فارم کسی اور صفحے سے آیا۔ کچھ نہیں بدلا۔ واپس جائیں، صفحہ دوبارہ لوڈ کریں اور پھر کوشش کریں۔
web-too-fast = ایک ساتھ بہت زیادہ۔ کچھ محفوظ نہیں ہوا۔ ذرا ٹھہر کر پھر کوشش کریں۔
web-tryout-short = آزمائش
web-tryout-intro = Amal بن کر کچھ رپورٹ کریں، پھر اسے Noor کے پاس پہنچتا دیکھیں۔
web-enter-tryout = یہ لنک ایک بار آزمائش کھولتا ہے: ایک فرضی دکان کے تین افراد، ایک اسکرین پر۔
web-continue = اس براؤزر میں پہلے سے سائن ان ہیں؟ آگے بڑھیں
web-more = مزید
web-open-list = کھلے
web-list-empty = یہاں “{ $state }” حالت میں کچھ نہیں۔ جو اس حالت میں آئے گا وہ یہاں نظر آئے گا۔
web-lists = حالت کے لحاظ سے واقعات
web-notices-full = پرانی خبریں ہر رپورٹ کی روداد میں ہیں۔
web-long-line = یہ ایک سطر کے لیے بہت لمبا ہے، جس میں { $most } حروف آتے ہیں۔ فارم میں زیادہ آتا ہے، اور آپ کے الفاظ اس میں موجود ہیں۔
web-required = لازمی
web-group-what = کس قسم کا، کیسے اور کہاں
web-group-goods = سامان
web-group-people = لوگ اور حفاظت
web-group-time = کیمرا اور وقت
web-record = ریکارڈ
web-unavailable-title = اس وقت دستیاب نہیں
web-unavailable = ڈیٹابیس جواب نہیں دے رہا۔ کچھ نہیں بدلا۔ ذرا ٹھہر کر یہ صفحہ دوبارہ لوڈ کریں۔
