//! Line icons, drawn for this product on a grid of 24.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A house: the workbench.
    Home,
    /// Nine cells: a board.
    Board,
    /// A person: the account.
    Person,
    /// A code in a viewfinder: counting.
    Scan,
    /// Onwards.
    Go,
    /// Done.
    Check,
    /// Attention.
    Warning,
    /// No network.
    Offline,
    /// Not for you.
    Lock,
    /// A shelf.
    Shelf,
    /// A route with a knot: a trace.
    Trace,
    /// Away with it.
    Close,
    /// Back to before.
    Undo,
    /// Something else instead.
    Switch,
    /// Keys: entering by hand.
    Keyboard,
    /// Knobs: settings.
    Sliders,
    /// Two bars: a pause.
    Pause,
    /// A light.
    Torch,
    /// A still camera.
    Photo,
    /// One digit less.
    Erase,
    /// One more.
    Add,
    /// On its way up.
    Upload,
    /// A stamp: somebody's word.
    Approve,
    /// What one is told.
    Inbox,
    /// A box: goods.
    Goods,
    /// Back again.
    Return,
    /// A list on a board: stocktakes.
    Clipboard,
    /// Two arrows past each other: goods between stores.
    Transfer,
    /// Three dots: more places.
    More,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
            Self::Clipboard => "M9 4h6v3H9zM9 5H6v15h12V5h-3M9 11h6M9 15h6",
            Self::Board => {
                "M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM16 10h4v4h-4zM4 16h4v4H4zM10 16h4v4h-4zM16 16h4v4h-4z"
            }
            Self::Person => "M8 8a4 4 0 1 0 8 0 4 4 0 1 0-8 0M4 20c1-4 4-6 8-6s7 2 8 6",
            Self::Scan => {
                "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M8 9v6M11 9v6M13.5 9v6M16 9v6"
            }
            Self::Go => "m9 5 7 7-7 7",
            Self::Check => "m5 12.5 4.5 4.5L19 7",
            Self::Warning => "M12 4 2.5 20h19zM12 10v4M12 17v.01",
            Self::Offline => {
                "M3 3l18 18M8.5 8.3C6.4 8.9 4.5 10 3 11.6M12 20h.01M8.5 15.8a5 5 0 0 1 6-.6M13 8c3 .2 5.8 1.5 8 3.6"
            }
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
            Self::Shelf => "M4 3v18M20 3v18M4 9h16M4 16h16M7 9V5h3v4M13 9V6h4v3M7 16v-4h5v4M15 16v-3h2v3",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Undo => "M9 6 4.5 10.5 9 15M5 10.5h9a5 5 0 0 1 0 10h-3",
            Self::Switch => "M7 4 4 7l3 3M4 7h13M17 14l3 3-3 3M20 17H7",
            Self::Keyboard => {
                "M3 7a1 1 0 0 1 1-1h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1zM7 10h.01M11 10h.01M15 10h.01M17 10h.01M7 14h.01M10 14h5M17.5 14h.01"
            }
            Self::Sliders => {
                "M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0M7 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0"
            }
            Self::Pause => "M9 6v12M15 6v12",
            Self::Torch => "M8 3h8v3l-2 3v11a1 1 0 0 1-1 1h-2a1 1 0 0 1-1-1V9L8 6zM8 6h8M12 12v2",
            Self::Photo => "M4 8h3l2-3h6l2 3h3v11H4zM8.5 13a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0",
            Self::Erase => "M9 6h11v12H9l-6-6zM12 10l4 4M16 10l-4 4",
            Self::Add => "M12 5v14M5 12h14",
            Self::Upload => "M12 16V5M7 9.5 12 4.5l5 5M5 19h14",
            Self::Approve => "M9 4h6v4l-1.5 4h-3L9 8zM6 16v-2h12v2zM5 20h14",
            Self::Inbox => "M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5",
            Self::Goods => "M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9",
            Self::Transfer => "M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4",
            Self::More => {
                "M4 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0"
            }
            Self::Return => "M8 5 4 9l4 4M4 9h11a5 5 0 0 1 0 10H8",
            Self::Trace => "M20 5H9a3.5 3.5 0 0 0 0 7h6a3.5 3.5 0 0 1 0 7H7M3 19a2 2 0 1 0 4 0 2 2 0 1 0-4 0",
        }
    }
}

/// How large an icon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IconSize {
    /// Beside small text.
    Small,
    /// In buttons and menus.
    #[default]
    Usual,
    /// In tiles and empty states.
    Large,
}

/// An icon. It says nothing to a screen reader: the text beside it does.
#[component]
pub fn Icon(
    /// What it shows.
    glyph: Glyph,
    /// How large.
    #[prop(optional)]
    size: IconSize,
) -> impl IntoView {
    let class = match size {
        IconSize::Small => "icon icon--small",
        IconSize::Usual => "icon",
        IconSize::Large => "icon icon--large",
    };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <path d=glyph.path()></path>
        </svg>
    }
}
