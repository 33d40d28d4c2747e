//! Transfers between stores, and why a step of one is not taken.

use super::{Language, messages};
use domain::transfer::StepKind;

messages! {
    step_request: "申请调拨" / "Transfer requested";
    step_approval: "审批调拨申请" / "Request approved or rejected";
    step_cancellation: "取消调拨" / "Transfer cancelled";
    step_answer: "确认或拒绝调出" / "Source confirmed or declined";
    step_picking: "拣货" / "Goods picked";
    step_hand_over: "交接发货" / "Goods handed over";
    step_receipt: "扫码收货" / "Goods received";
    step_settlement: "差异处理" / "Discrepancy settled";
    step_flow_review: "异常流转复核" / "Abnormal flow reviewed";
    step_answer_reminder: "催办确认" / "Answer reminded";
    step_approval_reminder: "催办批准" / "Approval reminded";
    step_sending_reminder: "催办发货" / "Dispatch reminded";
    step_sending_escalation: "发货超时，上报区域" / "Dispatch escalated to the region";
    step_answer_escalation: "确认超时，上报区域" / "Answer escalated to the region";
    step_flow_alarm: "异常流转" / "Abnormal flow";
    step_flow_escalation: "异常流转，上报区域" / "Abnormal flow escalated to the region";

    credit_disputed: "信用申诉" / "Credit point disputed";
    credit_judged: "信用申诉裁定" / "Dispute of a credit point decided";
    subject_transfer: "调拨单" / "Transfer";

    parked_transfer_unknown: "服务器还不知道这张调拨单。等别的记录上传后再传一次。"
        / "The server does not know this transfer yet. Send again once the other records are up.";
    parked_transfer_of_others: "调拨单的这一步不归本店做。请刷新调拨单。"
        / "This step of the transfer is another store’s. Load the transfer again.";
    parked_bad_transfer: "调拨内容不对：商品不能为空或重复，也要有别的门店可以调货。请核对后再提交。"
        / "A transfer needs items, each once, and other stores to ask. Check and send it again.";
    parked_step_taken(by, step): "{by} 已经做过：{step}。可以不要这一条。"
        / "{by} has done this before: {step}. Discard this one.";
    parked_step_not_yet(step): "还要先完成：{step}。完成后再传一次。" / "First comes: {step}. Send it again after that.";
    parked_too_many_units(sku, most): "{sku} 最多 {most} 件。请核对数量。" / "Of {sku} at most {most}. Check the quantity.";
    parked_not_available(sku, available): "{sku} 只能再承诺 {available} 件，其余没有库存或已答应别的门店。请减少数量，或者拒绝。"
        / "Of {sku} only {available} can be promised: the rest is not there, or promised to others. Promise fewer, or decline.";
    parked_nothing_to_settle: "没有要处理的差异，可以不要。" / "There is nothing to settle: discard this.";
    parked_no_such_point: "本店没有这条扣分。请刷新信用页面。" / "There is no such point against this store. Load the page again.";
}

impl Language {
    /// What a step of a transfer is called.
    #[must_use]
    pub fn transfer_step(self, step: StepKind) -> &'static str {
        match step {
            StepKind::Request => self.step_request(),
            StepKind::Approval => self.step_approval(),
            StepKind::Cancellation => self.step_cancellation(),
            StepKind::Answer => self.step_answer(),
            StepKind::Picking => self.step_picking(),
            StepKind::HandOver => self.step_hand_over(),
            StepKind::Receipt => self.step_receipt(),
            StepKind::Settlement => self.step_settlement(),
            StepKind::FlowReview => self.step_flow_review(),
            StepKind::AnswerReminder => self.step_answer_reminder(),
            StepKind::AnswerEscalation => self.step_answer_escalation(),
            StepKind::FlowAlarm => self.step_flow_alarm(),
            StepKind::ApprovalReminder => self.step_approval_reminder(),
            StepKind::SendingReminder => self.step_sending_reminder(),
            StepKind::SendingEscalation => self.step_sending_escalation(),
            StepKind::FlowEscalation => self.step_flow_escalation(),
        }
    }
}
