//! Planning a region's transfers.

use super::messages;

messages! {
    list_comma: "、" / ", ";
    region_plan_title: "区域调拨方案" / "Transfers of a region";
    region_plan_sub: "一次算好全区域谁给谁调多少" / "Who sends what to whom, worked out for the whole region at once";
    region_plan_open: "区域方案" / "Plan a region";
    region_plan_region: "区域" / "Region";
    region_plan_categories: "只算这些品类（不选就算全部）" / "Only these categories (none for all)";
    region_plan_make: "计算方案" / "Make a plan";
    region_plan_again: "重新计算" / "Make another";
    region_plan_working(name): "正在为{name}计算" / "Being made for {name}";
    region_plan_progress: "计算进度" / "Progress";
    region_plan_stop: "停止" / "Stop";
    region_plan_stopped: "已停止。" / "Stopped.";
    region_plan_failed: "没有算出来，请重试；还不行就联系系统管理员。" / "The plan could not be made. Try again, or tell whoever runs the system.";
    region_plan_not_ready: "服务器刚启动，还在读各店的账，请稍等再算。" / "The server has just started and is still reading the stores’ books. Wait a moment.";
    region_plan_unreachable: "联系不上服务器。" / "The server cannot be reached.";
    region_plan_none_title: "还没有方案" / "No plan yet";
    region_plan_none_text: "选好范围，点“计算方案”。" / "Choose what to plan, then make a plan.";
    region_plan_empty_title: "没有值得调的" / "Nothing is worth moving";
    region_plan_empty_text: "没有哪条调拨带来的销售抵得过运费。" / "No transfer would bring more sales than its way costs.";
    region_plan_made(name, when): "{name} · 按 {when} 的库存" / "For {name}, from the stock of {when}";
    region_plan_made_of(name, when, categories): "{name} · 按 {when} 的库存 · {categories}" / "For {name}, from the stock of {when}: {categories}";
    region_plan_total: "预计净收益" / "Expected to bring";
    region_plan_total_note: "多卖减去少卖、风险和运费" / "Sales saved, less sales lost, risk and transport";
    region_plan_cost: "运费" / "Transport";
    region_plan_cost_note: "每条路线一个包裹" / "One parcel for each route";
    region_plan_lines: "调拨明细" / "Lines";
    region_plan_routes(n): "{n} 条路线" / "{n} routes";
    region_plan_more_routes(n): "还有 {n} 条收益较小的路线没有列出。先申请这些，再重新计算。" / "{n} more routes bring less and are not listed. Request these first, then make another plan.";
    region_plan_route(from, to): "{from} → {to}" / "{from} → {to}";
    region_plan_way(km, min): "{km} 公里，约 {min} 分钟" / "{km} km, about {min} min";
    region_plan_brings(money): "净收益 {money}" / "brings {money}";
    region_plan_why(here, there, transport): "这边多卖 {here}，那边少卖 {there}，运费 {transport}" / "Saves {here} of sales here, costs {there} there and {transport} of transport";
    region_plan_accept(name): "采纳{name}" / "Accept {name}";
    region_plan_units(name): "{name}调多少件" / "Pieces of {name}";
    region_plan_spare(n): "对方富余 {n}" / "{n} to spare there";
    region_plan_wants(n): "这边缺 {n}" / "{n} wanted here";
    region_plan_most(n): "最多 {n} 件" / "At most {n}";
    region_plan_least: "至少 1 件，不要就取消勾选" / "At least 1; untick it to leave it out";
    region_plan_accepted(lines, units): "采纳 {lines} 条，共 {units} 件" / "{lines} lines accepted, {units} pieces";
    region_plan_request: "申请全部采纳的" / "Request all accepted";
    region_plan_requested: "已申请" / "Requested";
    region_plan_done(n): "{n} 条已申请，对方门店已收到通知。" / "{n} lines are requested. The other stores have been told.";
    region_plan_partly(done, open): "{done} 条已申请，{open} 条没有成，原因写在各条下面。" / "{done} lines are requested, {open} are not: the reason stands at each.";
    region_plan_unknown: "不知道有没有申请成，再点一次不会重复申请。" / "Whether they were requested is not known. Pressing again requests nothing twice.";
    region_plan_gone: "这个方案已经不在了（别人重新算过，或服务器重启过）。已申请的都还在，请重新计算。" / "This plan is gone: somebody made another, or the server was restarted. What was requested stands. Make another plan.";
    region_plan_not_spare(n): "对方现在只能给 {n} 件" / "It can spare {n} now";
    region_plan_not_in_plan: "方案里没有这一条" / "The plan has no such line";
    region_plan_fix: "有的数量超出了范围，先改好。" / "Some quantities are out of bounds: correct them first.";
}
