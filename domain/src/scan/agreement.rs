//! Two readings must agree before a code is believed.

use super::{Place, Variant};
use crate::barcode::Format;

/// How much agreement is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreementRules {
    /// A value not seen for so long is forgotten.
    pub window_ms: i64,
    /// Readings that must agree; at least 2 are wanted whatever stands here.
    pub n_agreeing: u32,
    /// The same for symbols that do not check themselves: interleaved 2 of 5, Code 39, Codabar.
    pub n_agreeing_unchecked: u32,
}

impl Default for AgreementRules {
    fn default() -> Self {
        Self { window_ms: 1000, n_agreeing: 2, n_agreeing_unchecked: 3 }
    }
}

/// One reading in one picture of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation<'a> {
    /// What was read, in the form in which equal codes are equal.
    pub key: &'a str,
    /// The kind of symbol.
    pub format: Format,
    /// Which picture of the frame.
    pub variant: Variant,
    /// Where in the frame.
    pub place: Place,
}

/// A value that is believed and in view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// What was read.
    pub key: String,
    /// The first observation of it in this frame.
    pub index: usize,
    /// Whether it was not believed before this frame.
    pub is_first: bool,
}

/// Believes a value when two frames, or two pictures of a frame, agree on it.
///
/// Where different values are read at one place within the window, at most one of them is right, and part of a
/// barcode may well pass for another one with a right check digit. Then a value must be read more often than any
/// rival, and without a rival in between. Values at different places do not disturb one another.
///
/// ```
/// use domain::barcode::Format;
/// use domain::scan::{Agreement, AgreementRules, Observation, Place, Variant};
/// let saw = |key| [Observation {
///     key,
///     format: Format::Ean13,
///     variant: Variant::Original,
///     place: Place::rectangle(0.3, 0.4, 0.4, 0.2),
/// }];
/// let mut agreement = Agreement::new(AgreementRules::default());
/// assert!(agreement.frame(0, &saw("06901234567892")).is_empty());
/// assert_eq!(agreement.frame(66, &saw("06901234567892"))[0].key, "06901234567892");
/// assert!(agreement.frame(132, &saw("06901234512343")).is_empty());
/// assert!(agreement.frame(198, &saw("06901234512343")).is_empty(), "contested: twice is not enough");
/// ```
#[derive(Debug, Clone)]
pub struct Agreement {
    rules: AgreementRules,
    now_ms: i64,
    candidates: Vec<Candidate>,
}

#[derive(Debug, Clone)]
struct Candidate {
    key: String,
    is_linear: bool,
    n_wanted: u32,
    place: Place,
    last_ms: i64,
    /// Readings within the window.
    n_readings: u32,
    /// Readings since a rival was last seen, less those of rivals in the same frame.
    run: u32,
    is_confirmed: bool,
    /// Keys seen in one picture with this one, on another line: other codes, not rivals.
    stacked: Vec<String>,
}

/// One value in one frame.
struct Group {
    key: String,
    index: usize,
    n_readings: u32,
    variants: Vec<(Variant, Place)>,
}

impl Candidate {
    fn is_rival_of(&self, other: &Self) -> bool {
        self.key != other.key
            && self.is_linear == other.is_linear
            && self.place.may_be_same(&other.place)
            && !self.stacked.contains(&other.key)
    }

    /// Readings wanted when the strongest rival has `n_rival`: one more than it has, within limits that keep
    /// panning from one product to the next quick.
    fn n_wanted_against(&self, n_rival: u32) -> u32 {
        n_rival.saturating_add(1).clamp(self.n_wanted + 1, self.n_wanted + 2)
    }
}

impl Agreement {
    /// Starts with nothing seen.
    #[must_use]
    pub const fn new(rules: AgreementRules) -> Self {
        Self { rules, now_ms: i64::MIN, candidates: Vec::new() }
    }

    /// The rules it was made with.
    #[must_use]
    pub const fn rules(&self) -> AgreementRules {
        self.rules
    }

    /// Forgets all that was seen.
    pub fn clear(&mut self) {
        self.candidates.clear();
    }

