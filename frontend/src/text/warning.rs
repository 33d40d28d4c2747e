//! Warnings: rules in plain words, their mistakes, what becomes of a firing; and the layers of the heatmap.

use super::{Language, messages};
use crate::format;
use domain::firing::{FiringError, FiringOutcome, FiringState};
use domain::measure::{Measure, Unit};
use domain::rule::wording::Words;
use domain::rule::{Advice, Is, MistakeKind, RuleState};

messages! {
    measure_on_hand: "现有库存" / "stock on hand";
    measure_reserved: "已预留" / "reserved stock";
    measure_available: "可用库存" / "available stock";
    measure_safety_stock: "安全库存" / "the safety stock";
    measure_in_transit: "在途数量" / "stock on its way";
    measure_stock_nearby: "同区域可调库存" / "surplus stock nearby";
    measure_days_of_cover: "可售天数" / "the stock cover";
    measure_sold_today: "今日销量" / "the number sold today";
    measure_sold_1d: "昨日销量" / "the number sold yesterday";
    measure_sold_3d: "近 3 天销量" / "the number sold in the last 3 days";
    measure_sold_7d: "近 7 天销量" / "the number sold in the last 7 days";
    measure_sold_28d: "近 28 天销量" / "the number sold in the last 28 days";
    measure_growth_3d: "近 3 天销量涨幅" / "3-day sales growth";
    measure_sell_through_28d: "28 天售罄率" / "28-day sell-through";
    measure_lost_28d: "近 28 天损耗" / "the number lost in the last 28 days";
    measure_days_since_moved: "距上次出入库" / "the time since the last movement";
    measure_days_since_received: "距上次到货" / "the time since the last receipt";
    measure_days_since_counted: "距上次盘点" / "the time since the last count";
    measure_days_to_best_before: "距最早到期" / "the time to the first best-before date";
    measure_visitors: "今日客流" / "the number of visitors today";
    measure_footfall_index: "客流（平时为 100%）" / "footfall (usual is 100 %)";
    measure_conversion: "成交率" / "conversion";

    unit_pieces(n): "{n} 件" / "{n} pieces";
    unit_days(n): "{n} 天" / "{n} days";
    unit_percent(n): "{n}%" / "{n} %";
    unit_people(n): "{n} 人" / "{n} people";

    rule_share(percent, of): "{of}的 {percent}%" / "{percent} % of {of}";
    rule_below(measure, bound): "{measure}低于{bound}" / "{measure} is below {bound}";
    rule_at_most(measure, bound): "{measure}不超过{bound}" / "{measure} is at most {bound}";
    rule_equal(measure, bound): "{measure}等于{bound}" / "{measure} is exactly {bound}";
    rule_at_least(measure, bound): "{measure}不少于{bound}" / "{measure} is at least {bound}";
    rule_above(measure, bound): "{measure}高于{bound}" / "{measure} is above {bound}";
    rule_found(measure, figure, compared): "{measure} {figure}，{compared}" / "{measure}: {figure}, {compared}";
    is_below(bound): "低于{bound}" / "below {bound}";
    is_at_most(bound): "不超过{bound}" / "at most {bound}";
    is_equal(bound): "等于{bound}" / "exactly {bound}";
    is_at_least(bound): "不少于{bound}" / "at least {bound}";
    is_above(bound): "高于{bound}" / "above {bound}";
    is_not(compared): "并非{compared}" / "not {compared}";
    rule_not(part): "并非（{part}）" / "not ({part})";
    rule_within(part): "（{part}）" / "({part})";
    rule_and: "，并且" / " and ";
    rule_or: "，或者" / " or ";
    rule_frame(condition): "当{condition}时预警。" / "Warn when {condition}.";

    rule_active: "启用" / "At work";
    rule_paused: "已暂停" / "Paused";

    advice_replenish: "补货" / "Order more";
    advice_transfer: "从附近门店调货" / "Bring it from a store nearby";
    advice_mark_down: "降价处理" / "Mark it down";
    advice_sell_first: "优先销售" / "Sell it first";
    advice_count: "盘点" / "Count it";
    advice_look_into: "查明原因" / "Look into it";

    mistake_name: "名称要有 1 到 60 个字。" / "A name has 1 to 60 characters.";
    mistake_version: "版本从 1 开始。" / "The first version is 1.";
    mistake_empty_group: "这一组是空的：加一个条件，或者删掉它。" / "The group is empty: add a comparison or remove it.";
    mistake_too_deep: "嵌套太多层，请拆成两条规则。" / "Too many groups within each other: make two rules of it.";
    mistake_too_many(n): "有 {n} 个条件，最多 20 个。" / "{n} comparisons; at most 20 are possible.";
    mistake_with_itself: "不能和自己比较：换一个指标，或者填一个数。"
        / "It is compared with itself: choose another measure or a number.";
    mistake_units: "单位不同，不能比较：换一个单位相同的指标。"
        / "These have different units: choose a measure of the same unit.";
    mistake_value(value): "{value} 超出了可能的范围。" / "{value} is beyond what can be.";
    mistake_share: "百分比从 1 到 10000；要和 0 比较，请直接填 0。"
        / "A share is 1 to 10,000 per cent; to compare with nothing, enter 0.";
    mistake_equal_ratio: "这个指标是比率，几乎不会正好相等：用“不少于”或“不超过”。"
        / "This measure is a ratio and hardly ever exactly equal: use at least or at most.";
    mistake_never_true: "永远不成立：这个指标没有这样的数。" / "It is never true: the measure has no such figures.";
    mistake_always_true: "永远成立：这个指标没有别的数。" / "It is always true: the measure has no other figures.";
    mistake_contradiction: "和同组的另一个条件矛盾，不可能同时成立。"
        / "It can never be true together with another comparison of the group.";
    mistake_tautology: "和同组的另一个条件合起来永远成立。"
        / "One of this and another comparison of the group is always true.";
    mistake_only_store: "只看门店指标，每个商品都会同时预警：加一个商品指标，比如库存。"
        / "It looks only at the store and would fire for each product: add a measure of the product, such as its stock.";
    mistake_nothing_chosen: "还没有选：至少选一个，或者选全部。" / "Nothing is chosen: choose at least one, or all.";
    mistake_nobody_told: "没有通知任何人：至少选一个角色。" / "Nobody is told: choose at least one role.";
    mistake_told_twice: "这个角色已经选过了：把渠道合在一起。" / "This role is told already: put its channels together.";
    mistake_no_channel: "没有选通知渠道：至少选一个。" / "No channel is chosen: choose at least one.";
    mistake_unknown_channel(channel): "没有 {channel} 这个渠道。" / "There is no channel {channel}.";
    mistake_quiet_hours: "免打扰的开始和结束要是两个不同的时刻。" / "Quiet hours begin and end at two different times of day.";
    mistake_again: "再次预警的间隔从 1 小时到 90 天。" / "It may fire again after 1 hour to 90 days.";

    firing_raised: "待处理" / "Nobody's yet";
    firing_taken: "处理中" / "Taken";
    firing_closed: "已结束" / "Closed";
    fired_ordered: "已订货" / "Ordered";
    fired_transferred: "已调货" / "Transferred";
    fired_marked_down: "已降价" / "Marked down";
    fired_counted: "已盘点" / "Counted";
    fired_other: "其他处理" / "Something else";
    fired_not_needed: "无需处理" / "Nothing needed";
    fired_false_alarm: "误报" / "False alarm";
    firing_closed_by(by): "{by} 已经处理完了。" / "{by} has closed it already.";
    firing_not_taken: "还没有人接手：请先接手。" / "Nobody has taken it: take it first.";
    firing_taken_by(by): "{by} 正在处理：请先接过来。" / "{by} has taken it: take it over first.";
    firing_taken_already: "您已经接手了。" / "You have taken it already.";
    firing_note_needed: "请写下做了什么，或者发现了什么。" / "Write down what was done or found.";
}

