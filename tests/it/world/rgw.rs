//! A throw-away S3 server with real Object Lock: Ceph's RGW from Debian's packages, one per test process, started when
//! it is first asked for (about 15 s) and gone when the process is, however that ends. It listens on this computer
//! alone and keeps objects in memory.
//!
//! It ignores what is said of encryption and checksums, and `If-None-Match` in a bucket with versions; the fake in
//! [`super::s3`] is strict about all of them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::{self, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use aws_sdk_s3::{Client, Config};
use shopwatch::settings::Secret;
use shopwatch::settings::bucket::{AccessKey, BucketSettings, DEADLINE, Encryption, LockMode};

/// The server's whole life, in a shell of its own, like that of the Postgres server: it ends when our end of its stdin
/// closes, which the kernel sees to even after a SIGKILL.
const WATCHDOG: &str = r#"
set -eu
dir=$1 port=$2 key=$3 secret=$4 ready= pids=
exec 2>&1
trap '' INT TERM HUP PIPE
export CEPH_CONF="$dir/ceph.conf"
end() {
  [ "$ready" ] || tail -n 3 "$dir/setup.log" "$dir"/*.out 2>/dev/null || :
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || :
  wait
  rm -rf "$dir"
}
trap end EXIT
quiet() { "$@" >>"$dir/setup.log" 2>&1 </dev/null; }
mon="[v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]"
quiet monmaptool --create --clobber --addv a "$mon" --fsid "$(cat /proc/sys/kernel/random/uuid)" "$dir/monmap"
quiet ceph-mon --mkfs -i a --monmap "$dir/monmap"
ceph-mon -f -i a >"$dir/mon.out" 2>&1 </dev/null & pids="$pids $!"
osd=$(cat /proc/sys/kernel/random/uuid)
quiet timeout 60 ceph osd new "$osd"
quiet ceph-osd -i 0 --mkfs --osd-uuid "$osd"
ceph-osd -f -i 0 >"$dir/osd.out" 2>&1 </dev/null & pids="$pids $!"
quiet timeout 120 radosgw-admin -n client.rgw user create --uid=shop --display-name=shop "--access-key=$key" "--secret=$secret"
radosgw -f -n client.rgw >"$dir/rgw.out" 2>&1 </dev/null & pids="$pids $!"
quiet timeout 120 sh -c 'until curl -s -o /dev/null "http://127.0.0.1:$0/"; do sleep 0.1; done' "$port"
echo ready
ready=yes
cat >/dev/null
"#;

/// What the daemons are told; the rest follows from the folder and the port.
const SETTINGS: &str = "\
public_addr=127.0.0.1
cluster_addr=127.0.0.1
mon_initial_members=a
auth_cluster_required=none
auth_service_required=none
auth_client_required=none
osd_pool_default_size=1
osd_pool_default_min_size=1
osd_pool_default_pg_num=1
osd_pool_default_pg_autoscale_mode=off
mon_allow_pool_size_one=true
mon_max_pg_per_osd=1000
mon_data_avail_crit=0
osd_crush_chooseleaf_type=0
osd_objectstore=memstore
memstore_device_bytes=1073741824
";

const KEY_ID: &str = "shop";
const SECRET: &str = "shop-secret";
const REGION: &str = "us-east-1";

/// A running server that only this process uses.
pub struct Rgw {
    port: u16,
    /// Never written to: while it is open, the server runs.
    _lifeline: ChildStdin,
}

/// The server of this process, started on the first call.
///
/// # Panics
///
/// When Ceph is not installed or does not start; the message says what to install, or what the server said.
pub fn rgw() -> &'static Rgw {
    static RGW: LazyLock<Result<Rgw, String>> = LazyLock::new(Rgw::start);
    RGW.as_ref().unwrap_or_else(|why| panic!("{why}"))
}

impl Rgw {
    fn start() -> Result<Self, String> {
        for program in ["ceph-mon", "ceph-osd", "ceph", "radosgw", "curl"] {
            let found = Command::new("sh").args(["-c", "command -v \"$0\" >/dev/null", program]).status();
            if !found.is_ok_and(|found| found.success()) {
                return Err(format!(
                    "{program} is not installed. Run tests/setup, or \
                     `apt-get install --no-install-recommends ceph-mon ceph-osd ceph-common radosgw curl`."
                ));
            }
        }
        let text = |why: std::io::Error| format!("no directory for Ceph: {why}");
        let directory = tempfile::Builder::new().prefix("shopwatch-ceph-").tempdir().map_err(text)?.keep();
        let (port, dir) = (free_ports()?, directory.display());
        let of_folder = format!(
            "[global]\nmon_host=[v2:127.0.0.1:{},v1:127.0.0.1:{}]\nmon_data={dir}/mon\nosd_data={dir}/osd\nrun_dir={dir}\n\
             admin_socket={dir}/$name.asok\nlog_file={dir}/$name.log\ncrash_dir={dir}\n",
            port + 1,
            port + 2,
        );
        let of_rgw = format!(
            "[client.rgw]\nms_mon_client_mode=crc\nrgw_crypt_require_ssl=false\nrgw_frontends=beast endpoint=127.0.0.1:{port}\n"
        );
        fs::create_dir(directory.join("osd")).and_then(|()| fs::create_dir(directory.join("mon"))).map_err(text)?;
        fs::write(directory.join("ceph.conf"), of_folder + SETTINGS + &of_rgw).map_err(text)?;
        let mut watchdog = Command::new("bash");
        watchdog.args(["-c", WATCHDOG, "ceph-watchdog"]).arg(&directory).args([&port.to_string(), KEY_ID, SECRET]);
        watchdog.current_dir(&directory).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        watchdog.process_group(0); // Ctrl-C is sent to the test's group, and the watchdog must outlive it
        let mut watchdog = watchdog.spawn().map_err(|why| format!("cannot start Ceph: {why}"))?;
        let (Some(lifeline), Some(said)) = (watchdog.stdin.take(), watchdog.stdout.take()) else {
            return Err("Ceph was started without its pipes".to_owned());
        };
        let mut log = String::new();
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            if line == "ready" {
                return Ok(Self { port, _lifeline: lifeline });
            }
            log.push_str(&line);
            log.push('\n');
        }
        Err(format!("Ceph did not start:\n{log}"))
    }

    /// A new bucket, with Object Lock or without anything, and how it is reached.
    pub async fn bucket(&self, locks: bool) -> BucketSettings {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("shop-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let client = self.client();
        client.create_bucket().bucket(&name).object_lock_enabled_for_bucket(locks).send().await.unwrap();
        if locks {
            let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
            client.put_bucket_versioning().bucket(&name).versioning_configuration(on).send().await.unwrap();
        }
        BucketSettings {
            bucket: name,
            prefix: "kings-cross/".to_owned(),
            endpoint: Some(self.url().parse().unwrap()),
            region: REGION.to_owned(),
            path_style: true,
            key: AccessKey::Given { id: Secret::new(KEY_ID), secret: Secret::new(SECRET), token: None },
            encryption: Encryption::Aes256,
            lock: Some(LockMode::Governance),
            deadline: DEADLINE,
        }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Somebody else's client of the same server.
    pub fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .credentials_provider(Credentials::new(KEY_ID, SECRET, None, None, "tests"))
            .force_path_style(true)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(self.url());
        Client::from_conf(config.build())
    }
}

/// Three ports in a row below those that the kernel hands out; Postgres has others. The process id keeps two test
/// processes apart.
fn free_ports() -> Result<u16, String> {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    (0..800)
        .filter_map(|n| u16::try_from(30_000 + (process::id() * 3 + n * 3) % 2_400).ok())
        .find(|port| (0..3).all(|n| free(port + n)))
        .ok_or_else(|| "no free ports for Ceph between 30000 and 32400".to_owned())
}
