//! The driver's page: one waybill and two buttons, without script.

use crate::print::Escaped;
use axum::response::Html;
use domain::instant::Timestamp;
use domain::movement::Units;
use domain::transfer::{CarriageStatus, NamedStore, Underway};
use frontend::format;
use frontend::text::Language;

/// What the page shows.
pub(super) struct Shown {
    pub number: String,
    pub from: NamedStore,
    pub to: NamedStore,
    pub driver: String,
    pub units: Units,
    pub is_under_way: bool,
    pub underway: Underway,
    pub now: Timestamp,
}

/// The waybill, with what the driver can say now.
pub(super) fn waybill(shown: &Shown, build: &str, language: Language) -> Html<String> {
    let name = |store: &NamedStore| format!("{} {}", language.name(&store.name), store.code);
    let fact = |name: &str, value: &str| format!("<dt>{}</dt><dd>{}</dd>", Escaped(name), Escaped(value));
    let facts = [
        fact(language.message_fact_from(), &name(&shown.from)),
        fact(language.message_fact_to(), &name(&shown.to)),
        fact(language.message_fact_units(), &language.transfer_pieces(format::number(shown.units))),
        fact(language.field_driver_name(), &shown.driver),
    ]
    .concat();
    let told = |(status, report): (CarriageStatus, &domain::transfer::CarriageReport)| {
        let at = format::moment(report.at, shown.now, shown.to.zone_offset);
        fact(language.carriage_status(status), &at)
    };
    let told: String = shown.underway.reports().map(told).collect();
    let button = |status: CarriageStatus| {
        format!(
            "<form method=\"post\"><input type=\"hidden\" name=\"status\" value=\"{}\">\
             <button class=\"button button--primary button--huge button--block\" type=\"submit\">{}</button></form>",
            status.code(),
            Escaped(language.carriage_say(status)),
        )
    };
    let next = match shown.underway.furthest() {
        _ if !shown.is_under_way => format!("<p role=\"status\">{}</p>", Escaped(language.carriage_received())),
        Some(CarriageStatus::Delivered) => format!("<p role=\"status\">{}</p>", Escaped(language.carriage_thanks())),
        None => button(CarriageStatus::PickedUp) + &button(CarriageStatus::Delivered),
        Some(_) => button(CarriageStatus::Delivered),
    };
    let body = format!(
        "<section class=\"card\"><div class=\"card__body carry\"><dl class=\"facts\">{facts}{told}</dl>{next}</div></section>\
         <p class=\"muted\">{}</p>",
        Escaped(language.carriage_link_text()),
    );
    page(&language.carriage_title(&shown.number), &body, build, language)
}

/// What is shown for a link that opens nothing, whatever is wrong with it.
pub(super) fn expired(build: &str, language: Language) -> Html<String> {
    let body = format!("<p>{}</p>", Escaped(language.carriage_expired_text()));
    page(language.carriage_expired(), &body, build, language)
}

fn page(title: &str, body: &str, build: &str, language: Language) -> Html<String> {
    Html(format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/pkg/{build}/main.css\">\n\
         <link rel=\"icon\" href=\"/icons/icon.svg\" type=\"image/svg+xml\">\n</head>\n<body>\n\
         <main class=\"page page--narrow\"><h1>{title}</h1>{body}</main>\n</body>\n</html>\n",
        lang = language.tag(),
        title = Escaped(title),
    ))
}
