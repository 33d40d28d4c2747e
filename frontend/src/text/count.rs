//! Counting, and what waits on the phone.

use super::{Language, messages};
use crate::device::{SendTrouble, StoreTrouble};
use domain::barcode::ReadError;
use domain::credit::CreditEvent;
use domain::event::{CountedItem, DeviceEvent, EventBody};
use domain::gtin::GtinError;
use domain::in_store::InStoreError;
use domain::shelf_tag::ShelfTag;
use domain::sync::{TagRefusal, Trouble};

messages! {
    count_title: "盘点" / "Count";
    count_leave: "离开盘点" / "Leave the count";
    close: "关闭" / "Close";

    count_ready_title: "今天的盘点" / "Today’s stocktake";
    count_ready_new: "还没有人开始。您开始后，同店的同事会自动加入这一次。"
        / "Nobody has started yet. Once you do, colleagues of this store join the same one.";
    count_ready_open(id): "盘点 {id} 正在进行，您可以加入。" / "Stocktake {id} is under way; you can join it.";
    count_begin: "开始盘点" / "Start counting";
    count_join: "加入盘点" / "Join the count";
    count_step_shelf: "扫货架标签上的二维码" / "Scan the code on the shelf label";
    count_step_products: "扫货架上的商品，一件一响" / "Scan the products on it: one beep, one piece";
    count_step_offline: "没有网络也能盘，扫到的先存在手机里" / "No network needed: scans are kept on the phone first";
    count_permissions: "手机会询问摄像头和位置权限，请允许。" / "The phone asks for camera and location: please allow both.";

    count_no_snapshot_title: "这台手机还没有门店资料" / "This phone does not have the store’s data yet";
    count_no_snapshot_text: "第一次盘点要联网一次，把商品和货架下载到手机。"
        / "The first count needs the network once, to load products and shelves onto the phone.";
    count_no_store_title: "您没有可以盘点的门店" / "You have no store to count in";
    count_no_store_text: "盘点由店员和店长在自己的门店里做。" / "Clerks and store managers count, each in their own store.";
    count_storage_title: "这台手机存不下扫描" / "This phone cannot keep scans";

    count_done_title: "盘点已提交" / "The stocktake is submitted";
    count_done_sent: "全部扫描都已上传，店长可以看到了。" / "Every scan is with the server; your manager sees them.";
    count_done_unsent(n): "还有 {n} 条在这台手机上，联网后会自动上传。请不要清除浏览器数据。"
        / "{n} records are still on this phone and go up by themselves. Do not clear the browser’s data.";
    count_again_start: "再开始一次盘点" / "Start another stocktake";

    shelf_scan_first: "先扫货架标签" / "Scan a shelf label first";
    shelves_mine: "我的货架" / "My shelves";
    shelf_finish: "这个货架盘完了" / "This shelf is complete";
    shelf_finish_left(n): "盘完了，还有 {n} 行没盘" / "Complete, though {n} lines are not counted";
    shelf_finished: "盘完" / "Complete";
    shelf_finished_text: "这个货架已报盘完。再扫一件就会重新打开。" / "Reported complete. Counting one more piece opens it again.";
    said_shelf_finished(shelf): "货架 {shelf} 盘完" / "Shelf {shelf} complete";
    recounts(n): "要复盘（{n}）" / "To count again ({n})";
    recount_title: "复盘" / "Count again";
    recount_done: "复盘做完了" / "Done with recounts";
    shelf_scan_hint: "对准货架标签上的二维码" / "Point at the code on the shelf label";
    shelf_zone(zone, name): "{zone} 区 · {name}" / "Zone {zone} · {name}";
    shelf_n_lines(n, of): "已盘 {n} / {of} 行" / "{n} of {of} lines";
    shelf_n_extra(n): "已盘 {n} 行" / "{n} lines";
    shelf_here(shelf): "货架 {shelf}" / "Shelf {shelf}";
    shelf_change: "换货架" / "Change shelf";
    shelf_entered(shelf): "已到货架 {shelf}" / "At shelf {shelf}";
    shelf_progress(n_shelves, of, n_lines): "货架 {n_shelves}/{of} · 我盘了 {n_lines} 行"
        / "Shelves {n_shelves}/{of} · {n_lines} lines by me";

    lines_counted(n): "已盘（{n}）" / "Counted ({n})";
    lines_left(n): "这里还有没盘的（{n}）" / "Still to count here ({n})";
    lines_none_title: "这个货架还没盘" / "Nothing counted here yet";
    lines_none_text: "扫第一件商品，或者从下面选一行输入数量。"
        / "Scan the first product, or pick a line below and type its quantity.";
    line_change(name, units): "{name}，{units} 件。改数量" / "{name}, {units} pieces. Change the quantity";
    line_change_hint: "件，改数量" / "pieces, change the quantity";
    line_enter_hint: "还没盘，输入数量" / "not counted, enter the quantity";
    line_unknown: "不认识的码" / "Unknown code";

    said_counted(name, units): "{name}，{units}" / "{name}, {units}";
    said_undone(name, units): "已撤销。{name}，{units}" / "Taken back. {name}, {units}";
    said_undone_all(name): "已撤销。{name} 没有数量了" / "Taken back. {name} is uncounted again";
    card_undone: "已撤销" / "Taken back";

    scan_start: "开始扫描" / "Scan";
    scan_pause: "暂停扫描" / "Pause";
    scan_next: "扫下一件" / "Scan next";
    scan_resume: "点一下继续扫描" / "Tap to go on scanning";
    scan_idle: "一会儿没扫，摄像头先休息了" / "Nothing scanned for a while, so the camera rests";
    scan_starting: "正在打开摄像头…" / "Opening the camera…";
    scan_hint_products: "把条码放进框里" / "Hold a barcode in the frame";
    scan_hint_aimed: "让准星对准要扫的那个码" / "Put the cross on the code you mean";
    scan_close: "关掉摄像头" / "Close the camera";
    scan_view: "摄像头画面" / "Camera view";
    torch: "手电" / "Torch";
    zoom_now(times): "放大 {times} 倍" / "Zoom {times} times";
    undo: "撤销" / "Undo";
    undo_last: "撤销上一次" / "Undo the last one";
    undo_line(units): "撤销 {units}" / "Undo {units}";
    type_in: "手动输入" / "Type";
    more: "更多" / "More";
    understood: "知道了" / "Got it";

    mode_label: "扫描方式" / "Scanning";
    mode_continuous: "连续" / "Continuous";
    mode_single: "单次" / "Single";
    mode_aimed: "瞄准" / "Aimed";
    mode_continuous_hint: "扫到就记，一件一件连着扫。" / "Whatever comes into view counts, one after the other.";
    mode_single_hint: "按一下扫一件。" / "One press, one piece.";
    mode_aimed_hint: "只认最靠近中间的码，货架很挤时用。" / "Only the code nearest the middle: for crowded shelves.";
    settings_title: "扫描设置" / "Scanning settings";
    camera_label: "摄像头" / "Camera";
    camera_number(n): "摄像头 {n}" / "Camera {n}";
    sound_label: "提示音" / "Sound";
    vibration_label: "振动" / "Vibration";
    on: "开" / "On";
    off: "关" / "Off";

    keypad_title: "货架上一共有几件？" / "How many are on the shelf?";
    keypad_now(units): "现在记了 {units} 件" / "{units} counted so far";
    keypad_uncounted: "还没盘。一件都没有就输入 0。" / "Not counted yet. Type 0 if there is none.";
    keypad_set(units): "记为 {units} 件" / "Set to {units}";
    keypad_type: "请输入数量" / "Type a quantity";
    keypad_erase: "删一位" / "Erase a digit";
    keypad_clear: "清空" / "Clear";
    keypad_digits: "数字键" / "Digits";

    typed_title: "手动输入" / "Enter by hand";
    typed_label: "条码、商品编号或名称" / "Barcode, item number or name";
    typed_hint: "标签破了、码扫不出来时用。" / "For labels that are torn or will not scan.";
    typed_add: "记一件" / "Count one";
    typed_found: "找到的商品" / "Products found";
    typed_check(expected): "最后一位应该是 {expected}。请核对每一位。"
        / "The last digit should be {expected}. Check every digit.";
    typed_take(code): "改成 {code}" / "Use {code}";
    typed_photo: "拍照识别" / "Read a photo";
    typed_photo_nothing: "照片里没有读到条码。靠近一点、光亮一点再拍。"
        / "No code found in the photo. Go closer, with more light.";
    typed_photo_busy: "正在识别照片…" / "Reading the photo…";
    typed_photo_bad: "这张照片打不开。" / "This photo cannot be opened.";

    unknown_title: "不认识这个码" / "Nobody knows this code";
    unknown_text: "已经记下来了，不会丢。您知道是什么就写个名字，不知道就留给店长。"
        / "It is recorded and will not be lost. Name it if you know it, or leave it for your manager.";
    unknown_name_label: "这是什么商品？" / "What is it?";
    unknown_save: "记下名字" / "Save the name";
    unknown_leave: "留给店长" / "Leave it for the manager";

    finish: "结束盘点" / "Finish the count";
    finish_title: "结束这次盘点？" / "Finish this stocktake?";
    finish_text: "提交后交给店长，这次盘点不能再加数量。同事也会停止。"
        / "It goes to your manager, and nothing more can be added to it. Your colleagues stop too.";
    finish_untouched(n): "还有 {n} 个货架，这台手机没有盘过" / "{n} shelves have not been counted on this phone";
    finish_all_touched: "每个货架都盘过了" / "Every shelf has been counted";
    finish_shelves_open(n): "还有 {n} 个货架没盘完" / "{n} shelves are not complete";
    finish_unfinished_text(n): "有 {n} 个货架没盘完。提交后就不能再盘了，同事正在盘的也会停。确定要提交吗？"
        / "{n} shelves are not complete. Nothing can be added after submitting, and colleagues stop too. Submit all the same?";
    finish_confirm_unfinished: "没盘完也提交" / "Submit all the same";
    finish_unsent(n): "还有 {n} 条没上传，联网后会自动上传" / "{n} records are unsent and go up by themselves";
    finish_all_sent: "全部扫描都已上传" / "Every scan is with the server";
    finish_parked(n): "有 {n} 条被退回，请先处理" / "{n} records were refused: deal with them first";
    finish_go_on: "继续盘" / "Go on counting";
    finish_confirm: "确认提交" / "Submit";

    outbox_title: "这台手机上的记录" / "Records on this phone";
    outbox_all_sent: "已全部上传" / "All sent";
    outbox_unsent(n): "{n} 条待上传" / "{n} unsent";
    outbox_oldest(minutes): "最早的已等 {minutes} 分钟" / "the oldest for {minutes} min";
    outbox_parked(n): "{n} 条被退回" / "{n} refused";
    outbox_others(n): "另有 {n} 条是别人录的，等他们本人登录后上传。"
        / "{n} more were recorded by others and go up when those people sign in here.";
    outbox_parked_title: "被服务器退回的" / "Refused by the server";
    outbox_retry: "再传一次" / "Send again";
    outbox_withdraw: "不要了" / "Discard";
    outbox_safe: "没上传的都好好地存在手机里，请不要清除浏览器数据。"
        / "What is unsent is safe on this phone. Do not clear the browser’s data.";

    sending_offline: "没有网络，恢复后自动上传" / "No network: sent as soon as it is back";
    sending_not_ours: "网络要先登录（比如商场 Wi-Fi 的登录页），打开后会自动上传"
        / "The network wants its own sign-in page first (guest Wi-Fi); sending goes on after that";
    sending_server: "服务器忙，稍后自动重试" / "The server is busy: tried again by itself";
    sending_sign_in: "登录已过期，登录后自动上传" / "Your sign-in has ended: sent once you sign in";
    sending_update: "应用太旧，请更新后上传" / "The app is too old: update it to send";
    sending_barred: "这台设备已被停用。记录都还在手机里，请店长在“设备”里恢复。"
        / "This device has been barred. Nothing is lost: ask your manager to let it in again.";
    update_now: "现在更新" / "Update now";

    storing_unavailable: "浏览器不让保存数据（无痕窗口？）。刚才的没有记上，请换普通窗口。"
        / "The browser keeps no data (a private window?). The last scan was NOT recorded: use a normal window.";
    storing_newer: "另一个窗口已是新版本。刚才的没有记上，请刷新页面。"
        / "A newer version is open elsewhere. The last scan was NOT recorded: reload the page.";
    storing_full: "手机存储满了！刚才的没有记上。请删些照片或视频再继续。"
        / "The phone is full! The last scan was NOT recorded. Delete photos or videos, then go on.";
    storing_failed: "手机没能保存！刚才的没有记上，请再扫一次；还不行就刷新页面。"
        / "The phone could not save! The last scan was NOT recorded: scan again, and reload the page if this stays.";
    storing_lost: "浏览器清掉了本机保存的数据" / "The browser has erased what was kept on this device";
    storing_lost_text: "清掉前还没上传的记录可能丢了。请核对最近盘的货架和登记的出入库，缺的重新录入。请勿清除浏览器数据，最好把应用安装到主屏幕。"
        / "Records that were not sent before that may be gone: look at the last shelves and movements you recorded here, and enter again what is missing. Do not clear the browser’s data; installing the app protects it.";
    storing_lost_read: "知道了" / "I have read it";

    camera_denied_title: "没有摄像头权限" / "The camera is not allowed";
    camera_denied_ios: "打开“设置”→ Safari（或本应用）→ 摄像头 → 允许，再回来点“重试”。"
        / "Open Settings → Safari (or this app) → Camera → Allow, then come back and try again.";
    camera_denied_android: "点地址栏左边的图标 → 权限 → 摄像头 → 允许，再点“重试”。"
        / "Tap the icon left of the address → Permissions → Camera → Allow, then try again.";
    camera_denied_desktop: "点地址栏里的摄像头图标 → 始终允许，再点“重试”。"
        / "Click the camera icon in the address bar → Always allow, then try again.";
    camera_none_title: "没有找到摄像头" / "No camera found";
    camera_none_text: "可以用扫码枪、拍照或手动输入继续盘。" / "Go on with a hardware scanner, a photo, or by typing.";
    camera_busy_title: "摄像头被别的应用占用" / "Another app is using the camera";
    camera_busy_text: "关掉视频通话或相机应用，再点“重试”。" / "Close video calls or the camera app, then try again.";
    camera_insecure_title: "这个地址用不了摄像头" / "The camera does not work at this address";
    camera_insecure_text: "请用 https 开头的地址打开，扫店里的安装二维码即可。"
        / "Open the address that begins with https: scan the store’s installation code.";
    camera_broken_title: "摄像头打不开" / "The camera does not start";
    camera_broken_text: "点“重试”；还不行就用扫码枪、拍照或手动输入。"
        / "Try again; if that does not help use a hardware scanner, a photo, or type.";

    refused_title: "没有记上" / "Not recorded";
    refused_foreign_shelf(store): "这是门店 {store} 的货架标签，不是本店的。"
        / "This label is of store {store}, not of yours.";
    refused_forged_shelf: "这张货架标签不是公司印的，或者印坏了。请从列表里选货架，并请店长重新打印标签。"
        / "This shelf label is not genuine, or badly printed. Pick the shelf from the list and ask your manager for a new label.";
    refused_unknown_shelf(shelf): "本店没有货架 {shelf}。新货架要先由店长登记，联网后再打开盘点页。"
        / "Your store has no shelf {shelf}. Your manager registers it first; then open this page with the network on.";
    refused_shelf_version: "这是新版货架标签。请联网更新应用后再扫。"
        / "This label is of a newer kind. Go online, update the app, and scan again.";
    refused_no_shelf: "还不知道您在哪个货架。先扫货架标签，或者从列表里选。"
        / "It is not known which shelf you are at. Scan its label first, or pick it from the list.";
    refused_code(detail): "这个码读不懂：{detail}" / "This code makes no sense: {detail}";
    refused_check_digit(expected): "条码有一位不对：最后一位应该是 {expected}。请再扫一次，或手动输入核对。"
        / "A digit is wrong: the last one should be {expected}. Scan again, or type it and compare.";
    refused_length(n): "条码应该有 8、12、13 或 14 位数字，这里有 {n} 位。"
        / "A barcode has 8, 12, 13 or 14 digits; this has {n}.";
    refused_empty: "码是空的。" / "The code is empty.";
    refused_too_long: "这个码太长，不是商品条码。" / "The code is too long for a product’s.";
    refused_quantity: "数量要在 0 到 1,000,000 之间。" / "A quantity is 0 to 1,000,000.";


    event_opened: "开始盘点" / "Opened the stocktake";
    event_counted(item, units, shelf): "{shelf} · {item} {units}" / "{shelf} · {item} {units}";
    event_undone: "撤销一次" / "Took one back";
    event_submitted: "提交盘点" / "Submitted the stocktake";
    event_shelf_finished(shelf): "货架 {shelf} 盘完" / "Shelf {shelf} finished";
    event_sheet_keyed(shelf): "录入盘点单 {shelf}" / "Key in the sheet of {shelf}";
    event_reversed: "冲销" / "Reversal";
    event_approved: "批准" / "Approval";
    event_declined: "驳回" / "Decline";
    event_planned: "安排盘点" / "Stocktake planned";
    event_recount_asked: "要求复盘" / "Recount asked for";
    event_line_decided: "确定盘点结果" / "Count decided";
    event_stocktake_approved: "批准盘点" / "Stocktake approved";
    event_stocktake_cancelled: "取消盘点" / "Stocktake cancelled";
    event_case_taken: "跟进告警" / "Looking into an alarm";
    event_case_closed: "告警结案" / "Alarm closed";
    event_variance_posted: "盘点差异入账" / "Variance posted";
}

