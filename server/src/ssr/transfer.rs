//! What the pages about transfers ask of the server, in process.

use super::RequestBackend;
use crate::error::ApiError;
use crate::{read, transfer};
use domain::credit::{CreditList, CreditPage};
use domain::id::{SkuCode, StoreCode};
use domain::movement::{UNITS_MAX, Units};
use domain::transfer::{ConfirmationPace, SourcePage, TransferDetail, TransferId, TransferList, TransferPage};
use frontend::backend::{Reply, TransferBackend};

impl TransferBackend for RequestBackend {
    fn transfers(&self, list: TransferList) -> Reply<TransferPage> {
        self.reply("/fn/transfers", None, move |state, viewer| async move {
            transfer::page(&state, &viewer, list, None).await
        })
    }

    fn transfer(&self, id: TransferId) -> Reply<TransferDetail> {
        self.reply("/fn/transfer", None, move |state, viewer| async move {
            let detail = transfer::detail(&state, &viewer, id).await?;
            read::message::open_about(&state, &viewer.id, id).await?;
            Ok(detail)
        })
    }

    fn transfer_sources(&self, store: StoreCode, sku: SkuCode, units: Units) -> Reply<SourcePage> {
        self.reply("/fn/transfer_sources", Some(store.clone()), move |state, viewer| async move {
            if !(1..=UNITS_MAX).contains(&units) {
                return Err(ApiError::Malformed(format!("units must be 1 to {UNITS_MAX}")));
            }
            transfer::source_page(&state, &viewer, &store, &sku, units).await
        })
    }

    fn confirmation_pace(&self) -> Reply<ConfirmationPace> {
        self.reply("/fn/confirmation_pace", None, |state, viewer| async move {
            Ok(transfer::confirmation_pace(&state, &viewer))
        })
    }

    fn credit(&self, store: StoreCode) -> Reply<CreditPage> {
        self.reply("/fn/credit", Some(store.clone()), move |state, viewer| async move {
            transfer::credit_page(&state, &viewer, &store).await
        })
    }

    fn credits(&self) -> Reply<CreditList> {
        self.reply("/fn/credits", None, |state, viewer| async move { transfer::credit_list(&state, &viewer).await })
    }
}
