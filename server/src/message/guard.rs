//! Requests to addresses that people have typed in: never to ourselves or to the network we stand in.
//!
//! The name is resolved here, every address it has is looked at, and the connection goes to an address that was looked
//! at: a name that answers differently a moment later gains nothing. Addresses written as numbers never reach a
//! resolver, so they are refused by themselves. Nobody is followed elsewhere.

use super::http;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// Whom outgoing requests may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses by HTTPS.
    Public,
    /// Also this machine and plain HTTP: for tests, by explicit setting only.
    LoopbackToo,
}

/// Why an address is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// It is none.
    #[error("not an address; write it as https://host/path")]
    NotAnAddress,
    /// It is not HTTPS on the usual ports, or holds a name and password.
    #[error("only https:// on port 443 or 8443, without a name and password")]
    NotHttps,
    /// It is written in numbers.
    #[error("a host must have a name; numbers are refused")]
    Numbers,
    /// It is one of a network that is not public.
    #[error("the host is not on the public network")]
    NotPublic,
}

/// An address that may be asked, as far as it can be told from how it is written.
///
/// # Errors
/// [`GuardError`], to be shown to whoever typed it.
pub fn checked_url(text: &str, reach: Reach) -> Result<Url, GuardError> {
    let url = Url::parse(text).map_err(|_| GuardError::NotAnAddress)?;
    let host = url.host_str().ok_or(GuardError::NotAnAddress)?;
    if reach == Reach::LoopbackToo && matches!(host, "127.0.0.1" | "localhost") {
        return Ok(url);
    }
    let is_usual = matches!(url.port_or_known_default(), Some(443 | 8443));
    if url.scheme() != "https" || !is_usual || !url.username().is_empty() || url.password().is_some() {
        return Err(GuardError::NotHttps);
    }
    // `Url` has brought every way of writing an IPv4 address into one: 0x7f.1 and 2130706433 are 127.0.0.1 by now.
    if host.starts_with('[') || host.parse::<IpAddr>().is_ok() {
        return Err(GuardError::Numbers);
    }
    Ok(url)
}

/// Whether the address belongs to the public network.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Everything that IANA's registry of special addresses does not call globally reachable.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local() // the clouds' metadata too
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // shared by carriers; Alibaba Cloud's metadata
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !is_special
}

/// Only 2000::/3 is handed out, less what stands for IPv4 addresses or for nobody's.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_special = (a == 0x2001 && b < 0x0200) // Teredo, benchmarks, ORCHID
        || (a == 0x2001 && b == 0x0db8)
        || a == 0x2002 // 6to4
        || (a == 0x3fff && b < 0x1000);
    a & 0xe000 == 0x2000 && !is_special
}

/// A client that connects to addresses that have been looked at, and to no others.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "cannot happen: nothing in these settings can fail")]
pub fn client(reach: Reach) -> Client {
    let resolver = Guarded { reach, look_up: Arc::new(System) };
    http::builder()
        .dns_resolver(Arc::new(resolver))
        .build()
        .expect("TLS with built-in roots needs nothing of the system")
}

struct Guarded {
    reach: Reach,
    look_up: Arc<dyn Resolve>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, found) = (self.reach, self.look_up.resolve(name));
        Box::pin(async move {
            let found: Vec<SocketAddr> = found.await?.collect();
            let allowed =
                |at: &SocketAddr| is_public(at.ip()) || (reach == Reach::LoopbackToo && at.ip().is_loopback());
            // One address of the inside is enough: whoever mixes them means no good.
            if found.is_empty() || !found.iter().all(allowed) {
                return Err(GuardError::NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The machine's own resolver.
struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::net::TcpListener;

    #[test]
    fn only_public_addresses_are_public() {
        for inside in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.192",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "203.0.113.9",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:0:1::",
            "2001:db8::1",
            "fec0::1",
        ] {
            assert!(!is_public(inside.parse().expect(inside)), "{inside}");
        }
        for public in
            ["8.8.8.8", "100.63.0.1", "100.128.0.1", "172.32.0.1", "223.5.5.5", "2400:3200::1", "2606:4700::1111"]
        {
            assert!(is_public(public.parse().expect(public)), "{public}");
        }
    }

    #[test]
    fn addresses_are_judged_as_they_are_written() {
        for (text, expected) in [
            ("https://hooks.example/in?x=1", None),
            ("https://hooks.example:8443/", None),
            ("http://hooks.example/", Some(GuardError::NotHttps)),
            ("https://hooks.example:22/", Some(GuardError::NotHttps)),
            ("https://me:secret@hooks.example/", Some(GuardError::NotHttps)),
            ("file:///etc/passwd", Some(GuardError::NotAnAddress)),
            ("hooks.example", Some(GuardError::NotAnAddress)),
            ("https://127.0.0.1/", Some(GuardError::Numbers)),
            ("https://2130706433/", Some(GuardError::Numbers)),
            ("https://0x7f.1/", Some(GuardError::Numbers)),
            ("https://0177.0.0.1/", Some(GuardError::Numbers)),
            ("https://8.8.8.8/", Some(GuardError::Numbers)),
            ("https://[::1]/", Some(GuardError::Numbers)),
            ("https://[::ffff:7f00:1]/", Some(GuardError::Numbers)),
        ] {
            assert_eq!(checked_url(text, Reach::Public).err(), expected, "{text}");
        }
        assert!(checked_url("http://127.0.0.1:4000/", Reach::LoopbackToo).is_ok());
        assert!(checked_url("http://192.168.1.1/", Reach::LoopbackToo).is_err());
    }

    /// A resolver that gives each question the next of its answers.
    struct Flips(Mutex<Vec<Vec<IpAddr>>>);

    impl Resolve for Flips {
        fn resolve(&self, _: Name) -> Resolving {
            let next = self.0.lock().expect("whole").remove(0);
            Box::pin(async move { Ok(Box::new(next.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs) })
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_never_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let inside: IpAddr = Ipv4Addr::LOCALHOST.into();
        let outside: IpAddr = "8.8.8.8".parse().expect("an address");
        let answers = vec![vec![inside], vec![outside, inside], vec![]];
        let n_answers = answers.len();
        let resolver = Guarded { reach: Reach::Public, look_up: Arc::new(Flips(Mutex::new(answers))) };
        let client = http::builder().dns_resolver(Arc::new(resolver)).build().expect("a client");
        for _ in 0..n_answers {
            let error = client.get(format!("http://rebinding.example:{port}/")).send().await.expect_err("refused");
            let mut cause = std::error::Error::source(&error);
            let mut causes = Vec::new();
            while let Some(error) = cause {
                causes.push(error.to_string());
                cause = error.source();
            }
            assert!(causes.contains(&GuardError::NotPublic.to_string()), "{causes:?}");
        }
        let accepted = tokio::time::timeout(std::time::Duration::from_millis(50), listener.accept()).await;
        assert!(accepted.is_err(), "nobody has connected");
    }
}
