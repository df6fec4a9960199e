# Cards, buttons, timelines, and the answers to a press.
# U+200E stands before dates, amounts and commands, which would else be turned around between Urdu words.

card-headline = { $reference } · { $category } · { $site }
card-standing = { $state }، { $ago }
card-standing-by = { $state } ({ $name })، { $ago }
overdue-look = وقت گزر گیا: ابھی تک کسی نے نہیں دیکھا۔ آخری تبدیلی: { $ago }۔
overdue-decide = وقت گزر گیا: { $ago } رپورٹ ہوئی اور ابھی تک فیصلہ نہیں ہوا۔
not-known-yet = ابھی معلوم نہیں
site-unknown = دکان ابھی معلوم نہیں
site-unsaid = معلوم نہیں کہ یہ { $count } دکانوں میں سے کس میں ہوا۔ جسے معلوم ہو وہ چن لے: پھر اسے صرف اسی دکان کے مینیجر دیکھیں گے۔
site-known = یہ پہلے سے معلوم ہے کہ یہ کس دکان میں ہوا۔
card-moved = کسی اور دکان کا ہے اور اس کے مینیجروں کے پاس ہے
next-level = کسی کے دیکھے بغیر گزرے منٹ: { $minutes }۔ جو سنبھال سکے وہ کارڈ پر سنبھال لے، یا کسی ایسے کو بلائے جو سنبھال سکے۔
digest-head = پہلی نظر کے منتظر، { $site }، { $when }: { $count }
digest-more = اور { $count } مزید
digest-next = ہر ایک کا کارڈ اسی چینل میں ہے: وہیں سنبھالیں۔
digest-over = { $day } کو جو منتظر تھا وہ اب یہاں درج نہیں۔ جو اب منتظر ہے وہ اپنے کارڈ پر ہے۔
still-missing = تصدیق سے پہلے یہ باقی ہے: { $facts }
corrected-mark = متن درست کیا گیا۔ پہلا متن روداد میں ہے۔
question-open = رپورٹ کنندہ سے سوال، { $ago }: { $text }
merged-here = { $count ->
    [one] ایک اور واقعہ اس میں ضم کیا گیا۔
   *[other] { $count } اور واقعات اس میں ضم کیے گئے۔
}
sealed-for-you = تحریر آپ کے کردار کے لیے پوشیدہ ہے۔
goods-line = { $quantity } × { $what }، فی عدد { "\u200E" }{ $value }، { $fate }
goods-line-unpriced = { $quantity } × { $what }، قیمت ابھی معلوم نہیں، { $fate }
goods-sealed = (پوشیدہ)
ago-now = ابھی ابھی
ago-minutes = { $count ->
    [one] ایک منٹ پہلے
   *[other] { $count } منٹ پہلے
}
ago-hours = { $count ->
    [one] ایک گھنٹا پہلے
   *[other] { $count } گھنٹے پہلے
}
ago-days = { $count ->
    [one] ایک دن پہلے
   *[other] { $count } دن پہلے
}
when-both = { $ago } ({ "\u200E" }{ $exact })
by-reporter = رپورٹ کنندہ
by-system = Shopwatch
step-by = { $who } { $step }
step-from-to = “{ $from }” سے “{ $to }”
step-late = { $minutes ->
    [one] ایک منٹ تاخیر سے
   *[other] { $minutes } منٹ تاخیر سے
}

button-claim = سنبھالیں
button-release = چھوڑ دیں
button-confirm = تصدیق کریں
button-unmerge = الگ کریں
button-reopen = دوبارہ کھولیں
button-withdraw = واپس لیں
button-site = کون سی دکان؟
button-ask = رپورٹ کنندہ سے پوچھیں
button-answer = جواب دیں
button-recategorise = زمرہ بدلیں
button-facts = معلومات مکمل کریں
button-details = تفصیل شامل کریں
button-decline = مسترد کریں
button-merge = ضم کریں
button-resolve = نمٹائیں
button-note = نوٹ لکھیں
button-correct = متن درست کریں
button-preview = الرٹ کا پیش منظر
button-look = تصویر دیکھیں
button-open = کھولیں

