//! E-mail, against a mail server of the test's own.

use super::{request, start_with, told};
use crate::support::{Browser, TestServer, person};
use axum::http::StatusCode;
use data_encoding::BASE64;
use domain::id::{MessageId, PersonId};
use domain::message::delivery::{Failure, Step as Progress};
use domain::message::preference::{ChannelKind, Preference};
use domain::message::{Link, Message, MessageKind};
use server::clock::Clock;
use server::config::Config;
use server::message::channel::{Channel, Content, SendError};
use server::message::mail::{Mail, Security, Server};
use server::message::secret::Secret;
use server::store::message::DeliveryRecord;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

const FORM: &str = "application/x-www-form-urlencoded";

/// A letter as the server took it.
#[derive(Debug, Clone, Default)]
struct Taken {
    from: String,
    to: Vec<String>,
    data: String,
    login: Option<String>,
    is_encrypted: bool,
}

#[derive(Default)]
struct Desk {
    letters: Vec<Taken>,
    /// What the next `RCPT TO` is answered, instead of 250.
    refusals: Vec<&'static str>,
}

/// A mail server for tests; with a certificate it offers STARTTLS, or speaks TLS from the first byte.
#[derive(Clone)]
struct Fake {
    port: u16,
    desk: Arc<Mutex<Desk>>,
    certificate: Arc<tempfile::NamedTempFile>,
}

impl Fake {
    async fn start(security: Security) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let certificate = Arc::new(tempfile::NamedTempFile::new().expect("a file"));
        std::fs::write(certificate.path(), made.cert.pem()).expect("writes");
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .expect("a key for it");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let fake = Self { port, desk: Arc::default(), certificate };
        let desk = fake.desk.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (desk, acceptor) = (desk.clone(), acceptor.clone());
                tokio::spawn(async move {
                    if security == Security::Tls {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        talk(&mut BufReader::new(stream), &desk, true, true).await;
                        return;
                    }
                    let mut plain = BufReader::new(stream);
                    let wants_tls = talk(&mut plain, &desk, false, security == Security::None).await;
                    if wants_tls && let Ok(stream) = acceptor.accept(plain.into_inner()).await {
                        talk(&mut BufReader::new(stream), &desk, true, false).await;
                    }
                });
            }
        });
        fake
    }

    fn letters(&self) -> Vec<Taken> {
        self.desk.lock().expect("whole").letters.clone()
    }

    fn refuse_next(&self, answer: &'static str) {
        self.desk.lock().expect("whole").refusals.push(answer);
    }

    async fn letter(&self, n: usize) -> Taken {
        for _ in 0..200 {
            if let Some(letter) = self.letters().get(n) {
                return letter.clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("letter {n} never came");
    }

    fn server(&self, security: Security, login: Option<(&str, &str)>) -> Server {
        Server {
            host: "localhost".into(),
            port: self.port,
            security,
            certificate: Some(self.certificate.path().to_owned()).filter(|_| security != Security::None),
            login: login.map(|(user, password)| (user.to_owned(), Secret::new(password))),
            from: "货迹 <stock@chain.example>".into(),
            origin: "https://stock.example".into(),
        }
    }
}

/// Talks SMTP until the end, or until the other side wants TLS: then true. After STARTTLS nothing is greeted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    desk: &Mutex<Desk>,
    is_encrypted: bool,
    greets: bool,
) -> bool {
    let mut taken = Taken { is_encrypted, ..Taken::default() };
    if (greets || !is_encrypted) && stream.write_all(b"220 ready\r\n").await.is_err() {
        return false;
    }
    let mut line = String::new();
    loop {
        line.clear();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
            return false;
        }
        let command = line.trim_end();
        let answer = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if is_encrypted || greets => "250-here\r\n250 AUTH PLAIN".to_owned(),
            "EHLO" => "250-here\r\n250 STARTTLS".to_owned(),
            "STARTTLS" => {
                let _ = stream.write_all(b"220 go on\r\n").await;
                return true;
            }
            "AUTH" => {
                let given = BASE64.decode(command.rsplit(' ').next().unwrap_or_default().as_bytes()).expect("base 64");
                let login = String::from_utf8(given).expect("text").trim_start_matches('\0').replace('\0', ":");
                let is_right = login == "stock:correct horse";
                taken.login = Some(login);
                if is_right { "235 welcome".to_owned() } else { "535 5.7.8 wrong".to_owned() }
            }
            "MAIL" => {
                taken.from = command.to_owned();
                "250 ok".to_owned()
            }
            "RCPT" => {
                taken.to.push(command.to_owned());
                let mut desk = desk.lock().expect("whole");
                if desk.refusals.is_empty() { "250 ok".to_owned() } else { desk.refusals.remove(0).to_owned() }
            }
            "DATA" => {
                let _ = stream.write_all(b"354 go on\r\n").await;
                let mut data = String::new();
                while !data.ends_with("\r\n.\r\n") {
                    if !matches!(stream.read_line(&mut data).await, Ok(1..)) {
                        return false;
                    }
                }
                taken.data = data;
                desk.lock().expect("whole").letters.push(taken.clone());
                "250 taken".to_owned()
            }
            "QUIT" => {
                let _ = stream.write_all(b"221 bye\r\n").await;
                return false;
            }
            _ => "250 ok".to_owned(),
        };
        if stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return false;
        }
    }
}

