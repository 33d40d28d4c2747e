//! Messages that are answered: what they say, what can be said to them, and what became of it.

use super::{Language, messages};
use domain::message::preference::ChannelKind;
use domain::message::{Act, MessageKind};
use domain::transfer::DeclineReason;

messages! {
    message_request(store, units): "{store} 申请调货 {units} 件" / "{store} asks for {units} pieces";
    message_reminder(store): "催办：{store} 在等您答复调货" / "Reminder: {store} waits for your answer";
    message_approval_reminder(store): "催办：{store} 的调拨申请还没有批准" / "Reminder: a transfer to {store} still needs your word";
    message_approval(store): "{store} 的调拨申请待批准" / "A transfer to {store} needs your word";
    message_abnormal(transfer): "异常流转：{transfer} 超时没有收货" / "Abnormal flow: {transfer} has not been received";
    message_approved: "调拨申请已批准" / "Your request is approved";
    message_rejected: "调拨申请被驳回" / "Your request is rejected";
    message_confirmed(store): "{store} 已确认调出" / "{store} has confirmed";
    message_declined(store): "{store} 不能调出，没有别的门店可问" / "{store} has declined, and nobody is left to ask";
    message_declined_next(store, next): "{store} 不能调出，已改问 {next}" / "{store} has declined: {next} is asked now";
    message_sending(source, store): "催发：{source} 答应调给 {store} 的货还没发" / "Reminder: {source} has not sent what it promised to {store}";
    message_not_sent(store): "{store} 答应的货还没发，已上报区域" / "{store} has not sent what it promised: the region is asked";
    message_handed_over(store): "{store} 已发货，到店请扫码收货" / "{store} has handed over: scan the goods when they arrive";
    message_disputed(transfer): "{transfer} 收货有差异，待处理" / "{transfer} arrived with a discrepancy";
    message_cancelled(store): "{store} 取消了调拨" / "{store} has cancelled its request";

    message_warning(rule, goods): "{rule}：{goods}" / "{rule}: {goods}";
    message_warnings(n): "{n} 条新预警" / "{n} new warnings";

    message_fact_store: "门店" / "Store";
    message_fact_why: "原因" / "Why";
    message_fact_advice: "建议" / "Advice";
    message_fact_goods: "商品" / "Goods";
    message_fact_units: "数量" / "Units";
    message_fact_from: "调出" / "From";
    message_fact_to: "调入" / "To";
    message_fact_by: "申请人" / "By";
    message_fact_until: "要货日期" / "Until";
    message_and_more(name, n): "{name} 等 {n} 种" / "{name} and others, {n} in all";
    message_pieces(n): "{n} 件" / "{n}";
    message_open: "查看" / "Open";

    act_confirm: "确认" / "Confirm";
    act_decline: "拒绝" / "Decline";
    act_take: "我来处理" / "I take it";
    act_approve: "批准" / "Approve";
    act_reject: "驳回" / "Reject";

    reason_not_there: "没有货" / "Not there";
    reason_needed_here: "本店要用" / "Needed here";
    reason_unfit: "破损或临期" / "Unfit for sale";
    reason_no_hands: "没有人手" / "Nobody to do it";
    reason_not_needed: "不需要调" / "Not needed";
    reason_order_instead: "改为订货" / "Order it instead";

    inbox_title: "消息" / "Inbox";
    inbox_sub: "和您有关的事都在这里" / "Everything that concerns you";
    inbox_empty_title: "没有消息" / "No messages";
    inbox_empty_text: "有事要您办，或者您等的事有了结果，会在这里告诉您。"
        / "When something needs you, or what you wait for has happened, it is said here.";
    inbox_new: "新" / "New";
    inbox_reason_label: "拒绝的原因" / "Reason, if you decline";
    inbox_not_sent: "没有送到，请稍后再试" / "Not sent: try again";
    inbox_n_unread(n): "{n} 条新消息" / "{n} new messages";

    telling_title: "怎样通知我" / "How I am told";
    telling_hint: "消息总在收件箱里。这里选别的通知方式；消息用您现在看的语言。"
        / "The inbox always has everything. Choose other ways here; messages come in the language of this page.";
    telling_unknown(channel): "{channel}（总部还没有登记您的账号）" / "{channel} (headquarters has not registered you there)";
    telling_own(channel): "{channel}（请在下面设置）" / "{channel} (set it up below)";
    telling_quiet: "这段时间不打扰" / "Quiet hours";
    telling_from: "从" / "From";
    telling_to: "到" / "To";
    telling_save: "保存" / "Save";
    telling_saved: "已保存" / "Saved";
    telling_not_saved: "没有保存，请再试" / "Not saved: try again";

    mail_title: "邮件地址" / "E-mail address";
    mail_hint: "先往这个地址发一个验证码。您填对了，消息才会发到那里。"
        / "A code is sent to the address first. Messages go there only once you have typed it here.";
    mail_address: "您的邮件地址" / "Your e-mail address";
    mail_send_code: "发送验证码" / "Send a code";
    mail_code_sent: "验证码已发出，请查收邮件" / "Sent: look into your mailbox";
    mail_code_for(address): "发到 {address} 的验证码" / "The code sent to {address}";
    mail_confirm: "确认" / "Confirm";
    mail_confirmed: "已确认，消息也会发到这里" / "Confirmed: messages go there too";
    mail_is(address): "消息也发到 {address}" / "Messages go to {address} too";
    mail_forget: "不再发到这里" / "No longer send there";
    mail_no_address: "这个地址收不了邮件，请检查" / "No letter can be sent there: check the address";
    mail_wrong_code: "验证码不对，或者已经过期" / "Another code, or one that holds no longer";
    mail_too_often: "发得太多了，请过一小时再试" / "Too many codes: try again in an hour";
    mail_not_sent: "没有发成，请稍后再试" / "Not sent: try again later";
    mail_code_subject: "货迹验证码" / "Your code for Shelftrace";
    mail_code_text(code): "您的验证码是 {code}，30 分钟内有效。如果不是您本人在货迹填写了这个地址，请不必理会。"
        / "Your code is {code}. It holds for 30 minutes. If you did not give this address to Shelftrace, do nothing.";

    push_title: "这台设备上的通知" / "Notices on this device";
    push_off: "打开后，不开应用也会收到通知。浏览器会先问您同不同意。"
        / "Switched on, you are told even while the app is closed. Your browser asks you first.";
    push_on: "已打开。退出登录后，这台设备不再收到您的通知。"
        / "On. After you sign out, this device shows none of your notices.";
    push_denied: "您拒绝了通知。请在浏览器的网站设置里，把这个网站的“通知”改为允许，再回到这里。"
        / "You have refused notices. Allow them for this site in your browser's settings, then come back.";
    push_install: "在 iPhone 和 iPad 上，请先点“分享”→“添加到主屏幕”，再从主屏幕打开货迹。"
        / "On an iPhone or iPad: tap Share, then Add to Home Screen, and open Shelftrace from there.";
    push_unsupported: "这个浏览器不能显示通知，请用新版的 Chrome、Edge、Firefox 或 Safari。"
        / "This browser shows no notices: use a new Chrome, Edge, Firefox or Safari.";
    push_failed: "没有办成：浏览器连不上它的推送服务。请换个网络再试。"
        / "Not done: the browser cannot reach its push service. Try again on another network.";
    push_switch_on: "打开通知" / "Switch on";
    push_switch_off: "关闭通知" / "Switch off";

    deliveries_title: "消息送达" / "Messages delivered";
    deliveries_median(n): "从申请到确认的中位时间：{n} 分钟" / "From request to confirmation, median: {n} min";
    deliveries_no_median: "还没有确认过的申请" / "No request has been confirmed yet";
    deliveries_empty: "还没有发过消息" / "Nothing has been sent yet";
    deliveries_channels: "各渠道" / "Channels";
    deliveries_messages: "最近的消息" / "Newest messages";
    deliveries_channel: "渠道" / "Channel";
    deliveries_message: "消息" / "Message";
    deliveries_sent: "已发" / "Sent";
    deliveries_opened: "已看" / "Opened";
    deliveries_acted: "已处理" / "Answered";
    deliveries_failed: "没发成" / "Failed";
    deliveries_queued: "写于" / "Written";
    deliveries_min_sent: "发出（分）" / "Sent, min";
    deliveries_min_delivered: "送达（分）" / "Delivered, min";
    deliveries_min_opened: "看到（分）" / "Opened, min";
    deliveries_min_to_act: "处理（分）" / "Answered, min";
    deliveries_unread: "没有人看" / "Nobody opens it";
    deliveries_no_receiver: "渠道不认识这个人" / "The channel does not know the person";
    deliveries_withdrawn: "发出前已有答复，未再发送" / "Answered before it was sent";
    deliveries_tries(n): "试过 {n} 次" / "{n} tries";
    deliveries_link: "消息送达记录" / "Delivery log";

    robot_title: "门店群机器人" / "Robots in stores' groups";
    robot_hint: "在门店的企业微信、钉钉或飞书群里添加自定义机器人，把它的 Webhook 地址粘贴到这里。给店长的消息会同时发到群里，每条只发一次。地址保存后不再显示。"
        / "Add a custom robot to a store's WeCom, DingTalk or Feishu group and paste its webhook address here. What its manager is told then goes to the group too, once. A saved address is never shown again.";
    robot_secret: "加签密钥（钉钉、飞书）" / "Signing secret (DingTalk, Feishu)";
    robot_secret_hint: "机器人的安全设置里选了加签（签名校验）才需要" / "Needed where the robot's security settings ask for a signature";
    robot_store: "门店" / "Store";
    robot_key: "机器人的 Webhook 地址" / "The robot's webhook address";
    robot_set: "已设置" / "Set";
    robot_refused: "平台不认识它，或安全设置不符，请重新设置" / "Its platform does not know it, or its security settings differ: set it anew";
    robot_remove: "移除" / "Remove";
    robot_remove_of(name): "移除 {name} 的机器人" / "Remove the robot of {name}";
    robot_malformed: "这不是机器人的 Webhook 地址，或密钥不对" / "That is no webhook address of a robot, or no secret of one";

    channel_inbox: "收件箱" / "Inbox";
    channel_wecom: "企业微信" / "WeCom";
    channel_wecom_group: "门店群" / "Store group";
    channel_dingtalk: "钉钉" / "DingTalk";
    channel_feishu: "飞书" / "Feishu";
    channel_email: "邮件" / "E-mail";
    channel_web_push: "浏览器推送" / "Browser";
    channel_webhook: "Webhook" / "Webhook";

    answered_confirmed(by, at): "已确认 · {by} {at}" / "Confirmed · {by} {at}";
    answered_declined(by, at): "已拒绝 · {by} {at}" / "Declined · {by} {at}";
    answered_approved(by, at): "已批准 · {by} {at}" / "Approved · {by} {at}";
    answered_rejected(by, at): "已驳回 · {by} {at}" / "Rejected · {by} {at}";
    answered_cancelled(by, at): "已取消 · {by} {at}" / "Cancelled · {by} {at}";
    answered_taken(by, at): "已接手 · {by} {at}" / "Taken · {by} {at}";
    answered_ended(by, at): "已结束 · {by} {at}" / "Closed · {by} {at}";
    answered_before(what): "晚了一步：{what}" / "Too late: {what}";
    answered_changed: "情况已变，请打开查看" / "It has changed: open it";
    answered_not_allowed: "您不能决定这一条" / "Not yours to decide";
    answered_too_dear: "金额大，请打开页面办理" / "Too much for a card: open it";
    answered_not_available: "可调出的不够，请打开处理" / "Not enough to promise: open it";
    answered_not_done: "没有办成，请打开查看" / "Not done: open it";
    answered_no_reason: "请选拒绝的原因" / "Choose a reason";
}

