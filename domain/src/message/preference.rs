//! Which way a person is told, within what the chain allows, and when not.

use crate::instant::{DAY_MS, MINUTE_MS, Timestamp, ZoneOffset};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A way to reach people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// 消息: in the app, where everything is.
    Inbox,
    /// 企业微信: a card of the chain's own application.
    WeCom,
    /// 企业微信群: a robot in a store's group.
    WeComGroup,
    /// 钉钉
    DingTalk,
    /// 飞书
    Feishu,
    /// 邮件
    Email,
    /// 浏览器推送
    WebPush,
    /// Another program, by signed webhook.
    Webhook,
}

impl ChannelKind {
    /// Every channel.
    pub const ALL: [Self; 8] = [
        Self::Inbox,
        Self::WeCom,
        Self::WeComGroup,
        Self::DingTalk,
        Self::Feishu,
        Self::Email,
        Self::WebPush,
        Self::Webhook,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::WeCom => "wecom",
            Self::WeComGroup => "wecom_group",
            Self::DingTalk => "dingtalk",
            Self::Feishu => "feishu",
            Self::Email => "email",
            Self::WebPush => "web_push",
            Self::Webhook => "webhook",
        }
    }

    /// The channel of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }
}

/// What a person has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preference {
    /// Ways, beside the inbox.
    pub channels: BTreeSet<ChannelKind>,
    /// When nothing is sent.
    pub quiet: Option<QuietHours>,
}

/// The ways a person is told: the inbox always, and what they have chosen of what the chain allows.
#[must_use]
pub fn channels(preference: &Preference, allowed: &BTreeSet<ChannelKind>) -> BTreeSet<ChannelKind> {
    let chosen = preference.channels.intersection(allowed).copied();
    chosen.chain([ChannelKind::Inbox]).collect()
}

/// A time of day in which a person is left alone, on their store's clocks; it may span midnight. What is written then
/// waits in the inbox and is sent when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuietHours {
    /// First minute, after local midnight.
    pub from_min: u16,
    /// First minute that is not quiet any more, after local midnight; the same as the first is never quiet.
    pub to_min: u16,
}

impl QuietHours {
    /// When the quiet that holds at `now` ends; `None` where none does.
    #[must_use]
    pub fn end_of(self, now: Timestamp, zone: ZoneOffset) -> Option<Timestamp> {
        let minute = |min: u16| i64::from(min) * MINUTE_MS;
        let of_day = now.unix_ms().saturating_add(i64::from(zone.0) * MINUTE_MS).rem_euclid(DAY_MS);
        let length = (minute(self.to_min) - minute(self.from_min)).rem_euclid(DAY_MS);
        let passed = (of_day - minute(self.from_min)).rem_euclid(DAY_MS);
        (passed < length).then(|| now.plus_ms(length - passed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inbox_has_everything_and_the_chain_sets_the_frame() {
        let chosen =
            |channels: &[ChannelKind]| Preference { channels: channels.iter().copied().collect(), quiet: None };
        let allowed = BTreeSet::from([ChannelKind::WeCom, ChannelKind::Email]);
        assert_eq!(channels(&Preference::default(), &allowed), BTreeSet::from([ChannelKind::Inbox]));
        let both = channels(&chosen(&[ChannelKind::WeCom, ChannelKind::Webhook]), &allowed);
        assert_eq!(both, BTreeSet::from([ChannelKind::Inbox, ChannelKind::WeCom]));
    }

    #[test]
    fn quiet_hours_may_span_midnight() {
        let midnight = Timestamp::from_unix_ms(1_795_363_200_000); // 2026-11-23 00:00 in China
        let china = ZoneOffset(480);
        let check = |from: u16, to: u16, at_min: i64, ends_min: Option<i64>| {
            let hours = QuietHours { from_min: from, to_min: to };
            let end = hours.end_of(midnight.plus_ms(at_min * MINUTE_MS), china);
            assert_eq!(end.map(|end| end.since(midnight) / MINUTE_MS), ends_min, "{from}–{to} at {at_min}");
        };
        let (ten, eight) = (22 * 60, 8 * 60);
        check(ten, eight, 22 * 60, Some(32 * 60));
        check(ten, eight, 23 * 60, Some(32 * 60));
        check(ten, eight, 3 * 60, Some(8 * 60));
        check(ten, eight, 8 * 60, None);
        check(ten, eight, 21 * 60 + 59, None);
        check(12 * 60, 14 * 60, 13 * 60, Some(14 * 60));
        check(12 * 60, 12 * 60, 12 * 60, None);
    }

    #[test]
    fn codes_read_back() {
        assert_eq!(ChannelKind::ALL.map(|kind| ChannelKind::from_code(kind.code())), ChannelKind::ALL.map(Some));
    }
}
