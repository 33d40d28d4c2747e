//! When a code that the camera sees counts.
//!
//! A decoder guesses: it misreads a blurred frame, sees one can in thirty frames a second, and reads half a barcode
//! as another one. [`Scanner`] takes what it saw, frame by frame, and gives back each code once, when it is sure:
//! [`Agreement`] wants two readings that agree, [`RepeatFilter`] keeps a code that stays in view from counting
//! again, [`ScanMode`] says which codes of a frame are meant. [`HardwareScanner`] does the like for keyboard scanners.
//! Times are milliseconds of any clock that does not run backwards, such as `performance.now()`.

mod agreement;
mod hardware;
mod place;
mod repeat;

pub use agreement::{Agreement, AgreementRules, Confirmed, Observation};
pub use hardware::{Ending, HardwareRules, HardwareScanner, Key, Typing};
pub use place::{Place, Point};
pub use repeat::{RepeatFilter, RepeatRules};

use crate::barcode::{Format, ReadError, ReadRules, ScannedCode, read};
use serde::{Deserialize, Serialize};

/// Which picture of a frame was decoded. Two of them that agree are as good as two frames. The number is the scale in
/// tenths; it only tells pictures apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Variant {
    /// The frame as it came.
    Original,
    /// Scaled up.
    Enlarged(u8),
    /// Scaled down.
    Reduced(u8),
    /// Edges made stronger.
    Sharpened(u8),
    /// Shadows and glare taken out.
    Levelled(u8),
    /// Grain averaged away.
    Smoothed(u8),
}

impl From<String> for Variant {
    /// Reads `original`, `enlarged20`, `sharpened30` and so on; anything else counts as the original, which proves
    /// least.
    fn from(name: String) -> Self {
        let digits = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
        let (form, tenths) = name.split_at(digits);
        let tenths = tenths.parse().unwrap_or(10);
        match form {
            "enlarged" => Self::Enlarged(tenths),
            "reduced" => Self::Reduced(tenths),
            "sharpened" => Self::Sharpened(tenths),
            "levelled" => Self::Levelled(tenths),
            "smoothed" => Self::Smoothed(tenths),
            _ => Self::Original,
        }
    }
}

impl From<Variant> for String {
    fn from(variant: Variant) -> Self {
        match variant {
            Variant::Original => "original".to_owned(),
            Variant::Enlarged(tenths) => format!("enlarged{tenths}"),
            Variant::Reduced(tenths) => format!("reduced{tenths}"),
            Variant::Sharpened(tenths) => format!("sharpened{tenths}"),
            Variant::Levelled(tenths) => format!("levelled{tenths}"),
            Variant::Smoothed(tenths) => format!("smoothed{tenths}"),
        }
    }
}

/// One code that the decoder believes to see in one picture.
///
/// As JSON: `{"text":"6901234567892","format":"EAN13","identifier":"]E0","variant":"original",
/// "corners":[{"x":0.3,"y":0.4},{"x":0.7,"y":0.4},{"x":0.7,"y":0.6},{"x":0.3,"y":0.6}]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// What it says.
    pub text: String,
    /// The kind of symbol.
    pub format: Format,
    /// The symbology identifier, such as `]C1`; empty where the decoder gives none.
    #[serde(default)]
    pub identifier: String,
    /// Which picture of the frame.
    pub variant: Variant,
    /// Where it is.
    pub corners: Place,
}

/// Which codes of a frame are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanMode {
    /// All, as long as the camera runs.
    #[default]
    Continuous,
    /// The first one; then nothing until [`Scanner::resume`].
    Single,
    /// Only the one nearest the middle, for crowded shelves.
    Aimed,
}

/// A code that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// Counts up from 1 with each code accepted by this scanner.
    pub order: u64,
    /// What it means, or why it is refused: a forged shelf label, say. Mere misreadings never get here.
    pub code: Result<ScannedCode, ReadError>,
    /// The text as decoded.
    pub text: String,
    /// The kind of symbol.
    pub format: Format,
    /// Where it is in the frame.
    pub corners: Place,
    /// When.
    pub at_ms: i64,
}

/// From what a decoder sees to the codes that count.
///
/// ```
/// use domain::barcode::{Format, ReadRules};
/// use domain::scan::{Place, ScanMode, Scanner, Sighting, Variant};
/// let seen = [Sighting {
///     text: "6901234567892".to_owned(),
///     format: Format::Ean13,
///     identifier: "]E0".to_owned(),
///     variant: Variant::Original,
///     corners: Place::rectangle(0.3, 0.4, 0.4, 0.2),
/// }];
/// let mut scanner = Scanner::new(ScanMode::Continuous, ReadRules::cn(2026));
/// assert!(scanner.frame(0, &seen).is_empty(), "one frame may be a misreading");
/// assert_eq!(scanner.frame(80, &seen).len(), 1, "two frames agree");
/// assert!(scanner.frame(160, &seen).is_empty(), "it is still the same can");
/// ```
#[derive(Debug, Clone)]
pub struct Scanner {
    mode: ScanMode,
    read_rules: ReadRules,
    agreement: Agreement,
    repeat: RepeatFilter,
    n_accepted: u64,
    is_waiting: bool,
}

/// How far from the middle a code may be in aimed mode, in frame sizes.
const AIM_RADIUS: f32 = 0.25;

struct Readable<'a> {
    sighting: &'a Sighting,
    code: Result<ScannedCode, ReadError>,
    key: String,
}

