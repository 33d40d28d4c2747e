//! Stocktakes for those who answer for them: planning, progress, review.

use super::{Language, messages};
use domain::policy::Role;
use domain::review::{LineFilter, ShelfState};
use domain::stocktake::{LineState, PlanKind, Stage};

messages! {
    nav_stocktakes: "盘点管理" / "Stocktakes";
    stocktakes_title: "盘点管理" / "Stocktakes";
    stocktakes_chain_sub: "选一家门店，看它的每一次盘点" / "Choose a store to see each of its stocktakes";
    stocktakes_sub(store): "{store} 的每一次盘点" / "Every stocktake of {store}";
    stocktake_plan_new: "安排盘点" / "Plan a stocktake";
    stocktake_change_plan: "修改安排" / "Change the plan";
    stocktakes_none_title: "还没有盘点" / "No stocktake yet";
    stocktakes_none_text: "安排一次盘点，或者等店员扫货架开始。" / "Plan one, or wait for a clerk to scan a shelf.";
    stocktakes_older: "更早的" / "Older ones";
    see_accuracy: "账实准确率" / "Accuracy report";
    told_kept: "还没送到服务器，存在这台设备上，联网后会自动上传。"
        / "Not with the server yet. It is kept on this device and goes up by itself.";
    working: "正在提交…" / "Sending…";

    stage_counting: "盘点中" / "Counting";
    stage_review: "待审核" / "Under review";
    stage_approved: "已入账" / "Approved";
    stage_cancelled: "已取消" / "Cancelled";

    kind_scanned: "扫码开始" / "Opened by scanning";
    kind_full: "全店盘点" / "Full";
    kind_zone: "分区盘点" / "Zones";
    kind_cycle: "循环盘点" / "Cycle (ABC)";
    kind_at_risk: "风险盘点" / "Money at risk";
    kind_spot: "随机抽盘" / "Spot check";
    kind_full_text: "每个货架、每一行都盘。" / "Every shelf, every line.";
    kind_zone_text: "只盘选中的分区和货架。" / "Only the zones and shelves you choose.";
    kind_cycle_text: "卖得多的常盘：销售额前 80% 的商品每 30 天，再 15% 每 90 天，其余每 180 天。这里列出到期的行。"
        / "What sells most is counted most: the items of the first 80 % of sales every 30 days, of the next 15 % every 90, the rest every 180. These are the lines that are due.";
    kind_at_risk_text: "今天账实不符可能损失最多的行：上次盘点后的进出件数 × 过去的差错率 × 单价。"
        / "The lines where an error would cost most today: pieces moved since the last count × past error rate × price.";
    kind_spot_text: "随机抽几行，看账面有多准。" / "A few lines at random, to see how good the book is.";

    col_stocktake: "盘点" / "Stocktake";
    col_stage: "状态" / "Stage";
    col_progress: "进度" / "Progress";
    col_variance_value: "差异金额" / "Variance, money";
    col_who: "盘点人" / "Counted by";
    stocktake_blind: "盘完才显示" / "Shown when counting is over";
    opened_by_at(name, at): "{name} {at} 发起" / "Opened by {name}, {at}";
    ended_by_at(name, at): "{name} {at} 结束" / "Ended by {name}, {at}";
    n_of_lines(n, of): "{n} / {of} 行" / "{n} of {of} lines";
    nobody_yet: "还没有人" / "Nobody yet";

    plan_title: "安排盘点" / "Plan a stocktake";
    plan_sub(store): "{store}" / "{store}";
    plan_for_open(id): "{id} 正在盘点。这里的安排会成为它的新安排，已经盘的都保留。"
        / "{id} is being counted. This becomes its new plan; what is counted stays.";
    plan_what: "盘什么" / "What to count";
    plan_where: "哪些货架" / "Which shelves";
    plan_whole_zone(zone): "{zone} 区全部" / "All of zone {zone}";
    plan_n_lines: "盘几行" / "How many lines";
    plan_draw_again: "换一批" / "Draw again";
    plan_who: "谁盘哪里" / "Who counts where";
    plan_who_text: "不指定的货架谁都可以盘。" / "Shelves without a name are anybody’s.";
    plan_anybody: "谁都可以" / "Anybody";
    plan_zone_counter(zone): "{zone} 区由谁盘" / "Who counts zone {zone}";
    plan_shelf_by_shelf: "按货架指定" / "Shelf by shelf";
    plan_shelf_counter(shelf): "货架 {shelf}" / "Shelf {shelf}";
    plan_mixed: "各不相同" / "Several";
    plan_thresholds: "差多少要复盘" / "When to count again";
    plan_thresholds_text: "超过任何一项，就要换一个人再盘一次。空着表示不看这一项。"
        / "A line over any of these must be counted by somebody else. Empty means it does not matter.";
    plan_over_units: "件数超过" / "Pieces, more than";
    plan_over_percent: "百分比超过 (%)" / "Per cent, more than";
    plan_over_money: "金额超过 (元)" / "Money, more than (¥)";
    plan_bad_number: "请填 0 或更大的整数，或者空着。" / "Type a whole number, 0 or more, or leave it empty.";
    plan_preview: "预计" / "What it takes";
    plan_preview_lines: "行" / "lines";
    plan_preview_shelves: "个货架" / "shelves";
    plan_preview_minutes: "分钟" / "minutes";
    plan_preview_people(n): "按 {n} 人同时盘，每行 10 秒、每个货架 40 秒估算。"
        / "For {n} counting at once, at 10 s a line and 40 s a shelf.";
    plan_nothing_due: "现在没有要盘的行。" / "There is nothing to count by this choice now.";
    plan_start: "开始盘点" / "Start the stocktake";
    plan_save: "保存安排" / "Save the plan";

    progress_lines: "已盘" / "Counted";
    progress_shelves: "盘完的货架" / "Shelves complete";
    progress_people: "正在盘的人" / "Counting now";
    progress_abandoned: "中途没人的货架" / "Left half-way";
    progress_by_shelf: "按货架" / "Shelf by shelf";
    progress_by_person: "按人" / "Person by person";
    progress_nobody_title: "还没有人开始" / "Nobody has begun";
    progress_nobody_text: "有人扫第一件商品，这里就会动起来。" / "It comes to life with the first scan.";
    shelf_untouched: "未开始" / "Not begun";
    shelf_being_counted: "正在盘" / "Being counted";
    shelf_paused: "暂停" / "Paused";
    shelf_abandoned: "中途没人" / "Left half-way";
    shelf_complete: "盘完" / "Complete";
    shelf_for(name): "由 {name} 盘" / "For {name}";
    shelf_by(names): "{names} 正在盘" / "{names}, now";
    shelf_last(name, ago): "{name}，{ago}" / "{name}, {ago}";
    person_lines(n): "{n} 行" / "{n} lines";
    person_shelves(n, of): "负责 {of} 个货架，盘完 {n} 个" / "{n} of {of} assigned shelves complete";
    person_last(shelf, ago): "货架 {shelf}，{ago}" / "Shelf {shelf}, {ago}";
    person_not_begun: "还没开始" / "Not begun";

    print_count_sheet: "打印盘点单" / "Print count sheets";
    key_in_sheets: "录入盘点单" / "Key in sheets";
    end_counting: "结束盘点，开始审核" / "End counting and review";
    end_counting_text: "结束后不能再加数量，只能复盘。还没上传的手机，把结束前盘的补传上来仍然算数。"
        / "Nothing can be added after that but recounts. What phones counted before it and send later still goes in.";
    end_counting_unfinished(n): "还有 {n} 个货架没盘完。" / "Shelves not complete yet: {n}.";

    review_net: "净差异" / "Net variance";
    review_short: "少了" / "Short";
    review_over: "多了" / "Over";
    review_open: "还要处理" / "Still open";
    review_open_note: "行要复盘或确定" / "lines to recount or decide";
    review_filter_label: "显示哪些行" / "Which lines";
    filter_off: "有差异" / "Off";
    filter_recount: "要复盘" / "To recount";
    filter_disputed: "有争议" / "Disputed";
    filter_uncounted: "没盘到" / "Uncounted";
    filter_fine: "相符" / "Fine";
    review_none_title: "这里没有行" / "No lines here";
    review_none_text: "换一个筛选看看。" / "Try another filter.";
    review_more(n): "再显示 {n} 行" / "Show {n} more";
    review_lines_label: "盘点行" / "Lines";

    line_expected: "账面" / "Expected";
    line_counted: "实盘" / "Counted";
    line_variance: "差异" / "Variance";
    line_value: "金额" / "Money";
    line_on_hand: "账面现有" / "Book stock now";
    state_uncounted: "没盘到" / "Uncounted";
    state_fine: "相符" / "Fine";
    state_off: "有差异" / "Off";
    line_below_zero: "少于 0 件，不可能" / "Below 0, which cannot be";
    unknown_found(n): "{n} 个码没人认识，不会入账" / "Unknown codes, of which nothing is posted: {n}";
    unknown_found_text: "到货架上看看是什么，登记商品后重盘；不处理也可以批准。"
        / "See on the shelf what they are, register the items and count again; approving needs none of it.";
    state_needs_recount: "要复盘" / "To recount";
    state_awaits_recount: "等复盘" / "Waiting for a recount";
    state_disputed: "有争议" / "Disputed";
    count_of(name, counted, expected): "{name}：{counted}（当时账面 {expected}）" / "{name}: {counted} (expected then {expected})";
    count_taken: "采用" / "Taken";
    count_take(name): "采用 {name} 的" / "Take {name}’s";
    line_ask_recount: "要求复盘" / "Ask for a recount";
    line_leave: "保留账面" / "Leave as booked";
    line_zero: "按 0 件记" / "Count as 0";
    line_zero_label(name): "没盘到的 {name} 怎么处理" / "What to do with {name}, which nobody counted";

    ask_recount_all(n): "全部要求复盘（{n} 行）" / "Ask for all recounts ({n})";
    ask_recount_title: "要求复盘？" / "Ask for recounts?";
    ask_recount_text(n): "{n} 行差异超过限度，要换没盘过的人再盘一次。他们的手机上会出现任务。"
        / "Lines over a threshold: {n}. Somebody who has not counted them must; it shows as a task on their phones.";
    asked_recount: "已要求复盘。" / "Recounts are asked for.";
    awaiting_recounts(n): "{n} 行在等复盘。" / "Lines waiting for a recount: {n}.";
    decided_line: "已确定。" / "Decided.";

    approve: "批准入账" / "Approve";
    approve_title: "批准这次盘点？" / "Approve this stocktake?";
    approve_text: "差异马上入账，之后才到的销售会自动补正。批准后不能撤回。"
        / "Variances are posted at once; sales that arrive later are made good for by themselves. It cannot be taken back.";
    approve_summary(net, short, over): "净差异 {net}：少 {short}，多 {over}。" / "Net variance {net}: short {short}, over {over}.";
    approve_uncounted(n): "{n} 行没人盘过。怎么处理？" / "Lines that nobody counted: {n}. What to do with them?";
    approve_leave_all: "全部保留账面数" / "Leave them all as booked";
    approve_zero_all: "全部按 0 件记" / "Count them all as 0";
    approve_as_marked(n): "按我标的：{n} 行记 0，其余保留" / "As I marked: {n} as 0, the others as booked";
    approve_blocked(n): "还有 {n} 行要复盘或确定，处理完才能批准。" / "Lines to recount or decide before it can be approved: {n}.";
    approve_choose: "请先选没盘到的怎么处理。" / "Choose what to do with the uncounted lines first.";
    approved_done: "已批准，差异已入账。" / "Approved: variances are posted.";

    cancel_stocktake: "取消盘点" / "Cancel the stocktake";
    cancel_title: "取消这次盘点？" / "Cancel this stocktake?";
    cancel_text: "已经盘的都不入账，记录仍然保留。不能恢复。"
        / "Nothing counted changes the stock; the records stay. It cannot be taken back.";
    cancel_note: "原因（可不填）" / "Why (if you like)";
    cancelled_done: "已取消。" / "Cancelled.";
    submitted_done: "盘点已结束，请审核。" / "Counting is over: please review.";
    go_back: "返回" / "Back";

    key_in_title: "录入盘点单" / "Key in count sheets";
    key_in_text: "数字按行输入，回车到下一行。一件都没有输 0，没盘到的空着；清空已保存的数就是撤销它。"
        / "Type line by line; Enter goes to the next. Type 0 where there is none, leave empty what was not counted; emptying a saved figure takes it back.";
    key_in_shelf: "货架" / "Shelf";
    key_in_counter: "纸上的盘点人" / "Counted on paper by";
    key_in_counter_hint: "记在留痕里，和这一张一起。" / "Kept in the trace with this sheet.";
    key_in_time: "盘点时间" / "Counted at";
    key_in_time_hint: "照盘点单上写的填：之后卖掉的不算少。" / "As written on the sheet: what was sold since is not missing.";
    key_in_time_missing: "请填写盘点时间。" / "Say when it was counted.";
    key_in_time_future: "盘点时间还没到。请照盘点单上写的填。" / "That time has not come yet. Type what the sheet says.";
    key_in_time_early: "盘点时间早于这次盘点开始。请核对盘点单。" / "The stocktake had not begun then. Check the sheet.";
    key_in_elsewhere: "这一行不全是在这台设备上录的，要在录入的设备上撤销。没有盘到请保留，一件都没有请填 0。"
        / "Not all of this line was recorded on this device: take it back where it was. Type 0 where there is none.";
    key_in_save: "保存这一张" / "Save this sheet";
    key_in_saved(n): "已保存 {n} 行。" / "Saved, lines: {n}.";
    key_in_nothing: "还没有填新的数字。" / "There is no new figure yet.";
    key_in_complete: "这个货架盘完了" / "This shelf is complete";
    key_in_over: "这次盘点已经结束，不能再录。" / "Counting is over; nothing can be keyed in.";
    key_in_count_of(name): "{name} 的件数" / "Pieces of {name}";
    key_in_bad(n): "第 {n} 行不是 0 或更大的整数。" / "Line {n} is not a whole number, 0 or more.";
    barcode: "条码" / "Barcode";
}

