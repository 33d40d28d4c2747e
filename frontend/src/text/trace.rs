//! Events, told to people.

use super::{Language, messages};
use crate::format;
use domain::approval::Standing;
use domain::board::TraceWhat;
use domain::event::{CountMethod, Flag};
use domain::geo::{Fix, Geofence, NoFix};

messages! {
    trace_opened: "开始盘点" / "Opened the stocktake";
    trace_submitted: "提交盘点" / "Submitted the stocktake";
    trace_undone(item): "撤销：{item}" / "Took back: {item}";
    trace_moved(kind, n_items): "{kind}，{n_items} 种商品" / "{kind}, items: {n_items}";
    trace_awaiting(what): "{what}，待批准" / "{what}, awaiting approval";
    trace_reversed(kind): "冲销：{kind}" / "Reversed: {kind}";
    trace_approved(kind): "批准：{kind}" / "Approved: {kind}";
    trace_declined(kind): "驳回：{kind}" / "Declined: {kind}";
    trace_planned(n_shelves): "安排盘点，{n_shelves} 个货架" / "Planned a stocktake, shelves: {n_shelves}";
    trace_shelf_finished(shelf): "货架 {shelf} 盘完" / "Finished shelf {shelf}";
    trace_sheet_keyed(shelf, counted_by): "录入盘点单 {shelf}，{counted_by} 盘" / "Keyed in the sheet of {shelf}, counted by {counted_by}";
    trace_recount_asked(n_lines): "要求复盘 {n_lines} 行" / "Asked for a recount, lines: {n_lines}";
    trace_line_decided(item): "确定盘点结果：{item}" / "Decided the count of {item}";
    trace_stocktake_approved: "批准盘点" / "Approved the stocktake";
    trace_stocktake_cancelled: "取消盘点" / "Cancelled the stocktake";
    trace_variance_posted(n_lines): "盘点差异入账，{n_lines} 行" / "Variance posted, lines: {n_lines}";
    trace_case_taken(flag): "跟进告警：{flag}" / "Looks into the alarm: {flag}";
    trace_case_closed(flag, outcome): "告警结案：{flag}，{outcome}" / "Closed the alarm: {flag}: {outcome}";
    trace_note(note): "备注：{note}" / "note: {note}";

    flag_clock_off: "手机时钟不准" / "clock off";
    flag_outside_store: "不在店内" / "away from the store";
    flag_at_night: "打烊时操作" / "while closed";
    flag_photo_reused: "照片用过" / "photo used before";
    flag_photo_alike: "照片与旧照雷同" / "photo like an earlier one";
    flag_sequence_gap: "设备记录缺号" / "device's numbers have a gap";
    flag_own_approval: "自己盘自己批" / "approved their own count";
    flag_photo_stale: "照片不是当时本人拍的" / "photo taken at another time or by somebody else";

    trace_document(document): "单据 {document}" / "document {document}";

    method_camera: "摄像头" / "camera";
    method_photo: "拍照" / "photo";
    method_hardware_scanner: "扫码枪" / "hardware scanner";
    method_typed_code: "手输条码" / "typed code";
    method_keypad: "键盘改数" / "quantity typed";

    place_inside(accuracy): "在店内（±{accuracy} m）" / "at the store (±{accuracy} m)";
    place_outside(distance): "离店 {distance} m" / "{distance} m from the store";
    place_coarse(accuracy): "定位太粗（±{accuracy} m）" / "too coarse to tell (±{accuracy} m)";
    place_denied: "没有位置：未授权" / "no position: not permitted";
    place_unavailable: "没有位置：设备定不了位" / "no position: the device could not tell";
    place_timeout: "没有位置：定位超时" / "no position: took too long";
    place_unsupported: "没有位置：浏览器不支持" / "no position: not supported";
    place_machine: "固定设备" / "fixed device";

    clock_ahead(seconds): "手机时钟快 {seconds} 秒，按到达时间记" / "phone clock {seconds} s ahead, time of arrival used";
    arrived_later(at): "{at} 才传到" / "arrived {at}";
}

