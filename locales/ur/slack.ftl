# What is said in Slack alone.

slack-close = بند کریں
slack-notice-title = Shopwatch
slack-no-form = فارم نہیں کھل سکا۔ ‎/report لکھ کر ایک سطر میں بتائیں کہ کیا ہوا، یا دوبارہ کوشش کریں۔
slack-home-more = اور بھی ہیں۔ یہاں سب سے نئے ہیں؛ باقی کنسول میں ہیں۔
slack-which-question = آپ کی کئی رپورٹوں پر سوال ہے۔ جس کا جواب دینا ہو اُس کے نیچے جواب کا بٹن دبائیں۔
slack-answered = آپ کا جواب { $reference } میں شامل کر دیا گیا۔
slack-unreachable = Shopwatch { $site } کے فیصلوں والے چینل میں نہیں لکھ سکتا۔ اسے وہاں مدعو کریں یا shop.toml میں دوسرا چینل لکھیں۔ کچھ ضائع نہیں ہوا۔
