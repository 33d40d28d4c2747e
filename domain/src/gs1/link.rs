//! GS1 Digital Links: web addresses whose path holds the identifiers.

use super::{Element, Gs1Error, ai};

/// Identifiers that may come first in the path, so that what stands before them is a path stem.
const PRIMARY_KEYS: [&str; 16] = [
    "01", "00", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8013", "8017", "8018",
    "8026",
];

/// Whether the text begins like a web address.
pub(super) fn is_web_address(text: &str) -> bool {
    after_scheme(text).is_some()
}

fn after_scheme(text: &str) -> Option<&str> {
    ["https://", "http://"].into_iter().find_map(|scheme| {
        let start = text.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    })
}

/// The elements of a link: those of the path from the first GS1 key on, then those of the query.
pub(super) fn elements(url: &str) -> Result<Vec<Element>, Gs1Error> {
    let address = after_scheme(url).ok_or(Gs1Error::NotALink)?;
    let address = address.split('#').next().unwrap_or_default();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').skip(1).collect();
    let mut found = Err(Gs1Error::NotALink);
    for start in 0..segments.len() {
        let key = identifier(segments[start]);
        let pairs = &segments[start..];
        if !PRIMARY_KEYS.contains(&key) || !pairs.len().is_multiple_of(2) {
            continue;
        }
        match pairs.chunks_exact(2).map(|pair| element(identifier(pair[0]), pair[1])).collect() {
            Ok(elements) => {
                found = Ok(elements);
                break;
            }
            // A stem may look like a key; the first complaint is about the likelier one.
            Err(error) if found == Err(Gs1Error::NotALink) => found = Err(error),
            Err(_) => {}
        }
    }
    let mut elements: Vec<Element> = found?;
    for parameter in query.split(['&', ';']) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if ai::exactly(identifier(name)).is_some() {
            elements.push(element(identifier(name), value)?);
        }
    }
    Ok(elements)
}

/// Older links spell some identifiers as words.
fn identifier(segment: &str) -> &str {
    match segment {
        "gtin" => "01",
        "sscc" => "00",
        "lot" => "10",
        "ser" => "21",
        "cpv" => "22",
        "exp" => "17",
        other => other,
    }
}

fn element(ai: &str, encoded: &str) -> Result<Element, Gs1Error> {
    let mut value = percent_decoded(encoded).ok_or_else(|| Gs1Error::Characters { ai: ai.to_owned() })?;
    if ai == "01" && matches!(value.len(), 8 | 12 | 13) {
        value = format!("{value:0>14}");
    }
    Element::try_new(ai, &value)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            out.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}
