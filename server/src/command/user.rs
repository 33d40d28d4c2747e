//! `shelftrace user`

use crate::auth::password::{PasswordError, Passwords, generate};
use crate::cli::{AddUserArgs, RoleArg, UserCommand};
use crate::command::{OpenError, open};
use crate::config::Config;
use crate::store::db::{Database, StoreError};
use crate::store::person::{Account, AccountState, AddAccountError, role_code, scope_text};
use domain::id::{CodeError, PersonId, RegionCode, StoreCode};
use domain::policy::{Role, Scope, Viewer};
use std::io;

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The account was not added.
    #[error(transparent)]
    Add(#[from] AddAccountError),
    /// There is no such account.
    #[error("there is no account {0:?}; `shelftrace user list` shows all")]
    Unknown(String),
    /// What is said from an address counts as said by whom it is registered for.
    #[error("{0:?} is somebody else's; remove it there first")]
    TakenAddress(String),
    /// The login has letters it may not have.
    #[error("the login {0:?} must have 1 to 64 lower-case letters, digits, dots or dashes")]
    BadLogin(String),
    /// A code is none.
    #[error(transparent)]
    BadCode(#[from] CodeError),
    /// The role needs another scope.
    #[error("a {role} needs {need}")]
    BadScope {
        /// The role.
        role: &'static str,
        /// What `--scope` has to be.
        need: &'static str,
    },
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Standard input has no password.
    #[error("no password on standard input")]
    Input(#[source] io::Error),
}

/// Runs one of the account commands.
///
/// # Errors
/// When the account is not changed.
pub async fn user(config: &Config, command: UserCommand) -> Result<(), UserError> {
    let (db, _) = open(config).await?;
    match command {
        UserCommand::Add(args) => add(&db, args).await,
        UserCommand::List => list(&db).await,
        UserCommand::Disable { login } => set_state(&db, &login, AccountState::Disabled).await,
        UserCommand::Enable { login } => set_state(&db, &login, AccountState::Enabled).await,
        UserCommand::Contact { login, channel, address } => {
            let person = find(&db, &login).await?.viewer.id;
            match address.as_deref().map(str::trim).filter(|address| !address.is_empty()) {
                Some(address) => {
                    if channel.is_answered() && !db.others_at(&person, channel, address).await?.is_empty() {
                        return Err(UserError::TakenAddress(address.to_owned()));
                    }
                    db.save_contact(&person, channel, address).await?;
                }
                None => db.delete_contact(&person, channel).await?,
            }
            Ok(())
        }
        UserCommand::Password { login, stdin } => {
            let account = find(&db, &login).await?;
            let hash = new_password(stdin).await?;
            db.set_password_hash(&account.viewer.id, hash).await?;
            db.delete_sessions_of(&account.viewer.id).await?;
            Ok(())
        }
    }
}

async fn add(db: &Database, args: AddUserArgs) -> Result<(), UserError> {
    let is_login = |login: &str| {
        (1..=64).contains(&login.len())
            && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
    };
    if !is_login(&args.login) {
        return Err(UserError::BadLogin(args.login));
    }
    let role = match args.role {
        RoleArg::Clerk => Role::Clerk,
        RoleArg::Manager => Role::StoreManager,
        RoleArg::Regional => Role::RegionalManager,
        RoleArg::Hq => Role::Headquarters,
        RoleArg::Auditor => Role::Auditor,
    };
    let scope = scope_of(role, args.scope.as_deref())?;
    let id = match args.id {
        Some(id) => id,
        None => PersonId::parse(&format!("P-{}", args.login.to_uppercase()))?,
    };
    let password_hash = new_password(args.stdin).await?;
    let viewer = Viewer { id, name: args.name, role, scope };
    db.add_account(&Account { viewer, login: args.login, password_hash, is_disabled: false }).await?;
    Ok(())
}

fn scope_of(role: Role, text: Option<&str>) -> Result<Scope, UserError> {
    let bad = |need| UserError::BadScope { role: role_code(role), need };
    match (role, text) {
        (Role::Clerk | Role::StoreManager, Some(store)) => Ok(Scope::Store(StoreCode::parse(store)?)),
        (Role::Clerk | Role::StoreManager, None) => Err(bad("a store: --scope S001")),
        (Role::RegionalManager, Some(region)) => Ok(Scope::Region(RegionCode::parse(region)?)),
        (Role::RegionalManager, None) => Err(bad("a region: --scope R1")),
        (Role::Headquarters | Role::Auditor, None) => Ok(Scope::Chain),
        (Role::Headquarters | Role::Auditor, Some(_)) => Err(bad("no scope: it sees the whole chain")),
    }
}

/// The hash of a password read from standard input, or of a new one, which is shown once.
async fn new_password(from_stdin: bool) -> Result<String, UserError> {
    let password = if from_stdin {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(UserError::Input)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        let password = generate();
        println!("{password}");
        password
    };
    Ok(Passwords::new(1).hash(&password).await?)
}

async fn list(db: &Database) -> Result<(), UserError> {
    for account in db.accounts().await? {
        let Viewer { id, name, role, scope } = &account.viewer;
        let state = if account.is_disabled { "disabled" } else { "enabled" };
        println!("{}\t{id}\t{name}\t{}\t{}\t{state}", account.login, role_code(*role), scope_text(scope));
    }
    Ok(())
}

async fn set_state(db: &Database, login: &str, state: AccountState) -> Result<(), UserError> {
    let account = find(db, login).await?;
    db.set_account_state(&account.viewer.id, state).await?;
    if state == AccountState::Disabled {
        db.delete_sessions_of(&account.viewer.id).await?;
    }
    Ok(())
}

async fn find(db: &Database, login: &str) -> Result<Account, UserError> {
    db.account_of_login(login).await?.ok_or_else(|| UserError::Unknown(login.to_owned()))
}
