//! A trial of the rule on the past: when and where it would have fired, and how often a stock-out followed.

use crate::backend::{BackendError, BacktestReport, backtest_rule};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::figure::{Figure, Figures};
use crate::format;
use crate::page::rules::json;
use crate::text::use_language;
use domain::rule::Rule;
use domain::rule::wording::Words;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How far back a rule can be tried, in days.
const SPANS: [u32; 3] = [30, 60, 90];

/// What is shown of a trial.
#[derive(Clone)]
enum Stage {
    Asked,
    Told(Box<Result<BacktestReport, BackendError>>),
}

/// The trial.
#[component]
pub(super) fn Trial(
    /// The rule as it is written now.
    draft: Memo<Rule>,
    /// Whether it has no mistakes.
    is_sound: Signal<bool>,
) -> impl IntoView {
    let language = use_language();
    let n_days = RwSignal::new(SPANS[0]);
    let stage = RwSignal::new(None::<Stage>);
    let run = move |_| {
        let sent = draft.with_untracked(json);
        let n_days = n_days.get_untracked();
        stage.set(Some(Stage::Asked));
        spawn_local(async move {
            let told = backtest_rule(sent, n_days).await;
            let _ = stage.try_set(Some(Stage::Told(Box::new(told))));
        });
    };
    let span = move |n: u32| {
        view! { <option value=n.to_string()>{language.backtest_days(n)}</option> }
    };
    let choose = move |event| {
        if let Ok(chosen) = event_target_value(&event).parse() {
            n_days.set(chosen);
        }
    };
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let shown = move || {
        stage.get().map(|stage| match stage {
            Stage::Asked => view! { <p class="muted">{language.backtest_running()}</p> }.into_any(),
            Stage::Told(told) => match *told {
                Ok(report) => view! { <Report report/> }.into_any(),
                Err(_) => view! { <Banner tone=Tone::Bad><p>{language.warning_failed()}</p></Banner> }.into_any(),
            },
        })
    };
    view! {
        <section class="card">
            <div class="card__head"><h2 class="card__title">{language.backtest_title()}</h2></div>
            <div class="card__body rule__trial">
                <div class="case__actions">
                    <select class="select" aria-label=language.backtest_title() on:change=choose>
                        {SPANS.map(span).into_iter().collect_view()}
                    </select>
                    <button class=usual type="button" disabled=move || !is_sound.get() on:click=run>
                        {language.backtest_run()}
                    </button>
                </div>
                <div aria-live="polite">{shown}</div>
            </div>
        </section>
    }
}

#[component]
fn Report(report: BacktestReport) -> impl IntoView {
    let language = use_language();
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), format::percent);
    let said = |text: String| Signal::stored(text);
    let unknown = (!report.unknown.is_empty()).then(|| {
        let names: Vec<String> = report.unknown.iter().map(|measure| Words::measure(&language, *measure)).collect();
        view! { <Banner tone=Tone::Warn><p>{language.backtest_unknown(names.join("、"))}</p></Banner> }
    });
    let cut = (report.n_lines < report.n_reached).then(|| {
        let n = |n: u32| format::number(n.into());
        let text = language.backtest_cut(n(report.n_lines), n(report.n_reached));
        view! { <Banner tone=Tone::Warn><p>{text}</p></Banner> }
    });
    let days = report.by_day.iter().map(|(day, n)| {
        view! {
            <tr>
                <th scope="row">{day.to_string()}</th>
                <td class="number">{format::number((*n).into())}</td>
            </tr>
        }
    });
    let stores = report.by_store.iter().map(|(code, name, tally)| {
        view! {
            <tr>
                <th scope="row">{format!("{} {code}", language.name(name))}</th>
                <td class="number">{format::number(tally.n().into())}</td>
            </tr>
        }
    });
    let days = days.collect_view();
    let stores = stores.collect_view();
    let has_fired = report.tally.n() > 0;
    view! {
        {unknown}
        {cut}
        <Figures>
            <Figure
                label=language.backtest_fired()
                value=said(format::number(report.tally.n().into()))
                note=said(language.backtest_of_lines(format::number(report.n_lines.into())))
            />
            <Figure
                label=language.backtest_precision()
                value=said(share(report.precision))
                note=said(language.backtest_precision_note(report.within_days))
            />
            <Figure
                label=language.backtest_recall()
                value=said(share(report.recall))
                note=said(language.backtest_recall_note(report.n_warned, report.n_stock_outs))
            />
        </Figures>
        {has_fired
            .then(|| {
                view! {
                    <div class="rule__tables">
                        <table class="table table--dense">
                            <caption class="field__label">{language.backtest_by_day()}</caption>
                            <thead>
                                <tr>
                                    <th scope="col">{language.backtest_day()}</th>
                                    <th scope="col" class="number">{language.backtest_n()}</th>
                                </tr>
                            </thead>
                            <tbody>{days}</tbody>
                        </table>
                        <table class="table table--dense">
                            <caption class="field__label">{language.backtest_by_store()}</caption>
                            <thead>
                                <tr>
                                    <th scope="col">{language.store_column()}</th>
                                    <th scope="col" class="number">{language.backtest_n()}</th>
                                </tr>
                            </thead>
                            <tbody>{stores}</tbody>
                        </table>
                    </div>
                }
            })}
    }
}