impl Language {
    /// What a button under a message says.
    #[must_use]
    pub fn act(self, kind: MessageKind, act: Act) -> &'static str {
        match (kind, act) {
            (MessageKind::Approval, Act::Confirm) => self.act_approve(),
            (MessageKind::Approval, Act::Decline) => self.act_reject(),
            (_, Act::Confirm) => self.act_confirm(),
            (_, Act::Decline) => self.act_decline(),
            (_, Act::Take) => self.act_take(),
        }
    }

    /// What a channel is called.
    #[must_use]
    pub fn channel(self, channel: ChannelKind) -> &'static str {
        match channel {
            ChannelKind::Inbox => self.channel_inbox(),
            ChannelKind::WeCom => self.channel_wecom(),
            ChannelKind::WeComGroup => self.channel_wecom_group(),
            ChannelKind::DingTalk => self.channel_dingtalk(),
            ChannelKind::Feishu => self.channel_feishu(),
            ChannelKind::Email => self.channel_email(),
            ChannelKind::WebPush => self.channel_web_push(),
            ChannelKind::Webhook => self.channel_webhook(),
        }
    }

    /// Why a source does not send the goods.
    #[must_use]
    pub fn decline_reason(self, reason: DeclineReason) -> &'static str {
        match reason {
            DeclineReason::NotThere => self.reason_not_there(),
            DeclineReason::NeededHere => self.reason_needed_here(),
            DeclineReason::Unfit => self.reason_unfit(),
            DeclineReason::NoHands => self.reason_no_hands(),
        }
    }
}
