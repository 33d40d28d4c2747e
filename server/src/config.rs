//! Settings: flags over environment (`SHELFTRACE_…`) over file over defaults.

mod carrier;
mod channel;
mod transfer;

pub use carrier::CarrierSetting;

use crate::message::mail::Security;
use crate::message::wecom;
use clap::{Args, ValueEnum};
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What environment variables begin with.
pub const ENV_PREFIX: &str = "SHELFTRACE_";
/// The settings file looked for in the working directory.
pub const FILE: &str = "shelftrace.toml";

/// Our own news; of the database only what is wrong. It calls its own ordinary end at the end of a command an error.
const DEFAULT_LOG: &str = "info,surrealdb=warn,surrealkv=warn,surrealdb_core::kvs::tasks=off";

/// Settings as typed on the command line; what is not typed is left to the other sources.
#[derive(Debug, Clone, Default, Args, Serialize)]
pub struct Flags {
    /// Settings file [default: shelftrace.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder for database, keys and certificates [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// Database: surrealkv://DIR, mem:// or ws://HOST [default: surrealkv://DATA_DIR/db]
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Address to serve HTTP on [default: 127.0.0.1:3000]
    #[arg(long, global = true, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Also serve HTTPS to the local network with a certificate of our own
    #[arg(long, global = true, num_args = 0, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lan: Option<bool>,
    /// Folder that `cargo xtask site` filled [default: ./site]
    #[arg(long, global = true, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_dir: Option<PathBuf>,
    /// Where photos are kept: file, or s3://BUCKET[/PREFIX] with AWS_… variables [default: file, DATA_DIR/photos]
    #[arg(long, global = true, value_name = "PLACE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo_store: Option<String>,
    /// Address to serve Prometheus metrics on [default: off]
    #[arg(long, global = true, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
    /// Where browsers reach a server behind a proxy, such as https://stock.example
    #[arg(long, global = true, value_name = "ORIGIN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_origin: Option<String>,
    /// Log filter, such as info or server=debug [default: info, the database's warnings]
    #[arg(long, global = true, value_name = "FILTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Form of the log [default: text]
    #[arg(long, global = true, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one object a line.
    Json,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder for database, keys and certificates.
    pub data_dir: PathBuf,
    /// Database; `None` is SurrealKV in the data folder.
    pub database: Option<String>,
    /// Name to sign in to a remote database with.
    pub database_user: Option<String>,
    /// Its password.
    #[serde(default, deserialize_with = "any_scalar")]
    pub database_password: Option<String>,
    /// Address to serve HTTP on.
    pub listen: SocketAddr,
    /// Whether to serve HTTPS to the local network too.
    pub lan: bool,
    /// Address to serve that HTTPS on.
    pub lan_listen: SocketAddr,
    /// Address to hand out the certificate on, over plain HTTP.
    pub lan_certificate_listen: SocketAddr,
    /// Folder that `cargo xtask site` filled.
    pub site_dir: PathBuf,
    /// Where photos are kept: `file` (the data folder) or `s3://BUCKET[/PREFIX]`.
    pub photo_store: String,
    /// Address to serve metrics on; `None` is off.
    pub metrics: Option<SocketAddr>,
    /// Where browsers reach a server behind a proxy: scheme, host and port.
    pub public_origin: Option<String>,
    /// Log filter.
    pub log: String,
    /// Form of the log.
    pub log_format: LogFormat,
    /// A session ends after so many minutes without a request.
    pub session_idle_min: u32,
    /// A session ends so many days after sign-in.
    pub session_max_days: u32,
    /// Wrong passwords an account may see per minute.
    pub sign_in_per_account_per_min: u32,
    /// Wrong passwords an address may send per minute.
    pub sign_in_per_address_per_min: u32,
    /// Sync requests a device may send per second; twice as many in a burst.
    pub sync_per_device_per_s: u32,
    /// The chain's id in WeCom. This and the next four, from the application's page there, go together.
    #[serde(default, deserialize_with = "any_scalar")]
    pub wecom_corp_id: Option<String>,
    /// The application's number.
    pub wecom_agent_id: Option<u32>,
    /// The application's secret.
    #[serde(default, deserialize_with = "any_scalar")]
    pub wecom_secret: Option<String>,
    /// Token of its callbacks.
    #[serde(default, deserialize_with = "any_scalar")]
    pub wecom_token: Option<String>,
    /// EncodingAESKey of its callbacks.
    #[serde(default, deserialize_with = "any_scalar")]
    pub wecom_aes_key: Option<String>,
    /// Where WeCom's interface is.
    pub wecom_base: String,
    /// Where the robots of DingTalk's groups are.
    pub dingtalk_base: String,
    /// Where the robots of Feishu's groups are.
    pub feishu_base: String,
    /// What outgoing webhooks are signed with, `whsec_…`; `None` sends none.
    #[serde(default, deserialize_with = "any_scalar")]
    pub webhook_key: Option<String>,
    /// Whether webhooks and notices to browsers may also go to this machine, without HTTPS: for tests.
    pub webhook_to_loopback: bool,
    /// Whom push services write to when something is wrong with our notices: `mailto:` or `https:`. Without it,
    /// `public_origin`, where that is HTTPS; where it is not, browsers are not sent notices.
    pub push_contact: Option<String>,
    /// Carriers that orders are sent to, by code.
    #[serde(default)]
    pub carriers: BTreeMap<String, CarrierSetting>,
    /// The mail server's name; `None` sends no e-mail. It needs `smtp_from` and `public_origin`, for the links.
    pub smtp_host: Option<String>,
    /// Its port: by default 465 with TLS, 587 with STARTTLS, 25 without.
    pub smtp_port: Option<u16>,
    /// How the way to it is encrypted.
    pub smtp_security: Security,
    /// A file with a certificate in PEM to believe beside the public ones, for a mail server of the chain's own.
    pub smtp_certificate: Option<PathBuf>,
    /// Name to sign in with at the mail server.
    #[serde(default, deserialize_with = "any_scalar")]
    pub smtp_user: Option<String>,
    /// Its password.
    #[serde(default, deserialize_with = "any_scalar")]
    pub smtp_password: Option<String>,
    /// Who writes: `stock@chain.example`, or `货迹 <stock@chain.example>`.
    pub smtp_from: Option<String>,
    /// A store asked for goods is reminded after so many minutes without an answer.
    pub transfer_reminder_min: u32,
    /// Its region is asked after so many.
    pub transfer_escalation_min: u32,
    /// Those whose word a request needs are reminded after so many minutes without it.
    pub transfer_approval_min: u32,
    /// A store that has promised goods is reminded after so many minutes in which they have not left.
    pub transfer_sending_reminder_min: u32,
    /// Its region is asked after so many.
    pub transfer_sending_escalation_min: u32,
    /// Goods under way for longer than so many minutes are an abnormal flow.
    pub transfer_arrival_min: u32,
    /// The same for single routes, such as `"S001>S002" = 2880`.
    pub transfer_arrival_min_by_route: BTreeMap<String, u32>,
    /// An abnormal flow that nobody reviews for so many minutes goes to the region.
    pub transfer_review_min: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "data".into(),
            database: None,
            database_user: None,
            database_password: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            lan: false,
            lan_listen: SocketAddr::from(([0, 0, 0, 0], 3443)),
            lan_certificate_listen: SocketAddr::from(([0, 0, 0, 0], 3080)),
            site_dir: "site".into(),
            photo_store: "file".into(),
            metrics: None,
            public_origin: None,
            log: DEFAULT_LOG.into(),
            log_format: LogFormat::Text,
            session_idle_min: 12 * 60,
            session_max_days: 30,
            sign_in_per_account_per_min: 5,
            sign_in_per_address_per_min: 20,
            sync_per_device_per_s: 100,
            wecom_corp_id: None,
            wecom_agent_id: None,
            wecom_secret: None,
            wecom_token: None,
            wecom_aes_key: None,
            wecom_base: wecom::client::BASE.into(),
            dingtalk_base: "https://oapi.dingtalk.com".into(),
            feishu_base: "https://open.feishu.cn".into(),
            webhook_key: None,
            webhook_to_loopback: false,
            push_contact: None,
            carriers: BTreeMap::new(),
            smtp_host: None,
            smtp_port: None,
            smtp_security: Security::Starttls,
            smtp_certificate: None,
            smtp_user: None,
            smtp_password: None,
            smtp_from: None,
            transfer_reminder_min: 2 * 60,
            transfer_escalation_min: 8 * 60,
            transfer_approval_min: 4 * 60,
            transfer_sending_reminder_min: 12 * 60,
            transfer_sending_escalation_min: 24 * 60,
            transfer_arrival_min: 24 * 60,
            transfer_arrival_min_by_route: BTreeMap::new(),
            transfer_review_min: 12 * 60,
        }
    }
}

