//! E-mail by SMTP: plain text and simple HTML with a link, encrypted on the way. Only to addresses that their owners have
//! confirmed.

use super::channel::{Channel, Content, SendError, Sent, clipped, digest_text};
use super::schedule::Limits;
use super::secret::Secret;
use crate::clock::Clock;
use crate::route::open;
use domain::instant::MINUTE_MS;
use domain::message::Message;
use domain::message::preference::ChannelKind;
use futures::future::BoxFuture;
use lettre::address::Address;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

/// From the first byte of a command to the last of its answer.
const TIME_MAX: Duration = Duration::from_secs(10);
/// How long to wait for somebody to correct name, password or sender.
const MISSET_MS: i64 = 10 * MINUTE_MS;
/// Longest subject, in characters, and longest digest, in bytes.
const SUBJECT_MAX_CHARS: usize = 120;
const DIGEST_BYTES_MAX: usize = 16 * 1024;
/// Longest address that is taken, in bytes: RFC 5321 has no longer ones.
const ADDRESS_BYTES_MAX: usize = 254;

/// How the way to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// From the first byte: usually port 465.
    Tls,
    /// From `STARTTLS` on, which must be offered: usually port 587.
    Starttls,
    /// Not at all: to this machine only.
    None,
}

/// A mail server, and who writes by it.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name, which its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is encrypted.
    pub security: Security,
    /// A file with a certificate in PEM to believe beside the public ones.
    pub certificate: Option<PathBuf>,
    /// Name and password.
    pub login: Option<(String, Secret)>,
    /// Who writes, such as `货迹 <stock@chain.example>`.
    pub from: String,
    /// Where browsers reach us, for links.
    pub origin: String,
}

/// Why a mail server cannot be used as it is set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The sender is none.
    #[error("the sender must be an address such as stock@chain.example, or Name <stock@chain.example>")]
    BadSender,
    /// The certificate is none, or TLS cannot be had.
    #[error("TLS cannot be used: {0}")]
    Tls(String),
}

/// Sends letters.
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    origin: String,
    clock: Clock,
}

/// An address that letters can go to: ASCII, because not every server on the way takes others.
#[must_use]
pub fn address_of(typed: &str) -> Option<Address> {
    let typed = typed.trim();
    let is_plain = typed.is_ascii() && typed.len() <= ADDRESS_BYTES_MAX && !typed.contains(char::is_control);
    typed.parse::<Address>().ok().filter(|address| is_plain && address.domain().contains('.'))
}

/// `Auto-Submitted: auto-generated`, so that no absence note answers.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What a letter says.
struct Letter {
    id: String,
    subject: String,
    plain: String,
    html: String,
}

