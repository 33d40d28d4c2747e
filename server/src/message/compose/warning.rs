//! What a message about warnings says.

use super::{Words, message_id};
use domain::firing::Firing;
use domain::id::{ObjectCode, PersonId};
use domain::instant::{Timestamp, ZoneOffset};
use domain::message::{About, Act, Button, Fact, Link, Message, MessageKind, ObjectKind};
use domain::rule::Rule;
use domain::rule::wording::because;
use frontend::format;
use std::collections::BTreeMap;

/// Rules that a message about many warnings names.
const N_RULES_MAX: usize = 4;

/// What a warning is called in messages and in answers to them; its version counts what people have done about it.
///
/// # Panics
/// Never: the 26 characters of a warning's name are a code.
#[must_use]
pub fn about_warning(firing: &Firing) -> About {
    let code = ObjectCode::parse(&firing.id.to_string()).expect("26 letters and digits are a code");
    About { kind: ObjectKind::Firing, code, version: version(firing) }
}

fn version(firing: &Firing) -> u64 {
    u64::try_from(firing.takings.len()).unwrap_or(u64::MAX).saturating_add(firing.closed.is_some().into())
}

impl Words<'_> {
    /// The message that tells `to` of a warning; each time that it fires it is another.
    #[must_use]
    pub fn warning(&self, firing: &Firing, rule: &Rule, to: &PersonId, may_take: bool, at: Timestamp) -> Message {
        let language = self.language;
        let fact = |name: &str, value: String| Fact { name: name.to_owned(), value };
        let product = self.masters.products().get(&firing.sku);
        let goods = product.map_or_else(|| firing.sku.to_string(), |product| product.name.clone());
        let mut facts = vec![
            fact(language.message_fact_store(), self.store(&firing.store)),
            fact(language.message_fact_goods(), format!("{goods} {}", firing.sku)),
        ];
        facts.extend(because(&firing.reasons, &language).into_iter().map(|why| fact(language.message_fact_why(), why)));
        facts.push(fact(language.message_fact_advice(), language.advice(firing.advice).to_owned()));
        let kind = MessageKind::RuleFiring;
        let button = |act: &Act| Button { act: *act, text: language.act(kind, *act).to_owned() };
        let acts = if may_take { kind.acts(0) } else { &[] };
        Message {
            id: message_id(firing.id, *firing.again_at.last().unwrap_or(&firing.raised_at), to),
            to: to.clone(),
            kind,
            about: about_warning(firing),
            store: firing.store.clone(),
            title: language.message_warning(language.name(&rule.name), goods),
            facts,
            buttons: acts.iter().map(button).collect(),
            reasons: Vec::new(),
            link: Link {
                text: language.message_open().to_owned(),
                path: format!("/warnings?list=open&store={}", firing.store),
            },
            at,
        }
    }

    /// The message that tells `to` of many warnings at once: how many of each rule. It asks nothing. `None` of none.
    #[must_use]
    pub fn warnings(&self, told: &[(&Firing, &Rule)], to: &PersonId, at: Timestamp) -> Option<Message> {
        let language = self.language;
        // The latest names it, so that the same warnings told again are the same message, and another than its own.
        let (latest, _) = told.iter().max_by_key(|(firing, _)| firing.id)?;
        let mut rules: BTreeMap<String, i64> = BTreeMap::new();
        for (_, rule) in told {
            *rules.entry(language.name(&rule.name)).or_default() += 1;
        }
        let mut rules: Vec<(String, i64)> = rules.into_iter().collect();
        rules.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let n = i64::try_from(told.len()).unwrap_or(i64::MAX);
        let named = rules.into_iter().take(N_RULES_MAX);
        Some(Message {
            id: message_id(latest.id, latest.raised_at.plus_ms(1), to),
            to: to.clone(),
            kind: MessageKind::RuleFiring,
            about: about_warning(latest),
            store: latest.store.clone(),
            title: language.message_warnings(format::number(n)),
            facts: named.map(|(name, n)| Fact { name, value: format::number(n) }).collect(),
            buttons: Vec::new(),
            reasons: Vec::new(),
            link: Link { text: language.message_open().to_owned(), path: "/warnings".to_owned() },
            at,
        })
    }

    /// What became of a warning after `version`, for `reader`: who took it or closed it, and that it was somebody else.
    #[must_use]
    pub fn warning_outcome(&self, firing: &Firing, version: u64, reader: &PersonId, zone: ZoneOffset) -> String {
        let language = self.language;
        let taken = usize::try_from(version).ok().and_then(|version| firing.takings.get(version));
        let (by, at, is_taken) = match (taken, &firing.closed) {
            (Some(taken), _) => (&taken.by, taken.at, true),
            (None, Some(closed)) => (&closed.by, closed.at, false),
            (None, None) => return language.answered_changed().to_owned(),
        };
        // Nobody needs the seconds.
        let at: String = format::time(at, zone).chars().take(5).collect();
        let name = self.person(by);
        let what = if is_taken { language.answered_taken(name, at) } else { language.answered_ended(name, at) };
        if by == reader { what } else { language.answered_before(what) }
    }
}