    /// Takes all readings of one frame and gives back the values in it that are believed. A clock that runs
    /// backwards is taken to stand still.
    pub fn frame(&mut self, now_ms: i64, observations: &[Observation<'_>]) -> Vec<Confirmed> {
        self.now_ms = self.now_ms.max(now_ms);
        let (now_ms, window_ms) = (self.now_ms, self.rules.window_ms);
        self.candidates.retain(|candidate| now_ms.saturating_sub(candidate.last_ms) <= window_ms);
        let groups = grouped(observations);
        for group in &groups {
            self.note(group, &observations[group.index]);
        }
        self.note_stacked(&groups);
        self.count_runs(&groups);
        groups.iter().filter_map(|group| self.confirmed(group)).collect()
    }

    fn note(&mut self, group: &Group, first: &Observation<'_>) {
        let now_ms = self.now_ms;
        match self.candidates.iter_mut().find(|candidate| candidate.key == group.key) {
            Some(known) => {
                known.n_readings = known.n_readings.saturating_add(group.n_readings);
                known.place = first.place;
                known.last_ms = now_ms;
            }
            None => {
                let AgreementRules { n_agreeing, n_agreeing_unchecked, .. } = self.rules;
                self.candidates.push(Candidate {
                    key: group.key.clone(),
                    is_linear: first.format.is_linear(),
                    n_wanted: if first.format.is_self_checking() { n_agreeing } else { n_agreeing_unchecked }.max(2),
                    place: first.place,
                    last_ms: now_ms,
                    n_readings: group.n_readings,
                    run: 0,
                    is_confirmed: false,
                    stacked: Vec::new(),
                });
            }
        }
    }

    fn note_stacked(&mut self, groups: &[Group]) {
        for group in groups {
            for other in groups.iter().filter(|other| other.key != group.key) {
                let is_stacked = group.variants.iter().any(|(variant, place)| {
                    other.variants.iter().any(|(same, below)| variant == same && place.is_stacked_with(below))
                });
                if let Some(candidate) = self.candidates.iter_mut().find(|candidate| candidate.key == group.key)
                    && is_stacked
                    && !candidate.stacked.contains(&other.key)
                {
                    candidate.stacked.push(other.key.clone());
                }
            }
        }
    }

    /// Lengthens the runs of what was seen in this frame, and breaks those that a rival interrupts.
    fn count_runs(&mut self, groups: &[Group]) {
        let readings_now = |key: &str| groups.iter().find(|group| group.key == key).map_or(0, |group| group.n_readings);
        let runs: Vec<u32> = self
            .candidates
            .iter()
            .map(|candidate| {
                let rivals = self.candidates.iter().filter(|other| candidate.is_rival_of(other));
                let n_rivals: u32 = rivals.map(|rival| readings_now(&rival.key)).sum();
                match readings_now(&candidate.key) {
                    n if n > n_rivals => candidate.run.saturating_add(n - n_rivals),
                    _ if n_rivals > 0 => 0,
                    _ => candidate.run,
                }
            })
            .collect();
        for (candidate, run) in self.candidates.iter_mut().zip(runs) {
            candidate.run = run;
        }
    }

    fn confirmed(&mut self, group: &Group) -> Option<Confirmed> {
        let at = self.candidates.iter().position(|candidate| candidate.key == group.key)?;
        let candidate = &self.candidates[at];
        let rivals = self.candidates.iter().filter(|other| candidate.is_rival_of(other));
        let n_wanted = match rivals.map(|rival| rival.n_readings).max() {
            None => candidate.n_wanted,
            Some(n_rival) => candidate.n_wanted_against(n_rival),
        };
        let is_first = !candidate.is_confirmed;
        if is_first && (candidate.run < candidate.n_wanted || candidate.n_readings < n_wanted) {
            return None;
        }
        self.candidates[at].is_confirmed = true;
        Some(Confirmed { key: group.key.clone(), index: group.index, is_first })
    }
}

/// Puts the readings of one frame together by value. The same value twice in one picture counts once: whether it is
/// two cans or one read twice cannot be told.
fn grouped(observations: &[Observation<'_>]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (index, seen) in observations.iter().enumerate() {
        let picture = (seen.variant, seen.place);
        match groups.iter_mut().find(|group| group.key == seen.key) {
            Some(group) if group.variants.iter().any(|(variant, _)| *variant == seen.variant) => {}
            Some(group) => {
                group.n_readings += 1;
                group.variants.push(picture);
            }
            None => groups.push(Group { key: seen.key.to_owned(), index, n_readings: 1, variants: vec![picture] }),
        }
    }
    groups
}
