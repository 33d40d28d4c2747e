//! What the pages about transfers ask of the server.

#[cfg(feature = "ssr")]
use super::backend;
use super::{BackendError, Json, Reply};
use domain::credit::{CreditList, CreditPage};
use domain::id::{SkuCode, StoreCode};
use domain::movement::Units;
use domain::transfer::{ConfirmationPace, SourcePage, TransferDetail, TransferId, TransferList, TransferPage};
use leptos::prelude::*;

/// What the server does for these pages; the rest is [`super::Backend`]'s.
pub trait TransferBackend {
    /// The transfers that concern the viewer's stores.
    fn transfers(&self, list: TransferList) -> Reply<TransferPage>;

    /// One transfer.
    fn transfer(&self, id: TransferId) -> Reply<TransferDetail>;

    /// Where pieces of an item are best taken from.
    fn transfer_sources(&self, store: StoreCode, sku: SkuCode, units: Units) -> Reply<SourcePage>;

    /// How soon the viewer's stores are promised what they ask for.
    fn confirmation_pace(&self) -> Reply<ConfirmationPace>;

    /// How far a store can be relied on, and why.
    fn credit(&self, store: StoreCode) -> Reply<CreditPage>;

    /// How far each of the viewer's stores can be relied on.
    fn credits(&self) -> Reply<CreditList>;
}

/// [`TransferBackend::transfers`]
#[server(prefix = "/fn", endpoint = "transfers", output = Json)]
pub async fn read_transfers(list: Option<String>) -> Result<TransferPage, BackendError> {
    let backend = backend();
    let list = TransferList::from_code(list.as_deref().unwrap_or_default());
    backend.transfers(list).await.inspect_err(|error| backend.answer_with(error))
}

/// [`TransferBackend::transfer`]
#[server(prefix = "/fn", endpoint = "transfer", output = Json)]
pub async fn read_transfer(id: String) -> Result<TransferDetail, BackendError> {
    let backend = backend();
    let answer = match TransferId::parse(&id) {
        Ok(id) => backend.transfer(id).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`TransferBackend::transfer_sources`]
#[server(prefix = "/fn", endpoint = "transfer_sources", output = Json)]
pub async fn read_transfer_sources(store: String, sku: String, units: Units) -> Result<SourcePage, BackendError> {
    let backend = backend();
    let answer = match (StoreCode::parse(&store), SkuCode::parse(&sku)) {
        (Ok(store), Ok(sku)) => backend.transfer_sources(store, sku, units).await,
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`TransferBackend::confirmation_pace`]
#[server(prefix = "/fn", endpoint = "confirmation_pace", output = Json)]
pub async fn read_confirmation_pace() -> Result<ConfirmationPace, BackendError> {
    let backend = backend();
    backend.confirmation_pace().await.inspect_err(|error| backend.answer_with(error))
}

/// [`TransferBackend::credit`]
#[server(prefix = "/fn", endpoint = "credit", output = Json)]
pub async fn read_credit(store: String) -> Result<CreditPage, BackendError> {
    let backend = backend();
    let answer = match StoreCode::parse(&store) {
        Ok(store) => backend.credit(store).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`TransferBackend::credits`]
#[server(prefix = "/fn", endpoint = "credits", output = Json)]
pub async fn read_credits() -> Result<CreditList, BackendError> {
    let backend = backend();
    backend.credits().await.inspect_err(|error| backend.answer_with(error))
}
