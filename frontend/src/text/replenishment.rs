//! What to order, and why, in one plain sentence.

use super::{Language, messages};
use crate::format;
use domain::replenishment::{Cause, Suggestion};

messages! {
    nav_replenishment: "补货" / "Replenish";
    replenishment_title: "补货建议" / "What to order";
    replenishment_sub: "现在该补的商品，最急的在前" / "What should be ordered now, the most urgent first";
    replenishment_csv: "导出表格" / "Export";
    replenishment_n_late: "等不到到货就会断货" / "Sell out before a delivery";
    replenishment_n_late_note: "现在下单也晚了，先从附近调货" / "An order comes too late: bring some from nearby";
    replenishment_n: "该补的商品" / "Lines to order";
    replenishment_n_note: "按门店和商品计" / "One for each item in each store";
    replenishment_at_risk: "到货前可能少卖" / "Sales at risk";
    replenishment_at_risk_note: "在今天下的单到货之前" / "Until a delivery ordered today arrives";
    replenishment_search: "品名或编码" / "Name or code";
    replenishment_all_categories: "全部品类" / "All categories";
    replenishment_category: "品类" / "Category";
    replenishment_table: "该补的商品" / "Lines to order";
    replenishment_select: "选择" / "Select";
    replenishment_item: "商品" / "Item";
    replenishment_on_hand: "现有" / "On hand";
    replenishment_coming: "在途" / "Coming";
    replenishment_safety: "安全库存" / "Safety stock";
    replenishment_daily: "日均需求" / "A day";
    replenishment_cover: "可售天数" / "Days of cover";
    replenishment_order: "补多少件" / "Order";
    replenishment_actions: "操作" / "Actions";
    replenishment_reserved(n): "已预留 {n}" / "{n} reserved";
    replenishment_in_transit(n): "调拨 {n}" / "{n} by transfer";
    replenishment_asked(n): "已申请 {n}" / "{n} asked for";
    replenishment_on_order(n): "已订 {n}" / "{n} on order";
    replenishment_pack(n): "每箱 {n} 件" / "packs of {n}";
    replenishment_select_line(name): "选择{name}" / "Select {name}";
    replenishment_order_of(name): "{name}补多少件" / "Pieces of {name} to order";
    replenishment_transfer(n): "改为调拨（附近有 {n} 件）" / "Transfer instead ({n} nearby)";
    replenishment_override: "手工设定" / "Set by hand";
    replenishment_overridden(name, when, reason): "{name} {when} 手工设定：{reason}" / "Set by {name}, {when}: {reason}";
    replenishment_set_back(name, when, reason): "{name} {when} 恢复自动计算：{reason}" / "Set back to computed by {name}, {when}: {reason}";
    replenishment_more(n): "还有 {n} 条，请缩小范围或导出。" / "{n} more: narrow it down, or export all.";
    replenishment_none_title: "现在没有要补的" / "Nothing to order now";
    replenishment_none_text: "库存到了补货点就会出现在这里。" / "Lines appear here when they reach their reorder point.";
    replenishment_not_ready: "服务器刚启动，还在读各店的账，列表可能不全。" / "The server has just started and is still reading the stores’ books: the list may be incomplete.";
    replenishment_selected(lines, units): "已选 {lines} 条，共 {units} 件" / "{lines} lines selected, {units} pieces";
    replenishment_supplier: "供应商" / "Supplier";
    replenishment_supplier_usual: "总仓" / "Central warehouse";
    replenishment_order_now: "下采购单" / "Order";
    replenishment_ordered(number, lines, units, due): "已下采购单 {number}：{lines} 种 {units} 件，预计 {due} 到货。" / "Order {number} is made: {lines} items, {units} pieces, due {due}.";
    replenishment_ordered_before(number, lines, units): "这一页之前已经下过采购单 {number}（{lines} 种 {units} 件），没有再下。" / "This page had made order {number} before ({lines} items, {units} pieces); no other was made.";
    replenishment_order_unknown(store): "{store}的采购单不知道有没有下成，再点一次不会下两次。" / "Whether the order for {store} was made is not known. Pressing again makes no second one.";
    replenishment_order_refused(store, why): "{store}的采购单没有下成：{why}" / "The order for {store} was not made: {why}";
    replenishment_bad_units: "每条的数量要是 1 到 1000000 的整数。" / "Each quantity must be a whole number from 1 to 1,000,000.";
    replenishment_bad_supplier: "写明供应商。" / "Name the supplier.";
    override_title: "手工设定安全库存和补货量" / "Set safety stock and order by hand";
    override_computed(safety): "自动计算：现在用的安全库存是 {safety} 件。留空就由系统计算。" / "The safety stock in force is {safety}. Leave a field empty to have it computed.";
    override_safety: "安全库存（件）" / "Safety stock, pieces";
    override_order: "每次补多少件" / "Pieces each order";
    override_reason: "原因（必填）" / "Reason (needed)";
    override_save: "保存" / "Save";
    override_bad: "数量要是整数：安全库存 0 以上，补货量 1 以上。" / "Whole numbers: a safety stock of 0 or more, an order of 1 or more.";
    override_no_reason: "写明原因，以后的人才看得懂。" / "Say why, so that others understand it later.";
    override_outdated: "别人刚刚改过这一条，请看了再改。" / "Somebody else has just changed this line. Look at it again first.";
    override_failed: "没有保存成功，请重试。" / "It was not saved. Try again.";

    why_sold_out(daily, lead): "已售罄，平均每天卖 {daily} 件，到货要 {lead} 天。" / "Sold out; {daily} sell a day, and a delivery takes {lead} days.";
    why_sells_out(available, cover, lead): "现有 {available} 件只够卖 {cover} 天，到货要 {lead} 天。" / "The {available} left last {cover} days; a delivery takes {lead}.";
    why_below_safety(available, safety, daily): "可用 {available} 件，低于安全库存 {safety} 件，平均每天卖 {daily} 件。" / "{available} available, below the safety stock of {safety}; {daily} sell a day.";
    why_reorder(position, reorder): "现有和在途共 {position} 件，到了补货点 {reorder} 件。" / "{position} on hand or coming: the reorder point is {reorder}.";
    why_enough: "现有和在途够卖，暂时不用补。" / "Enough is there or coming: nothing to order now.";
    replenishment_columns: "门店编码|门店|商品编码|商品|现有|已预留|调拨在途|已订未到|安全库存|补货点|日均需求|可售天数|每箱件数|建议补货|到货前可能少卖（元）|原因"
        / "Store code|Store|Item code|Item|On hand|Reserved|By transfer|On order|Safety stock|Reorder point|Demand a day|Days of cover|Pack|Order|Sales at risk|Why";
}

