/*
 * A slot of the comment: text that its owner alone writes. docs/decisions/pull-request-slots.md
 */
import { bytes, checkSlotName, disarmed, emptyBody, SLOT_LIMIT } from "./body.mjs";
import { writeComment } from "./comments.mjs";

/**
 * Puts a text into a slot; an empty one removes the slot.
 * @param {import("./comments.mjs").Place} place
 * @param {string} name lower-case letters, digits, hyphens
 * @param {string} text Markdown of at most 2,000 bytes
 * @returns {Promise<import("./comments.mjs").Skipped | "written">}
 * `closed`: the pull request is, and has no comment; `nothing`: there was nothing to remove
 * @throws {Error}
 */
export async function editSlot(place, name, text) {
  checkSlotName(name);
  const content = disarmed(text).trim();
  if (bytes(content) > SLOT_LIMIT) {
    throw new Error(`slot '${name}': ${bytes(content)} bytes are more than ${SLOT_LIMIT}`);
  }
  return writeComment(place, {
    change(now, { open }) {
      if (now === undefined && content === "") return "nothing";
      if (now === undefined && !open) return "closed";
      const body = now ?? emptyBody();
      const slots = new Map(body.slots);
      if (content === "") slots.delete(name);
      else slots.set(name, content);
      return { ...body, slots };
    },
    holds: ({ slots }) => (slots.get(name) ?? "").trim() === content,
  });
}
