/** Where the pods of the stack find what they share. */

/** The claim `cache`. */
export const CACHE_DIR = "/shared/cache";
/** The claim `uploads`. */
export const UPLOAD_DIR = "/data";
/** Of one pod: what its init container leaves for the agent. */
export const RUN_DIR = "/run/next-on-eks";
/** The ConfigMap with the files of `pod/`. */
export const POD_DIR = "/pod";
