//! What the pages about transfers ask of the server, in process.

use super::RequestBackend;
use crate::transfer;
use domain::credit::Credit;
use domain::id::{SkuCode, StoreCode};
use domain::matching::Proposal;
use domain::movement::Units;
use domain::transfer::{TransferDetail, TransferId, TransferList, TransferPage};
use frontend::backend::{Reply, TransferBackend};

impl TransferBackend for RequestBackend {
    fn transfers(&self, list: TransferList) -> Reply<TransferPage> {
        self.reply("/fn/transfers", None, move |state, viewer| async move {
            transfer::page(&state, &viewer, list, None).await
        })
    }

    fn transfer(&self, id: TransferId) -> Reply<TransferDetail> {
        self.reply("/fn/transfer", None, move |state, viewer| async move { transfer::detail(&state, &viewer, id).await })
    }

    fn transfer_sources(&self, store: StoreCode, sku: SkuCode, units: Units) -> Reply<Proposal> {
        self.reply("/fn/transfer_sources", Some(store.clone()), move |state, _| async move {
            transfer::propose_for(&state, &store, &sku, units).await
        })
    }

    fn credit(&self, store: StoreCode) -> Reply<Credit> {
        self.reply("/fn/credit", Some(store.clone()), move |state, _| async move {
            transfer::credit_page(&state, &store).await
        })
    }
}
