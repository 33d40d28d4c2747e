//! `cargo xtask site [--release] [--out DIR]`: builds everything the browser is sent.
//!
//! In reading order: [`site`] (the steps and the layout), [`wasm`], [`bundle`] (scripts and styles),
//! [`compress`].

mod bundle;
mod compress;
mod site;
mod wasm;

use anyhow::{Context, Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask site [--release] [--out DIR]

  --release   optimised and compressed, as it is deployed (default: quick to build)
  --out DIR   where the site is written (default: site)";

/// How much work is put into size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Quick to build; larger, and sent uncompressed.
    Quick,
    /// As small as it gets, with `.br` and `.gz` beside each file.
    Small,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("site") => {}
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            return Ok(());
        }
        Some(other) => bail!("there is no task {other:?}\n{USAGE}"),
        None => bail!("no task was named\n{USAGE}"),
    }
    // Relative paths are the caller's; the steps themselves run in the root of the checkout the caller is in.
    let caller = std::env::current_dir().context("the current directory is gone")?;
    let root = caller
        .ancestors()
        .find(|folder| folder.join("xtask/Cargo.toml").is_file())
        .context("run this inside the project's folder")?
        .to_owned();
    let mut out = root.join("site");
    let mut effort = Effort::Quick;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--release" => effort = Effort::Small,
            "--out" => {
                out = caller.join(arguments.next().context("--out needs a directory")?);
            }
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            other => bail!("there is no option {other:?}\n{USAGE}"),
        }
    }
    site::build(&root, &out, effort)
}
