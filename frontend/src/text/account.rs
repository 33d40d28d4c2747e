//! The account page.

use super::messages;

messages! {
    account_title: "我的" / "Account";
    account_works_in(place): "负责：{place}" / "Works for: {place}";
    scope_chain: "全部门店" / "All stores";
    scope_region(code): "区域 {code}" / "Region {code}";
    scope_store(code): "门店 {code}" / "Store {code}";
    on_this_device: "这台设备" / "This device";
    language_label: "语言" / "Language";
    theme_label: "外观" / "Appearance";
    theme_auto: "跟随系统" / "System";
    theme_light: "浅色" / "Light";
    theme_dark: "深色" / "Dark";
    hand_label: "握手机的手" / "Hand that holds the phone";
    hand_left: "左手" / "Left";
    hand_right: "右手" / "Right";
    session_label: "登录" / "Session";
    sign_out: "退出登录" / "Sign out";
    sign_out_everywhere: "退出所有设备" / "Sign out everywhere";
    sign_out_hint: "还没上传的扫描会留在这台设备上，下次登录后上传。"
        / "Scans not yet sent stay on this device and go up after the next sign-in.";
}
