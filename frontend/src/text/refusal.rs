//! Why the server does not take something, and what to do about it.

use super::{Language, messages};
use domain::accept::Refusal;

messages! {
    parked_malformed(detail): "服务器读不懂这条记录（{detail}）。请更新应用，再重新盘这一行。"
        / "The server cannot read this record ({detail}). Update the app and count this line again.";
    parked_unknown_store: "服务器上没有这家门店。请找总部 IT，然后再传一次。"
        / "The server has no such store. Tell headquarters’ IT, then send it again.";
    parked_not_allowed: "您现在没有在这家门店盘点的权限。请店长调整后再传一次。"
        / "You may not count in this store now. Ask your manager to change that, then send it again.";
    parked_other_person: "这是别人录的，请他本人在这台手机上登录后上传。"
        / "Somebody else recorded this: that person must sign in on this phone.";
    parked_future(hours): "手机时间快了 {hours} 小时。请在手机设置里打开自动校时，然后重新盘这一行。"
        / "The phone’s clock is {hours} h ahead. Turn on automatic time in its settings and count this line again.";
    parked_too_old(days): "这是 {days} 天前录的，超过 31 天不再入账。请重新盘这一行。"
        / "Recorded {days} days ago; after 31 days nothing is booked any more. Count this line again.";
    parked_unknown_shelf: "门店里没有这个货架了。请店长登记货架后再传一次。"
        / "The store no longer has this shelf. Your manager registers it, then send it again.";
    parked_forged_shelf: "货架标签的签名不对。请店长重新打印标签，再盘一次这个货架。"
        / "The shelf label’s signature is wrong. Ask for a new label and count the shelf again.";
    parked_unknown_sku: "商品库里没有这个商品。请店长登记后再传一次。"
        / "The item is not known. Your manager registers it, then send it again.";
    parked_bad_units(units): "{units} 件不能入账。请核对后重新输入数量。"
        / "{units} pieces cannot be booked. Check and type the quantity again.";
    parked_bad_text: "名字太长或是空的。请重新起个短一点的名字。" / "The name is empty or too long. Give it a shorter one.";
    parked_stocktake_unknown: "服务器还不知道这次盘点。等别的记录上传后再传一次。"
        / "The server does not know this stocktake yet. Send again once the other records are up.";
    parked_other_store: "这次盘点属于别的门店。请重新盘这一行。"
        / "The stocktake belongs to another store. Count this line again.";
    parked_submitted: "同事已经提交了这次盘点，这一件是之后扫的。请告诉店长，或者在新的盘点里再盘。"
        / "A colleague had submitted the stocktake before this was scanned. Tell your manager, or count it in a new one.";
    parked_nothing_to_undo: "要撤销的那条没有入账。再传一次，还不行就不用管它。"
        / "What it takes back is not in the ledger. Send it again; if it stays, discard it.";
    parked_already_undone: "这条已经撤销过了，可以不要。" / "It was taken back already: discard this.";
    parked_unbalanced(detail): "出入库不平衡（{detail}）。请告诉店长。"
        / "The movement does not balance ({detail}). Tell your manager.";
    parked_id_reused: "编号重复但内容不同。请重新盘这一行，并告诉总部 IT。"
        / "Another record has the same number. Count the line again and tell headquarters’ IT.";
    parked_bad_reason: "请选一个原因，再提交一次。" / "Choose a reason and send it again.";
    parked_photo_needed: "这一步必须当场拍一张照片。请拍照后再提交。"
        / "This needs a photo taken on the spot. Take one and send it again.";
    parked_photo_missing: "照片还没传到，传到后会自动再试。" / "The photo has not arrived yet; this is sent again once it has.";
    parked_bad_price(sku): "{sku} 的退款价没有填，或者比顾客付的还高。请核对小票。"
        / "The refund for {sku} is missing or more than was paid. Check the receipt.";
    parked_returned_too_much(sku, left): "这张小票上的 {sku} 只能再退 {left} 件。请核对数量。"
        / "Of {sku} on that receipt {left} can still be returned. Check the quantity.";
    parked_nothing_cited: "本店没有这笔记录。请核对单号。" / "This store has no such record. Check the number.";
    parked_already_decided: "别人已经处理过了，可以不要。" / "Somebody has decided this already: discard it.";
    parked_own_approval: "自己录的要别人来批。请找同事或上级。" / "Somebody else must approve what you recorded.";
    parked_beyond_limit(role): "金额超出您的权限，请找{role}。" / "The value is beyond your limit. Ask: {role}.";
    parked_bad_plan: "至少选一个货架。" / "Choose at least one shelf.";
    parked_still_counting: "盘点还没提交。请等盘点结束再处理。" / "The counting is not over. Wait until it is submitted.";
    parked_stocktake_over: "这次盘点已经结束。请在新的盘点里再盘。" / "That stocktake is over. Count it in a new one.";
    parked_same_person: "复盘要换一个人。请让没盘过这一行的同事来盘。"
        / "Somebody else must count this again: a colleague who has not counted this line.";
    parked_lines_open(n_lines): "还有 {n_lines} 行要复盘或确定。请先处理完。"
        / "Lines that must be counted again or decided first: {n_lines}.";
    parked_not_counted_by: "这个人没有盘过这一行。请选另一个人的结果。"
        / "That person has not counted this line. Choose somebody else's count.";
    parked_no_such_alarm: "本店没有这条告警。请刷新列表。" / "This store has no such alarm. Load the list again.";
    parked_own_alarm: "告警说的是您自己录的，要别人来跟进。" / "The alarm is about what you recorded: somebody else must follow it up.";
    parked_case_over: "这条告警已经结案，可以不要。" / "The case is closed already: discard this.";
    parked_sale_returned: "这笔销售已经有商品退回，不能再冲销。剩下的也请登记退货。"
        / "Something of this sale has come back, so it cannot be reversed. Record a return for the rest too.";
    parked_return_instead: "只能冲销自己 15 分钟内的销售。请登记退货并拍照。"
        / "You can reverse only your own sale, within 15 minutes. Record a return, with its photo.";
    parked_server_fails(status): "服务器读不了这一条（HTTP {status}），别的都已上传。记录还在这台手机上：请告诉总部 IT，修好后再传一次。"
        / "The server cannot read this record (HTTP {status}); the others are up. It is kept on this phone: tell headquarters’ IT, and send it again once that is mended.";
    parked_ledger_only: "这种记录只能由系统生成。" / "Only the ledger itself records this.";
}

