//! Writes events down as tills and phones would: one sequence a device, a place, and the moment they arrive.

use super::history::Setting;
use super::random::Random;
use domain::event::{DeviceEvent, EventBody};
use domain::geo::{Coordinates, Fix, NoFix};
use domain::id::{DeviceId, EventId};
use domain::instant::Timestamp;
use domain::master::Store;
use domain::policy::Role;

/// What the demo's events say about the app that recorded them.
pub const DEMO_APP: &str = "demo";

/// An event and when the server took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub event: DeviceEvent,
    pub recorded_at: Timestamp,
}

struct Device {
    id: DeviceId,
    last_seq: u64,
    /// Nothing this device sends arrives before.
    arrived_at: Timestamp,
}

/// A metre in ten-millionths of a degree of latitude, about; longitude is near enough for a demo.
const METRE_E7: f64 = 90.0;

pub struct Recorder<'a> {
    setting: &'a Setting<'a>,
    /// The till first, then the phone of each of the staff.
    devices: Vec<Device>,
    recorded: Vec<Recorded>,
}

const TILL: usize = 0;

impl<'a> Recorder<'a> {
    pub fn new(setting: &'a Setting<'a>) -> Self {
        let mut random = Random::new(setting.seed, &format!("devices {}", setting.store_at));
        let first_used = setting.now.unix_ms().unsigned_abs();
        let device = |random: &mut Random| Device {
            id: DeviceId::from_parts(first_used, random.wide_bits()),
            last_seq: 0,
            arrived_at: Timestamp::default(),
        };
        let devices = (0..=setting.staff.len()).map(|_| device(&mut random)).collect();
        Self { setting, devices, recorded: Vec::new() }
    }

    /// A person of the role; the store's first where nobody has it.
    fn one_of(&self, role: Role, random: &mut Random) -> usize {
        let fitting: Vec<usize> =
            (0..self.setting.staff.len()).filter(|&at| self.setting.staff[at].role == role).collect();
        if fitting.is_empty() { 0 } else { fitting[random.index(fitting.len())] }
    }

    pub fn store(&self) -> &Store {
        &self.setting.store.store
    }

    /// A movement, by somebody of the role, at the till or on a phone.
    pub fn movement(&mut self, at: Timestamp, body: EventBody, role: Role, by_till: bool, random: &mut Random) {
        let person = self.one_of(role, random);
        if by_till {
            let fix = Fix::Missing { reason: NoFix::Machine };
            self.record(at, at.plus_ms(random.whole(400, 2_500)), TILL, person, fix, body, random);
        } else {
            self.by_phone(at, at, person, body, random);
        }
    }

    /// An event on a person's phone, which is offline until `online_at`. Returns its id.
    pub fn by_phone(
        &mut self,
        at: Timestamp,
        online_at: Timestamp,
        person: usize,
        body: EventBody,
        random: &mut Random,
    ) -> EventId {
        let fix = self.fix(random);
        let arrives = at.max(online_at).plus_ms(random.whole(300, 3_000));
        self.record(at, arrives, person + 1, person, fix, body, random)
    }

    #[expect(clippy::too_many_arguments, reason = "private; each is a field of the event")]
    fn record(
        &mut self,
        at: Timestamp,
        arrives: Timestamp,
        device: usize,
        person: usize,
        fix: Fix,
        body: EventBody,
        random: &mut Random,
    ) -> EventId {
        let device = &mut self.devices[device];
        device.last_seq += 1;
        device.arrived_at = device.arrived_at.max(arrives);
        let id = EventId::from_parts(at.unix_ms().unsigned_abs(), random.wide_bits());
        let event = DeviceEvent {
            id,
            store: self.setting.store.store.code.clone(),
            device: device.id,
            device_seq: device.last_seq,
            person: self.setting.staff[person].id.clone(),
            effective_at: at,
            fix,
            app: DEMO_APP.to_owned(),
            body,
        };
        // Nothing has arrived in the future.
        self.recorded.push(Recorded { event, recorded_at: device.arrived_at.min(self.setting.now) });
        id
    }

    /// Nearly always in the store; now and then no answer, and rarely somewhere else.
    fn fix(&self, random: &mut Random) -> Fix {
        if random.chance(0.04) {
            let reason = if random.chance(0.5) { NoFix::Timeout } else { NoFix::Unavailable };
            return Fix::Missing { reason };
        }
        let spread_m = if random.chance(0.002) { 1_500.0 } else { 18.0 };
        let store = self.setting.store.store.at;
        let mut near = |middle: i32| middle + (random.spread() * spread_m * METRE_E7).round() as i32;
        let at = Coordinates { latitude_e7: near(store.latitude_e7), longitude_e7: near(store.longitude_e7) };
        let accuracy_m = u32::try_from(random.whole(6, 45)).expect("positive");
        let age_s = u32::try_from(random.whole(0, 25)).expect("positive");
        Fix::Located { at, accuracy_m, age_s }
    }

    /// Everything in the order of arrival; what one device sent stays in its own order.
    pub fn finish(mut self) -> Vec<Recorded> {
        self.recorded.sort_by_key(|recorded| (recorded.recorded_at, recorded.event.device, recorded.event.device_seq));
        self.recorded
    }
}
