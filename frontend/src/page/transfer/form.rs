//! Forms of few words: approve or not, promise or decline, settle, review, withdraw.

use super::Desk;
use super::act::{Made, StepForm};
use super::quantity::{Amount, AmountField, as_lines};
use crate::format;
use crate::session::use_session;
use crate::text::Language;
use domain::approval::approves;
use domain::id::StoreCode;
use domain::policy::Role;
use domain::transfer::{Bearer, DeclineReason, FlowCause, Line, Step};
use leptos::prelude::*;

/// Text as typed, or nothing.
pub(super) fn words_of(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}

/// A line of text.
#[component]
pub(super) fn TextField(label: &'static str, text: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                class="field__control"
                type="text"
                maxlength="200"
                autocomplete="off"
                prop:value=move || text.get()
                on:input:target=move |event| text.set(event.target().value())
            />
        </label>
    }
}

/// One of a few.
#[component]
pub(super) fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    legend: &'static str,
    name: &'static str,
    options: Vec<(T, String)>,
    chosen: RwSignal<T>,
) -> impl IntoView {
    let option = move |(one, words): (T, String)| {
        view! {
            <label class="choice">
                <input
                    class="choice__input"
                    type="radio"
                    name=name
                    prop:checked=move || chosen.get() == one
                    on:change=move |_| chosen.set(one)
                />
                <span class="choice__title">{words}</span>
            </label>
        }
    };
    view! {
        <fieldset class="choices">
            <legend class="choices__legend">{legend}</legend>
            {options.into_iter().map(option).collect_view()}
        </fieldset>
    }
}

/// Lets the store ask.
#[component]
pub(super) fn ApproveForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let make = Callback::new(|()| Made::Ok(Step::Approved));
    view! {
        <StepForm desk store words=language.take_approve() done=language.take_done_approved() make>
            <p>{language.ask_approve_text()}</p>
        </StepForm>
    }
}

/// Turns the request down.
#[component]
pub(super) fn RejectForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let note = RwSignal::new(String::new());
    let make = Callback::new(move |()| {
        let note = words_of(note).ok_or_else(|| language.take_note_needed().to_owned())?;
        Ok(Step::Rejected { note })
    });
    let question = Callback::new(move |_| language.ask_reject_text().to_owned());
    view! {
        <StepForm desk store words=language.take_reject() done=language.take_done_rejected() make question is_danger=true>
            <TextField label=language.field_note_needed() text=note/>
        </StepForm>
    }
}

/// Promises the goods, or fewer.
#[component]
pub(super) fn AnswerForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let lines = desk.detail.with_untracked(|detail| detail.transfer.request().lines.clone());
    let amounts = StoredValue::new(lines.iter().map(|line| Amount::new(line, line.units)).collect::<Vec<_>>());
    let make = Callback::new(move |()| {
        let lines = amounts.with_value(|amounts| as_lines(desk, amounts))?;
        if lines.is_empty() {
            return Err(language.take_none_chosen().to_owned());
        }
        Ok(Step::Confirmed { lines })
    });
    let field = move |(at, line): (usize, &Line)| {
        let amount = amounts.with_value(|amounts| amounts[at].clone());
        view! {
            <AmountField
                label=desk.item_name(&line.sku)
                name=desk.item_name(&line.sku)
                hint=language.field_asked(format::number(line.units))
                units=amount.units
            />
        }
    };
    let fields = lines.iter().enumerate().map(field).collect_view();
    view! {
        <StepForm desk store words=language.take_confirm() done=language.take_done_confirmed() make>
            <p class="muted">{language.take_confirm_hint()}</p>
            {fields}
        </StepForm>
    }
}

/// Declines: the next candidate is asked.
#[component]
pub(super) fn DeclineForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let (reason, note) = (RwSignal::new(DeclineReason::NotThere), RwSignal::new(String::new()));
    let options = DeclineReason::ALL.map(|reason| (reason, language.decline_reason(reason).to_owned())).to_vec();
    let make =
        Callback::new(move |()| Made::Ok(Step::Declined { reason: reason.get_untracked(), note: words_of(note) }));
    let question = Callback::new(move |_| language.ask_decline_text().to_owned());
    view! {
        <StepForm
            desk
            store
            words=language.take_decline()
            done=language.take_done_declined()
            make
            question
            is_danger=true
        >
            <Choice legend=language.field_reason() name="reason" options chosen=reason/>
            <TextField label=language.field_note() text=note/>
        </StepForm>
    }
}

/// Withdraws the request.
#[component]
pub(super) fn CancelForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let note = RwSignal::new(String::new());
    let make = Callback::new(move |()| Made::Ok(Step::Cancelled { note: words_of(note) }));
    let question = Callback::new(move |_| language.ask_cancel_text().to_owned());
    view! {
        <StepForm
            desk
            store
            words=language.take_cancel()
            done=language.take_done_cancelled()
            make
            question
            is_danger=true
        >
            <TextField label=language.field_note() text=note/>
        </StepForm>
    }
}

/// Says what held the goods up.
#[component]
pub(super) fn ReviewForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let (cause, note) = (RwSignal::new(FlowCause::OnTheRoad), RwSignal::new(String::new()));
    let options = FlowCause::ALL.map(|cause| (cause, language.flow_cause(cause).to_owned())).to_vec();
    let make =
        Callback::new(move |()| Made::Ok(Step::FlowReviewed { cause: cause.get_untracked(), note: words_of(note) }));
    view! {
        <StepForm desk store words=language.take_review() done=language.take_done_reviewed() make>
            <Choice legend=language.field_cause() name="cause" options chosen=cause/>
            <TextField label=language.field_note() text=note/>
        </StepForm>
    }
}

/// Says who bears what did not arrive sound. Who lets somebody else pay must answer for both.
#[component]
pub(super) fn SettleForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let answers_for_both = use_session().viewer.is_some_and(|viewer| approves(viewer.role, Role::RegionalManager));
    let (bearer, note) = (RwSignal::new(Bearer::Receiver), RwSignal::new(String::new()));
    let allowed = Bearer::ALL.into_iter().filter(|bearer| answers_for_both || *bearer == Bearer::Receiver);
    let options = allowed.map(|bearer| (bearer, language.bearer(bearer).to_owned())).collect::<Vec<_>>();
    let make = Callback::new(move |()| {
        let lines = desk.detail.with_untracked(|detail| {
            let open = detail.transfer.in_transit();
            open.into_iter().map(|(sku, units)| Line { sku: sku.clone(), units }).collect()
        });
        Made::Ok(Step::Settled { bearer: bearer.get_untracked(), lines, note: words_of(note) })
    });
    let question = Callback::new(move |step| settle_text(language, &step));
    view! {
        <StepForm desk store words=language.take_settle() done=language.take_done_settled() make question>
            <Choice legend=language.field_bearer() name="bearer" options chosen=bearer/>
            {(!answers_for_both).then(|| view! { <p class="muted">{language.field_bearer_hint()}</p> })}
            <TextField label=language.field_note() text=note/>
        </StepForm>
    }
}

fn settle_text(language: Language, step: &Step) -> String {
    let units = step.units().values().sum();
    match step {
        Step::Settled { bearer, .. } => language.ask_settle_text(format::number(units), language.bearer(*bearer)),
        _ => String::new(),
    }
}
