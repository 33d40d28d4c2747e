//! Photos as evidence.

use super::{Language, messages};
use crate::device::StoreTrouble;
use domain::photo::PhotoRefusal;

messages! {
    photo_title: "拍照取证" / "Take a photo";
    photo_hint: "把货品和标签都拍进画面" / "Get the goods and their label into the picture";
    photo_shutter: "拍照" / "Take the photo";
    photo_check: "看得清吗？" / "Is it clear?";
    photo_retake: "重拍" / "Retake";
    photo_use: "就用这张" / "Use this one";
    photo_shot_alt: "刚拍的照片" / "The photo just taken";
    photo_keeping: "正在存到手机…" / "Saving on the phone…";
    photo_cancel: "不拍了" / "Leave without a photo";
    photo_live_only: "照片要当场拍，不能从相册里选。" / "Evidence is photographed live; pictures from the album do not count.";
    photo_no_camera_text: "照片要当场拍。请换一台有摄像头的手机登录。"
        / "Evidence is photographed live. Sign in on a phone that has a camera.";
    photo_broken_text: "点“重试”；还不行就重启手机，或者换一台手机登录。"
        / "Try again; if that does not help restart the phone, or sign in on another.";
    photo_not_live: "画面还没出来，等一下再拍。" / "The camera shows no picture yet. Wait a moment.";
    photo_failed: "没拍成，请再拍一次。" / "That did not work. Take it again.";
    photo_store_unavailable: "浏览器不保存数据（是无痕窗口吗？），照片没有存下。请换普通窗口。"
        / "The browser keeps no data (a private window?). The photo was NOT kept: use a normal window.";
    photo_store_newer: "另一个窗口已是新版本，照片没有存下。请刷新页面。"
        / "A newer version is open elsewhere. The photo was NOT kept: reload the page.";
    photo_store_full: "手机存储满了，照片没有存下。请删些照片或视频再试。"
        / "The phone is full. The photo was NOT kept: delete photos or videos and try again.";
    photo_store_failed: "手机没能保存，照片没有存下。请再点一次；还不行就刷新页面。"
        / "The phone could not save. The photo was NOT kept: try again, and reload the page if this stays.";

    photo_enlarge: "放大照片" / "Enlarge the photo";
    photo_evidence_alt: "取证照片" / "Photo taken as evidence";
    photo_missing: "照片还没有上传，或者不对您开放。" / "The photo is not uploaded yet, or not open to you.";
    photos_waiting(n): "{n} 张照片还在手机上，联网后自动上传。" / "Photos still on this phone: {n}. They go up by themselves.";

    photo_too_large: "照片太大，服务器不收。请重新拍。" / "The photo is too large for the server. Take it again.";
    photo_damaged: "照片损坏了，服务器读不了。请重新拍。" / "The photo is damaged and cannot be read. Take it again.";
    photo_forbidden: "您现在没有在这家门店记录的权限。请店长调整后重新登录。"
        / "You may not record anything in this store now. Ask your manager to change that, then sign in again.";
}

impl Language {
    /// Why the phone could not keep a photo, and what to do.
    #[must_use]
    pub fn photo_storing(self, trouble: StoreTrouble) -> &'static str {
        match trouble {
            StoreTrouble::Unavailable => self.photo_store_unavailable(),
            StoreTrouble::Newer => self.photo_store_newer(),
            StoreTrouble::Full => self.photo_store_full(),
            StoreTrouble::Failed => self.photo_store_failed(),
        }
    }

    /// Why the server does not take a photo, and what to do.
    #[must_use]
    pub fn photo_refusal(self, refusal: &PhotoRefusal) -> &'static str {
        match refusal {
            PhotoRefusal::TooLarge | PhotoRefusal::TooManyPixels { .. } => self.photo_too_large(),
            PhotoRefusal::NotAPhoto | PhotoRefusal::PhotoAltered | PhotoRefusal::PhotoDamaged => self.photo_damaged(),
            PhotoRefusal::Forbidden => self.photo_forbidden(),
        }
    }
}
