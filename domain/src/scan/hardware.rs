//! Scanners that pretend to be a keyboard.

use crate::barcode::MAX_CHARS;

/// How a scanner ends a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// With Enter or Tab, as they come from the factory.
    #[default]
    Key,
    /// Not at all: a pause tells.
    Silence,
}

/// What tells a scanner from a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HardwareRules {
    /// The longest time between two keys of a scanner; people who type fast need 80.
    pub gap_ms_max: i64,
    /// The fewest characters of a code. So many fast keys are also what it takes to suspect a scanner.
    pub n_chars_min: usize,
    /// How a code ends.
    pub ending: Ending,
}

impl Default for HardwareRules {
    fn default() -> Self {
        Self { gap_ms_max: 35, n_chars_min: 4, ending: Ending::Key }
    }
}

/// A key as the page's key-down event has it. Leave out events whose `repeat` is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character; Ctrl+] stands for the group separator `\x1d`.
    Char(char),
    /// Enter or Tab.
    End,
    /// Any other key but Shift, which scanners press for capital letters: leave that out.
    Other,
}

/// What a key turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typing {
    /// A person's: the page handles it as ever.
    Person,
    /// Most likely a scanner's: the page keeps it from the field that has the focus (`preventDefault`).
    Held,
    /// The last key of a code. Keep it from the field too.
    Scan {
        /// The code, to be read as [`Format::HardwareScanner`](crate::barcode::Format::HardwareScanner).
        text: String,
        /// So many first characters were taken for a person's and may stand in the field; take them out.
        n_leaked: usize,
    },
    /// It was a person after all, or a code of which a part is missing: put these characters, held back until now,
    /// into the field, then handle the present key as ever.
    GiveBack {
        /// The characters.
        text: String,
    },
}

/// Within a code radio scanners stutter: a pause up to this does not end it.
const STUTTER_MS: i64 = 300;
/// After this pause a code without an ending is over.
const SILENCE_MS: i64 = 120;

/// Tells a scanner's typing from a person's by its speed.
///
/// ```
/// use domain::scan::{HardwareRules, HardwareScanner, Key, Typing};
/// let mut scanner = HardwareScanner::new(HardwareRules::default());
/// for (at_ms, c) in (0..).step_by(8).zip("6901234567892".chars()) {
///     scanner.key(at_ms, Key::Char(c));
/// }
/// let scan = Typing::Scan { text: "6901234567892".to_owned(), n_leaked: 3 };
/// assert_eq!(scanner.key(110, Key::End), scan);
/// ```
#[derive(Debug, Clone)]
pub struct HardwareScanner {
    rules: HardwareRules,
    text: String,
    n_chars: usize,
    last_ms: i64,
    /// Keys came shortly before the first of `text`: they may be the beginning of the code, sent with a stutter,
    /// and the rest of a code can pass for another one.
    is_torn: bool,
}

impl HardwareScanner {
    /// Starts with nothing typed.
    #[must_use]
    pub const fn new(rules: HardwareRules) -> Self {
        Self { rules, text: String::new(), n_chars: 0, last_ms: 0, is_torn: false }
    }

    /// Takes one key.
    pub fn key(&mut self, at_ms: i64, key: Key) -> Typing {
        let pause_ms = at_ms.saturating_sub(self.last_ms);
        let is_over = pause_ms > if self.is_suspected() { STUTTER_MS } else { self.rules.gap_ms_max };
        self.last_ms = at_ms;
        match key {
            Key::Char(c) => {
                let is_torn = self.n_chars > 0 && pause_ms <= STUTTER_MS;
                let held = if is_over { self.end() } else { String::new() };
                self.is_torn |= is_over && is_torn;
                // One character too many is kept, so that the code is refused as too long instead of cut short.
                if self.n_chars <= MAX_CHARS {
                    self.text.push(c);
                    self.n_chars += 1;
                }
                match self.is_suspected() {
                    true => Typing::Held,
                    false if held.is_empty() => Typing::Person,
                    false => Typing::GiveBack { text: held },
                }
            }
            Key::End if self.is_suspected() && !is_over => self.scan(),
            Key::End | Key::Other => self.give_back(),
        }
    }

    /// To be called every 50 to 100 ms while keys are held: ends a code without an ending, or gives back what a
    /// person typed.
    pub fn tick(&mut self, now_ms: i64) -> Option<Typing> {
        let pause_ms = now_ms.saturating_sub(self.last_ms);
        match self.rules.ending {
            _ if !self.is_suspected() => None,
            Ending::Silence if pause_ms > SILENCE_MS => Some(self.scan()),
            Ending::Key if pause_ms > STUTTER_MS => Some(self.give_back()),
            _ => None,
        }
    }

    fn is_suspected(&self) -> bool {
        self.n_chars >= self.rules.n_chars_min
    }

    fn n_leaked(&self) -> usize {
        self.n_chars.min(self.rules.n_chars_min.saturating_sub(1))
    }

    fn scan(&mut self) -> Typing {
        // A key held down repeats as fast as a scanner types.
        let mut chars = self.text.chars();
        let first = chars.next();
        if self.is_torn || chars.all(|c| Some(c) == first) {
            return self.give_back();
        }
        let n_leaked = self.n_leaked();
        self.n_chars = 0;
        Typing::Scan { text: std::mem::take(&mut self.text), n_leaked }
    }

    fn give_back(&mut self) -> Typing {
        let text = self.end();
        if text.is_empty() { Typing::Person } else { Typing::GiveBack { text } }
    }

    /// Starts anew; what was held back until now.
    fn end(&mut self) -> String {
        let n_leaked = self.n_leaked();
        (self.n_chars, self.is_torn) = (0, false);
        std::mem::take(&mut self.text).chars().skip(n_leaked).collect()
    }
}
