// The barcode reader runs here.
export {};
