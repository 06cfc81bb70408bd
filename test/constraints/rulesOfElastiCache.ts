import { MODELS } from "./models";
import { all, each, known, range, text, type Rule } from "./rule";

const GROUP = "^[a-z](?:-?[a-z0-9])*$";

/** Of the user guide, "Supported node types", and not yet in the models. */
const NEWER = /^cache\.c7gn\.(large|xlarge|2xlarge|4xlarge|8xlarge|12xlarge|16xlarge)$/;

export function isNodeType(type: string): boolean {
  return MODELS.nodeTypes.includes(type) || NEWER.test(type);
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Each minute of the week that a window holds: slow and plain, unlike the program's own reckoning. */
function minutesIn(window: string): Set<number> {
  const weekly = DAYS.includes(window.slice(0, 3)) ? window : undefined;
  const starts = weekly === undefined ? DAYS.map((day) => `${day}:${window}`) : [weekly];
  const minutes = new Set<number>();
  for (const start of starts) {
    const end = start.split("-")[1] ?? "";
    let at = 10_080 + DAYS.indexOf(start.slice(0, 3)) * 1440 + clock(start.slice(4, 9));
    const ends = (minute: number) =>
      clock(end.slice(-5)) === minute % 1440 &&
      (weekly === undefined || DAYS[Math.floor((minute % 10_080) / 1440)] === end.slice(0, 3));
    for (const first = at; !ends(at) && at < first + 10_080; at++) minutes.add(at % 10_080);
  }
  return minutes;
}

function clock(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

/** CreateReplicationGroup, PreferredMaintenanceWindow; ElastiCache user guide, "Scheduling automatic backups". */
const windows: Rule = (inputs) => {
  const daily = String(known(inputs.snapshotWindow));
  const weekly = String(known(inputs.maintenanceWindow));
  const [backup, maintenance] = [minutesIn(daily), minutesIn(weekly)];
  if (backup.size < 7 * 60) return `snapshotWindow: '${daily}' is shorter than 60 minutes`;
  if (maintenance.size < 60) return `maintenanceWindow: '${weekly}' is shorter than 60 minutes`;
  return [...maintenance].some((minute) => backup.has(minute))
    ? `'${daily}' overlaps '${weekly}'`
    : undefined;
};

/** CreateReplicationGroup: NumCacheClusters, AutomaticFailoverEnabled. */
const failover: Rule = ({ automaticFailoverEnabled, multiAzEnabled, numCacheClusters }) => {
  if (automaticFailoverEnabled && Number(numCacheClusters) < 2) return "failover without a replica";
  return multiAzEnabled && !automaticFailoverEnabled ? "multiAz without failover" : undefined;
};

/** User guide, "Engine versions and upgrading": what can be created. */
const version: Rule = ({ engine, engineVersion }) => {
  const versions: Readonly<Record<string, readonly string[]>> = {
    redis: ["7.0", "7.1"],
    valkey: ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"],
  };
  return versions[String(engine)]?.includes(String(engineVersion))
    ? undefined
    : `engineVersion: there is no ${String(engine)} ${String(engineVersion)}`;
};

/** What a token is for, at all. CreateReplicationGroup, AuthToken. */
const encrypted: Rule = ({ authToken, transitEncryptionEnabled }) =>
  authToken !== undefined && transitEncryptionEnabled !== true
    ? "authToken without TLS"
    : undefined;

export const elasticache: Readonly<Record<string, readonly Rule[]>> = {
  "aws:elasticache/replicationGroup:ReplicationGroup": [
    // CreateReplicationGroup: ReplicationGroupId, AuthToken, NumCacheClusters, CacheNodeType.
    all("replicationGroupId", new RegExp(GROUP), 40, 1),
    all("description", /\S/, 255, 1),
    all("authToken", /^[A-Za-z0-9!&#$^<>-]*$/, 128, 16),
    range("numCacheClusters", 1, 6),
    range("snapshotRetentionLimit", 0, 35),
    ({ nodeType }) =>
      isNodeType(String(nodeType)) ? undefined : `nodeType: there is no ${String(nodeType)}`,
    version,
    failover,
    encrypted,
    windows,
  ],
  // CreateCacheSubnetGroup, CacheSubnetGroupName.
  "aws:elasticache/subnetGroup:SubnetGroup": [all("name", /^[a-z0-9-]+$/, 255, 1)],
  "aws:elasticache/parameterGroup:ParameterGroup": [
    all("name", new RegExp(GROUP), 255, 1),
    all("description", /\S/, 255, 1),
    // CreateCacheParameterGroup, CacheParameterGroupFamily; valkey9: user guide, "Engine specific parameters".
    text("family", /^(redis7|valkey7|valkey8|valkey9)$/),
    each(
      "parameters",
      "value",
      /^(volatile-lru|allkeys-lru|volatile-lfu|allkeys-lfu|volatile-random|allkeys-random|volatile-ttl|noeviction)$/,
    ),
  ],
};
