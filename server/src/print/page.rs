//! The frame of every sheet.

use frontend::text::Language;
use std::fmt;

/// Where a sheet's style comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// From the server that serves the sheet.
    Linked,
    /// From the sheet itself: one file, to be opened anywhere.
    Embedded,
}

/// Text with the characters that mean something in HTML replaced.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

/// A whole document around the labels.
pub fn page(title: &str, language: Language, style: Style, labels: &str) -> String {
    let css = match style {
        Style::Linked => format!(
            "<link rel=\"stylesheet\" href=\"{}\">\n<link rel=\"icon\" href=\"/icons/icon.svg\" type=\"image/svg+xml\">",
            super::CSS_PATH
        ),
        Style::Embedded => format!("<style>{}</style>", super::CSS),
    };
    let hint = match language {
        Language::Zh => "按 Ctrl+P（Mac 上为 ⌘P）打印。请用 A4 纸、100% 比例，不要“适合页面”。",
        Language::En => "Print with Ctrl+P (⌘P on a Mac): A4 paper, scale 100 %, not “fit to page”.",
    };
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n{css}\n\
         </head>\n<body class=\"sheet\">\n<header class=\"sheet__bar\"><h1>{title}</h1><p>{hint}</p></header>\n\
         <main>\n{labels}</main>\n</body>\n</html>\n",
        lang = language.tag(),
        title = Escaped(title),
    )
}