intro-ask = رپورٹ کنندہ کو آپ کا سوال نظر آتا ہے، آپ کے ساتھیوں کے نوٹ نہیں۔
intro-answer = آپ کا جواب آپ کی دکان کے مینیجروں کو ملے گا۔
intro-site = اسے اس دکان کے مینیجر دیکھیں گے اور کوئی نہیں۔
intro-recategorise = جو معلوم ہے اس میں سے کچھ ضائع نہیں ہوتا۔
intro-facts = جو معلوم ہو وہ لکھیں۔ جو خانہ خالی چھوڑیں گے وہ ویسا ہی رہے گا۔
intro-details = جو معلوم ہو وہ لکھیں۔ جو خانہ خالی چھوڑیں گے وہ ویسا ہی رہے گا، اور آپ کا پہلا متن پڑھا جا سکے گا۔
intro-decline = مسترد واقعہ اعداد و شمار سے نکل جاتا ہے۔ اسے 7 دن تک دوبارہ کھولا جا سکتا ہے۔
intro-merge = دونوں کی روداد پوری رہتی ہے، اور انہیں پھر الگ کیا جا سکتا ہے۔
intro-resolve = اس کا انجام کیا ہوا؟
intro-note = اسے اس دکان کے مینیجر پڑھ سکتے ہیں۔ رپورٹ کنندہ کو یہ نظر نہیں آتا۔
intro-correct = پہلا متن روداد میں رہتا ہے۔

submit-ask = سوال بھیجیں
submit-answer = جواب بھیجیں
submit-site = دکان محفوظ کریں
submit-recategorise = زمرہ بدلیں
submit-facts = معلومات محفوظ کریں
submit-details = تفصیل محفوظ کریں
submit-decline = مسترد کریں
submit-merge = ضم کریں
submit-resolve = نمٹا دیں
submit-note = نوٹ محفوظ کریں
submit-correct = درستی محفوظ کریں

sure-withdraw = یہ رپورٹ واپس لیں؟ مینیجر دیکھ سکیں گے کہ یہ واپس لی گئی۔
sure-unmerge = اس واقعے کو دوسرے واقعے سے پھر الگ کریں؟
sure-release = یہ واقعہ چھوڑ دیں تاکہ کوئی اور اسے سنبھال سکے؟
sure-decline = یہ رپورٹ مسترد کریں؟ بھیجنے والے کو بتایا جائے گا۔
sure-merge = اس واقعے کو دوسرے واقعے میں شامل کریں؟ اسے پھر الگ کیا جا سکتا ہے۔

# A step stands after a name, and begins with the mark of who did it.
step-reported = نے رپورٹ کی
step-claimed = نے واقعہ سنبھالا
step-released = نے واقعہ چھوڑ دیا
step-silently_released = نے خاموشی کے بعد واقعہ سب کے لیے کھول دیا
step-reminded = نے مینیجروں کو یاد دلایا کہ ابھی تک کسی نے نہیں دیکھا
step-end_near = نے مینیجروں کو یاد دلایا کہ یہ فیصلے کے بغیر جلد مٹ جائے گا
step-undecided = نے مینیجروں کو یاد دلایا کہ وقت پر فیصلہ نہیں ہوا
step-end_moved = نے مٹائے جانے کا دن بدلا، کیونکہ دکان کے اصول بدلے
step-asked = نے رپورٹ کنندہ سے پوچھا
step-answered = نے جواب دیا
step-recategorised = نے زمرہ بدلا
step-facts_completed = نے معلومات مکمل کیں
step-confirmed = نے تصدیق کی
step-declined = نے مسترد کیا
step-merged = نے اسے دوسرے واقعے میں ضم کیا
step-absorbed = نے دوسرا واقعہ اس میں ضم کیا
step-unmerged = نے اسے دوسرے واقعے سے الگ کیا
step-let_go = نے دوسرا واقعہ اس سے الگ کیا
step-followed = اس واقعے کے ساتھ چلتا ہے جس میں اسے ملایا گیا
step-resolved = نے نمٹا دیا
step-reopened = نے دوبارہ کھولا
step-withdrawn = نے واپس لیا
step-site_said = نے بتایا کہ یہ کس دکان میں ہوا
step-site_unanswered = کو یہ نہیں بتایا گیا کہ یہ کس دکان میں ہوا
step-noted = نے نوٹ لکھا
step-corrected = نے متن درست کیا

