//! Goods under way: what carriers and drivers tell, the driver's link and page.

use super::{Language, messages};
use domain::transfer::CarriageStatus;

messages! {
    carriage_head: "运输" / "On the way";
    carriage_picked_up: "已取货" / "Picked up";
    carriage_under_way: "在路上" / "On the road";
    carriage_failed: "没有送成" / "Could not be delivered";
    carriage_delivered: "已送到" / "Delivered";
    carriage_told_by(name): "{name} 报告" / "Reported by {name}";
    carriage_none: "还没有运输消息。" / "Nothing has been heard of the goods yet.";
    dispatch_sent(name, at): "派车单已送达 {name}（{at}）。" / "{name} has the dispatch order ({at}).";
    dispatch_waiting(name): "派车单正在发给 {name}。" / "The dispatch order is on its way to {name}.";
    dispatch_again(name, why, at): "派车单还没送到 {name}（{why}），{at} 再试。"
        / "{name} does not have the dispatch order yet ({why}). It is tried again {at}.";
    dispatch_given_up(name, why): "派车单没有送到 {name}（{why}）。请打电话联系。"
        / "{name} did not take the dispatch order ({why}). Call them.";
    driver_link: "司机链接" / "Driver’s link";
    driver_link_text: "发给司机：不用登录，只能看这一单，点一下报告取货和送到。3 天后失效。"
        / "For the driver: without signing in it shows this one waybill and takes “picked up” and “delivered”. It expires after 3 days.";
    driver_link_copy: "复制链接" / "Copy the link";
    driver_link_copied: "已复制" / "Copied";
    field_carrier_other: "别的承运商" / "Another carrier";
    field_carrier_order: "会自动发派车单，状态会回到这里。" / "A dispatch order goes out by itself, and the status comes back here.";

    carriage_title(number): "送货 {number}" / "Delivery {number}";
    carriage_say_picked_up: "我已取货" / "I have picked the goods up";
    carriage_say_delivered: "我已送到" / "I have delivered them";
    carriage_thanks: "谢谢。收货门店会扫码收货。" / "Thank you. The receiving store scans the goods.";
    carriage_received: "这批货已经不在途中，谢谢。" / "These goods are no longer under way. Thank you.";
    carriage_link_text: "请勿转发：有这个链接的人都能报告这一单。" / "Do not pass this on: whoever has the link can report on this delivery.";
    carriage_expired: "链接已失效" / "The link has expired";
    carriage_expired_text: "链接不对，或者已经过期。请向发货门店要新的。" / "It is not right, or too old. Ask the sending store.";
}

impl Language {
    /// How far goods have come.
    #[must_use]
    pub fn carriage_status(self, status: CarriageStatus) -> &'static str {
        match status {
            CarriageStatus::PickedUp => self.carriage_picked_up(),
            CarriageStatus::UnderWay => self.carriage_under_way(),
            CarriageStatus::Failed => self.carriage_failed(),
            CarriageStatus::Delivered => self.carriage_delivered(),
        }
    }

    /// What a driver says of it.
    #[must_use]
    pub fn carriage_say(self, status: CarriageStatus) -> &'static str {
        match status {
            CarriageStatus::PickedUp => self.carriage_say_picked_up(),
            CarriageStatus::Delivered => self.carriage_say_delivered(),
            other => self.carriage_status(other),
        }
    }
}
