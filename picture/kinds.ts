import type { Kind } from "./kind";
import { KINDS_IN_CLUSTER } from "./kindsInCluster";
import { KINDS_ON_AWS } from "./kindsOnAws";

/** By the last part of the component's type. */
export const KINDS: Readonly<Record<string, Kind>> = { ...KINDS_ON_AWS, ...KINDS_IN_CLUSTER };
