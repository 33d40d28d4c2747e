//! The steps that the viewer may take now: a button each, and behind it a form.

use super::Desk;
use super::form::{AnswerForm, ApproveForm, CancelForm, DeclineForm, RejectForm, ReviewForm, SettleForm};
use super::quantity::{HandOverForm, PickForm};
use super::receive::ReceiveForm;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::confirm::Confirm;
use crate::component::icon::{Glyph, Icon};
use crate::session::use_session;
use crate::text::Language;
use domain::id::StoreCode;
use domain::policy::Scope;
use domain::transfer::{ScanTask, Step, StepKind};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What is being done; approval and answer may be given or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Approve,
    Reject,
    Confirm,
    Decline,
    Pick,
    HandOver,
    Receive,
    Settle,
    Review,
    Cancel,
}

impl Doing {
    /// What a step can be, the better outcome first.
    fn of(kind: StepKind) -> &'static [Self] {
        match kind {
            StepKind::Approval => &[Self::Approve, Self::Reject],
            StepKind::Answer => &[Self::Confirm, Self::Decline],
            StepKind::Picking => &[Self::Pick],
            StepKind::HandOver => &[Self::HandOver],
            StepKind::Receipt => &[Self::Receive],
            StepKind::Settlement => &[Self::Settle],
            StepKind::FlowReview => &[Self::Review],
            StepKind::Cancellation => &[Self::Cancel],
            // The rest is no person's to take on a transfer that exists.
            _ => &[],
        }
    }

    fn words(self, language: Language) -> &'static str {
        match self {
            Self::Approve => language.take_approve(),
            Self::Reject => language.take_reject(),
            Self::Confirm => language.take_confirm(),
            Self::Decline => language.take_decline(),
            Self::Pick => language.take_pick(),
            Self::HandOver => language.take_hand_over(),
            Self::Receive => language.take_receive(),
            Self::Settle => language.take_settle(),
            Self::Review => language.take_review(),
            Self::Cancel => language.take_cancel(),
        }
    }

    /// What the button that opens its form says; what can be scanned is entered by hand as the second choice.
    fn opening(self, language: Language, is_scanned: bool) -> &'static str {
        match self {
            Self::Pick if is_scanned => language.scan_by_hand_pick(),
            Self::Receive if is_scanned => language.scan_by_hand_receive(),
            other => other.words(language),
        }
    }

    fn kind(self, is_awaited: bool, is_scanned: bool) -> ButtonKind {
        match self {
            Self::Reject | Self::Decline | Self::Cancel => ButtonKind::Danger,
            _ if is_awaited && !is_scanned => ButtonKind::Primary,
            _ => ButtonKind::Usual,
        }
    }
}

/// The buttons, or the form that one of them opened.
#[component]
pub(super) fn Actions(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let open = Memo::new(move |_| {
        desk.detail.with(|detail| {
            let awaited = detail.transfer.waits_for().map(|waits| waits.step);
            let mut open = detail.may.clone();
            open.sort_by_key(|(_, kind)| (Some(*kind) != awaited, *kind == StepKind::Cancellation));
            (open, awaited)
        })
    });
    // What somebody else has done meanwhile can be done no more: its form goes.
    Effect::new(move |_| {
        let (open, _) = open.get();
        let is_gone = |doing: Doing| !open.iter().any(|(_, kind)| Doing::of(*kind).contains(&doing));
        if desk.doing.get_untracked().is_some_and(is_gone) {
            desk.doing.set(None);
        }
    });
    let store_of = move |doing: Doing| {
        open.with_untracked(|(open, _)| {
            let step = open.iter().find(|(_, kind)| Doing::of(*kind).contains(&doing));
            step.map(|(store, _)| store.clone())
        })
    };
    // Goods are scanned by whoever works in the store; those who answer for several enter what they were told.
    let own = use_session().viewer.and_then(|viewer| match viewer.scope {
        Scope::Store(store) => Some(store),
        _ => None,
    });
    let own = StoredValue::new(own);
    let scanned = move |store: &StoreCode, kind: StepKind| {
        let task = [ScanTask::Picking, ScanTask::Receipt].into_iter().find(|task| task.step() == kind);
        task.filter(|_| own.with_value(|own| own.as_ref() == Some(store)))
    };
    let scan = move |task: ScanTask, is_awaited: bool| {
        let kind = if is_awaited { ButtonKind::Primary } else { ButtonKind::Usual };
        let href = desk.detail.with_untracked(|detail| format!("/transfers/{}/scan", detail.transfer.id));
        view! {
            <a class=button_class(kind, ButtonSize::Large, ButtonWidth::Words) href=href>
                <Icon glyph=Glyph::Scan/>
                {language.scan_task(task)}
            </a>
        }
    };
    let button = move |doing: Doing, is_awaited: bool, is_scanned: bool| {
        view! {
            <button
                class=button_class(doing.kind(is_awaited, is_scanned), ButtonSize::Large, ButtonWidth::Words)
                type="button"
                disabled=move || desk.teller.is_busy()
                on:click=move |_| desk.doing.set(Some(doing))
            >
                {doing.opening(language, is_scanned)}
            </button>
        }
    };
    let buttons = move || {
        let (open, awaited) = open.get();
        let of_step = |(store, kind): &(StoreCode, StepKind)| {
            let (is_awaited, scanned) = (Some(*kind) == awaited, scanned(store, *kind));
            let by_hand = Doing::of(*kind).iter().map(|doing| button(*doing, is_awaited, scanned.is_some()));
            view! { {scanned.map(|task| scan(task, is_awaited))} {by_hand.collect_view()} }
        };
        let buttons = open.iter().map(of_step).collect_view();
        match (open.is_empty(), awaited) {
            (true, Some(_)) => Some(view! { <p class="muted">{language.transfer_none_may()}</p> }.into_any()),
            (true, None) => None,
            (false, _) => Some(view! { <div class="transfer__actions">{buttons}</div> }.into_any()),
        }
    };
    move || match desk.doing.get().and_then(|doing| Some((doing, store_of(doing)?))) {
        None => buttons().into_any(),
        Some((doing, store)) => view! {
            <section class="card" aria-labelledby="transfer-form">
                <div class="card__head"><h2 class="card__title" id="transfer-form">{doing.words(language)}</h2></div>
                <div class="card__body">{form(desk, doing, store)}</div>
            </section>
        }
        .into_any(),
    }
}

