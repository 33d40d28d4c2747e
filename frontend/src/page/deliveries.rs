//! What became of the chain's messages, and which channels nobody reads.

mod robot;

use crate::backend::{DeliveryLog, DeliveryRow, read_delivery_log};
use crate::component::badge::{Badge, Tone};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::format;
use crate::text::use_language;
use domain::instant::Timestamp;
use domain::message::delivery::{ChannelUse, Failure, Step};
use domain::message::preference::ChannelKind;
use leptos::prelude::*;

/// The log.
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let log = Resource::new_blocking(|| (), |()| read_delivery_log());
    view! { <LoadState resource=log show=|log| view! { <Log log/> }/> }
}

#[component]
fn Log(log: DeliveryLog) -> impl IntoView {
    let language = use_language();
    let DeliveryLog { now, pace, channels, rows } = log;
    let sub = match pace.median_min {
        Some(minutes) => language.deliveries_median(format::number(minutes)),
        None => language.deliveries_no_median().to_owned(),
    };
    if rows.is_empty() {
        return view! {
            <div class="page">
                <PageHead title=language.deliveries_title() sub=sub/>
                <Empty glyph=Glyph::Check title=language.deliveries_empty() text=language.inbox_empty_text()/>
                <robot::Robots/>
            </div>
        }
        .into_any();
    }
    let channels = channels.into_iter().map(|(channel, used)| view! { <Channel channel used/> }).collect_view();
    let rows = rows.into_iter().map(|row| view! { <Row row now/> }).collect_view();
    view! {
        <div class="page">
            <PageHead title=language.deliveries_title() sub=sub/>
            <div class="table-frame" tabindex="0" role="region" aria-label=language.deliveries_channels()>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{language.deliveries_channel()}</th>
                            <th scope="col" class="number">{language.deliveries_sent()}</th>
                            <th scope="col" class="number">{language.deliveries_opened()}</th>
                            <th scope="col" class="number">{language.deliveries_acted()}</th>
                            <th scope="col" class="number">{language.deliveries_failed()}</th>
                            <th scope="col" class="number">{language.deliveries_min_to_act()}</th>
                        </tr>
                    </thead>
                    <tbody>{channels}</tbody>
                </table>
            </div>
            <div class="table-frame" tabindex="0" role="region" aria-label=language.deliveries_messages()>
                <table class="table table--dense">
                    <thead>
                        <tr>
                            <th scope="col">{language.deliveries_message()}</th>
                            <th scope="col">{language.deliveries_channel()}</th>
                            <th scope="col">{language.deliveries_queued()}</th>
                            <th scope="col" class="number">{language.deliveries_min_sent()}</th>
                            <th scope="col" class="number">{language.deliveries_min_delivered()}</th>
                            <th scope="col" class="number">{language.deliveries_min_opened()}</th>
                            <th scope="col" class="number">{language.deliveries_min_to_act()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <robot::Robots/>
        </div>
    }
    .into_any()
}

#[component]
fn Channel(channel: ChannelKind, used: ChannelUse) -> impl IntoView {
    let language = use_language();
    let unread =
        used.is_unread(channel).then(|| view! { " " <Badge tone=Tone::Warn>{language.deliveries_unread()}</Badge> });
    let n = |n: u32| format::number(n.into());
    view! {
        <tr>
            <th scope="row">{language.channel(channel)} {unread}</th>
            <td class="number">{n(used.n_sent)}</td>
            <td class="number">{n(used.n_opened)}</td>
            <td class="number">{n(used.n_acted)}</td>
            <td class="number">{n(used.n_failed)}</td>
            <td class="number">{minutes(used.acted_min_median)}</td>
        </tr>
    }
}

#[component]
fn Row(row: DeliveryRow, now: Timestamp) -> impl IntoView {
    let language = use_language();
    let DeliveryRow { title, person_name, zone_offset, at, delivery } = row;
    let until = |step: Step| minutes(delivery.minutes_until(step));
    let failed = delivery.failed.as_ref().map(|(_, failure)| {
        let (tone, why) = match failure {
            Failure::NoReceiver => (Tone::Bad, language.deliveries_no_receiver().to_owned()),
            Failure::Refused(why) | Failure::GivenUp(why) => (Tone::Bad, why.clone()),
            Failure::Withdrawn => (Tone::Plain, language.deliveries_withdrawn().to_owned()),
        };
        view! { <p><Badge tone>{why}</Badge></p> }
    });
    let tries = (delivery.n_tries > 0).then(|| language.deliveries_tries(delivery.n_tries));
    view! {
        <tr>
            <th scope="row">{title} <span class="table__sub">{person_name}</span></th>
            <td>{language.channel(delivery.channel)} <span class="table__sub">{tries}</span> {failed}</td>
            <td>{format::moment(at, now, zone_offset)}</td>
            <td class="number">{until(Step::Sent)}</td>
            <td class="number">{until(Step::Delivered)}</td>
            <td class="number">{until(Step::Opened)}</td>
            <td class="number">{until(Step::Acted)}</td>
        </tr>
    }
}

fn minutes(minutes: Option<i64>) -> String {
    minutes.map_or_else(|| "–".to_owned(), format::number)
}
