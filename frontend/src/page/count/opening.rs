//! Opens the page: the snapshot from the network or else from the phone, and what this phone has counted so far.

use super::counter::Counter;
use crate::device::counted::{standing_events, tally_of};
use crate::device::recorder::{Recorder, clock_offset_ms};
use crate::device::snapshot::{OpenProblem, snapshot};
use crate::device::{Device, StoreTrouble, glue};
use domain::barcode::ReadRules;
use domain::catalogue::Catalogue;
use domain::event::EventBody;
use domain::id::StocktakeId;
use domain::instant::Timestamp;
use domain::stocktake::{Stocktake, current_or_new};
use domain::sync::{PhoneFacts, PhoneSnapshot};
use domain::tally::Tally;
use std::collections::BTreeSet;

/// Under which the stocktake of the last count is kept: it may have been opened offline.
const STOCKTAKE: &str = "stocktake";

/// Opens the page for whoever is signed in, or counted here last: to count, or to count lines of `recount` again.
pub async fn open(device: Device, recount: Option<StocktakeId>) -> Result<Counter, OpenProblem> {
    let snapshot = snapshot().await?;
    let offset_ms = clock_offset_ms().await;
    let now = Timestamp::from_unix_ms(crate::browser::device_now_ms()).plus_ms(offset_ms);
    let (store, person) = (snapshot.store.code.clone(), snapshot.viewer.id.clone());
    let rules = ReadRules::cn(now.wall(snapshot.store.zone_offset).year);
    let catalogue = Catalogue::new(snapshot.products.clone());
    // What was asked for may have been done, or ended, meanwhile.
    let recount = recount.filter(|id| snapshot.recounts.iter().any(|task| task.stocktake == *id));
    let (facts, tally) = recall(snapshot, now, recount.as_ref()).await?;
    let recorder = Recorder::new(device, store, person).await?;
    let is_recount = recount.is_some();
    let has_begun = is_recount || has_begun(&facts, &tally);
    Ok(Counter { facts, catalogue, tally, recorder, rules, offset_ms, has_begun, is_recount })
}

/// Whether this person has opened or joined the stocktake on this phone.
pub fn has_begun(facts: &PhoneFacts, tally: &Tally) -> bool {
    let person = &facts.snapshot().viewer.id;
    facts.own().any(|event| {
        event.person == *person
            && matches!(&event.body, EventBody::StocktakeOpened { stocktake } if stocktake == tally.stocktake())
    })
}

/// Goes through this phone's own events until the stocktake that is open, or `recount`, is found.
pub async fn recall(
    snapshot: PhoneSnapshot,
    now: Timestamp,
    recount: Option<&StocktakeId>,
) -> Result<(PhoneFacts, Tally), StoreTrouble> {
    let store = snapshot.store.clone();
    let mut facts = PhoneFacts::new(snapshot);
    if let Some(recount) = recount {
        for event in standing_events(recount).await? {
            facts.note(event);
        }
        let tally = tally_of(recount.clone(), &facts.snapshot().viewer.id, facts.own());
        return Ok((facts, tally));
    }
    let mut read = BTreeSet::new();
    let last = glue::get_meta(STOCKTAKE).await?.and_then(|text| StocktakeId::parse(&text).ok());
    let mut next = last.filter(|id| id.as_str().starts_with(&format!("{}-", store.code)));
    loop {
        if let Some(id) = next.take()
            && read.insert(id.clone())
        {
            for event in standing_events(&id).await? {
                facts.note(event);
            }
        }
        let stocktakes: Vec<Stocktake> = facts.stocktakes().cloned().collect();
        let current = current_or_new(&stocktakes, &store.code, now, store.zone_offset).id().clone();
        if read.contains(&current) {
            let tally = tally_of(current, &facts.snapshot().viewer.id, facts.own());
            return Ok((facts, tally));
        }
        next = Some(current);
    }
}

/// Remembers which stocktake this phone counts in.
pub async fn remember(stocktake: &StocktakeId) {
    // Forgotten, it is found again by the day's name or the next snapshot.
    let _ = glue::put_meta(STOCKTAKE, stocktake.to_string()).await;
}
