//! A code that stays in view is one thing, not thirty a second.

/// When the same code counts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatRules {
    /// After it was out of view for so long.
    pub gone_ms: i64,
    /// And, where set, each time so much has passed since it last counted, in view or not.
    pub again_after_ms: Option<i64>,
}

impl Default for RepeatRules {
    fn default() -> Self {
        Self { gone_ms: 1000, again_after_ms: None }
    }
}

/// The longest gap between two frames that says something about what is in view. Beyond it the camera or the
/// decoder was asleep, and a code may have stayed where it was.
const LONGEST_GAP_MS: i64 = 250;

/// Remembers what is in view.
#[derive(Debug, Clone)]
pub struct RepeatFilter {
    rules: RepeatRules,
    last_frame_ms: Option<i64>,
    in_view: Vec<InView>,
}

#[derive(Debug, Clone)]
struct InView {
    key: String,
    unseen_ms: i64,
    counted_ms: i64,
}

impl RepeatFilter {
    /// Starts with nothing in view.
    #[must_use]
    pub const fn new(rules: RepeatRules) -> Self {
        Self { rules, last_frame_ms: None, in_view: Vec::new() }
    }

    /// Forgets what is in view, so that all of it counts again.
    pub fn clear(&mut self) {
        self.in_view.clear();
    }

    /// Says that a frame was looked at, before [`RepeatFilter::counts`] is asked about the codes in it.
    pub fn frame(&mut self, now_ms: i64) {
        let gap_ms = self.last_frame_ms.map_or(0, |last_ms| now_ms.saturating_sub(last_ms));
        self.last_frame_ms = Some(self.last_frame_ms.map_or(now_ms, |last_ms| last_ms.max(now_ms)));
        let gone_ms = self.rules.gone_ms;
        self.in_view.retain_mut(|code| {
            code.unseen_ms = code.unseen_ms.saturating_add(gap_ms.clamp(0, LONGEST_GAP_MS));
            code.unseen_ms < gone_ms
        });
    }

    /// Whether a code seen in this frame counts.
    pub fn counts(&mut self, now_ms: i64, key: &str) -> bool {
        let Some(code) = self.in_view.iter_mut().find(|code| code.key == key) else {
            self.in_view.push(InView { key: key.to_owned(), unseen_ms: 0, counted_ms: now_ms });
            return true;
        };
        code.unseen_ms = 0;
        let is_due = self.rules.again_after_ms.is_some_and(|after| now_ms.saturating_sub(code.counted_ms) >= after);
        if is_due {
            code.counted_ms = now_ms;
        }
        is_due
    }
}