impl Language {
    /// Why the queue does not move.
    #[must_use]
    pub fn sending(self, trouble: SendTrouble) -> &'static str {
        match trouble {
            SendTrouble::Later(Trouble::Offline) => self.sending_offline(),
            SendTrouble::Later(Trouble::NotOurServer) => self.sending_not_ours(),
            SendTrouble::Later(Trouble::Server) => self.sending_server(),
            SendTrouble::SignInNeeded => self.sending_sign_in(),
            SendTrouble::UpdateNeeded => self.sending_update(),
            SendTrouble::DeviceBarred => self.sending_barred(),
        }
    }

    /// Why the phone could not keep something, and what to do.
    #[must_use]
    pub fn storing(self, trouble: StoreTrouble) -> &'static str {
        match trouble {
            StoreTrouble::Unavailable => self.storing_unavailable(),
            StoreTrouble::Newer => self.storing_newer(),
            StoreTrouble::Full => self.storing_full(),
            StoreTrouble::Failed => self.storing_failed(),
        }
    }

    /// Why a code is refused, and what to do.
    #[must_use]
    pub fn read_error(self, error: &ReadError) -> String {
        match error {
            ReadError::Empty | ReadError::Number(GtinError::Zero) => self.refused_empty().to_owned(),
            ReadError::TooLong { .. } => self.refused_too_long().to_owned(),
            ReadError::Number(GtinError::CheckDigit { expected, .. })
            | ReadError::InStore(
                InStoreError::CheckDigit { expected, .. } | InStoreError::ValueCheckDigit { expected, .. },
            ) => self.refused_check_digit(expected),
            ReadError::Number(GtinError::Length { n_digits }) | ReadError::PartialItf { n_digits } => {
                self.refused_length(n_digits)
            }
            ReadError::Number(error) => self.refused_code(error),
            ReadError::InStore(error) => self.refused_code(error),
            ReadError::Shelf(_) => self.refused_forged_shelf().to_owned(),
            ReadError::ShelfVersion => self.refused_shelf_version().to_owned(),
        }
    }

    /// Why a shelf's label is not followed, and what to do.
    #[must_use]
    pub fn tag_refusal(self, refusal: TagRefusal, tag: &ShelfTag) -> String {
        match refusal {
            TagRefusal::Foreign => self.refused_foreign_shelf(&tag.store),
            TagRefusal::Unknown => self.refused_unknown_shelf(&tag.shelf),
            TagRefusal::Forged => self.refused_forged_shelf().to_owned(),
        }
    }

    /// What a recorded event was, in a line; `name` is the item's.
    #[must_use]
    pub fn recorded(self, event: &DeviceEvent, name: impl Fn(&CountedItem) -> String) -> String {
        match &event.body {
            EventBody::StocktakeOpened { .. } => self.event_opened().to_owned(),
            EventBody::Counted { shelf, item, units, .. } => {
                self.event_counted(name(item), crate::format::signed(*units), shelf)
            }
            EventBody::CountUndone { .. } => self.event_undone().to_owned(),
            EventBody::StocktakeSubmitted { .. } => self.event_submitted().to_owned(),
            EventBody::Moved(movement) => self.movement(movement.kind).to_owned(),
            EventBody::ShelfFinished { shelf, .. } => self.event_shelf_finished(shelf),
            EventBody::Reversed { .. } => self.event_reversed().to_owned(),
            EventBody::Approved { .. } => self.event_approved().to_owned(),
            EventBody::Declined { .. } => self.event_declined().to_owned(),
            EventBody::StocktakePlanned { .. } => self.event_planned().to_owned(),
            EventBody::SheetKeyed { shelf, .. } => self.event_sheet_keyed(shelf),
            EventBody::RecountAsked { .. } => self.event_recount_asked().to_owned(),
            EventBody::LineDecided { .. } => self.event_line_decided().to_owned(),
            EventBody::StocktakeApproved { .. } => self.event_stocktake_approved().to_owned(),
            EventBody::StocktakeCancelled { .. } => self.event_stocktake_cancelled().to_owned(),
            EventBody::VariancePosted { .. } => self.event_variance_posted().to_owned(),
            EventBody::CaseTaken { .. } => self.event_case_taken().to_owned(),
            EventBody::CaseClosed { .. } => self.event_case_closed().to_owned(),
            EventBody::Transfer(told) => self.transfer_step(told.step.kind()).to_owned(),
            EventBody::Credit(CreditEvent::Disputed { .. }) => self.credit_disputed().to_owned(),
            EventBody::Credit(CreditEvent::Judged { .. }) => self.credit_judged().to_owned(),
        }
    }
}
