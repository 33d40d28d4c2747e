//! The heatmap of stock, sales and people.

use super::messages;
use crate::format;
use domain::heat::{Heat, HeatLayer};

messages! {
    layers_of_counting: "盘点" / "Counting";
    layers_of_goods: "货" / "Goods";
    layers_of_people: "客流" / "People";
    layers_of_transfers: "调拨" / "Transfers";

    heat_cover: "可售天数" / "Stock cover";
    heat_out_of_stock: "缺货" / "Out of stock";
    heat_sales_now: "销售" / "Sales";
    heat_growth: "3 天涨幅" / "3-day growth";
    heat_footfall: "客流" / "Footfall";
    heat_conversion: "成交率" / "Conversion";
    heat_open_transfers: "在办调拨" / "Open transfers";
    heat_overdue: "异常流转" / "Overdue flows";
    heat_shrinkage: "损耗" / "Shrinkage";
    heat_legend_cover: "库存还够卖几天" / "Days that the stock lasts";
    heat_legend_out_of_stock: "没有库存的商品占比" / "Share of lines with no stock";
    heat_legend_sales_now: "当天的销售，比平时同一星期几；今天只比到此刻"
        / "Sales of the day against this weekday; today only up to this hour";
    heat_legend_growth: "近 3 天销量比前 3 天" / "Sales of the last 3 days against the 3 before";
    heat_legend_footfall: "当天的进店人数，比平时同一星期几；今天只比到此刻"
        / "People in on the day against this weekday; today only up to this hour";
    heat_legend_conversion: "成交单数占进店人数" / "Receipts per person who came in";
    heat_legend_open_transfers: "每家门店没有办完的调拨" / "Transfers not closed, per store";
    heat_legend_overdue: "每家门店超时的调拨" / "Transfers that should have gone on, per store";
    heat_legend_shrinkage: "近 28 天损耗占销售额" / "Losses of 28 days as a share of sales";
    heat_legend_difference: "与对比日的差：少 ← 相同 → 多" / "Against the other day: less ← equal → more";

    heat_days(n): "{n} 天" / "{n} days";
    heat_points(n): "{n} 个百分点" / "{n} pp";
    heat_then(day, value): "{day}：{value}" / "{day}: {value}";
    heat_difference(value): "差 {value}" / "Difference {value}";
    heat_on_hand(n): "现存 {n} 件" / "{n} units on hand";
    heat_sold_28d(n): "28 天售 {n} 件" / "{n} sold in 28 days";
    heat_out(n, of): "{n} / {of} 行没有库存" / "{n} of {of} lines without stock";
    heat_sold_day(n): "售 {n} 件" / "{n} sold";
    heat_usual(n): "平常 {n}" / "usually {n}";
    heat_sold_3d(n, before): "近 3 天售 {n} 件，之前 3 天 {before} 件" / "{n} sold in 3 days, {before} in the 3 before";
    heat_visitors(n): "进店 {n} 人" / "{n} came in";
    heat_receipts(n): "小票 {n} 张" / "{n} receipts";
    heat_transfers(n): "调拨 {n} 单" / "{n} transfers";
    heat_lost(money): "损失 {money}" / "{money} lost";
    heat_sold_money(money): "销售 {money}" / "{money} sold";

    heat_loading: "正在取数" / "Loading figures";
    heat_failed: "没取到最新数字。" / "The newest figures did not arrive.";
    heat_nothing: "这里还没有这些数字。可售天数、涨幅和销售要有一周以上的流水，客流和成交率要有客流计数器。"
        / "No such figures here yet. Cover, growth and sales take more than a week of movements; footfall and conversion take people counters.";

    view_label: "看法" / "View";
    view_grid: "格子" / "Grid";
    view_map: "地图" / "Map";
    category_filter: "按品类看" / "Filter by category";
    all_categories: "全部品类" / "All categories";
    day_label: "哪一天" / "Day";
    day_now: "今天，实时" / "Today, live";
    day_ago(day, n): "{day}（{n} 天前）" / "{day} ({n} d ago)";
    against_label: "对比" / "Compare with";
    against_none: "不对比" / "Nothing";

    places_label: "门店地图" / "Map of the stores";
    places_region(region, n): "{region}：{n} 家门店" / "{region}: {n} stores";
    places_hint: "指向一家店，或用 Tab 键逐店查看。离得太近的店画开了一些。"
        / "Point at a store, or press Tab, for its figures. Stores too close to tell apart are drawn a little apart.";
    kilometres(n): "{n} 公里" / "{n} km";
    store_and_figure(store, figure): "{store}：{figure}" / "{store}: {figure}";
}

