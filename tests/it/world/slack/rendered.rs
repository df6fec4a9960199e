//! Things as Slack's answers and payloads show them.

use serde_json::{Value, json};

use super::workspace::{
    APP, BOT, BOT_USER, Channel, Chosen, File, Group, Message, Person, Standing, TEAM, View, Workspace,
};

/// The moment that everything old was made.
const CREATED: i64 = 1_700_000_000;

impl Workspace {
    /// A message; metadata only where it was asked for.
    pub fn rendered(&self, message: &Message, metadata: bool) -> Value {
        let mut out = json!({ "type": "message", "user": message.user, "text": message.text, "ts": message.ts });
        let team = self.people.get(&message.user).map_or(TEAM, |person| &person.team);
        out["team"] = json!(team);
        if message.user == BOT_USER {
            out["bot_id"] = json!(BOT);
            out["app_id"] = json!(APP);
            out["bot_profile"] =
                json!({ "id": BOT, "app_id": APP, "name": "shopwatch", "deleted": false, "team_id": TEAM });
        } else {
            out["client_msg_id"] = json!(format!("fake-{}", message.ts));
        }
        if !message.blocks.is_empty() {
            out["blocks"] = json!(message.blocks);
        }
        if !message.files.is_empty() {
            out["subtype"] = json!("file_share");
            out["upload"] = json!(false);
            out["files"] =
                message.files.iter().filter_map(|id| self.files.get(id)).map(|file| self.file(file)).collect();
        }
        if message.of_self {
            out["subtype"] = json!("me_message");
        }
        if !message.attachments.is_empty() {
            out["attachments"] = json!(message.attachments);
        }
        if let Some(edited) = &message.edited {
            out["edited"] = json!({ "user": message.user, "ts": edited });
        }
        if let Some(thread_ts) = &message.thread_ts {
            out["thread_ts"] = json!(thread_ts);
            let parent = self.message(&message.channel, thread_ts);
            out["parent_user_id"] = json!(parent.map(|parent| parent.user.clone()));
        }
        if let Some(value) = message.metadata.as_ref().filter(|_| metadata) {
            out["metadata"] = value.clone();
        }
        self.add_replies(message, &mut out);
        out
    }

    fn add_replies(&self, message: &Message, out: &mut Value) {
        let Some(channel) = self.channels.get(&message.channel) else { return };
        let is_reply = |other: &&Message| {
            other.thread_ts.as_deref() == Some(&message.ts) && !other.deleted && other.only_for.is_none()
        };
        let replies: Vec<&Message> = channel.messages.iter().filter(is_reply).collect();
        if let Some(latest) = replies.last() {
            let mut users: Vec<&str> = replies.iter().map(|reply| reply.user.as_str()).collect();
            users.dedup();
            out["thread_ts"] = json!(message.ts);
            out["reply_count"] = json!(replies.len());
            out["reply_users_count"] = json!(users.len());
            out["reply_users"] = json!(users);
            out["latest_reply"] = json!(latest.ts);
            out["is_locked"] = json!(false);
            out["subscribed"] = json!(false);
        }
    }

    /// A file.
    pub fn file(&self, file: &File) -> Value {
        let filetype = file.name.rsplit('.').next().unwrap_or_default();
        let address = |kind: &str| format!("http://{}/files-pri/{TEAM}-{}/{kind}/{}", self.address, file.id, file.name);
        let mut out = json!({
            "id": file.id, "created": CREATED, "timestamp": CREATED, "name": file.name, "title": file.name,
            "mimetype": file.mimetype, "filetype": filetype, "pretty_type": filetype.to_uppercase(), "user": file.user,
            "user_team": self.people.get(&file.user).map_or(TEAM, |person| &person.team), "editable": false,
            "size": file.bytes.len(), "mode": "hosted", "is_external": false, "external_type": "", "is_public": false,
            "public_url_shared": false, "display_as_bot": false, "username": "", "url_private": address("download"),
            "url_private_download": address("download"), "media_display_type": "unknown",
            "permalink": format!("https://corner-shop.slack.example/files/{}/{}/{}", file.user, file.id, file.name),
            "has_rich_preview": false, "file_access": "visible",
        });
        if let Some(external) = &file.external {
            // Slack names where it lies; there is nothing to download from Slack.
            out["mode"] = json!("external");
            out["is_external"] = json!(true);
            out["url_private"] = json!(external);
            out.as_object_mut().unwrap().remove("url_private_download");
        }
        if file.rendition.is_some() {
            for size in [64, 80, 160, 360, 480, 720, 800, 960, 1_024] {
                let at = format!("http://{}/files-tmb/{TEAM}-{}-0123abcd/{size}.jpg", self.address, file.id);
                out[format!("thumb_{size}")] = json!(at);
            }
        } else if file.mimetype.starts_with("image/") && file.mimetype != "image/heic" {
            out["original_w"] = json!(640);
            out["original_h"] = json!(480);
            for size in [64, 80, 160, 360, 480] {
                out[format!("thumb_{size}")] = json!(address("download"));
            }
        }
        out
    }

    /// A view, with its state.
    pub fn view(&self, view: &View) -> Value {
        let content = |name: &str, absent: Value| view.content.get(name).cloned().unwrap_or(absent);
        let mut out = json!({
            "id": view.id, "team_id": TEAM, "type": view.content["type"], "blocks": view.content["blocks"],
            "private_metadata": content("private_metadata", json!("")), "callback_id": content("callback_id", json!("")),
            "external_id": content("external_id", json!("")), "state": { "values": self.values_of(&view.content["blocks"], &view.chosen) },
            "hash": view.hash, "clear_on_close": content("clear_on_close", json!(false)),
            "notify_on_close": content("notify_on_close", json!(false)), "close": content("close", Value::Null),
            "submit": content("submit", Value::Null), "previous_view_id": view.previous, "root_view_id": view.root,
            "app_id": APP, "app_installed_team_id": TEAM, "bot_id": BOT,
        });
        if view.content["type"] == "modal" {
            out["title"] = content("title", Value::Null);
            out["submit_disabled"] = json!(false);
        }
        out
    }
}

