import { quietly } from "./quiet";
import { STORE_CASES, type Opened } from "./store-cases";

/**
 * Tests that a store fulfils the contract of src/stores/store.ts.
 * @param open a store that is empty and in use, one for each case
 */
export function describeStore(name: string, open: () => Promise<Opened>): void {
  describe(`store: ${name}`, () => {
    quietly();
    for (const { name: what, run } of STORE_CASES)
      it(what, async () => {
        const opened = await open();
        try {
          await run(opened);
        } finally {
          await opened.close();
        }
      });
  });
}
