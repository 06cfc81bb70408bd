import { z } from "zod";
import { sessions } from "../../../schema/redis";
import { about, hourRange, weekRange } from "../../../schema/values";

export const redis = z
  .strictObject({
    engine: about(z.enum(["redis", "valkey"]), "Valkey is newer and cheaper on ElastiCache.", {
      example: "valkey",
    }).default("redis"),
    engineVersion: about(
      z
        .string()
        .regex(/^[0-9]+\.[0-9]+$/, "expected MAJOR.MINOR")
        .optional(),
      "Version of the engine. ElastiCache has no version of redis after 7.1.",
      { example: "7.1", defaultText: "`7.1` for redis, `8.0` for valkey" },
    ),
    nodeType: about(
      z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "expected a type such as cache.t4g.small"),
      "Node type of the group for pages, data and tags.",
      { example: "cache.t4g.small" },
    ).default("cache.t4g.small"),
    nodes: about(
      z.int().min(1).max(6).optional(),
      "Number of nodes: the primary and its replicas.",
      {
        example: "2",
        defaultText: "`2` in production, else `1`",
      },
    ),
    automaticFailover: about(
      z.boolean().optional(),
      "A replica in another zone takes over if the primary is lost.",
      { example: "true", defaultText: "`true` with two nodes or more" },
    ),
    sessions,
    sessionsNodeType: about(
      z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "expected a type such as cache.t4g.micro"),
      "Node type of the group for sessions, with `sessions: own`.",
      { example: "cache.t4g.micro" },
    ).default("cache.t4g.micro"),
    snapshotRetentionDays: about(
      z.int().min(0).max(35).optional(),
      "Days that daily snapshots are kept; 0 takes none.",
      { example: "7", defaultText: "`7` in production, else `0`" },
    ),
    snapshotWindow: about(hourRange(), "When snapshots are taken, UTC.", {
      example: "03:00-04:00",
    }).default("03:00-04:00"),
    maintenanceWindow: about(weekRange(), "When AWS may patch nodes, UTC.", {
      example: "sun:04:30-sun:05:30",
    }).default("sun:04:30-sun:05:30"),
  })
  .prefault({});
