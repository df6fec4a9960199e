//! `views.*`: modals.

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::blocks::{self, Surface};
use super::refusal::{Refusal, Reply};
use super::workspace::{Chosen, Trigger, View, Workspace};

/// How long a trigger may wait.
const TRIGGER_LIFE: std::time::Duration = std::time::Duration::from_secs(3);
/// How many views stand on each other.
const STACK_MAX: usize = 3;
/// No view is larger.
const VIEW_MAX: usize = 250_000;

/// `views.open`.
pub fn open(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let content = workspace.view_content(arguments, Surface::Modal)?;
    let trigger = workspace.exchange(arguments)?;
    workspace.close_views_of(&trigger.user);
    let view = workspace.add_view(&trigger.user, content, None);
    Ok(json!({ "view": workspace.view(&view) }))
}

/// `views.push`.
pub fn push(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let content = workspace.view_content(arguments, Surface::Modal)?;
    let trigger = workspace.exchange(arguments)?;
    let below = trigger.view.and_then(|id| workspace.views.get(&id)).filter(|view| view.open).cloned();
    let below = below.ok_or_else(|| Refusal::of("not_found"))?;
    let view = workspace.push_view(&below, content)?;
    Ok(json!({ "view": workspace.view(&view) }))
}

/// `views.update`.
pub fn update(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let content = workspace.view_content(arguments, Surface::Modal)?;
    let external = arguments.text("external_id");
    let named = |view: &&View| match (arguments.text("view_id"), &external) {
        (Some(id), _) => view.id == id,
        (None, Some(external)) => view.content["external_id"] == json!(external),
        (None, None) => false,
    };
    let found =
        workspace.views.values().find(named).filter(|view| view.open && view.content["type"] == "modal").cloned();
    let found = found.ok_or_else(|| Refusal::of("not_found"))?;
    if arguments.text("hash").is_some_and(|hash| hash != found.hash) {
        return Err(Refusal::of("hash_conflict"));
    }
    let view = workspace.replace_view(&found.id, content);
    Ok(json!({ "view": workspace.view(&view) }))
}

impl Workspace {
    /// The view of a call, checked.
    pub fn view_content(&mut self, arguments: &Arguments, surface: Surface) -> Result<Value, Refusal> {
        let view = arguments.json("view").transpose()?.unwrap_or(Value::Null);
        self.checked_view(&view, surface)
    }

    /// A view as it may be shown.
    pub fn checked_view(&mut self, view: &Value, surface: Surface) -> Result<Value, Refusal> {
        if view.to_string().len() > VIEW_MAX {
            return Err(Refusal::of("view_too_large"));
        }
        blocks::checked_view(self, view, surface).map_err(|found| Refusal::with_messages("invalid_arguments", &found))
    }

    fn exchange(&mut self, arguments: &Arguments) -> Result<Trigger, Refusal> {
        let Some(id) = arguments.text("trigger_id") else {
            return Err(Refusal::with_messages(
                "invalid_arguments",
                &["missing required field: trigger_id".to_owned()],
            ));
        };
        let trigger = self.triggers.get_mut(&id).ok_or_else(|| Refusal::of("invalid_trigger_id"))?;
        if trigger.used {
            return Err(Refusal::of("exchanged_trigger_id"));
        }
        if super::now().duration_since(trigger.born) > TRIGGER_LIFE {
            return Err(Refusal::of("expired_trigger_id"));
        }
        trigger.used = true;
        Ok(trigger.clone())
    }

    fn add_view(&mut self, user: &str, content: Value, below: Option<&View>) -> View {
        let id = self.mint("V");
        let view = View {
            id: id.clone(),
            user: user.to_owned(),
            hash: self.view_hash(),
            root: below.map_or_else(|| id.clone(), |view| view.root.clone()),
            previous: below.map(|view| view.id.clone()),
            content,
            chosen: Chosen::new(),
            errors: std::collections::BTreeMap::new(),
            open: true,
        };
        self.views.insert(id, view.clone());
        view
    }

    /// Puts a view onto another.
    pub fn push_view(&mut self, below: &View, content: Value) -> Result<View, Refusal> {
        let depth = self.views.values().filter(|view| view.open && view.root == below.root).count();
        if depth >= STACK_MAX {
            return Err(Refusal::of("push_limit_reached"));
        }
        Ok(self.add_view(&below.user.clone(), content, Some(below)))
    }

    /// Shows something else in a view; what was filled in stays where block and action are the same.
    pub fn replace_view(&mut self, id: &str, content: Value) -> View {
        let hash = self.view_hash();
        let view = self.views.get_mut(id).expect("a view that was found");
        view.content = content;
        view.hash = hash;
        view.errors.clear();
        let kept = super::state::elements(&view.content["blocks"]);
        view.chosen.retain(|key, _| kept.iter().any(|element| element.key() == *key));
        view.clone()
    }

    /// Every modal that somebody has open is closed.
    pub fn close_views_of(&mut self, user: &str) {
        let modals = self.views.values_mut().filter(|view| view.user == user && view.content["type"] == "modal");
        modals.for_each(|view| view.open = false);
    }

    /// A new Home tab.
    pub fn add_home(&mut self, user: &str, content: Value) -> View {
        self.add_view(user, content, None)
    }

    fn view_hash(&mut self) -> String {
        let serial = self.serial();
        format!("{}.{serial:08x}", self.clock.now().timestamp())
    }
}