impl Mail {
    /// Sends by `server`.
    ///
    /// # Errors
    /// When it cannot be used as it is set.
    pub fn new(server: &Server, clock: Clock) -> Result<Self, MailError> {
        let tls = || {
            let mut parameters = TlsParameters::builder(server.host.clone());
            if let Some(file) = &server.certificate {
                let pem =
                    std::fs::read(file).map_err(|error| MailError::Tls(format!("{}: {error}", file.display())))?;
                let certificate = Certificate::from_pem(&pem).map_err(|error| MailError::Tls(error.to_string()))?;
                parameters = parameters.add_root_certificate(certificate);
            }
            parameters.build().map_err(|error| MailError::Tls(error.to_string()))
        };
        let tls = match server.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::Starttls => Tls::Required(tls()?),
            Security::None => Tls::None,
        };
        let from: Mailbox = server.from.parse().map_err(|_| MailError::BadSender)?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
            .port(server.port)
            .tls(tls)
            .timeout(Some(TIME_MAX))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if let Some((user, password)) = &server.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()));
        }
        Ok(Self { transport: builder.build(), from, origin: server.origin.clone(), clock })
    }

    /// Sends the code that confirms an address.
    ///
    /// # Errors
    /// When the server does not take it.
    pub async fn send_code(&self, to: &str, subject: &str, text: &str) -> Result<(), SendError> {
        let id = format!("code-{}", self.clock.now().unix_ms());
        let html = format!("<p>{}</p>", escaped(text));
        self.send_letter(to, Letter { id, subject: subject.to_owned(), plain: text.to_owned(), html }).await
    }

    async fn send_letter(&self, to: &str, letter: Letter) -> Result<(), SendError> {
        let address = address_of(to).ok_or(SendError::NoReceiver)?;
        let now = UNIX_EPOCH + Duration::from_millis(self.clock.now().unix_ms().max(0).unsigned_abs());
        let subject = clipped(&one_line(&letter.subject), SUBJECT_MAX_CHARS);
        let letter = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(subject)
            .date(now)
            // The same at every try: who gets two sees one.
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(letter.plain, letter.html))
            .map_err(|error| SendError::Refused(error.to_string()))?;
        self.transport.send(letter).await.map(|_| ()).map_err(|error| outcome(&error))
    }

    fn letter(&self, content: Content<'_>) -> Letter {
        let messages = content.messages();
        let id = messages.first().map(|message| message.id.to_string()).unwrap_or_default();
        match content {
            Content::One(message) => {
                let link = open::link(&self.origin, ChannelKind::Email, message);
                Letter { id, subject: message.title.clone(), plain: plain(message, &link), html: html(message, &link) }
            }
            Content::Digest(messages) => {
                let text = digest_text(messages, DIGEST_BYTES_MAX);
                let link = format!("{}/inbox", self.origin);
                let first = messages.first().map(|message| message.title.as_str()).unwrap_or_default();
                let subject =
                    format!("{} +{}", clipped(first, SUBJECT_MAX_CHARS - 8), messages.len().saturating_sub(1));
                let lines = escaped(&text).replace('\n', "<br>");
                let html = format!("<p>{lines}</p><p><a href=\"{0}\">{0}</a></p>", escaped(&link));
                Letter { id, subject, plain: format!("{text}\n\n{link}\n"), html }
            }
        }
    }
}

impl Channel for Mail {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Email
    }

    fn limits(&self) -> Limits {
        Limits { per_min: 5, per_h: 60 }
    }

    fn send<'a>(&'a self, to: &'a str, content: Content<'a>) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(async move { self.send_letter(to, self.letter(content)).await.map(|()| Sent::default()) })
    }
}

/// Without what would begin a new header.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn plain(message: &Message, link: &str) -> String {
    let mut text = format!("{}\n\n", message.title);
    for fact in &message.facts {
        writeln!(text, "{}: {}", fact.name, fact.value).expect("writes to text");
    }
    writeln!(text, "\n{}: {link}", message.link.text).expect("writes to text");
    text
}

fn html(message: &Message, link: &str) -> String {
    let mut text = format!("<h2>{}</h2><table>", escaped(&message.title));
    for fact in &message.facts {
        write!(text, "<tr><td>{}</td><td>{}</td></tr>", escaped(&fact.name), escaped(&fact.value))
            .expect("writes to text");
    }
    write!(text, "</table><p><a href=\"{}\">{}</a></p>", escaped(link), escaped(&message.link.text))
        .expect("writes to text");
    text
}

/// What an answer of the mail server means for the message.
fn outcome(error: &lettre::transport::smtp::Error) -> SendError {
    let Some(code) = error.status().map(u16::from) else { return SendError::Later(without_secrets(error)) };
    let why = without_secrets(error);
    match code {
        // Name or password, or a sender that is not ours: somebody has to correct the settings.
        530 | 534 | 535 | 538 => SendError::Blocked { for_ms: MISSET_MS, why },
        // 5.7 is a refusal of the letter, not of the address.
        550 | 551 | 553 if !why.contains("5.7.") => SendError::NoReceiver,
        400..=499 => SendError::Later(why),
        _ => SendError::Refused(why),
    }
}

/// An error of the transport, which holds what the server has said and nothing of ours.
fn without_secrets(error: &lettre::transport::smtp::Error) -> String {
    clipped(&one_line(&crate::error::chain(error)), 200)
}
