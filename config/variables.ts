import { VARIABLES } from "../model/podContract";

const BY_STACK = "the stack sets it itself";
const SERVER_ALONE =
  "it would reach the server, and not the publisher that copies the release's static files";

/** Environment variables that the user may not set, with the reason. */
export const RESERVED_VARIABLES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(VARIABLES)
    .filter(([, by]) => by === "stack" || by === "agent")
    .map(([name]): [string, string] => [name, BY_STACK]),
  ["NEXT_DEPLOYMENT_ID", SERVER_ALONE],
]);

/** Variables that the stack also sets, and that the user may only set in `app.env`. */
export const PLAIN_VARIABLES: ReadonlyMap<string, string> = new Map([
  ["NODE_ENV", "it would be set twice; the stack takes it from app.env"],
  [
    "NODE_OPTIONS",
    "it would replace the preloads of the stack; in app.env it is put before them, and replaces the image's own",
  ],
]);
