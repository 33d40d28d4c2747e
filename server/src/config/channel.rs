//! Settings of the channels that messages go by.

use super::{Config, ConfigError};
use crate::message::guard::Reach;
use crate::message::mail::{Security, Server};
use crate::message::robot::Bases;
use crate::message::secret::Secret;
use crate::message::webhook::SigningKey;
use crate::message::wecom::callback::Callback;
use crate::message::wecom::client::Application;
use crate::message::wecom::crypt::Crypt;

impl Config {
    /// The chain's application in WeCom, and what opens its callbacks; `None` where it is not set.
    #[must_use]
    pub fn wecom(&self) -> Option<(Application, Callback)> {
        let secret = |text: &Option<String>| text.as_deref().map(Secret::new);
        let corp_id = self.wecom_corp_id.clone()?;
        let agent_id = self.wecom_agent_id?;
        let crypt = Crypt::new(secret(&self.wecom_token)?, &secret(&self.wecom_aes_key)?, corp_id.clone()).ok()?;
        let application = Application {
            base: self.wecom_base.clone(),
            corp_id,
            secret: secret(&self.wecom_secret)?,
            agent_id,
            origin: self.public_origin.clone()?,
        };
        Some((application, Callback::new(crypt, agent_id)))
    }

    /// Where the robots of stores' groups are reached.
    #[must_use]
    pub fn robots(&self) -> Bases {
        Bases { wecom: self.wecom_base.clone(), dingtalk: self.dingtalk_base.clone(), feishu: self.feishu_base.clone() }
    }

    /// What webhooks are signed with; `None` where none are sent.
    #[must_use]
    pub fn webhook(&self) -> Option<SigningKey> {
        SigningKey::parse(self.webhook_key.as_deref()?).ok()
    }

    /// How far requests to addresses go that people or their browsers give.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.webhook_to_loopback { Reach::LoopbackToo } else { Reach::Public }
    }

    /// Whom push services write to; `None` where browsers are not sent notices.
    #[must_use]
    pub fn push_contact(&self) -> Option<&str> {
        let origin = self.public_origin.as_deref().filter(|origin| origin.starts_with("https://"));
        self.push_contact.as_deref().or(origin)
    }

    /// The mail server, and who writes by it; `None` where no e-mail is sent.
    #[must_use]
    pub fn mail(&self) -> Option<Server> {
        let usual = match self.smtp_security {
            Security::Tls => 465,
            Security::Starttls => 587,
            Security::None => 25,
        };
        let login = self.smtp_user.clone().zip(self.smtp_password.as_deref().map(Secret::new));
        Some(Server {
            host: self.smtp_host.clone()?,
            port: self.smtp_port.unwrap_or(usual),
            security: self.smtp_security,
            certificate: self.smtp_certificate.clone(),
            login,
            from: self.smtp_from.clone()?,
            origin: self.public_origin.clone()?,
        })
    }

    fn check_mail(&self) -> Result<(), ConfigError> {
        let nonsense = |key, value: &str, need| Err(ConfigError::Nonsense { key, value: value.to_owned(), need });
        let Some(host) = &self.smtp_host else { return Ok(()) };
        if self.mail().is_none() {
            let key = if self.smtp_from.is_none() { "smtp_from" } else { "public_origin" };
            return nonsense(key, "missing", "e-mail needs smtp_host, smtp_from and public_origin, for its links");
        }
        if self.smtp_user.is_some() != self.smtp_password.is_some() {
            return nonsense("smtp_user", "given alone, or missing", "smtp_user and smtp_password go together");
        }
        if self.smtp_security == Security::None && !matches!(host.as_str(), "localhost" | "127.0.0.1") {
            return nonsense("smtp_security", "none", "only the way to this machine may be without encryption");
        }
        Ok(())
    }

    pub(super) fn check_channels(&self) -> Result<(), ConfigError> {
        let given = |key, is_given: bool| (key, is_given);
        let wecom = [
            given("wecom_corp_id", self.wecom_corp_id.is_some()),
            given("wecom_agent_id", self.wecom_agent_id.is_some()),
            given("wecom_secret", self.wecom_secret.is_some()),
            given("wecom_token", self.wecom_token.is_some()),
            given("wecom_aes_key", self.wecom_aes_key.is_some()),
            given("public_origin", self.public_origin.is_some()),
        ];
        let uses_wecom = wecom[..5].iter().any(|(_, is_given)| *is_given);
        let missing = wecom.iter().find(|(_, is_given)| !is_given);
        if let (true, Some((key, _))) = (uses_wecom, missing) {
            let need = "WeCom needs all of wecom_… and public_origin, for the links on its cards";
            return Err(ConfigError::Nonsense { key, value: "missing".into(), need });
        }
        let masked = |key, need| Err(ConfigError::Nonsense { key, value: "given".into(), need });
        if uses_wecom && self.wecom().is_none() {
            return masked("wecom_aes_key", "an EncodingAESKey has 43 letters and digits");
        }
        if self.webhook_key.is_some() && self.webhook().is_none() {
            return masked("webhook_key", "it must be whsec_ and base 64 of 24 to 64 bytes");
        }
        self.check_mail()?;
        let is_contact =
            |text: &&str| text.starts_with("mailto:") && text.contains('@') || text.starts_with("https://");
        if let Some(contact) = self.push_contact.as_deref().filter(|text| !is_contact(text)) {
            let need = "it must be mailto:somebody@… or https://…";
            return Err(ConfigError::Nonsense { key: "push_contact", value: contact.to_owned(), need });
        }
        Ok(())
    }
}
