//! What the bucket does with objects.

use domain::clock::Moment;

use super::door::{Answer, Call};
use super::{Fault, Object, Op, State};

/// The most versions or names that are listed at once, however many are asked for; few, so that one page is seldom all.
const VERSIONS_MAX: usize = 2;

impl State {
    pub(super) fn act(&mut self, call: &Call, fault: Option<Fault>) -> Answer {
        match call.op {
            _ if fault == Some(Fault::Listed) => xml("<ListBucketResult><Name>shop-evidence</Name></ListBucketResult>"),
            Op::Put => self.put(call, fault),
            Op::Get | Op::Head => self.get(call, fault),
            Op::Delete => self.delete(call),
            Op::Retain => self.retain(call),
            Op::Hold => self.hold(call),
            Op::Versioning => {
                let status = if self.can.versions { "<Status>Enabled</Status>" } else { "" };
                let other = fault == Some(Fault::OtherHeading);
                let heading = if other { "GetBucketVersioningResponse" } else { "VersioningConfiguration" };
                xml(&format!("<{heading}>{status}</{heading}>"))
            }
            Op::Locking if self.can.locks => {
                xml("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>")
            }
            Op::Locking => Answer::no(404, "ObjectLockConfigurationNotFoundError"),
            Op::List => self.list(call),
            Op::Versions if self.can.lists_versions => self.versions(call),
            Op::Versions => Answer::no(501, "NotImplemented"),
        }
    }

    fn put(&mut self, call: &Call, fault: Option<Fault>) -> Answer {
        if fault == Some(Fault::TakenByOthers) {
            let key = call.key.clone();
            self.objects.push(Object { key, bytes: b"somebody else's".to_vec(), ..Object::default() });
        }
        if self.shut.as_ref().is_some_and(|shut| call.key.contains(shut)) {
            return Answer::no(403, "AccessDenied");
        }
        if call.header("if-none-match").is_some() && !self.can.conditions {
            return Answer::no(501, "NotImplemented");
        }
        let taken = self.objects.iter().any(|object| object.key == call.key);
        if taken && self.can.write_once && call.header("if-none-match") == Some("*") {
            return Answer::no(412, "PreconditionFailed");
        }
        let text = |name: &str| call.header(name).map(ToOwned::to_owned);
        let mode = text("x-amz-object-lock-mode");
        if mode.is_some() && !self.can.locks {
            return Answer::no(400, "InvalidRequest");
        }
        if mode.is_some() && call.header("x-amz-sdk-checksum-algorithm") != Some("SHA256") {
            return Answer::no(400, "MissingUploadObjectWithObjectLockHeaders");
        }
        self.versions += 1;
        let version = self.can.versions.then(|| format!("v{}", self.versions));
        let version = version.filter(|_| fault != Some(Fault::NoVersion));
        let encryption = text("x-amz-server-side-encryption").filter(|_| self.can.encrypt);
        self.objects.push(Object {
            key: call.key.clone(),
            version: version.clone(),
            bytes: call.body.to_vec(),
            hash: text("x-amz-meta-sha256").unwrap_or_default(),
            encryption,
            mode,
            put_at: self.now(),
            locked_until: text("x-amz-object-lock-retain-until-date").map(|date| date.parse().unwrap()),
            ..Object::default()
        });
        let mut headers = vec![("etag", "\"1\"".to_owned())];
        headers.extend(version.map(|version| ("x-amz-version-id", version)));
        Answer { status: 200, headers, body: Vec::new() }
    }

    /// The newest version, or the one that is named.
    fn find(&self, call: &Call) -> Option<usize> {
        let wanted = call.query.get("versionId");
        let of = |object: &Object| object.key == call.key && wanted.is_none_or(|v| object.version.as_ref() == Some(v));
        self.objects.iter().rposition(of)
    }

