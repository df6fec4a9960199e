//! Ways in which a Discord may differ within what its documentation says.

use super::FakeDiscord;
use super::routes::ROUTES;

impl FakeDiscord {
    /// From now on it does not have this route.
    ///
    /// # Panics
    ///
    /// When no route is called so.
    pub fn lacks(&self, route: &'static str) {
        assert!(ROUTES.contains(&route), "{route} is no route of this fake");
        self.hub.change(|state| state.lacking.push(route));
    }

    /// The application has another id than its bot, as those have that were made before 2017.
    pub fn is_an_old_application(&self) {
        self.hub.change(|state| state.application = state.id());
    }

    /// From now on the addresses that it gives have this name for its host.
    pub fn is_called(&self, host: &str) {
        self.hub.change(|state| state.base = format!("http://{host}:{}", self.address.port()));
    }

    /// From now on a session is begun and resumed in documented words: a token stands by itself, and a time is a number.
    pub fn wants_documented_words(&self) {
        self.hub.change(|state| state.gateway.wants_documented_words = true);
    }

    /// From now on a session is resumed where its `READY` says, and nowhere else.
    /// <https://discord.com/developers/docs/events/gateway#preparing-to-resume>
    pub fn resumes_where_it_says(&self) {
        self.hub.change(|state| state.gateway.resumes_where_it_says = true);
    }

    /// From now on a session begins with few words.
    pub fn says_little(&self) {
        self.hub.change(|state| state.gateway.says_little = true);
    }
}
