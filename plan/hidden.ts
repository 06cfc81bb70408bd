import { createHmac, randomBytes } from "node:crypto";
import { SECRET_PLACEHOLDER } from "../config/schema/secrets";

/**
 * Stands for the value of a secret where two plans are compared: it says whether two are the same, and nothing else.
 * Whatever prints it prints `[secret]`.
 */
export class Hidden {
  readonly #digest: string;

  constructor(digest: string) {
    this.#digest = digest;
  }

  /** Whether both stand for the same value. Both must come from one `hider`. */
  same(other: unknown): boolean {
    return other instanceof Hidden && other.#digest === this.#digest;
  }

  toString(): string {
    return SECRET_PLACEHOLDER;
  }

  toJSON(): string {
    return SECRET_PLACEHOLDER;
  }
}

/** What a value comes to under a key: two are the same where their values are. Without the key no guess can be tried. */
export function digester(key: Buffer): (secret: unknown) => string {
  return (secret) =>
    createHmac("sha256", key)
      .update(JSON.stringify(secret) ?? "")
      .digest("hex");
}

/**
 * Hides values under a key that is gone with this process, so that no digest can be compared with guesses.
 * @param key what another process that plans for this one hides under too; default: nobody else's
 */
export function hider(key: Buffer = randomBytes(32)): (secret: unknown) => Hidden {
  const digest = digester(key);
  return (secret) => new Hidden(digest(secret));
}