impl Words for Language {
    fn measure(&self, measure: Measure) -> String {
        match measure {
            Measure::OnHand => self.measure_on_hand(),
            Measure::Reserved => self.measure_reserved(),
            Measure::Available => self.measure_available(),
            Measure::SafetyStock => self.measure_safety_stock(),
            Measure::InTransit => self.measure_in_transit(),
            Measure::StockNearby => self.measure_stock_nearby(),
            Measure::DaysOfCover => self.measure_days_of_cover(),
            Measure::SoldToday => self.measure_sold_today(),
            Measure::Sold1d => self.measure_sold_1d(),
            Measure::Sold3d => self.measure_sold_3d(),
            Measure::Sold7d => self.measure_sold_7d(),
            Measure::Sold28d => self.measure_sold_28d(),
            Measure::Growth3d => self.measure_growth_3d(),
            Measure::SellThrough28d => self.measure_sell_through_28d(),
            Measure::Lost28d => self.measure_lost_28d(),
            Measure::DaysSinceMoved => self.measure_days_since_moved(),
            Measure::DaysSinceReceived => self.measure_days_since_received(),
            Measure::DaysSinceCounted => self.measure_days_since_counted(),
            Measure::DaysToBestBefore => self.measure_days_to_best_before(),
            Measure::Visitors => self.measure_visitors(),
            Measure::FootfallIndex => self.measure_footfall_index(),
            Measure::Conversion => self.measure_conversion(),
        }
        .to_owned()
    }

