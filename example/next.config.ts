import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  // The folder above has a lock file of its own; without this Next.js takes that one for the root.
  outputFileTracingRoot: __dirname,
  turbopack: { root: __dirname },
  // Names the release in asset URLs and cache keys. Unset, Next.js makes a random build id.
  deploymentId: process.env.RELEASE_ID,
  // For the browser's code too, so that each release has chunks of its own.
  env: { RELEASE_ID: process.env.RELEASE_ID ?? "" },
  poweredByHeader: false,
  images: {
    // The default is half of the free space, and a shared file system may report exabytes free.
    maximumDiskCacheSize: 200_000_000,
  },
  experimental: {
    // 'use cache' beside pages with `export const revalidate`: `cacheComponents` refuses the latter,
    // and this app shows both of Next.js's caches.
    useCache: true,
  },
};

export default config;
