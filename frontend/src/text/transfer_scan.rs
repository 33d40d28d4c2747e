//! Picking and receiving a transfer by scanning, and opening one by its waybill.

use super::{Language, messages};
use domain::transfer::{ScanError, ScanLack, ScanTask};

messages! {
    scan_pick: "扫码拣货" / "Scan to pick";
    scan_receive: "扫码收货" / "Scan to receive";
    scan_by_hand_pick: "手工填写拣货" / "Enter the picking by hand";
    scan_by_hand_receive: "手工填写收货" / "Enter the receipt by hand";
    scan_leave: "回到调拨单" / "Back to the transfer";
    scan_from_planned: "各自的货架" / "Each item’s shelf";
    scan_items(n): "商品（{n}）" / "Items ({n})";
    scan_of(scanned, expected): "{scanned}/{expected}" / "{scanned}/{expected}";
    scan_promised(n): "答应 {n} 件" / "{n} promised";
    scan_sent(n): "发出 {n} 件" / "{n} sent";
    scan_go_pick(scanned, expected): "核对拣货 {scanned}/{expected} 件" / "Check the picking: {scanned} of {expected} pcs";
    scan_go_receive(scanned, expected): "核对收货 {scanned}/{expected} 件" / "Check the receipt: {scanned} of {expected} pcs";
    scan_short(n): "少 {n} 件" / "{n} short";
    scan_over(n): "多 {n} 件" / "{n} over";
    scan_damaged(n): "破损 {n} 件" / "{n} damaged";
    scan_complete: "齐了" / "complete";
    scan_damaged_label: "其中破损几件" / "Of these damaged";
    scan_damaged_hint: "破损的不计入库存，要拍照" / "Damaged pieces are not taken into stock; they need a photo";
    scan_check_pick: "核对拣货" / "Check the picking";
    scan_check_receive: "核对收货" / "Check the receipt";
    scan_all_right: "和应有的一样" / "All as it should be";
    scan_differs(short, damaged, over): "和发出的不一样：少 {short} 件，破损 {damaged} 件，多 {over} 件。确认后记为差异。"
        / "Not what was sent: {short} short, {damaged} damaged, {over} over. Confirming opens a discrepancy.";
    scan_fewer(n): "比答应的少 {n} 件。确认后只能交接这些。" / "{n} fewer than promised. Only these can then be handed over.";
    scan_confirm_pick: "确认拣货" / "Confirm the picking";
    scan_confirm_receive: "确认收货" / "Confirm the receipt";
    scan_once: "只能确认一次，不能改。" / "This is said once and cannot be changed.";
    scan_done_pick: "拣货已记录" / "Picking recorded";
    scan_done_receive: "收货已记录" / "Receipt recorded";
    scan_back: "继续扫" / "Scan more";
    scan_open_transfer: "打开调拨单" / "Open the transfer";
    scan_photo_needed: "有破损，必须当场拍一张" / "Damaged goods need a photo, taken on the spot";
    scan_back_again: "上次扫的还在" / "What was scanned before is still here";
    scan_nothing_title: "现在没有要扫的" / "Nothing to scan now";
    scan_nothing_text: "这张调拨单现在不等您拣货或收货，可能别人已经做了。"
        / "This transfer does not wait for you to pick or receive. Somebody may have done it.";
    scan_no_transfer_title: "没有这张调拨单" / "No such transfer";
    scan_no_transfer_text: "或者它不归本店。请核对随货单。" / "Or it is not your store’s. Check the waybill.";

    scan_not_of_transfer(name): "{name} 不在这张调拨单上。请放到一边，别收进来。"
        / "{name} is not on this transfer. Put it aside.";
    scan_not_of_picking(name): "拿错了：{name} 不在这张调拨单上。请放回去。"
        / "Wrong item: {name} is not on this transfer. Put it back.";
    scan_more_than_promised(name, most): "{name} 只答应了 {most} 件，多的请放回去。"
        / "Only {most} of {name} were promised. Put the rest back.";
    scan_more_damaged(most): "发出 {most} 件，破损不能比这更多。" / "{most} were sent: no more than these can be damaged.";
    scan_other_waybill(spoken): "这是 {spoken} 的随货单，不是这一张。" / "This is the waybill of {spoken}, not of this transfer.";
    scan_own_waybill: "随货单对上了" / "The waybill is of this transfer";
    scan_lacks_lines: "还没扫到商品。全部没到，请手工填写。" / "Nothing is scanned. If all is missing, enter it by hand.";

    waybill_scan: "扫随货单" / "Scan a waybill";
    waybill_scan_hint: "对准随货单上的二维码" / "Point at the code on the waybill";
    waybill_not: "这不是随货单的码。请扫随货单上的二维码。" / "This is no waybill’s code. Scan the QR code on the waybill.";
    waybill_text: "收货时扫随货单，直接打开那张调拨单。" / "Scan the waybill that came with the goods to open its transfer.";
}

impl Language {
    /// What a scanned step is called.
    #[must_use]
    pub fn scan_task(self, task: ScanTask) -> &'static str {
        match task {
            ScanTask::Picking => self.scan_pick(),
            ScanTask::Receipt => self.scan_receive(),
        }
    }

    /// Why something is not scanned; `name` is the item's.
    #[must_use]
    pub fn scan_error(self, task: ScanTask, name: &str, error: ScanError) -> String {
        match (error, task) {
            (ScanError::NotOfTransfer, ScanTask::Picking) => self.scan_not_of_picking(name),
            (ScanError::NotOfTransfer, ScanTask::Receipt) => self.scan_not_of_transfer(name),
            (ScanError::MoreThanPromised { most }, _) => self.scan_more_than_promised(name, most),
            (ScanError::MoreDamagedThanSent { most }, _) => self.scan_more_damaged(most),
            (ScanError::TooMany, _) => self.wrong_too_many().to_owned(),
        }
    }

    /// What a scanned step still lacks.
    #[must_use]
    pub fn scan_lack(self, lack: ScanLack) -> &'static str {
        match lack {
            ScanLack::Lines => self.scan_lacks_lines(),
            ScanLack::Photo => self.scan_photo_needed(),
            ScanLack::ShorterNote => self.missing(domain::draft::Missing::ShorterText),
        }
    }
}
