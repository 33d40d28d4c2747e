//! Where in the frame a code is.

use serde::{Deserialize, Serialize};

/// A point of the frame: 0 to 1 from left to right and from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Point {
    /// From the left edge.
    pub x: f32,
    /// From the top edge.
    pub y: f32,
}

impl Point {
    fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// The corners of a code in its own reading direction: top left, top right, bottom right, bottom left.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place {
    corners: [Point; 4],
}

impl Place {
    /// From the four corners.
    #[must_use]
    pub const fn new(corners: [Point; 4]) -> Self {
        Self { corners }
    }

    /// An upright rectangle by its left and top edge, width and height.
    #[must_use]
    pub const fn rectangle(left: f32, top: f32, width: f32, height: f32) -> Self {
        let (right, bottom) = (left + width, top + height);
        Self::new([
            Point { x: left, y: top },
            Point { x: right, y: top },
            Point { x: right, y: bottom },
            Point { x: left, y: bottom },
        ])
    }

    /// The four corners.
    #[must_use]
    pub const fn points(&self) -> [Point; 4] {
        self.corners
    }

    /// The middle of the code.
    #[must_use]
    pub fn centre(&self) -> Point {
        let sum = |of: fn(&Point) -> f32| self.corners.iter().map(of).sum::<f32>() / 4.0;
        Point { x: sum(|p| p.x), y: sum(|p| p.y) }
    }

    /// How far its middle is from the frame's.
    #[must_use]
    pub fn from_middle(&self) -> f32 {
        self.centre().distance(Point { x: 0.5, y: 0.5 })
    }

    fn longest_side(&self) -> f32 {
        let [a, b, c, d] = self.corners;
        a.distance(b).max(b.distance(c)).max(c.distance(d)).max(d.distance(a))
    }

    /// Whether both may be readings of one symbol: their middles are closer than part of one can be off the
    /// middle of the whole. Decoders report a thin line for linear codes, so that areas say nothing.
    #[must_use]
    pub fn may_be_same(&self, other: &Self) -> bool {
        let reach = 0.35 * self.longest_side().max(other.longest_side());
        self.centre().distance(other.centre()) <= reach.max(0.05)
    }

    /// Whether the other stands above or below this one, as lines of codes on a carton do, without touching it.
    /// A piece of a code lies beside the rest of it, never above.
    #[must_use]
    pub fn is_stacked_with(&self, other: &Self) -> bool {
        let [a, b, ..] = self.corners;
        let length = a.distance(b);
        if length <= f32::EPSILON || self.touches(other) {
            return false;
        }
        let (x, y) = ((b.x - a.x) / length, (b.y - a.y) / length);
        let (from, to) = (self.centre(), other.centre());
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let (along, across) = ((dx * x + dy * y).abs(), (dx * y - dy * x).abs());
        across > along && across > 0.02
    }

    fn touches(&self, other: &Self) -> bool {
        let span = |place: &Self, of: fn(&Point) -> f32| {
            let values = place.corners.iter().map(of);
            (values.clone().fold(f32::INFINITY, f32::min), values.fold(f32::NEG_INFINITY, f32::max))
        };
        let overlap = |of: fn(&Point) -> f32| {
            let (a, b) = (span(self, of), span(other, of));
            a.0 <= b.1 && b.0 <= a.1
        };
        overlap(|p| p.x) && overlap(|p| p.y)
    }
}
