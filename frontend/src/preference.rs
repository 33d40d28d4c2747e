//! What a person chose for this device: theme and hand. Kept in cookies, so that the server renders the first page
//! right, and on `<html>`, where the style sheet reads them. The language is [`crate::text::Language`].

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order shown.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// As in the cookie and in `data-theme`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads [`Self::code`]; anything else is the system's.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.code() == code).unwrap_or_default()
    }
}

/// The hand that holds the phone: controls keep to its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hand {
    /// Right.
    #[default]
    Right,
    /// Left.
    Left,
}

impl Hand {
    /// Both hands.
    pub const ALL: [Self; 2] = [Self::Left, Self::Right];

    /// As in the cookie and in `data-hand`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
        }
    }

    /// Reads [`Self::code`]; anything else is the right one.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|hand| hand.code() == code).unwrap_or_default()
    }
}
