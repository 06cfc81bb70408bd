/** Names of an application's keys. The braces keep all of them in one slot of a cluster. */
export class Keys {
  /** What clients are told of when it changes: entries, tag versions, the control key. */
  readonly prefix: string;
  readonly tags: string;
  /** The lineage of the data, and the time before which nothing is trusted. */
  readonly control: string;
  /** Releases with the time they were last alive. */
  readonly releases: string;
  private readonly leases: string;

  constructor(app: string) {
    const slot = `{${encodeURIComponent(app)}}:`;
    this.prefix = `next:${slot}`;
    this.leases = `next-lease:${slot}`;
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

  /** Outside the tracked prefix: leases come and go with no entry changed. */
  lease(release: string, key: string): string {
    return `${this.leases}${release}:${key}`;
  }

  /** Keys whose prerendered page was replaced. */
  superseded(release: string): string {
    return `${this.entries}${release}:superseded`;
  }
}
