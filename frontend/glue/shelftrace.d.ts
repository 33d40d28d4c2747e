/** The script that wasm-bindgen makes of the frontend crate; `cargo xtask site` puts it beside boot.js. */
export default function init(options: { module_or_path: URL }): Promise<unknown>;
/** Takes over the page that the server rendered. */
export function hydrate(): Promise<void>;
/** Draws the page into an empty body: the offline shell, which no server rendered. */
export function mount(): void;
