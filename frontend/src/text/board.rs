//! Boards: the chain, a store, a shelf.

use super::messages;
use domain::board::Layer;

messages! {
    board_title: "实时看板" / "Live board";
    board_sub(n_regions, n_stores): "{n_regions} 个区域 · {n_stores} 家门店" / "Regions: {n_regions} · stores: {n_stores}";
    all_regions: "全部" / "All";
    region_filter: "按区域看" / "Filter by region";
    chain: "全部门店" / "All stores";

    layer_label: "颜色表示" / "Colour shows";
    layer_counted_share: "已盘比例" / "Counted share";
    layer_variance: "差异" / "Variance";
    layer_freshness: "距上次留痕" / "Since last trace";
    legend_counted_share: "已盘行数占应盘行数" / "Counted lines of those planned";
    legend_variance: "实盘比账面：少 ← 相符 → 多" / "Counted against expected: short ← equal → over";
    legend_freshness: "距上次留痕的时间" / "Time since the last trace";
    legend_no_value: "没有数据" / "No figure";
    scale_day: "一天以上" / "a day or more";
    scale_now: "刚刚" / "just now";
    scale_hour: "1 小时" / "1 h";

    kpi_counted: "已盘" / "Counted";
    kpi_counted_note(n, of): "{n} / {of} 行" / "{n} of {of} lines";
    kpi_variance: "净差异" / "Net variance";
    kpi_variance_note(units): "差异合计 {units} 件" / "{units} units differ in all";
    kpi_counting: "正在盘点" / "Counting now";
    kpi_counting_unit: "家" / "stores";
    kpi_counting_note(of): "共 {of} 家" / "of {of}";
    kpi_confirmed: "确认调拨" / "Confirmed in";
    kpi_confirmed_minutes(n): "{n} 分钟" / "{n} min";
    kpi_confirmed_none: "近 30 天没有确认过" / "none in 30 days";
    kpi_confirmed_note(n): "近 30 天 {n} 次调拨的中位数" / "median of {n} transfers, 30 days";
    kpi_last_trace: "最近留痕" / "Last trace";
    kpi_shelves: "盘过的货架" / "Shelves touched";
    kpi_shelves_note(of): "共 {of} 个" / "of {of}";
    units: "件" / "units";

    print_shelf_labels: "打印货架码" / "Print shelf labels";
    print_barcodes: "打印商品条码" / "Print barcodes";

    newest_traces: "最新留痕" / "Newest traces";
    no_traces_title: "还没有留痕" / "No trace yet";
    no_traces_text: "有人扫描，记录会立刻出现在这里。" / "As soon as somebody scans, it shows here.";
    no_stores_title: "没有门店" / "No stores";
    no_stores_text: "这个区域没有您能看的门店。" / "There is no store here that you may see.";

    map_label: "热力图。用方向键逐格查看，回车打开门店。"
        / "Heatmap. Arrow keys go from cell to cell, Enter opens the store.";
    map_hint: "指向一格，或用方向键，查看数字。" / "Point at a cell, or use the arrow keys, for its figures.";
    map_table(layer): "热力图的数字：{layer}" / "The heatmap's figures: {layer}";
    map_too_large: "格子太多，选一个区域后这里有表格。" / "Too many cells for a table: choose a region.";
    store_column: "门店" / "Store";
    cell_counted(share, n, of): "已盘 {share}（{n}/{of} 行）" / "Counted {share} ({n} of {of} lines)";
    cell_not_carried: "本店不卖" / "Not carried here";
    cell_uncounted: "还没盘" / "Not counted yet";
    cell_variance(units): "差异 {units} 件" / "Variance {units} units";
    cell_trace(ago): "上次留痕 {ago}" / "Last trace {ago}";

    live_connecting: "连接中" / "Connecting";
    live_on: "实时" / "Live";
    live_again: "重新连接中" / "Reconnecting";
    live_stale(ago): "断开，数据停在 {ago}" / "Cut off, figures as of {ago}";
    live_signed_out: "登录已过期" / "Signed out";

    store_plan_title(store): "{store} 平面图" / "{store}: floor plan";
    plan_label: "门店平面：区和货架" / "Floor plan: zones and shelves";
    shelf_number(shelf): "货架 {shelf}" / "Shelf {shelf}";
    by_category: "按品类" / "By category";
    category_column: "品类" / "Category";
    counted_column: "已盘" / "Counted";
    lines_column: "行数" / "Lines";
    variance_column: "差异" / "Variance";
    expected_column: "账面" / "Expected";
    on_hand_column: "现存" / "On hand";
    product_column: "商品" / "Product";
    units_counted_column: "实盘" / "Counted";
    n_shelves_of_zone(n): "{n} 个货架" / "{n} shelves";
    stocktake_named(id): "盘点 {id}" / "Stocktake {id}";
    no_stocktake: "还没有盘点" / "No stocktake yet";

    shelf_title(shelf, store): "{store} {shelf}" / "{shelf}, {store}";
    shelf_lines: "商品行" / "Lines";
    shelf_traces: "留痕" / "Traces";
    uncounted: "未盘" / "Uncounted";
    unknown_codes: "不认识的码" / "Unknown codes";
    unknown_codes_text: "扫到但商品库里没有，等店长认领。" / "Scanned, but not among the products: for the manager to name.";
    unnamed: "没有名字" / "No name given";
    no_lines_title: "这个货架上没有商品" / "Nothing belongs on this shelf";
    no_lines_text: "陈列图里这个货架是空的，也没有人在这里盘过。"
        / "The planogram leaves it empty, and nobody has counted anything here.";
}

impl crate::text::Language {
    /// What a layer is called.
    #[must_use]
    pub fn layer(self, layer: Layer) -> &'static str {
        match layer {
            Layer::CountedShare => self.layer_counted_share(),
            Layer::Variance => self.layer_variance(),
            Layer::Freshness => self.layer_freshness(),
        }
    }

    /// What a layer's scale measures.
    #[must_use]
    pub fn legend(self, layer: Layer) -> &'static str {
        match layer {
            Layer::CountedShare => self.legend_counted_share(),
            Layer::Variance => self.legend_variance(),
            Layer::Freshness => self.legend_freshness(),
        }
    }

    /// The marks under a layer's scale, evenly spaced from its start to its end.
    #[must_use]
    pub fn scale_marks(self, layer: Layer) -> Vec<&'static str> {
        match layer {
            Layer::CountedShare => vec!["0 %", "50 %", "100 %"],
            Layer::Variance => vec!["−10 %", "0", "+10 %"],
            Layer::Freshness => vec![self.scale_day(), self.scale_now()],
        }
    }
}
