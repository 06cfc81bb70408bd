import { z } from "zod";
import { about } from "./values";

/** The key of `redis` that every platform has. */
export const sessions = about(
  z.enum(["own", "shared"]).optional(),
  "`own` keeps sessions in a second Redis that never evicts; `shared` keeps them in the Redis for pages.",
  { example: "own", defaultText: "`own` in production, else `shared`" },
);
