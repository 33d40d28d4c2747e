//! The program: reads the command line and the settings, starts the runtime, runs the command.

use clap::Parser;
use server::cli::{Cli, Command};
use server::config::Config;
use server::{command, telemetry};
use std::process::ExitCode;

/// SurrealDB's executor recurses deeply, most of all without optimisation.
const STACK_BYTES: usize = 20 << 20;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shelftrace: {}", server::error::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let cli = Cli::parse();
    let config = Config::load(&cli.flags)?;
    telemetry::start_log(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()?;
    // On a worker thread, whose stack is the large one.
    runtime.block_on(async { tokio::spawn(command(config, cli.command)).await? })
}

async fn command(config: Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve => command::serve::serve(config).await?,
        Command::Seed(args) => command::seed::seed(&config, &args).await?,
        Command::Print(args) => command::print::print(&config, &args).await?,
        Command::Verify => command::ledger::verify_ledger(&config).await?,
        Command::Rebuild => command::ledger::rebuild_read_models(&config).await?,
        Command::Export(args) => command::ledger::export_ledger(&config, &args.folder).await?,
        Command::Import(args) => command::ledger::import_ledger(&config, &args.folder).await?,
        Command::CheckProof(args) => command::proof::check_proof(&args)?,
        Command::User { command } => command::user::user(&config, command).await?,
        Command::Config => print!("{}", config.masked()),
    }
    Ok(())
}
