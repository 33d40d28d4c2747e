//! `shelftrace seed`: fills an empty database with the demo chain.

use crate::auth::password::{PasswordError, Passwords};
use crate::clock::Clock;
use crate::command::{OpenError, open};
use crate::config::Config;
use crate::ledger::{Ledger, LedgerError, NoPhotos, StartError};
use crate::seed::{DEMO_PASSWORD, DemoChain, DemoPerson, Size, generate};
use crate::store::db::{Database, StoreError};
use crate::store::directory::{Directory, PersonNames};
use crate::store::master::{Masters, StoreMaster};
use crate::store::person::{Account, AddAccountError};
use clap::Args;
use domain::accept::Refusal;
use domain::id::StoreCode;
use domain::policy::{Role, Scope, Viewer};
use domain::sync::Outcome;
use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::time::Instant;

/// How large the demo chain is.
#[derive(Debug, Clone, Args)]
pub struct SeedArgs {
    /// Stores, 1 to 1000
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub stores: u32,
    /// Products, 50 to 10000
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(50..=10_000))]
    pub products: u32,
    /// Days of movements, today included, 1 to 30
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=30))]
    pub days: u32,
    /// Till receipts of a store on an average day, 0 to 2000
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=2_000))]
    pub receipts: u32,
    /// Number the chain is made from: the same number makes the same chain
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Why the database was not filled.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// There is something in it.
    #[error(
        "the database {url} is not empty: it has {n_stores} stores and {n_people} accounts. \
         `shelftrace serve` serves it as it is; to start over choose another folder with --data-dir, \
         or remove this one"
    )]
    NotEmpty {
        /// Where it is.
        url: String,
        /// Stores it has.
        n_stores: usize,
        /// Accounts it has.
        n_people: usize,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An account was not added.
    #[error(transparent)]
    Account(#[from] AddAccountError),
    /// The demo's password cannot be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The ledger does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The ledger does not write.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An event of the demo breaks a rule: a defect of the generator.
    #[error("an event of {store} was refused")]
    Refused {
        /// Where.
        store: StoreCode,
        /// Why.
        #[source]
        why: Refusal,
    },
}

/// Fills the database and says who can sign in.
///
/// # Errors
/// When the database is not empty or fails.
pub async fn seed(config: &Config, args: &SeedArgs) -> Result<(), SeedError> {
    let started = Instant::now();
    let (db, keys) = open(config).await?;
    refuse_unless_empty(&db, config).await?;
    let clock = Clock::system();
    let chain = generate(size(args), args.seed);
    eprintln!(
        "Making {} stores, {} products, {} people and {} days of movements",
        chain.stores.len(),
        chain.products.len(),
        chain.people.len(),
        args.days
    );
    let masters = masters(&chain);
    db.save_masters(&masters).await?;
    add_people(&db, &chain.people).await?;
    let names: PersonNames = chain.people.iter().map(|person| (person.id.clone(), person.name.clone())).collect();
    let directory = Directory::new(masters, names);
    let shelf_key = keys.shelf_key.clone();
    let heads_file = config.heads_file();
    let ledger = Ledger::start(db.clone(), directory, keys, Arc::new(NoPhotos), clock.clone(), heads_file).await?;
    let now = clock.now();
    let mut progress = Progress::new(chain.stores.len());
    for (at, store) in chain.stores.iter().enumerate() {
        let events: Vec<_> = chain.history(at, now, &shelf_key).into_iter().map(|r| (r.event, r.recorded_at)).collect();
        progress.n_events += events.len();
        for answer in ledger.import(events).await? {
            if let Outcome::Refused { why } = answer.outcome {
                return Err(SeedError::Refused { store: store.store.code.clone(), why });
            }
        }
        db.save_orders(&chain.orders(at, now)).await?;
        progress.step(&store.store.code, &store.store.name.en);
    }
    ledger.shutdown().await;
    progress.finish(started);
    print!("{}", accounts_table(&chain.people));
    eprintln!("\nNext: `shelftrace serve`, then open http://{} and sign in.", config.listen);
    Ok(())
}

fn size(args: &SeedArgs) -> Size {
    Size {
        n_stores: args.stores as usize,
        n_products: args.products as usize,
        n_days: args.days,
        n_receipts_per_day: args.receipts,
    }
}

async fn refuse_unless_empty(db: &Database, config: &Config) -> Result<(), SeedError> {
    let (n_stores, n_people) = (db.load_masters().await?.stores().len(), db.accounts().await?.len());
    if n_stores == 0 && n_people == 0 {
        return Ok(());
    }
    Err(SeedError::NotEmpty { url: config.database_url(), n_stores, n_people })
}

fn masters(chain: &DemoChain) -> Masters {
    let stores = chain
        .stores
        .iter()
        .map(|demo| StoreMaster::new(demo.store.clone(), demo.zones.clone(), demo.shelves.clone()))
        .collect();
    Masters::new(chain.regions.clone(), chain.categories.clone(), chain.products.clone(), stores)
}

/// All have one password, which everybody may read here: hashing it once for each would only take time.
async fn add_people(db: &Database, people: &[DemoPerson]) -> Result<(), SeedError> {
    let password_hash = Passwords::new(1).hash(DEMO_PASSWORD).await?;
    for person in people {
        let viewer =
            Viewer { id: person.id.clone(), name: person.name.clone(), role: person.role, scope: person.scope.clone() };
        let (login, password_hash) = (person.login.clone(), password_hash.clone());
        db.add_account(&Account { viewer, login, password_hash, is_disabled: false }).await?;
    }
    Ok(())
}

/// A bar on a terminal; elsewhere one line for each tenth of the way.
struct Progress {
    n_stores: usize,
    n_done: usize,
    n_events: usize,
    is_terminal: bool,
}

const BAR_WIDTH: usize = 30;

impl Progress {
    fn new(n_stores: usize) -> Self {
        Self { n_stores, n_done: 0, n_events: 0, is_terminal: stderr().is_terminal() }
    }

    fn step(&mut self, code: &StoreCode, name: &str) {
        let before = self.n_done * 10 / self.n_stores;
        self.n_done += 1;
        if self.is_terminal {
            let full = self.n_done * BAR_WIDTH / self.n_stores;
            let bar = format!("{}{}", "█".repeat(full), "░".repeat(BAR_WIDTH - full));
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(stderr(), "\r\x1b[2K{bar} {}/{} {code} {name}", self.n_done, self.n_stores);
            let _ = stderr().flush();
        } else if self.n_done * 10 / self.n_stores > before {
            eprintln!("{}/{} stores, {} events", self.n_done, self.n_stores, self.n_events);
        }
    }

    fn finish(&self, started: Instant) {
        if self.is_terminal {
            let _ = write!(stderr(), "\r\x1b[2K");
        }
        eprintln!("{} events in {:.0} s", self.n_events, started.elapsed().as_secs_f64());
    }
}

/// Who can sign in: the first store's people and everybody above them.
fn accounts_table(people: &[DemoPerson]) -> String {
    let is_first = |scope: &Scope| matches!(scope, Scope::Store(store) if store.as_str() == "S001");
    let shown = people.iter().filter(|person| !matches!(person.scope, Scope::Store(_)) || is_first(&person.scope));
    let mut rows: Vec<[String; 4]> = shown
        .map(|person| {
            let place = match &person.scope {
                Scope::Store(store) => store.to_string(),
                Scope::Region(region) => region.to_string(),
                Scope::Chain => "chain".to_owned(),
            };
            [person.login.clone(), person.name.clone(), role_name(person.role).to_owned(), place]
        })
        .collect();
    // The people a newcomer tries first come first.
    rows.sort_by_key(|row| row[3] != "S001");
    rows.insert(0, ["login", "name", "role", "where"].map(str::to_owned));
    let widths: [usize; 4] =
        std::array::from_fn(|column| rows.iter().map(|row| columns(&row[column])).max().unwrap_or_default());
    let mut text = String::from("\nDemo accounts\n\n");
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            text.push_str("  ");
            text.push_str(cell);
            text.push_str(&" ".repeat(width - columns(cell)));
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text.push_str(&format!(
        "\nEvery password is {DEMO_PASSWORD}. `shelftrace user list` shows all {} accounts.\n\
         Something to scan: sign in as wangwei, then open /print/shelves/S001 and /print/products/S001.\n",
        people.len()
    ));
    text
}

/// Columns of a terminal that a text takes: Chinese characters take two.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Clerk => "clerk 店员",
        Role::StoreManager => "store manager 店长",
        Role::RegionalManager => "regional manager 区域经理",
        Role::Headquarters => "headquarters 总部",
        Role::Auditor => "auditor 稽核",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lines_up_and_begins_with_the_first_stores_clerk_and_manager() {
        let chain = generate(Size { n_stores: 3, n_products: 100, n_days: 1, n_receipts_per_day: 0 }, 1);
        let table = accounts_table(&chain.people);
        let lines: Vec<&str> = table.lines().filter(|line| line.starts_with("  ")).collect();
        assert!(lines[1].starts_with("  wangwei ") && lines[2].starts_with("  lina "), "{table}");
        assert!(table.contains("hq") && table.contains("auditor") && table.contains("east"));
        let role_at = |line: &str, role: &str| columns(&line[..line.find(role).expect("has the role")]);
        assert_eq!(role_at(lines[1], "store manager"), role_at(lines[2], "clerk"));
    }
}
