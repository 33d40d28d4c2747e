/**
 * An error that the wasm can act on: `name` is a stable code, `message` is what the browser said.
 * Every rejected promise of this glue is one of these.
 */
export class Failure extends Error {
  constructor(code: string, cause: unknown) {
    super(cause instanceof Error ? cause.message || cause.name : String(cause));
    this.name = code;
    this.cause = cause;
  }
}
