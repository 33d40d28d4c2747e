//! Draws symbols as SVG. Colours and sizes are attributes: the content security policy allows no inline style.

use barcoders::sym::ean13::EAN13;
use domain::gtin::Gtin;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Empty modules around a QR code that readers need (ISO/IEC 18004).
const QR_QUIET: usize = 4;
/// Empty modules before and after an EAN-13 (GS1 General Specifications 5.2.1).
const EAN_QUIET_LEFT: usize = 11;
const EAN_QUIET_RIGHT: usize = 7;
/// Modules of the symbol proper.
const EAN_MODULES: usize = 95;
/// Height of the bars and of the longer guard bars, in modules: 22.85 mm and 24.5 mm at 0.33 mm a module would be the
/// full size; two thirds of it are enough for a camera and save paper.
const EAN_BARS: usize = 46;
const EAN_GUARDS: usize = 51;
const EAN_HEIGHT: usize = 57;
/// Guard bars stand at the edges and in the middle.
const GUARDS: [std::ops::Range<usize>; 3] = [0..3, 45..50, 92..95];

/// A QR code; error correction Q survives a quarter of it being scratched off.
pub fn qr(text: &str, label: &str) -> String {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).expect("a label's text is short");
    let width = code.width();
    let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
    let mut path = String::new();
    for (row, modules) in dark.chunks(width).enumerate() {
        for (start, length) in runs(modules) {
            bar(&mut path, start + QR_QUIET, row + QR_QUIET, length, 1);
        }
    }
    let side = width + 2 * QR_QUIET;
    svg(label, side, side, &format!("<path d=\"{path}\"/>"))
}

/// An EAN-13 with its digits under it; `None` for a case's code, which does not fit one.
pub fn ean13(gtin: Gtin) -> Option<String> {
    let text = gtin.to_gtin14();
    let digits = text.strip_prefix('0')?;
    // The crate takes the first twelve digits and adds the thirteenth.
    let modules: Vec<bool> = EAN13::new(&digits[..12]).ok()?.encode().into_iter().map(|module| module == 1).collect();
    debug_assert_eq!(modules.len(), EAN_MODULES);
    let mut path = String::new();
    for (start, length) in runs(&modules) {
        let is_guard = GUARDS.iter().any(|guard| guard.contains(&start));
        bar(&mut path, start + EAN_QUIET_LEFT, 0, length, if is_guard { EAN_GUARDS } else { EAN_BARS });
    }
    let mut content =
        format!("<path d=\"{path}\"/><g font-size=\"9.5\" font-family=\"monospace\" text-anchor=\"middle\">");
    for (at, digit) in digits.chars().enumerate() {
        // The first digit stands in the quiet zone, six under each half, each in the middle of its seven modules.
        let x = match at {
            0 => 5.0,
            1..=6 => EAN_QUIET_LEFT as f64 + 3.0 + 7.0 * (at as f64 - 0.5),
            _ => EAN_QUIET_LEFT as f64 + 50.0 + 7.0 * (at as f64 - 6.5),
        };
        let _ = write!(content, "<text x=\"{x}\" y=\"{}\">{digit}</text>", EAN_HEIGHT - 2);
    }
    content.push_str("</g>");
    Some(svg(digits, EAN_QUIET_LEFT + EAN_MODULES + EAN_QUIET_RIGHT, EAN_HEIGHT, &content))
}

/// Stretches of dark modules: start and length.
fn runs(modules: &[bool]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, &dark) in modules.iter().chain([&false]).enumerate() {
        match (start, dark) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                runs.push((from, at - from));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

fn bar(path: &mut String, x: usize, y: usize, width: usize, height: usize) {
    let _ = write!(path, "M{x} {y}h{width}v{height}h-{width}z");
}

fn svg(label: &str, width: usize, height: usize, content: &str) -> String {
    format!(
        "<svg class=\"symbol\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {width} {height}\" \
         shape-rendering=\"crispEdges\" fill=\"#000\"><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>{content}</svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_a_barcode_follow_the_standard() {
        let symbol = ean13(Gtin::parse("6901234567892").expect("valid")).expect("an item's code");
        // Guard 101, then 9 in odd parity (0001011): a space of three, a bar, a space, two bars.
        assert!(symbol.contains("d=\"M11 0h1v51h-1zM13 0h1v51h-1zM17 0h1v46h-1zM19 0h2v46h-2z"), "{symbol}");
        assert!(symbol.contains(">2</text></g>"), "the check digit is last");
    }

    #[test]
    fn a_case_has_no_ean_13() {
        assert_eq!(ean13(Gtin::parse("16901234567899").expect("valid")), None);
    }

    #[test]
    fn symbols_carry_no_style() {
        assert!(!qr("ST1:S001:A-03:ABC", "A-03").contains("style"));
    }
}
