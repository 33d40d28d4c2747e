//! Messages, what became of them, where people are reached, and what they have pressed.

use super::db::{Database, StoreError};
use super::row::{Fields, at, between, id, ids, int, prefixed, seq, text};
use crate::error::chain;
use crate::message::answer::{BoxError, Clicks, Kept, Stage};
use crate::message::wecom::callback::Click;
use domain::id::{MessageId, ObjectCode, PersonId, StoreCode};
use domain::instant::Timestamp;
use domain::message::delivery::Delivery;
use domain::message::preference::{ChannelKind, Preference};
use domain::message::{Message, ObjectKind};
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::ops::Bound;
use surrealdb::types::{Object, RecordId, Value, Variables};

/// A message on one channel, as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// To whom.
    pub person: PersonId,
    /// Where they are reached.
    pub address: String,
    /// How far it has come.
    pub delivery: Delivery,
    /// What lets the message be changed where it is read.
    pub reference: Option<String>,
    /// What it is to show there, until it does.
    pub outcome: Option<String>,
}

fn message_id(message: &Message) -> RecordId {
    id("message", vec![text(message.to.as_str()), text(message.id.to_string())])
}

fn about_id(message: &Message) -> RecordId {
    let about = &message.about;
    id("about", vec![text(about.kind.code()), text(about.code.as_str()), text(message.id.to_string())])
}

fn told_id(store: &StoreCode) -> RecordId {
    RecordId::new("told", store.as_str())
}

fn delivery_id(message: MessageId, channel: ChannelKind) -> RecordId {
    id("delivery", vec![text(message.to_string()), text(channel.code())])
}

fn contact_id(person: &PersonId, channel: ChannelKind) -> RecordId {
    id("contact", vec![text(person.as_str()), text(channel.code())])
}

fn json(value: &impl serde::Serialize) -> Value {
    text(serde_json::to_string(value).expect("plain data"))
}

fn read_message(row: Value) -> Result<Message, StoreError> {
    let mut fields = Fields::of(row)?;
    let json = fields.text("message")?;
    fields.parsed(serde_json::from_str(&json))
}

fn delivery_row(record: &DeliveryRecord) -> Value {
    let mut row = Object::new();
    row.insert("id", delivery_id(record.delivery.message, record.delivery.channel));
    row.insert("person", text(record.person.as_str()));
    row.insert("address", text(&record.address));
    row.insert("delivery", json(&record.delivery));
    row.insert("is_waiting", record.delivery.is_waiting() || record.outcome.is_some());
    row.insert("reference", text(record.reference.as_deref().unwrap_or_default()));
    row.insert("outcome", text(record.outcome.as_deref().unwrap_or_default()));
    Value::Object(row)
}

fn read_delivery(row: Value) -> Result<DeliveryRecord, StoreError> {
    let mut fields = Fields::of(row)?;
    let [person, address, delivery, reference] =
        ["person", "address", "delivery", "reference"].map(|field| fields.text(field));
    // Those of before outcomes were kept have none.
    let outcome = match fields.value("outcome") {
        Value::String(outcome) => Some(outcome).filter(|outcome| !outcome.is_empty()),
        _ => None,
    };
    Ok(DeliveryRecord {
        person: fields.parsed(PersonId::parse(&person?))?,
        address: address?,
        delivery: fields.parsed(serde_json::from_str(&delivery?))?,
        reference: Some(reference?).filter(|reference| !reference.is_empty()),
        outcome,
    })
}

fn read_contact(row: Value) -> Result<(PersonId, ChannelKind, String), StoreError> {
    let mut fields = Fields::of(row)?;
    let person = fields.parsed(PersonId::parse(fields.key_text(0)?))?;
    let channel = ChannelKind::from_code(fields.key_text(1)?).ok_or("an unknown channel");
    Ok((person, fields.parsed(channel)?, fields.text("address")?))
}

