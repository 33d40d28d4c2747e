//! Replays a year of real sales: how far off the forecast is, and what transfers save.
//!
//! `scripts/replay_sales.sh` fetches the sales, makes files of them and runs this with their names: lines of
//! `store,item,day,units,value_minor`, sorted, one for each day with a sale.

mod forecast;
mod rival;
mod sales;
mod transfers;

use sales::Sales;
use std::process::ExitCode;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("which files? scripts/replay_sales.sh makes them and runs this");
        return ExitCode::from(2);
    }
    for file in files {
        match Sales::read(&file) {
            Ok(sales) => {
                println!("\n{file}: {} series of {} stores", sales.series.len(), sales.n_stores());
                forecast::replay(&sales);
                transfers::replay(&sales);
            }
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
