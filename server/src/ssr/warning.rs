//! What the pages about warnings, rules and the heatmap ask of the server, in process.

use super::RequestBackend;
use crate::error::ApiError;
use crate::warning::{self, Doing};
use domain::firing::FiringOutcome;
use domain::id::{EventId, StoreCode};
use domain::instant::Day;
use domain::rule::Rule;
use frontend::backend::{
    Answered, BacktestReport, Deed, HeatPage, Reply, RulePage, RuleSaved, WarningAsk, WarningBackend, WarningPage,
};

impl WarningBackend for RequestBackend {
    fn warnings(&self, ask: WarningAsk) -> Reply<WarningPage> {
        self.reply("/fn/warnings", None, |state, viewer| async move { warning::page(&state, &viewer, ask).await })
    }

    fn warning_count(&self) -> Reply<u32> {
        self.reply("/fn/warning_count", None, |state, viewer| async move { Ok(warning::count(&state, &viewer)) })
    }

    fn take_warning(&self, store: StoreCode, firing: EventId) -> Reply<Answered> {
        self.reply("/fn/take_warning", Some(store.clone()), move |state, viewer| async move {
            warning::answer(&state, &viewer, (store, firing), Doing::Take).await
        })
    }

    fn close_warning(
        &self,
        store: StoreCode,
        firing: EventId,
        outcome: FiringOutcome,
        note: Option<String>,
        deed: Option<String>,
    ) -> Reply<Answered> {
        self.reply("/fn/close_warning", Some(store.clone()), move |state, viewer| async move {
            warning::answer(&state, &viewer, (store, firing), Doing::Close(outcome, note, deed)).await
        })
    }

    fn warning_deeds(&self, store: StoreCode, firing: EventId) -> Reply<Vec<Deed>> {
        self.reply("/fn/warning_deeds", Some(store.clone()), move |state, _| async move {
            let row = state.db.firing(&store, firing).await?.ok_or(ApiError::NotFound)?;
            warning::deeds(&state, &row.firing).await
        })
    }

    fn rules(&self) -> Reply<RulePage> {
        self.reply("/fn/rules", None, |state, viewer| async move { warning::rules(&state, &viewer).await })
    }

    fn save_rule(&self, rule: Rule) -> Reply<RuleSaved> {
        self.reply(
            "/fn/save_rule",
            None,
            |state, viewer| async move { warning::save_rule(&state, &viewer, rule).await },
        )
    }

    fn backtest(&self, rule: Rule, n_days: u32) -> Reply<BacktestReport> {
        self.reply("/fn/backtest", None, move |state, _| async move { warning::backtest(&state, rule, n_days).await })
    }

    fn heat(&self, since: u64) -> Reply<HeatPage> {
        self.reply("/fn/heat", None, move |state, viewer| async move { Ok(warning::heat(&state, &viewer, since)) })
    }

    fn heat_on(&self, day: Day) -> Reply<HeatPage> {
        self.reply(
            "/fn/heat_on",
            None,
            move |state, viewer| async move { warning::heat_on(&state, &viewer, day).await },
        )
    }
}