impl Language {
    /// Why the ledger does not take an event, and what the person does about it.
    #[must_use]
    pub fn refusal(self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::Malformed { detail } => self.parked_malformed(detail),
            Refusal::UnknownStore => self.parked_unknown_store().to_owned(),
            Refusal::NotAllowed => self.parked_not_allowed().to_owned(),
            Refusal::OtherPerson => self.parked_other_person().to_owned(),
            Refusal::FromTheFuture { ahead_s } => self.parked_future(ahead_s / 3_600),
            Refusal::TooOld { age_days } => self.parked_too_old(age_days),
            Refusal::UnknownShelf => self.parked_unknown_shelf().to_owned(),
            Refusal::ForgedShelf => self.parked_forged_shelf().to_owned(),
            Refusal::UnknownSku => self.parked_unknown_sku().to_owned(),
            Refusal::BadUnits { units } => self.parked_bad_units(units),
            Refusal::BadText => self.parked_bad_text().to_owned(),
            Refusal::StocktakeUnknown => self.parked_stocktake_unknown().to_owned(),
            Refusal::StocktakeOfOtherStore => self.parked_other_store().to_owned(),
            Refusal::StocktakeSubmitted => self.parked_submitted().to_owned(),
            Refusal::NothingToUndo => self.parked_nothing_to_undo().to_owned(),
            Refusal::AlreadyUndone => self.parked_already_undone().to_owned(),
            Refusal::Unbalanced { detail } => self.parked_unbalanced(detail),
            Refusal::BadReason => self.parked_bad_reason().to_owned(),
            Refusal::PhotoNeeded => self.parked_photo_needed().to_owned(),
            Refusal::PhotoMissing { .. } => self.parked_photo_missing().to_owned(),
            Refusal::BadPrice { sku } => self.parked_bad_price(sku),
            Refusal::ReturnedTooMuch { sku, left } => self.parked_returned_too_much(sku, left),
            Refusal::NothingCited => self.parked_nothing_cited().to_owned(),
            Refusal::AlreadyDecided => self.parked_already_decided().to_owned(),
            Refusal::OwnApproval => self.parked_own_approval().to_owned(),
            Refusal::BeyondLimit { needed } => self.parked_beyond_limit(self.role(*needed)),
            Refusal::BadPlan => self.parked_bad_plan().to_owned(),
            Refusal::StillCounting => self.parked_still_counting().to_owned(),
            Refusal::StocktakeOver => self.parked_stocktake_over().to_owned(),
            Refusal::SamePersonRecount => self.parked_same_person().to_owned(),
            Refusal::LinesOpen { n_lines } => self.parked_lines_open(n_lines),
            Refusal::NotCountedBy => self.parked_not_counted_by().to_owned(),
            Refusal::NoSuchAlarm => self.parked_no_such_alarm().to_owned(),
            Refusal::OwnAlarm => self.parked_own_alarm().to_owned(),
            Refusal::CaseOver => self.parked_case_over().to_owned(),
            Refusal::LedgerOnly => self.parked_ledger_only().to_owned(),
            Refusal::IdReused => self.parked_id_reused().to_owned(),
            Refusal::TransferUnknown => self.parked_transfer_unknown().to_owned(),
            Refusal::TransferOfOthers => self.parked_transfer_of_others().to_owned(),
            Refusal::BadTransfer => self.parked_bad_transfer().to_owned(),
            Refusal::StepTaken { step, by, .. } => self.parked_step_taken(by, self.transfer_step(*step)),
            Refusal::StepNotYet { needed } => self.parked_step_not_yet(self.transfer_step(*needed)),
            Refusal::TooManyUnits { sku, most } => self.parked_too_many_units(sku, most),
            Refusal::NotAvailable { sku, available } => self.parked_not_available(sku, available),
            Refusal::NothingToSettle => self.parked_nothing_to_settle().to_owned(),
            Refusal::SaleReturned => self.parked_sale_returned().to_owned(),
            Refusal::ReturnInstead => self.parked_return_instead().to_owned(),
            Refusal::ServerFails { status } => self.parked_server_fails(status),
            Refusal::NoSuchPoint => self.parked_no_such_point().to_owned(),
        }
    }
}