told-claimed = ایک مینیجر آپ کی رپورٹ دیکھ رہے ہیں۔
told-asked = ایک مینیجر آپ کی رپورٹ کے بارے میں کچھ پوچھنا چاہتے ہیں۔
told-confirmed = آپ کی رپورٹ کی تصدیق ہو گئی۔
told-declined = آپ کی رپورٹ مسترد ہو گئی۔ وجہ رپورٹ پر لکھی ہے۔
told-merged = آپ کی رپورٹ اسی واقعے کی ایک اور رپورٹ کے ساتھ ملا دی گئی۔
told-resolved = آپ کی رپورٹ نمٹا دی گئی۔
told-reopened = آپ کی رپورٹ دوبارہ کھولی گئی۔
told-followed = جس رپورٹ کے ساتھ آپ کی رپورٹ ملائی گئی اس کی تازہ خبر ہے۔ آپ کی اپنی رپورٹ پر لکھی ہے۔

lost-race = کوئی اور پہلے کر چکا: { $reference } کی حالت اب یہ ہے: { $standing }۔ آپ کے بٹن سے کچھ نہیں بدلا۔
lost-race-unseen = کوئی اور پہلے کر چکا۔ آپ کے بٹن سے کچھ نہیں بدلا۔ تازہ حالت دیکھنے کے لیے واقعہ دوبارہ کھولیں۔
taken = { $name } نے اسے پہلے سنبھال لیا، { $ago }۔
already-yours = یہ واقعہ پہلے سے آپ کے پاس ہے۔
missing-facts = ابھی تصدیق نہیں ہو سکتی۔ پہلے یہ مکمل کریں: { $facts }
question-is-open = ایک سوال پہلے ہی جواب کا منتظر ہے۔
no-question = کوئی سوال جواب کا منتظر نہیں۔
too-late = اسے بند ہوئے { $days } دن سے زیادہ ہو گئے ہیں، یہ دوبارہ نہیں کھل سکتا۔
merge-itself = کوئی واقعہ خود اپنے اندر ضم نہیں ہو سکتا۔ کسی دوسرے کا حوالہ نمبر لکھیں۔
end-near = یہ { $date } کو مٹ جائے گا اور کسی نے فیصلہ نہیں کیا۔ اس سے پہلے تصدیق کریں یا مسترد کریں۔
merge-has-merged = اس میں دوسرے واقعات ضم ہیں۔ پہلے انہیں الگ کریں۔
in-use = مینیجر اس رپورٹ پر پہلے سے کام کر رہے ہیں، اس لیے یہ اب واپس نہیں لی جا سکتی۔ تفصیلات میں لکھ دیں کہ یہ غلطی تھی۔
merge-not-open = دوسرا واقعہ بند ہے۔ کوئی نیا، سنبھالا ہوا یا تصدیق شدہ واقعہ چنیں۔
nothing-changes = کچھ نہیں بدلے گا۔ کوئی نئی بات لکھیں۔
wrong-state = ابھی یہ ممکن نہیں۔ واقعے کی حالت: { $state }۔
needs-role = یہ کام دوسرے کردار کا ہے: { $roles }۔ کچھ نہیں بدلا۔
same-person = یہ دوسرا قدم کسی اور کو اٹھانا ہے۔
switched-off = بند ہے: اس کے لیے دو افراد چاہییں، اور اس دکان نے کم مقرر کیے ہیں۔
not-found = یہاں اس نام کی کوئی چیز نہیں، یا یہ آپ کے لیے نہیں۔
unknown-press = یہ بٹن کسی اور ورژن کا ہے۔ واقعہ دوبارہ کھولیں اور وہاں بٹن دبائیں۔
key-reused = وہی Idempotency-Key ایک اور رپورٹ کے ساتھ آئی۔ نئی رپورٹ کے لیے نئی کلید استعمال کریں۔
not-saved = محفوظ نہیں ہوا۔ دوبارہ بھیجیں؛ یہ دو بار محفوظ نہیں ہو گا۔
broken = ہماری طرف کوئی خرابی ہے۔ اپنے تکنیکی فرد کو یہ نمبر بتائیں: { "\u200E" }{ $reference }
problems-intro = { $count ->
    [one] ایک چیز بدلنی ہے۔ کچھ ضائع نہیں ہوا۔
   *[other] { $count } چیزیں بدلنی ہیں۔ کچھ ضائع نہیں ہوا۔
}
