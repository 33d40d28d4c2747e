//! Who is told, and by which channels.

use super::settings::{ErrorAt, check_box, wrong};
use crate::backend::RulePage;
use crate::text::{Language, use_language};
use domain::message::preference::ChannelKind;
use domain::policy::Role;
use domain::rule::{INBOX, Rule, Telling};
use leptos::prelude::*;

/// Who can be told of a warning.
const ROLES: [Role; 3] = [Role::StoreManager, Role::RegionalManager, Role::Headquarters];

#[component]
pub(super) fn Tellings(rest: RwSignal<Rule>, page: StoredValue<RulePage>, error: ErrorAt) -> impl IntoView {
    let language = use_language();
    view! {
        <fieldset class="rule__choices rule__tellings">
            <legend class="field__label">{language.rule_tell()}</legend>
            {ROLES.map(|role| view! { <OfRole role rest page/> }).into_iter().collect_view()}
            {wrong(error, "/tell")}
        </fieldset>
    }
}

/// Whether a role is told; where it is, by what. The inbox always has it.
#[component]
fn OfRole(role: Role, rest: RwSignal<Rule>, page: StoredValue<RulePage>) -> impl IntoView {
    let language = use_language();
    let is_told = Memo::new(move |_| rest.with(|rule| rule.tell.iter().any(|telling| telling.role == role)));
    let set = move |is_told: bool| {
        rest.update(|rule| {
            rule.tell.retain(|telling| telling.role != role);
            if is_told {
                rule.tell.push(Telling { role, channels: [INBOX.to_owned()].into() });
            }
        });
    };
    let channel = move |code: String| {
        let name = name_of(language, &code);
        let is_ticked = rest.with_untracked(|rule| {
            rule.tell.iter().any(|telling| telling.role == role && telling.channels.contains(&code))
        });
        let set = move |is_ticked: bool| {
            rest.update(|rule| {
                let Some(telling) = rule.tell.iter_mut().find(|telling| telling.role == role) else { return };
                if is_ticked {
                    telling.channels.insert(code.clone());
                } else {
                    telling.channels.remove(&code);
                }
            });
        };
        check_box(name, is_ticked, set)
    };
    let channels = move || {
        is_told.get().then(|| {
            let channels = page.with_value(|page| page.channels.clone());
            let label = language.rule_channels_of(language.role(role));
            view! {
                <div class="rule__channels" role="group" aria-label=label>
                    {channels.into_iter().map(channel).collect_view()}
                </div>
            }
        })
    };
    view! {
        <div class="rule__telling">
            {check_box(language.role(role).to_owned(), is_told.get_untracked(), set)}
            {channels}
        </div>
    }
}

fn name_of(language: Language, code: &str) -> String {
    ChannelKind::from_code(code).map_or_else(|| code.to_owned(), |channel| language.channel(channel).to_owned())
}
