//! The people of the chain, their phones, and how they are: most do what waits for them, some forget, decline or are
//! late.

use super::chain::{N_REGIONS, N_STORES, region_of, store};
use crate::support::{Browser, PASSWORD, TestServer, device, person};
use axum::http::StatusCode;
use domain::event::{DeviceEvent, EventBody};
use domain::geo::{Fix, NoFix};
use domain::id::{EventId, StoreCode};
use domain::instant::{DAY_MS, MINUTE_MS, Timestamp};
use domain::policy::Role;
use domain::sync::Outcome;
use rand::Rng;
use rand::rngs::StdRng;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Who signs in is known to the phone for as long as a session lasts without use, less an hour.
const SESSION_MS: i64 = 11 * 60 * MINUTE_MS;
const OPENS_MS: i64 = 8 * 60 * MINUTE_MS;
const CLOSES_MS: i64 = 22 * 60 * MINUTE_MS;

pub fn manager(store: usize) -> String {
    format!("m{store}")
}

pub fn clerk(store: usize) -> String {
    format!("c{store}")
}

/// Who answers for the region of a store.
pub fn regional(store: usize) -> String {
    format!("r{}", region_of(store))
}

/// The number in a store's code.
pub fn number(store: &StoreCode) -> usize {
    store.as_str()[1..].parse().expect("a letter and three digits")
}

/// The first moment from `at` on when the shops are open: what falls into the night is done in the first hour of the
/// morning.
pub fn in_hours(at: Timestamp) -> Timestamp {
    let of_day = (at.unix_ms() + 8 * 60 * MINUTE_MS).rem_euclid(DAY_MS);
    if (OPENS_MS..CLOSES_MS).contains(&of_day) {
        return at;
    }
    let to_opening = (OPENS_MS - of_day).rem_euclid(DAY_MS);
    at.plus_ms(to_opening + of_day % (60 * MINUTE_MS))
}

/// So many minutes, in milliseconds, and mostly nearer to the fewer.
pub fn minutes(random: &mut StdRng, least: i64, most: i64) -> i64 {
    let [one, other] = [(); 2].map(|()| random.random_range(least * MINUTE_MS..=most * MINUTE_MS));
    one.min(other)
}

struct Phone {
    browser: Browser,
    used_at: Timestamp,
    /// Which device it is.
    n: u128,
    n_told: u64,
}

/// Everybody with a phone in use.
pub struct Staff {
    phones: BTreeMap<String, Phone>,
}

impl Staff {
    /// A manager and a clerk for each store, and somebody for each region.
    pub async fn hire(server: &TestServer) -> Self {
        for n in 0..N_STORES {
            server.hire(&manager(n), Role::StoreManager, store(n).as_str()).await;
            server.hire(&clerk(n), Role::Clerk, store(n).as_str()).await;
        }
        for n in 0..N_REGIONS {
            server.hire(&regional(n), Role::RegionalManager, &format!("R{n}")).await;
        }
        Self { phones: BTreeMap::new() }
    }

    async fn phone(&mut self, server: &TestServer, login: &str) -> &mut Phone {
        let now = server.clock.now();
        let n = u128::try_from(self.phones.len()).expect("few") + 1;
        let phone = self.phones.entry(login.to_owned()).or_insert_with(|| Phone {
            browser: server.browser(),
            used_at: now.plus_ms(-SESSION_MS),
            n,
            n_told: 0,
        });
        if now.since(phone.used_at) >= SESSION_MS {
            let reply = phone.browser.sign_in(login, PASSWORD).await;
            assert_eq!(reply.status, StatusCode::OK, "{login}: {}", reply.json);
        }
        phone.used_at = now;
        phone
    }

    /// What somebody is shown at an address.
    pub async fn see<T: DeserializeOwned>(&mut self, server: &TestServer, login: &str, path: &str, field: &str) -> T {
        let mut reply = self.phone(server, login).await.browser.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{login} {path}: {}", reply.json);
        let shown = if field.is_empty() { reply.json } else { reply.json[field].take() };
        serde_json::from_value(shown).expect("as the page reads it")
    }

    /// What somebody does in a store now, and what the server says to it. The body is told the event's own id.
    pub async fn tell(
        &mut self,
        server: &TestServer,
        login: &str,
        of: &StoreCode,
        body: impl FnOnce(EventId) -> EventBody,
    ) -> (EventId, Outcome) {
        let now = server.clock.now();
        let phone = self.phone(server, login).await;
        phone.n_told += 1;
        let id = EventId::from_parts(now.unix_ms().unsigned_abs(), phone.n << 32 | u128::from(phone.n_told));
        let event = DeviceEvent {
            id,
            store: of.clone(),
            device: device(phone.n),
            device_seq: phone.n_told,
            person: person(login),
            effective_at: now,
            fix: Fix::Missing { reason: NoFix::Denied },
            app: "test".to_owned(),
            body: body(id),
        };
        let event = serde_json::to_value(event).expect("an event has a wire form");
        let mut reply = phone.browser.sync(phone.n, &[event]).await;
        assert_eq!(reply.status, StatusCode::OK, "{login}: {}", reply.json);
        let outcome = serde_json::from_value(reply.json["answers"][0]["outcome"].take()).expect("an answer");
        (id, outcome)
    }
}
