use super::*;

fn with(toml: &str) -> Result<Config, ConfigError> {
    let sources = Figment::from(Serialized::defaults(Config::default())).merge(Toml::string(toml));
    Config::from_figment(&sources)
}

#[test]
fn defaults_make_sense() {
    assert_eq!(with("").expect("defaults are valid"), Config::default());
}

#[test]
fn nonsense_is_refused_by_name() {
    for (toml, key) in [
        ("listen = \"here\"", "listen"),
        ("lissten = \"127.0.0.1:1\"", "lissten"),
        ("database = \"postgres://x\"", "database"),
        ("session_idle_min = 0", "session_idle_min"),
        ("session_idle_min = -5", "session_idle_min"),
        ("public_origin = \"https://a/b\"", "public_origin"),
        ("database_password = 12345", "database_password"),
        ("log = \"a=b=c\"", "log"),
        ("photo_store = \"ftp://there\"", "photo_store"),
        ("photo_store = \"s3://\"", "photo_store"),
    ] {
        let message = with(toml).expect_err(toml).to_string();
        assert!(message.contains(key), "{toml}: {message}");
    }
}

#[test]
fn flags_win_over_the_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:5000\"\nlan = true").expect("writes");
    let flags = Flags { listen: Some(SocketAddr::from(([127, 0, 0, 1], 4000))), ..Flags::default() };
    let config = Config::from_figment(&Config::sources(Some(&file), &flags)).expect("valid");
    assert_eq!((config.listen.port(), config.lan), (4000, true));
}

#[test]
fn photos_go_to_the_data_folder_or_a_bucket() {
    let bucket = |toml: &str| {
        let config = with(toml).expect("valid");
        config.photo_bucket().map(|(bucket, prefix)| (bucket.to_owned(), prefix.to_owned()))
    };
    assert_eq!(bucket(""), None);
    assert_eq!(bucket("photo_store = \"s3://evidence\""), Some(("evidence".into(), String::new())));
    assert_eq!(bucket("photo_store = \"s3://evidence/a/b/\""), Some(("evidence".into(), "a/b".into())));
}

#[test]
fn secrets_are_masked() {
    let config = with("database = \"ws://db:8000\"\ndatabase_user = \"u\"\ndatabase_password = 4711").expect("valid");
    assert_eq!(config.database_password.as_deref(), Some("4711"));
    assert_eq!(config.database_url(), "ws://u:4711@db:8000");
    let shown = config.masked();
    assert!(!shown.contains("4711"), "{shown}");
    let shown = with("database = \"ws://u:canary@db\"").expect("valid").masked();
    assert!(!shown.contains("canary"), "{shown}");
    let shown = with(WECOM).expect("valid").masked();
    assert!(!shown.contains("canary") && !shown.contains("jWmY") && shown.contains("1000002"), "{shown}");
}

const WECOM: &str = "public_origin = \"https://stock.example\"\nwecom_corp_id = \"wx58\"\nwecom_agent_id = 1000002\n\
                     wecom_secret = \"canary\"\nwecom_token = \"canary\"\n\
                     wecom_aes_key = \"jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C\"\n";

#[test]
fn wecom_is_set_wholly_or_not_at_all() {
    assert!(with("").expect("valid").wecom().is_none());
    let (application, _) = with(WECOM).expect("valid").wecom().expect("set");
    assert_eq!((application.agent_id, application.origin.as_str()), (1_000_002, "https://stock.example"));
    for line in WECOM.lines() {
        let key = line.split(' ').next().expect("a key");
        let message = with(&WECOM.replace(line, "")).expect_err(key).to_string();
        assert!(message.contains(key), "{key}: {message}");
    }
    let message = with(&WECOM.replace("jWmY", "")).expect_err("too short").to_string();
    assert!(message.contains("wecom_aes_key") && !message.contains("canary"), "{message}");
}

#[test]
fn mail_is_set_wholly_and_encrypted() {
    let mail = "public_origin = \"https://stock.example\"\nsmtp_host = \"mail.example\"\n\
                smtp_from = \"货迹 <stock@chain.example>\"\nsmtp_user = \"stock\"\nsmtp_password = \"canary\"\n";
    let config = with(mail).expect("valid");
    let server = config.mail().expect("set");
    assert_eq!((server.port, server.login.is_some()), (587, true));
    assert!(!config.masked().contains("canary") && !format!("{server:?}").contains("canary"));
    for missing in ["public_origin", "smtp_from", "smtp_user"] {
        let rest: String =
            mail.lines().filter(|line| !line.starts_with(missing)).fold(String::new(), |rest, line| rest + line + "\n");
        let message = with(&rest).expect_err("incomplete").to_string();
        assert!(message.contains(missing) && !message.contains("canary"), "{message}");
    }
    let plain = format!("{mail}smtp_security = \"none\"\n");
    assert!(with(&plain).expect_err("not encrypted").to_string().contains("smtp_security"));
    assert!(with(&plain.replace("mail.example", "localhost")).is_ok());
}

#[test]
fn webhooks_need_a_key_of_theirs() {
    assert!(with("webhook_key = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"").expect("valid").webhook().is_some());
    assert!(with("webhook_key = \"canary\"").expect_err("no key").to_string().contains("webhook_key"));
}
