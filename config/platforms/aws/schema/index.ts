import { z } from "zod";
import { sharedFiles } from "../../../schema/files";
import { cluster } from "./cluster";
import { network } from "./network";
import { redis } from "./redis";

/** The top-level keys of platform `aws`. */
export const schemas = {
  network,
  cluster,
  files: z.strictObject(sharedFiles).prefault({}),
  redis,
};