    fn figure(&self, tenths: i64, unit: Unit) -> String {
        let whole = format::number(tenths / 10);
        let sign = if tenths < 0 && tenths > -10 { "−" } else { "" };
        let n = match tenths.unsigned_abs() % 10 {
            0 => whole,
            tenth => format!("{sign}{whole}.{tenth}"),
        };
        match unit {
            Unit::Pieces => self.unit_pieces(n),
            Unit::Days => self.unit_days(n),
            Unit::Percent => self.unit_percent(n),
            Unit::People => self.unit_people(n),
        }
    }

    fn share(&self, percent: u32, of: &str) -> String {
        self.rule_share(percent, of)
    }

    fn compare(&self, measure: &str, is: Is, bound: &str) -> String {
        let bound = self.set_off(bound);
        let bound = bound.trim_end();
        match is {
            Is::Below => self.rule_below(measure, bound),
            Is::AtMost => self.rule_at_most(measure, bound),
            Is::Equal => self.rule_equal(measure, bound),
            Is::AtLeast => self.rule_at_least(measure, bound),
            Is::Above => self.rule_above(measure, bound),
        }
    }

    fn found(&self, measure: &str, figure: &str, is: Is, bound: &str) -> String {
        self.rule_found(measure, figure, self.compared(is, bound))
    }

    fn found_not(&self, measure: &str, figure: &str, is: Is, bound: &str) -> String {
        self.rule_found(measure, figure, self.is_not(self.compared(is, bound)))
    }

    fn all(&self, parts: &[String]) -> String {
        parts.join(self.rule_and())
    }

    fn any(&self, parts: &[String]) -> String {
        parts.join(self.rule_or())
    }

    fn not(&self, part: &str) -> String {
        self.rule_not(part)
    }

    fn within(&self, part: &str) -> String {
        self.rule_within(part)
    }
}

impl Language {
    fn compared(self, is: Is, bound: &str) -> String {
        let bound = self.set_off(bound);
        let bound = bound.trim_end();
        match is {
            Is::Below => self.is_below(bound),
            Is::AtMost => self.is_at_most(bound),
            Is::Equal => self.is_equal(bound),
            Is::AtLeast => self.is_at_least(bound),
            Is::Above => self.is_above(bound),
        }
    }

    /// When a rule warns, as a sentence.
    #[must_use]
    pub fn rule_sentence(self, condition: String) -> String {
        self.rule_frame(self.set_off(&condition))
    }

