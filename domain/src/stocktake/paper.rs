//! Counts on paper: when what stands on a sheet was counted.

use crate::instant::{MINUTE_MS, Timestamp};

/// Why a sheet cannot have been counted then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaperTimeError {
    /// The stocktake had not been opened.
    #[error("the stocktake had not been opened then")]
    BeforeOpening,
    /// It is not that late yet.
    #[error("that is in the future")]
    InFuture,
}

/// When a sheet was counted that says `written`, to the minute: what is sold after that is not missing. Within the minute
/// in which the stocktake was opened it is the moment of the opening.
///
/// # Errors
/// When it is before the opening, or after `now`.
pub fn counted_on_paper_at(
    written: Timestamp,
    opened_at: Timestamp,
    now: Timestamp,
) -> Result<Timestamp, PaperTimeError> {
    if written > now {
        return Err(PaperTimeError::InFuture);
    }
    if opened_at.since(written) >= MINUTE_MS {
        return Err(PaperTimeError::BeforeOpening);
    }
    Ok(written.max(opened_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_counted_between_the_opening_and_now() {
        let opened = Timestamp::from_unix_ms(1_795_320_030_000); // half past a minute
        let at = |ms| counted_on_paper_at(opened.plus_ms(ms), opened, opened.plus_ms(10 * MINUTE_MS));
        assert_eq!(at(0), Ok(opened));
        assert_eq!(at(-30_000), Ok(opened), "the minute in which it was opened");
        assert_eq!(at(-MINUTE_MS), Err(PaperTimeError::BeforeOpening));
        assert_eq!(at(5 * MINUTE_MS), Ok(opened.plus_ms(5 * MINUTE_MS)));
        assert_eq!(at(10 * MINUTE_MS), Ok(opened.plus_ms(10 * MINUTE_MS)));
        assert_eq!(at(10 * MINUTE_MS + 1), Err(PaperTimeError::InFuture));
    }
}
