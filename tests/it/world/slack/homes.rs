//! `views.publish`: the Home tab.

use serde_json::json;

use super::arguments::Arguments;
use super::blocks::Surface;
use super::refusal::{Refusal, Reply};
use super::workspace::{View, Workspace};

/// `views.publish`.
pub fn publish(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let user = arguments.needed("user_id")?;
    let known = workspace.people.get(&user).is_some_and(|person| !person.deactivated);
    if !known {
        return Err(Refusal::with_messages("invalid_arguments", &["invalid `user_id`".to_owned()]));
    }
    let content = workspace.view_content(arguments, Surface::Home)?;
    let home = workspace.home_of(&user).cloned();
    if arguments.text("hash").is_some_and(|hash| home.as_ref().is_some_and(|home| home.hash != hash)) {
        return Err(Refusal::of("hash_conflict"));
    }
    let view = match home {
        Some(home) => workspace.replace_view(&home.id, content),
        None => workspace.add_home(&user, content),
    };
    Ok(json!({ "view": workspace.view(&view) }))
}

impl Workspace {
    /// Somebody's Home tab, if it was ever published.
    pub fn home_of(&self, user: &str) -> Option<&View> {
        self.views.values().find(|view| view.user == user && view.content["type"] == "home")
    }

    /// The topmost modal that somebody has open.
    pub fn modal_of(&self, user: &str) -> Option<&View> {
        self.views.values().rfind(|view| view.user == user && view.open && view.content["type"] == "modal")
    }
}
