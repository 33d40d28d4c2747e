//! One stocktake: its progress while it is counted, its review once counting is over, and its end.

mod action;
mod line;
mod progress;
mod review;

use crate::backend::read_stocktake;
use crate::component::badge::Badge;
use crate::component::clock::PageClock;
use crate::component::connection::ConnectionBadge;
use crate::component::fresh::keep_fresh;
use crate::component::load_state::LoadState;
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::component::teller::{Teller, TellerAnswer, use_teller};
use crate::format;
use crate::page::stocktake_list::stage_tone;
use crate::session::use_session;
use crate::text::use_language;
use action::Actions;
use domain::id::PersonId;
use domain::policy::Action;
use domain::review::StocktakeDetail;
use domain::stocktake::{LineRef, Stage};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use progress::Progress;
use review::Reviewing;
use std::collections::BTreeSet;

/// What the parts of the page share.
#[derive(Debug, Clone, Copy)]
pub struct Desk {
    /// The stocktake as it is now.
    pub detail: RwSignal<StocktakeDetail>,
    /// The server's clock.
    pub clock: PageClock,
    /// Does things in the ledger.
    pub teller: Teller,
    /// Reads the page anew.
    pub again: Callback<()>,
    /// Counts up with every reading, so that lists beside the detail follow.
    pub n_read: RwSignal<u32>,
    /// Uncounted lines that are marked to be taken as 0.
    pub zeroed: RwSignal<BTreeSet<LineRef>>,
    /// Whether the viewer may review, approve and cancel here.
    pub may_run: bool,
}

impl Desk {
    /// Where it stands.
    pub fn stage(self) -> Stage {
        self.detail.with(|detail| detail.summary.stage)
    }

    /// What somebody is called.
    pub fn name(self, person: &PersonId) -> String {
        self.detail.with(|detail| detail.people.get(person).cloned()).unwrap_or_else(|| person.to_string())
    }
}

/// The page of a stocktake.
#[component]
pub fn StocktakePage() -> impl IntoView {
    let params = use_params_map();
    let detail = Resource::new_blocking(
        move || {
            params.with(|params| (params.get("store").unwrap_or_default(), params.get("stocktake").unwrap_or_default()))
        },
        |(store, stocktake)| read_stocktake(store, stocktake),
    );
    view! { <LoadState resource=detail show=|detail| view! { <Stocktake detail/> }/> }
}

#[component]
fn Stocktake(detail: StocktakeDetail) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let clock = PageClock::start(detail.now);
    let (store, id) = (detail.store.clone(), detail.summary.id.clone());
    let name = language.name(&detail.store_name);
    let detail = RwSignal::new(detail);
    let (line, again) = {
        let (store, id) = (store.clone(), id.clone());
        keep_fresh(
            store.clone(),
            clock,
            detail,
            |detail| detail.seq,
            move || read_stocktake(store.to_string(), id.to_string()),
        )
    };
    let n_read = RwSignal::new(0);
    Effect::new(move |_| {
        detail.track();
        n_read.update(|n| *n += 1);
    });
    let desk = Desk {
        detail,
        clock,
        teller: use_teller(store.clone()),
        again,
        n_read,
        zeroed: RwSignal::default(),
        may_run: session.may(Action::RunStocktake),
    };
    let list = format!("/stocktakes/{store}");
    let mut crumbs = vec![Crumb::link(name.clone(), list), Crumb::here(id.to_string())];
    if session.sees_several_stores() {
        crumbs.insert(0, Crumb::link(language.stocktakes_title(), "/stocktakes"));
    }
    let sub = Signal::derive(move || {
        detail.with(|detail| {
            let moment = |at| format::moment(at, detail.now, detail.zone_offset);
            let summary = &detail.summary;
            let person = |person| detail.people.get(person).cloned().unwrap_or_default();
            let ended =
                summary.ending.as_ref().map(|ending| language.ended_by_at(person(&ending.by), moment(ending.at)));
            let parts = [
                Some(language.plan_kind(summary.kind).to_owned()),
                Some(language.opened_by_at(person(&summary.opened_by), moment(summary.opened_at))),
                ended,
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
    });
    let stage = Memo::new(move |_| desk.stage());
    let body = move || match stage.get() {
        Stage::Counting => view! { <Progress desk/> }.into_any(),
        Stage::Review | Stage::Approved | Stage::Cancelled => view! { <Reviewing desk/> }.into_any(),
    };
    view! {
        <div class="page">
            <div>
                <Crumbs steps=crumbs/>
                <PageHead title=id.to_string() sub>
                    {move || {
                        view! { <Badge tone=stage_tone(stage.get())>{language.stage(stage.get())}</Badge> }
                    }}
                    <ConnectionBadge line clock/>
                </PageHead>
            </div>
            <TellerAnswer teller=desk.teller/>
            <Actions desk/>
            {body}
        </div>
    }
}