impl Scanner {
    /// A scanner with the usual rules for agreement and repeats.
    #[must_use]
    pub fn new(mode: ScanMode, read_rules: ReadRules) -> Self {
        Self::with_rules(mode, read_rules, AgreementRules::default(), RepeatRules::default())
    }

    /// A scanner with rules of one's own.
    #[must_use]
    pub fn with_rules(mode: ScanMode, read_rules: ReadRules, agreement: AgreementRules, repeat: RepeatRules) -> Self {
        Self {
            mode,
            read_rules,
            agreement: Agreement::new(agreement),
            repeat: RepeatFilter::new(repeat),
            n_accepted: 0,
            is_waiting: false,
        }
    }

    /// The present mode.
    #[must_use]
    pub const fn mode(&self) -> ScanMode {
        self.mode
    }

    /// Changes the mode; what is in view does not count again by that.
    pub fn set_mode(&mut self, mode: ScanMode) {
        self.mode = mode;
        self.is_waiting = false;
    }

    /// Whether a single scan is done and [`Scanner::resume`] is awaited.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    /// Starts the next single scan. Pressing the trigger on the same code again is meant to count again.
    pub fn resume(&mut self) {
        self.is_waiting = false;
        self.agreement.clear();
        self.repeat.clear();
    }

    /// Takes what was seen in all pictures of one frame and gives back what newly counts: shelves first, then
    /// from top left to bottom right. Call it for frames without a code too: that is how a code leaves the view.
    pub fn frame(&mut self, now_ms: i64, sightings: &[Sighting]) -> Vec<Accepted> {
        if self.is_waiting {
            return Vec::new();
        }
        let mut readable = readable(sightings, &self.read_rules);
        if self.mode == ScanMode::Aimed {
            keep_aimed_at(&mut readable);
        }
        self.repeat.frame(now_ms);
        let mut confirmed = confirm(&mut self.agreement, now_ms, &readable);
        confirmed.retain(|&index| self.repeat.counts(now_ms, &readable[index].key));
        let mut accepted = self.accepted(now_ms, &readable, confirmed);
        if self.mode == ScanMode::Single && !accepted.is_empty() {
            accepted.sort_by(|a, b| a.corners.from_middle().total_cmp(&b.corners.from_middle()));
            accepted.truncate(1);
            self.is_waiting = true;
        }
        self.numbered(accepted)
    }

    /// Takes what was seen in all pictures of one still photo. It stands alone: neither frames before nor repeats
    /// matter, and two pictures must agree.
    pub fn photo(&mut self, now_ms: i64, sightings: &[Sighting]) -> Vec<Accepted> {
        let readable = readable(sightings, &self.read_rules);
        let mut alone = Agreement::new(self.agreement.rules());
        let confirmed = confirm(&mut alone, now_ms, &readable);
        let accepted = self.accepted(now_ms, &readable, confirmed);
        self.numbered(accepted)
    }

    fn accepted(&self, now_ms: i64, readable: &[Readable<'_>], indexes: Vec<usize>) -> Vec<Accepted> {
        let mut accepted: Vec<Accepted> = indexes
            .into_iter()
            .map(|index| {
                let Readable { sighting, code, .. } = &readable[index];
                Accepted {
                    order: 0,
                    code: code.clone(),
                    text: sighting.text.clone(),
                    format: sighting.format,
                    corners: sighting.corners,
                    at_ms: now_ms,
                }
            })
            .collect();
        // Rows a tenth of the frame high: products that stand side by side are not quite at the same height.
        let row = |a: &Accepted| (a.corners.centre().y * 10.0).floor();
        let is_product = |a: &Accepted| !matches!(a.code, Ok(ScannedCode::Shelf(_)));
        accepted.sort_by(|a, b| {
            (is_product(a).cmp(&is_product(b)))
                .then(row(a).total_cmp(&row(b)))
                .then(a.corners.centre().x.total_cmp(&b.corners.centre().x))
        });
        accepted
    }

    fn numbered(&mut self, mut accepted: Vec<Accepted>) -> Vec<Accepted> {
        for one in &mut accepted {
            self.n_accepted += 1;
            one.order = self.n_accepted;
        }
        accepted
    }
}

fn readable<'a>(sightings: &'a [Sighting], rules: &ReadRules) -> Vec<Readable<'a>> {
    let read_one = |sighting: &'a Sighting| {
        let code = read(&format!("{}{}", sighting.identifier, sighting.text), sighting.format, rules);
        let key = match &code {
            Ok(code) => code.identity(),
            Err(error) if error.is_misread() => return None,
            Err(error) => format!("{} {}", error.code(), sighting.text),
        };
        Some(Readable { sighting, code, key })
    };
    sightings.iter().filter_map(read_one).collect()
}

fn keep_aimed_at(readable: &mut Vec<Readable<'_>>) {
    let distance = |one: &Readable<'_>| one.sighting.corners.from_middle();
    let nearest = readable.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let aimed = nearest.filter(|one| distance(one) <= AIM_RADIUS).map(|one| one.key.clone());
    readable.retain(|one| Some(&one.key) == aimed.as_ref());
}

fn confirm(agreement: &mut Agreement, now_ms: i64, readable: &[Readable<'_>]) -> Vec<usize> {
    let observations: Vec<Observation<'_>> = readable
        .iter()
        .map(|one| Observation {
            key: &one.key,
            format: one.sighting.format,
            variant: one.sighting.variant,
            place: one.sighting.corners,
        })
        .collect();
    agreement.frame(now_ms, &observations).into_iter().map(|confirmed| confirmed.index).collect()
}

#[cfg(test)]
mod tests;
