//! The little XML that WeCom sends, and nothing more: elements, text, CDATA. No declarations of types, no references,
//! no attributes, so nothing in it can stand for anything else.

use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeMap;

/// Elements within elements, at most: WeCom's cards need 5.
const DEPTH_MAX: usize = 6;
/// Elements in a text, at most.
const N_ELEMENTS_MAX: usize = 256;

/// The text is not XML of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the XML of a callback")]
pub struct XmlError;

/// The texts of a document by the path of their element, such as `xml/FromUserName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts(BTreeMap<String, Vec<String>>);

impl Texts {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is anything but plain elements and text, is not closed, too deep or too long.
    pub fn read(document: &str) -> Result<Self, XmlError> {
        let mut reader = Reader::from_str(document);
        reader.config_mut().expand_empty_elements = true;
        let mut open: Vec<(String, String)> = Vec::new();
        let (mut texts, mut n_elements) = (BTreeMap::<_, Vec<_>>::new(), 0);
        loop {
            match reader.read_event().map_err(|_| XmlError)? {
                Event::Start(start) => {
                    n_elements += 1;
                    let has_attributes = start.attributes().next().is_some();
                    let is_second_root = open.is_empty() && n_elements > 1;
                    if open.len() == DEPTH_MAX || n_elements > N_ELEMENTS_MAX || has_attributes || is_second_root {
                        return Err(XmlError);
                    }
                    let name = std::str::from_utf8(start.name().into_inner()).map_err(|_| XmlError)?.to_owned();
                    let path = open.last().map_or(name.clone(), |(parent, _)| format!("{parent}/{name}"));
                    open.push((path, String::new()));
                }
                Event::End(_) => {
                    let (path, text) = open.pop().ok_or(XmlError)?;
                    texts.entry(path).or_default().push(text);
                }
                Event::Text(part) => {
                    let part = part.decode().map_err(|_| XmlError)?;
                    match open.last_mut() {
                        Some((_, text)) => text.push_str(part.trim()),
                        None if part.trim().is_empty() => {}
                        None => return Err(XmlError),
                    }
                }
                Event::CData(part) => {
                    let (_, text) = open.last_mut().ok_or(XmlError)?;
                    text.push_str(&part.decode().map_err(|_| XmlError)?);
                }
                Event::Eof if open.is_empty() && n_elements > 0 => return Ok(Self(texts)),
                Event::Eof
                | Event::Empty(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::GeneralRef(_) => return Err(XmlError),
            }
        }
    }

    /// The text of the one element there; `None` where there is none or several.
    #[must_use]
    pub fn one(&self, path: &str) -> Option<&str> {
        match self.0.get(path)?.as_slice() {
            [text] => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    #[test]
    fn plain_elements_are_read() {
        let texts =
            Texts::read("<xml>\n <A><![CDATA[a&<b]]></A><B>7</B><C/><D><E>1</E><E>2</E></D></xml>\n").expect("plain");
        let paths = ["xml/A", "xml/B", "xml/C", "xml/D/E", "xml/F"];
        assert_eq!(paths.map(|path| texts.one(path)), [Some("a&<b"), Some("7"), Some(""), None, None]);
    }

    #[test]
    fn everything_else_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(DEPTH_MAX + 1), "</a>".repeat(DEPTH_MAX + 1));
        let long = format!("<a>{}</a>", "<b/>".repeat(N_ELEMENTS_MAX));
        for document in [
            "",
            "text",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>text",
            "<a b=\"c\"/>",
            "<a>&amp;</a>",
            "<a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
            "<?xml version=\"1.0\"?><a/>",
            "<?run this?><a/>",
            "<a><!-- remark --></a>",
            &deep,
            &long,
        ] {
            assert_eq!(Texts::read(document), Err(XmlError), "{document}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut random = StdRng::seed_from_u64(9);
        let pieces =
            ["<", ">", "</", "a", "/>", "<![CDATA[", "]]>", "<!", "&", ";", "<?", "\"", "=", "字", "\0", " ", "-->"];
        for _ in 0..20_000 {
            let document: String =
                (0..random.random_range(0..24)).map(|_| pieces[random.random_range(0..pieces.len())]).collect();
            let _ = Texts::read(&document);
        }
    }
}
