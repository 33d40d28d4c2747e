//! The account page.

use super::messages;

messages! {
    account_title: "我的" / "Account";
    account_works_in(place): "负责：{place}" / "Works for: {place}";
    scope_chain: "全部门店" / "All stores";
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
    sign_out_unsent_title: "还有记录没上传" / "Some records are not sent yet";
    sign_out_unsent(n): "您有 {n} 条记录还没上传。它们留在这台设备上，等您再次在这里登录后上传，别人看不到也不会替您上传。"
        / "{n} of your records are unsent. They stay on this device until you sign in here again; nobody else sees or sends them.";
    sign_out_photos(n): "您有 {n} 张照片还没上传，同样留在这台设备上等您。" / "{n} of your photos are unsent and stay here for you as well.";
    sign_out_keep_data: "在那之前请不要清除浏览器数据。" / "Until then, do not clear the browser’s data.";
    sign_out_stay: "先不退出" / "Stay signed in";
    sign_out_anyway: "仍然退出" / "Sign out anyway";
    sign_out_unreachable: "退出要联网。您现在还是登录状态，网络恢复后再试。"
        / "Signing out needs the network. You are still signed in: try again when it is back.";
}
