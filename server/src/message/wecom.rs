//! WeCom (企业微信): an application of the chain's own whose cards are answered where they are read.

pub mod callback;
pub mod card;
pub mod client;
pub mod crypt;
#[cfg(test)]
pub(crate) mod fake;
pub mod xml;
