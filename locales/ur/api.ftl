# What a program is told, and through it the person who wrote it.

problem-unknown-field = یہاں یہ خانہ معلوم نہیں۔ معلوم خانے یہ ہیں: { $known }
problem-not-text = متن بھیجیں۔
problem-not-a-list = فہرست بھیجیں۔
problem-not-an-object = خانوں والا آبجیکٹ بھیجیں۔
problem-given-twice = یہ خانہ دو بار آیا ہے۔ اسے ایک بار بھیجیں۔
problem-not-a-key = 1 سے { $most } تک نظر آنے والے ASCII حروف بھیجیں۔
problem-not-a-cursor = کسی پچھلے صفحے کا “next” بھیجیں۔

api-unauthorised = کوئی کارآمد کلید اس طرح بھیجیں: “Authorization: Bearer KEY”۔ آپ کا تکنیکی فرد اسے اس طرح بناتا ہے: shopwatch key create
api-malformed-json = سطر { $line }، کالم { $column } سے آگے یہ JSON نہیں ہے۔ کچھ محفوظ نہیں ہوا۔
api-broke-off = مواد پورا نہیں پہنچا۔ کچھ محفوظ نہیں ہوا۔ اسے اسی Idempotency-Key کے ساتھ دوبارہ بھیجیں۔
api-too-large = مواد زیادہ سے زیادہ { $most } بائٹ ہو سکتا ہے۔ کچھ محفوظ نہیں ہوا۔
api-media-type = مواد application/json کے طور پر بھیجیں۔ کچھ محفوظ نہیں ہوا۔
api-method = یہ پتا یہ طریقہ قبول نہیں کرتا۔ جو قبول ہیں وہ Allow ہیڈر میں لکھے ہیں۔
api-unavailable = اس وقت ممکن نہیں۔ دوبارہ کوشش کریں۔
api-not-saved = محفوظ نہیں ہوا۔ اسی Idempotency-Key کے ساتھ دوبارہ کوشش کریں؛ پھر کچھ بھی دو بار محفوظ نہیں ہو گا۔
api-too-many-requests = محفوظ نہیں ہوا۔ اس کلید کی { $most } درخواستیں ابھی جاری ہیں، ایک کلید کے لیے یہی حد ہے۔ براہِ کرم ان کے جوابات کا انتظار کریں اور اسی Idempotency-Key کے ساتھ دوبارہ کوشش کریں۔
api-misdirected = اس سرور کا یہ نام نہیں۔ اس کا اپنا پتا استعمال کریں، یا SHOPWATCH_PUBLIC_URL مقرر کریں۔

title-malformed-json = JSON نہیں ہے
title-unauthorised = کلید درکار ہے
title-forbidden = یہ کام دوسرے کردار کا ہے
title-cross-site = کسی دوسرے صفحے سے
title-not-found = یہاں اس نام کی کوئی چیز نہیں
title-method-not-allowed = اس پتے پر ممکن نہیں
title-broke-off = بیچ میں رک گیا
title-changed = کوئی اور پہلے کر چکا
title-taken = کوئی اور اسے سنبھال چکا ہے
title-already-yours = یہ پہلے سے آپ کے پاس ہے
title-missing-facts = معلومات باقی ہیں
title-wrong-state = اس حالت میں ممکن نہیں
title-question-open = ایک سوال جواب کا منتظر ہے
title-no-question = کوئی سوال جواب کا منتظر نہیں
title-too-late = بہت پہلے بند ہو چکا
title-has-merged = اس میں دوسرے واقعات ضم ہیں
title-other-not-open = دوسرا واقعہ بند ہے
title-nothing-changes = کچھ نہیں بدلے گا
title-on-hold = یہ روکا ہوا ہے
title-misdirected = یہ اس سرور کا نام نہیں
title-too-large = بہت بڑا ہے
title-unsupported-media-type = جیسے بھیجنا تھا ویسے نہیں بھیجا گیا
title-invalid = کچھ بدلنا ہے
title-key-reused = یہ Idempotency-Key پہلے استعمال ہو چکی ہے
title-broken = ہماری طرف کوئی خرابی ہے
title-too-many-requests = بہت زیادہ درخواستیں جاری ہیں
title-unavailable = اس وقت ممکن نہیں
