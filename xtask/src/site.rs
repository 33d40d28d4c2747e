//! The site directory:
//!
//! ```text
//! site/pkg/<build>/…         everything a build needs, named by content, immutable
//! site/sw.js                 the service worker, which names its build
//! site/manifest.webmanifest  and icons/: copied from frontend/public
//! site/build.json            {"build", "previous", "files": [{"path", "raw", "br", "gz"}]}
//! ```
//!
//! The previous build's files stay: a page opened before a deployment still finds its own.

use crate::compress::{self, Size};
use crate::{Effort, bundle, wasm};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// What the service worker keeps besides a build's own files.
const OFFLINE_SHELL: &str = "/offline-shell";

/// Runs every step, from the sources to the site directory.
pub fn build(root: &Path, out: &Path, effort: Effort) -> Result<()> {
    bundle::require_packages(root)?;
    let packages = out.join("pkg");
    fs::create_dir_all(&packages).with_context(|| format!("cannot make {}", packages.display()))?;
    // Everything is made aside and moved when whole: a server never sees half a build.
    let staging = packages.join(format!(".staging-{}", std::process::id()));
    fs::create_dir(&staging).with_context(|| format!("cannot make {}", staging.display()))?;
    let result = build_in(root, out, &staging, effort);
    if staging.exists() {
        fs::remove_dir_all(&staging).context("the staging directory could not be removed")?;
    }
    result
}

fn build_in(root: &Path, out: &Path, staging: &Path, effort: Effort) -> Result<()> {
    step("compiling the frontend for the browser");
    let module = wasm::compile(root, effort)?;
    step("splitting it and binding it to JavaScript");
    let modules = wasm::split_and_bind(&module, staging)?;
    if effort == Effort::Small {
        step("shrinking the wasm");
        for module in &modules {
            wasm::shrink(root, &staging.join(module))?;
        }
    }
    step("bundling scripts and styles");
    bundle::build(root, staging, effort)?;

    let public = root.join("frontend/public");
    let names = files_under(staging)?;
    let public_names = files_under(&public)?;
    let id = content_id(&[(staging, &names), (public.as_path(), &public_names)])?;

    if effort == Effort::Small {
        step("compressing");
    }
    let mut files = Vec::new();
    for name in &names {
        let file = staging.join(name);
        let size = match effort {
            Effort::Small if compressible(name) => compress::beside(&file)?,
            Effort::Small | Effort::Quick => Size::of(&file)?,
        };
        files.push((name.clone(), size));
    }

    let destination = out.join("pkg").join(&id);
    if destination.exists() {
        fs::remove_dir_all(&destination).context("the same build's files could not be replaced")?;
    }
    fs::rename(staging, &destination).context("the build could not be moved into place")?;
    copy_public(&public, out, &public_names)?;

    let precache: Vec<String> = names
        .iter()
        .map(|name| format!("/pkg/{id}/{name}"))
        .chain(public_names.iter().map(|name| format!("/{name}")))
        .chain([OFFLINE_SHELL.to_owned()])
        .collect();
    let worker = out.join("sw.js.new");
    bundle::service_worker(root, &worker, effort, &id, &precache)?;
    fs::rename(&worker, out.join("sw.js")).context("the service worker could not be moved")?;

    let previous = previous_build(out, &id);
    write_description(out, &id, previous.as_deref(), &files)?;
    forget_older_builds(out, &id, previous.as_deref())?;
    report(&id, &files);
    Ok(())
}

fn step(what: &str) {
    eprintln!("▸ {what}");
}

/// Relative names of all files under a directory, sorted, with `/` between parts.
fn files_under(directory: &Path) -> Result<Vec<String>> {
    fn walk(directory: &Path, prefix: &str, names: &mut Vec<String>) -> Result<()> {
        let entries = fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                bail!("{} has a name that is no text", entry.path().display());
            };
            let name = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                walk(&entry.path(), &format!("{name}/"), names)?;
            } else {
                names.push(name);
            }
        }
        Ok(())
    }
    let mut names = Vec::new();
    walk(directory, "", &mut names)?;
    names.sort();
    Ok(names)
}

/// 12 hexadecimal digits that change when any name or byte does.
fn content_id(trees: &[(&Path, &Vec<String>)]) -> Result<String> {
    let mut hash = Sha256::new();
    for (directory, names) in trees {
        for name in *names {
            let bytes = fs::read(directory.join(name)).with_context(|| format!("cannot read {name}"))?;
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name.as_bytes());
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(&bytes);
        }
    }
    Ok(data_encoding::HEXLOWER.encode(&hash.finalize()[..6]))
}

fn compressible(name: &str) -> bool {
    [".js", ".css", ".wasm", ".svg", ".json"].iter().any(|extension| name.ends_with(extension))
}

fn copy_public(public: &Path, out: &Path, names: &[String]) -> Result<()> {
    for name in names {
        let target = out.join(name);
        if let Some(directory) = target.parent() {
            fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        }
        fs::copy(public.join(name), &target).with_context(|| format!("cannot copy {name}"))?;
    }
    Ok(())
}

/// The build that was current before this one; building the same content twice forgets nothing.
fn previous_build(out: &Path, id: &str) -> Option<String> {
    let text = fs::read_to_string(out.join("build.json")).ok()?;
    let description: Value = serde_json::from_str(&text).ok()?;
    let known = if description["build"] == id { &description["previous"] } else { &description["build"] };
    known.as_str().map(str::to_owned)
}

fn write_description(out: &Path, id: &str, previous: Option<&str>, files: &[(String, Size)]) -> Result<()> {
    let files: Vec<Value> = files
        .iter()
        .map(|(name, size)| json!({"path": format!("/pkg/{id}/{name}"), "raw": size.raw, "br": size.br, "gz": size.gz}))
        .collect();
    let description = json!({"build": id, "previous": previous, "files": files});
    let text = serde_json::to_string_pretty(&description).context("names and sizes are plain JSON")?;
    let aside = out.join("build.json.new");
    fs::write(&aside, text + "\n").context("cannot write build.json")?;
    fs::rename(&aside, out.join("build.json")).context("build.json could not be moved")
}

fn forget_older_builds(out: &Path, id: &str, previous: Option<&str>) -> Result<()> {
    for entry in fs::read_dir(out.join("pkg")).context("cannot list the builds")? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let kept = name == id || Some(name) == previous;
        // Another build may be running: its staging directory is its own business.
        if !kept && !name.starts_with('.') && path.is_dir() {
            fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

fn report(id: &str, files: &[(String, Size)]) {
    println!("build {id}");
    println!("{:<24} {:>12} {:>12} {:>12}", "file", "bytes", "brotli", "gzip");
    let shown = |size: Option<u64>| size.map_or_else(|| "–".to_owned(), |size| size.to_string());
    let mut total = Size { raw: 0, br: Some(0), gz: Some(0) };
    for (name, size) in files {
        println!("{name:<24} {:>12} {:>12} {:>12}", size.raw, shown(size.br), shown(size.gz));
        total.raw += size.raw;
        total.br = total.br.zip(size.br).map(|(sum, size)| sum + size);
        total.gz = total.gz.zip(size.gz).map(|(sum, size)| sum + size);
    }
    println!("{:<24} {:>12} {:>12} {:>12}", "total", total.raw, shown(total.br), shown(total.gz));
}
