import type { Environment } from "../identity-token.ts";
import { KMS_LIMITS } from "./limits.ts";

const SECRET_NAME = /TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL|ACCESS_KEY|_PIN$/;
/** Shorter values would blank out parts of words. */
const MIN_SECRET_LENGTH = 4;

/** What must never be repeated: the values of secret-looking variables, and what `add` was told since. */
export class Secrets {
  readonly #values: Set<string>;

  constructor(env: Environment) {
    const found = Object.entries(env).filter(([name]) => SECRET_NAME.test(name));
    this.#values = new Set(found.map(([, value]) => value ?? ""));
  }

  add(value: string): void {
    this.#values.add(value);
  }

  /** Foreign text made fit for an error: without secrets and control characters, and short. */
  quote(text: string): string {
    const hidden = [...this.#values]
      .filter((value) => value.length >= MIN_SECRET_LENGTH)
      .sort((a, b) => b.length - a.length)
      .reduce((told, value) => told.replaceAll(value, "[secret]"), text);
    const printable = hidden.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
    return printable.length > KMS_LIMITS.maxQuoteLength
      ? `${printable.slice(0, KMS_LIMITS.maxQuoteLength)}…`
      : printable;
  }
}
