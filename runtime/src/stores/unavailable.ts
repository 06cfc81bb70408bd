/** The store is away, hangs, or is too slow: ask the next one. */
export class Unavailable extends Error {}
