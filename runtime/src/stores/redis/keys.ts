/** Names of an application's keys. The braces keep all of them in one slot of a cluster. */
export class Keys {
  /** Redis tells clients when a key with this prefix changes: entries, tag versions, the control key. */
  readonly prefix: string;
  readonly tags: string;
  /** The lineage of the data, and the floor: the time before which nothing is trusted. */
  readonly control: string;
  /** Releases with the time they were last alive. */
  readonly releases: string;
  private readonly leases: string;
  private readonly folder: string;

  constructor(app: string) {
    const slot = `{${encodeURIComponent(app)}}:`;
    this.prefix = `next:${slot}`;
    this.leases = `next-lease:${slot}`;
    this.folder = `next-folder:${slot}`;
    this.tags = `${this.prefix}tag:`;
    this.control = `${this.prefix}control`;
    this.releases = `${this.prefix}releases`;
  }

  /** Prefix of all releases' entries. */
  get entries(): string {
    return `${this.prefix}r:`;
  }

  entry(release: string, key: string): string {
    return `${this.entries}${release}:${key}`;
  }

  /** Outside the tracked prefix: leases come and go without a changed entry. */
  lease(release: string, key: string): string {
    return `${this.leases}${release}:${key}`;
  }

  /** Exists if an entry was written to the shared folder recently; also outside the tracked prefix. */
  written(release: string, key: string): string {
    return `${this.folder}${release}:${key}`;
  }

  /** Never exists: deleted to find out whether Redis accepts writes. */
  get asked(): string {
    return `${this.folder}asked`;
  }

  /** Keys of entries that still have to be written to the shared folder, with the time in ms. */
  owed(release: string): string {
    return `${this.owedOf}${release}`;
  }

  /** Prefix of these of all releases. */
  get owedOf(): string {
    return `${this.folder}owed:`;
  }

  /** Keys whose prerendered page was replaced. */
  superseded(release: string): string {
    return `${this.entries}${release}:superseded`;
  }
}
