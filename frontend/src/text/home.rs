//! The workbench.

use super::messages;

messages! {
    home_title: "工作台" / "Workbench";
    hello(name): "{name}，您好" / "Hello, {name}";
    start_count: "开始盘点" / "Start the stocktake";
    continue_count: "继续盘点" / "Continue counting";
    count_again: "再盘一次" / "Count once more";
    start_count_sub: "扫货架的二维码，再扫商品" / "Scan a shelf's code, then the products on it";
    continue_count_sub(n_shelves, n_lines): "还有 {n_shelves} 个货架、{n_lines} 行没盘"
        / "Left to count: {n_shelves} shelves, {n_lines} lines";
    count_again_sub: "上一次已经交给店长" / "The last one is with your manager";
    todays_stocktake: "当前盘点" / "Current stocktake";
    stocktake_open: "进行中" / "Counting";
    stocktake_submitted: "已提交" / "Submitted";
    lines_of(n, of): "已盘 {n} / {of} 行" / "{n} of {of} lines counted";
    tasks: "待办" / "Tasks";
    task_count_shelf(shelf): "盘点货架 {shelf}" / "Count shelf {shelf}";
    task_untouched(n): "{n} 行，还没开始" / "{n} lines, not started";
    task_left(n): "还剩 {n} 行" / "{n} lines left";
    task_recount(shelf, name): "复盘 {shelf} · {name}" / "Count again on {shelf}: {name}";
    task_recount_sub: "上一次差得较多，请您再盘一次" / "The last count was far off: please count it once more";
    recounts_for_others(n): "还有 {n} 行要复盘。您盘过这些行，要由没盘过的同事来盘。"
        / "Lines to count again: {n}. You counted them, so a colleague who has not must.";
    task_mine: "您的货架" / "your shelf";
    tasks_more(n): "还有 {n} 个货架" / "{n} more shelves";
    all_counted_title: "全部盘完了" / "Everything is counted";
    all_counted_text: "每个货架都有记录。到盘点页提交给店长。"
        / "Every shelf has its record. Submit the stocktake on the counting page.";
    no_tasks_title: "没有待办" / "Nothing to do";
    no_tasks_text: "开始一次盘点后，要盘的货架会列在这里。" / "Once a stocktake is open, its shelves are listed here.";
    see_store_board: "看本店实时情况" / "See the store live";
    see_store_board_sub: "哪些货架盘了、差多少、谁在盘" / "Which shelves are counted, what differs, who counts";
    see_board: "打开实时看板" / "Open the live board";
    see_board_sub: "门店 × 品类，扫描后一秒内可见" / "Stores × categories, a second after each scan";
    no_open_stocktake_text: "现在没有门店在盘点。有店开始，就会列在这里。"
        / "No store is counting just now. As soon as one starts, it is listed here.";
    least_counted: "正在盘点的门店" / "Stores counting now";
}
