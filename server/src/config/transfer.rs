//! How long the steps of a transfer may take.

use super::{Config, ConfigError};
use domain::id::StoreCode;
use domain::instant::MINUTE_MS;
use domain::transfer::Patience;

impl Config {
    /// How long the steps of a transfer from one store to another may take.
    #[must_use]
    pub fn patience(&self, source: &StoreCode, receiver: &StoreCode) -> Patience {
        let ms = |minutes: u32| i64::from(minutes) * MINUTE_MS;
        let of_route = self.transfer_arrival_min_by_route.get(&format!("{source}>{receiver}")).copied();
        Patience {
            answer_reminder_ms: ms(self.transfer_reminder_min),
            answer_escalation_ms: ms(self.transfer_escalation_min),
            approval_reminder_ms: ms(self.transfer_approval_min),
            sending_reminder_ms: ms(self.transfer_sending_reminder_min),
            sending_escalation_ms: ms(self.transfer_sending_escalation_min),
            arrival_ms: ms(of_route.unwrap_or(self.transfer_arrival_min)),
            review_ms: ms(self.transfer_review_min),
        }
    }

    pub(super) fn check_routes(&self) -> Result<(), ConfigError> {
        let is_sound = |(route, minutes): (&String, &u32)| {
            let stores = route.split_once('>').map(|(from, to)| [StoreCode::parse(from), StoreCode::parse(to)]);
            stores.is_some_and(|stores| stores.iter().all(Result::is_ok)) && (1..=1_000_000).contains(minutes)
        };
        match self.transfer_arrival_min_by_route.iter().find(|route| !is_sound(*route)) {
            None => Ok(()),
            Some((route, minutes)) => Err(ConfigError::Nonsense {
                key: "transfer_arrival_min_by_route",
                value: format!("{route} = {minutes}"),
                need: "it must name two stores, as in \"S001>S002\", and 1 to 1000000 minutes",
            }),
        }
    }
}
