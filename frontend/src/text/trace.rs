//! Events, told to people.

use super::{Language, messages};
use crate::format;
use domain::board::TraceWhat;
use domain::event::CountMethod;
use domain::geo::{Fix, Geofence, NoFix};
use domain::movement::MovementKind;

messages! {
    trace_opened: "开始盘点" / "Opened the stocktake";
    trace_submitted: "提交盘点" / "Submitted the stocktake";
    trace_undone(item): "撤销：{item}" / "Took back: {item}";
    trace_moved(kind, n_items): "{kind}，{n_items} 种商品" / "{kind}, items: {n_items}";
    trace_document(document): "单据 {document}" / "document {document}";

    method_camera: "摄像头" / "camera";
    method_photo: "拍照" / "photo";
    method_hardware_scanner: "扫码枪" / "hardware scanner";
    method_typed_code: "手输条码" / "typed code";
    method_keypad: "键盘改数" / "quantity typed";

    movement_receipt: "到货" / "Receipt";
    movement_sale: "销售" / "Sale";
    movement_customer_return: "顾客退货" / "Customer return";
    movement_write_off: "报损" / "Write-off";
    movement_relocation: "店内移位" / "Relocation";

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
            TraceWhat::Moved { kind, n_items, .. } => {
                self.trace_moved(self.movement(*kind), format::number(i64::from(*n_items)))
            }
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

    /// What a kind of movement is called.
    #[must_use]
    pub fn movement(self, kind: MovementKind) -> &'static str {
        match kind {
            MovementKind::Receipt => self.movement_receipt(),
            MovementKind::Sale => self.movement_sale(),
            MovementKind::CustomerReturn => self.movement_customer_return(),
            MovementKind::WriteOff => self.movement_write_off(),
            MovementKind::Relocation => self.movement_relocation(),
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
