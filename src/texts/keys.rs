//! Every text that takes no word from a vocabulary, with what it is about; one function each, so that a missing
//! argument does not compile. `tests.rs` holds the locale files against these lists.

use fluent::FluentValue;

use super::Msg;

macro_rules! messages {
    ($($name:ident = $key:literal ($($arg:ident),*);)+) => {
        $(
            #[doc = concat!("`", $key, "`")]
            pub fn $name<'a>($($arg: impl Into<FluentValue<'a>>),*) -> Msg<'a> {
                Msg::new($key, [$((stringify!($arg), $arg.into())),*])
            }
        )+

        /// Every key with the names of its arguments.
        pub const MESSAGES: &[(&str, &[&str])] = &[$(($key, &[$(stringify!($arg)),*])),+];
    };
}

messages! {
    // Receipts and refusals of a report.
    receipt_sent = "receipt-sent" (reference);
    receipt_seen = "receipt-seen" (reference);
    receipt_stored = "receipt-stored" (category, site, when);
    receipt_text = "receipt-text" (text);
    receipt_which_site = "receipt-which-site" (until);
    receipt_readers = "receipt-readers" (site);
    receipt_deleted = "receipt-deleted" (date);
    receipt_next = "receipt-next" ();
    emergency_line = "emergency-line" (number);
    help_first = "help-first" ();
    help_second = "help-second" ();
    unknown_first = "unknown-first" (text);

    // Forms.
    form_report_title = "form-report-title" ();
    form_report_intro = "form-report-intro" ();
    form_send = "form-send" ();
    hint_what_happened = "hint-what-happened" ();
    hint_happened = "hint-happened" ();
    hint_photos = "hint-photos" (most);
    hint_price = "hint-price" (currency);
    hint_merge = "hint-merge" ();

    // Cards and timelines.
    card_headline = "card-headline" (reference, category, site);
    card_standing = "card-standing" (state, ago);
    card_standing_by = "card-standing-by" (state, name, ago);
    overdue_look = "overdue-look" (ago);
    overdue_decide = "overdue-decide" (ago);
    site_unknown = "site-unknown" ();
    site_unsaid = "site-unsaid" (count);
    site_known = "site-known" ();
    card_moved = "card-moved" ();
    next_level = "next-level" (minutes);
    digest_head = "digest-head" (site, when, count);
    digest_more = "digest-more" (count);
    digest_next = "digest-next" ();
    digest_over = "digest-over" (day);
    not_known_yet = "not-known-yet" ();
    still_missing = "still-missing" (facts);
    corrected = "corrected-mark" ();
    question_open = "question-open" (text, ago);
    merged_here = "merged-here" (count);
    sealed_for_you = "sealed-for-you" ();
    goods_line = "goods-line" (quantity, what, value, fate);
    goods_line_unpriced = "goods-line-unpriced" (quantity, what, fate);
    goods_sealed = "goods-sealed" ();
    ago_now = "ago-now" ();
    ago_minutes = "ago-minutes" (count);
    ago_hours = "ago-hours" (count);
    ago_days = "ago-days" (count);
    when_both = "when-both" (ago, exact);
    by_reporter = "by-reporter" ();
    by_system = "by-system" ();
    step_by = "step-by" (who, step);
    step_from_to = "step-from-to" (from, to);
    step_late = "step-late" (minutes);

    // Answers to buttons.
    lost_race = "lost-race" (reference, standing);
    lost_race_unseen = "lost-race-unseen" ();
    taken = "taken" (name, ago);
    already_yours = "already-yours" ();
    missing_facts = "missing-facts" (facts);
    question_is_open = "question-is-open" ();
    no_question = "no-question" ();
    too_late = "too-late" (days);
    merge_itself = "merge-itself" ();
    end_near = "end-near" (date);
    merge_has_merged = "merge-has-merged" ();
    in_use = "in-use" ();
    merge_not_open = "merge-not-open" ();
    nothing_changes = "nothing-changes" ();
    wrong_state = "wrong-state" (state);
    needs_role = "needs-role" (roles);
    same_person = "same-person" ();
    switched_off = "switched-off" ();
    not_found = "not-found" ();
    unknown_press = "unknown-press" ();
    key_reused = "key-reused" ();
    not_saved = "not-saved" ();
    broken = "broken" (reference);
    problems_intro = "problems-intro" (count);

    // Problems of fields.
    problem_missing = "problem-missing" ();
    problem_too_long = "problem-too-long" (most, got);
    problem_too_many = "problem-too-many" (most, got);
    problem_unknown_word = "problem-unknown-word" (allowed);
    problem_unknown_site = "problem-unknown-site" ();
    problem_not_a_time = "problem-not-a-time" ();
    problem_in_the_future = "problem-in-the-future" ();
    problem_too_early = "problem-too-early" ();
    problem_out_of_range = "problem-out-of-range" (least, most);
    problem_not_a_currency = "problem-not-a-currency" ();
    problem_unknown_reference = "problem-unknown-reference" ();

    // The API.
    problem_unknown_field = "problem-unknown-field" (known);
    problem_not_text = "problem-not-text" ();
    problem_not_a_list = "problem-not-a-list" ();
    problem_not_an_object = "problem-not-an-object" ();
    problem_given_twice = "problem-given-twice" ();
    problem_not_a_key = "problem-not-a-key" (most);
    problem_not_a_cursor = "problem-not-a-cursor" ();
    api_unauthorised = "api-unauthorised" ();
    api_malformed_json = "api-malformed-json" (line, column);
    api_broke_off = "api-broke-off" ();
    api_too_large = "api-too-large" (most);
    api_media_type = "api-media-type" ();
    api_method = "api-method" ();
    api_unavailable = "api-unavailable" ();
    api_not_saved = "api-not-saved" ();
    api_too_many_requests = "api-too-many-requests" (most);
    api_misdirected = "api-misdirected" ();

    api_photo_media_type = "api-photo-media-type" ();

    payload_title = "payload-title" ();
    payload_intro = "payload-intro" ();
    payload_posted = "payload-posted" ();
    payload_slack = "payload-slack" ();
    payload_discord = "payload-discord" ();
    payload_unposted = "payload-unposted" ();

    // Photos.
    photos_title = "photos-title" ();
    photo_stored = "photo-stored" (sha256);
    photos_stored = "photos-stored" (count);
    photo_refused = "photo-refused" (number, why);
    photo_not_now = "photo-not-now" ();
    photos_again = "photos-again" ();
    photo_readers = "photo-readers" ();
    photo_confirmed = "photo-confirmed" ();
    photo_alt = "photo-alt" (number, reference);
    photo_sealed_only = "photo-sealed-only" ();
    photo_nothing_shown = "photo-nothing-shown" ();
    photo_checked = "photo-checked" ();
    photo_unchecked = "photo-unchecked" ();
    photo_covered = "photo-covered" (count);
    photo_covered_whole = "photo-covered-whole" ();
    photo_hash = "photo-hash" ();
    photo_confirm = "photo-confirm" ();
    photo_reason = "photo-reason" ();
    photo_original = "photo-original" ();
    original_title = "original-title" (reference);
    original_viewed = "original-viewed" (who, when);
    original_download = "original-download" ();
    photo_add = "photo-add" ();
    card_deleted = "card-deleted" (date);
    hold_title = "hold-title" (reference);
    hold_kept = "hold-kept" (date);
    hold_since = "hold-since" (date);
    hold_reason = "hold-reason" ();
    hold_place = "hold-place" ();
    hold_lift = "hold-lift" ();
    hold_placed = "hold-placed" ();
    hold_lifted = "hold-lifted" ();
    hold_other = "hold-other" ();
    on_hold = "on-hold" ();
    erase_ask = "erase-ask" ();
    erase_confirm = "erase-confirm" ();
    erase_waits = "erase-waits" (date);
    erase_asked = "erase-asked" ();
    erase_done = "erase-done" ();
    retention_goes = "retention-goes" (date, incidents, photos);
    retention_waits = "retention-waits" (incidents, photos);
    unsaid_not = "unsaid-not" (reference, chat);
    photo_alike = "photo-alike" ();
    photo_drawn = "photo-drawn" (count);
    photo_drawn_whole = "photo-drawn-whole" ();
    photo_draw = "photo-draw" ();
    photo_drew = "photo-drew" ();
    photo_overtaken = "photo-overtaken" ();
    looks_title = "looks-title" (count);
    looks_line = "looks-line" (who, photo, copy);
    looks_broken = "looks-broken" ();
    boxes_title = "boxes-title" (reference);
    boxes_intro = "boxes-intro" ();
    boxes_how = "boxes-how" ();
    boxes_alt = "boxes-alt" ();
    boxes_place = "boxes-place" (number);
    boxes_places = "boxes-places" ();
    boxes_everything = "boxes-everything" ();
    boxes_new = "boxes-new" ();
    boxes_more = "boxes-more" ();
    boxes_pixels = "boxes-pixels" (width, height);
    boxes_left = "boxes-left" (row);
    boxes_top = "boxes-top" (row);
    boxes_width = "boxes-width" (row);
    boxes_height = "boxes-height" (row);
    boxes_save = "boxes-save" ();
    boxes_saved = "boxes-saved" ();
    photos_unchecked = "photos-unchecked" (count);
    photos_coming = "photos-coming" (count);
    photos_not_taken = "photos-not-taken" (count);
    photos_sealed_only = "photos-sealed-only" (count);
    photo_not_taken = "photo-not-taken" (reference, why);
    photo_send_again = "photo-send-again" ();
    photos_none_now = "photos-none-now" ();
    photos_for_you = "photos-for-you" (reference, count);
    photos_unchecked_these = "photos-unchecked-these" (numbers);
    photos_too_large_here = "photos-too-large-here" (count);
    photos_not_now = "photos-not-now" (count);
    look_links = "look-links" (minutes);
    look_photo = "look-photo" (number);
    look_show = "look-show" ();
    look_no_address = "look-no-address" (setting);
    look_title = "look-title" ();
    look_intro = "look-intro" ();
    look_press = "look-press" ();
    look_gone_title = "look-gone-title" ();
    look_gone = "look-gone" ();
    look_not_now = "look-not-now" ();
    photos_received = "photos-received" (reference);
    photos_over = "photos-over" (most, count);
    message_not_kept = "message-not-kept" ();
    photos_words_added = "photos-words-added" ();
    photos_words_noted = "photos-words-noted" ();
    photos_words_not_theirs = "photos-words-not-theirs" ();
    photos_not_theirs = "photos-not-theirs" ();

    // What the public would read.
    preview_title = "preview-title" ();
    preview_nothing_sent = "preview-nothing-sent" ();
    preview_text = "preview-text" (kind, area, around);
    preview_over = "preview-over" ();
    preview_ongoing = "preview-ongoing" ();
    preview_left_out = "preview-left-out" ();
    preview_advice = "preview-advice" ();

    // What chats are told of the app.
    manifest_description = "manifest-description" ();
    manifest_long = "manifest-long" ();
    manifest_command = "manifest-command" ();
    manifest_hint = "manifest-hint" ();
    manifest_shortcut = "manifest-shortcut" ();
    manifest_message = "manifest-message" ();
    manifest_message_about = "manifest-message-about" ();

    // Slack.
    slack_close = "slack-close" ();
    slack_notice_title = "slack-notice-title" ();
    slack_no_form = "slack-no-form" ();
    slack_home_more = "slack-home-more" ();
    slack_which_question = "slack-which-question" ();
    slack_answered = "slack-answered" (reference);
    slack_unreachable = "slack-unreachable" (site);

    // Discord.
    discord_receipt_next = "discord-receipt-next" ();
    discord_told_next = "discord-told-next" ();
    discord_tell = "discord-tell" ();
    discord_hush = "discord-hush" ();
    discord_hushed = "discord-hushed" ();
    discord_more = "discord-more" ();
    discord_unreachable = "discord-unreachable" (site);
    discord_unreachable_person = "discord-unreachable-person" ();
    discord_dropped = "discord-dropped" (reference);
    discord_not_dropped = "discord-not-dropped" ();

    // Pages.
    web_title = "web-title" (shop);
    web_skip = "web-skip" ();
    web_tryout = "web-tryout" ();
    web_pane = "web-pane" (name, role);
    web_signed_in_as = "web-signed-in-as" (name);
    web_leave = "web-leave" ();
    web_composer = "web-composer" ();
    web_composer_label = "web-composer-label" ();
    web_composer_hint = "web-composer-hint" ();
    web_composer_send = "web-composer-send" ();
    web_my_reports = "web-my-reports" ();
    web_my_reports_empty = "web-my-reports-empty" ();
    web_triage = "web-triage" (place);
    web_triage_empty = "web-triage-empty" ();
    web_notices = "web-notices" ();
    web_notices_empty = "web-notices-empty" ();
    web_older = "web-older" ();
    web_newest = "web-newest" ();
    web_urgent_first = "web-urgent-first" ();
    web_first_page = "web-first-page" ();
    web_next_page = "web-next-page" ();
    web_timeline = "web-timeline" ();
    web_back = "web-back" ();
    web_cancel = "web-cancel" ();
    web_sure_title = "web-sure-title" ();
    web_record_whole = "web-record-whole" (lines);
    web_record_broken = "web-record-broken" (line);
    web_reports_others = "web-reports-others" ();
    web_enter_title = "web-enter-title" ();
    web_enter_intro = "web-enter-intro" (name);
    web_enter_press = "web-enter-press" ();
    web_enter_gone_title = "web-enter-gone-title" ();
    web_enter_gone = "web-enter-gone" ();
    web_sign_in_title = "web-sign-in-title" ();
    web_sign_in = "web-sign-in" ();
    web_not_found_title = "web-not-found-title" ();
    web_not_found = "web-not-found" ();
    web_broken_title = "web-broken-title" ();
    web_alerts = "web-alerts" ();
    web_alerts_empty = "web-alerts-empty" (area);
    web_optional = "web-optional" ();
    web_choose = "web-choose" ();
    web_tabs = "web-tabs" ();
    web_live = "web-live" ();
    web_csrf = "web-csrf" ();
    web_tryout_short = "web-tryout-short" ();
    web_tryout_intro = "web-tryout-intro" ();
    web_enter_tryout = "web-enter-tryout" ();
    web_continue = "web-continue" ();
    web_more = "web-more" ();
    web_open_list = "web-open-list" ();
    web_list_empty = "web-list-empty" (state);
    web_lists = "web-lists" ();
    web_notices_full = "web-notices-full" ();
    web_long_line = "web-long-line" (most);
    web_required = "web-required" ();
    web_group_what = "web-group-what" ();
    web_group_goods = "web-group-goods" ();
    web_group_people = "web-group-people" ();
    web_group_time = "web-group-time" ();
    web_record = "web-record" ();
    web_unavailable_title = "web-unavailable-title" ();
    web_unavailable = "web-unavailable" ();
    web_too_many_title = "web-too-many-title" ();
    web_too_many = "web-too-many" ();
    web_neighbour = "web-neighbour" ();
    web_nothing_yours = "web-nothing-yours" ();
    web_holds = "web-holds" ();
    web_holds_called = "web-holds-called" ();
    web_holds_open = "web-holds-open" ();
}
