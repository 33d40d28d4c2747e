//! Opening the database, and running statements so that no error is overlooked.

use super::migration::{MigrationError, migrate};
use std::path::PathBuf;
use std::sync::Arc;
use surrealdb::engine::any::{Any, connect};
use surrealdb::method::Query;
use surrealdb::opt::auth::Root;
use surrealdb::types::Variables;
use surrealdb::{IndexedResults, Surreal};

const NAMESPACE: &str = "shelftrace";
const DATABASE: &str = "shelftrace";

/// An open database. Cheap to clone: clones share one connection.
#[derive(Clone)]
pub struct Database {
    // `Surreal::clone` opens a new session, an `Arc` does not.
    client: Arc<Surreal<Any>>,
    is_embedded: bool,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none of the three kinds.
    #[error("{0:?} is no database: use surrealkv://DIRECTORY, mem:// or ws://HOST:PORT")]
    Address(String),
    /// The options would acknowledge what a power cut can still take back.
    #[error("{0:?} turns off the write to disk at every commit")]
    NotDurable(String),
    /// Another process has it open.
    #[error("another server is already running on {0}; stop it, or give this one its own directory")]
    InUse(String),
    /// The directory cannot be made.
    #[error("cannot make the directory {directory}")]
    Directory {
        /// Which.
        directory: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The engine or the network refuses.
    #[error("cannot connect to {address}")]
    Connect {
        /// Without the password.
        address: String,
        /// Why not.
        source: Box<surrealdb::Error>,
    },
    /// The schema does not fit.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database reports an error.
    #[error("the database refused a statement")]
    Database(#[from] Box<surrealdb::Error>),
    /// A record is not what this program writes.
    #[error("the record {id} is damaged: {what}")]
    Damaged {
        /// Which.
        id: String,
        /// What is wrong with it.
        what: String,
    },
}

impl From<surrealdb::Error> for StoreError {
    fn from(error: surrealdb::Error) -> Self {
        Self::Database(Box::new(error))
    }
}

impl Database {
    /// Opens `surrealkv://DIRECTORY` (embedded; every commit reaches the disk), `mem://` (embedded; gone with the
    /// process) or `ws://[USER:PASSWORD@]HOST:PORT` (a SurrealDB server), and brings its schema up to date.
    ///
    /// # Errors
    /// When the address is none, another process has the directory open, or the schema is newer than this program.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let address = Address::parse(url)?;
        if let Some(directory) = &address.directory {
            std::fs::create_dir_all(directory)
                .map_err(|source| OpenError::Directory { directory: directory.clone(), source })?;
        }
        let client = connect(&address.endpoint).await.map_err(|source| connect_error(&address.endpoint, source))?;
        let failed = |source| OpenError::Connect { address: address.endpoint.clone(), source: Box::new(source) };
        if let Some((username, password)) = &address.root {
            let root = Root { username: username.clone(), password: password.clone() };
            client.signin(root).await.map_err(failed)?;
        }
        let define = format!("DEFINE NAMESPACE IF NOT EXISTS {NAMESPACE}");
        client.query(define).await.and_then(IndexedResults::check).map_err(failed)?;
        client.use_ns(NAMESPACE).await.map_err(failed)?;
        let define = format!("DEFINE DATABASE IF NOT EXISTS {DATABASE}");
        client.query(define).await.and_then(IndexedResults::check).map_err(failed)?;
        client.use_ns(NAMESPACE).use_db(DATABASE).await.map_err(failed)?;
        let is_embedded = !address.endpoint.starts_with("ws");
        let database = Self { client: Arc::new(client), is_embedded };
        migrate(&database).await?;
        Ok(database)
    }

    /// Whether it is within this process, so that no other process has it open.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.is_embedded
    }

    /// Runs a statement as it stands and returns its result as text: for tests that look behind the scenes or play an
    /// intruder.
    ///
    /// # Errors
    /// When the database refuses it.
    #[doc(hidden)]
    pub async fn execute(&self, statement: &str) -> Result<String, StoreError> {
        use surrealdb::types::{ToSql, Value};
        let result: Value = self.run(statement, Variables::new()).await?.take(0)?;
        Ok(result.to_sql())
    }

    /// Starts a statement; give it to [`checked`].
    pub(crate) fn query<'a>(&'a self, text: &'a str) -> Query<'a, Any> {
        self.client.query(text)
    }

    /// Runs statements with their parameters and checks every one's outcome.
    pub(crate) async fn run(&self, text: &str, variables: Variables) -> Result<IndexedResults, StoreError> {
        checked(self.query(text).bind(surrealdb::types::Object::from(variables))).await
    }
}

/// Awaits a query and looks at every statement: a failed COMMIT comes back as `Ok` at the query level, and a failed
/// statement's siblings only say that they were not executed.
pub(crate) async fn checked(query: Query<'_, Any>) -> Result<IndexedResults, StoreError> {
    let mut results = query.await?;
    match first_cause(results.take_errors().into_values()) {
        Some(error) => Err(error.into()),
        None => Ok(results),
    }
}

/// The error that stands for all: one that says something, before one that only says "not executed".
pub(crate) fn first_cause(errors: impl Iterator<Item = surrealdb::Error>) -> Option<surrealdb::Error> {
    use surrealdb::types::QueryError;
    errors.min_by_key(|error| matches!(error.query_details(), Some(QueryError::NotExecuted)))
}

fn connect_error(address: &str, source: surrealdb::Error) -> OpenError {
    if source.message().contains("already locked") {
        return OpenError::InUse(address.trim_start_matches("surrealkv://").to_owned());
    }
    OpenError::Connect { address: address.to_owned(), source: Box::new(source) }
}

struct Address {
    endpoint: String,
    directory: Option<PathBuf>,
    root: Option<(String, String)>,
}

impl Address {
    fn parse(url: &str) -> Result<Self, OpenError> {
        let unknown = || OpenError::Address(without_password(url));
        if url == "mem://" || url == "memory" {
            return Ok(Self { endpoint: "mem://".to_owned(), directory: None, root: None });
        }
        let (scheme, rest) = url.split_once("://").filter(|(_, rest)| !rest.is_empty()).ok_or_else(unknown)?;
        match scheme {
            "surrealkv" => {
                let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
                let lax = options.split('&').find(|option| option.starts_with("sync") && *option != "sync=every");
                if let Some(lax) = lax {
                    return Err(OpenError::NotDurable(lax.to_owned()));
                }
                Ok(Self { endpoint: url.to_owned(), directory: Some(path.into()), root: None })
            }
            "ws" | "wss" => match rest.rsplit_once('@') {
                Some((root, host)) => {
                    let (username, password) = root.split_once(':').ok_or_else(unknown)?;
                    let root = Some((username.to_owned(), password.to_owned()));
                    Ok(Self { endpoint: format!("{scheme}://{host}"), directory: None, root })
                }
                None => Ok(Self { endpoint: url.to_owned(), directory: None, root: None }),
            },
            _ => Err(unknown()),
        }
    }
}

fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_durable_and_known_addresses_are_taken() {
        let refused = |url| Address::parse(url).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused("rocksdb://x").contains("surrealkv"));
        assert!(refused("surrealkv://").contains("is no database"));
        assert!(refused("surrealkv://data?sync=never").contains("turns off"));
        assert!(refused("http://me:secret@host").contains("…@host"));
        assert_eq!(refused("surrealkv://data?sync=every"), "");
        let remote = Address::parse("ws://root:se@cret@db:8000").ok().and_then(|address| address.root);
        assert_eq!(remote, Some(("root".to_owned(), "se@cret".to_owned())));
    }
}