impl Workspace {
    /// `state.values` of blocks in which this has been chosen; files as they are, not as ids.
    pub fn values_of(&self, blocks: &Value, chosen: &Chosen) -> Value {
        let mut values = super::state::values_of(blocks, chosen);
        let actions = values.as_object_mut().into_iter().flat_map(|blocks| blocks.values_mut());
        for value in actions.filter_map(Value::as_object_mut).flat_map(|actions| actions.values_mut()) {
            for file in value.get_mut("files").and_then(Value::as_array_mut).into_iter().flatten() {
                *file = self.file(&self.files[file.as_str().expect("an id of a file")]);
            }
        }
        values
    }
}

impl Person {
    /// As `users.info` shows them.
    pub fn rendered(&self, locale: bool) -> Value {
        let mut out = json!({
            "id": self.id, "team_id": self.team, "name": self.name.to_lowercase(), "deleted": self.deactivated,
            "profile": { "real_name": self.name, "display_name": self.name, "real_name_normalized": self.name,
                "display_name_normalized": self.name, "team": self.team, "status_text": "", "status_emoji": "" },
            "is_bot": self.id == BOT_USER, "is_app_user": false, "updated": CREATED,
        });
        if self.team != TEAM && self.organisation.is_none() {
            // Of people of another workspace less is shown.
            out["is_stranger"] = json!(true);
        }
        if !self.deactivated {
            let guest = matches!(self.standing, Standing::Guest | Standing::SingleChannelGuest);
            let flags = json!({
                "color": "9f69e7", "real_name": self.name, "tz": self.tz, "tz_label": self.tz, "tz_offset": 0,
                "is_admin": self.standing == Standing::Admin, "is_owner": false, "is_primary_owner": false,
                "is_restricted": guest, "is_ultra_restricted": self.standing == Standing::SingleChannelGuest,
                "is_email_confirmed": true, "who_can_share_contact_card": "EVERYONE",
            });
            out.as_object_mut().unwrap().extend(flags.as_object().unwrap().clone());
        }
        if let Some(organisation) = &self.organisation {
            out["enterprise_user"] = json!({
                "id": self.id, "enterprise_id": organisation, "enterprise_name": "Corner Shops", "is_admin": false,
                "is_owner": false, "teams": [self.team],
            });
        }
        if locale {
            out["locale"] = json!(self.locale);
        }
        out
    }

    /// As interaction payloads show them.
    pub fn in_payload(&self) -> Value {
        let name = self.name.to_lowercase();
        json!({ "id": self.id, "username": name, "name": name, "team_id": self.team })
    }
}

impl Channel {
    /// As `conversations.info` shows it.
    pub fn rendered(&self) -> Value {
        if let Some(user) = &self.im {
            return json!({
                "id": self.id, "created": CREATED, "is_archived": self.archived, "is_im": true, "is_org_shared": false,
                "user": user, "is_user_deleted": false, "priority": 0, "context_team_id": TEAM,
            });
        }
        let teams: Vec<&str> = [TEAM].into_iter().chain(self.shared_with.as_deref()).collect();
        json!({
            "id": self.id, "name": self.name, "name_normalized": self.name, "is_channel": !self.private,
            "is_group": self.private, "is_im": false, "is_mpim": false, "is_private": self.private, "created": CREATED,
            "is_archived": self.archived, "is_general": false, "unlinked": 0, "is_shared": self.shared_with.is_some(),
            "is_org_shared": false, "is_ext_shared": self.shared_with.is_some(), "is_pending_ext_shared": false,
            "pending_shared": [], "context_team_id": TEAM, "creator": "U0FOUNDER1",
            "shared_team_ids": teams,
            "is_member": self.members.contains(BOT_USER), "num_members": self.members.len(), "previous_names": [],
            "topic": { "value": "", "creator": "", "last_set": 0 }, "purpose": { "value": "", "creator": "", "last_set": 0 },
        })
    }

    /// What an event calls a channel of this kind.
    pub fn kind(&self) -> &'static str {
        match (&self.im, self.private) {
            (Some(_), _) => "im",
            (None, true) => "group",
            (None, false) => "channel",
        }
    }

    /// As interaction payloads show it.
    pub fn in_payload(&self) -> Value {
        let name = if self.im.is_some() {
            "directmessage"
        } else if self.private {
            "privategroup"
        } else {
            &self.name
        };
        json!({ "id": self.id, "name": name })
    }
}

impl Group {
    /// As `usergroups.list` shows it.
    pub fn rendered(&self, count: bool, users: bool) -> Value {
        let mut out = json!({
            "id": self.id, "team_id": TEAM, "is_usergroup": true, "is_subteam": true, "name": self.handle, "description": "",
            "handle": self.handle, "is_external": false, "date_create": CREATED, "date_update": CREATED,
            "date_delete": if self.disabled { CREATED } else { 0 }, "auto_type": null, "auto_provision": false,
            "created_by": "U0FOUNDER1", "updated_by": "U0FOUNDER1", "deleted_by": null, "enterprise_subteam_id": "",
            "prefs": { "channels": [], "groups": [] },
        });
        if count {
            out["user_count"] = json!(self.users.len());
        }
        if users {
            out["users"] = json!(self.users);
        }
        out
    }
}
