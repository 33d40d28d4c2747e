//! The paper that goes along with a transfer's goods: what, from where, to where, and a code to receive it by.

use super::page::{Escaped, Style, page};
use super::symbol::qr;
use domain::id::StoreCode;
use domain::transfer::{Carriage, Step, StepKind, TransferDetail};
use frontend::text::Language;
use std::fmt::Write;

/// The waybill of a transfer: what leaves, or before the hand-over what is to leave. For a driver without a carrier it
/// has a second code, their link at `origin`.
#[must_use]
pub fn waybill(shown: &TransferDetail, origin: &str, language: Language, style: Style) -> String {
    let transfer = &shown.transfer;
    let store = |code: Option<&StoreCode>| {
        let found = shown.stores.iter().find(|store| Some(&store.code) == code);
        found.map(|store| format!("{} {} · {}", store.name.zh, store.name.en, store.code)).unwrap_or_default()
    };
    let kinds = [StepKind::HandOver, StepKind::Picking, StepKind::Answer, StepKind::Request];
    let units = kinds.into_iter().map(|kind| transfer.units(kind)).find(|units| !units.is_empty()).unwrap_or_default();
    let carriage = match transfer.step(StepKind::HandOver).map(|taken| &taken.step) {
        Some(Step::HandedOver { carriage: Carriage::Driver { name }, .. }) => name.clone(),
        Some(Step::HandedOver { carriage: Carriage::Carrier { name, tracking }, .. }) => {
            [Some(name.as_str()), tracking.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
        _ => String::new(),
    };
    let spoken = transfer.id.spoken();
    let mut text = format!(
        "<section class=\"waybill\">\n<header class=\"waybill__head\">{symbol}<div><h2>{spoken}</h2>\
         <p><span lang=\"zh-CN\">调出</span> <span lang=\"en\">From</span> {from}</p>\
         <p><span lang=\"zh-CN\">调入</span> <span lang=\"en\">To</span> {to}</p>\
         <p><span lang=\"zh-CN\">承运</span> <span lang=\"en\">Carried by</span> {carriage}</p></div></header>\n\
         <table class=\"waybill__table\"><thead><tr>\
         <th scope=\"col\"><span lang=\"zh-CN\">商品</span> <span lang=\"en\">Item</span></th>\
         <th scope=\"col\"><span lang=\"zh-CN\">件数</span> <span lang=\"en\">Pieces</span></th>\
         <th scope=\"col\"><span lang=\"zh-CN\">实收</span> <span lang=\"en\">Received</span></th></tr></thead><tbody>",
        symbol = qr(&transfer.id.to_string(), &spoken),
        from = Escaped(&store(transfer.source())),
        to = Escaped(&store(Some(&transfer.receiver))),
        carriage = Escaped(&carriage),
    );
    for (sku, units) in units {
        let name = shown.items.get(sku).map_or(sku.as_str(), String::as_str);
        let _ = writeln!(
            text,
            "<tr><th scope=\"row\" lang=\"zh-CN\">{} <small>{sku}</small></th><td>{units}</td><td></td></tr>",
            Escaped(name),
        );
    }
    text.push_str(
        "</tbody></table>\n<p class=\"waybill__sign\"><span lang=\"zh-CN\">交货人</span> <span lang=\"en\">Handed over by</span></p>\
         <p class=\"waybill__sign\"><span lang=\"zh-CN\">收货人</span> <span lang=\"en\">Received by</span></p>\n</section>\n",
    );
    if let Some(path) = &shown.driver_link {
        let _ = writeln!(
            text,
            "<section class=\"waybill__driver\">{symbol}<p><span lang=\"zh-CN\">司机扫这个码，报告取货和送到</span>\
             <br><span lang=\"en\">Driver: scan this to report pick-up and delivery</span></p></section>",
            symbol = qr(&format!("{origin}{path}"), language.driver_link()),
        );
    }
    let title = match language {
        Language::Zh => format!("随货单 {spoken}"),
        Language::En => format!("Waybill {spoken}"),
    };
    page(&title, language, style, &text)
}
