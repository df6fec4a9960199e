//! Slack's token rotation: what the first pair of tokens is renewed with.
//! <https://docs.slack.dev/authentication/using-token-rotation/>

use clap::Args;

use super::{Secret, given};

/// What the environment says of it, before it is checked.
#[derive(Debug, Clone, Default, Args)]
pub struct RotationEnvironment {
    /// Slack, if the app has token rotation: the refresh token (`xoxe-…`) beside the bot's token on its page; those after it are in the database, sealed.
    #[arg(long, env = "SLACK_REFRESH_TOKEN", value_name = "TOKEN", hide_env_values = true, global = true)]
    pub slack_refresh_token: Option<String>,
    /// Slack, if the app has token rotation: the app's client id.
    #[arg(long, env = "SLACK_CLIENT_ID", value_name = "ID", global = true)]
    pub slack_client_id: Option<String>,
    /// Slack, if the app has token rotation: the app's client secret.
    #[arg(long, env = "SLACK_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true, global = true)]
    pub slack_client_secret: Option<String>,
}

/// How the bot's token is renewed.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The first one; those after it are in the store.
    pub refresh_token: Secret,
    pub client_id: String,
    pub client_secret: Secret,
}

impl RotationEnvironment {
    fn all(&self) -> [Option<&str>; 3] {
        [&self.slack_refresh_token, &self.slack_client_id, &self.slack_client_secret].map(|text| given(text.as_ref()))
    }

    /// Whether any of it is set: then somebody wants Slack.
    pub(super) fn says_something(&self) -> bool {
        self.all().iter().any(Option::is_some)
    }

    /// How the bot's token is renewed; none if it is one that does not end.
    pub(super) fn check(&self, problems: &mut Vec<String>) -> Option<Rotation> {
        match self.all() {
            [Some(refresh_token), Some(client_id), Some(client_secret)] => Some(Rotation {
                refresh_token: Secret::new(refresh_token),
                client_id: client_id.to_owned(),
                client_secret: Secret::new(client_secret),
            }),
            [None, None, None] => None,
            _ => {
                problems.push(
                    "SLACK_REFRESH_TOKEN, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together (token rotation); set all three, or none".into(),
                );
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_belong_together() {
        let text = |text: &str| Some(text.to_owned());
        let whole = RotationEnvironment {
            slack_refresh_token: text(" xoxe-1-a "),
            slack_client_id: text("1.2"),
            slack_client_secret: text("s3cret"),
        };
        let mut problems = Vec::new();
        let rotation = whole.check(&mut problems).unwrap();
        assert_eq!((rotation.refresh_token.reveal(), rotation.client_id.as_str()), ("xoxe-1-a", "1.2"));
        assert!(!format!("{rotation:?}").contains("s3cret"));
        assert!(RotationEnvironment::default().check(&mut problems).is_none() && problems.is_empty());
        let parts = RotationEnvironment { slack_client_id: text(" "), ..whole };
        assert!(parts.check(&mut problems).is_none());
        assert_eq!(problems.len(), 1);
        assert!(!problems[0].contains("s3cret") && problems[0].contains("SLACK_CLIENT_ID"));
    }
}
