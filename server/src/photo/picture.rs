//! Makes of a file that anybody may have sent the pictures that we keep: upright, of bounded size, free of metadata.

use domain::photo::{
    FineHash, Likeness, PHOTO_BYTES_MAX, PHOTO_KEPT_SIDE_MAX, PHOTO_THUMB_SIDE_MAX, PerceptualHash, PhotoId, PhotoKind,
    PhotoRefusal, check_dimensions, is_whole_jpeg,
};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use std::io::Cursor;

/// Memory that decoding one photo may take beside its input: 24 million pixels of four 16-bit channels, and some.
const DECODE_BYTES_MAX: u64 = 256 << 20;
const KEPT_QUALITY: u8 = 85;
const THUMB_QUALITY: u8 = 75;

/// What is kept of a photo.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Format as uploaded.
    pub kind: PhotoKind,
    /// Width of `full` in pixels.
    pub width: u32,
    /// Height of `full` in pixels.
    pub height: u32,
    /// The picture, a JPEG.
    pub full: Vec<u8>,
    /// The same in small, a JPEG.
    pub thumb: Vec<u8>,
    /// What it looks like.
    pub likeness: Likeness,
}

/// Checks a file that was sent as the photo `id` and makes what is kept of it. Takes a moment of processor time.
///
/// # Errors
/// When the bytes are others, too many, no photo, damaged, or claim too many pixels.
pub fn make(id: PhotoId, bytes: &[u8]) -> Result<Picture, PhotoRefusal> {
    if bytes.len() > PHOTO_BYTES_MAX {
        return Err(PhotoRefusal::TooLarge);
    }
    let kind = PhotoKind::sniff(bytes).ok_or(PhotoRefusal::NotAPhoto)?;
    if PhotoId::of(bytes) != id {
        return Err(PhotoRefusal::PhotoAltered);
    }
    let upright = decode(kind, bytes)?;
    let full = shrunk(&upright, PHOTO_KEPT_SIDE_MAX);
    let thumb = shrunk(&full, PHOTO_THUMB_SIDE_MAX);
    Ok(Picture {
        kind,
        width: full.width(),
        height: full.height(),
        full: encode(&full, KEPT_QUALITY)?,
        thumb: encode(&thumb, THUMB_QUALITY)?,
        likeness: likeness(&full),
    })
}

/// Makes the small form anew from a picture as it is kept, such as one that comes back from an export.
///
/// # Errors
/// When it cannot be decoded.
pub fn thumb(kept: &[u8]) -> Result<Vec<u8>, PhotoRefusal> {
    encode(&shrunk(&decode(PhotoKind::Jpeg, kept)?, PHOTO_THUMB_SIDE_MAX), THUMB_QUALITY)
}

fn decode(kind: PhotoKind, bytes: &[u8]) -> Result<DynamicImage, PhotoRefusal> {
    if kind == PhotoKind::Jpeg && !is_whole_jpeg(bytes) {
        return Err(PhotoRefusal::PhotoDamaged);
    }
    let format = match kind {
        PhotoKind::Jpeg => ImageFormat::Jpeg,
        PhotoKind::Png => ImageFormat::Png,
        PhotoKind::WebP => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    reader.limits(limits);
    // This reads the header only: a bomb goes no further than the next line.
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    check_dimensions(width, height)?;
    let orientation = decoder.orientation().map_err(|error| refusal(&error))?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    // Small before turned: that is less to turn.
    image = on_white(shrunk(&image, PHOTO_KEPT_SIDE_MAX));
    image.apply_orientation(orientation);
    Ok(image)
}

fn refusal(error: &ImageError) -> PhotoRefusal {
    tracing::debug!(error = %error, "a photo is refused");
    PhotoRefusal::PhotoDamaged
}

/// Transparent pictures are meant to lie on white paper; a JPEG has no transparency.
fn on_white(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.into_rgb8());
    }
    let image = image.into_rgba8();
    let mut paper = RgbImage::new(image.width(), image.height());
    for (on, pixel) in paper.pixels_mut().zip(image.pixels()) {
        let [colours @ .., alpha] = pixel.0.map(u16::from);
        let blended = colours.map(|colour| (colour * alpha + 255 * (255 - alpha) + 127) / 255);
        *on = Rgb(blended.map(|colour| u8::try_from(colour).expect("a mean of bytes is one")));
    }
    DynamicImage::ImageRgb8(paper)
}

/// The picture with no side longer than `side_max`; a smaller one as it is.
fn shrunk(image: &DynamicImage, side_max: u32) -> DynamicImage {
    if image.width() <= side_max && image.height() <= side_max {
        return image.clone();
    }
    // `thumbnail` first where much is left out: it is quick and averages, then the fine filter does the rest.
    let twice = side_max * 2;
    if image.width() > twice || image.height() > twice {
        return image.thumbnail(twice, twice).resize(side_max, side_max, FilterType::CatmullRom);
    }
    image.resize(side_max, side_max, FilterType::CatmullRom)
}

fn encode(image: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoRefusal> {
    let mut bytes = Vec::new();
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).map_err(|error| refusal(&error))?;
    Ok(bytes)
}

fn likeness(image: &DynamicImage) -> Likeness {
    let grey = image.grayscale();
    Likeness {
        coarse: PerceptualHash::of_grey(&pixels(&grey, PerceptualHash::SIZE)),
        fine: FineHash::of_grey(&pixels(&grey, FineHash::SIZE)),
    }
}

/// The picture in `N` pixels. The triangle averages over everything that falls into a pixel: single grains and edges
/// do not decide.
fn pixels<const N: usize>(grey: &DynamicImage, (width, height): (u32, u32)) -> [u8; N] {
    let small = grey.resize_exact(width, height, FilterType::Triangle).into_luma8();
    small.into_raw().try_into().expect("one byte for each pixel of the size asked for")
}
