//! The colours of heatmaps: defined here once, for canvas, plan and legend.
//!
//! Both scales are told apart by lightness alone, so they read the same with any colour vision and on paper. The
//! sequential one runs from ink to a pale price-tag yellow like cividis, pale because all done is the usual end of a day; the diverging one from orange (short) through grey
//! to blue (over).

/// A scale of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ramp {
    /// From little to much.
    Sequential,
    /// From short through equal to over.
    Diverging,
}

/// Red, green, blue.
pub type Rgb = [u8; 3];

const SEQUENTIAL: [Rgb; 8] = [
    [0x0c, 0x2a, 0x5c],
    [0x27, 0x46, 0x7a],
    [0x4b, 0x5f, 0x82],
    [0x6f, 0x7a, 0x86],
    [0x94, 0x8f, 0x7c],
    [0xb6, 0xa6, 0x72],
    [0xd6, 0xc2, 0x79],
    [0xf2, 0xdf, 0x91],
];

const DIVERGING: [Rgb; 7] = [
    [0x8f, 0x3b, 0x00],
    [0xc9, 0x66, 0x14],
    [0xed, 0xa7, 0x64],
    [0xdd, 0xde, 0xdc],
    [0x7f, 0xb2, 0xde],
    [0x2e, 0x7c, 0xbd],
    [0x0a, 0x45, 0x80],
];

impl Ramp {
    /// The colours, evenly spaced from 0 to 1.
    #[must_use]
    pub fn stops(self) -> &'static [Rgb] {
        match self {
            Self::Sequential => &SEQUENTIAL,
            Self::Diverging => &DIVERGING,
        }
    }

    /// The colour at a position from 0 to 1; positions outside are taken to the nearer end.
    #[must_use]
    pub fn colour(self, position: f64) -> Rgb {
        let stops = self.stops();
        let last = stops.len() - 1;
        let scaled = position.clamp(0.0, 1.0) * last as f64;
        let index = (scaled as usize).min(last - 1);
        let share = scaled - index as f64;
        let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        std::array::from_fn(|channel| mix(stops[index][channel], stops[index + 1][channel]))
    }
}

/// `#0c2a5c`
#[must_use]
pub fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Relative luminance of sRGB, as in WCAG.
fn luminance(colour: Rgb) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

/// Whether white reads better on it than black.
#[must_use]
pub fn is_dark(colour: Rgb) -> bool {
    // Where both contrast the same: (L + 0.05)² = 1.05 × 0.05.
    luminance(colour) < 0.179
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminances(ramp: Ramp, from: f64, to: f64) -> Vec<f64> {
        (0..=50).map(|step| luminance(ramp.colour(from + (to - from) * f64::from(step) / 50.0))).collect()
    }

    #[test]
    fn more_is_always_lighter() {
        assert!(luminances(Ramp::Sequential, 0.0, 1.0).is_sorted());
    }

    #[test]
    fn the_middle_of_the_diverging_scale_is_its_lightest() {
        assert!(luminances(Ramp::Diverging, 0.0, 0.5).is_sorted());
        assert!(luminances(Ramp::Diverging, 1.0, 0.5).is_sorted());
    }

    #[test]
    fn ends_are_exact_and_beyond_them_nothing_changes() {
        assert_eq!(hex(Ramp::Sequential.colour(-3.0)), "#0c2a5c");
        assert_eq!(hex(Ramp::Sequential.colour(7.0)), "#f2df91");
        assert_eq!(hex(Ramp::Diverging.colour(0.5)), "#dddedc");
    }
}
