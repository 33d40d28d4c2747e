//! Who is asking: accounts, passwords, sessions, and what keeps others from asking in their name.

pub mod cookie;
pub mod limit;
pub mod origin;
pub mod password;
pub mod session;
