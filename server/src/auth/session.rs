//! Signing in, staying signed in, signing out.

use super::cookie::{Token, TokenHash};
use super::limit::{Limiter, TooOften};
use super::password::Passwords;
use crate::clock::Clock;
use crate::config::Config;
use crate::store::db::{Database, StoreError};
use crate::store::person::{Account, AccountState};
use crate::store::session::Session;
use domain::id::PersonId;
use domain::instant::{DAY_MS, MINUTE_MS, Timestamp};
use domain::policy::Viewer;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a looked-up session is believed, in milliseconds: another process on the same database may have ended it.
const CACHED_MS: i64 = 2_000;
/// How often a session's last use is written down, in milliseconds.
const TOUCH_MS: i64 = 5 * MINUTE_MS;
/// Cached sessions beyond this many are swept.
const CACHE_MAX: usize = 20_000;
/// Longest login, in bytes.
const LOGIN_LEN_MAX: usize = 64;

/// Signs people in and out. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct SignIn {
    db: Database,
    clock: Clock,
    passwords: Passwords,
    per_account: Limiter,
    per_address: Limiter,
    idle_ms: i64,
    max_ms: i64,
    cache: Arc<Mutex<HashMap<TokenHash, Cached>>>,
}

#[derive(Debug, Clone)]
struct Cached {
    viewer: Viewer,
    session: Session,
    /// When it was read from the database.
    read_at: Timestamp,
}

/// Someone whose session holds.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub viewer: Viewer,
    /// By which session.
    pub session: TokenHash,
}

/// Why a sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such login, another password, or a disabled account: which of them is not told.
    #[error("the account or the password is wrong")]
    BadCredentials,
    /// Too many wrong passwords.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// The database failed.
    #[error("the account could not be read")]
    Store(#[from] StoreError),
}

impl SignIn {
    /// Signs in against the accounts of `db`.
    #[must_use]
    pub fn new(db: Database, clock: Clock, config: &Config) -> Self {
        let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let per_minute = |n: u32| Limiter::new(clock.clone(), n, 60_000, n);
        Self {
            db,
            passwords: Passwords::new(n_cores),
            per_account: per_minute(config.sign_in_per_account_per_min),
            per_address: per_minute(config.sign_in_per_address_per_min),
            idle_ms: i64::from(config.session_idle_min) * MINUTE_MS,
            max_ms: i64::from(config.session_max_days) * DAY_MS,
            cache: Arc::default(),
            clock,
        }
    }

    /// How long the browser keeps the cookie, in seconds.
    #[must_use]
    pub fn cookie_max_age_s(&self) -> i64 {
        self.max_ms / 1000
    }

    /// Checks a password and starts a session under a new token.
    ///
    /// # Errors
    /// When the password is not the account's, or was tried too often.
    pub async fn sign_in(&self, login: &str, password: &str, from: IpAddr) -> Result<(Viewer, Token), SignInError> {
        let login: String = login.trim().to_lowercase().chars().take(LOGIN_LEN_MAX).collect();
        let address = from.to_string();
        self.per_address.take(&address)?;
        self.per_account.take(&login)?;
        let account = self.db.account_of_login(&login).await?;
        let hash = account.as_ref().map(|account| account.password_hash.as_str());
        let is_right = self.passwords.verify(password, hash).await;
        let Some(account) = account.filter(|account| is_right && !account.is_disabled) else {
            metrics::counter!("shelftrace_sign_in_total", "outcome" => "refused").increment(1);
            return Err(SignInError::BadCredentials);
        };
        // Only wrong passwords count.
        self.per_address.give_back(&address);
        self.per_account.give_back(&login);
        metrics::counter!("shelftrace_sign_in_total", "outcome" => "ok").increment(1);
        let token = self.start(&account).await?;
        Ok((account.viewer, token))
    }

