//! `shelftrace check-proof`

use crate::cli::CheckProofArgs;
use domain::instant::ZoneOffset;
use domain::proof::{Proof, ProofError};
use std::path::PathBuf;

/// Why a proof shows nothing.
#[derive(Debug, thiserror::Error)]
pub enum CheckProofError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The file is no proof.
    #[error("the file is no proof")]
    Unreadable(#[source] serde_json::Error),
    /// The proof does not hold.
    #[error("NOT PROVEN")]
    Refuted(#[source] ProofError),
}

/// Says what a proof shows. Neither the server nor its data is asked.
///
/// # Errors
/// When the file is no proof, or it does not hold.
pub fn check_proof(args: &CheckProofArgs) -> Result<(), CheckProofError> {
    let json = std::fs::read_to_string(&args.file)
        .map_err(|source| CheckProofError::Io { path: args.file.clone(), source })?;
    let proof: Proof = serde_json::from_str(&json).map_err(CheckProofError::Unreadable)?;
    let proven = proof.check(args.key.as_deref()).map_err(CheckProofError::Refuted)?;
    let (stamp, event) = (&proven.event.stamp, &proven.event.event);
    let utc = |at: domain::instant::Timestamp| {
        let wall = at.wall(ZoneOffset(0));
        format!("{} {} UTC", wall.date(), wall.time())
    };
    println!("PROVEN: event {} of store {} stands as it was taken.", stamp.seq, event.store);
    println!("  event     {} by {} on device {}", event.id, event.person, event.device);
    println!("  happened  {}", utc(event.effective_at));
    println!("  recorded  {}", utc(stamp.recorded_at));
    println!("  what      {}", serde_json::to_string(&event.body).map_err(CheckProofError::Unreadable)?);
    println!("  hash      {}", proven.hash);
    println!("  covered by the signed head at event {}", proven.head_seq);
    match args.key {
        Some(_) => println!("  signed with the key you trust"),
        None => println!("  signed with key {}: compare it with the chain's", proven.public_key),
    }
    Ok(())
}
