//! Rules, what they remember, what they raised; and the folds that they look at.

use super::db::{Database, StoreError};
use super::model_row::{packed, unpacked};
use super::row::{Fields, at, id, int, prefixed, text};
use domain::firing::Firing;
use domain::id::{EventId, PersonId, RuleCode, SkuCode, StoreCode};
use domain::instant::Timestamp;
use domain::rule::{Rule, Watch};
use serde::Serialize;
use serde::de::DeserializeOwned;
use surrealdb::types::{Object, RecordId, Value, Variables};

/// No time at all, as the database holds it: it is before every other.
const NEVER: i64 = -1;

/// A version of a rule, and who saved it when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedRule {
    /// The rule.
    pub rule: Rule,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// A warning as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiringRow {
    /// The warning.
    pub firing: Firing,
    /// When people may be told that it was raised, after the rule's quiet hours.
    pub tell_at: Timestamp,
    /// From when on they are to be told of its latest change; `None` once they are.
    pub untold_at: Option<Timestamp>,
    /// 0, 1, 2 …: which change of it this is.
    pub edition: i64,
}

/// What a rule remembers of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchRow {
    /// The item.
    pub sku: SkuCode,
    /// The rule.
    pub rule: RuleCode,
    /// What it remembers.
    pub watch: Watch,
}

/// Whether a version of a rule was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It was.
    Yes,
    /// Somebody else was quicker: look again.
    Outdated,
}

fn firing_id(store: &StoreCode, firing: EventId) -> RecordId {
    id("firing", vec![text(store.as_str()), text(firing.to_string())])
}

fn json(value: &impl Serialize) -> Value {
    text(serde_json::to_string(value).expect("plain data is always JSON"))
}

fn from_json<T: DeserializeOwned>(fields: &mut Fields, field: &str) -> Result<T, StoreError> {
    let json = fields.text(field)?;
    fields.parsed(serde_json::from_str(&json))
}

fn firing_row(row: &FiringRow) -> Value {
    let firing = &row.firing;
    let mut object = Object::new();
    object.insert("id", firing_id(&firing.store, firing.id));
    object.insert("firing", json(firing));
    object.insert("is_open", firing.closed.is_none());
    object.insert("closed_at", firing.closed.as_ref().map_or(int(NEVER), |closed| at(closed.at)));
    object.insert("tell_at", at(row.tell_at));
    object.insert("untold_at", row.untold_at.map_or(int(NEVER), at));
    object.insert("edition", int(row.edition));
    Value::Object(object)
}

fn read_firing(row: Value) -> Result<FiringRow, StoreError> {
    let mut fields = Fields::of(row)?;
    let firing = from_json(&mut fields, "firing")?;
    let (tell_at, edition) = (fields.at("tell_at")?, fields.int("edition")?);
    // Those of before people were told by messages have none.
    let untold_at = fields.int_opt("untold_at")?.and_then(time);
    Ok(FiringRow { firing, tell_at, untold_at, edition })
}

fn time(ms: i64) -> Option<Timestamp> {
    (ms != NEVER).then_some(Timestamp::from_unix_ms(ms))
}

