//! Notices of this browser. On the server, where nobody presses anything, nothing happens.

#[cfg(feature = "hydrate")]
use super::glue;
use domain::id::PersonId;

/// Whether this device shows notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushState {
    /// The browser cannot.
    Unsupported,
    /// It can once the app is on the home screen: iOS.
    NotInstalled,
    /// The person has refused; only the browser's settings take that back.
    Denied,
    /// It does not, and could.
    Off,
    /// It does.
    On,
}

impl PushState {
    #[cfg(any(feature = "hydrate", test))]
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "unsupported" => Some(Self::Unsupported),
            "install" => Some(Self::NotInstalled),
            "denied" => Some(Self::Denied),
            "off" => Some(Self::Off),
            "on" => Some(Self::On),
            _ => None,
        }
    }
}

/// The browser or the server did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushTrouble;

/// How it stands for the person.
#[cfg(feature = "hydrate")]
pub async fn state(person: &PersonId) -> PushState {
    let code = glue::push_state(person.as_str()).await.unwrap_or_default();
    PushState::from_code(&code).unwrap_or(PushState::Unsupported)
}

/// Switches notices on, after asking the person, or off; how it stands then.
///
/// # Errors
/// When the browser or the server did not do it.
#[cfg(feature = "hydrate")]
pub async fn switch(person: &PersonId, key: &str, is_on: bool) -> Result<PushState, PushTrouble> {
    let code = match is_on {
        true => glue::subscribe_push(key, person.as_str()).await,
        false => glue::unsubscribe_push().await,
    };
    code.ok().and_then(|code| PushState::from_code(&code)).ok_or(PushTrouble)
}

/// Says that the person is here: their notices go on, those of whoever was here before end.
pub fn renew(person: PersonId) {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(async move { glue::renew_push(person.as_str()).await });
    #[cfg(not(feature = "hydrate"))]
    let _ = person;
}

#[cfg(not(feature = "hydrate"))]
pub async fn state(_person: &PersonId) -> PushState {
    PushState::Unsupported
}

#[cfg(not(feature = "hydrate"))]
pub async fn switch(_person: &PersonId, _key: &str, _is_on: bool) -> Result<PushState, PushTrouble> {
    Err(PushTrouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_glue() {
        let glue = include_str!("../../glue/push.ts");
        for code in ["unsupported", "install", "denied", "off", "on"] {
            assert!(PushState::from_code(code).is_some() && glue.contains(&format!("\"{code}\"")), "{code}");
        }
        assert_eq!(PushState::from_code("granted"), None);
    }
}
