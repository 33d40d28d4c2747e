//! What was counted on this device.

use super::StoreTrouble;
use domain::id::{PersonId, StocktakeId};
use domain::tally::Tally;

/// What `person` has counted on this device, as far as it stands.
///
/// # Errors
/// When the device's storage cannot be read.
#[cfg(feature = "hydrate")]
pub async fn own_tally(stocktake: StocktakeId, person: &PersonId) -> Result<Tally, StoreTrouble> {
    let events = standing_events(&stocktake).await?;
    Ok(tally_of(stocktake, person, &events))
}

/// On the server nothing is counted.
#[cfg(not(feature = "hydrate"))]
pub async fn own_tally(stocktake: StocktakeId, _person: &PersonId) -> Result<Tally, StoreTrouble> {
    Ok(Tally::new(stocktake))
}

/// Others who use this device have their own lines, which only they see and take back.
#[cfg(feature = "hydrate")]
pub(crate) fn tally_of<'a>(
    stocktake: StocktakeId,
    person: &PersonId,
    events: impl IntoIterator<Item = &'a domain::event::DeviceEvent>,
) -> Tally {
    let mut tally = Tally::new(stocktake);
    let mut own: Vec<_> = events.into_iter().filter(|event| event.person == *person).collect();
    own.sort_by_key(|event| event.device_seq);
    for event in own {
        tally.note(event);
    }
    tally
}

/// This device's events of a stocktake but those the server refused.
#[cfg(feature = "hydrate")]
pub(crate) async fn standing_events(stocktake: &StocktakeId) -> Result<Vec<domain::event::DeviceEvent>, StoreTrouble> {
    use super::KeptState;

    #[derive(serde::Deserialize)]
    struct Kept {
        state: KeptState,
        event: domain::event::DeviceEvent,
    }
    let json = super::glue::events_of(stocktake.as_str()).await?;
    let kept: Vec<Kept> = serde_json::from_str(&json).map_err(|_| StoreTrouble::Failed)?;
    let stands = |kept: &Kept| matches!(kept.state, KeptState::Pending | KeptState::Accepted);
    Ok(kept.into_iter().filter(stands).map(|kept| kept.event).collect())
}