impl crate::text::Language {
    /// What a layer is called.
    #[must_use]
    pub fn heat_layer(self, layer: HeatLayer) -> &'static str {
        match layer {
            HeatLayer::Cover => self.heat_cover(),
            HeatLayer::OutOfStock => self.heat_out_of_stock(),
            HeatLayer::SalesNow => self.heat_sales_now(),
            HeatLayer::Growth => self.heat_growth(),
            HeatLayer::Footfall => self.heat_footfall(),
            HeatLayer::Conversion => self.heat_conversion(),
            HeatLayer::OpenTransfers => self.heat_open_transfers(),
            HeatLayer::Overdue => self.heat_overdue(),
            HeatLayer::Shrinkage => self.heat_shrinkage(),
        }
    }

    /// What a layer's scale measures.
    #[must_use]
    pub fn heat_legend(self, layer: HeatLayer) -> &'static str {
        match layer {
            HeatLayer::Cover => self.heat_legend_cover(),
            HeatLayer::OutOfStock => self.heat_legend_out_of_stock(),
            HeatLayer::SalesNow => self.heat_legend_sales_now(),
            HeatLayer::Growth => self.heat_legend_growth(),
            HeatLayer::Footfall => self.heat_legend_footfall(),
            HeatLayer::Conversion => self.heat_legend_conversion(),
            HeatLayer::OpenTransfers => self.heat_legend_open_transfers(),
            HeatLayer::Overdue => self.heat_legend_overdue(),
            HeatLayer::Shrinkage => self.heat_legend_shrinkage(),
        }
    }

    /// The figures that a layer's value is made of.
    #[must_use]
    pub fn heat_reasons(self, layer: HeatLayer, heat: &Heat) -> Vec<String> {
        let (goods, store) = (&heat.goods, &heat.store);
        let n = format::number;
        let tenths = |tenths: i64| format!("{}.{}", n(tenths / 10), tenths.abs() % 10);
        match layer {
            HeatLayer::Cover => {
                vec![self.heat_on_hand(n(goods.on_hand_units)), self.heat_sold_28d(n(goods.sold_28d_units))]
            }
            HeatLayer::OutOfStock => vec![self.heat_out(n(goods.n_out.into()), n(goods.n_lines.into()))],
            HeatLayer::SalesNow if goods.usual_tenths == 0 => Vec::new(),
            HeatLayer::SalesNow => {
                vec![self.heat_sold_day(n(goods.sold_today_units)), self.heat_usual(tenths(goods.usual_tenths))]
            }
            HeatLayer::Growth => vec![self.heat_sold_3d(n(goods.sold_3d_units), n(goods.sold_before_units))],
            HeatLayer::Footfall | HeatLayer::Conversion if store.visitors == 0 => Vec::new(),
            HeatLayer::Footfall => {
                vec![self.heat_visitors(n(store.visitors.into())), self.heat_usual(tenths(store.usual_visitors_tenths))]
            }
            HeatLayer::Conversion => {
                vec![self.heat_receipts(n(store.n_receipts.into())), self.heat_visitors(n(store.visitors.into()))]
            }
            HeatLayer::OpenTransfers | HeatLayer::Overdue => {
                vec![self.heat_transfers(n(store.n_open_transfers.into()))]
            }
            HeatLayer::Shrinkage => {
                vec![
                    self.heat_lost(format::money(goods.lost_minor)),
                    self.heat_sold_money(format::money(goods.sold_minor)),
                ]
            }
        }
    }
}