impl Database {
    /// Every version of every rule, by code and version.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn rules(&self) -> Result<Vec<SavedRule>, StoreError> {
        let rows: Vec<Value> = self.run("SELECT * FROM rule", Variables::new()).await?.take(0)?;
        let read = |row: Value| -> Result<SavedRule, StoreError> {
            let mut fields = Fields::of(row)?;
            let rule = from_json(&mut fields, "rule")?;
            let by = fields.text("saved_by")?;
            Ok(SavedRule { rule, at: fields.at("saved_at")?, by: fields.parsed(PersonId::parse(&by))? })
        };
        let mut rules: Vec<SavedRule> = rows.into_iter().map(read).collect::<Result<_, _>>()?;
        rules.sort_by(|a, b| (&a.rule.code, a.rule.version).cmp(&(&b.rule.code, b.rule.version)));
        Ok(rules)
    }

    /// Keeps a version of a rule, unless there is one of that number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_rule(&self, saved: &SavedRule) -> Result<Saved, StoreError> {
        let key = id("rule", vec![text(saved.rule.code.as_str()), int(i64::from(saved.rule.version))]);
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(key));
        variables.insert("rule", json(&saved.rule));
        variables.insert("at", at(saved.at));
        variables.insert("by", text(saved.by.as_str()));
        let statement = "INSERT IGNORE INTO rule { id: $id, rule: $rule, saved_at: $at, saved_by: $by }";
        let rows: Vec<Value> = self.run(statement, variables).await?.take(0)?;
        Ok(if rows.is_empty() { Saved::Outdated } else { Saved::Yes })
    }

    /// What the rules remember of a store's lines.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn watches(&self, store: &StoreCode) -> Result<Vec<WatchRow>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("watch", vec![text(store.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let read = |row: Value| -> Result<WatchRow, StoreError> {
            let mut fields = Fields::of(row)?;
            let sku = fields.parsed(SkuCode::parse(fields.key_text(1)?))?;
            let rule = fields.parsed(RuleCode::parse(fields.key_text(2)?))?;
            let watch = Watch { since: time(fields.int("since")?), fired_at: time(fields.int("fired_at")?) };
            Ok(WatchRow { sku, rule, watch })
        };
        rows.into_iter().map(read).collect()
    }

    /// Keeps what rules remember of lines of a store now, and what they raised, all or nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_watches(
        &self,
        store: &StoreCode,
        watches: &[WatchRow],
        firings: &[FiringRow],
    ) -> Result<(), StoreError> {
        let ms = |time: Option<Timestamp>| time.map_or(int(NEVER), at);
        let watch_row = |row: &WatchRow| {
            let mut object = Object::new();
            object.insert("id", id("watch", [store.as_str(), row.sku.as_str(), row.rule.as_str()].map(text).to_vec()));
            object.insert("since", ms(row.watch.since));
            object.insert("fired_at", ms(row.watch.fired_at));
            Value::Object(object)
        };
        let mut variables = Variables::new();
        variables.insert("watches", watches.iter().map(watch_row).collect::<Vec<_>>());
        variables.insert("firings", firings.iter().map(firing_row).collect::<Vec<_>>());
        let statements = "BEGIN; FOR $row IN $watches { UPSERT $row.id CONTENT $row RETURN NONE }; \
                          FOR $row IN $firings { UPSERT $row.id CONTENT $row RETURN NONE }; COMMIT;";
        self.run(statements, variables).await.map(|_| ())
    }

    /// The open warnings of a store, or of all.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn open_firings(&self, store: Option<&StoreCode>) -> Result<Vec<FiringRow>, StoreError> {
        let mut variables = Variables::new();
        let statement = match store {
            Some(store) => {
                variables.insert("range", prefixed("firing", vec![text(store.as_str())]));
                "SELECT * FROM $range WHERE is_open = true"
            }
            None => "SELECT * FROM firing WHERE is_open = true",
        };
        let rows: Vec<Value> = self.run(statement, variables).await?.take(0)?;
        rows.into_iter().map(read_firing).collect()
    }

    /// The warnings closed since then.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn closed_firings(&self, since: Timestamp) -> Result<Vec<FiringRow>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("since", at(since));
        let rows: Vec<Value> = self.run("SELECT * FROM firing WHERE closed_at >= $since", variables).await?.take(0)?;
        rows.into_iter().map(read_firing).collect()
    }

    /// One warning.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn firing(&self, store: &StoreCode, firing: EventId) -> Result<Option<FiringRow>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(firing_id(store, firing)));
        let rows: Vec<Value> = self.run("SELECT * FROM $id", variables).await?.take(0)?;
        rows.into_iter().map(read_firing).next().transpose()
    }

    /// The warnings whose latest change people are to be told of by now, at most so many.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn untold_firings(&self, now: Timestamp, most: i64) -> Result<Vec<FiringRow>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("now", at(now));
        variables.insert("most", int(most));
        let statement = "SELECT * FROM firing WHERE untold_at >= 0 AND untold_at <= $now LIMIT $most";
        let rows: Vec<Value> = self.run(statement, variables).await?.take(0)?;
        rows.into_iter().map(read_firing).collect()
    }

    /// Notes that people have been told how these warnings stand. One that has changed since it was read stays untold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_told(&self, rows: &[FiringRow]) -> Result<(), StoreError> {
        let told = |row: &FiringRow| {
            let mut object = Object::new();
            object.insert("id", firing_id(&row.firing.store, row.firing.id));
            object.insert("edition", int(row.edition));
            Value::Object(object)
        };
        let mut variables = Variables::new();
        variables.insert("rows", rows.iter().map(told).collect::<Vec<_>>());
        variables.insert("never", int(NEVER));
        let statement =
            "FOR $row IN $rows { UPDATE $row.id SET untold_at = $never WHERE edition = $row.edition RETURN NONE }";
        self.run(statement, variables).await.map(|_| ())
    }

    /// Keeps what people did about a warning, unless it has changed since it was read: then `None`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_firing(
        &self,
        before: &FiringRow,
        firing: Firing,
        now: Timestamp,
    ) -> Result<Option<FiringRow>, StoreError> {
        let row = FiringRow { firing, edition: before.edition + 1, untold_at: Some(now), ..before.clone() };
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(firing_id(&row.firing.store, row.firing.id)));
        variables.insert("row", firing_row(&row));
        variables.insert("edition", int(before.edition));
        let statement = "UPDATE $id CONTENT $row WHERE edition = $edition RETURN VALUE edition";
        let rows: Vec<Value> = self.run(statement, variables).await?.take(0)?;
        Ok((!rows.is_empty()).then_some(row))
    }

    /// What is kept of a store's signals, if it can still be read: what cannot is made anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signal_fold<T: DeserializeOwned>(&self, store: &StoreCode) -> Result<Option<T>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(RecordId::new("signal", store.as_str())));
        let rows: Vec<Value> = self.run("SELECT * FROM $id", variables).await?.take(0)?;
        Ok(rows.into_iter().next().and_then(|row| unpacked(&mut Fields::of(row).ok()?, "fold").ok()))
    }

    /// Keeps a store's signals.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_signal_fold(&self, store: &StoreCode, fold: &impl Serialize) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(RecordId::new("signal", store.as_str())));
        variables.insert("fold", packed(fold));
        self.run("UPSERT $id CONTENT { fold: $fold } RETURN NONE", variables).await.map(|_| ())
    }
}
