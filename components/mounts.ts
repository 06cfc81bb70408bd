/** Where the pods of the stack find what they share. */

/** The claim `cache`. */
export const CACHE_DIR = "/shared/cache";
/** The claim `uploads`. */
export const UPLOAD_DIR = "/data";
/** The ConfigMap with the files of `pod/`. */
export const POD_DIR = "/pod";