    /// Whether a rule is at work.
    #[must_use]
    pub fn rule_state(self, state: RuleState) -> &'static str {
        match state {
            RuleState::Active => self.rule_active(),
            RuleState::Paused => self.rule_paused(),
        }
    }

    /// What a warning advises.
    #[must_use]
    pub fn advice(self, advice: Advice) -> &'static str {
        match advice {
            Advice::Replenish => self.advice_replenish(),
            Advice::Transfer => self.advice_transfer(),
            Advice::MarkDown => self.advice_mark_down(),
            Advice::SellFirst => self.advice_sell_first(),
            Advice::Count => self.advice_count(),
            Advice::LookInto => self.advice_look_into(),
        }
    }

    /// What is wrong with a rule, at the place where it is shown.
    #[must_use]
    pub fn rule_mistake(self, kind: &MistakeKind) -> String {
        match kind {
            MistakeKind::TooMany { n } => self.mistake_too_many(n),
            MistakeKind::Value { value } => self.mistake_value(format::number(*value)),
            MistakeKind::UnknownChannel { channel } => self.mistake_unknown_channel(channel),
            MistakeKind::Name => self.mistake_name().to_owned(),
            MistakeKind::Version => self.mistake_version().to_owned(),
            MistakeKind::EmptyGroup => self.mistake_empty_group().to_owned(),
            MistakeKind::TooDeep => self.mistake_too_deep().to_owned(),
            MistakeKind::WithItself => self.mistake_with_itself().to_owned(),
            MistakeKind::Units { .. } => self.mistake_units().to_owned(),
            MistakeKind::Share { .. } => self.mistake_share().to_owned(),
            MistakeKind::EqualRatio => self.mistake_equal_ratio().to_owned(),
            MistakeKind::NeverTrue => self.mistake_never_true().to_owned(),
            MistakeKind::AlwaysTrue => self.mistake_always_true().to_owned(),
            MistakeKind::Contradiction { .. } => self.mistake_contradiction().to_owned(),
            MistakeKind::Tautology { .. } => self.mistake_tautology().to_owned(),
            MistakeKind::OnlyStore => self.mistake_only_store().to_owned(),
            MistakeKind::NothingChosen => self.mistake_nothing_chosen().to_owned(),
            MistakeKind::NobodyTold => self.mistake_nobody_told().to_owned(),
            MistakeKind::ToldTwice => self.mistake_told_twice().to_owned(),
            MistakeKind::NoChannel => self.mistake_no_channel().to_owned(),
            MistakeKind::QuietHours => self.mistake_quiet_hours().to_owned(),
            MistakeKind::Again => self.mistake_again().to_owned(),
        }
    }

    /// Where a warning stands.
    #[must_use]
    pub fn firing_state(self, state: FiringState) -> &'static str {
        match state {
            FiringState::Raised => self.firing_raised(),
            FiringState::Taken => self.firing_taken(),
            FiringState::Closed => self.firing_closed(),
        }
    }

    /// What was done about a warning.
    #[must_use]
    pub fn firing_outcome(self, outcome: FiringOutcome) -> &'static str {
        match outcome {
            FiringOutcome::Ordered => self.fired_ordered(),
            FiringOutcome::Transferred => self.fired_transferred(),
            FiringOutcome::MarkedDown => self.fired_marked_down(),
            FiringOutcome::Counted => self.fired_counted(),
            FiringOutcome::Other => self.fired_other(),
            FiringOutcome::NotNeeded => self.fired_not_needed(),
            FiringOutcome::FalseAlarm => self.fired_false_alarm(),
        }
    }

    /// Why something cannot be done with a warning.
    #[must_use]
    pub fn firing_error(self, error: &FiringError) -> String {
        match error {
            FiringError::Closed { by } => self.firing_closed_by(by),
            FiringError::TakenBy { by } => self.firing_taken_by(by),
            FiringError::NotTaken => self.firing_not_taken().to_owned(),
            FiringError::TakenAlready => self.firing_taken_already().to_owned(),
            FiringError::NoteNeeded => self.firing_note_needed().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::PersonId;
    use domain::measure::Figure;
    use domain::rule::wording::{because, sentence};
    use domain::rule::{check, shipped};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn the_shipped_rule_reads_as_a_sentence() {
        let rule = shipped(&PersonId::parse("P1").expect("valid")).remove(0);
        let say = |language: Language| language.rule_sentence(sentence(&rule.when, &language));
        assert_eq!(say(Language::Zh), "当可用库存低于安全库存，并且近 3 天销量涨幅高于 30% 时预警。");
        assert_eq!(
            say(Language::En),
            "Warn when available stock is below the safety stock and 3-day sales growth is above 30 %."
        );
        let figures = BTreeMap::from([
            (Measure::Available, Figure::whole(1_200)),
            (Measure::SafetyStock, Figure::whole(1_500)),
            (Measure::Growth3d, Figure::ratio(401, 10)),
        ]);
        assert_eq!(
            because(&rule.when.reasons(&figures), &Language::En),
            [
                "available stock: 1,200 pieces, below the safety stock (1,500 pieces)",
                "3-day sales growth: 40.1 %, above 30 %",
            ]
        );
    }

    #[test]
    fn figures_keep_their_sign() {
        let days = |tenths| Language::En.figure(tenths, Unit::Days);
        assert_eq!(
            [days(-5), days(-15), days(-20), days(0), days(3)].join(";"),
            "−0.5 days;−1.5 days;−2 days;0 days;0.3 days"
        );
    }

    #[test]
    fn every_mistake_is_said_in_both_languages() {
        let mut rule = shipped(&PersonId::parse("P1").expect("valid")).remove(0);
        rule.again_after_h = 0;
        rule.tell.clear();
        for mistake in check(&rule, &BTreeSet::new()) {
            assert_ne!(Language::Zh.rule_mistake(&mistake.kind), Language::En.rule_mistake(&mistake.kind));
        }
    }
}