    async fn start(&self, account: &Account) -> Result<Token, StoreError> {
        let now = self.clock.now();
        let token = Token::generate();
        let session = Session { person: account.viewer.id.clone(), signed_in_at: now, used_at: now };
        self.db.add_session(&token.hash(), &session).await?;
        self.remember(token.hash(), Cached { viewer: account.viewer.clone(), session, read_at: now });
        Ok(token)
    }

    /// Who holds the token, if its session still holds; counts as use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check(&self, token: &Token) -> Result<Option<SignedIn>, StoreError> {
        self.check_hash(token.hash()).await
    }

    /// [`Self::check`] for a session known by its hash, such as that of an open live feed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_hash(&self, key: TokenHash) -> Result<Option<SignedIn>, StoreError> {
        let now = self.clock.now();
        let cached = self.cache().get(&key).cloned().filter(|cached| now.since(cached.read_at) < CACHED_MS);
        let known = match cached {
            Some(cached) => cached,
            None => match self.read(&key, now).await? {
                Some(read) => {
                    self.remember(key.clone(), read.clone());
                    read
                }
                None => {
                    self.cache().remove(&key);
                    return Ok(None);
                }
            },
        };
        if !self.holds(&known.session, now) {
            self.end(&key).await?;
            return Ok(None);
        }
        let viewer = known.viewer.clone();
        if now.since(known.session.used_at) >= TOUCH_MS {
            self.db.touch_session(&key, now).await?;
            if let Some(cached) = self.cache().get_mut(&key) {
                cached.session.used_at = now;
            }
        }
        Ok(Some(SignedIn { viewer, session: key }))
    }

    async fn read(&self, key: &TokenHash, now: Timestamp) -> Result<Option<Cached>, StoreError> {
        let Some(session) = self.db.session(key).await? else { return Ok(None) };
        let account = self.db.account(&session.person).await?.filter(|account| !account.is_disabled);
        Ok(account.map(|account| Cached { viewer: account.viewer, session, read_at: now }))
    }

    fn holds(&self, session: &Session, now: Timestamp) -> bool {
        now.since(session.used_at) < self.idle_ms && now.since(session.signed_in_at) < self.max_ms
    }

    /// Ends one session.
    ///
    /// # Errors
    /// When the database fails; the session then still holds.
    pub async fn end(&self, key: &TokenHash) -> Result<(), StoreError> {
        self.db.delete_session(key).await?;
        self.cache().remove(key);
        Ok(())
    }

    /// Ends a session because somebody leaves its browser, which is not told anything of theirs from then on. A session
    /// that ends by itself is not left: its person is told that something waits.
    ///
    /// # Errors
    /// When the database fails; the session may then still hold.
    pub async fn leave(&self, key: &TokenHash) -> Result<(), StoreError> {
        self.db.forget_push_of_session(key.as_str()).await?;
        self.end(key).await
    }

    /// Ends every session of a person; no browser is told anything of theirs from then on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_all_of(&self, person: &PersonId) -> Result<(), StoreError> {
        self.db.forget_all_push(person).await?;
        self.db.delete_sessions_of(person).await?;
        self.cache().retain(|_, cached| cached.session.person != *person);
        Ok(())
    }

    /// Enables or disables an account; a disabled one loses its sessions at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_state(&self, person: &PersonId, state: AccountState) -> Result<(), StoreError> {
        self.db.set_account_state(person, state).await?;
        match state {
            AccountState::Enabled => Ok(()),
            AccountState::Disabled => self.end_all_of(person).await,
        }
    }

    /// Removes from the database what nobody can use any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.db.delete_sessions_before(now.plus_ms(-self.idle_ms), now.plus_ms(-self.max_ms)).await
    }

    fn remember(&self, key: TokenHash, cached: Cached) {
        let mut cache = self.cache();
        if cache.len() >= CACHE_MAX {
            let now = self.clock.now();
            cache.retain(|_, cached| now.since(cached.read_at) < CACHED_MS);
        }
        cache.insert(key, cached);
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, HashMap<TokenHash, Cached>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
