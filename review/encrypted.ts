/** A key whose encrypted value is new, gone, or written in another way: whether it differs, nobody can know offline. */
export interface Encrypted {
  readonly key: string;
  readonly change: "added" | "removed" | "changed";
}