fn form(desk: Desk, doing: Doing, store: StoreCode) -> AnyView {
    match doing {
        Doing::Approve => view! { <ApproveForm desk store/> }.into_any(),
        Doing::Reject => view! { <RejectForm desk store/> }.into_any(),
        Doing::Confirm => view! { <AnswerForm desk store/> }.into_any(),
        Doing::Decline => view! { <DeclineForm desk store/> }.into_any(),
        Doing::Pick => view! { <PickForm desk store/> }.into_any(),
        Doing::HandOver => view! { <HandOverForm desk store/> }.into_any(),
        Doing::Receive => view! { <ReceiveForm desk store/> }.into_any(),
        Doing::Settle => view! { <SettleForm desk store/> }.into_any(),
        Doing::Review => view! { <ReviewForm desk store/> }.into_any(),
        Doing::Cancel => view! { <CancelForm desk store/> }.into_any(),
    }
}

/// The step as a form has it now, or what is wrong with it.
pub(super) type Made = Result<Step, String>;

/// A form that makes one step. Where it cannot be taken back, a question comes first.
#[component]
pub(super) fn StepForm(
    desk: Desk,
    /// In whose name.
    store: StoreCode,
    /// The word on the button.
    words: &'static str,
    /// What is said once it is done.
    done: &'static str,
    /// Makes the step.
    make: Callback<(), Made>,
    /// The question that comes first.
    #[prop(optional)]
    question: Option<Callback<Step, String>>,
    /// Whether it ends something.
    #[prop(optional)]
    is_danger: bool,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let language = desk.language;
    let asks = RwSignal::new(false);
    let ready = RwSignal::new(None::<Step>);
    let wrong = RwSignal::new(None::<String>);
    let store = StoredValue::new(store);
    let take = Callback::new(move |()| {
        if let Some(step) = ready.get_untracked() {
            desk.take(store.get_value(), step, done);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match make.run(()) {
            Err(why) => wrong.set(Some(why)),
            Ok(step) => {
                wrong.set(None);
                ready.set(Some(step));
                match question {
                    Some(_) => asks.set(true),
                    None => take.run(()),
                }
            }
        }
    };
    let kind = if is_danger { ButtonKind::Danger } else { ButtonKind::Primary };
    let text = move || question.zip(ready.get()).map(|(question, step)| question.run(step));
    view! {
        <form class="transfer-form" novalidate on:submit=submit>
            {children()}
            <p class="field__error" role="alert">{move || wrong.get()}</p>
            <div class="transfer__actions">
                <button
                    class=button_class(kind, ButtonSize::Large, ButtonWidth::Words)
                    type="submit"
                    disabled=move || desk.teller.is_busy()
                >
                    {words}
                </button>
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                    type="button"
                    on:click=move |_| desk.doing.set(None)
                >
                    {language.take_close()}
                </button>
            </div>
        </form>
        <Confirm open=asks title=words confirm=words kind on_confirm=take>
            <p>{text}</p>
        </Confirm>
    }
}
