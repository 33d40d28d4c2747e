//! Messages that are answered: sending them on the channels people have chosen, and taking what they say.
//!
//! [`channel`] is what all channels have in common, [`schedule`] says when which message goes and [`dispatch`] sends
//! it, [`answer`] does what is said to it, [`route`] is where that comes in. [`wecom`] is the channel whose cards are
//! answered where they are read; [`webhook`] and [`push`] only tell. What a message is stands in [`domain::message`].

pub mod answer;
pub mod channel;
pub mod dispatch;
pub mod feishu;
pub mod guard;
pub mod http;
pub mod push;
pub mod route;
pub mod schedule;
pub mod secret;
pub mod webhook;
pub mod wecom;
