const MOST = 100_000;

/** Prerendered pages that this process knows to be replaced: the image's page must not come back. */
export class ReplacedPages {
  private readonly names = new Set<string>();

  add(release: string, key: string): void {
    if (this.names.size > MOST) this.names.clear();
    this.names.add(`${release}\0${key}`);
  }

  has(release: string, key: string): boolean {
    return this.names.has(`${release}\0${key}`);
  }
}
