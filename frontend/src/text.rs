//! Every word that people read, in both languages side by side.
//!
//! [`messages!`] turns a table into methods of [`Language`], so that a message missing in one language, or a
//! placeholder misspelt, does not compile. One file of this folder holds the words of one part of the product.

mod account;
mod accuracy;
mod audit;
mod board;
mod carriage;
mod count;
mod heat;
mod home;
mod message;
mod movement;
mod moving;
mod photo;
mod refusal;
mod region_plan;
pub mod replenishment;
mod rule;
mod sign_in;
mod sourcing;
mod stocktake;
mod trace;
mod transfer;
mod transfer_page;
mod transfer_scan;
mod warning;

use crate::backend::BackendError;
use domain::master::Name;
use domain::policy::Role;
use leptos::prelude::use_context;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// A part of a sentence, set off by blanks where a figure stands at its edge: Chinese sets one between its characters
    /// and figures, and a template cannot know what it is given. English has its own.
    #[must_use]
    pub fn set_off(self, part: &str) -> String {
        let is_figure = |c: char| c.is_ascii_alphanumeric() || matches!(c, '%' | '−' | '¥' | '+');
        let blank = |edge: Option<char>| if self == Self::Zh && edge.is_some_and(is_figure) { " " } else { "" };
        format!("{}{part}{}", blank(part.chars().next()), blank(part.chars().next_back()))
    }

    /// As in the cookie.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// As in `<html lang>`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Reads a code or a tag; anything else is Chinese.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        if code == "en" || code.starts_with("en-") { Self::En } else { Self::Zh }
    }

    /// What the language calls itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    /// The name of something in this language.
    #[must_use]
    pub fn name(self, name: &Name) -> String {
        match self {
            Self::Zh => name.zh.clone(),
            Self::En => name.en.clone(),
        }
    }
}

/// The language of the page being shown.
#[must_use]
pub fn use_language() -> Language {
    use_context().unwrap_or_default()
}

/// Declares messages: `name: "中文" / "English";`, or `name(a, b): "… {a} …" / "… {b} …";` with what is filled in.
macro_rules! messages {
    ($($name:ident $(($($arg:ident),+))? : $zh:literal / $en:literal;)*) => {
        impl $crate::text::Language {
            $(messages!(@one $name ($($($arg),+)?) $zh $en);)*
        }
    };
    (@one $name:ident () $zh:literal $en:literal) => {
        #[doc = $en]
        #[must_use]
        pub fn $name(self) -> &'static str {
            match self {
                Self::Zh => $zh,
                Self::En => $en,
            }
        }
    };
    (@one $name:ident ($($arg:ident),+) $zh:literal $en:literal) => {
        #[doc = $en]
        #[must_use]
        pub fn $name(self, $($arg: impl std::fmt::Display),+) -> String {
            match self {
                Self::Zh => format!($zh),
                Self::En => format!($en),
            }
        }
    };
}
pub(crate) use messages;

messages! {
    product: "货迹" / "Shelftrace";
    page_title(page): "{page} · 货迹" / "{page} · Shelftrace";
    skip_to_content: "跳到正文" / "Skip to content";
    main_menu: "主菜单" / "Main menu";
    you_are_here: "当前位置" / "You are here";

    nav_home: "工作台" / "Workbench";
    nav_count: "盘点" / "Count";
    nav_board: "看板" / "Board";
    nav_account: "我的" / "Account";

    loading: "正在载入…" / "Loading…";
    try_again: "重试" / "Try again";
    go_home: "回到工作台" / "Back to the workbench";
    go_sign_in: "去登录" / "Sign in";
    go_count: "继续盘点" / "Go on counting";

    role_clerk: "店员" / "Clerk";
    role_store_manager: "店长" / "Store manager";
    role_regional_manager: "区域经理" / "Regional manager";
    role_headquarters: "总部" / "Headquarters";
    role_auditor: "稽核" / "Auditor";

    seconds_ago(n): "{n} 秒前" / "{n} s ago";
    minutes_ago(n): "{n} 分钟前" / "{n} min ago";
    hours_ago(n): "{n} 小时前" / "{n} h ago";
    days_ago(n): "{n} 天前" / "{n} d ago";
    just_now: "刚刚" / "just now";
    never: "从未" / "never";

    problem_sign_in_title: "请重新登录" / "Please sign in again";
    problem_sign_in_text: "登录已过期。手机里还没上传的扫描都在，登录后会自动上传。"
        / "Your sign-in has ended. Scans waiting on this phone are safe and go up once you are signed in.";
    problem_forbidden_title: "这里不对您开放" / "This is not open to you";
    problem_forbidden_text: "您的角色看不到这一页。需要的话，请店长或总部调整权限。"
        / "Your role does not reach this page. If you need it, ask your manager or headquarters.";
    problem_not_found_title: "没有这一页" / "There is no such page";
    problem_not_found_text: "地址可能打错了，或者这家门店、这个货架已经不在了。"
        / "The address may be mistyped, or the store or shelf is no longer there.";
    problem_unreachable_title: "连不上服务器" / "No connection to the server";
    problem_unreachable_text: "网络恢复后重试。盘点可以离线继续，扫描存在手机里。"
        / "Try again when the network is back. Counting goes on offline; scans are kept on the phone.";
    problem_unavailable_title: "服务器暂时答不上来" / "The server cannot answer just now";
    problem_unavailable_text: "不是您的问题，稍等一会儿再试。如果一直这样，请联系总部 IT。"
        / "It is not you. Wait a moment and try again; if it stays, tell headquarters' IT.";
}

impl Language {
    /// What a role is called.
    #[must_use]
    pub fn role(self, role: Role) -> &'static str {
        match role {
            Role::Clerk => self.role_clerk(),
            Role::StoreManager => self.role_store_manager(),
            Role::RegionalManager => self.role_regional_manager(),
            Role::Headquarters => self.role_headquarters(),
            Role::Auditor => self.role_auditor(),
        }
    }

    /// Title and explanation of a page that cannot be shown.
    #[must_use]
    pub fn problem(self, error: &BackendError) -> (&'static str, &'static str) {
        match error {
            BackendError::SignInNeeded | BackendError::BadCredentials => {
                (self.problem_sign_in_title(), self.problem_sign_in_text())
            }
            BackendError::Forbidden => (self.problem_forbidden_title(), self.problem_forbidden_text()),
            BackendError::NotFound => (self.problem_not_found_title(), self.problem_not_found_text()),
            BackendError::Unreachable => (self.problem_unreachable_title(), self.problem_unreachable_text()),
            BackendError::TooManyAttempts { .. } | BackendError::Malformed | BackendError::Unavailable => {
                (self.problem_unavailable_title(), self.problem_unavailable_text())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_set_off_in_chinese() {
        for (part, zh) in [("30%", " 30% "), ("0 件", " 0 件"), ("安全库存", "安全库存"), ("刚刚", "刚刚"), ("", "")]
        {
            assert_eq!((Language::Zh.set_off(part).as_str(), Language::En.set_off(part).as_str()), (zh, part));
        }
    }
}
