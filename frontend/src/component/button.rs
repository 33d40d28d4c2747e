//! One button, all variants, for `<button>` and `<a>` alike.

/// What a button is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// One of several things to do.
    #[default]
    Usual,
    /// The one thing the screen is for.
    Primary,
    /// Scanning and counting, in price-tag yellow.
    Tag,
    /// Without a frame.
    Ghost,
    /// Ends or removes something.
    Danger,
}

/// How large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonSize {
    /// 44 px.
    #[default]
    Usual,
    /// 56 px.
    Large,
    /// 88 px: for a thumb in a hurry.
    Huge,
}

/// How wide it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonWidth {
    /// As its words.
    #[default]
    Words,
    /// As the column it stands in.
    Block,
    /// Square, for one icon; needs an `aria-label`.
    Icon,
}

/// The classes of a button.
#[must_use]
pub fn button_class(kind: ButtonKind, size: ButtonSize, width: ButtonWidth) -> String {
    let kind = match kind {
        ButtonKind::Usual => "",
        ButtonKind::Primary => " button--primary",
        ButtonKind::Tag => " button--tag",
        ButtonKind::Ghost => " button--ghost",
        ButtonKind::Danger => " button--danger",
    };
    let size = match size {
        ButtonSize::Usual => "",
        ButtonSize::Large => " button--large",
        ButtonSize::Huge => " button--huge",
    };
    let width = match width {
        ButtonWidth::Words => "",
        ButtonWidth::Block => " button--block",
        ButtonWidth::Icon => " button--icon",
    };
    format!("button{kind}{size}{width}")
}
