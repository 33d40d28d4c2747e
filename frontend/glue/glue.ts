/**
 * What the wasm calls of the browser: the frontend crate declares these exports with
 * `#[wasm_bindgen(raw_module = "./glue.js")]`. Structured values cross as JSON text.
 */
export * from "./update";