impl Language {
    /// Where a stocktake stands.
    #[must_use]
    pub fn stage(self, stage: Stage) -> &'static str {
        match stage {
            Stage::Counting => self.stage_counting(),
            Stage::Review => self.stage_review(),
            Stage::Approved => self.stage_approved(),
            Stage::Cancelled => self.stage_cancelled(),
        }
    }

    /// Why a stocktake is made.
    #[must_use]
    pub fn plan_kind(self, kind: Option<PlanKind>) -> &'static str {
        match kind {
            None => self.kind_scanned(),
            Some(PlanKind::Full) => self.kind_full(),
            Some(PlanKind::Zone) => self.kind_zone(),
            Some(PlanKind::Cycle) => self.kind_cycle(),
            Some(PlanKind::AtRisk) => self.kind_at_risk(),
            Some(PlanKind::Spot) => self.kind_spot(),
        }
    }

    /// What a kind of stocktake counts.
    #[must_use]
    pub fn plan_kind_text(self, kind: PlanKind) -> &'static str {
        match kind {
            PlanKind::Full => self.kind_full_text(),
            PlanKind::Zone => self.kind_zone_text(),
            PlanKind::Cycle => self.kind_cycle_text(),
            PlanKind::AtRisk => self.kind_at_risk_text(),
            PlanKind::Spot => self.kind_spot_text(),
        }
    }

    /// What a shelf's counting looks like.
    #[must_use]
    pub fn shelf_state(self, state: ShelfState) -> &'static str {
        match state {
            ShelfState::Untouched => self.shelf_untouched(),
            ShelfState::BeingCounted => self.shelf_being_counted(),
            ShelfState::Paused => self.shelf_paused(),
            ShelfState::Abandoned => self.shelf_abandoned(),
            ShelfState::Complete => self.shelf_complete(),
        }
    }

    /// What stands between a line and its posting.
    #[must_use]
    pub fn line_state(self, state: LineState) -> &'static str {
        match state {
            LineState::Uncounted => self.state_uncounted(),
            LineState::Fine => self.state_fine(),
            LineState::Off => self.state_off(),
            LineState::NeedsRecount => self.state_needs_recount(),
            LineState::AwaitsRecount => self.state_awaits_recount(),
            LineState::Disputed => self.state_disputed(),
        }
    }

    /// Which lines a filter shows.
    #[must_use]
    pub fn line_filter(self, filter: LineFilter) -> &'static str {
        match filter {
            LineFilter::Off => self.filter_off(),
            LineFilter::Recount => self.filter_recount(),
            LineFilter::Disputed => self.filter_disputed(),
            LineFilter::Uncounted => self.filter_uncounted(),
            LineFilter::Fine => self.filter_fine(),
        }
    }

    /// Names in a row.
    #[must_use]
    pub fn names<'a>(self, names: impl IntoIterator<Item = &'a str>) -> String {
        let separator = match self {
            Self::Zh => "、",
            Self::En => ", ",
        };
        names.into_iter().collect::<Vec<_>>().join(separator)
    }

    /// A person with what they are.
    #[must_use]
    pub fn person_with_role(self, name: &str, role: Role) -> String {
        format!("{name} · {}", self.role(role))
    }
}