/// `SHELFTRACE_BIN` and `SHELFTRACE_E2E_…` tell the browser tests what to run; a server started by them inherits both.
fn is_of_tests(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key == "bin" || key.starts_with("e2e_")
}

/// A number or a truth value is a password too when it comes from the environment, which knows no quotes.
fn any_scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    use figment::value::{Num, Value};
    use serde::de::Error;
    match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Empty(..)) => Ok(None),
        Some(Value::String(_, text)) => Ok(Some(text)),
        Some(Value::Bool(_, truth)) => Ok(Some(truth.to_string())),
        Some(Value::Num(_, number)) => Ok(Some(match number {
            Num::I8(_) | Num::I16(_) | Num::I32(_) | Num::I64(_) | Num::I128(_) | Num::ISize(_) => {
                number.to_i128().map(|n| n.to_string()).ok_or_else(|| D::Error::custom("expected a password"))?
            }
            Num::F32(n) => n.to_string(),
            Num::F64(n) => n.to_string(),
            _ => number.to_u128().map(|n| n.to_string()).ok_or_else(|| D::Error::custom("expected a password"))?,
        })),
        Some(_) => Err(D::Error::custom("expected a password")),
    }
}

/// Why the settings are not usable.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A source has a value of the wrong kind or an unknown key; the message names both.
    #[error("the settings cannot be used: {0}")]
    Unreadable(String),
    /// The file named on the command line is not there.
    #[error("there is no settings file {}", .0.display())]
    NoFile(PathBuf),
    /// A value is readable but makes no sense.
    #[error("the setting `{key}` is {value}: {need}")]
    Nonsense {
        /// Which.
        key: &'static str,
        /// What it is.
        value: String,
        /// What it has to be.
        need: &'static str,
    },
}