impl Database {
    /// Keeps a message and its ways, in one transaction: from then on it is in the inbox, and on its way after a stop.
    ///
    /// # Errors
    /// When the database fails: nothing is then kept.
    pub async fn add_message(&self, message: &Message, ways: &[DeliveryRecord]) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(message_id(message)));
        variables.insert("message", json(message));
        variables.insert("ways", ways.iter().map(delivery_row).collect::<Vec<Value>>());
        variables.insert("about", Value::RecordId(about_id(message)));
        variables.insert("person", text(message.to.as_str()));
        let statements = "BEGIN; UPSERT $id CONTENT { message: $message } RETURN NONE; \
                          UPSERT $about CONTENT { person: $person } RETURN NONE; \
                          FOR $row IN $ways { UPSERT $row.id CONTENT $row RETURN NONE }; COMMIT;";
        self.run(statements, variables).await.map(|_| ())
    }

    /// The newest messages of a person's inbox, the newest first.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn inbox(&self, person: &PersonId, most: i64) -> Result<Vec<Message>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("message", vec![text(person.as_str())]));
        variables.insert("most", int(most));
        let rows: Vec<Value> =
            self.run("SELECT * FROM $range ORDER BY id DESC LIMIT $most", variables).await?.take(0)?;
        rows.into_iter().map(read_message).collect()
    }

    /// One message of a person's.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn message(&self, person: &PersonId, message: MessageId) -> Result<Option<Message>, StoreError> {
        let mut variables = Variables::new();
        let key = id("message", vec![text(person.as_str()), text(message.to_string())]);
        variables.insert("id", Value::RecordId(key));
        let rows: Vec<Value> = self.run("SELECT * FROM $id", variables).await?.take(0)?;
        rows.into_iter().map(read_message).next().transpose()
    }

    /// Every message about a thing, the oldest first.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn messages_about(&self, kind: ObjectKind, code: &ObjectCode) -> Result<Vec<Message>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("about", vec![text(kind.code()), text(code.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let key = |row: Value| -> Result<RecordId, StoreError> {
            let mut fields = Fields::of(row)?;
            let message = fields.key_text(2)?.to_owned();
            Ok(id("message", vec![text(fields.text("person")?), text(message)]))
        };
        let keys: Vec<RecordId> = rows.into_iter().map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut variables = Variables::new();
        variables.insert("ids", ids(keys));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        rows.into_iter().map(read_message).collect()
    }

    /// Up to which event of each store's ledger people have been told.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn told_to(&self) -> Result<BTreeMap<StoreCode, u64>, StoreError> {
        let rows: Vec<Value> = self.run("SELECT * FROM told", Variables::new()).await?.take(0)?;
        let read = |row: Value| -> Result<_, StoreError> {
            let mut fields = Fields::of(row)?;
            let store = fields.parsed(StoreCode::parse(fields.key_text(0)?))?;
            Ok((store, fields.n("seq")?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Notes that people have been told up to an event of a store's ledger.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_told_to(&self, store: &StoreCode, reached: u64) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(told_id(store)));
        variables.insert("seq", seq(reached));
        self.run("UPSERT $id CONTENT { seq: $seq } RETURN NONE", variables).await.map(|_| ())
    }

    /// Notes how far a message has come on a channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_delivery(&self, record: &DeliveryRecord) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("rows", vec![delivery_row(record)]);
        let statement = "FOR $row IN $rows { UPSERT $row.id CONTENT $row RETURN NONE }";
        self.run(statement, variables).await.map(|_| ())
    }

    /// What waits to be sent, or to be changed where it is read.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn waiting_deliveries(&self) -> Result<Vec<DeliveryRecord>, StoreError> {
        let statement = "SELECT * FROM delivery WHERE is_waiting = true";
        let rows: Vec<Value> = self.run(statement, Variables::new()).await?.take(0)?;
        rows.into_iter().map(read_delivery).collect()
    }

    /// Every way of every message since then, the oldest first.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn deliveries_since(&self, since: Timestamp) -> Result<Vec<DeliveryRecord>, StoreError> {
        // Names of messages begin with their time, and none has a letter as great as the one that ends the range.
        let first = MessageId::from_parts(since.unix_ms().max(0).unsigned_abs(), 0);
        let (first, last) = (vec![text(first.to_string())], vec![text("~")]);
        let mut variables = Variables::new();
        variables.insert("range", between("delivery", Bound::Included(first), Bound::Excluded(last)));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(read_delivery).collect()
    }

    /// How far messages have come on one channel; those that did not go that way are left out.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn deliveries_on(
        &self,
        channel: ChannelKind,
        messages: impl IntoIterator<Item = MessageId>,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids(messages.into_iter().map(|message| delivery_id(message, channel))));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        rows.into_iter().map(read_delivery).collect()
    }

    /// The ways of a message.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn deliveries_of(&self, message: MessageId) -> Result<Vec<DeliveryRecord>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("delivery", vec![text(message.to_string())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(read_delivery).collect()
    }

    /// Says where a person is reached by a channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_contact(&self, person: &PersonId, channel: ChannelKind, address: &str) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(contact_id(person, channel)));
        variables.insert("address", text(address));
        variables.insert("folded", text(address.to_lowercase()));
        let statement = "UPSERT $id CONTENT { address: $address, folded: $folded } RETURN NONE";
        self.run(statement, variables).await.map(|_| ())
    }

    /// Whom a channel knows by an address, capital letters or not. More than one only where somebody has been registered
    /// with another's.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn people_at(&self, channel: ChannelKind, address: &str) -> Result<Vec<PersonId>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("folded", text(address.to_lowercase()));
        let statement = "SELECT * FROM contact WHERE folded = $folded";
        let rows: Vec<Value> = self.run(statement, variables).await?.take(0)?;
        let contacts: Vec<_> = rows.into_iter().map(read_contact).collect::<Result<_, _>>()?;
        Ok(contacts.into_iter().filter(|(_, on, _)| *on == channel).map(|(person, ..)| person).collect())
    }

    /// Who else than a person is known to a channel by an address.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn others_at(
        &self,
        person: &PersonId,
        channel: ChannelKind,
        address: &str,
    ) -> Result<Vec<PersonId>, StoreError> {
        let mut people = self.people_at(channel, address).await?;
        people.retain(|other| other != person);
        Ok(people)
    }

    /// Forgets where a person is reached by a channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_contact(&self, person: &PersonId, channel: ChannelKind) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(contact_id(person, channel)));
        self.run("DELETE $id RETURN NONE", variables).await.map(|_| ())
    }

    /// Where a person is reached, channel by channel.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn contacts_of(&self, person: &PersonId) -> Result<BTreeMap<ChannelKind, String>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("contact", vec![text(person.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(|row| read_contact(row).map(|(_, channel, address)| (channel, address))).collect()
    }

    /// Keeps what a person has chosen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_preference(&self, person: &PersonId, preference: &Preference) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(RecordId::new("preference", person.as_str())));
        variables.insert("preference", json(preference));
        self.run("UPSERT $id CONTENT { preference: $preference } RETURN NONE", variables).await.map(|_| ())
    }

    /// What a person has chosen; `None` for whoever has not.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn preference(&self, person: &PersonId) -> Result<Option<Preference>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(RecordId::new("preference", person.as_str())));
        let rows: Vec<Value> = self.run("SELECT * FROM $id", variables).await?.take(0)?;
        let read = |row: Value| {
            let mut fields = Fields::of(row)?;
            let json = fields.text("preference")?;
            fields.parsed(serde_json::from_str(&json))
        };
        rows.into_iter().map(read).next().transpose()
    }

    async fn click_is_kept(&self, key: &str) -> Result<bool, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids([RecordId::new("click", key)]));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        Ok(!rows.is_empty())
    }

    async fn keep_click(&self, click: &Click) -> Result<Kept, StoreError> {
        if self.click_is_kept(&click.key).await? {
            return Ok(Kept::Known);
        }
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(RecordId::new("click", click.key.as_str())));
        variables.insert("click", json(click));
        variables.insert("at", at(click.at));
        let statement = "CREATE $id CONTENT { click: $click, at: $at, stage: 'kept', text: '' } RETURN NONE";
        match self.run(statement, variables).await {
            Ok(_) => Ok(Kept::New),
            // A copy may have been kept a moment ago: WeCom sends up to three.
            Err(error) => {
                if self.click_is_kept(&click.key).await? {
                    Ok(Kept::Known)
                } else {
                    Err(error)
                }
            }
        }
    }

    async fn unfinished_clicks(&self) -> Result<Vec<(Click, Stage)>, StoreError> {
        let statement = "SELECT * FROM click WHERE stage IN ['kept', 'acted'] ORDER BY at";
        let rows: Vec<Value> = self.run(statement, Variables::new()).await?.take(0)?;
        let read = |row: Value| -> Result<_, StoreError> {
            let mut fields = Fields::of(row)?;
            let [click, stage, shown] = ["click", "stage", "text"].map(|field| fields.text(field));
            let text = shown?;
            let stage = match stage?.as_str() {
                "kept" => Ok(Stage::Kept),
                "acted" => Ok(Stage::Acted { text }),
                _ => Err("of an unknown stage"),
            };
            Ok((fields.parsed(serde_json::from_str(&click?))?, fields.parsed(stage)?))
        };
        let clicks = rows.into_iter().filter_map(|row| match read(row) {
            Ok(click) => Some(click),
            // What one row says hinders no other.
            Err(error) => {
                tracing::error!(error = chain(&error), "what somebody has pressed cannot be read");
                None
            }
        });
        Ok(clicks.collect())
    }

    async fn advance_click(&self, key: &str, stage: &Stage) -> Result<(), StoreError> {
        let (name, shown) = match stage {
            Stage::Kept => ("kept", ""),
            Stage::Acted { text } => ("acted", text.as_str()),
            Stage::Done { text } => ("done", text.as_str()),
        };
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(RecordId::new("click", key)));
        variables.insert("stage", text(name));
        variables.insert("text", text(shown));
        self.run("UPDATE $id SET stage = $stage, text = $text RETURN NONE", variables).await.map(|_| ())
    }
}

impl Clicks for Database {
    fn keep<'a>(&'a self, click: &'a Click) -> BoxFuture<'a, Result<Kept, BoxError>> {
        Box::pin(async move { Ok(self.keep_click(click).await?) })
    }

    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<(Click, Stage)>, BoxError>> {
        Box::pin(async move { Ok(self.unfinished_clicks().await?) })
    }

    fn advance<'a>(&'a self, key: &'a str, stage: &'a Stage) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move { Ok(self.advance_click(key, stage).await?) })
    }
}
