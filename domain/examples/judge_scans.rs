//! Says of decoded pictures which would count: the scanner benchmark decodes in a browser and asks here, so that it
//! measures the very rule the app applies.
//!
//! Reads JSON lines `{"name", "want": text or null, "photo": [sighting], "frames": [[sighting]]}` and writes
//! `{"name", "photo", "frames", "accepted": [text]}`, where a verdict is `right`, `wrong`, `missed` or, where nothing is
//! wanted and nothing accepted, `quiet`.

use domain::barcode::{Format, ReadRules, read};
use domain::scan::{Accepted, ScanMode, Scanner, Sighting};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};

/// Time between two frames of a phone, in milliseconds.
const FRAME_MS: i64 = 66;

#[derive(Deserialize)]
struct Picture {
    name: String,
    want: Option<String>,
    photo: Vec<Sighting>,
    frames: Vec<Vec<Sighting>>,
}

#[derive(Serialize)]
struct Judged {
    name: String,
    photo: &'static str,
    frames: &'static str,
    accepted: Vec<String>,
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let picture: Picture = serde_json::from_str(&line?)?;
        writeln!(out, "{}", serde_json::to_string(&judge(picture))?)?;
    }
    Ok(())
}

fn judge(picture: Picture) -> Judged {
    let scanner = || Scanner::new(ScanMode::Continuous, ReadRules::cn(2026));
    let photo = scanner().photo(0, &picture.photo);
    let mut live = scanner();
    let frames: Vec<Accepted> =
        (0..).step_by(FRAME_MS as usize).zip(&picture.frames).flat_map(|(at, seen)| live.frame(at, seen)).collect();
    Judged {
        photo: verdict(&photo, picture.want.as_deref()),
        frames: verdict(&frames, picture.want.as_deref()),
        accepted: photo.into_iter().chain(frames).map(|one| one.text).collect(),
        name: picture.name,
    }
}

fn verdict(accepted: &[Accepted], want: Option<&str>) -> &'static str {
    match want {
        None if accepted.is_empty() => "quiet",
        Some(_) if accepted.is_empty() => "missed",
        Some(want) if accepted.iter().all(|one| says(one, want)) => "right",
        None | Some(_) => "wrong",
    }
}

/// Whether it is what the label says: the same text, brackets and separators aside, or the same item.
fn says(accepted: &Accepted, want: &str) -> bool {
    let plain = |text: &str| text.replace(['(', ')', '\u{1d}', '\r', '\n'], "");
    if plain(&accepted.text) == plain(want) {
        return true;
    }
    let rules = ReadRules::cn(2026);
    let meant =
        [accepted.format, Format::UpcE, Format::UpcA].into_iter().filter_map(|format| read(want, format, &rules).ok());
    let code = accepted.code.as_ref().ok().map(|code| code.identity());
    meant.into_iter().any(|meant| Some(meant.identity()) == code)
}
