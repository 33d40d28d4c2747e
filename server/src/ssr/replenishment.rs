//! What the page about replenishment asks of the server, in process.

use super::RequestBackend;
use crate::replenishment;
use domain::id::{EventId, StoreCode};
use domain::master::OrderLine;
use frontend::backend::{
    OrderMade, Overridden, OverrideAsk, ReplenishmentAsk, ReplenishmentBackend, ReplenishmentPage, Reply,
};

impl ReplenishmentBackend for RequestBackend {
    fn replenishment(&self, ask: ReplenishmentAsk) -> Reply<ReplenishmentPage> {
        self.reply(
            "/fn/replenishment",
            None,
            |state, viewer| async move { replenishment::page(&state, &viewer, ask).await },
        )
    }

    fn order_goods(
        &self,
        store: StoreCode,
        token: EventId,
        supplier: String,
        lines: Vec<OrderLine>,
    ) -> Reply<OrderMade> {
        self.reply("/fn/order_goods", Some(store.clone()), move |state, viewer| async move {
            replenishment::order(&state, &viewer, store, (token, supplier, lines)).await
        })
    }

    fn override_stock(&self, store: StoreCode, change: OverrideAsk) -> Reply<Overridden> {
        self.reply("/fn/override_stock", Some(store.clone()), move |state, viewer| async move {
            replenishment::set(&state, &viewer, &store, change).await
        })
    }
}
