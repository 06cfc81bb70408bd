import type { Suite } from "./lib/suite";
export async function units(_suite: Suite, _packed: string, _base: string): Promise<void> {}
