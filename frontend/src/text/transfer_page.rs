//! The pages about transfers between stores.

use super::{Language, messages};
use domain::transfer::{Bearer, FlowCause, Phase, StepKind, TransferList};

messages! {
    nav_transfers: "调拨" / "Transfers";
    nav_more: "更多" / "More";
    more_sub: "其他去处" / "Everywhere else";

    transfers_title: "调拨" / "Transfers";
    transfers_sub: "门店之间的货，两边看到的都一样" / "Goods between stores, the same seen from both ends";
    transfers_tile_sub: "要确认、拣货和收的货" / "What to confirm, pick and receive";
    transfer_lists: "调拨列表" / "Lists of transfers";
    transfers_mine: "等我" / "Mine";
    transfers_open: "进行中" / "Open";
    transfers_abnormal: "异常" / "Abnormal";
    transfers_done: "已结束" / "Done";
    transfers_none_mine_title: "没有等您处理的调拨" / "No transfer waits for you";
    transfers_none_mine_text: "有要您确认、拣货或收货的调拨时，会出现在这里。"
        / "What you have to confirm, pick or receive will appear here.";
    transfers_none_title: "这里没有调拨" / "No transfers here";
    transfers_none_text: "缺货的时候，可以向别的门店申请调拨。" / "When something runs short, ask another store for it.";
    transfers_none_abnormal_text: "没有超时未收的货，也没有没处理的差异。"
        / "Nothing has been under way too long, and no discrepancy is open.";
    transfers_more(n): "还有 {n} 张没有显示" / "{n} more are not shown";
    transfer_route(from, to): "{from} → {to}" / "{from} → {to}";
    transfer_pieces(n): "{n} 件" / "{n} pcs";
    transfer_and_more(item, n): "{item} 等 {n} 种" / "{item} and others, {n} items";
    transfer_no_source: "没有门店能调出" / "No store can give them";
    transfer_waits(role, store, step): "等{store}的{role}{step}" / "Waits for {store} ({role}) to {step}";
    transfer_waits_push(store, step): "{store}迟迟没有{step}，请您催办" / "{store} is late to {step}: remind them";
    transfer_waits_you(step): "等您{step}" / "Waits for you to {step}";
    transfer_since_when(how_long): "从{how_long}起" / "since {how_long}";
    transfer_overdue: "超时" / "Overdue";
    transfer_over: "没有要做的了" / "Nothing is left to do";
    transfer_alarm_reminder(at): "{at} 前没有答复，会催办。" / "Without an answer by {at}, the source is reminded.";
    transfer_alarm_answer(at): "{at} 前没有答复，会上报区域。" / "Without an answer by {at}, the region is asked.";
    transfer_alarm_approval(at): "{at} 前没有批准，会催办。" / "Without a word by {at}, those who approve are reminded.";
    transfer_alarm_sending(at): "{at} 前没有发出，会催办。" / "Not handed over by {at}, the source is reminded.";
    transfer_alarm_sending_region(at): "{at} 前没有发出，会上报区域。" / "Not handed over by {at}, the region is asked.";
    transfer_alarm_flow(at): "{at} 前没有收货，会变成异常流转。" / "Not received by {at}, it becomes an abnormal flow.";
    transfer_alarm_region(at): "{at} 前没有复核，会上报区域。" / "Not reviewed by {at}, the region is asked.";
    transfer_abnormal_text: "这批货交接后太久没有收到。请收货门店店长查明原因，收到就扫码收货。"
        / "These goods have been under way too long. The receiving store’s manager must find out why, and receive them when they are there.";
    transfer_disputed_text(short, damaged, over): "收到的和发出的不一样：少 {short} 件，破损 {damaged} 件，多 {over} 件。"
        / "What arrived is not what was sent: {short} short, {damaged} damaged, {over} over.";

    do_approve: "审批" / "approve the request";
    do_answer: "确认调出" / "confirm or decline";
    do_pick: "拣货" / "pick the goods";
    do_hand_over: "交接发货" / "hand the goods over";
    do_receive: "收货" / "receive the goods";
    do_settle: "处理差异" / "settle the discrepancy";
    do_review: "复核异常流转" / "review the abnormal flow";
    do_cancel: "取消" / "withdraw it";

    transfer_steps: "经过" / "What happened";
    transfer_goods: "商品" / "Goods";
    transfer_item: "商品" / "Item";
    transfer_ask_rest(units): "还差 {units} 件，向别家要" / "{units} missing: ask others";
    transfer_wanted: "申请" / "Wanted";
    transfer_promised: "答应" / "Promised";
    transfer_sent: "发出" / "Sent";
    transfer_received: "收到" / "Received";
    step_approved: "申请已批准" / "Request approved";
    step_rejected: "申请未批准" / "Request turned down";
    step_confirmed: "已确认调出" / "Source confirmed";
    step_declined: "拒绝调出" / "Source declined";
    transfer_by_ledger: "系统记录" / "Recorded by the system";
    transfer_carried_by(name): "由 {name} 带走" / "Taken along by {name}";
    transfer_tracking(name, number): "{name}，运单 {number}" / "{name}, number {number}";
    transfer_print: "随货单" / "Waybill";
    transfer_stale: "和服务器断开了，显示的可能不是最新的。" / "Cut off from the server: this may not be the latest.";

    transfer_none_may: "这一步不由您做。" / "This step is not yours.";
    take_confirm: "确认调出" / "Confirm";
    take_decline: "不能调出" / "Decline";
    take_approve: "同意申请" / "Approve";
    take_reject: "不同意" / "Turn down";
    take_pick: "记录拣货" / "Record the picking";
    take_hand_over: "交接发货" / "Hand over";
    take_receive: "收货" / "Receive";
    take_settle: "处理差异" / "Settle the discrepancy";
    take_review: "记录复核" / "Record the review";
    take_cancel: "取消调拨" / "Withdraw the transfer";
    take_close: "先不做" / "Not now";
    take_confirm_hint: "答应多少，就为对方留多少。可以比申请的少。" / "What you promise is kept for them. It may be fewer than they ask for.";
    take_none_chosen: "数量都是 0。要么填上数量，要么选“不能调出”。" / "All quantities are 0. Fill one in, or decline.";
    take_nothing: "数量都是 0，没有可记录的。" / "All quantities are 0: there is nothing to record.";
    take_name_needed: "请填写由谁带走。" / "Say who takes the goods along.";
    take_note_needed: "请写明原因，申请的人会看到。" / "Say why: who asked will read it.";
    take_photo_needed: "有破损就要拍照。" / "Damaged goods need a photo.";
    take_too_many(item, most): "{item}：最多 {most} 件。" / "{item}: at most {most}.";
    take_over_first(item): "{item}：发出的都到了，才会有多的。"
        / "{item}: there can be more only once all that was sent has arrived.";
    take_done_confirmed: "已确认，等拣货。" / "Confirmed. The goods can be picked.";
    take_done_declined: "已拒绝，会马上问下一家。" / "Declined. The next store is asked at once.";
    take_done_approved: "已同意。" / "Approved.";
    take_done_rejected: "已退回申请。" / "Turned down.";
    take_done_picked: "已记录拣货，可以交接了。" / "Picked. The goods can be handed over.";
    take_done_handed: "已交接，货在途中。" / "Handed over. The goods are in transit.";
    take_done_received: "已收货。" / "Received.";
    take_done_settled: "差异已处理。" / "The discrepancy is settled.";
    take_done_reviewed: "已记录复核。" / "The review is recorded.";
    take_done_cancelled: "已取消。" / "Withdrawn.";

    ask_approve_text: "同意以后，对方门店会马上收到申请。" / "The other store is asked as soon as you approve.";
    ask_decline_text: "拒绝以后不能收回，会马上问下一家门店。" / "This cannot be taken back. The next store is asked at once.";
    ask_reject_text: "不同意以后不能收回，要调货得重新申请。" / "This cannot be taken back. The store would have to ask anew.";
    ask_cancel_text: "取消以后不能收回，要调货得重新申请。" / "This cannot be taken back. To have the goods, ask anew.";
    ask_hand_over_text(n, who): "{n} 件货交给 {who} 带走。交接以后不能取消，货算在途。"
        / "{n} pcs leave with {who}. After that the transfer cannot be withdrawn: the goods are in transit.";
    ask_receive_text(n): "收下 {n} 件好货。收货只能记一次，不能改。" / "{n} sound pieces are received. This is said once and cannot be changed.";
    ask_receive_differs(short, damaged, over): "和发出的不一样：少 {short} 件，破损 {damaged} 件，多 {over} 件。会记为差异。"
        / "Not what was sent: {short} short, {damaged} damaged, {over} over. A discrepancy is opened.";
    ask_settle_text(n, who): "{n} 件由{who}承担，从在途里核销。不能收回。"
        / "{n} pcs are borne by {who} and written off from transit. This cannot be taken back.";

    field_less: "减一" / "One less";
    field_more: "加一" / "One more";
    field_from: "从哪里拿" / "From where";
    field_another_place(item): "{item}：还从别处拿" / "{item}: from another place too";
    field_to: "放到哪里" / "To where";
    field_reason: "原因" / "Reason";
    field_cause: "查明的原因" / "What held it up";
    field_note: "说明（可不填）" / "Note (optional)";
    field_note_needed: "说明" / "Note";
    field_carriage: "谁带走" / "Who takes it along";
    field_driver: "司机" / "A driver";
    field_carrier: "承运商" / "A carrier";
    field_driver_name: "司机姓名" / "Driver’s name";
    field_carrier_name: "承运商名称" / "Carrier’s name";
    field_tracking: "运单号（可不填）" / "Tracking number (optional)";
    field_sound: "完好" / "Sound";
    field_damaged: "破损" / "Damaged";
    field_over: "多出" / "Over";
    field_sent(n): "发出 {n} 件" / "{n} sent";
    field_asked(n): "申请 {n} 件" / "{n} wanted";
    field_promised(n): "答应 {n} 件" / "{n} promised";
    field_picked(n): "拣了 {n} 件" / "{n} picked";
    field_bearer: "由谁承担" / "Who bears it";
    field_bearer_hint: "由别人承担，要区域经理或总部来定。" / "To let somebody else bear it takes the regional manager or headquarters.";
    field_photos: "照片" / "Photos";
    field_photo_take: "拍照" / "Take a photo";
    field_lot(lot): "批次 {lot}" / "Lot {lot}";

    cause_on_the_road: "还在路上" / "Still on the road";
    cause_not_scanned: "到了，还没扫" / "Here, not scanned yet";
    cause_wrong_place: "送错了地方" / "Went to another place";
    cause_lost: "下落不明" / "Nobody knows where";
    bearer_source: "调出门店" / "the sending store";
    bearer_receiver: "收货门店" / "the receiving store";
    bearer_carrier: "承运方" / "the carrier";

    phase_awaits_approval: "待审批" / "To approve";
    phase_awaits_answer: "待确认" / "To confirm";
    phase_confirmed: "待拣货" / "To pick";
    phase_picked: "待交接" / "To hand over";
    phase_in_transit: "在途" / "In transit";
    phase_abnormal: "异常流转" / "Abnormal flow";
    phase_disputed: "有差异" / "Discrepancy";
    phase_closed: "已完成" / "Closed";
    phase_cancelled: "已取消" / "Withdrawn";
    phase_rejected: "未批准" / "Turned down";
    phase_unmet: "无货可调" / "Unmet";
}

