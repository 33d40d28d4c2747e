//! The pages of warnings and rules.

use super::{Language, messages};
use crate::backend::WarningList;
use domain::rule::Is;

messages! {
    nav_warnings: "预警" / "Warnings";
    n_warnings(n): "{n} 条预警待处理" / "{n} warnings to take";
    warnings_title: "预警" / "Warnings";
    warnings_sub: "哪里该动手，为什么，由谁处理" / "Where something is to be done, why, and who does it";
    warning_lists: "预警列表" / "Lists of warnings";
    warnings_told: "通知我的" / "For me";
    warnings_open: "全部未结束" / "All open";
    warnings_closed: "近 30 天已结束" / "Ended, 30 days";
    warnings_rules: "预警规则" / "Rules";
    warnings_none_title: "没有预警" / "No warnings";
    warnings_none_text: "规则每时每刻都在看；有事会出现在这里。" / "The rules look all the time; what they find shows here.";
    warnings_more(n): "还有 {n} 条没有列出，请按门店筛选。" / "{n} more are not listed; choose a store.";
    warning_all_severities: "全部等级" / "All severities";
    warning_severity: "严重程度" / "Severity";
    warning_all_stores: "全部门店" / "All stores";
    warning_filter: "筛选" / "Filter";
    warning_raised(at): "{at} 触发" / "raised {at}";
    warning_again(n): "又触发 {n} 次" / "again {n} times since";
    warning_cleared: "现在已不成立" / "true no longer";
    warning_advice(advice): "建议：{advice}" / "Advice: {advice}";
    warning_order(units): "建议数量：{units} 件" / "Suggested quantity: {units} pieces";
    warning_replenish: "看补货建议" / "See what to order";
    warning_transfer: "发起调拨" / "Ask for a transfer";
    warning_take: "我来处理" / "Take it";
    warning_take_over: "接过来" / "Take it over";
    warning_close: "结束" / "Close";
    warning_close_title: "这条预警怎么处理的" / "What was done about the warning";
    warning_outcome: "结果" / "Outcome";
    warning_by_which: "是哪一单（可以不选）" / "Which one it was (optional)";
    warning_no_deed: "不指明" / "Not named";
    warning_deed(number, from, units): "{number} · {from} · {units} 件" / "{number} · {from} · {units} pieces";
    warning_note: "说明" / "Note";
    warning_cancel: "取消" / "Cancel";
    warning_owner(name): "{name} 处理中" / "taken by {name}";
    warning_ended(outcome, by, at): "{outcome} · {by} · {at}" / "{outcome} · {by} · {at}";
    warning_outdated: "这条预警刚刚被别人改了，已重新载入。" / "Somebody else has just changed this warning; it was loaded anew.";
    warning_failed: "没有做成，请再试一次。" / "It was not done. Try again.";

    rules_title: "预警规则" / "Rules";
    rules_sub: "条件、范围、通知谁；保存后立刻生效" / "When, where, who is told; in force as soon as it is saved";
    rule_n_open(n): "{n} 条未结束" / "{n} open";
    rule_version(n): "第 {n} 版" / "version {n}";
    rule_owner(name): "负责人：{name}" / "owner: {name}";
    rule_told(roles): "通知：{roles}" / "tells: {roles}";
    rule_edit: "编辑" / "Edit";
    rule_look: "查看" / "Look";
    rule_new: "新建规则" / "New rule";
    rule_pause: "暂停" / "Pause";
    rule_resume: "启用" / "Put to work";
    rule_name_zh: "中文名称" / "Name in Chinese";
    rule_name_en: "英文名称" / "Name in English";
    rule_when: "什么时候预警" / "When it warns";
    rule_group_all: "全部成立" / "all of these";
    rule_group_any: "任一成立" / "any of these";
    rule_group_kind: "怎样组合" / "How they join";
    rule_negated: "取反" / "not";
    rule_measure: "指标" / "Measure";
    rule_is: "比较" / "Comparison";
    rule_against: "和什么比" / "Against";
    rule_against_value: "一个数" / "a number";
    rule_number: "数值" / "Number";
    rule_percent: "百分之几" / "Per cent of it";
    rule_add_compare: "加条件" / "Add a comparison";
    rule_add_group: "加一组" / "Add a group";
    rule_remove: "删掉" / "Remove";
    rule_preview: "读起来是" / "It reads";
    rule_severity: "严重程度" / "Severity";
    rule_advice: "建议" / "Advice";
    rule_tell: "通知谁，通过什么渠道" / "Who is told, and how";
    rule_channels_of(role): "{role}的通知渠道" / "How they are told: {role}";
    rule_answers: "负责人" / "Who answers for it";
    rule_again: "多少小时后可再次预警" / "Hours until it may fire again";
    rule_places: "看哪些门店" / "In which stores";
    rule_all_stores: "全部门店" / "All stores";
    rule_some_regions: "按区域选" / "Some regions";
    rule_some_stores: "按门店选" / "Some stores";
    rule_goods: "看哪些商品" / "At which goods";
    rule_all_goods: "全部商品" / "All goods";
    rule_some_categories: "按品类选" / "Some categories";
    rule_some_products: "按商品选" / "Some products";
    rule_sku: "商品编码" / "Product code";
    rule_no_sku: "这不是商品编码。" / "That is no product code.";
    rule_add_product: "加上" / "Add";
    rule_quiet: "免打扰" / "Quiet hours";
    rule_quiet_on: "这段时间不通知，过后再通知" / "Tell nobody in these hours, but afterwards";
    rule_save: "保存为新版本" / "Save as a new version";
    rule_saved: "已保存，已生效。" / "Saved, and in force.";
    rule_outdated: "别人刚保存了新版本：请刷新后再改。" / "Somebody has just saved another version: load the page anew.";
    rule_history: "历史版本" / "Versions";
    rule_saved_by(name, at): "{name} · {at}" / "{name} · {at}";
    rule_wrong(n): "有 {n} 处要改。" / "{n} things to put right.";

    backtest_title: "用过去试一试" / "Try it on the past";
    backtest_days(n): "近 {n} 天" / "Last {n} days";
    backtest_run: "试一试" / "Try";
    backtest_running: "正在试……" / "Trying …";
    backtest_fired: "会触发" / "Would have fired";
    backtest_of_lines(n): "看了 {n} 个单品" / "{n} lines looked at";
    backtest_cut(n, all): "单品太多：均匀抽取了 {all} 个里的 {n} 个，次数和门店只算这些。"
        / "Too many lines: {n} of {all} were looked at, evenly spread. Counts and stores are of these.";
    backtest_precision: "触发后真的断货" / "Followed by a stock-out";
    backtest_precision_note(n): "{n} 天内断货，占看得出结果的触发" / "within {n} days, of those whose sequel is known";
    backtest_recall: "断货之前有预警" / "Stock-outs warned of";
    backtest_recall_note(warned, outs): "{outs} 次断货里的 {warned} 次" / "{warned} of {outs} stock-outs";
    backtest_unknown(measures): "过去的日子里没有这些数：{measures}。取决于它们的条件不会触发。"
        / "Nothing is kept of past days for {measures}: what hangs on them would not have fired.";
    backtest_by_day: "哪几天" / "When";
    backtest_by_store: "哪些门店" / "Where";
    backtest_day: "日期" / "Day";
    backtest_n: "次数" / "Times";
}

impl Language {
    /// What a list of warnings is called.
    #[must_use]
    pub fn warning_list(self, list: WarningList) -> &'static str {
        match list {
            WarningList::Told => self.warnings_told(),
            WarningList::Open => self.warnings_open(),
            WarningList::Closed => self.warnings_closed(),
        }
    }

    /// A way of comparing, by itself.
    #[must_use]
    pub fn comparison(self, is: Is) -> String {
        let text = match is {
            Is::Below => self.is_below("…"),
            Is::AtMost => self.is_at_most("…"),
            Is::Equal => self.is_equal("…"),
            Is::AtLeast => self.is_at_least("…"),
            Is::Above => self.is_above("…"),
        };
        text.trim_end_matches('…').trim_end().to_owned()
    }
}
