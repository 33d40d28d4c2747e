//! Scripts and styles, by esbuild from npm.

use crate::Effort;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Module workers in Firefox and wasm with reference types everywhere decide these.
const BROWSERS: &str = "--target=es2022,chrome111,safari16.4,firefox114";

/// The scripts that become files of their own: boot and the worker are entries of the browser,
/// glue is imported by the wasm module's script.
const SCRIPTS: [&str; 3] = ["boot", "glue", "scan_worker"];

/// Fails with what to do when the npm packages are missing.
pub fn require_packages(root: &Path) -> Result<()> {
    for needed in ["node_modules/.bin/esbuild", "node_modules/.bin/wasm-opt", "node_modules/zxing-wasm"] {
        if !root.join(needed).exists() {
            bail!("{needed} is missing: run scripts/setup.sh (it installs the npm packages)");
        }
    }
    Ok(())
}

/// Bundles the scripts and the style sheet of a build into `directory`.
pub fn build(root: &Path, directory: &Path, effort: Effort) -> Result<()> {
    for script in SCRIPTS {
        esbuild(root, effort)
            .arg(format!("frontend/glue/{script}.ts"))
            .arg("--format=esm")
            // One instance of each at run time: boot and the wasm's script load them side by side.
            .args(["--external:./shelftrace.js", "--external:./glue.js"])
            .arg(out(directory, &format!("{script}.js")))
            .finish(&format!("frontend/glue/{script}.ts"))?;
    }
    esbuild(root, effort)
        .arg("style/main.css")
        // Served as they are, from the root of the site.
        .arg("--external:/icons/*")
        .arg(out(directory, "main.css"))
        .finish("style/main.css")?;
    std::fs::copy(
        root.join("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"),
        directory.join("zxing_reader.wasm"),
    )
    .context("the barcode reader's wasm could not be copied; run scripts/setup.sh")?;
    Ok(())
}

/// Bundles the service worker, which knows its build and what to keep for it.
pub fn service_worker(root: &Path, file: &Path, effort: Effort, build: &str, precache: &[String]) -> Result<()> {
    let list = serde_json::to_string(precache).context("addresses are text")?;
    esbuild(root, effort)
        .arg("frontend/glue/service_worker.ts")
        .arg("--format=iife")
        .arg(format!("--define:BUILD={}", serde_json::Value::from(build)))
        .arg(format!("--define:PRECACHE={list}"))
        .arg(format!("--outfile={}", file.display()))
        .finish("frontend/glue/service_worker.ts")
}

fn out(directory: &Path, name: &str) -> String {
    format!("--outfile={}", directory.join(name).display())
}

fn esbuild(root: &Path, effort: Effort) -> Command {
    let mut command = Command::new(root.join("node_modules/.bin/esbuild"));
    command.current_dir(root).args([
        "--bundle",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=warning",
        BROWSERS,
    ]);
    if effort == Effort::Small {
        command.arg("--minify");
    }
    command
}

trait Finish {
    fn finish(&mut self, source: &str) -> Result<()>;
}

impl Finish for Command {
    fn finish(&mut self, source: &str) -> Result<()> {
        let status = self.status().context("esbuild could not be started; run scripts/setup.sh")?;
        if !status.success() {
            bail!("esbuild could not bundle {source} ({status}); its message is above");
        }
        Ok(())
    }
}
