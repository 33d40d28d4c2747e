//! A ledger segment: a run of one store's events in a file that checks itself.
//!
//! Layout, all numbers big endian (also in `docs/segments.md`):
//!
//! ```text
//! "SHELFSEG" ‖ 0x01 ‖ store (1 byte length, text) ‖ first number (8) ‖ hash before it (32)
//! per event: length (4, never 0) ‖ canonical bytes ‖ chain hash (32)
//! 0 (4) ‖ length (4) ‖ the signed head of the last event, as JSON
//! ```
//!
//! An event's chain hash covers everything before it, so it is the checksum as well.

use super::heads::is_signed;
use domain::chain::{Hash, Head, SignedHead};
use domain::event::LedgerEvent;
use domain::id::StoreCode;
use ed25519_dalek::VerifyingKey;
use std::io::{self, Read, Write};

const MAGIC: &[u8; 9] = b"SHELFSEG\x01";
/// No event is this long: its request would have been refused.
const BODY_MAX: u32 = 4 << 20;

/// Why a segment cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The file cannot be read or written.
    #[error("cannot read or write the segment")]
    Io(#[from] io::Error),
    /// It is no segment, or of a newer program.
    #[error("not a ledger segment of version 1")]
    NotASegment,
    /// It is cut off or damaged.
    #[error("the segment is damaged at event {seq}")]
    Damaged {
        /// The first event that cannot be trusted.
        seq: u64,
    },
    /// Its end was not signed by this chain.
    #[error("the segment does not end in a head that this chain signed")]
    Unsigned,
}

/// Writes a segment.
pub(super) struct SegmentWriter<W> {
    out: W,
    head: Head,
}

impl<W: Write> SegmentWriter<W> {
    /// Begins a segment that follows `before`.
    pub(super) fn begin(mut out: W, before: Head) -> io::Result<Self> {
        let store = before.store.as_str().as_bytes();
        out.write_all(MAGIC)?;
        out.write_all(&[u8::try_from(store.len()).expect("store codes are short")])?;
        out.write_all(store)?;
        out.write_all(&(before.seq + 1).to_be_bytes())?;
        out.write_all(&before.hash.0)?;
        Ok(Self { out, head: before })
    }

    pub(super) fn event(&mut self, body: &[u8]) -> io::Result<()> {
        self.head = self.head.extended(body);
        self.out.write_all(&u32::try_from(body.len()).expect("events are small").to_be_bytes())?;
        self.out.write_all(body)?;
        self.out.write_all(&self.head.hash.0)
    }

    pub(super) fn finish(mut self, signed: &SignedHead) -> io::Result<W> {
        let json = serde_json::to_vec(signed)?;
        self.out.write_all(&0_u32.to_be_bytes())?;
        self.out.write_all(&u32::try_from(json.len()).expect("a head is short").to_be_bytes())?;
        self.out.write_all(&json)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// One event of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentEvent {
    /// The event.
    pub event: LedgerEvent,
    /// Its canonical bytes.
    pub body: Vec<u8>,
    /// The chain's hash up to here.
    pub hash: Hash,
}

/// Reads a segment, event by event, checking each.
pub struct SegmentReader<R> {
    input: R,
    head: Head,
    signed: Option<SignedHead>,
}

impl<R: Read> SegmentReader<R> {
    /// Reads the beginning.
    ///
    /// # Errors
    /// When it is no segment.
    pub fn open(mut input: R) -> Result<Self, SegmentError> {
        let mut magic = [0; MAGIC.len()];
        input.read_exact(&mut magic).map_err(|_| SegmentError::NotASegment)?;
        if magic != *MAGIC {
            return Err(SegmentError::NotASegment);
        }
        let [length] = array(&mut input, 0)?;
        let mut store = vec![0; usize::from(length)];
        input.read_exact(&mut store).map_err(|_| SegmentError::NotASegment)?;
        let store = std::str::from_utf8(&store).ok().and_then(|text| StoreCode::parse(text).ok());
        let store = store.ok_or(SegmentError::NotASegment)?;
        let first = u64::from_be_bytes(array(&mut input, 0)?);
        let seq = first.checked_sub(1).ok_or(SegmentError::NotASegment)?;
        let hash = Hash(array(&mut input, first)?);
        Ok(Self { input, head: Head { store, seq, hash }, signed: None })
    }

    /// The head before the next event.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The next event; `None` at the end.
    ///
    /// # Errors
    /// When the segment is cut off or damaged there.
    pub fn next_event(&mut self) -> Result<Option<SegmentEvent>, SegmentError> {
        let seq = self.head.seq + 1;
        let length = u32::from_be_bytes(array(&mut self.input, seq)?);
        if length == 0 {
            self.signed = Some(self.read_signed(seq)?);
            return Ok(None);
        }
        if length > BODY_MAX {
            return Err(SegmentError::Damaged { seq });
        }
        let body = bytes(&mut self.input, length, seq)?;
        let hash = Hash(array(&mut self.input, seq)?);
        let head = self.head.extended(&body);
        let event = LedgerEvent::from_canonical_bytes(&body).map_err(|_| SegmentError::Damaged { seq })?;
        if head.hash != hash || event.stamp.seq != seq || event.event.store != head.store {
            return Err(SegmentError::Damaged { seq });
        }
        self.head = head;
        Ok(Some(SegmentEvent { event, body, hash }))
    }

    fn read_signed(&mut self, seq: u64) -> Result<SignedHead, SegmentError> {
        let length = u32::from_be_bytes(array(&mut self.input, seq)?);
        if length > BODY_MAX {
            return Err(SegmentError::Damaged { seq });
        }
        let json = bytes(&mut self.input, length, seq)?;
        serde_json::from_slice(&json).map_err(|_| SegmentError::Damaged { seq })
    }

    /// Reads to the end and checks that this chain signed it.
    ///
    /// # Errors
    /// When any event is damaged, or the end is not signed with the chain's key.
    pub fn check(mut self, key: &VerifyingKey) -> Result<SignedHead, SegmentError> {
        while self.next_event()?.is_some() {}
        match self.signed {
            Some(signed) if signed.head == self.head && is_signed(&signed, key) => Ok(signed),
            _ => Err(SegmentError::Unsigned),
        }
    }
}

fn array<const N: usize>(input: &mut impl Read, seq: u64) -> Result<[u8; N], SegmentError> {
    let mut buffer = [0; N];
    exact(input, &mut buffer, seq)?;
    Ok(buffer)
}

fn bytes(input: &mut impl Read, length: u32, seq: u64) -> Result<Vec<u8>, SegmentError> {
    let mut buffer = vec![0; usize::try_from(length).expect("at least 32 bits")];
    exact(input, &mut buffer, seq)?;
    Ok(buffer)
}

fn exact(input: &mut impl Read, buffer: &mut [u8], seq: u64) -> Result<(), SegmentError> {
    input.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => SegmentError::Damaged { seq },
        _ => SegmentError::Io(error),
    })
}