impl Config {
    /// Reads all sources.
    ///
    /// # Errors
    /// When a source names an unknown key or an unusable value; the message says which.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let file = match &flags.config {
            Some(file) if !file.exists() => return Err(ConfigError::NoFile(file.clone())),
            Some(file) => Some(file.as_path()),
            None => Some(Path::new(FILE)).filter(|file| file.exists()),
        };
        Self::from_figment(&Self::sources(file, flags))
    }

    fn sources(file: Option<&Path>, flags: &Flags) -> Figment {
        let defaults = Figment::from(Serialized::defaults(Self::default()));
        let with_file = match file {
            Some(file) => defaults.merge(Toml::file_exact(file)),
            None => defaults,
        };
        with_file
            .merge(Env::prefixed(ENV_PREFIX).filter(|key| !is_of_tests(key.as_str())))
            .merge(Serialized::defaults(flags))
    }

    fn from_figment(figment: &Figment) -> Result<Self, ConfigError> {
        let config: Self = figment.extract().map_err(|error| ConfigError::Unreadable(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let nonsense = |key, value: String, need| Err(ConfigError::Nonsense { key, value, need });
        let url = self.database.as_deref().unwrap_or("surrealkv://");
        if !["surrealkv://", "mem://", "ws://", "wss://"].iter().any(|scheme| url.starts_with(scheme)) {
            return nonsense("database", mask_url(url), "it must begin with surrealkv://, mem://, ws:// or wss://");
        }
        if self.database_user.is_some() != self.database_password.is_some() {
            let given = if self.database_user.is_some() { "database_user" } else { "database_password" };
            return nonsense(given, "given alone".into(), "database_user and database_password go together");
        }
        if self.database_user.is_some() && !(url.starts_with("ws") && !url.contains('@')) {
            return nonsense("database_user", "given".into(), "only a ws:// database without a name in it takes one");
        }
        if self.photo_store != "file" && self.photo_bucket().is_none() {
            return nonsense("photo_store", self.photo_store.clone(), "it must be file or s3://BUCKET[/PREFIX]");
        }
        if let Some(origin) = &self.public_origin {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            if !host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])) {
                return nonsense("public_origin", origin.clone(), "it must be http(s)://host or http(s)://host:port");
            }
        }
        let counts = [
            ("session_idle_min", self.session_idle_min),
            ("session_max_days", self.session_max_days),
            ("sign_in_per_account_per_min", self.sign_in_per_account_per_min),
            ("sign_in_per_address_per_min", self.sign_in_per_address_per_min),
            ("sync_per_device_per_s", self.sync_per_device_per_s),
            ("transfer_reminder_min", self.transfer_reminder_min),
            ("transfer_escalation_min", self.transfer_escalation_min),
            ("transfer_approval_min", self.transfer_approval_min),
            ("transfer_sending_reminder_min", self.transfer_sending_reminder_min),
            ("transfer_sending_escalation_min", self.transfer_sending_escalation_min),
            ("transfer_arrival_min", self.transfer_arrival_min),
            ("transfer_review_min", self.transfer_review_min),
        ];
        for (key, value) in counts {
            if !(1..=1_000_000).contains(&value) {
                return nonsense(key, value.to_string(), "it must be 1 to 1000000");
            }
        }
        if tracing_subscriber::EnvFilter::try_new(&self.log).is_err() {
            return nonsense("log", self.log.clone(), "it must be a log filter such as info or server=debug");
        }
        self.check_routes()?;
        self.check_carriers()?;
        self.check_channels()
    }

    /// The database's address, with name and password where they are given apart.
    #[must_use]
    pub fn database_url(&self) -> String {
        let embedded = || format!("surrealkv://{}", self.data_dir.join("db").display());
        let url = self.database.clone().unwrap_or_else(embedded);
        match (url.split_once("://"), &self.database_user, &self.database_password) {
            (Some((scheme, host)), Some(user), Some(password)) => format!("{scheme}://{user}:{password}@{host}"),
            _ => url,
        }
    }

    /// The bucket that photos are kept in and what their keys begin with; `None` where they are in the data folder.
    #[must_use]
    pub fn photo_bucket(&self) -> Option<(&str, &str)> {
        let place = self.photo_store.strip_prefix("s3://")?;
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b));
        (!bucket.is_empty() && is_name(place)).then_some((bucket, prefix.trim_end_matches('/')))
    }

    /// Where the ledger's signed heads are witnessed, outside the database.
    #[must_use]
    pub fn heads_file(&self) -> PathBuf {
        self.data_dir.join("heads.jsonl")
    }

    /// Whether browsers reach the plain listener through HTTPS, by a proxy before it.
    #[must_use]
    pub fn is_behind_https(&self) -> bool {
        self.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// The settings for people to read, secrets masked.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut shown = self.clone();
        shown.database = Some(mask_url(&self.database_url()));
        for secret in [
            &mut shown.database_password,
            &mut shown.wecom_secret,
            &mut shown.wecom_token,
            &mut shown.wecom_aes_key,
            &mut shown.webhook_key,
            &mut shown.smtp_password,
        ] {
            *secret = secret.as_ref().map(|_| MASK.to_owned());
        }
        shown.carriers.values_mut().for_each(|carrier| carrier.key = MASK.to_owned());
        let pairs = serde_json::to_value(&shown).expect("settings are plain data");
        let mut text = String::new();
        for (key, value) in pairs.as_object().expect("settings are a struct") {
            match value {
                serde_json::Value::Null => text.push_str(&format!("# {key} is not set\n")),
                value => text.push_str(&format!("{key} = {value}\n")),
            }
        }
        text
    }
}

const MASK: &str = "********";

/// `ws://name:secret@host` without the secret.
fn mask_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{MASK}@{host}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests;
