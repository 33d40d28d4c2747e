//! The lines as a table for spreadsheets.

use frontend::backend::ReplenishmentLine;
use frontend::text::Language;

/// Without it Excel takes UTF-8 for the machine's old code page, and Chinese for noise.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A header and one row a line, in the reader's language.
#[must_use]
pub fn csv(lines: &[ReplenishmentLine], language: Language) -> String {
    let mut text = String::from(BYTE_ORDER_MARK);
    push(&mut text, language.replenishment_columns().split('|').map(ToOwned::to_owned));
    for line in lines {
        let found = &line.suggestion;
        let row = [
            line.store.to_string(),
            language.name(&line.store_name),
            line.sku.to_string(),
            line.name.clone(),
            found.stock.on_hand_units.to_string(),
            found.stock.reserved_units.to_string(),
            found.stock.in_transit_units.to_string(),
            found.stock.on_order_units.to_string(),
            found.target.safety_units.to_string(),
            found.target.reorder_point_units.to_string(),
            decimal(found.daily_milli, 1_000, 3),
            found.cover_tenths.map_or_else(String::new, |tenths| decimal(tenths, 10, 1)),
            found.pack_units.to_string(),
            found.order_units.to_string(),
            decimal(found.at_risk_minor(line.price_minor), 100, 2),
            language.why_order(found),
        ];
        push(&mut text, row.into_iter());
    }
    text
}

/// A number of so many parts of one, none of them negative.
fn decimal(parts: i64, of_one: i64, digits: usize) -> String {
    format!("{}.{:0digits$}", parts / of_one, parts % of_one)
}

fn push(text: &mut String, fields: impl Iterator<Item = String>) {
    let fields: Vec<String> = fields.map(|field| escaped(&field)).collect();
    text.push_str(&fields.join(","));
    text.push_str("\r\n");
}

/// Quoted where it must be. What a spreadsheet would take for a formula is preceded by an apostrophe.
fn escaped(field: &str) -> String {
    let is_number = field.parse::<f64>().is_ok();
    let is_formula = !is_number && field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let field = if is_formula { format!("'{field}") } else { field.to_owned() };
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_are_no_formulas() {
        assert_eq!(escaped("苏打水, 330 ml"), "\"苏打水, 330 ml\"");
        assert_eq!(escaped("5\" disc"), "\"5\"\" disc\"");
        assert_eq!(escaped("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!([escaped("-12"), escaped("@x")], ["-12", "'@x"]);
        assert_eq!([decimal(10_050, 1_000, 3), decimal(7, 10, 1)], ["10.050", "0.7"]);
    }
}
