import { z } from "zod";
import { sharedFiles } from "../../../schema/files";
import { cluster } from "./cluster";
import { network } from "./network";
import { redis } from "./redis";
import { usage } from "./usage";

/** The top-level keys of platform `aws`. */
export const schemas = {
  network,
  cluster,
  files: z.strictObject(sharedFiles).prefault({}),
  redis,
  usage,
};
