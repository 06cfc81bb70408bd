import assert from "node:assert/strict";
import { MemoryStore } from "../../src/stores/memory-store";
import type { Found, Lookup, StoreWrite, Written } from "../../src/stores/store";
import { STORE_CASES } from "./store-cases";

const LIMIT = 32 * 1024 * 1024;

/** Stores that break the contract, each in one way; with what has to find it out. */
const BROKEN: readonly (readonly [why: string, store: () => MemoryStore, foundBy: RegExp])[] = [
  [
    "an older rendering replaces a newer one",
    () =>
      new (class extends MemoryStore {
        override async write(write: StoreWrite): Promise<Written> {
          await this.drop(write.release, write.stamp.key, false);
          return super.write(write);
        }
      })(LIMIT),
    /newer of two renderings/,
  ],
  [
    "releases share their entries",
    () =>
      new (class extends MemoryStore {
        override read(lookup: Lookup): Promise<Found> {
          return super.read({ ...lookup, release: "r" });
        }
      })(LIMIT),
    /another release/,
  ],
  [
    "the image's page comes back",
    () =>
      new (class extends MemoryStore {
        override drop(release: string, key: string): Promise<void> {
          return super.drop(release, key, false);
        }
      })(LIMIT),
    /coming back after a drop/,
  ],
  [
    "tags that are asked for are not looked at",
    () =>
      new (class extends MemoryStore {
        override read(lookup: Lookup): Promise<Found> {
          return super.read({ ...lookup, tags: [] });
        }
      })(LIMIT),
    /those that are asked for/,
  ],
  [
    "a revalidation is forgotten",
    () =>
      new (class extends MemoryStore {
        override async revalidate(): Promise<void> {}
      })(LIMIT),
    /ends what was made before/,
  ],
  [
    "a profile counts like none",
    () =>
      new (class extends MemoryStore {
        override revalidate(tags: readonly string[]): Promise<void> {
          return super.revalidate(tags, undefined);
        }
      })(LIMIT),
    /with a profile makes stale/,
  ],
  [
    "its clock is ahead",
    () => {
      const store = new MemoryStore(LIMIT);
      const fromLocal = (time: number): number => time + 2e6;
      return Object.assign(store, { clock: { fromLocal, toLocal: (time: number) => time - 2e6 } });
    },
    /tells its time/,
  ],
  [
    "binary parts become text",
    () =>
      new (class extends MemoryStore {
        override async read(lookup: Lookup): Promise<Found> {
          const found = await super.read(lookup);
          if (!found.entry) return found;
          const value: unknown = JSON.parse(JSON.stringify(found.entry.value));
          return { ...found, entry: { ...found.entry, value } };
        }
      })(LIMIT),
    /gives back what was written/,
  ],
  [
    "it says that all pods share it",
    () => Object.assign(new MemoryStore(LIMIT), { shared: true }),
    /pods see what one of them stores/,
  ],
];

describe("describeStore (control)", () => {
  for (const [why, make, foundBy] of BROKEN)
    it(`finds a store out where ${why}`, async () => {
      const cases = STORE_CASES.filter(({ name }) => foundBy.test(name));
      assert.equal(cases.length, 1, "no such case, or several");
      const [store, sound] = [make(), new MemoryStore(LIMIT)];
      for (const { run } of cases) {
        await run({ store: sound, close });
        await assert.rejects(run({ store, close }), assert.AssertionError);
      }
    });
});

async function close(): Promise<void> {}
