import type { PlatformConfig } from "../platform";
import { changes, harmless } from "./changes";
import type { ExistingConfig } from "./config";
import { rules } from "./rules";
import { schemas } from "./schema";

/** A cluster that exists already. */
export const existing: PlatformConfig<ExistingConfig> = {
  summary: "uses a cluster that you have",
  schemas,
  without: "no AWS resource is created there",
  defaults: {
    ingress: { proxyProtocol: false },
    timeouts: { app: 180, claims: 60, controller: 300 },
  },
  namespaces: [],
  read: () => ({}),
  fill: (config) => config,
  certificates: () => [],
  rules,
  problemsOfRaw: () => [],
  placeholders: () => [],
  changes,
  // A host that another Ingress in the cluster serves: platforms/existing/conflicts.ts.
  confirmable: ["app.host"],
  harmless,
};
