//! The command line.

use crate::command::print::PrintArgs;
use crate::command::seed::SeedArgs;
use crate::config::Flags;
use clap::{Args, Parser, Subcommand};
use domain::id::PersonId;
use domain::message::preference::ChannelKind;
use std::path::PathBuf;

/// Shelftrace (货迹): every movement leaves a trace at the moment it happens.
#[derive(Debug, Parser)]
#[command(name = "shelftrace", version, propagate_version = true)]
pub struct Cli {
    /// Settings that every command takes.
    #[command(flatten)]
    pub flags: Flags,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages, the API and the live feed
    Serve,
    /// Fill an empty database with a demo chain
    Seed(SeedArgs),
    /// Write a sheet of shelf labels or product barcodes
    Print(PrintArgs),
    /// Walk the ledgers and their signed heads; name the first bad event
    Verify,
    /// Drop the read models and fold them anew from the ledger
    Rebuild,
    /// Write the ledger into segment files
    Export(SegmentArgs),
    /// Read segment files into the ledger
    Import(SegmentArgs),
    /// Check a proof of one event, with nothing but its file
    CheckProof(CheckProofArgs),
    /// Manage accounts
    User {
        /// What to do with them.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Show the settings in force, with secrets masked
    Config,
}

/// Where ledger segments are.
#[derive(Debug, Clone, Args)]
pub struct SegmentArgs {
    /// The folder with the segment files
    pub folder: PathBuf,
}

/// A proof to check.
#[derive(Debug, Clone, Args)]
pub struct CheckProofArgs {
    /// The proof's file
    pub file: PathBuf,
    /// The chain's public key, if known: 64 hexadecimal digits, as the audit page shows it
    #[arg(long)]
    pub key: Option<String>,
}

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account; its password is generated, or read from standard input
    Add(AddUserArgs),
    /// List all accounts
    List,
    /// Refuse sign-in and end all sessions
    Disable {
        /// The login
        login: String,
    },
    /// Allow sign-in again
    Enable {
        /// The login
        login: String,
    },
    /// Say how a channel knows a person, such as their userid in WeCom
    Contact {
        /// The login
        login: String,
        /// The channel
        #[arg(value_parser = channel)]
        channel: ChannelKind,
        /// What the channel calls them; nothing forgets it
        address: Option<String>,
    },
    /// Set a new password and end all sessions
    Password {
        /// The login
        login: String,
        /// Read the password from the first line of standard input instead of generating one
        #[arg(long)]
        stdin: bool,
    },
}

/// A channel by its code, where somebody says how it knows a person.
fn channel(code: &str) -> Result<ChannelKind, String> {
    let known = ChannelKind::from_code(code).filter(|channel| channel.is_registered());
    known.ok_or_else(|| "expected a channel such as wecom".to_owned())
}

/// A new account.
#[derive(Debug, Args)]
pub struct AddUserArgs {
    /// The login: lower-case letters, digits, dots, dashes
    pub login: String,
    /// The name shown
    #[arg(long)]
    pub name: String,
    /// What the person is
    #[arg(long, value_enum)]
    pub role: RoleArg,
    /// The store or region; none for the whole chain
    #[arg(long)]
    pub scope: Option<String>,
    /// The person's id; made from the login by default
    #[arg(long)]
    pub id: Option<PersonId>,
    /// Read the password from the first line of standard input instead of generating one
    #[arg(long)]
    pub stdin: bool,
}

/// [`domain::policy::Role`] as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RoleArg {
    /// Clerk of one store
    Clerk,
    /// Manager of one store
    Manager,
    /// Manager of one region
    Regional,
    /// Headquarters
    Hq,
    /// Auditor
    Auditor,
}
