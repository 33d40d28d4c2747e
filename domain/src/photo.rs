//! Photos as evidence: their names, their limits, how alike two of them are, and what the phone makes of the server's
//! answer to one.
//!
//! A photo is named by the SHA-256 of the bytes that the phone sends, so that an event that names it names exactly
//! that picture. Phone and server never trust each other's figures: the server computes the name again, looks at the
//! dimensions before it decodes, and keeps a copy without the camera's metadata.

use crate::accept::AGE_MAX_MS;
use crate::chain::Hash;
use crate::sync::Trouble;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Largest photo that is taken, in bytes: 8 MiB.
pub const PHOTO_BYTES_MAX: usize = 8 << 20;
/// Longest side of a photo that is decoded, in pixels.
pub const PHOTO_SIDE_MAX: u32 = 8_192;
/// Most pixels of a photo that is decoded: a few kilobytes may claim to be billions of pixels.
pub const PHOTO_PIXELS_MAX: u64 = 24_000_000;
/// Longest side of a photo as it is kept, in pixels: enough to read a label, small enough for a shop's network.
pub const PHOTO_KEPT_SIDE_MAX: u32 = 1_600;
/// Longest side of a photo's small form for lists, in pixels.
pub const PHOTO_THUMB_SIDE_MAX: u32 = 320;

/// How long a photo that no event names is kept, in milliseconds: 45 days. A photo goes ahead of its event, which is
/// taken up to 31 days after it happened; two weeks more are for a draft that waits on the phone to be finished.
pub const PHOTO_UNNAMED_KEPT_MS: i64 = AGE_MAX_MS + 14 * 86_400_000;

/// A photo: the SHA-256 of its bytes as the phone sent them, 64 lower-case hexadecimal digits in text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhotoId([u8; 32]);

/// The text names no photo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a photo is named by 64 lower-case hexadecimal digits")]
pub struct PhotoIdError;

impl PhotoId {
    /// The name of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Hash::of(bytes).0)
    }

    /// Reads the 64 digits.
    ///
    /// # Errors
    /// When there are more, fewer, or others.
    pub fn parse(text: &str) -> Result<Self, PhotoIdError> {
        Hash::try_from(text.to_owned()).map(|hash| Self(hash.0)).map_err(|_| PhotoIdError)
    }
}

impl fmt::Display for PhotoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Hash(self.0), f)
    }
}
impl fmt::Debug for PhotoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for PhotoId {
    type Err = PhotoIdError;
    fn from_str(text: &str) -> Result<Self, PhotoIdError> {
        Self::parse(text)
    }
}
impl TryFrom<String> for PhotoId {
    type Error = PhotoIdError;
    fn try_from(text: String) -> Result<Self, PhotoIdError> {
        Self::parse(&text)
    }
}
impl From<PhotoId> for String {
    fn from(id: PhotoId) -> String {
        id.to_string()
    }
}

/// The file formats that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoKind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

impl PhotoKind {
    /// The format that the first bytes show, whatever anybody says it is; `None` for everything else.
    #[must_use]
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else {
            None
        }
    }

    /// Its word in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

/// Whether a JPEG file goes on to its end marker. Decoders fill what is missing with grey and say nothing, and half a
/// photo is no evidence.
#[must_use]
pub fn is_whole_jpeg(bytes: &[u8]) -> bool {
    const END: u8 = 0xD9;
    const SCAN: u8 = 0xDA;
    let mut at = 2;
    loop {
        // Between segments: any number of fill bytes, then the marker.
        while bytes.get(at) == Some(&0xFF) && bytes.get(at + 1) == Some(&0xFF) {
            at += 1;
        }
        let (Some(0xFF), Some(&marker)) = (bytes.get(at), bytes.get(at + 1)) else { return false };
        at += 2;
        match marker {
            END => return true,
            // Markers without a length.
            0x01 | 0xD0..=0xD8 => {}
            _ => {
                let Some(&[high, low]) = bytes.get(at..at + 2) else { return false };
                at += usize::from(u16::from_be_bytes([high, low])).max(2);
                if marker == SCAN {
                    // The picture itself: 0xFF is written 0xFF 0x00, and 0xFF 0xD0 to 0xD7 only restart the decoder.
                    let Some(rest) = bytes.get(at..) else { return false };
                    let next = rest
                        .windows(2)
                        .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF));
                    match next {
                        Some(offset) => at += offset,
                        None => return false,
                    }
                }
            }
        }
    }
}

/// A picture's difference hash: 64 bits that hardly change when it is compressed again, scaled, brightened or cropped
/// a little, and differ widely between most pictures.
///
/// The method is "dHash" (N. Krawetz, <https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html>,
/// 2013): of a grey picture shrunk to 9 × 8 pixels, each bit says whether a pixel is brighter than its left neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PerceptualHash(pub u64);

impl PerceptualHash {
    /// Width and height of the picture it is made of, in pixels.
    pub const SIZE: (u32, u32) = (9, 8);
    /// Two pictures that differ in more of the 64 bits are different: Krawetz's figure. Alone it says too often that
    /// pictures are alike: of 7,503 pairs of different photographs 18 are as near as this.
    pub const NEAR_MAX: u32 = 10;

    /// The hash of 9 × 8 grey pixels, row by row, and rows from the top.
    #[must_use]
    pub fn of_grey(pixels: &[u8; 72]) -> Self {
        Self(rising(pixels, 9).fold(0, |hash, bit| hash << 1 | u64::from(bit)))
    }

