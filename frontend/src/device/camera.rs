//! What keeps the camera from showing anything.

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraTrouble {
    /// The person or a policy forbids it.
    Denied,
    /// There is none.
    None,
    /// Another program has it.
    Busy,
    /// The page did not come by HTTPS.
    Insecure,
    /// Anything else.
    Broken,
}

impl CameraTrouble {
    /// The trouble behind a code of the glue.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        match code {
            "permission_denied" => Self::Denied,
            "no_camera" => Self::None,
            "camera_busy" => Self::Busy,
            "insecure_context" => Self::Insecure,
            _ => Self::Broken,
        }
    }
}

/// Where the permission is given back differs between systems.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn denied_text(language: crate::text::Language) -> &'static str {
    let agent = leptos::prelude::window().navigator().user_agent().unwrap_or_default();
    if agent.contains("iPhone") || agent.contains("iPad") {
        language.camera_denied_ios()
    } else if agent.contains("Android") {
        language.camera_denied_android()
    } else {
        language.camera_denied_desktop()
    }
}
