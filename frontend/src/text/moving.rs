//! Recording movements, approving them, and looking back at them.

use super::{Language, messages};
use domain::draft::{DraftError, Missing};
use domain::movement::{MovementKind, Place};

messages! {
    move_leave: "离开" / "Leave";
    move_more: "其他出入库" / "More movements";
    move_return_sub: "扫小票，拍照，退款" / "Scan the receipt, take a photo, refund";
    move_recent: "最近的出入库" / "Recent movements";
    move_recent_sub: "看结果，录错了可以冲销" / "See what became of them; reverse a mistake";
    finish_sub: "数完了，交给店长" / "All counted: hand it to your manager";
    move_handle_return: "处理退货" / "Handle a return";

    move_receipt_sub: "对着采购单收货" / "Against a purchase order";
    move_sale_sub: "收银机坏了时用" / "When the till is down";
    move_write_off_sub: "过期、破损、自用" / "Expired, damaged, used";
    move_relocation_sub: "后仓补货到货架" / "Back room to shelf";
    move_supplier_return_sub: "破损、召回、送错" / "Damaged, recalled, wrong";
    move_adjustment_sub: "账和实物对不上" / "The books are wrong";

    place_back_room: "后仓" / "Back room";
    place_shelf(code): "货架 {code}" / "Shelf {code}";
    place_supplier: "供应商" / "Supplier";
    place_customer: "顾客" / "Customer";
    place_shrinkage: "损耗" / "Shrinkage";
    place_count_variance: "账面调整" / "Book adjustment";
    place_in_transit: "在途" / "In transit";
    place_unset: "选位置" / "Choose a place";
    place_from: "从" / "From";
    place_to: "到" / "To";
    place_change(end, place): "{end}：{place}。更换" / "{end}: {place}. Change";
    place_title_from: "从哪里拿？" / "From where?";
    place_title_to: "放到哪里？" / "To where?";
    place_hint: "扫货架标签，或者从这里选" / "Scan a shelf label, or choose here";
    place_set(place): "位置：{place}" / "Place: {place}";

    direction_label: "实物比账面" / "There is";
    direction_fewer: "少了" / "less than booked";
    direction_more: "多了" / "more than booked";

    document_change: "换一张单" / "Change";

    order_choose_title: "哪一单到货？" / "Which delivery?";
    order_choose_text: "选采购单，或者扫送货单上的条码。" / "Choose the purchase order, or scan the code on the delivery note.";
    order_due(day): "{day} 到货" / "due {day}";
    order_lines(n_lines, n_units): "{n_lines} 种，还差 {n_units} 件" / "{n_units} pcs to come · {n_lines} SKU";
    order_none: "没有未到的采购单" / "No order is open";
    order_other: "没有采购单？输入送货单号" / "No order? Type the delivery note’s number";
    order_other_label: "送货单号" / "Delivery note";
    order_go: "开始收货" / "Start receiving";
    order_progress(ordered, received): "订 {ordered} · 已收 {received}" / "ordered {ordered} · received {received}";
    order_not_ordered: "单上没有" / "not ordered";
    order_over(n): "多 {n}" / "{n} over";
    order_short(n): "差 {n}" / "{n} short";
    order_right: "齐了" / "complete";
    order_number(number): "采购单 {number}" / "Order {number}";
    note_number(number): "送货单 {number}" / "Delivery note {number}";

    sale_find_title: "扫小票" / "Scan the receipt";
    sale_find_text: "扫小票上的条码，或输入单号。没有小票也能退，但要店长批准。"
        / "Scan the code on the receipt or type its number. Without one the return needs your manager’s approval.";
    sale_number_label: "小票单号" / "Receipt number";
    sale_find: "查找" / "Find";
    sale_finding: "正在查找…" / "Looking it up…";
    sale_not_found(number): "本店没有小票 {number}。请核对单号。" / "This store has no receipt {number}. Check the number.";
    sale_offline: "现在没有网络，查不到小票。可以先退，店长批准后生效。"
        / "No network to look the receipt up. Go on without it; your manager approves it later.";
    sale_failed: "服务器暂时查不了，请稍后再试。" / "The server cannot look it up just now. Try again.";
    sale_without: "没有小票，直接退" / "Go on without a receipt";
    sale_here(number): "小票 {number}" / "Receipt {number}";
    sale_unconfirmed(number): "小票 {number}（未核对）" / "Receipt {number} (not looked up)";
    sale_none: "没有小票" / "No receipt";
    sale_line(sold, left): "买了 {sold} · 还能退 {left}" / "bought {sold} · {left} can come back";

    lines_empty_title: "扫第一件商品" / "Scan the first product";
    lines_empty_text: "扫一次加一件，箱码按整箱件数加。点一行可以改数量。"
        / "Each scan adds one; a case adds its pieces. Tap a line to change its quantity.";
    lines_moving(n): "本次（{n}）" / "This time ({n})";
    lines_ordered(n): "采购单（{n}）" / "On the order ({n})";
    lines_sold(n): "小票上的商品（{n}）" / "On the receipt ({n})";
    line_lot_day(day): "到期 {day}" / "best before {day}";
    line_lot_batch(batch): "批号 {batch}" / "lot {batch}";
    line_damaged(n): "破损 {n}" / "{n} damaged";
    line_first(day): "先出 {day} 到期的" / "First out: best before {day}";
    line_goes_before(day): "还有 {day} 到期的，先拿那批" / "Take the lot of {day} first";
    line_expired: "已过期" / "Expired";

    edit_title: "一共几件？" / "How many?";
    edit_set(units): "改为 {units} 件" / "Set to {units}";
    edit_now(units): "现在 {units} 件" / "{units} now";
    edit_keep: "保存" / "Save";
    edit_damaged: "其中破损几件" / "Of these damaged";
    edit_damaged_receipt: "破损的收货后马上退给供应商" / "They go straight back to the supplier";
    edit_damaged_return: "破损的不再上架，记为损耗" / "They go to the bin, not to the shelf";
    edit_price_sale: "每件售价（元）" / "Price of a piece (¥)";
    edit_price_refund: "每件退款（元）" / "Refund for a piece (¥)";
    edit_price_paid(price): "当时每件付了 {price}" / "{price} was paid for a piece";
    edit_price_bad: "请输入金额，例如 12.50" / "Type an amount such as 12.50";
    edit_remove: "删除这一行" / "Remove the line";

    review_go(n_lines, n_units): "核对 {n_lines} 种 {n_units} 件" / "Check {n_units} pcs · {n_lines} SKU";
    review_title: "核对" / "Check";
    review_back: "继续扫" / "Scan more";
    review_route(from, to): "{from} → {to}" / "{from} → {to}";
    review_lines: "种类" / "Items";
    review_units: "件数" / "Pieces";
    review_value: "按售价" / "At shelf price";
    review_refund: "退款合计" / "Refund";
    review_takings: "销售额" / "Takings";
    review_reason: "为什么？" / "Why?";
    review_photos: "照片" / "Photos";
    review_photo_needed: "必须当场拍一张" / "One taken on the spot is needed";
    review_photo_optional: "可以不拍" / "Optional";
    review_photo_take: "拍照" / "Take a photo";
    review_photo_remove(n): "去掉第 {n} 张照片" / "Remove photo {n}";
    review_photo_alt(n): "第 {n} 张照片" / "Photo {n}";
    review_note: "备注（可以不填）" / "Note (optional)";
    review_document: "单号（可以不填）" / "Document number (optional)";
    review_record: "记录" / "Record";
    review_record_two: "记录并退回破损" / "Record, and return the damaged";
    review_recording: "正在保存…" / "Saving…";
    review_awaits(role): "这一笔要{role}批准后才生效" / "Takes effect once approved: {role}";
    review_posts: "记录后立即生效" / "Takes effect at once";
    review_damaged_too(n): "收货后，{n} 件破损的马上退给供应商" / "Damaged, going back to the supplier right after: {n} pcs";

    missing_lines: "还没有商品" / "Nothing has been scanned yet";
    missing_document: "还没有单号" / "The delivery’s number is missing";
    missing_place: "还没选位置" / "Choose the place";
    missing_to: "还没选放到哪里" / "Choose where it goes";
    missing_elsewhere: "移到同一个地方没有意义，请换一个" / "It goes where it comes from: choose another place";
    missing_reason: "请选一个原因" / "Choose a reason";
    missing_photo: "请拍一张照片" / "Take a photo";
    missing_shorter: "备注或单号太长（最多 256 字）" / "The note or number is too long (256 characters at most)";

    wrong_too_many: "一次最多 1,000,000 件" / "At most 1,000,000 pieces at once";
    wrong_not_sold: "这张小票上没有这个商品" / "This product is not on that receipt";
    wrong_more_than_sold(left): "这张小票上只能再退 {left} 件" / "Of that receipt {left} can still come back, no more";
    wrong_price(price): "退款不能高于当时付的 {price}" / "A refund is at most what was paid: {price}";
    wrong_unknown_code(code): "没有人认识 {code}。请先请店长登记这个商品。"
        / "Nobody knows {code}. Your manager registers the product first.";
    wrong_choose_first: "先选单，再扫商品" / "Choose the document first, then scan products";

    said_line(name, units): "{name}，{units}" / "{name}, {units}";
    said_took_back(name): "已撤销：{name}" / "Taken back: {name}";

    draft_back: "上次没录完的还在" / "What you had begun is still here";
    draft_discard: "重新开始" / "Start over";
    draft_discard_sure: "再点一次，清空这一笔" / "Press again to empty it";

    done_title: "已记录" / "Recorded";
    done_awaits(role): "已记录，等{role}批准" / "Recorded; awaits: {role}";
    done_sent: "服务器已收到" / "The server has it";
    done_waits: "已安全存在这台手机，联网后自动上传" / "Safe on this phone; sent by itself";
    done_refused: "服务器没有收下" / "The server refused it";
    done_another: "再录一笔" / "Record another";

    moves_title: "最近的出入库" / "Recent movements";
    moves_sub: "这台手机上您录的，最近 31 天" / "Recorded by you on this phone, last 31 days";
    moves_none_title: "还没有出入库" / "Nothing moved yet";
    moves_none_text: "在工作台上选一种，扫码就能记。" / "Choose one on the workbench and scan.";
    moves_unsent: "待上传" / "Unsent";
    moves_refused: "被退回" / "Refused";
    moves_stands: "已生效" / "In effect";
    moves_in_ledger: "已入账" / "With the server";
    moves_reverse: "冲销" / "Reverse";
    moves_withdraw: "撤回" / "Withdraw";
    moves_reverse_title: "冲销这一笔？" / "Reverse this movement?";
    moves_reverse_no_title: "不能冲销" / "Cannot be reversed";
    moves_reverse_text: "原来的记录不会消失。会另记一笔相反的，库存恢复原样。"
        / "The record stays. An opposite one is added, and the stock is as before.";
    moves_reverse_note: "为什么冲销？" / "Why?";
    moves_reverse_note_hint: "例如：单号选错了" / "Such as: wrong order chosen";
    moves_reverse_note_needed: "请写一句为什么" / "Say why in a few words";
    moves_reversal_kept: "冲销已记录" / "The reversal is recorded";
    moves_pieces(n_items, n_units): "{n_items} 种 {n_units} 件" / "{n_units} pcs · {n_items} SKU";

    nav_approvals: "审批" / "Approvals";
    approvals_title: "等待审批" / "Awaiting approval";
    approvals_sub: "批准后按当时的时间生效；驳回不动库存。"
        / "An approved movement takes effect as of when it happened; a declined one never does.";
    approvals_none_title: "没有要审批的" / "Nothing to approve";
    approvals_none_text: "超出权限的出入库会出现在这里。" / "Movements beyond somebody’s limit appear here.";
    approvals_n(n): "{n} 笔等待审批" / "{n} awaiting approval";
    approvals_tile: "审批出入库" / "Approve movements";
    approvals_by(person, when): "{person} · {when}" / "{person} · {when}";
    approvals_needs(role): "需要{role}" / "Needs: {role}";
    approvals_own: "自己录的要别人来批" / "Somebody else must approve what you recorded";
    approvals_beyond(role): "超出您的权限，要{role}来批" / "Beyond your limit. Needs: {role}";
    approvals_approve: "批准" / "Approve";
    approvals_decline: "驳回" / "Decline";
    approvals_decline_note: "驳回原因" / "Why it is declined";
    approvals_decline_needed: "请写一句为什么" / "Say why in a few words";
    approvals_sending: "正在送出…" / "Sending…";
    approvals_kept: "已存在这台设备，联网后送出" / "Kept on this device; sent when the network is back";
    approvals_approved: "已批准" / "Approved";
    approvals_declined: "已驳回" / "Declined";
    approvals_refused(why): "没有成功：{why}" / "Not done: {why}";
    approvals_reload: "刷新" / "Refresh";
    approvals_no_sale: "没有核对小票" / "without the receipt";
    approvals_lines_more(n): "另有 {n} 种" / "{n} more SKU";
    approvals_refund(sum): "退款 {sum}" / "refund {sum}";
}

