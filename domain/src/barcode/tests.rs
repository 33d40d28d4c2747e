use super::*;

const TAG: &str = "ST1:S001:A-03:JNRAW7JUHJ2JX2MFJLNIPTJ4JI";

/// In a few words what a text means: the digits of a product, or a name and the rest.
fn meaning_of(text: &str, format: Format) -> String {
    match read(text, format, &ReadRules::cn(2026)) {
        Ok(ScannedCode::Product { gtin, detail }) => {
            let more =
                [&detail.lot, &detail.serial].into_iter().flatten().fold(String::new(), |all, one| all + " " + one);
            gtin.to_gtin14() + &more
        }
        Ok(ScannedCode::Shelf(tag)) => format!("shelf {} {}", tag.store, tag.shelf),
        Ok(ScannedCode::InStore(code)) => format!("in store {} {:?}", code.item, code.value),
        Ok(ScannedCode::LogisticUnit(unit)) => format!("unit {:?} {:?}", unit.sscc, unit.n_units),
        Ok(ScannedCode::Unknown { text }) => format!("unknown {text}"),
        Err(error) => error.code().to_owned(),
    }
}

fn check(text: &str, format: &str, expected: &str) {
    assert_eq!(meaning_of(text, Format::from_name(format)), expected, "{text} as {format}");
}

#[test]
fn every_symbol_on_a_pack_means_the_same_product() {
    for (text, format) in [
        ("0012345000065", "EAN13"),
        ("012345000065", "UPCA"),
        ("0012345000065", "UPCE"),
        ("01234565", "UPCE"),
        ("00012345000065", "ITF"),
        ("]E00012345000065", "Other"),
        ("0100012345000065", "DataBar"),
        ("]e00100012345000065", "Other"),
        ("\x1d0100012345000065", "Code128"),
        ("]C10100012345000065", "Code128"),
        ("0100012345000065", "DataMatrix"),
        ("(01)00012345000065", "QRCode"),
        ("https://example.com/01/012345000065", "QRCode"),
        ("012345000065\r\n", "HardwareScanner"),
        ("01234565", "HardwareScanner"),
        (" 0 12345-00006 5 ", "Typed"),
        ("001234500006512", "EAN13"),
    ] {
        check(text, format, "00012345000065");
    }
    check("６９０１２３４５６７８９２", "Typed", "06901234567892");
}

#[test]
fn lots_and_serial_numbers_come_along() {
    check("010950400005910121", "DataMatrix", "unknown 010950400005910121");
    // Figure 4.15.1-2 of the General Specifications, from the zxing-cpp samples.
    let figure = "01095040000591012112345678p901\x1d101234567p\x1d171411208200http://www.gs1.org/demo/";
    check(&format!("]d2{figure}"), "DataMatrix", "09504000059101 1234567p 12345678p901");
    check("0106901234567892 10A", "Code128", "unknown 0106901234567892 10A");
    check("0106901234567892<GS>10A7", "HardwareScanner", "06901234567892 A7");
    check("https://id.example.cn/shop/01/06901234567892/10/A%2F7?17=271231&utm=x", "QRCode", "06901234567892 A/7");
}

#[test]
fn wrong_check_digits_are_refused_where_there_must_be_one() {
    for format in ["EAN13", "EAN8", "UPCA", "UPCE", "Typed"] {
        check("6901234567890", format, "gtin_check_digit");
    }
    check("]C10106901234567890", "Code128", "gtin_check_digit");
    check("0106901234567890", "DataBar", "gtin_check_digit");
    check("0000000000000", "EAN13", "gtin_zero");
    check("690123456789", "EAN13", "gtin_check_digit");
    check("69012345678", "EAN13", "gtin_length");
}

#[test]
fn a_companys_own_numbers_stay_what_they_are() {
    check("6901234567890", "Code128", "unknown 6901234567890");
    check("48512343", "Code128", "unknown 48512343");
    check("48512343", "Typed", "00000048512343");
    check("12345", "Typed", "unknown 12345");
    check("ASSET-0012", "Code39", "unknown ASSET-0012");
    check("168901", "Code128", "unknown 168901");
    check("https://example.com/menu", "QRCode", "unknown https://example.com/menu");
    check("货架三", "QRCode", "unknown 货架三");
}

#[test]
fn interleaved_codes_count_whole_or_not_at_all() {
    check("30712345000010", "ITF", "30712345000010");
    check("307123450000", "ITF", "code_partial_itf");
    check("]I00829220875", "Other", "code_partial_itf");
    check("30712345000011", "ITF", "gtin_check_digit");
}

#[test]
fn shelf_labels_are_told_from_forgeries() {
    check(TAG, "QRCode", "shelf S001 A-03");
    check(&TAG.to_ascii_lowercase(), "HardwareScanner", "shelf S001 A-03");
    check(&format!("{TAG}\r"), "QRCode", "shelf S001 A-03");
    for forged in ["ST1:S001:A-03", "ST1:S001:A-03:SHORT", "ST1:S001:A 03:JNRAW7JUHJ2JX2MFJLNIPTJ4JI", "ST1:::"] {
        check(forged, "QRCode", "shelf_tag_malformed");
    }
    check(&TAG.replace("ST1", "ST2"), "QRCode", "shelf_tag_version");
    check("STILL:LIFE", "QRCode", "unknown STILL:LIFE");
}

#[test]
fn scale_labels_give_article_and_price_or_weight() {
    check("2000123012506", "EAN13", "in store 000123 PriceMinor(1250)");
    check("200012301250065007", "Code128", "unknown 200012301250065007");
    let both = "20001230125000650";
    let both = format!("{both}{}", crate::gtin::check_digit(both.parse().expect("digits")));
    check(&both, "Code128", "in store 000123 PriceAndWeight { price_minor: 1250, weight_grams: 650 }");
    check("2000123012505", "EAN13", "gtin_check_digit");
    let none = ReadRules { this_year: 2026, in_store: Vec::new() };
    assert!(matches!(read("2000123012506", Format::Ean13, &none), Ok(ScannedCode::Product { .. })));
}

#[test]
fn pallets_are_no_products() {
    check("]C100106141412345678908", "Code128", "unit Some(\"106141412345678908\") None");
    check("]C102069012345678923724", "Code128", "unit None Some(24)");
}

#[test]
fn garbage_is_cleaned_or_named() {
    check("\u{feff}\0 6901234567892 \t\r\n", "QRCode", "06901234567892");
    check("", "QRCode", "code_empty");
    check(" \u{200b}\x1b\n", "QRCode", "code_empty");
    check("]C1", "Code128", "code_empty");
    check(&"9".repeat(257), "QRCode", "code_too_long");
    check(&"字".repeat(256), "QRCode", &format!("unknown {}", "字".repeat(256)));
    check("a\x1db\x07c", "Code128", "unknown abc");
}

#[test]
fn names_of_formats_are_read_in_any_spelling() {
    for (name, format) in [
        ("EAN-13", Format::Ean13),
        ("ean_13", Format::Ean13),
        ("UPC-E", Format::UpcE),
        ("DataBarExpanded", Format::DataBar),
        ("QRCode", Format::QrCode),
        ("data_matrix", Format::DataMatrix),
        ("MaxiCode", Format::Other),
    ] {
        assert_eq!(Format::from_name(name), format);
    }
    assert_eq!(serde_json::to_string(&Format::Ean13).ok().as_deref(), Some("\"EAN13\""));
}
