//! Who looks at the page.

use domain::master::Name;
use domain::policy::{Action, Scope, Target, Viewer, may};
use leptos::prelude::use_context;

/// What the page knows of its viewer. The server decides anew with every request; this only spares people buttons
/// that would be refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// Who is signed in. Unknown in the offline shell.
    pub viewer: Option<Viewer>,
    /// What the viewer's store or region is called; none for the whole chain, and in the offline shell.
    pub place: Option<Name>,
    /// Whether the page was built from the offline shell, without a server.
    pub is_offline_shell: bool,
}

impl Session {
    /// Whether the viewer may do it somewhere within their own scope.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| may(viewer, action, Target::OwnScope))
    }

    /// The path of the board that shows all the viewer may see.
    #[must_use]
    pub fn board_path(&self) -> String {
        match self.viewer.as_ref().map(|viewer| &viewer.scope) {
            Some(Scope::Store(store)) => format!("/board/{store}"),
            _ => "/board".to_owned(),
        }
    }

    /// The path of the stocktakes the viewer may see.
    #[must_use]
    pub fn stocktakes_path(&self) -> String {
        match self.viewer.as_ref().map(|viewer| &viewer.scope) {
            Some(Scope::Store(store)) => format!("/stocktakes/{store}"),
            _ => "/stocktakes".to_owned(),
        }
    }

    /// Whether the viewer's scope is wider than one store.
    #[must_use]
    pub fn sees_several_stores(&self) -> bool {
        !matches!(self.viewer.as_ref().map(|viewer| &viewer.scope), Some(Scope::Store(_)))
    }
}

/// The page's session.
#[must_use]
pub fn use_session() -> Session {
    use_context().unwrap_or_default()
}
