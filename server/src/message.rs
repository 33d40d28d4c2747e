//! Messages that are answered: sending them on the channels people have chosen, and taking what they say.
//!
//! [`channel`] is what all channels have in common, [`schedule`] when which message goes, [`answer`] what is said to it, [`wecom`] the channel whose
//! cards are answered where they are read. What a message is stands in [`domain::message`].

pub mod answer;
pub mod channel;
pub mod guard;
pub mod http;
pub mod schedule;
pub mod secret;
pub mod webhook;
pub mod wecom;