impl Language {
    /// Why a line should be ordered.
    #[must_use]
    pub fn why_order(self, found: &Suggestion) -> String {
        let available = format::number(found.stock.available_units());
        let daily = daily(found.daily_milli);
        match found.cause {
            Cause::SoldOut => self.why_sold_out(daily, found.lead_time_days),
            Cause::SellsOutBeforeDelivery => {
                let cover = found.cover_tenths.map_or_else(String::new, tenths);
                self.why_sells_out(available, cover, found.lead_time_days)
            }
            Cause::BelowSafety => self.why_below_safety(available, format::number(found.target.safety_units), daily),
            Cause::AtReorderPoint => {
                let position = format::number(found.stock.position_units());
                self.why_reorder(position, format::number(found.target.reorder_point_units))
            }
            Cause::Enough => self.why_enough().to_owned(),
        }
    }
}

/// `1.7` of 17 tenths.
#[must_use]
pub fn tenths(tenths: i64) -> String {
    format!("{}.{}", format::number(tenths / 10), tenths % 10)
}

/// `3.2` of 3,240 thousandths; what sells less than once in ten days to a hundredth.
#[must_use]
pub fn daily(milli: i64) -> String {
    if milli < 100 { format!("0.{:02}", (milli + 5) / 10) } else { tenths((milli + 50) / 100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_as_many_digits_as_they_mean() {
        assert_eq!([tenths(17), tenths(12_340)], ["1.7", "1,234.0"]);
        assert_eq!([daily(3_240), daily(3_250), daily(44), daily(0)], ["3.2", "3.3", "0.04", "0.00"]);
    }
}
