//! The Rust half: cargo, wasm-bindgen as a library (its version is pinned by the lock file, so it
//! can never disagree with the crate's), wasm-opt from npm.

use crate::Effort;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wasm_bindgen_cli_support::Bindgen;

/// What LLVM emits for wasm32 by default. Named here because wasm-opt otherwise trusts a section
/// that stripping may have removed.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Compiles the frontend for the browser and returns the module cargo wrote.
pub fn compile(root: &Path, effort: Effort) -> Result<PathBuf> {
    let profile = match effort {
        Effort::Quick => "wasm-dev",
        Effort::Small => "wasm-release",
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root)
        .args(["rustc", "--locked", "--package", "shelftrace-frontend", "--lib"])
        .args(["--crate-type", "cdylib", "--no-default-features", "--features", "hydrate"])
        .args(["--target", "wasm32-unknown-unknown", "--profile", profile])
        .arg("--message-format=json-render-diagnostics")
        // The splitter must know what refers to what.
        .args(["--", "-C", "link-arg=--emit-relocs"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        bail!("the frontend did not compile for wasm32; if the target itself is missing, run scripts/setup.sh");
    }
    let messages = String::from_utf8(output.stdout).context("cargo answered in no known encoding")?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == "frontend")
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .find(|name| name.extension().is_some_and(|extension| extension == "wasm"))
        .context("cargo named no .wasm file for the frontend")
}

/// Splits the module into the main one, bound to `shelftrace.js`, and those that are fetched when needed; returns
/// the names of all.
pub fn split_and_bind(module: &Path, directory: &Path) -> Result<Vec<String>> {
    let bytes = std::fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let main = directory.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&bytes);
    options.output_dir = directory;
    options.main_out_path = &main;
    options.link_name = "./parts.js";
    options.main_module = "./shelftrace.js";
    let parts = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow::anyhow!("the module could not be split into its parts: {error:#}"))?;
    Bindgen::new()
        .input_path(&main)
        .web(true)?
        .out_name("shelftrace")
        .typescript(false)
        .keep_lld_exports(true)
        .remove_producers_section(true)
        .generate(directory)
        .context("wasm-bindgen could not make the module's script")?;
    std::fs::remove_file(&main).context("the unbound module could not be removed")?;
    let names = parts.split_modules.iter().filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
    Ok(names.chain(["shelftrace_bg.wasm".to_owned()]).collect())
}

/// Shrinks the module in place.
pub fn shrink(root: &Path, module: &Path) -> Result<()> {
    let smaller = module.with_extension("opt");
    let status = Command::new(root.join("node_modules/.bin/wasm-opt"))
        .arg("-Oz")
        .args(WASM_FEATURES)
        .arg(module)
        .arg("-o")
        .arg(&smaller)
        .status()
        .context("wasm-opt could not be started; run scripts/setup.sh")?;
    if !status.success() {
        bail!("wasm-opt refused the module ({status})");
    }
    std::fs::rename(&smaller, module).context("the smaller module could not take its place")
}