impl Language {
    /// What happened, without the number of pieces.
    #[must_use]
    pub fn trace_what(self, what: &TraceWhat) -> String {
        match what {
            TraceWhat::StocktakeOpened => self.trace_opened().to_owned(),
            TraceWhat::StocktakeSubmitted => self.trace_submitted().to_owned(),
            TraceWhat::Counted { item, .. } => item.clone(),
            TraceWhat::CountUndone { item, .. } => self.trace_undone(item),
            TraceWhat::Moved { kind, n_items, standing, .. } => {
                let what = self.trace_moved(self.movement(*kind), format::number(i64::from(*n_items)));
                match standing {
                    Standing::Posted => what,
                    Standing::Awaits(_) => self.trace_awaiting(what),
                }
            }
            TraceWhat::Reversed { kind, .. } => self.trace_reversed(self.movement(*kind)),
            TraceWhat::Approved { kind } => self.trace_approved(self.movement(*kind)),
            TraceWhat::Declined { kind, .. } => self.trace_declined(self.movement(*kind)),
            TraceWhat::StocktakePlanned { n_shelves, .. } => self.trace_planned(format::number(i64::from(*n_shelves))),
            TraceWhat::ShelfFinished { shelf } => self.trace_shelf_finished(shelf),
            TraceWhat::SheetKeyed { shelf, counted_by } => self.trace_sheet_keyed(shelf, counted_by),
            TraceWhat::RecountAsked { n_lines } => self.trace_recount_asked(format::number(i64::from(*n_lines))),
            TraceWhat::LineDecided { item, .. } => self.trace_line_decided(item),
            TraceWhat::StocktakeApproved { .. } => self.trace_stocktake_approved().to_owned(),
            TraceWhat::StocktakeCancelled { .. } => self.trace_stocktake_cancelled().to_owned(),
            TraceWhat::VariancePosted { n_lines, .. } => {
                self.trace_variance_posted(format::number(i64::from(*n_lines)))
            }
            TraceWhat::CaseTaken { flag } => self.trace_case_taken(self.flag(*flag)),
            TraceWhat::CaseClosed { flag, outcome, .. } => {
                self.trace_case_closed(self.flag(*flag), self.case_outcome(*outcome))
            }
            TraceWhat::Transfer { transfer, step, .. } => {
                format!("{} {}", self.transfer_step(*step), transfer.spoken())
            }
            TraceWhat::Credit { is_judged: false, .. } => self.credit_disputed().to_owned(),
            TraceWhat::Credit { is_judged: true, .. } => self.credit_judged().to_owned(),
        }
    }

    /// What somebody should look into.
    #[must_use]
    pub fn flag(self, flag: Flag) -> &'static str {
        match flag {
            Flag::ClockOff => self.flag_clock_off(),
            Flag::OutsideStore => self.flag_outside_store(),
            Flag::AtNight => self.flag_at_night(),
            Flag::PhotoReused => self.flag_photo_reused(),
            Flag::PhotoAlike => self.flag_photo_alike(),
            Flag::SequenceGap => self.flag_sequence_gap(),
            Flag::OwnApproval => self.flag_own_approval(),
            Flag::PhotoStale => self.flag_photo_stale(),
        }
    }

    /// How a count was entered.
    #[must_use]
    pub fn count_method(self, method: CountMethod) -> &'static str {
        match method {
            CountMethod::Camera => self.method_camera(),
            CountMethod::Photo => self.method_photo(),
            CountMethod::HardwareScanner => self.method_hardware_scanner(),
            CountMethod::TypedCode => self.method_typed_code(),
            CountMethod::Keypad => self.method_keypad(),
        }
    }

    /// Where the device was, or why that is not known.
    #[must_use]
    pub fn trace_place(self, fix: Fix, geofence: Geofence) -> String {
        match (fix, geofence) {
            (Fix::Located { accuracy_m, .. }, Geofence::Inside) => self.place_inside(accuracy_m),
            (_, Geofence::Outside { distance_m }) => self.place_outside(format::number(i64::from(distance_m))),
            (Fix::Located { accuracy_m, .. }, Geofence::Unknown) => self.place_coarse(accuracy_m),
            (Fix::Missing { reason }, _) => match reason {
                NoFix::Denied => self.place_denied(),
                NoFix::Unavailable => self.place_unavailable(),
                NoFix::Timeout => self.place_timeout(),
                NoFix::Unsupported => self.place_unsupported(),
                NoFix::Machine => self.place_machine(),
            }
            .to_owned(),
        }
    }
}
