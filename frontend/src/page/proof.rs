//! Checks a proof of one event on this device: neither the file nor the result goes anywhere.

use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::icon::Glyph;
use crate::component::load_state::Empty;
use crate::component::page_head::PageHead;
use crate::component::trace_tabs::{TracePart, TraceTabs};
use crate::text::{Language, use_language};
use domain::instant::{Timestamp, ZoneOffset};
use domain::proof::{Proof, Proven};
use domain::trace::EventKind;
use leptos::html::Input;
use leptos::prelude::*;

fn check(json: &str, key: &str, language: Language) -> Result<Proven, String> {
    let proof: Proof = serde_json::from_str(json).map_err(|_| language.proof_unreadable().to_owned())?;
    let key = key.trim().to_lowercase();
    let trusted = (!key.is_empty()).then_some(key.as_str());
    proof.check(trusted).map_err(|error| language.proof_error(&error).to_owned())
}

/// The page.
#[component]
pub fn ProofPage() -> impl IntoView {
    let language = use_language();
    let file = NodeRef::<Input>::new();
    let json = RwSignal::new(None::<String>);
    let key = RwSignal::new(String::new());
    let choose = move |_| crate::browser::read_file(file, move |text| json.set(Some(text)));
    let result = move || {
        let json = json.get()?;
        Some(check(&json, &key.get(), language))
    };
    let shown = move || match result() {
        None => view! {
            <Empty glyph=Glyph::Lock title=language.proof_waiting_title() text=language.proof_waiting_text()/>
        }
        .into_any(),
        Some(Err(why)) => view! {
            <Banner tone=Tone::Bad>
                <p><strong>{language.proof_fails()}</strong></p>
                <p>{why}</p>
            </Banner>
        }
        .into_any(),
        Some(Ok(proven)) => {
            let is_trusted = !key.read().trim().is_empty();
            view! { <Holds proven is_trusted/> }.into_any()
        }
    };
    view! {
        <div class="page page--narrow">
            <PageHead title=language.proof_title() sub=language.proof_sub()/>
            <TraceTabs part=TracePart::Proof/>
            <section class="card">
                <div class="card__body audit">
                    <label class="field">
                        <span class="field__label">{language.proof_file_label()}</span>
                        <input
                            class="field__control"
                            type="file"
                            accept="application/json,.json"
                            node_ref=file
                            on:change=choose
                        />
                    </label>
                    <label class="field">
                        <span class="field__label">{language.proof_key_label()}</span>
                        <input
                            class="field__control step__code"
                            type="text"
                            spellcheck="false"
                            autocomplete="off"
                            aria-describedby="proof-key-hint"
                            on:input=move |event| key.set(event_target_value(&event))
                        />
                        <span class="field__hint" id="proof-key-hint">{language.proof_key_hint()}</span>
                    </label>
                    <div role="status">{shown}</div>
                </div>
            </section>
        </div>
    }
}

#[component]
fn Holds(proven: Proven, is_trusted: bool) -> impl IntoView {
    let language = use_language();
    let head_seq = proven.head_seq;
    let (stamp, event) = (proven.event.stamp, proven.event.event);
    let utc = |at: Timestamp| {
        let wall = at.wall(ZoneOffset(0));
        format!("{} {} UTC", wall.date(), wall.time())
    };
    let trust = if is_trusted { language.proof_key_trusted() } else { language.proof_key_compare() };
    let kind = language.event_kind(EventKind::of(&event.body));
    view! {
        <Banner tone=Tone::Good>
            <p><strong>{language.proof_holds()}</strong></p>
            <p>{language.proof_holds_text(stamp.seq, &event.store)}</p>
        </Banner>
        <dl class="facts">
            <dt>{language.filter_kind()}</dt>
            <dd>{kind}</dd>
            <dt>{language.step_person()}</dt>
            <dd>{event.person.to_string()}</dd>
            <dt>{language.step_device_time()}</dt>
            <dd>{utc(event.effective_at)}</dd>
            <dt>{language.step_recorded()}</dt>
            <dd>{utc(stamp.recorded_at)} " · " {language.proof_covered(head_seq)}</dd>
            <dt>{language.step_device()}</dt>
            <dd class="step__code">{event.device.to_string()}</dd>
            <dt>{language.proof_signed_by()}</dt>
            <dd><code class="step__code">{proven.public_key}</code> " " {trust}</dd>
        </dl>
    }
}
