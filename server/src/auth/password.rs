//! Passwords: argon2id, off the async threads, and only so many at once.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use data_encoding::BASE32_NOPAD;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Shortest password in characters; the only rule, as NIST SP 800-63B advises.
pub const LEN_MIN: usize = 8;
/// Longest password in bytes: beyond it, hashing would be a way to keep the server busy.
pub const LEN_MAX: usize = 512;

/// Memory in KiB, passes, lanes: OWASP's first choice for argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Hashes and checks passwords. Cheap to clone; clones share the limit of simultaneous hashes.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// Checked for logins that do not exist, so that they take as long as those that do.
    decoy: Arc<str>,
}

/// Why a password was not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password must have {LEN_MIN} characters or more, and at most {LEN_MAX} bytes")]
    Length,
}

impl Passwords {
    /// Lets `n_at_once` hashes run at the same time; each takes 19 MiB.
    #[must_use]
    pub fn new(n_at_once: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(n_at_once)), decoy: hash_now("nobody's password").into() }
    }

    /// The hash to keep, in PHC form.
    ///
    /// # Errors
    /// When the password is too short or too long.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        if password.chars().count() < LEN_MIN || password.len() > LEN_MAX {
            return Err(PasswordError::Length);
        }
        let password = password.to_owned();
        Ok(self.in_turn(move || hash_now(&password)).await)
    }

    /// Whether it is the password. `None` for a login that does not exist: takes as long, and is never right.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let exists = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        // A password no account can have is checked against the cut one, which takes as long.
        let fits = password.len() <= LEN_MAX;
        let password = if fits { password.to_owned() } else { String::new() };
        let is_right = self.in_turn(move || verify_now(&password, &hash)).await;
        is_right && exists && fits
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }
}

fn hasher() -> Argon2<'static> {
    let (memory_kib, passes, lanes) = COST;
    let params = Params::new(memory_kib, passes, lanes, None).expect("the cost is within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> String {
    let salt = SaltString::encode_b64(&crate::keys::random_bytes::<16>()).expect("16 bytes are a salt");
    hasher()
        .hash_password(password.as_bytes(), &salt)
        .expect("password and salt are within argon2's bounds")
        .to_string()
}

fn verify_now(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A password nobody guesses and everybody can type: 20 letters and digits in fives, 100 bits.
#[must_use]
pub fn generate() -> String {
    let text = BASE32_NOPAD.encode(&crate::keys::random_bytes::<13>()).to_lowercase();
    format!("{}-{}-{}-{}", &text[0..5], &text[5..10], &text[10..15], &text[15..20])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let passwords = Passwords::new(2);
        let hash = passwords.hash("correct horse").await.expect("long enough");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse", Some(&hash)).await);
        assert!(!passwords.verify("correct horsf", Some(&hash)).await);
        assert!(!passwords.verify("nobody's password", None).await, "the decoy's own password opens nothing");
        assert!(!passwords.verify(&"x".repeat(LEN_MAX + 1), Some(&hash)).await);
    }

    #[tokio::test]
    async fn short_passwords_are_refused() {
        assert_eq!(Passwords::new(1).hash("seven77").await, Err(PasswordError::Length));
    }

    #[test]
    fn generated_passwords_differ() {
        assert_ne!(generate(), generate());
        assert_eq!(generate().len(), 23);
    }
}
