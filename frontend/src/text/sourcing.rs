//! Asking for goods, and how far stores can be relied on.

use super::{Language, messages};
use domain::credit::{Band, PointKind};

messages! {
    want_title: "申请调拨" / "Request a transfer";
    want_sub: "说要什么、要多少，系统找最合适的门店" / "Say what and how many: the best store is found for you";
    want_new: "申请调拨" / "Request";
    want_store: "要货的门店" / "Store that wants them";
    want_item: "商品" / "Item";
    want_item_hint: "品名、编码或条码" / "Name, code or barcode";
    want_find: "查找" / "Find";
    want_items: "找到的商品" / "Items found";
    want_no_items: "没有找到这样的商品，换个词试试。" / "No such item. Try other words.";
    want_other_item: "换商品" / "Another item";
    want_units: "要多少件" / "How many";
    want_bad_units: "数量要是 1 到 1000000 的整数。" / "The quantity must be a whole number from 1 to 1,000,000.";
    want_show: "找货源" / "Find sources";
    want_proposed: "建议从这里调" / "Proposed";
    want_others: "也可以从这里调" / "Also possible";
    want_not_proposed: "为什么没有建议其他门店" / "Why others are not proposed";
    want_none_title: "附近没有门店有富余" / "No store nearby has any to spare";
    want_none_text: "可以少要一些，或者向供应商补货。" / "Ask for fewer, or order from the supplier.";
    want_missing(n): "还差 {n} 件，附近没有富余。" / "{n} pieces are missing: nobody nearby can spare them.";
    want_split(n): "一家不够，从 {n} 家调。" / "No single store has enough: it is split over {n}.";
    want_request(n): "申请调 {n} 件" / "Request {n} pieces";
    want_request_from(store): "只向{store}申请" / "Ask {store} instead";
    want_needs(role): "金额较大或信用较低，先要{role}同意。" / "Because of its value or the store’s credit, the {role} must approve it first.";
    want_requested: "已申请，对方门店已收到通知。" / "Requested. The other store has been told.";

    why_way(km, min): "{km} 公里，约 {min} 分钟" / "{km} km, about {min} min";
    why_surplus(n): "富余 {n} 件" / "{n} to spare";
    why_keeps(safety, demand): "自留安全库存 {safety} 件和预计需求 {demand} 件" / "keeps {safety} for safety and {demand} for its own demand";
    why_credit(score): "信用 {score}" / "credit {score}";
    why_saves(money): "预计多卖 {money}" / "expected to save {money} of sales";
    why_sellable(days): "还能卖 {days} 天" / "{days} days left to sell";
    not_itself: "就是本店" / "The store itself";
    not_closed: "没有营业或正在盘点" / "Closed, or being stocktaken";
    not_declined: "已经拒绝过" / "Has declined already";
    not_on_hand: "没有货" / "Has none";
    not_reserved(n): "{n} 件都已答应别人" / "All {n} are promised to others";
    not_needed_there(free): "可用 {free} 件，自己要用" / "Its {free} are needed there";
    not_expiring(days): "只剩 {days} 天可卖" / "Only {days} days left to sell";
    not_too_far(min): "太远，要 {min} 分钟" / "Too far: {min} min";
    not_reliable(score): "信用太低：{score}" / "Its credit is too low: {score}";
    not_worth_it: "调过来不划算" / "Would cost more than it saves";

    credit_title: "门店信用" / "Store credit";
    credit_sub: "说到做到的门店，调货更快" / "Stores that keep their word get goods faster";
    credit_trend_up(n): "30 天 +{n}" / "+{n} in 30 days";
    credit_trend_down(n): "30 天 −{n}" / "−{n} in 30 days";
    credit_trend_flat: "30 天不变" / "Unchanged in 30 days";
    credit_out_of: "满分 1000" / "Of 1000";
    credit_points: "得分和扣分" / "Points";
    credit_none_title: "还没有得分和扣分" / "No points yet";
    credit_none_text: "新门店从 700 分开始。每次调拨的好坏都会记在这里。" / "Every store begins with 700. What comes of its transfers is listed here.";
    credit_counts(n): "现在算 {n}" / "counts {n} now";
    credit_point(n): "{n} 分" / "{n}";
    credit_with(store): "和{store}" / "with {store}";
    credit_event(id): "依据记录 {id}" / "event {id}";
    credit_more(n): "还有 {n} 家门店没有显示" / "{n} more stores are not shown";
    credit_n_disputes(n): "{n} 件申诉待裁定" / "{n} disputes to decide";
    credit_explain: "每分 90 天后减半；同一家门店来往再多，也最多算 5 分。"
        / "A point counts half after 90 days; dealings with one store count for 5 points at most.";
    band_low: "低：每次申请都要区域同意" / "Low: every request needs the region";
    band_normal: "正常：2000 元以内不用审批" / "Normal: free up to ¥2,000";
    band_high: "高：1 万元以内不用审批" / "High: free up to ¥10,000";
    band_short_low: "低" / "Low";
    band_short_normal: "正常" / "Normal";
    band_short_high: "高" / "High";

    appeal: "申诉" / "Appeal";
    appeal_title: "为什么不该扣" / "Why is it not deserved?";
    appeal_send: "提交申诉" / "Send the appeal";
    appeal_sent: "已申诉，等稽核裁定。" / "Sent. An auditor will decide.";
    appeal_open(by): "{by} 已申诉，等稽核裁定" / "Disputed by {by}, to be decided by an auditor";
    appeal_granted(by): "申诉成立，不再扣分（{by}）" / "Granted: the point is struck ({by})";
    appeal_refused(by): "申诉不成立（{by}）" / "Not granted ({by})";
    appeal_judge: "裁定" / "Decide";
    appeal_why: "裁定的理由" / "Why";
    appeal_grant: "成立，撤销扣分" / "Grant: strike the point";
    appeal_refuse: "不成立" / "Do not grant";
    appeal_judged: "已裁定。" / "Decided.";

    point_sent: "按时发了货" / "Sent what was wanted";
    point_received: "按时收了货" / "Received in time";
    point_answered_late: "催了才答复" / "Had to be reminded of an answer";
    point_sent_late: "催了才发货" / "Had to be reminded of goods it promised";
    point_sending_escalated: "答应了不发，上报了区域" / "The region had to be asked about goods it promised";
    point_answer_escalated: "不答复，上报了区域" / "The region had to be asked about its answer";
    point_declined: "拒绝调出" / "Declined";
    point_promised_less: "答应的比申请的少" / "Promised fewer than asked for";
    point_sent_less: "发的比答应的少" / "Sent fewer than promised";
    point_not_sent: "答应了没有发" / "Promised and did not send";
    point_withdrew: "对方答应后又取消" / "Withdrew what another had promised";
    point_received_late: "异常流转：太久没收货" / "Abnormal flow: received too late";
    point_not_reviewed: "异常流转没人复核" / "Abnormal flow not reviewed";
    point_lost: "承担了货损" / "Bears goods that did not arrive sound";
}