    fn get(&self, call: &Call, fault: Option<Fault>) -> Answer {
        let Some(at) = self.find(call) else { return Answer::no(404, "NoSuchKey") };
        let object = &self.objects[at];
        if object.mark {
            return Answer::no(404, "NoSuchKey");
        }
        let mut body = object.bytes.clone();
        if fault == Some(Fault::OtherBytes) {
            body[0] ^= 1;
        }
        let mut headers = vec![("etag", "\"1\"".to_owned()), ("x-amz-meta-sha256", object.hash.clone())];
        headers.push(("last-modified", httpdate::fmt_http_date(object.put_at.into())));
        let version = object.version.clone().filter(|_| fault != Some(Fault::NoVersion));
        headers.extend(version.map(|version| ("x-amz-version-id", version)));
        headers.extend(object.encryption.clone().map(|said| ("x-amz-server-side-encryption", said)));
        headers.extend(object.mode.clone().map(|mode| ("x-amz-object-lock-mode", mode)));
        headers.extend(object.held.then(|| ("x-amz-object-lock-legal-hold", "ON".to_owned())));
        let until = object.locked_until.map(|until| until.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        headers.extend(until.map(|until| ("x-amz-object-lock-retain-until-date", until)));
        Answer { status: 200, headers, body }
    }

    fn delete(&mut self, call: &Call) -> Answer {
        let Some(at) = self.find(call) else { return Answer { status: 204, headers: Vec::new(), body: Vec::new() } };
        let locked = self.objects[at].held || self.objects[at].locked_until.is_some_and(|until| until > self.now());
        if locked || !self.can.remove {
            return Answer::no(403, "AccessDenied");
        }
        self.objects.remove(at);
        Answer { status: 204, headers: Vec::new(), body: Vec::new() }
    }

    fn retain(&mut self, call: &Call) -> Answer {
        let text = String::from_utf8(call.body.to_vec()).unwrap();
        let within = |tag: &str| {
            let (_, after) = text.split_once(&format!("<{tag}>"))?;
            Some(after.split_once("</")?.0.to_owned())
        };
        let until: Moment = within("RetainUntilDate").unwrap().parse().unwrap();
        let Some(at) = self.find(call) else { return Answer::no(404, "NoSuchKey") };
        if self.objects[at].locked_until.is_some_and(|locked| locked > until) {
            return Answer::no(403, "AccessDenied");
        }
        self.objects[at].locked_until = Some(until);
        self.objects[at].mode = within("Mode");
        Answer { status: 200, headers: Vec::new(), body: Vec::new() }
    }

    fn hold(&mut self, call: &Call) -> Answer {
        let text = String::from_utf8(call.body.to_vec()).unwrap();
        let Some(at) = self.find(call) else { return Answer::no(404, "NoSuchKey") };
        if !self.can.locks {
            return Answer::no(400, "InvalidRequest");
        }
        self.objects[at].held = text.contains("<Status>ON</Status>");
        Answer { status: 200, headers: Vec::new(), body: Vec::new() }
    }

    fn list(&self, call: &Call) -> Answer {
        let (prefix, after) = (&call.query["prefix"], call.query.get("start-after").cloned().unwrap_or_default());
        let mut keys: Vec<&str> = self.objects.iter().map(|object| object.key.as_str()).collect();
        keys.retain(|key| key.starts_with(prefix) && *key > after.as_str());
        keys.sort_unstable();
        let more = keys.len() > VERSIONS_MAX;
        keys.truncate(VERSIONS_MAX);
        let keys: Vec<String> = keys.iter().map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
        let said = format!("<IsTruncated>{more}</IsTruncated>{}", keys.concat());
        xml(&format!("<ListBucketResult>{said}</ListBucketResult>"))
    }

    fn versions(&self, call: &Call) -> Answer {
        let version = |object: &Object| object.version.clone().unwrap_or_else(|| "null".to_owned());
        let one = |object: &Object| {
            let kind = if object.mark { "DeleteMarker" } else { "Version" };
            format!("<{kind}><Key>{}</Key><VersionId>{}</VersionId></{kind}>", object.key, version(object))
        };
        // The newest of a name first, and no more than two at once.
        let mut ours: Vec<&Object> = self.objects.iter().rev().collect();
        ours.retain(|object| object.key.starts_with(&call.query["prefix"]));
        ours.sort_by_key(|object| object.key.as_str());
        let after = call.query.get("key-marker").zip(call.query.get("version-id-marker"));
        let begin = after.map_or(0, |(key, id)| {
            1 + ours.iter().position(|object| object.key == *key && version(object) == *id).unwrap()
        });
        let page = &ours[begin..ours.len().min(begin + VERSIONS_MAX)];
        let next = page.last().filter(|_| begin + page.len() < ours.len()).map(|last| {
            format!(
                "<IsTruncated>true</IsTruncated><NextKeyMarker>{}</NextKeyMarker><NextVersionIdMarker>{}</NextVersionIdMarker>",
                last.key,
                version(last)
            )
        });
        let page: String = page.iter().map(|object| one(object)).collect();
        xml(&format!("<ListVersionsResult>{}{page}</ListVersionsResult>", next.unwrap_or_default()))
    }
}

fn xml(text: &str) -> Answer {
    let headers = vec![("content-type", "application/xml".to_owned())];
    Answer { status: 200, headers, body: format!("<?xml version=\"1.0\"?>{text}").into_bytes() }
}
