//! Asking a bucket: one deadline for each thing, and an answer in words that are safe to log and to show.

use std::time::Duration;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use tokio::time::timeout;

use crate::evidence::trouble::Trouble;

/// The longest code of an error that is repeated to anybody; S3's longest has about 60 characters.
const CODE_MAX: usize = 64;
/// So much is read of a "yes" that is not written as S3 writes it.
const YES_MAX: usize = 4 * 1024;

/// A "no": the server's, or that of the way to it.
#[derive(Debug)]
pub struct No {
    /// 0 if there was no answer.
    pub status: u16,
    /// What S3 calls it; empty if there was no answer, or no such word in it.
    pub code: String,
    /// A "yes" that is not written as S3 writes it; empty otherwise.
    pub yes: String,
    /// Why there was no answer.
    why: &'static str,
}

/// Sends a request; no answer in time is an answer too.
pub async fn ask<T, E: ProvideErrorMetadata>(
    deadline: Duration,
    request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T, No> {
    match timeout(deadline, Box::pin(request)).await {
        Ok(answer) => answer.map_err(|why| No::of(&why)),
        Err(_) => Err(No::without_answer("the server did not answer in time")),
    }
}

impl No {
    fn of<E: ProvideErrorMetadata>(why: &SdkError<E, HttpResponse>) -> Self {
        match why {
            SdkError::ServiceError(said) => {
                let code: String = said.err().code().unwrap_or_default().chars().take(CODE_MAX).collect();
                let plain = code.chars().all(|c| c.is_ascii_alphanumeric());
                let status = said.raw().status().as_u16();
                let body = said.raw().body().bytes().filter(|_| status == 200).unwrap_or_default();
                let yes = String::from_utf8_lossy(body.get(..YES_MAX).unwrap_or(body)).into_owned();
                Self { status, code: if plain { code } else { String::new() }, yes, why: "" }
            }
            SdkError::TimeoutError(_) => Self::without_answer("the server did not answer in time"),
            SdkError::ResponseError(_) => Self::without_answer("the server's answer cannot be read"),
            SdkError::ConstructionFailure(_) => Self::without_answer("no request can be made of these settings"),
            // Also what a later version of the client may add.
            SdkError::DispatchFailure(_) | _ => Self::without_answer("the server cannot be reached"),
        }
    }

    /// There was no answer, for this reason.
    pub fn without_answer(why: &'static str) -> Self {
        Self { status: 0, code: String::new(), yes: String::new(), why }
    }

    /// Something is there already.
    pub fn taken() -> Self {
        Self { status: 412, code: "PreconditionFailed".to_owned(), yes: String::new(), why: "" }
    }

    /// Whether it has this code.
    pub fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.code.as_str())
    }

    /// Whether there is no such thing; a bucket that is not there is another matter.
    pub fn is_missing(&self) -> bool {
        self.status == 404 && self.code != "NoSuchBucket"
    }

    /// Whether the server does not know such a request, or something in it. Some pass over what they do not know, and list
    /// what is in the bucket.
    pub fn is_unknown(&self) -> bool {
        let listed = self.yes.contains("<ListBucketResult");
        listed || self.is(&["NotImplemented", "MethodNotAllowed"]) || [405, 501].contains(&self.status)
    }

    /// Whether something was there, or came there at the same moment.
    pub fn is_taken(&self) -> bool {
        self.status == 412 || self.is(&["ConditionalRequestConflict"])
    }

    fn in_words(&self) -> Option<&'static str> {
        Some(match (self.code.as_str(), self.status) {
            ("", 0) => self.why,
            ("NoSuchBucket", _) => "there is no bucket of that name; make it, or mend EVIDENCE_URL",
            ("InvalidAccessKeyId" | "SignatureDoesNotMatch", _) => {
                "the server does not accept AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY"
            }
            ("ExpiredToken" | "InvalidToken", _) => {
                "the server does not accept AWS_SESSION_TOKEN; temporary keys end: restart with a new one, or have it renewed in AWS_SHARED_CREDENTIALS_FILE"
            }
            ("RequestTimeTooSkewed", _) => "the server says that our clock is wrong; set it",
            ("PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed", _) | (_, 300..=399) => {
                "the bucket is somewhere else; mend S3_ENDPOINT or AWS_REGION"
            }
            ("SlowDown", _) | (_, 429) => "the server asks for fewer requests",
            ("AccessDenied", _) | (_, 401 | 403) => {
                "the access key may not do that; the README has the policy it needs"
            }
            ("InvalidRequest" | "NotImplemented", _) => {
                "the server does not take such a request; where it cannot encrypt, set S3_ENCRYPTION=none"
            }
            (_, 200..=299) => "the server does not answer as S3 does; mend S3_ENDPOINT",
            (_, 500..=599) => "the server has trouble of its own",
            _ => return None,
        })
    }
}

impl From<No> for Trouble {
    fn from(no: No) -> Self {
        match no.in_words() {
            _ if no.is_missing() => Self::Missing,
            _ if no.status == 413 || no.is(&["EntityTooLarge"]) => Self::TooLarge,
            Some(words) => Self::Unusable(words.into()),
            None => {
                Self::Unusable(format!("the server answered {} {}", no.status, no.code).trim_end().to_owned().into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, code: &str) -> Trouble {
        No { status, code: code.to_owned(), yes: String::new(), why: "" }.into()
    }

    #[test]
    fn an_answer_becomes_words_that_say_what_to_do() {
        assert!(matches!(said(404, "NoSuchKey"), Trouble::Missing));
        assert!(matches!(said(404, ""), Trouble::Missing), "an answer to HEAD has no body");
        assert!(matches!(said(413, ""), Trouble::TooLarge) && matches!(said(400, "EntityTooLarge"), Trouble::TooLarge));
        for (status, code, part) in [
            (404, "NoSuchBucket", "EVIDENCE_URL"),
            (403, "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
            (400, "ExpiredToken", "AWS_SESSION_TOKEN"),
            (403, "AccessDenied", "policy"),
            (403, "", "policy"),
            (403, "RequestTimeTooSkewed", "clock"),
            (307, "TemporaryRedirect", "S3_ENDPOINT"),
            (503, "SlowDown", "fewer"),
            (400, "InvalidRequest", "S3_ENCRYPTION=none"),
            (500, "InternalError", "trouble of its own"),
            (200, "", "S3_ENDPOINT"),
            (418, "Teapot", "418 Teapot"),
        ] {
            let trouble = said(status, code);
            assert!(trouble.concerns_all() && trouble.to_string().contains(part), "{status} {code}: {trouble}");
        }
    }
}