    /// In how many of the 64 bits the two differ.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

/// The same of 17 × 16 pixels: 256 bits, which tell apart what the 64 of [`PerceptualHash`] take for alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FineHash(pub [u64; 4]);

impl FineHash {
    /// Width and height of the picture it is made of, in pixels.
    pub const SIZE: (u32, u32) = (17, 16);
    /// Two pictures that differ in more of the 256 bits are different. Measured: see [`Likeness::is_near`].
    pub const NEAR_MAX: u32 = 40;

    /// The hash of 17 × 16 grey pixels, row by row, and rows from the top.
    #[must_use]
    pub fn of_grey(pixels: &[u8; 272]) -> Self {
        let mut hash = [0_u64; 4];
        for (n, bit) in rising(pixels, 17).enumerate() {
            hash[n / 64] = hash[n / 64] << 1 | u64::from(bit);
        }
        Self(hash)
    }

    /// In how many of the 256 bits the two differ.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(own, other)| (own ^ other).count_ones()).sum()
    }
}

/// Whether each pixel but the first of its row is brighter than its left neighbour.
fn rising(pixels: &[u8], width: usize) -> impl Iterator<Item = bool> {
    pixels.chunks_exact(width).flat_map(|row| row.windows(2).map(|pair| pair[1] > pair[0]))
}

/// What a picture looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Likeness {
    /// To find what may be alike, quickly.
    pub coarse: PerceptualHash,
    /// To be sure of it.
    pub fine: FineHash,
}

impl Likeness {
    /// Whether the two pictures are nearly the same.
    ///
    /// Measured on 132 photographs of codes on goods: all copies that were compressed again, halved, made 20 % brighter or
    /// darker or given a quarter more contrast are near, 96 % of those cropped by 2 % on each side, and none of the
    /// 7,503 pairs of those that show different things. It is a hint for a person, not a proof.
    #[must_use]
    pub fn is_near(self, other: Self) -> bool {
        self.coarse.distance(other.coarse) <= PerceptualHash::NEAR_MAX
            && self.fine.distance(other.fine) <= FineHash::NEAR_MAX
    }
}

/// Why a photo is not taken. The phone keeps it with the reason; sending the same bytes again ends the same way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PhotoRefusal {
    /// Larger than [`PHOTO_BYTES_MAX`].
    #[error("the photo is larger than 8 MiB; take it again at a lower resolution")]
    TooLarge,
    /// Neither JPEG nor PNG nor WebP.
    #[error("this is no JPEG, PNG or WebP photo")]
    NotAPhoto,
    /// The bytes are not those that the name says: something changed them.
    #[error("the bytes are not those of the photo named; take it again")]
    PhotoAltered,
    /// More pixels than are decoded.
    #[error("{width} × {height} pixels are too many; take the photo again at a lower resolution")]
    TooManyPixels {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// It cannot be decoded to its end.
    #[error("the photo is damaged; take it again")]
    PhotoDamaged,
    /// The person may not record anything in that store, or there is no such store.
    #[error("the account may not record anything in this store")]
    #[serde(alias = "not_found")]
    Forbidden,
}

impl PhotoRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotAPhoto => "not_a_photo",
            Self::PhotoAltered => "photo_altered",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::PhotoDamaged => "photo_damaged",
            Self::Forbidden => "forbidden",
        }
    }
}

/// Whether a picture of so many pixels is decoded at all.
///
/// # Errors
/// When a side is 0 or too long, or there are too many pixels.
pub fn check_dimensions(width: u32, height: u32) -> Result<(), PhotoRefusal> {
    if width == 0 || height == 0 {
        return Err(PhotoRefusal::PhotoDamaged);
    }
    let n_pixels = u64::from(width) * u64::from(height);
    if width > PHOTO_SIDE_MAX || height > PHOTO_SIDE_MAX || n_pixels > PHOTO_PIXELS_MAX {
        return Err(PhotoRefusal::TooManyPixels { width, height });
    }
    Ok(())
}

/// What the server answers to a photo that it has, now or already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoReceipt {
    /// Its name: shows that it was our server that answered.
    pub id: PhotoId,
    /// Width as kept, in pixels, upright.
    pub width: u32,
    /// Height as kept, in pixels.
    pub height: u32,
}

/// What the phone does after sending a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhotoStep {
    /// The server has it.
    Settle,
    /// Keep it aside and show why; go on with the next.
    Park(PhotoRefusal),
    /// Keep it; the person must sign in again.
    SignInAgain,
    /// Keep it; try again after the back-off.
    TryLater(Trouble),
}

/// What the phone makes of an HTTP answer to the photo `sent`. `receipt` and `refusal` are what its body could be read
/// as: only our own JSON counts, because a captive portal answers 200, 403 and 413 too.
#[must_use]
pub fn photo_step(
    status: u16,
    receipt: Option<PhotoReceipt>,
    refusal: Option<PhotoRefusal>,
    sent: PhotoId,
) -> PhotoStep {
    match (status, receipt, refusal) {
        (200, Some(receipt), _) if receipt.id == sent => PhotoStep::Settle,
        (401, ..) => PhotoStep::SignInAgain,
        (403 | 404 | 413 | 422, _, Some(why)) => PhotoStep::Park(why),
        (0, ..) => PhotoStep::TryLater(Trouble::Offline),
        (429 | 500.., ..) => PhotoStep::TryLater(Trouble::Server),
        _ => PhotoStep::TryLater(Trouble::NotOurServer),
    }
}

#[cfg(test)]
mod tests;
