//! Which way a person is told, within what the chain allows, and when not.

use crate::quiet::QuietHours;
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
    /// 门店群: a robot in a store's group, of WeCom, DingTalk or Feishu.
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

    /// Whether somebody who manages people says how it knows a person. The inbox needs nothing, a browser and an e-mail
    /// address are the person's own to give, and a group's robot knows a store.
    #[must_use]
    pub fn is_registered(self) -> bool {
        matches!(self, Self::WeCom | Self::DingTalk | Self::Feishu | Self::Webhook)
    }

    /// Whether what is said there counts as said by whom it knows, so that an address must be one person's.
    #[must_use]
    pub fn is_answered(self) -> bool {
        matches!(self, Self::WeCom | Self::DingTalk | Self::Feishu)
    }

    /// Whether somebody looks at what it brings, and it can be told that they have; a program opens nothing.
    #[must_use]
    pub fn is_opened(self) -> bool {
        self != Self::Webhook
    }

    /// Whether it reaches a person, so that they may choose it; a group's robot reaches a store.
    #[must_use]
    pub fn is_personal(self) -> bool {
        self != Self::WeComGroup
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
    /// When nothing is sent: what is written then waits in the inbox and is sent when it ends.
    pub quiet: Option<QuietHours>,
    /// The language that messages are written in, by its code such as `en`; where it is not known, the chain's own.
    #[serde(default)]
    pub language: Option<String>,
}

/// The ways a person is told: the inbox always, and what they have chosen of what the chain allows.
#[must_use]
pub fn channels(preference: &Preference, allowed: &BTreeSet<ChannelKind>) -> BTreeSet<ChannelKind> {
    let chosen = preference.channels.intersection(allowed).copied();
    chosen.chain([ChannelKind::Inbox]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inbox_has_everything_and_the_chain_sets_the_frame() {
        let chosen = |channels: &[ChannelKind]| Preference {
            channels: channels.iter().copied().collect(),
            ..Preference::default()
        };
        let allowed = BTreeSet::from([ChannelKind::WeCom, ChannelKind::Email]);
        assert_eq!(channels(&Preference::default(), &allowed), BTreeSet::from([ChannelKind::Inbox]));
        let both = channels(&chosen(&[ChannelKind::WeCom, ChannelKind::Webhook]), &allowed);
        assert_eq!(both, BTreeSet::from([ChannelKind::Inbox, ChannelKind::WeCom]));
    }

    #[test]
    fn codes_read_back() {
        assert_eq!(ChannelKind::ALL.map(|kind| ChannelKind::from_code(kind.code())), ChannelKind::ALL.map(Some));
    }
}
