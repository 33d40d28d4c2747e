//! Compressed copies, made once at build time so that the server only sends them.

use anyhow::{Context, Result};
use std::io::Write;
use std::path::Path;

/// Bytes of one file as stored and as sent.
#[derive(Clone, Copy, Default)]
pub struct Size {
    /// Uncompressed.
    pub raw: u64,
    /// With brotli, where a copy was made.
    pub br: Option<u64>,
    /// With gzip, where a copy was made.
    pub gz: Option<u64>,
}

impl Size {
    /// Measures a file that gets no compressed copies.
    pub fn of(file: &Path) -> Result<Self> {
        let raw = std::fs::metadata(file).with_context(|| format!("no file {}", file.display()))?.len();
        Ok(Self { raw, br: None, gz: None })
    }
}

/// Writes `file.br` and `file.gz`.
pub fn beside(file: &Path) -> Result<Size> {
    let bytes = std::fs::read(file).with_context(|| format!("no file {}", file.display()))?;

    let mut br = Vec::new();
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut br, &parameters).context("brotli failed")?;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&bytes).context("gzip failed")?;
    let gz = encoder.finish().context("gzip failed")?;

    for (extension, content) in [("br", &br), ("gz", &gz)] {
        let mut name = file.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        std::fs::write(&name, content).with_context(|| format!("cannot write {}", name.display()))?;
    }
    Ok(Size { raw: bytes.len() as u64, br: Some(br.len() as u64), gz: Some(gz.len() as u64) })
}