impl Language {
    /// What a band of credit means.
    #[must_use]
    pub fn band(self, band: Band) -> &'static str {
        match band {
            Band::Low => self.band_low(),
            Band::Normal => self.band_normal(),
            Band::High => self.band_high(),
        }
    }

    /// A band of credit in a word.
    #[must_use]
    pub fn band_short(self, band: Band) -> &'static str {
        match band {
            Band::Low => self.band_short_low(),
            Band::Normal => self.band_short_normal(),
            Band::High => self.band_short_high(),
        }
    }

    /// What a point of credit is for.
    #[must_use]
    pub fn credit_point_kind(self, kind: PointKind) -> &'static str {
        match kind {
            PointKind::Sent => self.point_sent(),
            PointKind::Received => self.point_received(),
            PointKind::AnsweredLate => self.point_answered_late(),
            PointKind::SentLate => self.point_sent_late(),
            PointKind::SendingEscalated => self.point_sending_escalated(),
            PointKind::AnswerEscalated => self.point_answer_escalated(),
            PointKind::Declined => self.point_declined(),
            PointKind::PromisedLess => self.point_promised_less(),
            PointKind::SentLess => self.point_sent_less(),
            PointKind::NotSent => self.point_not_sent(),
            PointKind::Withdrew => self.point_withdrew(),
            PointKind::ReceivedLate => self.point_received_late(),
            PointKind::NotReviewed => self.point_not_reviewed(),
            PointKind::Lost => self.point_lost(),
        }
    }
}
