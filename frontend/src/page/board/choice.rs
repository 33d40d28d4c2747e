//! What the board shows, as its address says: the same address shows the same to everybody.

use domain::board::Layer;
use domain::heat::{HeatLayer, PAST_DAYS};
use domain::id::{CategoryCode, RegionCode};
use domain::instant::Day;
use leptos_router::params::ParamsMap;

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// How far counting has come.
    Count(Layer),
    /// How stock, sales and people do.
    Heat(HeatLayer),
}

impl Colour {
    fn from_code(code: &str) -> Option<Self> {
        Layer::from_code(code).map(Self::Count).or_else(|| HeatLayer::from_code(code).map(Self::Heat))
    }

    /// The stable code, as in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Count(layer) => layer.code(),
            Self::Heat(layer) => layer.code(),
        }
    }
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the colours stand for.
    pub colour: Colour,
    /// A day that is over; `None` is now.
    pub day: Option<Day>,
    /// The day it is compared with.
    pub against: Option<Day>,
    /// Stores of this region only.
    pub region: Option<RegionCode>,
    /// Goods of this category only.
    pub category: Option<CategoryCode>,
    /// Stores where they stand, in place of the grid.
    pub is_map: bool,
}

impl Choice {
    /// Reads an address; what makes no sense is left out. A layer that knows no past is shown as it is now.
    #[must_use]
    pub fn of(query: &ParamsMap, today: Day) -> Self {
        let text = |name: &str| query.get(name);
        let colour = text("layer").and_then(|code| Colour::from_code(&code));
        let colour = colour.unwrap_or(Colour::Count(Layer::default()));
        let knows_past = matches!(colour, Colour::Heat(layer) if layer.knows_past());
        let is_past = |day: &Day| (1..=PAST_DAYS).contains(&today.days_since(*day));
        let day = |name: &str| text(name)?.parse().ok().filter(|day| knows_past && is_past(day));
        let shown = day("day");
        Self {
            colour,
            day: shown,
            against: day("against").filter(|against| Some(*against) != shown),
            region: text("region").and_then(|code| RegionCode::parse(&code).ok()),
            category: text("category").and_then(|code| CategoryCode::parse(&code).ok()),
            is_map: text("view").as_deref() == Some("map"),
        }
    }

    /// Its address.
    #[must_use]
    pub fn href(&self) -> String {
        let mut parts = Vec::new();
        if self.colour != Colour::Count(Layer::default()) {
            parts.push(format!("layer={}", self.colour.code()));
        }
        let days = [("day", self.day), ("against", self.against)];
        parts.extend(days.into_iter().filter_map(|(name, day)| Some(format!("{name}={}", day?))));
        parts.extend(self.region.as_ref().map(|region| format!("region={region}")));
        parts.extend(self.category.as_ref().map(|category| format!("category={category}")));
        if self.is_map {
            parts.push("view=map".to_owned());
        }
        if parts.is_empty() { "/board".to_owned() } else { format!("/board?{}", parts.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Choice {
        let today = "2026-11-22".parse().expect("a day");
        let mut query = ParamsMap::new();
        for (name, value) in
            address.split_once('?').map_or("", |(_, query)| query).split('&').filter_map(|part| part.split_once('='))
        {
            query.insert(name.to_owned(), value.to_owned());
        }
        Choice::of(&query, today)
    }

    #[test]
    fn an_address_shows_what_it_was_made_from() {
        for address in [
            "/board",
            "/board?layer=variance&region=R1",
            "/board?layer=cover&day=2026-11-20&against=2026-11-13&region=R1&category=DRINKS&view=map",
            "/board?layer=overdue&view=map",
        ] {
            assert_eq!(read(address).href(), address);
        }
    }

    #[test]
    fn a_day_that_cannot_be_shown_is_left_out() {
        let plain = "/board?layer=cover";
        for day in ["2026-11-22", "2026-11-23", "2026-10-22", "yesterday"] {
            assert_eq!(read(&format!("{plain}&day={day}")).href(), plain, "{day}");
        }
        assert_eq!(read("/board?layer=overdue&day=2026-11-20").href(), "/board?layer=overdue");
        assert_eq!(read("/board?layer=variance&day=2026-11-20").href(), "/board?layer=variance");
    }
}