impl Language {
    /// Where stock is.
    #[must_use]
    pub fn place(self, place: &Place) -> String {
        match place {
            Place::Shelf(code) => self.place_shelf(code),
            Place::BackRoom => self.place_back_room().to_owned(),
            Place::InTransit => self.place_in_transit().to_owned(),
            Place::Supplier => self.place_supplier().to_owned(),
            Place::Customer => self.place_customer().to_owned(),
            Place::Shrinkage => self.place_shrinkage().to_owned(),
            Place::CountVariance => self.place_count_variance().to_owned(),
        }
    }

    /// What a kind of movement is for, in a few words.
    #[must_use]
    pub fn movement_sub(self, kind: MovementKind) -> &'static str {
        match kind {
            MovementKind::Receipt => self.move_receipt_sub(),
            MovementKind::Sale => self.move_sale_sub(),
            MovementKind::CustomerReturn => self.move_return_sub(),
            MovementKind::WriteOff => self.move_write_off_sub(),
            MovementKind::Relocation => self.move_relocation_sub(),
            MovementKind::SupplierReturn => self.move_supplier_return_sub(),
            MovementKind::Adjustment => self.move_adjustment_sub(),
        }
    }

    /// What a draft still lacks.
    #[must_use]
    pub fn missing(self, missing: Missing) -> &'static str {
        match missing {
            Missing::Lines => self.missing_lines(),
            Missing::Document => self.missing_document(),
            Missing::Place => self.missing_place(),
            Missing::To => self.missing_to(),
            Missing::Elsewhere => self.missing_elsewhere(),
            Missing::Reason => self.missing_reason(),
            Missing::Photo => self.missing_photo(),
            Missing::ShorterText => self.missing_shorter(),
        }
    }

    /// Why something cannot be put into a draft.
    #[must_use]
    pub fn draft_error(self, error: DraftError) -> String {
        match error {
            DraftError::TooMany => self.wrong_too_many().to_owned(),
            DraftError::NotSold => self.wrong_not_sold().to_owned(),
            DraftError::MoreThanSold { left } => self.wrong_more_than_sold(left),
            DraftError::Price { paid_minor } => self.wrong_price(crate::format::money(paid_minor)),
        }
    }
}
