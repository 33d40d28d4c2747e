//! The chain's secret keys: made at the first start, kept in a file only its owner may read.

use data_encoding::HEXLOWER;
use domain::shelf_tag::ShelfKey;
use ed25519_dalek::SigningKey;
use hmac::{Hmac, Mac};
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The chain's secret keys.
#[derive(Clone)]
pub struct Keys {
    /// Signs shelf labels.
    pub shelf_key: ShelfKey,
    /// Signs ledger heads.
    pub head_key: SigningKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    shelf_key: String,
    head_key: String,
}

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read or written.
    #[error("the key file {} cannot be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not one of ours.
    #[error("the key file {} is damaged; restore it from a backup, labels and heads depend on it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl Keys {
    /// Keys from their secret bytes.
    #[must_use]
    pub fn from_secrets(shelf: [u8; 32], head: [u8; 32]) -> Self {
        Self { shelf_key: ShelfKey::new(shelf), head_key: SigningKey::from_bytes(&head) }
    }

    /// Signs drivers' links: made from the ledger's key, so that a backup of one is a backup of both.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "cannot happen: a MAC takes keys of every length")]
    pub fn link_key(&self) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.head_key.to_bytes()).expect("keys of every length");
        mac.update(b"shelftrace driver's link 1");
        mac.finalize().into_bytes().into()
    }

    /// Reads `data_dir/keys.toml`, made with new keys where there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is damaged.
    pub fn load_or_create(data_dir: &Path) -> Result<Self, KeysError> {
        let path = data_dir.join("keys.toml");
        let io = |source| KeysError::Io { path: path.clone(), source };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).ok_or_else(|| KeysError::Damaged { path: path.clone() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(data_dir).map_err(io)?;
                let (shelf, head) = (random_bytes::<32>(), random_bytes::<32>());
                let text = format!(
                    "# Secret. Whoever has it can print shelf labels and sign ledgers. Back it up.\nshelf_key = \"{}\"\nhead_key = \"{}\"\n",
                    HEXLOWER.encode(&shelf),
                    HEXLOWER.encode(&head)
                );
                write_secret(&path, &text).map_err(io)?;
                Ok(Self::from_secrets(shelf, head))
            }
            Err(error) => Err(io(error)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        use figment::providers::{Format, Toml};
        let file: KeyFile = figment::Figment::from(Toml::string(text)).extract().ok()?;
        let bytes = |hex: &str| HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok();
        Some(Self::from_secrets(bytes(&file.shelf_key)?, bytes(&file.head_key)?))
    }
}

/// Random bytes from the system.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "without randomness nothing here is secure")]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).expect("the system has a source of randomness");
    bytes
}

/// Writes a new file that only its owner may read, wholly or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_kept_private() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let made = Keys::load_or_create(folder.path()).expect("makes them");
        let read = Keys::load_or_create(folder.path()).expect("reads them");
        assert_eq!(made.head_key.to_bytes(), read.head_key.to_bytes());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("keys.toml")).expect("is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn damaged_keys_are_not_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("keys.toml"), "shelf_key = \"00\"").expect("writes");
        assert!(matches!(Keys::load_or_create(folder.path()), Err(KeysError::Damaged { .. })));
    }
}