impl Language {
    /// Since when something waits.
    #[must_use]
    pub fn transfer_since(self, how_long: String) -> String {
        self.transfer_since_when(self.set_off(&how_long))
    }

    /// What a list of transfers is called.
    #[must_use]
    pub fn transfer_list(self, list: TransferList) -> &'static str {
        match list {
            TransferList::Mine => self.transfers_mine(),
            TransferList::Open => self.transfers_open(),
            TransferList::Abnormal => self.transfers_abnormal(),
            TransferList::Done => self.transfers_done(),
        }
    }

    /// How far a transfer has come.
    #[must_use]
    pub fn phase(self, phase: Phase) -> &'static str {
        match phase {
            Phase::AwaitsApproval => self.phase_awaits_approval(),
            Phase::AwaitsAnswer => self.phase_awaits_answer(),
            Phase::Confirmed => self.phase_confirmed(),
            Phase::Picked => self.phase_picked(),
            Phase::InTransit => self.phase_in_transit(),
            Phase::Abnormal => self.phase_abnormal(),
            Phase::Disputed => self.phase_disputed(),
            Phase::Closed => self.phase_closed(),
            Phase::Cancelled => self.phase_cancelled(),
            Phase::Rejected => self.phase_rejected(),
            Phase::Unmet => self.phase_unmet(),
        }
    }

    /// What somebody is waited for to do; the steps that only the ledger takes wait for nobody.
    #[must_use]
    pub fn transfer_to_do(self, step: StepKind) -> &'static str {
        match step {
            StepKind::Approval => self.do_approve(),
            StepKind::Answer => self.do_answer(),
            StepKind::Picking => self.do_pick(),
            StepKind::HandOver => self.do_hand_over(),
            StepKind::Receipt => self.do_receive(),
            StepKind::Settlement => self.do_settle(),
            StepKind::FlowReview => self.do_review(),
            StepKind::Cancellation => self.do_cancel(),
            other => self.transfer_step(other),
        }
    }

    /// What the hour brings if nobody acts until `at`.
    #[must_use]
    pub fn transfer_alarm(self, step: StepKind, at: String) -> String {
        match step {
            StepKind::AnswerReminder => self.transfer_alarm_reminder(at),
            StepKind::AnswerEscalation => self.transfer_alarm_answer(at),
            StepKind::ApprovalReminder => self.transfer_alarm_approval(at),
            StepKind::SendingReminder => self.transfer_alarm_sending(at),
            StepKind::SendingEscalation => self.transfer_alarm_sending_region(at),
            StepKind::FlowEscalation => self.transfer_alarm_region(at),
            _ => self.transfer_alarm_flow(at),
        }
    }

    /// What held goods up.
    #[must_use]
    pub fn flow_cause(self, cause: FlowCause) -> &'static str {
        match cause {
            FlowCause::OnTheRoad => self.cause_on_the_road(),
            FlowCause::NotScanned => self.cause_not_scanned(),
            FlowCause::WrongPlace => self.cause_wrong_place(),
            FlowCause::Lost => self.cause_lost(),
        }
    }

    /// Who bears a loss.
    #[must_use]
    pub fn bearer(self, bearer: Bearer) -> &'static str {
        match bearer {
            Bearer::Source => self.bearer_source(),
            Bearer::Receiver => self.bearer_receiver(),
            Bearer::Carrier => self.bearer_carrier(),
        }
    }
}
