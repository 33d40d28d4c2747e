//! Signing in.

use super::messages;

messages! {
    sign_in: "登录" / "Sign in";
    sign_in_line: "每一次移动，当场留痕。" / "Every movement leaves a trace, as it happens.";
    login_label: "账号" / "Account";
    password_label: "密码" / "Password";
    show_password: "显示" / "Show";
    hide_password: "隐藏" / "Hide";
    forgotten_password: "忘记密码？请找店长或总部 IT。" / "Forgotten it? Ask your manager or headquarters' IT.";
    bad_credentials: "账号或密码不对，请再试一次。" / "The account or the password is wrong. Please try again.";
    too_many_attempts(seconds): "试错次数太多。请等 {seconds} 秒再试。"
        / "Too many attempts. Please wait {seconds} s and try again.";
    sign_in_failed: "现在登录不了，请稍后再试。" / "Signing in does not work just now. Please try again later.";
    sign_in_refused: "浏览器没有证明这个请求来自本站。请刷新页面再登录。"
        / "The browser did not show that this came from our own page. Reload the page and sign in again.";
    switch_language: "Switch to English" / "切换到中文";
}
