import type { NextAppArgs } from "../../../components/nextApp/nextApp";

/** An application as the defaults of the config describe it. */
export const nextAppArgs: NextAppArgs = {
  namespace: "shop",
  image: "registry.test/shop@sha256:built",
  imagePullSecrets: [],
  directory: "/app",
  port: 3000,
  user: 1000,
  podFiles: "pod-files",
  shared: { cacheClaim: "files-cache", uploadsClaim: "files-uploads", releasesKept: 5 },
  redis: {
    url: "rediss://:password-of-pages@pages.test:6379",
    sessionUrl: "rediss://:password-of-sessions@sessions.test:6379",
  },
  cacheName: "shop-prod",
  maxRequestHead: "32k",
  env: {},
  secretEnv: {},
  replicas: { min: 2, max: 10, targetCpuPercent: 70, scaleDownAfterSeconds: 300 },
  resources: { cpu: "500m", memory: "768Mi" },
  health: { path: "/", startupSeconds: 60 },
  warmupPaths: [],
  rollout: {
    strategy: "rolling",
    images: {},
    keepOld: false,
    maxSurge: "25%",
    maxUnavailable: 0,
    minReadySeconds: 5,
  },
  shutdown: { preStopSeconds: 15, longestRequestSeconds: 60 },
  nodeSelector: {},
  tolerations: [],
  hostAntiAffinity: false,
  service: { type: "ClusterIP", port: 80 },
  timeoutSeconds: 180,
};
