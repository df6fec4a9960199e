//! Guilds over REST.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as FromHub};

use super::Hub;
use super::errors::Failed;
use super::people::Role;
use super::rest::Reply;
use super::state::{Id, State};

impl State {
    /// A guild that the bot is in.
    fn own_guild(&self, guild: Id) -> Result<&super::people::Guild, Failed> {
        let found = self.guilds.get(&guild).ok_or_else(|| Failed::of(10004))?;
        if found.members.contains_key(&self.bot) { Ok(found) } else { Err(Failed::of(50001)) }
    }
}

pub async fn guild(FromHub(hub): FromHub<Arc<Hub>>, Path(guild): Path<Id>) -> Reply {
    hub.read(|state| Ok(Json(state.own_guild(guild)?.draw())))
}

pub async fn roles(FromHub(hub): FromHub<Arc<Hub>>, Path(guild): Path<Id>) -> Reply {
    hub.read(|state| Ok(Json(state.own_guild(guild)?.roles.values().map(Role::draw).collect())))
}

pub async fn member(FromHub(hub): FromHub<Arc<Hub>>, Path((guild, user)): Path<(Id, Id)>) -> Reply {
    hub.read(|state| {
        state.own_guild(guild)?;
        if !state.users.contains_key(&user) {
            return Err(Failed::of(10013));
        }
        state.member(guild, user).map(Json).ok_or_else(|| Failed::of(10007))
    })
}