/// The texts of a letter, as its reader sees them.
fn texts(data: &str) -> String {
    let mut text = String::new();
    for part in data.split("Content-Transfer-Encoding: ").skip(1) {
        let (head, body) = part.split_once("\r\n\r\n").expect("a head and a body");
        let body = body.split("\r\n--").next().unwrap_or_default();
        match head.lines().next().unwrap_or_default() {
            "base64" => {
                let bytes = BASE64.decode(body.replace("\r\n", "").as_bytes()).expect("base 64");
                text.push_str(&String::from_utf8(bytes).expect("text"));
            }
            "quoted-printable" => text.push_str(&unquoted(&body.replace("=\r\n", ""))),
            _ => text.push_str(body),
        }
    }
    text
}

/// Text of which some bytes are told as `=` and two digits.
fn unquoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        if *first == b'='
            && let Some(byte) = text.get(text.len() - behind.len()..text.len() - behind.len() + 2)
        {
            bytes.push(u8::from_str_radix(byte, 16).expect("two digits"));
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).expect("text")
}

/// A message that somebody is asked to answer.
async fn message(title: &str) -> Message {
    let server = super::start().await;
    request(&server, 2, 3).await;
    let asked = told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    Message { title: title.to_owned(), ..asked }
}

fn mail(fake: &Fake, security: Security, login: Option<(&str, &str)>) -> Mail {
    Mail::new(&fake.server(security, login), Clock::manual(crate::support::NOW)).expect("usable")
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_go_encrypted_with_name_and_password() {
    let message = message("S001 申请调货 3 件").await;
    for security in [Security::Starttls, Security::Tls] {
        let fake = Fake::start(security).await;
        let right = mail(&fake, security, Some(("stock", "correct horse")));
        right.send("wang@chain.example", Content::One(&message)).await.expect("taken");
        let letter = fake.letter(0).await;
        assert!(letter.is_encrypted, "{security:?}");
        assert_eq!(letter.login.as_deref(), Some("stock:correct horse"));
        assert_eq!(letter.to, ["RCPT TO:<wang@chain.example>"]);
        assert!(letter.data.contains("Auto-Submitted: auto-generated"), "{}", letter.data);
        assert!(letter.data.contains(&format!("Message-ID: <{}@chain.example>", message.id)), "{}", letter.data);
        let text = texts(&letter.data);
        let link = format!("https://stock.example/open/email/{}", message.id);
        assert!(text.contains(&link) && text.contains(&format!("<a href=\"{link}\">")), "{text}");
        assert!(text.contains("S001 申请调货 3 件"), "{text}");

        let wrong = mail(&fake, security, Some(("stock", "canary")));
        let refused = wrong.send("wang@chain.example", Content::One(&message)).await.expect_err("refused");
        assert!(matches!(refused, SendError::Blocked { .. }), "somebody corrects it, and nothing is lost: {refused}");
        assert!(!format!("{refused} {refused:?}").contains("canary"));
        // Whoever stands in between has another certificate.
        let mut stranger = fake.server(security, None);
        stranger.certificate = None;
        let stranger = Mail::new(&stranger, Clock::manual(crate::support::NOW)).expect("usable");
        let unsafe_way = stranger.send("wang@chain.example", Content::One(&message)).await;
        assert!(matches!(unsafe_way, Err(SendError::Later(_))), "{unsafe_way:?}");
        assert_eq!(fake.letters().len(), 1);
    }
    // A server that does not offer STARTTLS gets nothing.
    let plain = Fake::start(Security::None).await;
    let sent = mail(&plain, Security::Starttls, None).send("wang@chain.example", Content::One(&message)).await;
    assert!(sent.is_err() && plain.letters().is_empty(), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_say_whether_to_try_again() {
    let fake = Fake::start(Security::None).await;
    let mail = mail(&fake, Security::None, None);
    let message = message("调货").await;
    let send = || mail.send("wang@chain.example", Content::One(&message));
    fake.refuse_next("451 4.7.1 greylisted");
    assert!(matches!(send().await, Err(SendError::Later(_))));
    fake.refuse_next("550 5.1.1 no such user");
    assert_eq!(send().await, Err(SendError::NoReceiver));
    fake.refuse_next("550 5.7.1 looks like spam");
    assert!(matches!(send().await, Err(SendError::Refused(_))));
    fake.refuse_next("552 5.2.2 mailbox full");
    assert!(matches!(send().await, Err(SendError::Refused(_))));
    send().await.expect("taken");
    for nobody in ["", "wang", "wang@", "a@b@c", "wang@chain.example\r\nRCPT TO:<x@y.example>", "王@chain.example"] {
        assert_eq!(mail.send(nobody, Content::One(&message)).await, Err(SendError::NoReceiver), "{nobody}");
    }
    let closed = Server { port: 1, ..fake.server(Security::None, None) };
    let nowhere = Mail::new(&closed, Clock::manual(crate::support::NOW)).expect("usable");
    assert!(matches!(nowhere.send("wang@chain.example", Content::One(&message)).await, Err(SendError::Later(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_makes_no_header_and_no_mark() {
    let fake = Fake::start(Security::None).await;
    let mail = mail(&fake, Security::None, None);
    let mut evil = message("x\r\nBcc: everybody@evil.example\r\n\r\n<script>alert(1)</script>").await;
    evil.facts[0].value = "<img src=x onerror=alert(1)>".into();
    evil.link = Link { text: "\"><script>".into(), path: "/inbox".into() };
    mail.send("wang@chain.example", Content::One(&evil)).await.expect("taken");
    let letter = fake.letter(0).await;
    let head = letter.data.split_once("\r\n\r\n").expect("a head").0;
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    let html = texts(&letter.data).split_once("<h2>").expect("HTML").1.to_owned();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    let many: Vec<Message> = vec![evil; 300];
    mail.send("wang@chain.example", Content::Digest(&many)).await.expect("taken");
    let digest = texts(&fake.letter(1).await.data);
    assert!(digest.contains("https://stock.example/inbox") && digest.contains("【300】"), "{digest}");
}

async fn started(fake: &Fake) -> TestServer {
    let config = Config {
        public_origin: Some("http://shop.test".to_owned()),
        smtp_host: Some("localhost".to_owned()),
        smtp_port: Some(fake.port),
        smtp_security: Security::None,
        smtp_from: Some("stock@chain.example".to_owned()),
        ..Config::default()
    };
    start_with(config).await
}

async fn ask(browser: &Browser, function: &str, body: &str) -> String {
    let reply = browser.post_text(&format!("/fn/{function}"), FORM, body.to_owned()).await;
    if reply.status == StatusCode::OK { String::new() } else { reply.code().to_owned() }
}

fn code_in(letter: &Taken) -> String {
    let text = texts(&letter.data);
    let digits: Vec<&str> = text.split(|letter: char| !letter.is_ascii_digit()).filter(|run| run.len() == 6).collect();
    digits.first().expect("a code").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_to_an_address_before_its_owner_says_so() {
    let fake = Fake::start(Security::None).await;
    let server = started(&fake).await;
    let manager = person("manager2");
    let browser = server.signed_in("manager2").await;
    server.state.db.save_preference(&manager, &Preference::default()).await.expect("keeps");
    for wrong in ["", "wang", "wang%40localhost", "a%40b.example%0D%0ABcc%3A+c%40d.example", "%E7%8E%8B%40b.example"] {
        assert_eq!(
            ask(&browser, "give_address", &format!("address={wrong}&language=zh")).await,
            "malformed",
            "{wrong}"
        );
    }
    assert_eq!(ask(&browser, "give_address", "address=wang%40chain.example&language=zh").await, "");
    let code = code_in(&fake.letter(0).await);
    request(&server, 2, 3).await;
    let first = told(&server, &manager, MessageKind::TransferRequest).await;
    assert!(server.state.db.contacts_of(&manager).await.expect("reads").is_empty());

    let wrong = format!("code={:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000);
    assert_eq!(ask(&browser, "confirm_address", &wrong).await, "malformed");
    let deputy = server.signed_in("deputy2").await;
    assert_eq!(ask(&deputy, "confirm_address", &format!("code={code}")).await, "malformed", "another person's code");
    assert_eq!(ask(&browser, "confirm_address", &format!("code={code}")).await, "");
    assert_eq!(ask(&browser, "confirm_address", &format!("code={code}")).await, "malformed", "used");
    assert_eq!(fake.letters().len(), 1, "nothing before");

    request(&server, 3, 2).await;
    let letter = fake.letter(1).await;
    assert_eq!(letter.to, ["RCPT TO:<wang@chain.example>"]);
    let asked = another(&server, &manager, &[first.id]).await;
    let link = format!("/open/email/{}", asked.id);
    assert!(texts(&letter.data).contains(&link), "{}", texts(&letter.data));
    let strangers = server.signed_in("deputy2").await.get(&link).await;
    assert_eq!(strangers.location(), Some("/inbox"));
    let owners = browser.get(&link).await;
    assert_eq!(owners.location(), Some(asked.link.path.as_str()));
    let way = mail_way(&server, &asked, |way| way.delivery.steps.contains_key(&Progress::Opened)).await;
    assert_eq!(way.address, "wang@chain.example");

    fake.refuse_next("550 5.1.1 gone");
    request(&server, 4, 1).await;
    let asked = another(&server, &manager, &[first.id, asked.id]).await;
    let way = mail_way(&server, &asked, |way| way.delivery.failed.is_some()).await;
    assert!(matches!(way.delivery.failed, Some((_, Failure::NoReceiver))));
    assert!(server.state.db.contacts_of(&manager).await.expect("reads").is_empty(), "forgotten");
    assert_eq!(ask(&browser, "forget_address", "").await, "");
}

/// A question that is none of those: what is told at one instant has no order.
async fn another(server: &TestServer, who: &PersonId, known: &[MessageId]) -> Message {
    for _ in 0..200 {
        let inbox = server.state.db.inbox(who, 100).await.expect("reads");
        let is_new = |message: &Message| message.kind == MessageKind::TransferRequest && !known.contains(&message.id);
        if let Some(message) = inbox.into_iter().find(is_new) {
            return message;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{who} is asked nothing else");
}

async fn mail_way(server: &TestServer, message: &Message, is_so: fn(&DeliveryRecord) -> bool) -> DeliveryRecord {
    for _ in 0..200 {
        let ways = server.state.db.deliveries_of(message.id).await.expect("reads");
        let found = ways.into_iter().find(|way| way.delivery.channel == ChannelKind::Email && is_so(way));
        if let Some(way) = found {
            return way;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to that");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_not_guessed_and_not_sent_for_ever() {
    let fake = Fake::start(Security::None).await;
    let server = started(&fake).await;
    let browser = server.signed_in("manager2").await;
    let give = "address=wang%40chain.example&language=en";
    assert_eq!(ask(&browser, "give_address", give).await, "");
    let code = code_in(&fake.letter(0).await);
    for n in 0..5 {
        let wrong = (code.parse::<u32>().expect("digits") + 1 + n) % 1_000_000;
        assert_eq!(ask(&browser, "confirm_address", &format!("code={wrong:06}")).await, "malformed");
    }
    let right = format!("code={code}");
    assert_eq!(ask(&browser, "confirm_address", &right).await, "malformed", "after five, the right one neither");
    assert_eq!(ask(&browser, "give_address", give).await, "");
    let late = format!("code={}", code_in(&fake.letter(1).await));
    server.clock.advance_ms(31 * 60_000);
    assert_eq!(ask(&browser, "confirm_address", &late).await, "malformed", "it holds for half an hour");
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(ask(&browser, "give_address", give).await);
    }
    assert!(answers.contains(&"too_many_attempts".to_owned()), "{answers:?}");
}
